/**
 * Objects that are no longer in the program: which are destroyed and which are kept. Only objects created by a deployment
 * are destroyed: people copy pipelines with annotations and jobs with tags, and add their own notebooks and files.
 */
import type { PlanWarning } from "./deploy-plan.ts";
import { type ActualObject, type DesiredObject, keyOf, type ObjectKey } from "./object.ts";
import { isGround, isOurs, type Owner } from "./ownership.ts";

/** All by key. */
export interface Context {
  readonly desired: ReadonlyMap<ObjectKey, DesiredObject>;
  /** By key, so that the order of the services' responses does not matter. */
  readonly actual: ReadonlyMap<ObjectKey, ActualObject>;
  /** The objects of the last deployments. */
  readonly last: ReadonlyMap<ObjectKey, DesiredObject>;
}

export interface Leftovers {
  readonly destroyed: ReadonlySet<ObjectKey>;
  /** Project folders that are kept, because they contain objects of others. */
  readonly folders: ReadonlySet<ObjectKey>;
  /** The reasons for keeping objects. */
  readonly stays: readonly PlanWarning[];
}

export interface LeftoversOptions {
  readonly owner: Owner;
  /** Objects that are never destroyed. */
  readonly keep: ReadonlySet<ObjectKey>;
  readonly selected: ReadonlySet<ObjectKey>;
}

export function leftoversOf(
  { desired, actual, last }: Context,
  { owner, keep, selected }: LeftoversOptions,
): Leftovers {
  const destroyed = new Set<ObjectKey>();
  const stays: PlanWarning[] = [];
  for (const [key, there] of actual) {
    if (desired.has(key) || !selected.has(key) || !isOurs(there, owner) || isGround(there) || keep.has(key)) continue;
    // Rows of a table are only read if the user asked to delete them.
    if (last.has(key) || there.kind === "table") destroyed.add(key);
    else if (!isInWorkspace(there)) stays.push({ kind: "copy", key });
  }
  const inWorkspace = [...actual.values()].filter(isInWorkspace);
  const folders = new Set<ObjectKey>();
  const strangers = new Set<ObjectKey>();
  for (const folder of inWorkspace.filter((each) => each.kind === "folder" && destroyed.has(keyOf(each)))) {
    const holds = inWorkspace.filter(
      (each) => each.name.startsWith(`${folder.name}/`) && !destroyed.has(keyOf(each)) && !desired.has(keyOf(each)),
    );
    if (holds.length === 0) continue;
    folders.add(keyOf(folder));
    for (const each of holds) if (!keep.has(keyOf(each)) && !last.has(keyOf(each))) strangers.add(keyOf(each));
  }
  for (const [key, { kind }] of actual) if (kind === "blob") strangers.add(key);
  for (const key of folders) destroyed.delete(key);
  for (const key of folders) stays.push({ kind: "folder", key });
  for (const key of strangers) stays.push({ kind: "foreign", key });
  return { destroyed, folders, stays };
}

/** Folders of the workspace and their contents. */
function isInWorkspace({ service, kind }: ActualObject): boolean {
  return service === "databricks" && (kind === "folder" || kind === "notebook" || kind === "file");
}

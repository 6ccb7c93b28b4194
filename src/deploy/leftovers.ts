/**
 * What is there and no longer wanted: what is destroyed of it, and what stays. Only what a deployment made goes. People copy
 * a pipeline with its annotations and a job with its tags, and put notebooks and files of theirs beside ours.
 */
import type { PlanWarning } from "./deploy-plan.ts";
import { type ActualObject, type DesiredObject, keyOf, type ObjectKey } from "./object.ts";
import { isGround, isOurs } from "./ownership.ts";

/** All by key. */
export interface Context {
  readonly desired: ReadonlyMap<ObjectKey, DesiredObject>;
  /** By key, so that the order in which services answer says nothing. */
  readonly actual: ReadonlyMap<ObjectKey, ActualObject>;
  /** What the last deployments made. */
  readonly last: ReadonlyMap<ObjectKey, DesiredObject>;
}

export interface Leftovers {
  readonly destroyed: ReadonlySet<ObjectKey>;
  /** Folders of the project that stay, because others have something in them. */
  readonly folders: ReadonlySet<ObjectKey>;
  /** Why something stays. */
  readonly stays: readonly PlanWarning[];
}

export interface LeftoversOptions {
  readonly project: string;
  /** What is not destroyed in any case. */
  readonly keep: ReadonlySet<ObjectKey>;
  readonly selected: ReadonlySet<ObjectKey>;
}

export function leftoversOf(
  { desired, actual, last }: Context,
  { project, keep, selected }: LeftoversOptions,
): Leftovers {
  const destroyed = new Set<ObjectKey>();
  const stays: PlanWarning[] = [];
  for (const [key, there] of actual) {
    if (desired.has(key) || !selected.has(key) || !isOurs(there, project) || isGround(there) || keep.has(key)) continue;
    // Who names a table's rows says that they go.
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

/** What lies in a folder of the workspace, and the folders. */
function isInWorkspace({ service, kind }: ActualObject): boolean {
  return service === "databricks" && kind !== "job";
}

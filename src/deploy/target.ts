/** The target state of a deployment: the program, or that of an earlier deployment. */
import type { TriggerPolicy } from "../config/config.ts";
import { COMMAND_LINE } from "../config/environment.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import { failure } from "../runner/errors.ts";
import { bundleBefore, emptyBundle, otherBundleBefore, type StoredBundle } from "./bundle.ts";
import { deployedBundle, type History, readHistory, runsBefore, tableId } from "./deployment.ts";
import type { Bundle } from "./deployment-record.ts";
import { type Beginning, type Journal, readJournal } from "./journal.ts";
import { type ActualObject, type DesiredObject, keyOf, type ObjectKey, type WantedId } from "./object.ts";
import { createPlan, type Planned } from "./plan.ts";
import type { Records } from "./services/records.ts";
import { readActual, type Stack } from "./stack.ts";
import type { TableFacts } from "./table-facts.ts";

/** The desired state and the scope of a plan. */
export interface Wanted {
  readonly project: string;
  readonly environment: string;
  readonly objects: readonly DesiredObject[];
  readonly tables: readonly TableFacts[];
  readonly adopt: readonly ObjectKey[];
  /** Tables; undefined for everything. */
  readonly select?: ReadonlySet<string> | undefined;
  /** Tables whose rows are deleted. */
  readonly destroy: readonly string[];
  /** Owned objects that are kept although they are not desired. */
  readonly keep?: readonly ObjectKey[];
  /** Undefined if the objects define the state of their triggers. */
  readonly triggers?: TriggerPolicy;
}

export interface Target {
  readonly wanted: Wanted;
  readonly kind: Beginning["kind"];
  /** The id of the bundle that it restores, if it was deployed successfully before. */
  readonly target?: string;
}

export interface PlannedTarget extends Planned {
  readonly history: History;
  readonly actual: readonly ActualObject[];
}

/** Reads the actual state and plans the changes. `known`: the history, if it was already read. */
export async function planTarget(stack: Stack, wanted: Wanted, known?: History): Promise<PlannedTarget> {
  const { project, environment, tables, select } = wanted;
  const ids: readonly WantedId[] = [...wanted.objects, ...wanted.destroy.map(tableId)];
  const [found, history] = await Promise.all([readActual(stack, ids), known ?? readHistory(stack.records)]);
  const actual = await withDeployedSchemas(stack, ids, found, history);
  const { objects, held } = withTriggers(wanted, actual, history);
  const planned = createPlan({
    ...{ project, environment, desired: objects, tables, actual, select, held },
    lastBundle: deployedBundle(history, actual),
    adopt: new Set(wanted.adopt),
    destroy: new Set(wanted.destroy),
    keep: new Set(wanted.keep),
    told: new Set(changedTriggers(history)),
  });
  return { ...planned, history, actual };
}

/** Schemas in Unity Catalog are only found by their names: also those that the program no longer has, with their tables. */
async function withDeployedSchemas(
  stack: Stack,
  ids: readonly WantedId[],
  actual: readonly ActualObject[],
  history: History,
): Promise<readonly ActualObject[]> {
  const known = new Set(ids.map(keyOf));
  const deployed = deployedBundle(history, actual)?.objects ?? [];
  const schemas = deployed.filter((each) => each.kind === "catalogSchema" && !known.has(keyOf(each)));
  return schemas.length === 0 ? actual : readActual(stack, [...ids, ...schemas]);
}

/**
 * Applies the trigger policy to the objects; `held` are triggers that were stopped manually and stay stopped. Triggers that
 * an earlier deployment stopped without restarting them were not stopped manually, and those it created are new.
 */
function withTriggers(
  { objects, triggers }: Wanted,
  actual: readonly ActualObject[],
  { last, unfinished }: History,
): { readonly objects: readonly DesiredObject[]; readonly held: ReadonlySet<ObjectKey> } {
  const held = new Set<ObjectKey>();
  if (triggers === undefined) return { objects, held };
  const there = new Map(actual.map((each) => [keyOf(each), each]));
  const owed = unfinished === undefined || unfinished.journal.ended !== undefined ? {} : runsBefore(unfinished.journal);
  const known = new Set(last?.bundle.objects.map(keyOf));
  const runsOf = (key: ObjectKey): boolean => {
    if (triggers !== "keep") return triggers === "started";
    const isNew = !there.has(key) || (unfinished !== undefined && !known.has(key));
    return isNew || (owed[key] ?? there.get(key)?.runs ?? true);
  };
  const resolved = objects.map((each): DesiredObject => {
    if (each.runs !== true) return each;
    const key = keyOf(each);
    const runs = runsOf(key);
    if (!runs && triggers === "keep") held.add(key);
    return { ...each, runs };
  });
  return { objects: resolved, held };
}

function changedTriggers({ unfinished }: History): readonly ObjectKey[] {
  if (unfinished === undefined || unfinished.journal.ended !== undefined) return [];
  const { begun, done, failed, open } = unfinished.journal;
  const steps = [...done, ...failed, ...open].filter(({ action }) => action === "stop" || action === "start");
  // An earlier deployment may have stopped those that ran.
  return [...steps.map(({ key }) => key), ...Object.keys(begun.triggers).filter((key) => begun.triggers[key] === true)];
}

/** The target to resume the last deployment. Throws a failure if it completed. */
export function resumed({ last, unfinished }: History, { project, environment }: Wanted): Target {
  if (unfinished === undefined) throw failure(diagnostic("deployment-nothing-to-resume", COMMAND_LINE, { project }));
  const { journal, bundle } = unfinished;
  const { kind, scope, bundle: target } = journal.begun;
  const held = Object.fromEntries((scope.held ?? []).map((key) => [key, false]));
  const { objects, tables } = running(bundle, held);
  const wanted = { project, environment, objects, tables, ...scope, select: scope.select && new Set(scope.select) };
  const isStored = target === last?.id || (kind === "rollback" && target !== journal.id);
  return { wanted, kind, ...(isStored ? { target } : {}) };
}

/**
 * The target of a rollback: the state before the last deployment if it did not complete, otherwise the last successful
 * deployment that differs. Throws a failure if there is none.
 */
export async function rolledBack(records: Records, history: History, wanted: Wanted): Promise<Target> {
  const { project, environment } = wanted;
  const stored = await rollbackBundle(records, history);
  if (stored === undefined && history.unfinished === undefined) {
    throw failure(diagnostic("deployment-nothing-before", COMMAND_LINE, { project }));
  }
  const { last, unfinished } = history;
  const journal = unfinished?.journal ?? (last && (await readJournal(records, last.id)));
  // A trigger that was stopped before the deployment is stopped again.
  const before = journal?.begun.triggers ?? {};
  const { objects, tables } = running(stored?.bundle ?? emptyBundle(project, environment), before);
  const keep = await adoptedSince(records, journal);
  return {
    wanted: { project, environment, objects, tables, adopt: [], destroy: [], keep },
    kind: "rollback",
    ...(stored === undefined ? {} : { target: stored.id }),
  };
}

/** Undefined if nothing was deployed before. */
async function rollbackBundle(records: Records, { last, unfinished }: History): Promise<StoredBundle | undefined> {
  if (unfinished === undefined) return otherBundleBefore(records);
  return isAllDone(unfinished.journal, last) ? bundleBefore(records) : last;
}

/** Whether only the last line of the journal is missing: its target is recorded as successful, and was not before. */
function isAllDone({ id, begun: { bundle, kind } }: Journal, last: StoredBundle | undefined): boolean {
  return bundle === last?.id && (kind !== "rollback" || bundle === id);
}

function running(bundle: Bundle, triggers: Beginning["triggers"]): Pick<Bundle, "objects" | "tables"> {
  const objects = bundle.objects.map((each) => {
    const runs = triggers[keyOf(each)] ?? each.runs;
    return runs === undefined ? each : { ...each, runs };
  });
  return { objects, tables: bundle.tables };
}

/** Objects adopted by a deployment and those it resumed: they existed before, with unknown definitions. */
async function adoptedSince(records: Records, last: Journal | undefined): Promise<readonly ObjectKey[]> {
  const keys: ObjectKey[] = [];
  for (let journal = last; journal !== undefined; ) {
    const { scope, resumes } = journal.begun;
    keys.push(...scope.adopt, ...(scope.keep ?? []));
    journal = resumes === undefined ? undefined : await readJournal(records, resumes);
  }
  return [...new Set(keys)];
}

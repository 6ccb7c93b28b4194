/**
 * A deployment from the lease to the last good bundle. Whatever happens, it ends in one of three ways: all is done; not
 * all is done, and the triggers run as before; or it broke off, and the next one finds that in the journal.
 */
import { COMMAND_LINE } from "../config/environment.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { failure } from "../runner/errors.ts";
import { type Applied, applySteps, diagnosticsOf, type StepEvent } from "./apply.ts";
import { currentBundle, loadBundle, makeCurrent, nextDeployment, type StoredBundle, storeBundle } from "./bundle.ts";
import { type DeployPlan, wantedIn } from "./deploy-plan.ts";
import type { Bundle } from "./deployment-record.ts";
import { standingBundle } from "./incomplete-deployment.ts";
import { type Beginning, beginJournal, type Journal, type JournalWriter, lastJournal, readJournal } from "./journal.ts";
import { hashOf } from "./json.ts";
import { type Holder, type Lease, takeLease } from "./lease.ts";
import { type ActualObject, idOfKey, keyOf, type ObjectId, type ObjectKey } from "./object.ts";
import { isOurs } from "./ownership.ts";
import { hasMoved } from "./plan.ts";
import type { Records } from "./services/records.ts";
import { readActual, type Stack } from "./stack.ts";

/** What deployments have left in the lake. */
export interface History {
  /** Of the last good deployment. */
  readonly last: StoredBundle | undefined;
  /** The last deployment, where it did not end well. */
  readonly unfinished: Unfinished | undefined;
}

export interface Unfinished {
  readonly journal: Journal;
  /** What it was to lead to. */
  readonly bundle: Bundle;
  /** The same of those before it, the oldest first, where they did not end well either. */
  readonly earlier: readonly Bundle[];
}

export async function readHistory(records: Records): Promise<History> {
  const [last, journal] = await Promise.all([currentBundle(records), lastJournal(records)]);
  if (journal === undefined || journal.ended === "done") return { last, unfinished: undefined };
  const bundles = await bundlesOf(records, journal);
  const bundle = bundles.at(-1);
  return { last, unfinished: bundle && { journal, bundle, earlier: bundles.slice(0, -1) } };
}

/** What a deployment that did not end well, and those that it followed, were to lead to; the oldest first. */
async function bundlesOf(records: Records, { begun }: Journal): Promise<readonly Bundle[]> {
  const before = begun.resumes === undefined ? undefined : await readJournal(records, begun.resumes);
  const earlier = before === undefined || before.ended === "done" ? [] : await bundlesOf(records, before);
  const stored = await loadBundle(records, begun.bundle);
  return stored === undefined ? [] : [...earlier, stored.bundle];
}

/** What the last deployments have left of the program, whether they ended well or not. */
export function deployedBundle({ last, unfinished }: History, actual: readonly ActualObject[]): Bundle | undefined {
  const begun = unfinished === undefined ? [] : [...unfinished.earlier, unfinished.bundle];
  return begun.reduce<Bundle | undefined>((before, each) => standingBundle(before, each, actual), last?.bundle);
}

export interface DeployOptions {
  readonly stack: Stack;
  readonly plan: DeployPlan;
  readonly kind: Beginning["kind"];
  /** The id of the bundle that it leads to, where that is stored already: one that was good before. */
  readonly target?: string;
  readonly holder: Holder;
  /** Aborted, no further step is begun. */
  readonly stop: AbortSignal;
  onEvent?(event: StepEvent): void;
}

export interface Report extends Applied {
  /** Of the deployment. */
  readonly id: string;
  /** Triggers that were started again because not all was done. */
  readonly restored: readonly ObjectKey[];
  /** Triggers that were stopped again because not all was done and they did not run before. */
  readonly held: readonly ObjectKey[];
  /** Triggers that ran before and stand still. */
  readonly still: readonly ObjectKey[];
  /** Whether all is done and written down. */
  readonly isDone: boolean;
}

/**
 * Carries out a plan under the lease. Throws a failure where nothing was done: another deployment is at work
 * (`deployment-locked`), or the services have something else by now (`plan-moved`).
 */
export async function deploy(options: DeployOptions): Promise<Report> {
  const { stack, plan, holder } = options;
  const created = await makeContainer(stack, plan);
  const lease = await takeLease(stack.records, holder);
  try {
    const wanted: readonly ObjectId[] = [...plan.bundle.objects, ...plan.scope.destroy.map(tableId)];
    const [actual, history] = await Promise.all([readActual(stack, wanted), readHistory(stack.records)]);
    const before = created ? actual.filter(({ kind }) => kind !== "container") : actual;
    if (hasMoved(plan, before)) {
      throw failure(diagnostic("plan-moved", COMMAND_LINE, { environment: plan.environment }));
    }
    return await carryOut(options, lease, actual, history.unfinished?.journal);
  } finally {
    await lease.release();
  }
}

/** Of a table's folder in the lake. */
export function tableId(name: string): ObjectId {
  return { service: "storage", kind: "table", name };
}

/**
 * The lease lies in the container: where there is none yet, it comes first. Whether there was none, or one that a try
 * before this one has made.
 */
async function makeContainer({ clients }: Stack, plan: DeployPlan): Promise<boolean> {
  const step = plan.steps.find(({ action, key }) => action === "add" && idOfKey(key).kind === "container");
  const container = step && wantedIn(plan).get(step.key);
  const storage = clients.get("storage");
  if (container === undefined || storage === undefined) return false;
  const [there] = await storage.read([]);
  // Somebody else's by now: the world has moved.
  if (there !== undefined && !isOurs(there, plan.project)) return false;
  await storage.write(container);
  return true;
}

async function carryOut(
  { stack, plan, kind, target, holder, stop, onEvent }: DeployOptions,
  lease: Lease,
  actual: readonly ActualObject[],
  unfinished: Journal | undefined,
): Promise<Report> {
  const { records, clients } = stack;
  const owed = unfinished?.ended === undefined && unfinished !== undefined ? runsBefore(unfinished) : {};
  const triggers = { ...runsOf(plan, actual), ...owed };
  await halt(stack, actual, owed);
  const id = await nextDeployment(records);
  if (target === undefined) await storeBundle(records, { id, bundle: plan.bundle });
  const bundle = target ?? id;
  const journal = await beginJournal(records, id, {
    plan: hashOf(JSON.parse(JSON.stringify(plan))),
    bundle,
    kind,
    scope: plan.scope,
    triggers,
    ...(unfinished === undefined ? {} : { resumes: unfinished.id }),
    identity: holder.identity,
    at: holder.since,
  });

  const applied = await applySteps({ plan, clients, journal, lease, stop, ...(onEvent ? { onEvent } : {}) });
  const isApplied = applied.done.length === plan.steps.length;
  // Whoever has it now does not know of our triggers; where nobody has, they are still ours to start.
  const regained = await diagnosticsOf(() => lease.regain(async () => (await lastJournal(records))?.id === id));
  const settled = isApplied ? wantedRuns(plan, applied, owed) : { ...owed, ...toldIn(plan, applied, triggers) };
  const { problems, ...triggersNow } = await settle({ stack, lease, applied, triggers: settled });
  const ended = await diagnosticsOf(() =>
    end({ records, journal, lease, bundle, isApplied, isSettled: problems.length === 0 }),
  );
  const isDone = isApplied && problems.length === 0 && ended.length === 0;
  return {
    ...applied,
    id,
    ...triggersNow,
    // What the journal did not take at once is in it by now.
    problems: isDone ? [] : distinct([...applied.problems, ...regained, ...problems, ...ended]),
    isDone,
  };
}

/** Each thing that is wrong is told once. */
function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(problems.map((each) => [`${each.code} ${each.message}`, each])).values()];
}

interface End {
  readonly records: Records;
  readonly journal: JournalWriter;
  readonly lease: Lease;
  readonly bundle: string;
  readonly isApplied: boolean;
  /** Whether the triggers are as they are to be: else the next deployment has to know. */
  readonly isSettled: boolean;
}

async function end({ records, journal, lease, bundle, isApplied, isSettled }: End): Promise<void> {
  await lease.confirm();
  if (isApplied) await makeCurrent(records, bundle);
  if (isSettled) await journal.end(isApplied ? "done" : "failed");
}

type Runs = Beginning["triggers"];

/** Of the triggers that are the project's, or become it. Those of others may be there because they use something of ours. */
function runsOf({ project, steps }: DeployPlan, actual: readonly ActualObject[]): Runs {
  const taken = new Set(steps.map(({ key }) => key));
  const known = actual.filter((each) => isOurs(each, project) || taken.has(keyOf(each)));
  return Object.fromEntries(known.flatMap((each) => (each.runs === undefined ? [] : [[keyOf(each), each.runs]])));
}

/** One that was killed has left triggers as they were just then: how they ran before is in its journal. */
export function runsBefore({ begun, done, failed, open }: Journal): Runs {
  const added = [...done, ...failed, ...open].filter(({ action }) => action === "start");
  return { ...Object.fromEntries(added.map(({ key }) => [key, false])), ...begun.triggers };
}

/** Lets those stand still that seem to: what they were told by one that broke off may be under way. */
async function halt({ clients }: Stack, actual: readonly ActualObject[], owed: Runs): Promise<void> {
  for (const each of actual) {
    if (each.runs === false && keyOf(each) in owed) await clients.get(each.service)?.run?.(each, false);
  }
}

/** How the triggers ran before that were told to stop or to start; one that was not there did not. */
function toldIn(plan: DeployPlan, { left }: Applied, triggers: Runs): Runs {
  const notBegun = new Set(left);
  const told = plan.steps.filter((step) => (step.action === "stop" || step.action === "start") && !notBegun.has(step));
  return Object.fromEntries(told.map(({ key }) => [key, triggers[key] === true]));
}

/** How triggers are to run of a deployment before that nobody has told since. */
function wantedRuns(plan: DeployPlan, { done }: Applied, owed: Runs): Runs {
  const wanted = wantedIn(plan);
  const told = new Set(done.flatMap(({ action, key }) => (action === "start" ? [key] : [])));
  const open = Object.entries(owed).filter(([key]) => !told.has(key));
  return Object.fromEntries(open.map(([key, ran]) => [key, wanted.get(key)?.runs ?? ran]));
}

interface ToSettle {
  readonly stack: Stack;
  readonly lease: Lease;
  readonly applied: Applied;
  /** How they are to run. */
  readonly triggers: Runs;
}

interface Settled extends Pick<Report, "restored" | "held" | "still"> {
  readonly problems: readonly Diagnostic[];
}

/**
 * Starts and stops triggers, as far as they are there. Without the lease none: another deployment may have told them
 * something else.
 */
async function settle({ stack: { clients }, lease, applied, triggers }: ToSettle): Promise<Settled> {
  const gone = new Set(applied.done.flatMap(({ action, key }) => (action === "destroy" ? [key] : [])));
  const restored: ObjectKey[] = [];
  const held: ObjectKey[] = [];
  const still: ObjectKey[] = [];
  const problems: Diagnostic[] = [];
  for (const [key, runs] of Object.entries(triggers)) {
    if (gone.has(key)) continue;
    const id = idOfKey(key);
    const client = clients.get(id.service);
    const found = await diagnosticsOf(async () => {
      await lease.confirm();
      const state = await client?.stateOf?.(id);
      if (state === undefined) return;
      // Also where it seems to be so: what it was told before may still be under way.
      await client?.run?.(id, runs);
      if ((state === "Started") !== runs) (runs ? restored : held).push(key);
    });
    if (found.length > 0 && runs) still.push(key);
    problems.push(...found);
  }
  return { restored, held, still, problems };
}

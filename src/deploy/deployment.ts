/**
 * Runs a deployment, from acquiring the lease to recording the bundle. It always ends in one of three ways: it completes;
 * it fails, and the triggers run as before; or it is killed, and the next deployment finds that in the journal.
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
import { type ActualObject, idOfKey, keyOf, type ObjectId, type ObjectKey, type WantedId } from "./object.ts";
import { isOurs } from "./ownership.ts";
import { hasMoved } from "./plan.ts";
import type { Records } from "./services/records.ts";
import { readActual, type Stack } from "./stack.ts";

/** The earlier deployments, as recorded in the lake. */
export interface History {
  /** The bundle of the last successful deployment. */
  readonly last: StoredBundle | undefined;
  /** The last deployment, if it did not complete. */
  readonly unfinished: Unfinished | undefined;
}

export interface Unfinished {
  readonly journal: Journal;
  /** Its target bundle. */
  readonly bundle: Bundle;
  /** The target bundles of earlier unfinished deployments that it followed, oldest first. */
  readonly earlier: readonly Bundle[];
}

export async function readHistory(records: Records): Promise<History> {
  const [last, journal] = await Promise.all([currentBundle(records), lastJournal(records)]);
  if (journal === undefined || journal.ended === "done") return { last, unfinished: undefined };
  const bundles = await bundlesOf(records, journal);
  const bundle = bundles.at(-1);
  return { last, unfinished: bundle && { journal, bundle, earlier: bundles.slice(0, -1) } };
}

/** The target bundles of an unfinished deployment and those that it followed, oldest first. */
async function bundlesOf(records: Records, { begun }: Journal): Promise<readonly Bundle[]> {
  const before = begun.resumes === undefined ? undefined : await readJournal(records, begun.resumes);
  const earlier = before === undefined || before.ended === "done" ? [] : await bundlesOf(records, before);
  const stored = await loadBundle(records, begun.bundle);
  return stored === undefined ? [] : [...earlier, stored.bundle];
}

/** The deployed state after the last deployments, whether they completed or not. */
export function deployedBundle({ last, unfinished }: History, actual: readonly ActualObject[]): Bundle | undefined {
  const begun = unfinished === undefined ? [] : [...unfinished.earlier, unfinished.bundle];
  return begun.reduce<Bundle | undefined>((before, each) => standingBundle(before, each, actual), last?.bundle);
}

export interface DeployOptions {
  readonly stack: Stack;
  readonly plan: DeployPlan;
  readonly kind: Beginning["kind"];
  /** The id of the target bundle, if it is already stored: one that was deployed successfully before. */
  readonly target?: string;
  readonly holder: Holder;
  /** When aborted, no further step is started. */
  readonly stop: AbortSignal;
  onEvent?(event: StepEvent): void;
}

export interface Report extends Applied {
  /** The id of the deployment. */
  readonly id: string;
  /** Triggers that were restarted after a failure. */
  readonly restored: readonly ObjectKey[];
  /** Triggers that were stopped again after a failure, because they did not run before. */
  readonly held: readonly ObjectKey[];
  /** Triggers that ran before and are still stopped. */
  readonly still: readonly ObjectKey[];
  /** Whether everything is done and recorded. */
  readonly isDone: boolean;
}

/**
 * Applies a plan while holding the lease. Throws a failure if nothing was done: another deployment is in progress
 * (`deployment-locked`), or the services have changed since the plan was made (`plan-moved`).
 */
export async function deploy(options: DeployOptions): Promise<Report> {
  const { stack, plan, holder } = options;
  await stack.records.prepare();
  const lease = await takeLease(stack.records, holder);
  try {
    const wanted: readonly WantedId[] = [...plan.bundle.objects, ...plan.scope.destroy.map(tableId)];
    const [actual, history] = await Promise.all([readActual(stack, wanted), readHistory(stack.records)]);
    if (hasMoved(plan, actual)) {
      throw failure(diagnostic("plan-moved", COMMAND_LINE, { environment: plan.environment }));
    }
    return await carryOut(options, lease, actual, history.unfinished?.journal);
  } finally {
    await lease.release();
  }
}

/** The id of a table's folder in the lake. */
export function tableId(name: string): ObjectId {
  return { service: "storage", kind: "table", name };
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

  const beforeStart = () => firstRunProblems(stack);
  const applied = await applySteps({
    plan,
    clients,
    journal,
    lease,
    stop,
    beforeStart,
    ...(onEvent ? { onEvent } : {}),
  });
  const isApplied = applied.done.length === plan.steps.length;
  // The holder of the lease does not know which triggers were stopped; without a holder they are restarted here.
  const regained = await diagnosticsOf(() => lease.regain(async () => (await lastJournal(records))?.id === id));
  const settled = isApplied ? wantedRuns(plan, applied, owed) : { ...owed, ...previousRuns(plan, applied, triggers) };
  const { problems, ...triggersNow } = await settle({ stack, lease, applied, triggers: settled });
  const ended = await diagnosticsOf(() =>
    end({ records, journal, lease, bundle, isApplied, isSettled: problems.length === 0 }),
  );
  const isDone = isApplied && problems.length === 0 && ended.length === 0;
  return {
    ...applied,
    id,
    ...triggersNow,
    // Pending journal entries are written by now.
    problems: isDone ? [] : distinct([...applied.problems, ...regained, ...problems, ...ended]),
    isDone,
  };
}

/**
 * What the identities of a run are known to lack. The deployment does not depend on it, so a service that does not answer
 * is no problem here.
 */
async function firstRunProblems(stack: Stack): Promise<readonly Diagnostic[]> {
  const checks = await stack.checkRun();
  return checks.flatMap((check) =>
    check.kind !== "wrong"
      ? []
      : check.problems
          .filter(({ code }) => code === "access-missing")
          .map(({ message, hint }) =>
            diagnostic(
              "first-run-fails",
              COMMAND_LINE,
              { problem: message, grant: "" },
              hint === undefined ? {} : { hint },
            ),
          ),
  );
}

/** Removes duplicate diagnostics. */
function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(problems.map((each) => [`${each.code} ${each.message}`, each])).values()];
}

interface End {
  readonly records: Records;
  readonly journal: JournalWriter;
  readonly lease: Lease;
  readonly bundle: string;
  readonly isApplied: boolean;
  /** Whether the triggers have their intended state; otherwise the next deployment has to know. */
  readonly isSettled: boolean;
}

async function end({ records, journal, lease, bundle, isApplied, isSettled }: End): Promise<void> {
  await lease.confirm();
  if (isApplied) await makeCurrent(records, bundle);
  if (isSettled) await journal.end(isApplied ? "done" : "failed");
}

type Runs = Beginning["triggers"];

/** The triggers that the project owns or adopts; triggers of others may be read because they use the project's objects. */
function runsOf(plan: DeployPlan, actual: readonly ActualObject[]): Runs {
  const taken = new Set(plan.steps.map(({ key }) => key));
  const known = actual.filter((each) => isOurs(each, plan) || taken.has(keyOf(each)));
  return Object.fromEntries(known.flatMap((each) => (each.runs === undefined ? [] : [[keyOf(each), each.runs]])));
}

/** A killed deployment has left its triggers in an intermediate state; their previous state is in its journal. */
export function runsBefore({ begun, done, failed, open }: Journal): Runs {
  const added = [...done, ...failed, ...open].filter(({ action }) => action === "start");
  return { ...Object.fromEntries(added.map(({ key }) => [key, false])), ...begun.triggers };
}

/** Stops triggers even if they seem stopped: a start by an interrupted deployment may still be in progress. */
async function halt({ clients }: Stack, actual: readonly ActualObject[], owed: Runs): Promise<void> {
  for (const each of actual) {
    if (each.runs === false && keyOf(each) in owed) await clients.get(each.service)?.run?.(each, false);
  }
}

/** The previous states of the triggers that were stopped or started; missing triggers did not run. */
function previousRuns(plan: DeployPlan, { left }: Applied, triggers: Runs): Runs {
  const notBegun = new Set(left);
  const steps = plan.steps.filter((step) => (step.action === "stop" || step.action === "start") && !notBegun.has(step));
  return Object.fromEntries(steps.map(({ key }) => [key, triggers[key] === true]));
}

/** The intended states of triggers from earlier deployments that were not set since. */
function wantedRuns(plan: DeployPlan, { done }: Applied, owed: Runs): Runs {
  const wanted = wantedIn(plan);
  const started = new Set(done.flatMap(({ action, key }) => (action === "start" ? [key] : [])));
  const open = Object.entries(owed).filter(([key]) => !started.has(key));
  return Object.fromEntries(open.map(([key, ran]) => [key, wanted.get(key)?.runs ?? ran]));
}

interface ToSettle {
  readonly stack: Stack;
  readonly lease: Lease;
  readonly applied: Applied;
  /** The intended states. */
  readonly triggers: Runs;
}

interface Settled extends Pick<Report, "restored" | "held" | "still"> {
  readonly problems: readonly Diagnostic[];
}

/**
 * Starts and stops existing triggers. Without the lease it changes none, because another deployment may have set them.
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
      // Even if it already seems to be in that state: an earlier request may still be in progress.
      await client?.run?.(id, runs);
      if ((state === "Started") !== runs) (runs ? restored : held).push(key);
    });
    if (found.length > 0 && runs) still.push(key);
    problems.push(...found);
  }
  return { restored, held, still, problems };
}

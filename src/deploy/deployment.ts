/**
 * A deployment from the lease to the last good bundle. Whatever happens, it ends in one of three ways: all is done; not
 * all is done, and the triggers run as before; or it broke off, and the next one finds that in the journal.
 */
import { COMMAND_LINE } from "../config/environment.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { failure } from "../runner/errors.ts";
import { type Applied, applySteps, diagnosticsOf, type StepEvent } from "./apply.ts";
import { currentBundle, loadBundle, makeCurrent, nextDeployment, storeBundle } from "./bundle.ts";
import { type DeployPlan, wantedIn } from "./deploy-plan.ts";
import type { Bundle } from "./deployed.ts";
import { type Beginning, beginJournal, type Journal, type JournalWriter, lastJournal } from "./journal.ts";
import { hashOf } from "./json.ts";
import { type Holder, type Lease, takeLease } from "./lease.ts";
import { type ActualObject, idOfKey, keyOf, type ObjectId, type ObjectKey } from "./object.ts";
import { hasMoved } from "./plan.ts";
import type { Records } from "./services/records.ts";
import { readActual, type Stack } from "./stack.ts";
import { standingBundle } from "./standing.ts";

/** What deployments have left in the lake. */
export interface History {
  /** Of the last good deployment. */
  readonly last: Bundle | undefined;
  /** The last deployment, where it did not end well. */
  readonly unfinished: Unfinished | undefined;
}

export interface Unfinished {
  readonly journal: Journal;
  /** What it was to lead to. */
  readonly bundle: Bundle;
}

export async function readHistory(records: Records): Promise<History> {
  const [current, journal] = await Promise.all([currentBundle(records), lastJournal(records)]);
  const last = current?.bundle;
  if (journal === undefined || journal.ended === "done") return { last, unfinished: undefined };
  const stored = await loadBundle(records, journal.begun.bundle);
  return { last, unfinished: stored && { journal, bundle: stored.bundle } };
}

/** What the last deployments have left of the program, whether they ended well or not. */
export function deployedBundle({ last, unfinished }: History, actual: readonly ActualObject[]): Bundle | undefined {
  return unfinished === undefined ? last : standingBundle(last, unfinished.bundle, actual);
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

/** The lease lies in the container: where there is none yet, it comes first. */
async function makeContainer({ clients }: Stack, plan: DeployPlan): Promise<boolean> {
  const step = plan.steps.find(({ action, key }) => action === "add" && idOfKey(key).kind === "container");
  const container = step && wantedIn(plan).get(step.key);
  if (container === undefined) return false;
  await clients.get("storage")?.write(container);
  return true;
}

async function carryOut(
  { stack, plan, kind, target, holder, stop, onEvent }: DeployOptions,
  lease: Lease,
  actual: readonly ActualObject[],
  unfinished: Journal | undefined,
): Promise<Report> {
  const { records, clients } = stack;
  // One that was killed may have left triggers standing; they are ours to start now.
  const owed = unfinished === undefined || unfinished.ended !== undefined ? [] : runningIn(unfinished.begun.triggers);
  const triggers = { ...runsOf(actual), ...Object.fromEntries(owed.map((key) => [key, true])) };
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
  const touched = isApplied ? owed : [...owed, ...stoppedIn(plan, applied, triggers)];
  const { restored, still, problems } = await restore(stack, lease, touched, applied);
  const ended = await diagnosticsOf(() =>
    end({ records, journal, lease, bundle, isApplied, isQuiet: still.length > 0 }),
  );
  return {
    ...applied,
    id,
    restored,
    still,
    problems: [...applied.problems, ...problems, ...ended],
    isDone: isApplied && still.length === 0 && ended.length === 0,
  };
}

interface End {
  readonly records: Records;
  readonly journal: JournalWriter;
  readonly lease: Lease;
  readonly bundle: string;
  readonly isApplied: boolean;
  /** Whether a trigger stands still that is to run: then the next deployment has to know. */
  readonly isQuiet: boolean;
}

async function end({ records, journal, lease, bundle, isApplied, isQuiet }: End): Promise<void> {
  await lease.confirm();
  if (isApplied) await makeCurrent(records, bundle);
  if (!isQuiet) await journal.end(isApplied ? "done" : "failed");
}

function runsOf(actual: readonly ActualObject[]): Readonly<Record<ObjectKey, boolean>> {
  return Object.fromEntries(actual.flatMap((each) => (each.runs === undefined ? [] : [[keyOf(each), each.runs]])));
}

function runningIn(triggers: Beginning["triggers"]): readonly ObjectKey[] {
  return Object.keys(triggers).filter((key) => triggers[key] === true);
}

/** The triggers that ran before and were told to stop. */
function stoppedIn(plan: DeployPlan, { left }: Applied, triggers: Beginning["triggers"]): readonly ObjectKey[] {
  const notBegun = new Set(left);
  return plan.steps.flatMap((step) =>
    step.action === "stop" && triggers[step.key] === true && !notBegun.has(step) ? [step.key] : [],
  );
}

interface Restored {
  readonly restored: readonly ObjectKey[];
  readonly still: readonly ObjectKey[];
  readonly problems: readonly Diagnostic[];
}

/** Starts triggers that ran before and are there. Without the lease none: another deployment may have stopped them. */
async function restore(
  { clients }: Stack,
  lease: Lease,
  triggers: readonly ObjectKey[],
  { done }: Applied,
): Promise<Restored> {
  const gone = new Set(done.flatMap(({ action, key }) => (action === "destroy" ? [key] : [])));
  const restored: ObjectKey[] = [];
  const still: ObjectKey[] = [];
  const problems: Diagnostic[] = [];
  for (const key of new Set(triggers)) {
    if (gone.has(key)) continue;
    const id = idOfKey(key);
    const client = clients.get(id.service);
    const found = await diagnosticsOf(async () => {
      await lease.confirm();
      const state = await client?.stateOf?.(id);
      if (state === undefined || state === "Started") return;
      await client?.run?.(id, true);
      restored.push(key);
    });
    if (found.length > 0) still.push(key);
    problems.push(...found);
  }
  return { restored, still, problems };
}

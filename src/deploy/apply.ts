/**
 * Applies the steps of a plan: each is recorded in the journal before it starts, independent steps run concurrently, and
 * after the first failure no further step is started.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { createSlots } from "../runner/dag.ts";
import { isFailure } from "../runner/errors.ts";
import { type DeployPlan, wantedIn } from "./deploy-plan.ts";
import { withJobIds } from "./job-ids.ts";
import type { JournalWriter } from "./journal.ts";
import type { Lease } from "./lease.ts";
import { idOfKey, type ServiceId } from "./object.ts";
import type { Step } from "./order.ts";
import type { ServiceClient } from "./service.ts";

export type StepEvent =
  | { readonly kind: "begun"; readonly step: Step }
  /** What the first run would fail with; before the first trigger is started. */
  | { readonly kind: "warned"; readonly warnings: readonly Diagnostic[] }
  /** `count`: the number of finished steps. */
  | { readonly kind: "ended"; readonly step: Step; readonly isDone: boolean; readonly count: number };

export interface ApplyOptions {
  readonly plan: DeployPlan;
  readonly clients: ReadonlyMap<ServiceId, ServiceClient>;
  readonly journal: JournalWriter;
  readonly lease: Lease;
  /** When aborted, no further step is started; running steps are finished. */
  readonly stop: AbortSignal;
  /** Why the first run would fail; called once, before the first trigger is started. */
  beforeStart?(): Promise<readonly Diagnostic[]>;
  onEvent?(event: StepEvent): void;
}

export interface Applied {
  readonly done: readonly Step[];
  readonly failed: readonly { readonly step: Step; readonly diagnostics: readonly Diagnostic[] }[];
  /** Not started. */
  readonly left: readonly Step[];
  /** Why no further step was started, if not because of a step: the lease or the journal. */
  readonly problems: readonly Diagnostic[];
  /** Why the first run would fail. */
  readonly warnings: readonly Diagnostic[];
}

/** Maximum number of concurrent steps; each client has its own limits. */
const AT_ONCE = 24;

/** Never rejects with a failure: failures are in the result. */
export async function applySteps(options: ApplyOptions): Promise<Applied> {
  const { plan, journal, lease, stop, onEvent } = options;
  const { steps } = plan;
  const write = createWriter(options);
  const slot = createSlots(AT_ONCE);
  const done = new Set<Step>();
  const failed = new Map<Step, readonly Diagnostic[]>();
  const problems: Diagnostic[] = [];
  let warnings: Promise<readonly Diagnostic[]> | undefined;
  const warn = async (): Promise<readonly Diagnostic[]> => {
    const found = (await options.beforeStart?.()) ?? [];
    if (found.length > 0) onEvent?.({ kind: "warned", warnings: found });
    return found;
  };
  const isHalted = (): boolean => stop.aborted || failed.size > 0 || problems.length > 0;

  const work = async (step: Step): Promise<void> => {
    if (isHalted()) return;
    if (step.action === "start") {
      warnings ??= warn();
      await warnings;
    }
    const begun = await diagnosticsOf(async () => {
      await lease.confirm();
      await journal.before(step);
    });
    problems.push(...begun);
    // Another step may have failed in the meantime; a step that is in the journal is done nevertheless.
    if (begun.length > 0) return;
    onEvent?.({ kind: "begun", step });
    const diagnostics = await diagnosticsOf(() => write(step));
    if (diagnostics.length === 0) done.add(step);
    else failed.set(step, diagnostics);
    onEvent?.({ kind: "ended", step, isDone: diagnostics.length === 0, count: done.size + failed.size });
    problems.push(...(await diagnosticsOf(() => journal.after(step, diagnostics[0]))));
  };

  const started = new Map<string, Promise<void>>();
  for (const step of steps) {
    const before = step.after.flatMap((id) => started.get(id) ?? []);
    started.set(
      step.id,
      Promise.all(before).then(() => slot(() => work(step))),
    );
  }
  await Promise.allSettled(started.values());
  // A bug is rethrown when no step is running any more.
  await Promise.all(started.values());
  return {
    done: steps.filter((step) => done.has(step)),
    failed: steps.flatMap((step) => {
      const diagnostics = failed.get(step);
      return diagnostics === undefined ? [] : [{ step, diagnostics }];
    }),
    left: steps.filter((step) => !done.has(step) && !failed.has(step)),
    problems,
    warnings: (await warnings) ?? [],
  };
}

function createWriter({ plan, clients }: ApplyOptions): (step: Step) => Promise<void> {
  const wanted = wantedIn(plan);
  return async ({ action, key }) => {
    const id = idOfKey(key);
    const client = clients.get(id.service);
    if (client === undefined) throw new Error(`the plan has no client for ${key}`);
    switch (action) {
      case "add":
      case "change":
      case "adopt": {
        const object = wanted.get(key);
        if (object === undefined) throw new Error(`the plan has no definition of ${key}`);
        return client.write(await withJobIds(object, clients.get("databricks")));
      }
      case "destroy":
        return client.remove(id);
      case "stop":
      case "start":
        if (client.run === undefined) throw new Error(`${key} cannot be started`);
        return client.run(id, action === "start");
      default:
        return action satisfies never;
    }
  };
}

/** The diagnostics of a failure; empty on success. */
export async function diagnosticsOf(work: () => Promise<void>): Promise<readonly Diagnostic[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error.diagnostics;
  }
}

/**
 * Orders changes as steps: each waits only for its dependencies, so that the rest can run concurrently. Destroying uses the
 * reverse order. A running trigger is stopped while anything that it depends on changes.
 */
import { type ActualObject, type DesiredObject, idOfKey, KINDS, type ObjectKey, SERVICES } from "./object.ts";

export type StepAction = "stop" | "add" | "change" | "adopt" | "destroy" | "start";

export interface Step {
  /** The action and the key, referenced by `after`. */
  readonly id: string;
  readonly action: StepAction;
  readonly key: ObjectKey;
  /** The steps that have to be done before; they precede this one in the list. */
  readonly after: readonly string[];
}

/** The parts of a change that determine the order. */
export interface Write {
  readonly action: "add" | "change" | "adopt" | "destroy";
  readonly key: ObjectKey;
  /** Whether the body is written; otherwise only the state of a trigger changes. */
  readonly writes: boolean;
}

/**
 * @param desired all desired objects by key, changed or not
 * @param actual by key: the project's objects and those with the name of a desired one
 * @param ours whether the project owns a trigger
 */
export function orderSteps(
  writes: readonly Write[],
  desired: ReadonlyMap<ObjectKey, DesiredObject>,
  actual: ReadonlyMap<ObjectKey, ActualObject>,
  ours: (trigger: ActualObject) => boolean,
): readonly Step[] {
  const steps = writeSteps(writes, desired, actual);
  const written = [...steps.values()];
  const byKey = new Map(writes.map((each) => [each.key, each]));
  const needsOf = (key: ObjectKey): readonly ObjectKey[] => [
    ...(desired.get(key)?.needs ?? []),
    ...(actual.get(key)?.needs ?? []),
  ];
  const stops: MutableStep[] = [];
  const starts: MutableStep[] = [];
  for (const key of triggersOf(byKey, desired, actual, ours)) {
    const write = byKey.get(key);
    const touched = [key, ...reachOf(key, needsOf)].flatMap((each) => steps.get(each) ?? []);
    const ran = actual.get(key)?.runs === true;
    const wanted = write?.action !== "destroy" && (desired.get(key)?.runs ?? ran);
    const isStopped = ran && (touched.length > 0 || !wanted);
    if (isStopped) {
      const stop = newStep("stop", key);
      stops.push(stop);
      for (const step of touched) step.after.add(stop.id);
    }
    // A stopped trigger that is not selected is left alone.
    if (wanted && (isStopped || (!ran && write !== undefined))) starts.push(newStep("start", key));
  }
  // Triggers come last, because a half-deployed program must not run.
  for (const start of starts) for (const step of [...stops, ...written]) start.after.add(step.id);
  return inOrder([...stops, ...written, ...starts]);
}

interface MutableStep extends Omit<Step, "after"> {
  readonly after: Set<string>;
}

function newStep(action: StepAction, key: ObjectKey): MutableStep {
  return { id: `${action} ${key}`, action, key, after: new Set() };
}

/** Objects are written after their dependencies, and destroyed after their dependents were changed or destroyed. */
function writeSteps(
  writes: readonly Write[],
  desired: ReadonlyMap<ObjectKey, DesiredObject>,
  actual: ReadonlyMap<ObjectKey, ActualObject>,
): ReadonlyMap<ObjectKey, MutableStep> {
  const written = writes.filter((each) => each.writes);
  const steps = new Map(written.map(({ action, key }) => [key, newStep(action, key)]));
  for (const step of steps.values()) {
    const now = step.action === "destroy" ? [] : (desired.get(step.key)?.needs ?? []);
    for (const needed of now.flatMap((need) => steps.get(need) ?? [])) {
      if (needed.action !== "destroy") step.after.add(needed.id);
    }
    const before = actual.get(step.key)?.needs ?? [];
    for (const needed of before.flatMap((need) => steps.get(need) ?? [])) {
      if (needed.action === "destroy") needed.after.add(step.id);
    }
  }
  // Rows are deleted when nothing builds or serves them any more.
  const isTable = ({ key }: MutableStep): boolean => idOfKey(key).kind === "table";
  const others = [...steps.values()].filter((step) => !isTable(step));
  for (const step of steps.values()) if (isTable(step)) for (const { id } of others) step.after.add(id);
  return steps;
}

/** The triggers to stop and start: written, owned, or desired and missing. Foreign ones with a desired name are left alone. */
function triggersOf(
  writes: ReadonlyMap<ObjectKey, Write>,
  desired: ReadonlyMap<ObjectKey, DesiredObject>,
  actual: ReadonlyMap<ObjectKey, ActualObject>,
  ours: (trigger: ActualObject) => boolean,
): readonly ObjectKey[] {
  const all = [...desired, ...actual].flatMap(([key, { kind }]) => (kind === "trigger" ? [key] : []));
  return [...new Set(all)].sort().filter((key) => {
    const there = actual.get(key);
    return there === undefined || writes.has(key) || ours(there);
  });
}

/** The transitive dependencies of an object. */
function reachOf(key: ObjectKey, needsOf: (key: ObjectKey) => readonly ObjectKey[]): ReadonlySet<ObjectKey> {
  const found = new Set<ObjectKey>();
  const open = [key];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const need of needsOf(next)) {
      if (found.has(need)) continue;
      found.add(need);
      open.push(need);
    }
  }
  return found;
}

/** Topological order; independent steps are sorted by service, kind and name. */
function inOrder(steps: readonly MutableStep[]): readonly Step[] {
  const waiting = new Map(steps.map((step) => [step.id, step.after.size]));
  const followers = new Map<string, MutableStep[]>(steps.map((step) => [step.id, []]));
  for (const step of steps) for (const id of step.after) followers.get(id)?.push(step);
  const ordered: MutableStep[] = [];
  let ready = steps.filter((step) => step.after.size === 0);
  while (ready.length > 0) {
    ready.sort((a, b) => compare(rankOf(a), rankOf(b)));
    ordered.push(...ready);
    ready = ready.flatMap((done) =>
      (followers.get(done.id) ?? []).filter((step) => {
        const left = (waiting.get(step.id) ?? 0) - 1;
        waiting.set(step.id, left);
        return left === 0;
      }),
    );
  }
  if (ordered.length < steps.length) throw new Error(`circular dependency: ${cycleIn(steps, ordered)}`);
  return ordered.map(({ after, ...step }) => ({ ...step, after: [...after].sort() }));
}

const RANKS: ReadonlyMap<string, string> = new Map(
  SERVICES.flatMap((service, first) =>
    KINDS[service].map((kind, second) => [`${service}/${kind}`, String.fromCharCode(65 + first, 65 + second)] as const),
  ),
);

/** Triggers are stopped as early as possible. */
function rankOf({ key, action }: MutableStep): string {
  return `${action === "stop" ? "A" : "B"}${RANKS.get(key.split("/", 2).join("/")) ?? ""}${key}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function cycleIn(steps: readonly MutableStep[], ordered: readonly MutableStep[]): string {
  const done = new Set(ordered);
  const left = new Map(steps.filter((step) => !done.has(step)).map((step) => [step.id, step]));
  const path: string[] = [];
  let next = [...left.values()][0];
  while (next !== undefined && !path.includes(next.id)) {
    path.push(next.id);
    next = [...next.after].flatMap((id) => left.get(id) ?? [])[0];
  }
  return [...path.slice(path.indexOf(next?.id ?? "")), next?.id].join(" waits for ");
}

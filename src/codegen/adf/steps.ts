/**
 * The dependency graph of a run, split into pipelines if it is too large for one. A split never adds a cycle: the steps are in
 * topological order, and a part is a contiguous range of it.
 */
import { chunks } from "./chunks.ts";
import { MOST_ACTIVITIES } from "./limits.ts";
import type { Activity } from "./model.ts";

export interface Step {
  /** Unique over all steps. */
  readonly id: string;
  /** The ids of the steps to wait for. */
  readonly dependsOn: readonly string[];
  /** The values that the run passes to it. */
  readonly uses: readonly Handed[];
  /** The declarations it comes from. */
  readonly from: readonly string[];
  /** Its activity, given the expressions of the passed values in its pipeline. */
  activity(handed: Expressions): Activity;
}

export type Handed = "lake" | "load" | "reload";
export type Expressions = Readonly<Record<Handed, string>>;

/** Steps of one kind, in topological order; none depends on a later phase. */
export interface Phase {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A range of a phase that becomes a separate pipeline. */
export interface Part {
  readonly phase: string;
  /** From 1; undefined if the part is the whole phase. */
  readonly number: number | undefined;
  readonly steps: readonly Step[];
}

/** The step that runs a part's pipeline. It has the dependencies of all steps of the part. */
export type FoldedPart = Omit<Step, "dependsOn">;

/** Removes redundant dependencies: a step that depends on b, which depends on a, need not depend on a. */
export function withoutImplied(steps: readonly Step[]): readonly Step[] {
  const position = new Map(steps.map((step, index) => [step.id, index]));
  const words = Math.ceil(steps.length / 32);
  const before: Uint32Array[] = [];
  return steps.map((step) => {
    const all = new Uint32Array(words);
    const kept = new Set<string>();
    const nearestFirst = step.dependsOn.map((id) => ({ id, at: position.get(id) ?? -1 })).sort((a, b) => b.at - a.at);
    for (const { id, at } of nearestFirst) {
      const earlier = before[at];
      if (!earlier) throw new Error(`${step.id} waits for ${id}, which does not come before it`);
      const known = ((all[at >> 5] ?? 0) >>> (at & 31)) & 1;
      if (known) continue;
      kept.add(id);
      for (let word = 0; word < words; word += 1) all[word] = (all[word] ?? 0) | (earlier[word] ?? 0);
      all[at >> 5] = (all[at >> 5] ?? 0) | (1 << (at & 31));
    }
    before.push(all);
    return { ...step, dependsOn: step.dependsOn.filter((id) => kept.has(id)) };
  });
}

/**
 * The steps of a pipeline that runs all phases. If there are too many, the longest phase is split into parts and `fold`
 * makes a pipeline of each, which is one step, until the rest fits.
 * @param room the number of other activities of the pipeline
 */
export function fitted(phases: readonly Phase[], room: number, fold: (part: Part) => FoldedPart): readonly Step[] {
  const all = new Map(withoutImplied(phases.flatMap((phase) => phase.steps)).map((step) => [step.id, step]));
  let current = phases.map(({ name, steps }) => ({ name, steps: steps.map((step) => all.get(step.id) ?? step) }));
  /** From a step to its replacement. */
  const placedIn = new Map<string, string>();

  for (;;) {
    const steps = current.flatMap((phase) => phase.steps);
    if (steps.length + room <= MOST_ACTIVITIES) return withoutImplied(steps);
    const longest = current.reduce((a, b) => (b.steps.length > a.steps.length ? b : a));
    const parts = chunks(longest.steps, { count: MOST_ACTIVITIES, weight: Number.POSITIVE_INFINITY }, () => 0);
    const folded = parts.map((part, index) => {
      const number = parts.length === 1 ? undefined : index + 1;
      const step = fold({ phase: longest.name, number, steps: part.map((each) => within(each, part)) });
      for (const each of part) placedIn.set(each.id, step.id);
      return { ...step, dependsOn: part.flatMap((each) => each.dependsOn) };
    });
    current = current
      .map((phase) => (phase === longest ? { ...phase, steps: folded } : phase))
      .map((phase) => ({ ...phase, steps: phase.steps.map((step) => moved(step, placedIn)) }));
  }
}

/** The step with only its dependencies in the same part. */
function within(step: Step, part: readonly Step[]): Step {
  const ids = new Set(part.map((each) => each.id));
  return { ...step, dependsOn: step.dependsOn.filter((id) => ids.has(id)) };
}

function moved(step: Step, placedIn: ReadonlyMap<string, string>): Step {
  const ids = new Set(step.dependsOn.map((id) => placedIn.get(id) ?? id));
  ids.delete(step.id);
  return { ...step, dependsOn: [...ids] };
}

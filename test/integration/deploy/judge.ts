/** Whether what a deployment says it did is what was done. */
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { Report } from "../../../src/deploy/deployment.ts";
import type { Journal } from "../../../src/deploy/journal.ts";
import { othersIn, type State } from "./world.ts";

export interface Told {
  readonly start: State;
  readonly now: State;
  /** After the same deployment without a fault. */
  readonly final: State;
}

interface Acted {
  readonly action: string;
  readonly key: string;
}

/** Compares with what the services have. */
export function judgeReport({ done, failed, left, ...report }: Report, { start, now, final }: Told): void {
  const writes = (steps: readonly Acted[]) => steps.filter(isWrite).map(({ key }) => key);
  const begun = [...done, ...failed.map(({ step }) => step)];
  expect(changedKeys(start, now), "what was changed").toEqual(expect.toSatisfy(within(writes(begun))));
  for (const key of writes(done)) expect(now.objects[key], `${key} is done`).toEqual(final.objects[key]);
  for (const key of writes(left)) expect(now.objects[key], `${key} is left`).toEqual(start.objects[key]);
  expect(othersIn(now)).toEqual(othersIn(start));
  if (report.isDone) {
    expect(now).toEqual(final);
    expect({ left, failed, problems: report.problems, still: report.still }).toEqual({
      ...{ left: [], failed: [], problems: [], still: [] },
    });
    return;
  }
  const wrong = Object.keys(start.runs).filter((key) => key in now.runs && now.runs[key] !== start.runs[key]);
  for (const key of wrong) {
    if (start.runs[key] === true) expect(report.still, `the report tells of ${key}`).toContain(key);
    else expect(report.problems.length, `the report tells of ${key}`).toBeGreaterThan(0);
  }
}

/** Of one that was killed: what it had begun is in its journal. */
export function judgeJournal(journal: Journal | undefined, { start, now, final }: Told): void {
  const known = journal === undefined ? [] : [...journal.done, ...journal.open, ...journal.failed];
  const keys = known.filter(isWrite).map(({ key }) => key);
  expect(changedKeys(start, now), "what was changed").toEqual(expect.toSatisfy(within(keys)));
  for (const { key } of (journal?.done ?? []).filter(isWrite)) {
    expect(now.objects[key], `${key} is done`).toEqual(final.objects[key]);
  }
  for (const key of Object.keys(start.runs).filter((each) => now.runs[each] !== start.runs[each])) {
    expect(journal?.begun.triggers[key], `the journal knows of ${key}`).toBe(start.runs[key]);
  }
  expect(othersIn(now)).toEqual(othersIn(start));
}

function isWrite({ action }: Acted): boolean {
  return action !== "stop" && action !== "start";
}

function changedKeys(before: State, after: State): readonly string[] {
  const keys = [...new Set([...Object.keys(before.objects), ...Object.keys(after.objects)])];
  return keys.filter((key) => !isDeepStrictEqual(before.objects[key], after.objects[key]));
}

function within(known: readonly string[]): (keys: readonly string[]) => boolean {
  return (keys) => keys.every((key) => known.includes(key));
}

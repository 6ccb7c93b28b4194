/** Generated programs are compared with what the compiler infers about them; `npm run conformance` runs many more. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { explore, findingText } from "./explore.ts";
import { createJudge, type Judge } from "./judge.ts";
import type { Shown } from "./refusal-witness.ts";

let judge: Judge;
beforeAll(async () => {
  judge = await createJudge();
});
afterAll(() => judge.close());

it("300 generated programs have the inferred properties", { timeout: 300_000 }, async () => {
  const tally = await explore(judge, { seed: 1, programs: 300, thoroughEvery: 5, witnesses: true });
  expect(tally.findings.map(findingText).join("\n")).toBe("");
  // A generator of mostly invalid programs would prove nothing.
  expect(tally.accepted).toBeGreaterThan(150);
  // Most rejected sums are wrong on some data.
  const shown = (how: Shown): number => tally.shown.get(how) ?? 0;
  expect(shown("on data")).toBeGreaterThan(2 * shown("with other functions"));
  expect(shown("on data")).toBeGreaterThan(20);
});

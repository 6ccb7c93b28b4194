/** Generated programs, each held to what the compiler says of it; `npm run conformance` runs many more. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { explore, findingText } from "./explore.ts";
import { createJudge, type Judge } from "./judge.ts";

let judge: Judge;
beforeAll(async () => {
  judge = await createJudge();
});
afterAll(() => judge.close());

it("300 generated programs keep what the compiler promises of them", { timeout: 300_000 }, async () => {
  const tally = await explore(judge, { seed: 1, programs: 300, thoroughEvery: 5, witnesses: 5 });
  expect(tally.findings.map(findingText).join("\n")).toBe("");
  // A generator whose programs no longer check would prove nothing.
  expect(tally.accepted).toBeGreaterThan(150);
  // The others have conditions that no data or only very special data meet.
  expect(tally.witnessed).toBeGreaterThan(tally.counted / 2);
});

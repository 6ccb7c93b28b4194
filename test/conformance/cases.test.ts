/** The stored findings of generated programs. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { createJudge, type Judge } from "./judge.ts";
import { storedCases } from "./stored-cases.ts";

let judge: Judge;
beforeAll(async () => {
  judge = await createJudge();
});
afterAll(() => judge.close());

for (const { name, given, codes } of storedCases()) {
  it(`the case ${name} holds`, async () => {
    const verdict = await judge.judge(given, true);
    expect(verdict.problems).toEqual([]);
    expect(verdict.codes).toEqual(codes);
  });
}

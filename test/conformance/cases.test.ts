/** What generated programs have found, kept: `NAME.medal` with its rows and the expected errors in `NAME.json`. */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Case } from "./generate/program.ts";
import { createJudge, type Judge } from "./judge.ts";

const folder = new URL("cases/", import.meta.url);

interface Kept extends Omit<Case, "text"> {
  readonly codes: readonly string[];
}

let judge: Judge;
beforeAll(async () => {
  judge = await createJudge();
});
afterAll(() => judge.close());

const names = readdirSync(folder)
  .filter((name) => name.endsWith(".medal"))
  .map((name) => name.slice(0, -".medal".length));

it.each(names)("the case %s holds", async (name) => {
  const { codes, ...given }: Kept = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
  const text = readFileSync(new URL(`${name}.medal`, folder), "utf8");
  const verdict = await judge.judge({ ...given, text }, true);
  expect(verdict.problems).toEqual([]);
  expect(verdict.codes).toEqual(codes);
});

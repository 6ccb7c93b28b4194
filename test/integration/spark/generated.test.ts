/** Generated programs on a real Spark; `npm run conformance -- --spark` runs many more. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { catalog } from "../../../src/functions/catalog.ts";
import { createEngine, type Engine } from "../../conformance/engine/duckdb.ts";
import { findingText } from "../../conformance/explore.ts";
import { exploreOnSpark } from "../../conformance/explore-spark.ts";
import { KINDS } from "../../conformance/generate/values.ts";
import { createSparkJudge } from "../../conformance/on-spark.ts";
import { storedCases } from "../../conformance/stored-cases.ts";
import { constructsOf, STEPS } from "../../support/plan-constructs.ts";
import { INSTALLED_AND_RUN, type Spark, startSpark } from "../../support/spark/session.ts";

const SEED = 1;

/** Of so many programs more than 500 are without errors, and all functions occur in them. */
const PROGRAMS = 900;

let spark: Spark;
let duckdb: Engine;

beforeAll(async () => {
  duckdb = await createEngine({ threads: 1, settings: [] });
  spark = await startSpark();
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  duckdb?.close();
});

it("the cases that were kept hold on Spark", { timeout: INSTALLED_AND_RUN }, async () => {
  const cases = storedCases();
  const questions = cases.map(({ given }) => ({ given, way: "compiled" as const, split: true }));
  const verdicts = await createSparkJudge(spark, duckdb).judge(questions);
  expect(verdicts.flatMap(({ problems }, at) => problems.map((each) => `${cases[at]?.name}: ${each}`))).toEqual([]);
});

it("500 generated programs give the same rows on Spark as here", { timeout: INSTALLED_AND_RUN }, async () => {
  const tally = await exploreOnSpark(createSparkJudge(spark, duckdb), SEED, PROGRAMS);
  expect(tally.findings.map(findingText).join("\n")).toBe("");
  // A generator whose programs no longer check, or fail, would prove nothing.
  expect(tally.accepted.length).toBeGreaterThanOrEqual(500);
  expect(tally.ended.length).toBeLessThan(tally.accepted.length / 20);
  const { steps, functions, types } = constructsOf(tally.accepted);
  expect(STEPS.filter((each) => !steps.has(each))).toEqual([]);
  expect(KINDS.filter((each) => !types.has(each))).toEqual([]);
  expect(catalog.filter(({ name }) => !functions.has(name)).map(({ name }) => name)).toEqual([]);
});

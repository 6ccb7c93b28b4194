/**
 * Random bronze files on both engines: the same rows and the same quarantine to the last byte, or the same refusal.
 * More of them by hand: `MEDAL_SEED=7 MEDAL_FILES=1000 npx vitest run --project integration test/integration/spark/readers.test.ts`.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { compareReaders } from "../../support/bronze/compare-readers.ts";
import { INSTALLED_AND_RUN, type Spark, startSpark } from "../../support/spark/session.ts";

const SEED = Number(process.env.MEDAL_SEED ?? 20260131);
const FILES = Number(process.env.MEDAL_FILES ?? 150);

let spark: Spark;

beforeAll(async () => {
  spark = await startSpark();
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
});

it(`${FILES} random files are read alike`, { timeout: INSTALLED_AND_RUN }, async () => {
  const { unlike, withRows, withRejected, refused } = await compareReaders(spark, SEED, FILES);
  expect(unlike.join("\n")).toBe("");
  // A generator whose files are all refused, or have no row, would prove nothing.
  expect(withRows).toBeGreaterThan(FILES / 2);
  expect(withRejected).toBeGreaterThan(FILES / 5);
  expect(refused).toBeGreaterThan(FILES / 20);
});

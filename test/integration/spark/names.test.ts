/** Names that the notebooks, Spark or Python have too, on a real Spark: the same rows as here. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleContext } from "../../codegen/support/compile.ts";
import { planOf } from "../../support/compile.ts";
import { EXPECTED, PROGRAM, writeRows } from "../../support/hostile-names.ts";
import { type Lakes, localRows, runOnBoth } from "../../support/spark/engines.ts";
import { INSTALLED_AND_RUN, INTERPRETED, type Spark, startSpark } from "../../support/spark/session.ts";

const folder = mkdtempSync(join(tmpdir(), "medal-names-"));
const program = planOf(PROGRAM);
let spark: Spark;
let lakes: Lakes;

beforeAll(async () => {
  const files = join(folder, "files");
  writeRows(files);
  spark = await startSpark();
  lakes = await runOnBoth(spark, program, exampleContext, folder, { files }, INTERPRETED);
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sorted = (rows: readonly object[]): readonly string[] =>
  rows
    .map((row) =>
      JSON.stringify(
        Object.entries(row)
          .map(([name, value]) => [name, String(value)])
          .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
      ),
    )
    .sort();

it.each(Object.entries(EXPECTED))("Spark builds %s", async (relation, rows) => {
  expect(sorted(await spark.rows(join(lakes.spark, relation.replace(".", "/"))))).toEqual(sorted(rows));
});

it("Spark rejects the same rows", async () => {
  const here = await localRows(program, lakes.local, "quarantine.silver.rows");
  expect(sorted(await spark.rows(join(lakes.spark, "quarantine/silver/rows")))).toEqual(sorted(here));
});

/** Awkward bronze files on a real Spark: it reads what the local run reads. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleContext } from "../../codegen/support/compile.ts";
import { bronzeFiles } from "../../support/bronze/files.ts";
import { program, tables, unlike, writeFiles } from "../../support/bronze/program.ts";
import { type Lakes, runOnBoth } from "../../support/spark/engines.ts";
import { INSTALLED_AND_RUN, INTERPRETED, type Spark, startSpark } from "../../support/spark/session.ts";

const folder = mkdtempSync(join(tmpdir(), "medal-bronze-"));
let spark: Spark;
let lakes: Lakes;

beforeAll(async () => {
  const files = join(folder, "files");
  mkdirSync(files);
  writeFiles(files);
  spark = await startSpark();
  lakes = await runOnBoth(spark, program, exampleContext, folder, { files }, INTERPRETED);
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  rmSync(folder, { recursive: true, force: true });
});

for (const [name, file] of Object.entries(bronzeFiles)) {
  it(`Spark reads ${name}`, async () => {
    const table = tables.get(file) ?? "";
    const rows = await spark.texts(join(lakes.spark, "silver", table));
    const rejected = await spark.rows(join(lakes.spark, "quarantine/silver", table));
    expect(unlike(file, file, rows, rejected)).toEqual([]);
  });
}

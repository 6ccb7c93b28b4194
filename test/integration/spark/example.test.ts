/**
 * The example's notebooks on a real Spark and the example run here, both against the answers that were computed without
 * any compiler. Each engine reads the Delta tables that the other one wrote.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { qualifiedName } from "../../../src/plan/program.ts";
import { exampleContext, exampleProgram } from "../../codegen/support/compile.ts";
import { root } from "../../support/paths.ts";
import { comparableRejection, differences } from "../../support/spark/compare.ts";
import { type Lakes, localRows, runOnBoth } from "../../support/spark/engines.ts";
import { deltaColumns, deltaFacts } from "../../support/spark/lake.ts";
import { INSTALLED_AND_RUN, type Row, type Spark, startSpark } from "../../support/spark/session.ts";

const program = exampleProgram();
const sample = `${root}/examples/data/sample`;
const folder = mkdtempSync(join(tmpdir(), "medal-example-"));
let spark: Spark;
let lakes: Lakes;

beforeAll(async () => {
  spark = await startSpark();
  lakes = await runOnBoth(spark, program, exampleContext, folder, {
    github: `${sample}/http`,
    erp: `${sample}/erp`,
    catalog: `${sample}/catalog`,
    lists: `${root}/examples/reference`,
  });
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The judge's answers; undefined for what there should not be. */
function answers(relation: string): readonly Row[] | undefined {
  const file = `${sample}/expected/${relation}.jsonl`;
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** As text, which is how `medalc show` has every value. */
function asText(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]));
}

for (const table of program.tables) {
  const name = qualifiedName(table);
  const place = `${table.layer}/${table.name}`;
  const doubles = table.columns.filter(({ type }) => type.kind === "double").map((column) => column.name);

  it(`Spark builds ${name} with exactly the rows, types and nullability that it should have`, async () => {
    const columns = deltaColumns(table.columns);
    const protocol = { minReaderVersion: 1, minWriterVersion: 2 };
    expect(deltaFacts(join(lakes.spark, place))).toEqual({ protocol, columns });
    expect(differences(await spark.rows(join(lakes.spark, place)), answers(name) ?? [], doubles)).toEqual([]);
  });

  it(`each engine reads ${name} as the other one wrote it`, async () => {
    expect(deltaFacts(join(lakes.local, place))?.columns).toEqual(deltaColumns(table.columns));
    const wanted = answers(name) ?? [];
    expect(differences(await spark.rows(join(lakes.local, place)), wanted, doubles)).toEqual([]);
    expect(differences(await localRows(program, lakes.spark, name), wanted.map(asText), doubles)).toEqual([]);
  });

  it(`Spark quarantines the expected rows of ${name}, and each engine reads the quarantine of the other`, async () => {
    const wanted = answers(`quarantine.${name}`)?.map(comparableRejection);
    const [bySpark, here] = [lakes.spark, lakes.local].map((lake) => join(lake, "quarantine", place));
    expect([bySpark, here].map((folder = "") => deltaFacts(folder) !== undefined)).toEqual([!!wanted, !!wanted]);
    if (wanted === undefined) return;
    const found = [await spark.rows(bySpark ?? ""), await spark.rows(here ?? "")];
    for (const rows of [...found, await localRows(program, lakes.spark, `quarantine.${name}`)]) {
      expect(differences(rows.map(comparableRejection), wanted)).toEqual([]);
    }
  });
}

it("Spark says how many rows fail an expectation that only warns", () => {
  expect(lakes.printed.get("silver.payments")).toBe("silver.payments: 1 rows fail the expectation: paid something\n");
});

it("a table that Spark has written so often that its log has a checkpoint is read here", async () => {
  const place = join(lakes.spark, "gold/top_sellers");
  for (let times = 0; times < 11; times++) {
    await spark.sql(`INSERT OVERWRITE delta.\`${place}\` SELECT * FROM delta.\`${place}\``);
  }
  expect(existsSync(join(place, "_delta_log/_last_checkpoint"))).toBe(true);
  const wanted = answers("gold.top_sellers") ?? [];
  expect(differences(await localRows(program, lakes.spark, "gold.top_sellers"), wanted.map(asText))).toEqual([]);
});

it("a table to which Spark has given deletion vectors is refused here by that name", async () => {
  const place = join(lakes.spark, "gold/revenue_by_month");
  await spark.sql(`ALTER TABLE delta.\`${place}\` SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')`);
  await expect(localRows(program, lakes.spark, "gold.revenue_by_month")).rejects.toThrow("deletionVectors");
});

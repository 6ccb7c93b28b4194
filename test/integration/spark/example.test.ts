/** The example's notebooks on a real Spark, against the answers that were computed without any compiler. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { qualifiedName } from "../../../src/plan/program.ts";
import { exampleContext, exampleProgram } from "../../codegen/support/compile.ts";
import { root } from "../../support/paths.ts";
import { differences, setAside } from "../../support/spark/compare.ts";
import { deltaColumns, deltaFacts, layBronze, runNotebooks } from "../../support/spark/lake.ts";
import { type Row, type Spark, startSpark } from "../../support/spark/session.ts";

const program = exampleProgram();
const sample = `${root}/examples/data/sample`;
const folder = mkdtempSync(join(tmpdir(), "medal-example-"));
const lake = join(folder, "lake");
let spark: Spark;
let printed: ReadonlyMap<string, string>;

beforeAll(async () => {
  spark = await startSpark();
  const folders = { github: `${sample}/http`, erp: `${sample}/erp`, catalog: `${sample}/catalog` };
  layBronze(program, { ...folders, lists: `${root}/examples/reference` }, lake);
  printed = await runNotebooks(spark, program, exampleContext, folder, lake);
});
afterAll(async () => {
  await spark?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The judge's answers; undefined for what there should not be. */
function answers(name: string): readonly Row[] | undefined {
  const file = `${sample}/expected/${name}.jsonl`;
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line));
}

for (const table of program.tables) {
  const name = qualifiedName(table);

  it(`Spark builds ${name} with exactly the rows, types and nullability that it should have`, async () => {
    const place = join(lake, table.layer, table.name);
    expect(deltaFacts(place)).toEqual({
      protocol: { minReaderVersion: 1, minWriterVersion: 2 },
      columns: deltaColumns(table.columns),
    });
    const doubles = table.columns.filter(({ type }) => type.kind === "double").map((column) => column.name);
    expect(differences(await spark.rows(place), answers(name) ?? [], doubles)).toEqual([]);
  });

  it(`Spark sets aside what ${name} should`, async () => {
    const place = join(lake, "quarantine", table.layer, table.name);
    const wanted = answers(`quarantine.${name}`);
    expect(deltaFacts(place) === undefined).toBe(wanted === undefined);
    if (wanted) expect(differences((await spark.rows(place)).map(setAside), wanted.map(setAside))).toEqual([]);
  });
}

it("Spark says how many rows fail an expectation that only warns", () => {
  expect(printed.get("silver.payments")).toBe("silver.payments: 1 rows fail the expectation: paid something\n");
});

/**
 * The example at the size of the real marketplace, 100,000 orders: every table that Spark builds has the rows that the
 * local run gives. DuckDB compares the two lakes' files, so that no row goes through this process.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { generate } from "../../../examples/data/generate.ts";
import { duckdbName, duckdbString } from "../../../src/codegen/expressions/duckdb.ts";
import { qualifiedName } from "../../../src/plan/program.ts";
import { exampleContext, exampleProgram } from "../../codegen/support/compile.ts";
import { createEngine, type Engine } from "../../conformance/engine/duckdb.ts";
import { once } from "../../support/lock.ts";
import { cache, root } from "../../support/paths.ts";
import { type Lakes, runOnBoth } from "../../support/spark/engines.ts";
import { INSTALLED_AND_RUN, type Spark, startSpark } from "../../support/spark/session.ts";

const program = exampleProgram();
const folder = mkdtempSync(join(tmpdir(), "medal-scale-"));
let spark: Spark;
let lakes: Lakes;
let duckdb: Engine;

beforeAll(async () => {
  const data = await once(`${cache}/bench/data-1`, async (out) =>
    generate({ scale: 1, seed: 1, out, expected: false }),
  );
  duckdb = await createEngine({ threads: 2, settings: [] });
  spark = await startSpark();
  lakes = await runOnBoth(spark, program, exampleContext, folder, {
    github: `${data}/http`,
    erp: `${data}/erp`,
    catalog: `${data}/catalog`,
    lists: `${root}/examples/reference`,
  });
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  duckdb?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The rows of a table that was written once; where there are none, there may be no file. */
function rowsOf(lake: string, place: string, columns: readonly string[]): string {
  const files = readdirSync(join(lake, place)).filter((name) => name.endsWith(".parquet"));
  const list = files.map((name) => duckdbString(join(lake, place, name))).join(", ");
  if (files.length === 0) return `SELECT ${columns.map(() => "NULL").join(", ")} WHERE FALSE`;
  return `SELECT ${columns.join(", ")} FROM read_parquet([${list}])`;
}

/** How many rows there are, and how many only one of the engines has. */
async function compared(place: string, columns: readonly string[]): Promise<readonly number[]> {
  const [here, there] = [rowsOf(lakes.local, place, columns), rowsOf(lakes.spark, place, columns)];
  const count = (rows: string) => `(SELECT count(*) FROM (${rows}))`;
  const [counts = []] = await duckdb.rows(
    `SELECT ${[here, `${here} EXCEPT ALL ${there}`, `${there} EXCEPT ALL ${here}`].map(count).join(", ")}`,
  );
  return counts.map(Number);
}

for (const table of program.tables) {
  const name = qualifiedName(table);
  const place = `${table.layer}/${table.name}`;

  it(`${name} is the same on Spark as here at scale 1`, async () => {
    // Of doubles, the digits that do not depend on how an engine adds.
    const columns = table.columns.map(({ name, type }) => {
      const column = duckdbName(name);
      return type.kind === "double" ? `format('{:.11e}', ${column})` : column;
    });
    const [rows = 0, ...unlike] = await compared(place, columns);
    expect(rows).toBeGreaterThan(0);
    expect(unlike).toEqual([0, 0]);

    const quarantine = `quarantine/${place}`;
    const isThere = [lakes.local, lakes.spark].map((lake) => existsSync(join(lake, quarantine)));
    expect(isThere[0]).toBe(isThere[1]);
    if (!isThere[0]) return;
    const [, ...rejected] = await compared(quarantine, ["source", "reason", "record"]);
    expect(rejected).toEqual([0, 0]);
  });
}

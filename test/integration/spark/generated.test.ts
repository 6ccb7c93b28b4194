/** Generated programs on a real Spark: the notebooks give the rows that DuckDB gives. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { duckdbName } from "../../../src/codegen/expressions/duckdb.ts";
import { bronzeFile } from "../../../src/codegen/shared/bronze-file.ts";
import { plan } from "../../../src/compile.ts";
import { type Program, qualifiedName, type TablePlan } from "../../../src/plan/program.ts";
import { contextOf } from "../../codegen/support/compile.ts";
import { checkText } from "../../conformance/check.ts";
import { buildTables, type Outcomes, stored } from "../../conformance/engine/build.ts";
import { createEngine, type Engine } from "../../conformance/engine/duckdb.ts";
import type { Rows } from "../../conformance/generate/bronze.ts";
import { caseOf, sample } from "../../conformance/generate/program.ts";
import { differences } from "../../support/spark/compare.ts";
import { writeNotebooks } from "../../support/spark/lake.ts";
import { INSTALLED_AND_RUN, type Row, type Spark, startSpark } from "../../support/spark/session.ts";

/** `MEDAL_SPARK_PROGRAMS=500 MEDAL_SPARK_SEED=7` for more and others. */
const PROGRAMS = Number(process.env.MEDAL_SPARK_PROGRAMS ?? 40);
const SEED = Number(process.env.MEDAL_SPARK_SEED ?? 1);

/** A cell behind the library's own: tables stay in memory. */
const IN_MEMORY = "\n# COMMAND ----------\n\nfrom memory_lake import in_memory\n\nLake = in_memory(Lake)\n";

const COMPUTE = 'compute = databricks { workspace: "https://adb-1.1.azuredatabricks.net" }\n';

const folder = mkdtempSync(join(tmpdir(), "medal-generated-"));
let spark: Spark;
let duckdb: Engine;

beforeAll(async () => {
  duckdb = await createEngine({ threads: 1, settings: [] });
  spark = await startSpark();
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  duckdb?.close();
  rmSync(folder, { recursive: true, force: true });
});

it(`${PROGRAMS} generated programs give the same rows on Spark as here`, { timeout: INSTALLED_AND_RUN }, async () => {
  const findings: string[] = [];
  let tables = 0;
  for (const [index, seeds] of sample(SEED, PROGRAMS).entries()) {
    const { text, rows } = caseOf(seeds);
    const program = plan(checkText(text.replace("project generated {", `project generated { ${COMPUTE}`)));
    if (program === undefined) continue;
    const outcomes = await buildTables(program, rows, duckdb);
    const problems = await problemsOnSpark(program, rows, outcomes);
    tables += outcomes.size;
    if (problems.length > 0)
      findings.push(`program ${index} of seed ${SEED}:\n${problems.join("\n")}\n${text}\n${JSON.stringify(rows)}`);
  }
  expect(findings.join("\n\n")).toBe("");
  // A generator whose programs no longer check would prove nothing.
  expect(tables).toBeGreaterThan(PROGRAMS);
});

async function problemsOnSpark(program: Program, rows: Rows, outcomes: Outcomes): Promise<readonly string[]> {
  const place = mkdtempSync(join(folder, "program-"));
  layBronze(program, rows, join(place, "lake"));
  const notebooks = writeNotebooks(program, contextOf({}), place);
  appendFileSync(join(place, "databricks/notebooks/lake.py"), IN_MEMORY);
  const problems: string[] = [];
  for (const table of program.tables) {
    const name = qualifiedName(table);
    const outcome = outcomes.get(name);
    if (outcome === undefined || outcome.kind === "unread") continue;
    const failure = await spark
      .run(notebooks.get(name) ?? "", { lake: join(place, "lake") })
      .then(() => undefined, String);
    if ((failure === undefined) !== (outcome.kind === "built")) {
      problems.push(`${name}: here ${outcome.kind}, on Spark ${failure ?? "built"}`);
      break;
    }
    if (failure !== undefined) continue;
    const doubles = table.columns.filter(({ type }) => type.kind === "double").map((column) => column.name);
    const unlike = differences(await spark.kept(name), await rowsHere(table), doubles);
    problems.push(...unlike.map((each) => `${name}: on Spark ${each}`));
  }
  await spark.forget();
  return problems;
}

function layBronze(program: Program, rows: Rows, lake: string): void {
  for (const { name, object, columns } of program.bronze) {
    const lines = (rows[`bronze.${name}`] ?? []).map((row) =>
      JSON.stringify(Object.fromEntries(columns.map((column, at) => [column.name, row[at] ?? null]))),
    );
    write(
      join(lake, "bronze", name, "load=20260131T060000Z", bronzeFile(object)),
      lines.map((line) => `${line}\n`).join(""),
    );
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The rows that DuckDB has built, with every value as the text that Spark gives. */
async function rowsHere(table: TablePlan): Promise<readonly Row[]> {
  const texts = table.columns.map(({ name, type }) => {
    const column = duckdbName(name);
    return type.kind === "timestamp" ? `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%fZ')` : `CAST(${column} AS VARCHAR)`;
  });
  const rows = await duckdb.rows(`SELECT ${texts.join(", ")} FROM ${stored(qualifiedName(table))}`);
  return rows.map((row) => Object.fromEntries(table.columns.map(({ name }, at) => [name, row[at] ?? null])));
}

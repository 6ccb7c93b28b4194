/**
 * The semantics of steps with nulls or without rows, compared with PostgreSQL, which shares no code with the engines.
 */
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { plan } from "../../src/compile.ts";
import { checkText } from "./check.ts";
import { buildTables } from "./engine/build.ts";
import { type Cell, createEngine, type Engine } from "./engine/duckdb.ts";
import type { Rows } from "./generate/bronze.ts";

const PRELUDE = `project generated { lake = adls { account: "generated", container: "lake" } }
source files = file { path: "in/" }
bronze a from files.json("a.jsonl") { k: int?, n: int? }
bronze b from files.json("b.jsonl") { k: int?, m: int? }
`;

const ROWS: Rows = {
  "bronze.a": [
    ["1", "10"],
    [null, "20"],
    [null, "20"],
    [null, null],
    ["2", null],
  ],
  "bronze.b": [
    ["1", "100"],
    ["1", null],
    [null, "200"],
    ["3", "300"],
  ],
};

/** The steps and the PostgreSQL query, by title. */
const QUESTIONS: Readonly<Record<string, readonly [steps: string, query: string]>> = {
  "a join finds nothing for a null": [
    "from bronze.a as a join many bronze.b as b on b.k == a.k select { a.k, n, m }",
    "SELECT a.k, n, m FROM a JOIN b ON b.k = a.k",
  ],
  "a left join keeps rows with a null key, once": [
    "from bronze.a as a left join many bronze.b as b on b.k == a.k select { a.k, n, m }",
    "SELECT a.k, n, m FROM a LEFT JOIN b ON b.k = a.k",
  ],
  "a further condition of a left join drops no row": [
    "from bronze.a as a left join many bronze.b as b on b.k == a.k and b.m > 100 select { a.k, n, m }",
    "SELECT a.k, n, m FROM a LEFT JOIN b ON b.k = a.k AND b.m > 100",
  ],
  "a condition that is null drops the row": ["from bronze.a where n != 10", "SELECT k, n FROM a WHERE n <> 10"],
  "nulls are one group": [
    "from bronze.a group by k { total = sum(n), known = count(n), rows = count(), mean = avg(n) }",
    "SELECT k, sum(n), count(n), count(*), CAST(avg(n) AS double precision) FROM a GROUP BY k",
  ],
  "nulls are one value of distinct": ["from bronze.a distinct", "SELECT DISTINCT k, n FROM a"],
  "different values are counted without nulls": [
    "from bronze.a group { values = count_distinct(n), rows = count() where k is null }",
    "SELECT count(DISTINCT n), count(*) FILTER (WHERE k IS NULL) FROM a",
  ],
  "nulls are the smallest": [
    "from bronze.a sort k, n take 2",
    "SELECT k, n FROM a ORDER BY k NULLS FIRST, n NULLS FIRST LIMIT 2",
  ],
  "nulls are last in descending order": [
    "from bronze.a sort k desc, n desc take 3",
    "SELECT k, n FROM a ORDER BY k DESC NULLS LAST, n DESC NULLS LAST LIMIT 3",
  ],
  "no rows are one group without keys": [
    "from bronze.a where n > 99 group { total = sum(n), least = min(n), values = count(n), rows = count() }",
    "SELECT sum(n), min(n), count(n), count(*) FROM a WHERE n > 99",
  ],
  "no rows are no group with keys": [
    "from bronze.a where n > 99 group by k { total = sum(n) }",
    "SELECT k, sum(n) FROM a WHERE n > 99 GROUP BY k",
  ],
};

let postgres: PGlite;
let engine: Engine;
beforeAll(async () => {
  postgres = await PGlite.create();
  await postgres.exec("CREATE TABLE a (k int, n int); CREATE TABLE b (k int, m int)");
  for (const [relation, rows] of Object.entries(ROWS)) {
    const table = relation.replace("bronze.", "");
    for (const row of rows) await postgres.query(`INSERT INTO ${table} VALUES ($1, $2)`, [...row]);
  }
  engine = await createEngine({ threads: 1, settings: [] });
});
afterAll(async () => {
  engine.close();
  await postgres.close();
});

it.each(Object.entries(QUESTIONS))("%s", async (_, [steps, query]) => {
  const program = plan(checkText(`${PRELUDE}silver t {\n${steps}\n}\n`));
  if (program === undefined) throw new Error(`${steps} has errors`);
  const built = (await buildTables(program, ROWS, engine)).get("silver.t");
  if (built?.kind !== "built") throw new Error(`${steps} is not built: ${built?.reason}`);
  const { rows } = await postgres.query<Cell[]>(query, [], { rowMode: "array" });
  expect(texts(built.rows)).toEqual(texts(rows));
});

/** Rows in any order, with integers of all widths equal. */
function texts(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row.map((cell) => (cell === null ? null : String(cell))))).sort();
}

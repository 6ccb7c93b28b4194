import { afterAll, beforeAll, expect, it } from "vitest";
import { duckdbExpression, duckdbType } from "../../src/codegen/expressions/duckdb.ts";
import { BOOL, DATE, DOUBLE, decimal, INT, LONG, STRING, TIMESTAMP, type Type, typeText } from "../../src/types.ts";
import { cast, columnOf, createDuckdb } from "./support.ts";
import { none } from "./vectors/vector.ts";

let duckdb: Awaited<ReturnType<typeof createDuckdb>>;
beforeAll(async () => {
  duckdb = await createDuckdb();
});
afterAll(() => duckdb.close());

/** The grammar of each type as a pattern for the text without surrounding ASCII whitespace. */
const DAY = "(\\d\\d\\d[1-9]|\\d\\d[1-9]\\d|\\d[1-9]\\d\\d|[1-9]\\d\\d\\d)-\\d\\d-\\d\\d";
const NUMBER = "[+-]?(\\d+([.]\\d*)?|[.]\\d+)";
const NUMBERS: readonly [Type, string][] = [
  [INT, "[+-]?\\d+"],
  [LONG, "[+-]?\\d+"],
  [decimal(4, 1), NUMBER],
  [decimal(2, 2), NUMBER],
  [decimal(3, 0), NUMBER],
  [DOUBLE, `${NUMBER}([eE][+-]?\\d+)?`],
];
const TIMES: readonly [Type, string][] = [
  [DATE, DAY],
  [TIMESTAMP, `${DAY}[T ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d([.]\\d+)?(Z|[+-](0\\d|1[0-4])(:?[0-5]\\d)?)?)?`],
];

/**
 * The texts of the table `texts` for which `as?` is wrong: it must be null if the grammar rejects the text, and
 * otherwise equal DuckDB's own conversion, including the offset of a timestamp.
 */
async function misjudgedTexts(type: Type, pattern: string): Promise<readonly string[]> {
  const ours = duckdbExpression(cast(columnOf("x", none(STRING)), type, true));
  const trimmed = "trim(x, E' \\t\\n\\x0B\\f\\r')";
  const read =
    type.kind === "timestamp"
      ? `CAST(TRY_CAST(${trimmed} AS TIMESTAMPTZ) AS TIMESTAMP)`
      : `TRY_CAST(${trimmed} AS ${duckdbType(type)})`;
  const finite = type.kind === "double" ? ` AND isfinite(${read})` : "";
  const wanted = `CASE WHEN regexp_full_match(${trimmed}, '${pattern}')${finite} THEN ${read} END`;
  return duckdb.texts(`SELECT x FROM texts WHERE ${ours} IS DISTINCT FROM ${wanted} LIMIT 20`);
}

it("any text is converted to a number according to the grammar", async () => {
  const parts = ["0", "9", ".", "+", "-", "e", "E", "_", " ", "x", ""];
  const list = parts.map((part) => `E'${part}'`).join(", ");
  const part = (name: string): string => `(SELECT unnest([${list}]) AS p) AS ${name}`;
  await duckdb.run(
    `CREATE OR REPLACE TABLE texts AS SELECT DISTINCT a.p || b.p || c.p || d.p || e.p AS x FROM ${["a", "b", "c", "d", "e"].map(part).join(", ")}`,
  );
  for (const [type, pattern] of NUMBERS) expect(await misjudgedTexts(type, pattern), typeText(type)).toEqual([]);
});

it("any text is converted to a date or timestamp according to the grammar", async () => {
  const days = [
    "2018-01-31",
    "2018-1-31",
    "2018-01-3",
    "2018-02-30",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
  ];
  const oddDays = [
    "2018/01/31",
    "-2018-01-31",
    "+2018-01-31",
    " 2018-01-31",
    "18-01-31",
    "2018-01-31 (BC)",
    "infinity",
    "epoch",
    "",
  ];
  const clocks = [
    "",
    " 00:00:00",
    "T23:59:59",
    " 24:00:00",
    " 1:02:03",
    " 10:20",
    " 10:20:60",
    "  10:20:30",
    "t10:20:30",
    " 10",
    " 10:2:3",
  ];
  const fractions = ["", ".", ".5", ".500000", ".123456", ".1234567", ".999999999"];
  const ends = ["", "Z", "z", " ", "\\t", "+02:00", "-0230", "+14", "+15:00", "+2", " +02:00", " UTC", "x"];
  const list = (values: readonly string[]): string =>
    `(SELECT unnest([${values.map((each) => `E'${each}'`).join(", ")}]) AS p)`;
  await duckdb.run(
    `CREATE OR REPLACE TABLE texts AS SELECT DISTINCT a.p || b.p || c.p || d.p AS x FROM ${list([...days, ...oddDays])} a, ${list(clocks)} b, ${list(fractions)} c, ${list(ends)} d`,
  );
  for (const [type, pattern] of TIMES) expect(await misjudgedTexts(type, pattern), typeText(type)).toEqual([]);
});

it("words are converted to bool ignoring case and surrounding whitespace", async () => {
  await duckdb.run(
    "CREATE OR REPLACE TABLE texts AS SELECT a || w || b AS x FROM (SELECT unnest(['true','TRUE','t','Yes','y','1','false','F','no','N','0','on','off','tru','','2']) AS w), (SELECT unnest(['', ' ', E'\\t', '_', chr(160)]) AS a), (SELECT unnest(['', ' ', E'\\n', 'x']) AS b)",
  );
  const pattern = "(?i)(true|t|yes|y|1|false|f|no|n|0)";
  const ours = duckdbExpression(cast(columnOf("x", none(STRING)), BOOL, true));
  const trimmed = "trim(x, E' \\t\\n\\x0B\\f\\r')";
  const wanted = `CASE WHEN regexp_full_match(${trimmed}, '${pattern}') THEN regexp_full_match(${trimmed}, '(?i)(true|t|yes|y|1)') END`;
  expect(await duckdb.texts(`SELECT x FROM texts WHERE ${ours} IS DISTINCT FROM ${wanted}`)).toEqual([]);
});

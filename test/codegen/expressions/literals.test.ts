import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { duckdbExpression, duckdbName, duckdbString } from "../../../src/codegen/expressions/duckdb.ts";
import { pythonString, sparkColumnName, sparkExpression } from "../../../src/codegen/expressions/spark.ts";
import { type LiteralExpr, literal } from "../../../src/semantics/typed.ts";
import { DOUBLE, decimal, INT, LONG, STRING } from "../../../src/types.ts";
import { cases } from "../../functions/cases.ts";
import { createDuckdb } from "../../functions/support.ts";

let duckdb: Awaited<ReturnType<typeof createDuckdb>>;
beforeAll(async () => {
  duckdb = await createDuckdb();
});
afterAll(() => duckdb.close());

const HOSTILE = [
  "",
  "'",
  '"',
  '"""',
  "''",
  "\\",
  "a\\",
  "\\'",
  '\\"',
  "\\n",
  "\n",
  "\r\n",
  "\t",
  "{{ x }}",
  "{0}",
  "{~0}",
  "$(rm)",
  "`x`",
  "]]",
  "--",
  "/*",
  "# MAGIC",
  "# COMMAND ----------",
  "\u202eabc\u2066",
  "\u200b\ufeff",
  "\u2028\u2029",
  "😀\u{10ffff}",
  "e\u0301",
  "\u0001\u007f\u0085",
  "%s %d",
  "?",
  "$1",
];

/** Every text that engines can store: without NUL and unpaired surrogates. */
const anyText = fc
  .string({ unit: "binary", maxLength: 12 })
  .filter((text) => !text.includes("\0") && text.isWellFormed());
const texts = [...HOSTILE, ...fc.sample(anyText, { numRuns: 300, seed: 1 })];

const text = (value: string): LiteralExpr => literal(STRING, value);

it("texts mean the same in SQL", async () => {
  const answers = await duckdb.evaluate(texts.map(text));
  expect(answers.map(({ value }) => value)).toEqual(texts);
});

it("names mean the same in SQL", async () => {
  for (const name of texts.filter((each) => each !== "")) {
    await duckdb.run(`SELECT ${duckdbName(name)} FROM (SELECT 1 AS ${duckdbName(name)})`);
  }
});

/** The values in Python of expressions that consist of constants. */
function pythonValues(sources: readonly string[]): unknown {
  const script = "import ast, json, sys; print(json.dumps([ast.literal_eval(s) for s in json.load(sys.stdin)]))";
  return JSON.parse(execFileSync("python3", ["-c", script], { input: JSON.stringify(sources), encoding: "utf8" }));
}

it("texts mean the same in Python, on one line and without invisible characters", () => {
  const printed = texts.map(pythonString);
  expect(pythonValues(printed)).toEqual(texts);
  for (const each of printed) expect(each).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
});

it("a column's name is one part of its path", () => {
  const parts = texts
    .filter((each) => each !== "")
    .map((name) => sparkColumnName({ kind: "column", name, type: INT, nullable: false }));
  for (const part of parts) expect(part).toMatch(/^([A-Za-z_][A-Za-z0-9_]*|`([^`]|``)+`)$/su);
});

it("the code for Spark is valid Python", () => {
  const sources = cases.map(({ expr }) => sparkExpression(expr));
  const script = "import ast, json, sys; [ast.parse(s, mode='eval') for s in json.load(sys.stdin)]";
  execFileSync("python3", ["-c", script], { input: JSON.stringify(sources) });
});

it("numbers keep every digit", async () => {
  const numbers = [
    literal(INT, "-2147483648"),
    literal(LONG, "-9223372036854775808"),
    literal(LONG, "1"),
    literal(decimal(38, 38), `0.${"1".repeat(38)}`),
    literal(decimal(38, 0), "9".repeat(38)),
    literal(decimal(10, 2), "-0.5"),
    literal(DOUBLE, "0.1"),
    literal(DOUBLE, "123456789.123456789"),
  ];
  const answers = await duckdb.evaluate(numbers);
  expect(answers.map(({ type, value }) => `${type} ${value}`)).toEqual([
    "INTEGER -2147483648",
    "BIGINT -9223372036854775808",
    "BIGINT 1",
    `DECIMAL(38, 38) .${"1".repeat(38)}`,
    `DECIMAL(38, 0) ${"9".repeat(38)}`,
    "DECIMAL(10, 2) -0.50",
    "DOUBLE 0.1",
    "DOUBLE 123456789.12345679",
  ]);
  expect(numbers.map((each) => sparkExpression(each))).toEqual([
    "F.lit(-2147483648)",
    "F.lit(-9223372036854775808)",
    'F.lit(1).cast("bigint")',
    `F.lit(Decimal("0.${"1".repeat(38)}"))`,
    `F.lit(Decimal("${"9".repeat(38)}"))`,
    'F.lit(Decimal("-0.50")).cast("decimal(10,2)")',
    "F.lit(0.1)",
    "F.lit(123456789.123456789)",
  ]);
  expect(duckdbExpression(text("it's"))).toBe("'it''s'");
  expect(duckdbString("a\\n")).toBe("'a\\n'");
});

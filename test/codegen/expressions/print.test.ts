import { expect, it } from "vitest";
import { duckdbExpression } from "../../../src/codegen/expressions/duckdb.ts";
import { sparkExpression } from "../../../src/codegen/expressions/spark.ts";
import type { Expr } from "../../../src/semantics/typed.ts";
import { createDuckdb } from "../../functions/support.ts";
import { planOf } from "../../support/compile.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "lake" } }
source files = file { path: "in/" }
enum Status { open, closed }
bronze rows from files.json("rows.jsonl") {
  a: int, b: int, c: int?, n: long, d: decimal(10,2), e: decimal(10,2)?, f: double, s: string, t: string?
  p: bool, q: bool?, day: date, at: timestamp, status: Status, amount: decimal(20,2)
}
`;

function expressionOf(text: string, step: "derive" | "group"): Expr {
  const [first] = planOf(`${PROGRAM}silver out { from bronze.rows ${step} { x = ${text} } }`).tables;
  const last = first?.steps.at(-1);
  const columns = last?.kind === "derive" ? last.columns : last?.kind === "group" ? last.aggregates : [];
  const value = columns[0]?.value;
  if (value === undefined) throw new Error(`no value of ${text}`);
  return value;
}

/** An expression of a program, in SQL and in PySpark. */
type Row = readonly [medal: string, duckdb: string, spark: string];

function prints(step: "derive" | "group", rows: readonly Row[]): void {
  const printed = rows.map(([text]) => {
    const value = expressionOf(text, step);
    return [text, duckdbExpression(value), sparkExpression(value)];
  });
  expect(printed).toEqual(rows);
}

it("parentheses occur only where precedence requires them", () => {
  prints("derive", [
    ["a + b * a", '"a" + "b" * "a"', 'F.col("a") + F.col("b") * F.col("a")'],
    ["(a + b) * a", '("a" + "b") * "a"', '(F.col("a") + F.col("b")) * F.col("a")'],
    ["a - (b - a)", '"a" - ("b" - "a")', 'F.col("a") - (F.col("b") - F.col("a"))'],
    ["a - b - a", '"a" - "b" - "a"', 'F.col("a") - F.col("b") - F.col("a")'],
    ["-(a + b)", '-("a" + "b")', '-(F.col("a") + F.col("b"))'],
    ["p and q or p", '"p" AND "q" OR "p"', 'F.col("p") & F.col("q") | F.col("p")'],
    ["p and (q or p)", '"p" AND ("q" OR "p")', 'F.col("p") & (F.col("q") | F.col("p"))'],
    ["not (p and q)", 'NOT ("p" AND "q")', '~(F.col("p") & F.col("q"))'],
    ["not p and q", 'NOT "p" AND "q"', '~F.col("p") & F.col("q")'],
    ["a > 1 and t is null", '"a" > 1 AND "t" IS NULL', '(F.col("a") > 1) & F.col("t").isNull()'],
    ["(a > b) == p", '("a" > "b") = "p"', '(F.col("a") > F.col("b")) == F.col("p")'],
    ["(a > b) is null", '("a" > "b") IS NULL', '(F.col("a") > F.col("b")).isNull()'],
    ["lower(s & t) == s", `lower("s" || "t") = "s"`, 'F.lower(F.concat(F.col("s"), F.col("t"))) == F.col("s")'],
    ["s & t & s", '"s" || "t" || "s"', 'F.concat(F.col("s"), F.col("t"), F.col("s"))'],
    ["a not in [1, 2]", '"a" NOT IN (1, 2)', '~F.col("a").isin(1, 2)'],
    [
      "a + b between 1 and b * 2",
      '"a" + "b" BETWEEN 1 AND "b" * 2',
      '(F.col("a") + F.col("b")).between(1, F.col("b") * 2)',
    ],
  ]);
});

it("constants are plain if adjacent types determine theirs", () => {
  prints("derive", [
    ["a + 1", '"a" + 1', 'F.col("a") + 1'],
    ["1 - a", '1 - "a"', '1 - F.col("a")'],
    ["n + 1", '"n" + 1', 'F.col("n") + 1'],
    ["d > 0.00", '"d" > 0.00', 'F.col("d") > 0'],
    ["d >= 1000.50", '"d" >= 1000.50', 'F.col("d") >= Decimal("1000.5")'],
    ["d * 2", 'CAST("d" * 2 AS DECIMAL(12, 2))', 'F.col("d") * 2'],
    ["d * 0.90", 'CAST("d" * 0.90 AS DECIMAL(13, 4))', 'F.col("d") * Decimal("0.90")'],
    ["f between -34.0 and 6.0", '"f" BETWEEN -34.0 AND 6.0', 'F.col("f").between(-34.0, 6.0)'],
    ["f * 0.5", '"f" * 0.5', 'F.col("f") * 0.5'],
    ['status == "open"', `"status" = 'open'`, 'F.col("status") == "open"'],
    ["status == Status.open", `"status" = 'open'`, 'F.col("status") == "open"'],
    ["c ?? 0", 'coalesce("c", 0)', 'F.coalesce(F.col("c"), F.lit(0))'],
    ["e ?? 0", 'coalesce("e", 0.00)', 'F.coalesce(F.col("e"), F.lit(Decimal("0.00")))'],
    ['t ?? s ?? "none"', `coalesce("t", "s", 'none')`, 'F.coalesce(F.col("t"), F.col("s"), F.lit("none"))'],
    ["if(q, 1, c)", 'CASE WHEN "q" THEN 1 ELSE "c" END', 'F.when(F.col("q"), 1).otherwise(F.col("c"))'],
    ["nullif(a, 0)", 'nullif("a", 0)', 'F.nullif(F.col("a"), F.lit(0))'],
    ["greatest(d, 0)", 'greatest("d", 0.00)', 'F.greatest(F.col("d"), F.lit(Decimal("0.00")))'],
    ["left(s, 3)", 'left("s", 3)', 'F.left(F.col("s"), F.lit(3))'],
    ['contains(s, "x")', `contains("s", 'x')`, 'F.col("s").contains("x")'],
  ]);
});

it("a constant without adjacent types keeps its type", () => {
  prints("derive", [
    ["1", "1", "F.lit(1)"],
    ["5000000000", "5000000000", "F.lit(5000000000)"],
    ["0.50", "CAST(0.50 AS DECIMAL(2, 2))", 'F.lit(Decimal("0.50"))'],
    ["1.50", "1.50", 'F.lit(Decimal("1.50"))'],
    ['"x"', "'x'", 'F.lit("x")'],
    ["true", "TRUE", "F.lit(True)"],
    ["null as int", "CAST(NULL AS INTEGER)", 'F.lit(None).cast("int")'],
    ['status ?? "gone"', `coalesce("status", 'gone')`, 'F.coalesce(F.col("status"), F.lit("gone"))'],
  ]);
});

it("choices become one chain", () => {
  prints("derive", [
    [
      'match { d >= 1000.00 => "gold", d >= 200.00 => "silver", else => "bronze" }',
      `CASE WHEN "d" >= 1000.00 THEN 'gold' WHEN "d" >= 200.00 THEN 'silver' ELSE 'bronze' END`,
      'F.when(F.col("d") >= 1000, "gold").when(F.col("d") >= 200, "silver").otherwise("bronze")',
    ],
    [
      "match { p => d, else => 0 }",
      'CASE WHEN "p" THEN "d" ELSE 0.00 END',
      'F.when(F.col("p"), F.col("d")).otherwise(Decimal("0.00"))',
    ],
    ["match { p => 1 }", 'CASE WHEN "p" THEN 1 END', 'F.when(F.col("p"), 1)'],
    [
      "match { p => a, else => n }",
      'CASE WHEN "p" THEN CAST("a" AS BIGINT) ELSE "n" END',
      'F.when(F.col("p"), F.col("a").cast("bigint")).otherwise(F.col("n"))',
    ],
  ]);
});

it("division adds the guards that the engines lack", () => {
  prints("derive", [
    ["a / 2", '"a" / 2', 'F.col("a") / 2'],
    [
      "a / b",
      `CASE WHEN "b" = 0 AND "a" IS NOT NULL THEN error('division by zero') ELSE "a" / "b" END`,
      'F.col("a") / F.col("b")',
    ],
    ["n div 10", '"n" // CAST(10 AS BIGINT)', 'F.call_function("div", F.col("n"), F.lit(10))'],
    ["safe_div(a, b)", '"a" / nullif("b", 0)', 'F.try_divide(F.col("a"), F.col("b"))'],
    [
      "d / 3",
      'CAST(CAST((CAST("d" * 100 AS BIGINT) * 100000) // CAST(3 AS BIGINT) AS DECIMAL(38, 0)) * 0.0000001 AS DECIMAL(14, 6))',
      '(F.col("d").cast("decimal(14,6)") / 3).cast("decimal(14,6)")',
    ],
    [
      "safe_div(amount, amount)",
      'CAST(CAST((CAST(CAST("amount" AS DECIMAL(38, 2)) * 100 AS HUGEINT) * 10000000) // CAST(CAST("amount" AS DECIMAL(38, 2)) * 100 AS HUGEINT) AS DECIMAL(38, 0)) * 0.0000001 AS DECIMAL(26, 6))',
      'F.when(F.col("amount") != 0, ((F.col("amount") - F.col("amount") % (F.col("amount") * Decimal("0.0000001"))) / F.col("amount")).cast("decimal(26,6)"))',
    ],
  ]);
});

it("dates and patterns look hand-written", () => {
  prints("derive", [
    ['trunc(day, "month")', `CAST(date_trunc('month', "day") AS DATE)`, 'F.trunc(F.col("day"), "month")'],
    [
      "add_days(day, 7)",
      `CASE WHEN "day" + 7 BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN "day" + 7 WHEN "day" IS NOT NULL THEN error('the date is outside the years 0001 to 9999') END`,
      'F.when(F.date_add(F.col("day"), 7).between("0001-01-01", "9999-12-31"), F.date_add(F.col("day"), 7)).when(F.col("day").isNotNull(), F.raise_error(F.lit("the date is outside the years 0001 to 9999")))',
    ],
    [
      "days_between(day, date(at))",
      'CAST(CAST("at" AS DATE) - "day" AS INTEGER)',
      'F.datediff(F.to_date(F.col("at")), F.col("day"))',
    ],
    ['format_date(day, "dd/MM/yyyy")', `strftime("day", '%d/%m/%Y')`, 'F.date_format(F.col("day"), "dd/MM/yyyy")'],
    ['regexp_like(s, "^\\\\d{3}$")', `regexp_matches("s", '^\\d{3}$')`, 'F.col("s").rlike(r"^\\d{3}\\z")'],
    [
      'regexp_replace(s, "(a)(b)", "\\\\2$\\\\1")',
      `regexp_replace("s", '(a)(b)', '\\2$\\1', 'g')`,
      'F.regexp_replace(F.col("s"), "(a)(b)", r"$2\\$$1")',
    ],
  ]);
});

it("aggregates filter their rows", () => {
  prints("group", [
    ["count()", "count(*)", 'F.count("*")'],
    ["count() where p", 'count(*) FILTER (WHERE "p")', 'F.count(F.when(F.col("p"), 1))'],
    ["count_if(p)", 'count(CASE WHEN "p" THEN 1 END)', 'F.count_if(F.col("p"))'],
    ["sum(d)", 'CAST(sum("d") AS DECIMAL(20, 2))', 'F.sum(F.col("d"))'],
    [
      'sum(d) where status == "open"',
      `CAST(sum("d") FILTER (WHERE "status" = 'open') AS DECIMAL(20, 2))`,
      'F.sum(F.when(F.col("status") == "open", F.col("d")))',
    ],
    ["sum(a)", 'CAST(sum("a") AS BIGINT)', 'F.sum(F.col("a"))'],
    [
      "safe_div(count_if(p), count())",
      'count(CASE WHEN "p" THEN 1 END) / nullif(count(*), 0)',
      'F.try_divide(F.count_if(F.col("p")), F.count("*"))',
    ],
    ["median(a)", 'median(CAST("a" AS DOUBLE))', 'F.median(F.col("a"))'],
  ]);
});

it("columns can have any names", () => {
  const column = { kind: "column", qualifier: "o", name: 'a.b`"c', type: { kind: "int" }, nullable: false } as const;
  expect(duckdbExpression(column)).toBe('"o"."a.b`""c"');
  expect(sparkExpression(column)).toBe('F.col("o.`a.b``\\"c`")');
  expect(sparkExpression(column, { column: () => 'o["x"]' })).toBe('o["x"]');
  expect(duckdbExpression(column, { column: () => "x" })).toBe("x");
});

it("repeated arguments of a template do not grow exponentially, and mean the same", async () => {
  const nested = (depth: number): string => (depth === 0 ? "f" : `sqrt(${nested(depth - 1)})`);
  const long = duckdbExpression(expressionOf(nested(40), "derive"));
  expect(long.length).toBeLessThan(40_000);
  const spark = sparkExpression(expressionOf(nested(40), "derive"));
  expect(spark.length).toBeLessThan(60_000);
  expect(spark).toContain('lambda v: F.when(v["a0"] >= 0, F.sqrt(v["a0"])))[0]');

  const halves = (depth: number): string => (depth === 0 ? "d" : `(${halves(depth - 1)} / a + 1) as decimal(10,2)`);
  const duckdb = await createDuckdb();
  const row = "(SELECT CAST(5 AS DOUBLE) AS f, CAST(512.00 AS DECIMAL(10, 2)) AS d, 2 AS a)";
  const [root, quotient] = await duckdb.evaluate(
    [expressionOf(nested(12), "derive"), expressionOf(halves(9), "derive")],
    row,
  );
  duckdb.close();
  expect(Number(root?.value)).toBeCloseTo(5 ** (1 / 4096), 12);
  expect(quotient).toEqual({ type: "DECIMAL(10, 2)", value: "3.00", failed: false });
});

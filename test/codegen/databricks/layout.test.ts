import fc from "fast-check";
import { expect, it } from "vitest";
import { layoutStatement } from "../../../src/codegen/databricks/python/layout.ts";
import { formatFaults } from "./judges.ts";

it("leaves on one line what fits", () => {
  expect(layoutStatement("x = ", 'a.filter(F.col("b") > 1).select("c", "d")')).toBe(
    'x = a.filter(F.col("b") > 1).select("c", "d")',
  );
});

it("gives each item a line after a last comma", () => {
  expect(layoutStatement("", 'f({"a": 1,})')).toBe('f(\n    {\n        "a": 1,\n    }\n)');
});

it("chooses the quotes that need fewer escapes, and escapes what cannot be seen", () => {
  const texts = String.raw`f("a\"b", 'it\'s', "both ' and \"", 'a\\"', "\\", "a${"\u200f"}b${"\u{1f600}"}c${"\u00a0"}", "é日")`;
  expect(layoutStatement("", texts)).toBe(
    String.raw`f('a"b', "it's", "both ' and \"", 'a\\"', "\\", "a\u200fb\U0001f600c\xa0", "é日")`,
  );
});

it("keeps raw texts", () => {
  expect(layoutStatement("", String.raw`a.rlike(r"^\s*[a-z\"]\z")`)).toBe(String.raw`a.rlike(r"^\s*[a-z\"]\z")`);
});

it("lays out a value that is used several times as ruff does", async () => {
  const text = (value: string) => `F.transform(F.array(F.struct(${value}.alias("a"))), lambda v: F.lower(v["a"]))[0]`;
  const statements = [
    layoutStatement("", text('F.col("b")')),
    layoutStatement(
      "x = ",
      `${text('F.coalesce(F.col("b"), F.lit("a text of some length that asks for lines"))')}.cast("int") + 1`,
    ),
  ];
  expect(statements[0]).toBe(text('F.col("b")'));
  expect(await formatFaults({ "all.py": `${statements.join("\n")}\n` })).toBe("");
});

it("refuses what is no Python where it has to break it", () => {
  const start = `${"x".repeat(120)} = `;
  for (const text of ["f(", "f)", "a b", `f(a ${start})`, "1 +", "$"])
    expect(() => layoutStatement(start, text), text).toThrow();
});

const name = fc.stringMatching(/^[a-z][a-z_]{0,28}[a-z]$/);
const column = name.map((each) => `F.col("${each}")`);

/** Expressions as the catalogue's renderings and the steps put them together. */
const { operand, expression } = fc.letrec<{ operand: string; expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    tie("operand"),
    fc.tuple(tie("operand"), fc.constantFrom("+", "-", "*", "/", "%"), tie("operand")).map((each) => each.join(" ")),
    fc
      .tuple(
        tie("operand"),
        fc.constantFrom("==", "<", ">="),
        tie("operand"),
        fc.constantFrom("&", "|"),
        tie("operand"),
      )
      .map(([a, compare, b, and, c]) => `(${a} ${compare} ${b}) ${and} (${c} != 3) ${and} ${b}`),
    tie("operand").map((each) => `~${each}`),
  ),
  operand: fc.oneof(
    { maxDepth: 4 },
    column,
    fc.constantFrom('F.lit("x")', "12", 'F.lit(Decimal("0.00"))', `F.lit('it"s')`),
    tie("expression").map((each) => `(${each})`),
    fc.tuple(column, name).map(([a, b]) => `${a}.isin("created", "approved", "${b}")`),
    fc.array(tie("expression"), { minLength: 1, maxLength: 4 }).map((each) => `F.coalesce(${each.join(", ")})`),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([a, b, c]) => `F.when(${a}, ${b}).otherwise(${c})`),
    fc
      .tuple(tie("expression"), tie("expression"), tie("operand"))
      .map(([a, b, c]) => `F.when(${a}, ${b}).when(${b}, ${c}).otherwise(${c})`),
    fc
      .tuple(column, column)
      .map(([a, b]) => `F.row_number().over(Window.partitionBy(${a}).orderBy(${b}.desc(), ${a})).cast("int")`),
  ),
}));

const step = fc.oneof(
  fc.constantFrom(".distinct()", ".limit(10)", ".transform(lake.keep)"),
  expression.map((each) => `.filter(${each})`),
  fc.tuple(name, expression).map(([key, each]) => `.withColumn("${key}", ${each})`),
  fc
    .array(fc.tuple(name, expression), { minLength: 1, maxLength: 3 })
    .map((each) => `.withColumns({${each.map(([key, value]) => `"${key}": ${value}`).join(", ")},})`),
  fc.tuple(name, operand).map(([key, each]) => `.select("${key}", ${each}.alias("${key}"),)`),
  fc.tuple(name, expression).map(([key, each]) => `.join(b.alias("${key}"), ${each}, "left")`),
  fc.tuple(name, operand).map(([key, each]) => `.groupBy("${key}").agg(F.sum(${each}).alias("${key}"))`),
  fc.array(column, { minLength: 1, maxLength: 9 }).map((each) => `.orderBy(${each.join(", ")})`),
);

const statement = fc.oneof(
  fc
    .tuple(name, name, fc.array(step, { minLength: 1, maxLength: 5 }))
    .map(([target, rows, steps]) => layoutStatement(`${target} = `, rows + steps.join(""))),
  fc
    .tuple(name, name, expression, fc.array(column, { minLength: 1, maxLength: 9 }))
    .map(([rows, key, each, record]) =>
      layoutStatement("a, b = ", `lake.expect("gold.t", ${rows}, {"${key}": ${each},}, record=[${record.join(", ")}])`),
    ),
  fc.tuple(name, expression).map(([rows, each]) => layoutStatement("", `lake.require("gold.t", ${rows}, ${each})`)),
);

it("lays out whatever there is as ruff does", async () => {
  const statements = fc.sample(statement, { numRuns: 500, seed: 7 });
  expect(await formatFaults({ "all.py": `${statements.join("\n")}\n` })).toBe("");
}, 60_000);

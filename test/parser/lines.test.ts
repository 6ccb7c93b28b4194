/** The meaning of line breaks: each token that can start a line, in each kind of list. */
import { expect, it } from "vitest";
import { format } from "../../src/format/format.ts";
import type { Module } from "../../src/parser/ast.ts";
import { parseText, withoutPlaces } from "./support.ts";

/** The text of each entry of the first list of a table's second step, with normalised whitespace. */
function entriesOf(text: string): readonly string[] {
  const { module, diagnostics } = parseText(text);
  expect(diagnostics).toEqual([]);
  return listOf(module).map(({ span }) => text.slice(span.start, span.end).replaceAll(/\s+/g, " "));
}

function listOf(module: Module) {
  const [table] = module.declarations;
  const step = table?.kind === "table" ? table.steps[1] : undefined;
  if (step?.kind === "select" || step?.kind === "derive") {
    const [only] = step.columns;
    if (step.columns.length === 1 && only?.value.kind === "match") return only.value.branches;
    return step.columns;
  }
  return step?.kind === "group" ? step.aggregates : [];
}

const LISTS: Readonly<Record<string, (first: string, second: string) => string>> = {
  derive: (first, second) => `silver t {\n  from a.b\n  derive {\n    x = ${first}\n    ${second}\n  }\n}\n`,
  select: (first, second) => `silver t {\n  from a.b\n  select {\n    x = ${first}\n    ${second}\n  }\n}\n`,
  group: (first, second) => `silver t {\n  from a.b\n  group by k {\n    x = ${first}\n    ${second}\n  }\n}\n`,
};

const CONTINUES: readonly string[] = [
  ...["+", "-", "*", "/", "%", "div", "&", "??", "==", "!=", "<", "<=", ">", ">=", "and", "or"].map(
    (each) => `${each} v`,
  ),
  "is null",
  "is not null",
  "in [v, w]",
  "not in [v, w]",
  "between v and w",
  "not between v and w",
  "as int",
  "as? int",
  "- (v)",
  "- -v",
];

const BEGINS: readonly string[] = [
  "y = v",
  "y",
  "y = -v",
  "-v",
  "not v",
  "(v)",
  "(v) + w",
  "1",
  '"text"',
  "match { v => 1, else => 2 }",
  "true",
  "null",
  "`in`",
  "f(v)",
];

/** Ends of an entry, of which some could continue with a parenthesis on the same line. */
const ENDS: readonly string[] = [
  ...[
    "id",
    "a.id",
    "f(id)",
    "(id)",
    "1",
    '"text"',
    "null",
    "a in [1]",
    "a is null",
    "not id",
    "match { v => 1, else => 2 }",
  ],
  ...["id as int", "id as? decimal", "id as decimal(10,2)", "id as string?"],
];

it.each(Object.keys(LISTS))("in %s a line that can only go on with a value does so", (list) => {
  for (const line of CONTINUES) expect(entriesOf(LISTS[list]?.("id", line) ?? ""), line).toEqual([`x = id ${line}`]);
});

it.each(Object.keys(LISTS))("in %s a line that can begin an entry does so", (list) => {
  for (const end of ENDS)
    for (const line of BEGINS)
      expect(entriesOf(LISTS[list]?.(end, line) ?? ""), `${end} ${line}`).toEqual([`x = ${end}`, line]);
});

it("the branches of match follow the same rule", () => {
  const text = (line: string) =>
    `silver t {\n  from a.b\n  derive {\n    x = match {\n      a => id\n      ${line}\n    }\n  }\n}\n`;
  for (const line of ["not b => 1", "-b > 0 => 1", "(a or b) => 1", "b => 1", "not (a in [1]) => 1", "f(b) => 1"])
    expect(entriesOf(text(line)), line).toEqual(["a => id", line]);
  expect(entriesOf(text("a => id as double\n(b) => 1"))).toEqual(["a => id", "a => id as double", "(b) => 1"]);
  expect(entriesOf(text("- b\nnot c => 2"))).toEqual(["a => id - b", "not c => 2"]);
});

it("`where` and `per` continue an aggregate", () => {
  expect(entriesOf(LISTS.group?.("sum(a)", "where b > 0") ?? "")).toEqual(["x = sum(a) where b > 0"]);
  expect(entriesOf(LISTS.group?.("sum(a)", "per b") ?? "")).toEqual(["x = sum(a) per b"]);
});

it("line breaks in parentheses, brackets and steps have no meaning", () => {
  for (const value of ["(id\n-v)", "f(id\n-v)", "f(a,\n-v)", "a in [id\n-v,\nnot b]", "(a\nnot in [1])"])
    expect(entriesOf(LISTS.derive?.(value, "y = 1") ?? ""), value).toEqual([
      `x = ${value.replaceAll("\n", " ")}`,
      "y = 1",
    ]);
  const { module, diagnostics } = parseText("silver t {\n  from a.b\n  where id\n    -v > 0\n}\n");
  expect(diagnostics).toEqual([]);
  expect(module.declarations[0]).toMatchObject({
    steps: [{}, { kind: "where", condition: { left: { operator: "-" } } }],
  });
});

it("the canonical form parses to the same tree", () => {
  const long = "a_rather_long_name_of_a_column_that_goes_on_and_on_until_it_fills_its_line";
  const texts = Object.values(LISTS).flatMap((list) =>
    [...CONTINUES, ...BEGINS, "- -v", "-// why\nv"].flatMap((line) => [
      ...ENDS.flatMap((end) => [list(end, line), list(`${end},`, line)]),
      list(`${long} - ${long}`, line),
      list(`${long} + ${long},`, line),
    ]),
  );
  for (const text of texts) {
    const before = parseText(text);
    if (before.diagnostics.length > 0) continue;
    const formatted = format({ path: "test.medal", text }) ?? "";
    expect(withoutPlaces(parseText(formatted).module), text).toEqual(withoutPlaces(before.module));
    expect(format({ path: "test.medal", text: formatted })).toBe(formatted);
  }
});

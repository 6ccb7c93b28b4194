import { expect, it } from "vitest";
import { declarationOf, expressionOf, grouped, parseText, stepsOf } from "./support.ts";

it.each([
  // From the loosest: or, and, not, comparisons, ??, sums, products, minus, casts.
  ["a or b and c", "(a or (b and c))"],
  ["a and b or c", "((a and b) or c)"],
  ["not a and b", "((not a) and b)"],
  ["not a == b", "(not (a == b))"],
  ["not not a", "(not (not a))"],
  ["a and not b or c", "((a and (not b)) or c)"],
  ["a == b ?? c", "(a == (b ?? c))"],
  ["a ?? b ?? c", "((a ?? b) ?? c)"],
  ["a ?? b + c", "(a ?? (b + c))"],
  ["a + b - c & d", "(((a + b) - c) & d)"],
  ["a + b * c - d", "((a + (b * c)) - d)"],
  ["a * b / c % d div e", "((((a * b) / c) % d) div e)"],
  ["-a * b", "((- a) * b)"],
  ["a - -1", "(a - (- 1))"],
  ["- -a", "(- (- a))"],
  ["-a as int", "(- (a as int))"],
  ["a + b as decimal(10,2)", "(a + (b as decimal(10,2)))"],
  ["a as? date as string", "((a as? date) as string)"],
  ["a as int ?? 0", "((a as int) ?? 0)"],
  ["(a + b) * c", "((a + b) * c)"],
  ["a - (b - c)", "(a - (b - c))"],
  ["(a == b) == c", "((a == b) == c)"],
  ["a != b", "(a != b)"],
  ["a <= b and c >= d or e < f and g > h", "(((a <= b) and (c >= d)) or ((e < f) and (g > h)))"],
  ["a is null or b is not null", "((a is null) or (b is not null))"],
  ["a + b is null", "((a + b) is null)"],
  ["a in [1, 2,] and b not in []", "((a in [1, 2]) and (b not in []))"],
  ["a between 1 and 5 and b", "((a between 1 and 5) and b)"],
  ["a not between -b and b + 1 or c", "((a not between (- b) and (b + 1)) or c)"],
  ["not a in [b]", "(not (a in [b]))"],
  ["f()", "f()"],
  ["f(a, g(b) + 1,)", "f(a, (g(b) + 1))"],
  ["a.b.c", "a.b.c"],
  ["`in`.`a b` == ```x`", "(in.a b == `x)"],
  ["true and false or null is null", "((true and false) or (null is null))"],
  ['match { a > 1 => "x", b => 2 else => 3 }', 'match { (a > 1) => "x", b => 2, else => 3 }'],
  ["match {}", "match {  }"],
  ["match { match { a => b } => c }", "match { match { a => b } => c }"],
  ["match { a => -1 b => 2 }", "match { a => (- 1), b => 2 }"],
])("%s is %s", (source, expected) => {
  expect(grouped(expressionOf(source))).toBe(expected);
});

it.each([
  ['"a\\"b\\\\c\\n\\r\\t"', 'a"b\\c\n\r\t'],
  ['"\\u{1F600}\\u{e9}"', "\u{1F600}é"],
  ['"// no comment"', "// no comment"],
  ['""', ""],
])("the text %s stands for its characters", (source, value) => {
  expect(expressionOf(source)).toMatchObject({ kind: "string", value });
});

it.each([
  ["10", "10"],
  ["1_000_000", "1000000"],
  ["0.25", "0.25"],
  ["1_0.0_1", "10.01"],
])("the number %s is read as %s", (source, text) => {
  expect(expressionOf(source)).toMatchObject({ kind: "number", text });
});

it("filters and keys belong to a call inside braces", () => {
  const [, group] = stepsOf(`from a.b group by k {
    a = sum(x) where y > 1 and z
    b = sum(x) per (k, l.m) where z
    c = sum(x) where z per k
    d = 1 + sum(x) per k * 2
  }`);
  const values = group?.kind === "group" ? group.aggregates.map((each) => grouped(each.value)) : [];
  expect(values).toEqual(
    [
      "sum(x) where ((y > 1) and z)",
      "sum(x) where z per [k, l.m]",
      "sum(x) where z per [k]",
      "(1 + (sum(x) per [k] * 2))",
    ].map((each) => each.replace("(1 + (sum(x) per [k] * 2))", "(1 + (sum(x) per [k] * 2))")),
  );
});

it("outside of braces a `where` after a call is the next step", () => {
  expect(stepsOf("where f(x) where g(y) sort h(z) where i").map((each) => each.kind)).toEqual([
    "where",
    "where",
    "sort",
    "where",
  ]);
});

it("`where` and `per` after a call are names if they start an entry", () => {
  const [derive] = stepsOf("derive { a = f(x) where = 1, b = f(x) per = 2 c = f(x) where, d = f(x) per }");
  const columns = derive?.kind === "derive" ? derive.columns : [];
  expect(columns.map((each) => [each.name?.text, grouped(each.value)])).toEqual([
    ["a", "f(x)"],
    ["where", "1"],
    ["b", "f(x)"],
    ["per", "2"],
    ["c", "f(x)"],
    [undefined, "where"],
    ["d", "f(x)"],
    [undefined, "per"],
  ]);
});

it("a call in a match of a step's own expression takes no filter", () => {
  expect(parseText("silver t { where match { f(x) where y => z } }").diagnostics).not.toEqual([]);
});

it("every keyword that is not reserved can be a column, a table, an alias, a function and a parameter", () => {
  for (const word of ["key", "load", "from", "where", "source", "date", "desc", "on", "by", "silver", "one", "at"]) {
    expect(declarationOf(`fn ${word}(${word}: ${word}): ${word} = ${word}(${word}.${word}) + ${word}`).kind).toBe("fn");
    expect(
      declarationOf(`bronze ${word} from ${word}.${word}("x") { ${word}: ${word} @${word} key ${word} load ${word} }`),
    ).toMatchObject({
      members: [{ kind: "column" }, { kind: "key" }, { kind: "load" }],
    });
    const text = `from ${word}.${word} as ${word}
      where ${word} == ${word}.${word} and f(${word}) > ${word}
      join one ${word}.${word} as ${word} on ${word}.${word} == ${word}
      left join many ${word}.${word} on ${word}
      group by ${word}, ${word} = ${word} { ${word} = ${word} ${word} }
      distinct on (${word}, ${word}) latest by ${word}
      distinct on ${word} earliest by ${word}, ${word}
      derive { ${word} = ${word}, ${word} }
      select { ${word} ${word}.${word} ${word} = ${word} }
      expect "x": ${word} else ${word}
      sort ${word} ${word === "desc" ? "" : "desc"}, ${word}
      key ${word} key (${word}, ${word})`;
    expect(
      stepsOf(text).map((each) => each.kind),
      word,
    ).toEqual([
      "from",
      "where",
      "join",
      "join",
      "group",
      "distinct",
      "distinct",
      "derive",
      "select",
      "expect",
      "sort",
      "key",
      "key",
    ]);
  }
});

import { expect, it } from "vitest";
import { catalog } from "../../src/diagnostics/catalog/index.ts";
import { syntaxCatalog } from "../../src/diagnostics/catalog/syntax.ts";
import { markedPlaces } from "../support/marks.ts";
import { parseText } from "./support.ts";

/** A text with its mistakes marked, and of each mistake the code or the message. */
type Case = readonly [marked: string, ...expected: string[]];

const declarations: readonly Case[] = [
  ["«function» f() = 1", "expected a declaration, found `function`"],
  ["«from» silver.a\nsort b\n\nenum A { a }", "expected a declaration, found `from`"],
  ["import «sources»", "expected a text, found `sources`"],
  ["enum A { a, b } «}»\nenum B { b }", "expected a declaration, found `}`"],
  ["enum A { a, b\n\n«enum» B { b }", "expected `}`, found `enum`"],
  ["enum A { a, b«»", "expected `}`, found the end of the file"],
  ["enum «{» a }", "expected a name, found `{`"],
  ["enum A { a, «,» b, «null», c }", "unexpected-token", "unexpected-token"],
  ["enum «in» { a }", "expected a name, found `in`"],
  ["param a «string»\nparam b: «=» 1", "expected `:`, found `string`", "expected a name, found `=`"],
  ["param a: int = «b»", "expected a text, a number, `true` or `false`, found `b`"],
  ["secret a = keyvault(«1»)", "unexpected-token"],
  ['source a = «"x"»\nsource b = file { path: «,» }', "unexpected-token", "unexpected-token"],
  ['source a = file { path «=» "x", size: 1..«x» }', "expected `:`, found `=`", "expected a number, found `x`"],
  ["project p {\n  lake «adls» {}\n  ingest = datafactory {}\n}", "expected `=`, found `adls`"],
  ['project p { schedule = daily at «6» in "UTC" }', "expected a text, found `6`"],
  ["fn f(a «int»): int = a", "expected `:`, found `int`"],
  ["fn f(a: int): int =«»", "expected a value, found the end of the file"],
  ["fn f(a: int) =\n\n«silver» a { from b.c }", "expected a value, found `silver`"],
];

const bronze: readonly Case[] = [
  ['bronze b «frm» s.csv("b") {\n  a: int\n}', "expected `from`, found `frm`"],
  ['bronze b from s«(»"b") { a: int }', "expected `.`, found `(`"],
  ["bronze b from s.csv(«a») { a: int }", "unexpected-token"],
  ['bronze b from s.csv("b") {\n  a «int»\n  b: int\n}', "expected `:`, found `int`"],
  ['bronze b from s.csv("b") { a «int», b: int, c «int» }', "expected `:`, found `int`", "expected `:`, found `int`"],
  ['bronze b from s.csv("b") { a: decimal(10\n  «b»: int\n}', "expected `,` or `)`, found `b`"],
  ['bronze b from s.csv("b") { «in»: int, b: int }', "unexpected-token"],
  ['bronze b from s.csv("b") { «2nd»: int, b: int }', "unexpected-token"],
  ['bronze b from s.csv("b") { a: int @«,» b: int }', "expected a name, found `,`"],
  ['bronze b from s.csv("b") { key a, b «}»', "expected `:`, found `}`"],
  ['bronze b from s.csv("b") {\n  a: int\n\n«bronze» c from s.csv("c") { a: int }', "expected `}`, found `bronze`"],
];

const steps: readonly Case[] = [
  ["silver t {\n  from a.b\n  «filter» x > 0\n  «wher» y\n  sort z\n}", "unexpected-token", "unexpected-token"],
  ["silver t\n  «from» a.b\n  sort c\n}\nenum A { a }", "expected `{`, found `from`"],
  ["silver t { from orders «}»", "expected `.`, found `}`"],
  ["silver t { from a.b «x»\n  join one a.c «y» on x.i == y.i }", "unexpected-token", "unexpected-token"],
  ["silver t { join one a.b «where» c }", "expected `on`, found `where`"],
  ["silver t {\n  where x >\n  «sort» x\n}", "expected a value, found `sort`"],
  ["silver t {\n  where\n  «derive» { a = b }\n}", "expected a value, found `derive`"],
  ["silver t {\n  derive\n  «sort» a\n}", "expected `{`, found `sort`"],
  ["silver t {\n  derive «a» = 1\n  sort a\n}", "expected `{`, found `a`"],
  ["silver t {\n  derive {\n    a =\n    «b» = 1\n  }\n}", "expected a value, found `b`"],
  ["silver t {\n  derive {\n    a = f(b\n    «c» = 1\n  }\n}", "expected `,` or `)`, found `c`"],
  ["silver t {\n  derive {\n    a = f(b «c»,\n      d)\n    e = 1\n  }\n}", "expected `,` or `)`, found `c`"],
  ["silver t { derive { a = 1 +«,» b = 2 } }", "expected a value, found `,`"],
  ["silver t { select { a, «,» b, c «)», d } }", "unexpected-token", "unexpected-token"],
  ["silver t { distinct on a «sort» b }", "expected `latest` or `earliest`, found `sort`"],
  ["silver t { distinct on latest «by» b }", "unexpected-token"],
  ["silver t { group by «{» a = b } }", "expected a value, found `{`"],
  ["silver t { group by a, b «c» }", "expected `{`, found `c`"],
  ["silver t { expect «a» > 1 }", "expected a text, found `a`"],
  ['silver t { expect "a" «b» > 1 }', "expected `:`, found `b`"],
  ["silver t { key («}»", "unexpected-token"],
  ["silver t { take «all» }", "expected a number, found `all`"],
  ["silver t { sort «}»", "expected a value, found `}`"],
];

const expressions: readonly Case[] = [
  ["silver t { where a «=» b }", "assign-in-expression"],
  ["silver t { join one a.b as c on c.x «=» y and c.z «=» w }", "assign-in-expression", "assign-in-expression"],
  ["silver t { where a «&&» b «||» «!»c }", "foreign-syntax", "foreign-syntax", "foreign-syntax"],
  ["silver t { where a «<>» b or a «===» c or a «!==» d }", "foreign-syntax", "foreign-syntax", "foreign-syntax"],
  [
    "silver t { where a «AND» «NOT» b «OR» c «IS» «NULL» }",
    "foreign-syntax",
    "foreign-syntax",
    "foreign-syntax",
    "foreign-syntax",
    "foreign-syntax",
  ],
  ["silver t { where a == «'it''s \"x\"'» }", "single-quoted-text"],
  ['silver t { where a == «"b» }', "unterminated-text"],
  ['silver t {\n  where f(«"b»)\n  sort a\n}', "unterminated-text"],
  [
    'silver t { where a == "«\\q»«\\u{110000}»«\\u{d800}»«\\u»12" }',
    "bad-escape",
    "bad-escape",
    "bad-escape",
    "bad-escape",
  ],
  [
    "silver t { where a == «1e5» or a == «.5» or a == «1_» or a == «1__0» }",
    "bad-number",
    "bad-number",
    "bad-number",
    "bad-number",
  ],
  ["silver t { where a < b «<» c }", "chained-comparison"],
  ["silver t { where a == b «is» null }", "chained-comparison"],
  ["silver t { where «preço» > 0 }", "unquoted-name"],
  ["silver t { where a «;» }", "unexpected-character"],
  ["silver t { where a «#» }", "unexpected-character"],
  ["silver t { where a == «“»x«”» }", "unexpected-character", "unexpected-character"],
  ["silver t { where«\u00a0»a }", "unexpected-character"],
  ["silver t { where a «-- the rest »\n sort a }", "foreign-comment"],
  ["silver t { where a «/* all\n of it */» sort a }", "foreign-comment"],
  ["silver t { where a + «not» b }", "expected a value, found `not`"],
  ["silver t { where a not «like» b }", "expected `in` or `between`, found `like`"],
  ["silver t { where a is «empty» }", "expected `null`, found `empty`"],
  ["silver t { where a in «(»1, 2) }", "expected `[`, found `(`"],
  ["silver t { where a in [1 «2»] }", "expected `,` or `]`, found `2`"],
  ["silver t { where (a + b «}»", "expected `)`, found `}`"],
  ["silver t { where a between 1 «or» 2 }", "expected `and`, found `or`"],
  ["silver t { where a. «}»", "expected a name, found `}`"],
  ["silver t { derive { a = match { b «:» 1, c => 2 } } }", "expected `=>`, found `:`"],
  ["silver t { derive { a = match { else => 1, «else» => 2 } } }", "unexpected-token"],
  ["silver t { derive { a = match { b => «,» c => «}» } }", "unexpected-token", "unexpected-token"],
  ["silver t {\n«<<<<<<< ours»\n  sort a\n=======\n  sort b\n>>>>>>> theirs\n}", "merge-conflict"],
  [
    "silver t {\n«<<<<<<< ours»\n  sort a\n||||||| base\n  sort c\n=======\n  sort b\n>>>>>>> theirs\n}",
    "merge-conflict",
  ],
];

const cases = Object.entries({ declarations, bronze, steps, expressions }).flatMap(([where, list]) =>
  list.map(([marked, ...expected]) => ({ where, marked, expected })),
);

it.each(cases)("$where: $marked", ({ marked, expected }) => {
  const { text, ranges } = markedPlaces(marked);
  const { diagnostics } = parseText(text);
  // A row names a mistake by its code or by its message.
  expect(diagnostics.map(({ code, message }, index) => (expected[index] === code ? code : message))).toEqual(expected);
  expect(diagnostics.map(({ span }) => ({ start: span.start, end: span.end }))).toEqual(ranges);
});

it("every code of the syntax is in these tables or beyond the limits", () => {
  const all = cases.flatMap((each) => each.expected).join("\n");
  const untold = Object.keys(syntaxCatalog).filter((code) => !all.includes(code) && code !== "unexpected-token");
  expect(untold).toEqual(["too-deeply-nested"]);
  expect(Object.keys(catalog)).toEqual(expect.arrayContaining(Object.keys(syntaxCatalog)));
});

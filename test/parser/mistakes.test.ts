import { expect, it } from "vitest";
import { syntaxCatalog } from "../../src/diagnostics/catalog/syntax.ts";
import { markedPlaces } from "../support/marked-source.ts";
import { cases } from "./mistakes.table.ts";
import { parseText } from "./support.ts";

it.each(cases)("$where: $marked", ({ marked, expected }) => {
  const { text, ranges } = markedPlaces(marked);
  const { diagnostics } = parseText(text);
  // A row identifies an error by its code or its message.
  expect(diagnostics.map(({ code, message }, index) => (expected[index] === code ? code : message))).toEqual(expected);
  expect(diagnostics.map(({ span }) => ({ start: span.start, end: span.end }))).toEqual(ranges);
});

it("every syntax code is in these tables or in the tests of limits", () => {
  const told = new Set(cases.flatMap((each) => each.expected));
  expect(Object.keys(syntaxCatalog).filter((code) => !told.has(code))).toEqual(["too-deeply-nested"]);
});

it.each([
  ["10,000 parentheses", `${"(".repeat(10_000)}a${")".repeat(10_000)}`, "256 levels of nesting"],
  ["10,000 calls", `${"f(".repeat(10_000)}a${")".repeat(10_000)}`, "256 levels of nesting"],
  ["10,000 times not", `${"not ".repeat(10_000)}a`, "256 levels of nesting"],
  ["10,000 times minus", `${"- ".repeat(10_000)}a`, "256 levels of nesting"],
  ["10,000 matches", `${"match { a => ".repeat(10_000)}a${" }".repeat(10_000)}`, "256 levels of nesting"],
  [
    "10,000 parentheses behind every kind of operator",
    `${"a or b and not c == d ?? e + f * (".repeat(10_000)}a${")".repeat(10_000)}`,
    "256 levels of nesting",
  ],
  ["a sum of 100,000", `a${" + a".repeat(100_000)}`, "1000 operators"],
  ["10,000 casts", `a${" as int".repeat(10_000)}`, "1000 operators"],
  ["sums in the head of sums", `${"(".repeat(10)}a${`${" + a".repeat(200)})`.repeat(10)}`, "1000 operators"],
])("%s are told once, and the next step is read", (_, expression, limit) => {
  const { module, diagnostics } = parseText(`silver t {\n  where ${expression}\n  sort a\n}`);
  expect(diagnostics.map((each) => each.message)).toEqual([`this expression exceeds ${limit}`]);
  expect(diagnostics[0]?.code).toBe("too-deeply-nested");
  expect(module.declarations).toMatchObject([{ steps: [{ kind: "where" }, { kind: "sort" }] }]);
});

it("programs within the limits are parsed, including a match with many branches", () => {
  const nested = `${"(".repeat(125)}a${")".repeat(125)}`;
  const chain = `a${" + a".repeat(1000)}`;
  const table = `match { ${'a == 1 and b == 2 => "x", '.repeat(5000)} }`;
  expect(parseText(`silver t { where ${nested} where ${chain} where ${table} }`).diagnostics).toEqual([]);
});

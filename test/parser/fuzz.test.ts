/**
 * For any text, parsing returns a tree and diagnostics located inside the text, throws nothing and takes linear time.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { AnyNode } from "../../src/parser/ast.ts";
import { keywords, lexerTokens } from "../../src/parser/tokens.ts";
import { children } from "../../src/parser/walk.ts";
import { snippets } from "./snippets.ts";
import { parseText, workOf } from "./support.ts";

const runs = { seed: 20_260_131, numRuns: 1500 };

function expectWhole(text: string): void {
  const { module, diagnostics } = parseText(text);
  for (const { span } of diagnostics) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeLessThanOrEqual(text.length);
  }
  const places = diagnostics.map(({ code, span }) => `${code} ${span.start}`);
  expect(new Set(places).size, "one message a place").toBe(places.length);
  expectInside(module);
}

function expectInside(node: AnyNode): void {
  for (const child of children(node)) {
    if (child.span.start < node.span.start || child.span.end > node.span.end) {
      throw new Error(`${child.kind} is not inside of ${node.kind}`);
    }
    expectInside(child);
  }
}

const soup = fc
  .array(
    fc.constantFrom(
      ...keywords.map((each) => each.text),
      ...lexerTokens.map((type) => type.pattern).filter((pattern) => typeof pattern === "string"),
      "a",
      "b.c",
      "`d`",
      "1",
      "2.5",
      '"e"',
      '"f',
      "'g'",
      "\n",
      "\n\n",
      "// h\n",
      "/// i\n",
      "AND",
      "1..4",
      "sum(x)",
      "silver t {\n",
      "}\n",
      'bronze b from s.csv("b") {\n',
      "derive { a = ",
      "group by k {",
      "match {",
      "=>",
    ),
    { maxLength: 120 },
  )
  .chain((parts) => fc.constantFrom(" ", "", "\n").map((glue) => parts.join(glue)));

const mutated = fc
  .record({
    text: fc.constantFrom(...snippets),
    changes: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(30),
        kind: fc.constantFrom("delete", "duplicate", "insert", "cut"),
        insert: fc.constantFrom(
          "{",
          "}",
          "(",
          ")",
          '"',
          "`",
          "'",
          ",",
          "=",
          "\n",
          "silver x {\n",
          "and",
          "é",
          "\u0000",
        ),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ text, changes }) =>
    changes.reduce((now, { at, length, kind, insert }) => {
      const start = Math.floor(at * now.length);
      const piece = now.slice(start, start + length);
      if (kind === "delete") return now.slice(0, start) + now.slice(start + length);
      if (kind === "duplicate") return now.slice(0, start) + piece + now.slice(start);
      return kind === "insert" ? now.slice(0, start) + insert + now.slice(start) : now.slice(0, start);
    }, text),
  );

it("arbitrary characters", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), expectWhole), runs);
});

it("arbitrary sequences of tokens", () => {
  fc.assert(fc.property(soup, expectWhole), runs);
});

it("programs with parts removed, duplicated or inserted", () => {
  fc.assert(fc.property(mutated, expectWhole), runs);
});

const wraps = [
  ["", ""],
  ["silver t { ", " }"],
  ["silver t { where ", " }"],
  ["silver t { derive { a = ", " } }"],
  ['bronze b from s.csv("x") { ', " }"],
] as const;
const units = [
  // Syntax of other languages, for each of which the parser looks behind or ahead.
  " a = CASE WHEN b = 'c' AND d THEN 1 END\n",
  " a = cast(b\n",
  " a IN ('b', 'c') ",
  " 'a' <> ",
  ";",
  "\n# a\n",
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  "a + ",
  "not ",
  "- ",
  "a.",
  "a.b ",
  "f(",
  '"',
  '"}',
  "'",
  "`",
  "match { ",
  "match { a => ",
  "a = ",
  "a = f(\n",
  "silver a {\n",
  "derive { ",
  "/",
  "///\n",
  "/// x\nsilver a { x",
  "<<<<<<<\n",
  "=======\n",
  "; ",
  "é",
  "#",
  "\n",
  "1.",
  "\\",
  ", ",
  ": ",
  "@",
  "key ",
  "a int\n",
  "as int ",
  "in [",
  "a between ",
  "-- ",
  "/*",
  "*/",
  '"\\',
  "group by a { ",
  "sum(x) per k where ",
  "a = f(x y,\n",
  "enum A { a b\n",
];

it.each(wraps)(
  "10,000 of the same in %j %j take no more than linear time",
  (before, after) => {
    // Quadratic algorithms take far longer at this size; linear ones a twentieth of the limit.
    for (const unit of units) {
      const text = before + unit.repeat(10_000) + after;
      expect(
        workOf(() => parseText(text)),
        JSON.stringify(unit),
      ).toBeLessThan(2000);
    }
  },
  60_000,
);

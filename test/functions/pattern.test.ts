import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { duckdbString } from "../../src/codegen/expressions/duckdb.ts";
import { type Pattern, parsePattern, parseReplacement } from "../../src/functions/pattern.ts";
import { createDuckdb } from "./support.ts";

let duckdb: Awaited<ReturnType<typeof createDuckdb>>;
beforeAll(async () => {
  duckdb = await createDuckdb();
});
afterAll(() => duckdb.close());

function parsed(source: string): Pattern {
  const pattern = parsePattern(source);
  if (typeof pattern === "string") throw new Error(`${source}: ${pattern}`);
  return pattern;
}

const rewritten: readonly [source: string, duckdb: string, spark: string][] = [
  ["abc", "abc", "abc"],
  ["^a.c$", "^a.c$", "(?d)^a.c\\z"],
  ["\\Aa\\z", "\\Aa\\z", "\\Aa\\z"],
  ["a|b|", "a|b|", "a|b|"],
  ["(a)(?:b)", "(a)(?:b)", "(a)(?:b)"],
  ["a*b+?c??d{2}e{2,}f{2,3}?", "a*b+?c??d{2}e{2,}f{2,3}?", "a*b+?c??d{2}e{2,}f{2,3}?"],
  ["\\d\\D\\w\\W", "\\d\\D\\w\\W", "\\d\\D\\w\\W"],
  ["\\s\\S", "[\\t-\\r ][^\\t-\\r ]", "[\\t-\\r ][^\\t-\\r ]"],
  ["[^a-z\\d_.-]", "[^a-z\\d_.-]", "[^a-z\\d_.-]"],
  ["[\\s,]", "[\\t-\\r ,]", "[\\t-\\r ,]"],
  ["\\.\\*\\[\\]\\{\\}\\\\\\/", "\\.\\*\\[\\]\\{\\}\\\\\\/", "\\.\\*\\[\\]\\{\\}\\\\\\/"],
  ["(?i)ab1", "[aA][bB]1", "(?i)ab1"],
  ["(?i)[a-cX0-9]", "[a-cX0-9A-Cx-x]", "(?i)[a-cX0-9]"],
  ["(?i)a.", "[aA].", "(?di)a."],
  ["é😀", "é😀", "é😀"],
];

it("patterns are translated to each engine's syntax", () => {
  const found = rewritten.map(([source]) => [source, parsed(source).duckdb, parsed(source).spark]);
  expect(found).toEqual(rewritten);
});

const refused: readonly [source: string, reason: string][] = [
  ["(", "unclosed `(`"],
  [")", "unmatched `)`"],
  ["[a", "unclosed `[`"],
  ["[]", "a class is empty; escape `]` in a class as `\\]`"],
  ["[[:alpha:]]", "escape `[` in a class as `\\[`"],
  ["[a&&b]", "escape `&` in a class as `\\&`"],
  ["[z-a]", "a range ends before its start"],
  ["[a-\\d]", "a range must go from one character to another"],
  ["[a-c-e]", "escape `-` in the middle of a class as `\\-`"],
  ["[\\S]", "`\\S` in a class is not supported by every engine"],
  ["*a", "`*` has nothing to repeat"],
  ["a**", "a quantifier follows another"],
  ["a*+", "a quantifier follows another"],
  ["a++", "a quantifier follows another"],
  ["^*", "an anchor cannot be repeated"],
  ["(?:a*)*", "a repeated part must not match the empty string"],
  ["(?:|a)+", "a repeated part must not match the empty string"],
  ["(a)+", "a repeated group must be non-capturing, `(?:`"],
  ["(?:(a)|b){2}", "a repeated group must be non-capturing, `(?:`"],
  ["a{3,2}", "the maximum of a quantifier is below its minimum"],
  ["a{1001}", "a part is repeated more than 1000 times"],
  ["(?:a{100}){11}", "a part is repeated more than 1000 times"],
  ["a{", "`{` does not start a quantifier; escape it as `\\{`"],
  ["a}", "`}` must be escaped as `\\}`"],
  ["a]", "`]` must be escaped as `\\]`"],
  ["(?=a)", "`(?` is not supported by every engine; use `(?:` for a non-capturing group"],
  ["(?!a)", "`(?` is not supported by every engine; use `(?:` for a non-capturing group"],
  ["(?<n>a)", "`(?` is not supported by every engine; use `(?:` for a non-capturing group"],
  ["a(?i)b", "`(?` is not supported by every engine; use `(?:` for a non-capturing group"],
  ["(a)\\1", "`\\1` is not supported by every engine"],
  ["\\p{L}", "`\\p` is not supported by every engine"],
  ["\\Q", "`\\Q` is not supported by every engine"],
  ["\\v", "`\\v` is not supported by every engine"],
  ["\\", "the pattern ends in a backslash"],
  ["(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)", "the pattern has more than 9 groups"],
];

it("syntax that the engines interpret differently is rejected with the reason", () => {
  expect(refused.map(([source]) => [source, parsePattern(source)])).toEqual(refused);
});

it("detects whether a pattern matches the empty text", () => {
  for (const source of ["a*", "a?b*", "(a|)", "^", "$", "\\b", "(a*)", "", "a|b*"]) {
    expect(parsed(source).matchesEmpty, source).toBe(true);
  }
  for (const source of ["a", "a+", "a*b", "(a|b)", "[ab]", ".", "^a", "(?i)a"]) {
    expect(parsed(source).matchesEmpty, source).toBe(false);
  }
});

it("replacements are translated to each engine's syntax", () => {
  expect(parseReplacement("\\2-\\1", 2)).toEqual({ duckdb: "\\2-\\1", spark: "$2-$1" });
  expect(parseReplacement("$1", 1)).toEqual({ duckdb: "$1", spark: "\\$1" });
  expect(parseReplacement("\\\\", 0)).toEqual({ duckdb: "\\\\", spark: "\\\\" });
  expect(parseReplacement("\\0", 0)).toEqual({ duckdb: "\\0", spark: "$0" });
  expect(parseReplacement("\\3", 2)).toBe("the pattern has no group 3");
  expect(parseReplacement("a\\b", 2)).toBe("escape a backslash in the replacement as `\\\\`");
  expect(parseReplacement("a\\", 2)).toBe("escape a backslash in the replacement as `\\\\`");
});

/** Patterns of the language. */
const atom = fc.constantFrom("a", "b", "B", ".", "\\d", "\\w", "\\s", "[ab]", "[^a]", "[a-c1]", "\\.", "é", "-");
const { sequence: pattern } = fc.letrec<{ sequence: string; piece: string }>((tie) => ({
  sequence: fc.array(tie("piece"), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join("")),
  piece: fc.oneof(
    { weight: 4, arbitrary: atom },
    {
      weight: 2,
      arbitrary: fc
        .tuple(atom, fc.constantFrom("*", "+", "?", "{2}", "{1,2}", "*?", "+?"))
        .map((parts) => parts.join("")),
    },
    { weight: 1, arbitrary: fc.tuple(tie("sequence"), tie("sequence")).map(([a, b]) => `(${a}|${b})`) },
    { weight: 1, arbitrary: tie("sequence").map((inner) => `(?:${inner})`) },
    { weight: 1, arbitrary: fc.constantFrom("^", "$", "\\b") },
  ),
}));

it("DuckDB and JavaScript, which interprets these patterns in the same way, match the same", async () => {
  const letters = fc.string({
    unit: fc.constantFrom("a", "b", "B", "c", "1", " ", ".", "é", "-", "\n", "\r"),
    maxLength: 6,
  });
  const samples = fc.sample(fc.tuple(pattern, letters), { numRuns: 400, seed: 7 });
  const differing = await duckdb.texts(
    samples
      .map(([source, subject]) => {
        // In JavaScript the dot excludes more line breaks than the line feed, and whitespace is Unicode.
        const script = parsed(source).duckdb;
        const oracle = new RegExp(
          script.replace(/(\\.)|\[[^\]]*\]|\./g, (part) => (part === "." ? "[^\\n]" : part)),
          "u",
        );
        const found = `regexp_matches(${duckdbString(subject)}, ${duckdbString(script)})`;
        return `SELECT ${duckdbString(JSON.stringify([source, subject]))} WHERE ${found} <> ${oracle.test(subject)}`;
      })
      .join(" UNION ALL "),
  );
  expect(differing).toEqual([]);
});

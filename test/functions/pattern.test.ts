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

it("patterns become what each engine means by them", () => {
  const found = rewritten.map(([source]) => [source, parsed(source).duckdb, parsed(source).spark]);
  expect(found).toEqual(rewritten);
});

const refused: readonly [source: string, reason: string][] = [
  ["(", "a `(` is not closed"],
  [")", "there is a `)` too many"],
  ["[a", "a `[` is not closed"],
  ["[]", "a class is empty; `]` in a class is `\\]`"],
  ["[[:alpha:]]", "`[` in a class is `\\[`"],
  ["[a&&b]", "`&` in a class is `\\&`"],
  ["[z-a]", "a range ends before its start"],
  ["[a-\\d]", "a range goes from character to character"],
  ["[a-c-e]", "`-` in the middle of a class is `\\-`"],
  ["[\\S]", "`\\S` in a class is not in every engine"],
  ["*a", "nothing stands before `*`"],
  ["a**", "a quantifier follows another"],
  ["a*+", "a quantifier follows another"],
  ["a++", "a quantifier follows another"],
  ["^*", "an anchor cannot be repeated"],
  ["(?:a*)*", "what is repeated may match nothing"],
  ["(?:|a)+", "what is repeated may match nothing"],
  ["(a)+", "a group that is repeated is written `(?:`, without a number"],
  ["(?:(a)|b){2}", "a group that is repeated is written `(?:`, without a number"],
  ["a{3,2}", "a quantifier ends below its start"],
  ["a{1001}", "something is repeated more than 1000 times"],
  ["(?:a{100}){11}", "something is repeated more than 1000 times"],
  ["a{", "`{` begins no quantifier; as a character it is `\\{`"],
  ["a}", "`}` as a character is `\\}`"],
  ["a]", "`]` as a character is `\\]`"],
  ["(?=a)", "`(?` begins what not every engine has; `(?:` is a group without a number"],
  ["(?!a)", "`(?` begins what not every engine has; `(?:` is a group without a number"],
  ["(?<n>a)", "`(?` begins what not every engine has; `(?:` is a group without a number"],
  ["a(?i)b", "`(?` begins what not every engine has; `(?:` is a group without a number"],
  ["(a)\\1", "`\\1` is not in every engine"],
  ["\\p{L}", "`\\p` is not in every engine"],
  ["\\Q", "`\\Q` is not in every engine"],
  ["\\v", "`\\v` is not in every engine"],
  ["\\", "the pattern ends in a backslash"],
  ["(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)", "the pattern has more than 9 groups"],
];

it("what the engines read differently is refused with the reason", () => {
  expect(refused.map(([source]) => [source, parsePattern(source)])).toEqual(refused);
});

it("a pattern knows whether it matches the empty text", () => {
  for (const source of ["a*", "a?b*", "(a|)", "^", "$", "\\b", "(a*)", "", "a|b*"]) {
    expect(parsed(source).matchesEmpty, source).toBe(true);
  }
  for (const source of ["a", "a+", "a*b", "(a|b)", "[ab]", ".", "^a", "(?i)a"]) {
    expect(parsed(source).matchesEmpty, source).toBe(false);
  }
});

it("replacements become what each engine means by them", () => {
  expect(parseReplacement("\\2-\\1", 2)).toEqual({ duckdb: "\\2-\\1", spark: "$2-$1" });
  expect(parseReplacement("$1", 1)).toEqual({ duckdb: "$1", spark: "\\$1" });
  expect(parseReplacement("\\\\", 0)).toEqual({ duckdb: "\\\\", spark: "\\\\" });
  expect(parseReplacement("\\0", 0)).toEqual({ duckdb: "\\0", spark: "$0" });
  expect(parseReplacement("\\3", 2)).toBe("the pattern has no group 3");
  expect(parseReplacement("a\\b", 2)).toBe("a backslash in the replacement is `\\\\`");
  expect(parseReplacement("a\\", 2)).toBe("a backslash in the replacement is `\\\\`");
});

/** Patterns of the language, made of what it has. */
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

it("DuckDB matches what JavaScript, which reads these patterns alike, matches", async () => {
  const letters = fc.string({
    unit: fc.constantFrom("a", "b", "B", "c", "1", " ", ".", "é", "-", "\n", "\r"),
    maxLength: 6,
  });
  const samples = fc.sample(fc.tuple(pattern, letters), { numRuns: 400, seed: 7 });
  const differing = await duckdb.texts(
    samples
      .map(([source, subject]) => {
        // In JavaScript the dot leaves out more line ends than the line feed, and blanks are Unicode's.
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

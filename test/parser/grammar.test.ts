import fc from "fast-check";
import { expect, it } from "vitest";
import { lex } from "../../src/parser/lex.ts";
import { scan } from "../../src/parser/scan.ts";
import * as tokens from "../../src/parser/tokens.ts";
import { snippets } from "./snippets.ts";
import { parseText } from "./support.ts";

/** A text of each token of another language. */
const FOREIGN = [...["<<<<<<< ours\n", '"a', "'a'", "-- a\n", "/* a */", ";", "&&", "||", "!", "->", "|", "===", "<>"]];

const { CommentToken, lexerTokens, Space } = tokens;

function typesIn(texts: readonly string[]): ReadonlySet<tokens.TokenType> {
  return new Set(texts.flatMap((text) => lex({ path: "test.medal", text }).tokens.map(({ type }) => type)));
}

it("correct programs use every token of the language, and no token of another", () => {
  const used = typesIn(snippets);
  const unused = tokens.vocabulary.filter((type) => tokens.kindOf(type) !== "foreign" && !used.has(type));
  expect(unused.map((each) => each.name)).toEqual([]);
  expect(snippets.filter((text) => parseText(text).diagnostics.length > 0)).toEqual([]);
});

it("every token of another language is reported", () => {
  const types = new Set(FOREIGN.map((text) => scan(text).tokens[0]?.type));
  expect(types).toEqual(new Set(lexerTokens.filter((type) => tokens.kindOf(type) === "foreign")));
  for (const text of FOREIGN) expect(parseText(`silver t { from bronze.b ${text} }`).diagnostics, text).not.toEqual([]);
});

/** The first type of the table that matches at an offset, by trying all of them. */
function firstMatch(text: string, at: number): readonly [type: tokens.TokenType, image: string] | undefined {
  for (const type of lexerTokens) {
    const { pattern = "" } = type;
    const source = typeof pattern === "string" ? pattern.replaceAll(/\W/g, "\\$&") : pattern.source;
    const [image] = new RegExp(`^(?:${source})`).exec(text.slice(at)) ?? [];
    if (image !== undefined) return [type, image];
  }
  return undefined;
}

it("the scanner returns the first matching row of the table", () => {
  const texts = lexerTokens.flatMap(({ pattern }) => (typeof pattern === "string" ? pattern : []));
  const part = fc.oneof(
    fc.constantFrom(
      ...texts,
      ...FOREIGN,
      "a1",
      "`b c`",
      '"d"',
      "1.5",
      "é",
      "\u201cx\u201d",
      "#",
      "\\",
      " ",
      "\n",
      "// e",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const text = parts.join("");
      const { tokens: scanned, comments, unknown } = scan(text);
      const expected: (readonly [number, tokens.TokenType, string])[] = [];
      let missed = 0;
      for (let at = 0; at < text.length; ) {
        const [type, image] = firstMatch(text, at) ?? [];
        if (type === undefined || image === undefined) missed++;
        else if (type !== Space) expected.push([at, type, image]);
        at += image?.length ?? 1;
      }
      const found = [...scanned, ...comments].sort((a, b) => a.start - b.start);
      expect(found.map(({ start, type, image }) => [start, type, image])).toEqual(expected);
      expect(comments.every(({ type }) => type === CommentToken)).toBe(true);
      expect(unknown.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(missed);
    }),
    { seed: 20_261_130, numRuns: 1000 },
  );
});

it("every keyword is lower case, unique, and has a kind", () => {
  const texts = tokens.keywords.map((each) => each.text);
  expect(new Set(texts).size).toBe(texts.length);
  for (const { text, type } of tokens.keywords) {
    expect(text).toMatch(/^[a-z]+$/);
    expect(tokens.kindOf(type)).toMatch(/^(keyword|constant)$/);
  }
});

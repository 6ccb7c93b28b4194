/** For any program: formatting keeps the meaning and every comment, and formatting again changes nothing. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { format } from "../../src/format/format.ts";
import { lex } from "../../src/parser/lex.ts";
import { Dot, Identifier, Tag } from "../../src/parser/tokens.ts";
import { snippets, titled } from "../parser/snippets.ts";
import { parseText, withoutPlaces } from "../parser/support.ts";

function formatted(text: string): string {
  const result = format({ path: "test.medal", text });
  if (result === undefined) throw new Error(`not formatted: ${text}`);
  return result;
}

function commentsOf(text: string): readonly string[] {
  return parseText(text).module.comments.map((each) => each.text.replace(/[ \t]+$/, ""));
}

/** All tokens except commas, which depend on the layout. */
function tokensOf(text: string): readonly string[] {
  const { tokens } = lex({ path: "test.medal", text });
  return tokens.map(({ image }) => image).filter((image) => image !== ",");
}

function expectSound(text: string): void {
  const once = formatted(text);
  expect(formatted(once)).toBe(once);
  expect(parseText(once).diagnostics).toEqual([]);
  expect(withoutPlaces(parseText(once).module)).toEqual(withoutPlaces(parseText(text).module));
  expect([...commentsOf(once)].sort()).toEqual([...commentsOf(text)].sort());
  expect(tokensOf(once)).toEqual(tokensOf(text));
  const ends = once.match(/\r?\n/g) ?? [];
  expect(new Set(ends).size).toBeLessThanOrEqual(1);
  expect(once.replaceAll("\r\n", "\n")).not.toMatch(/[ \t\r]\n|\n\n\n|^\n|\n\n$|[^\n]$/);
}

it.each(titled(snippets))("the program as it is written: %j", (_, text) => expectSound(text));

const blanks = fc.constantFrom(...Array<string>(8).fill(" "), "\n", "\n\n", "\r\n");
const comments = fc.constantFrom(
  " // behind\n",
  "\n// above\n",
  "\n\n// apart\n\n",
  " /// no doc\n",
  "\n/// doc\n/// in two lines\n",
);

/** A program with other whitespace, comments and lengths of names. */
const scattered = fc
  .record({
    text: fc.constantFrom(...snippets.filter((each) => each.length < 3000)),
    tail: fc.constantFrom("", "_a_rather_long_tail", "_a_rather_long_tail_of_a_name_that_goes_on"),
    isLong: fc.func(fc.boolean()),
    gap: fc.constantFrom(blanks, fc.oneof({ weight: 3, arbitrary: blanks }, { weight: 2, arbitrary: comments })),
  })
  .chain(({ text, tail, isLong, gap }) => {
    const { tokens } = lex({ path: "test.medal", text });
    return fc.array(gap, { minLength: tokens.length, maxLength: tokens.length }).map((gaps) =>
      tokens
        .map((token, index) => {
          const isTight = token.type === Dot || token.type === Tag;
          const end = token.type === Identifier && isLong(index) ? tail : "";
          return token.image + end + (isTight ? "" : (gaps[index] ?? ""));
        })
        .join(""),
    );
  });

it("the program with any whitespace and comments between its tokens, and names of any length", () => {
  const property = fc.property(scattered, (text) => {
    // Few texts are discarded: a line must not look like the start of another item.
    fc.pre(parseText(text).diagnostics.length === 0);
    expectSound(text);
  });
  fc.assert(property, { seed: 20_260_131, numRuns: 400 });
});

it("lists of any length", () => {
  const names = Array.from({ length: 40_000 }, (_, index) => `a${index}`);
  for (const text of [`enum A { ${names.join(", ")} }`, `fn f(): bool = a in [${names.join(", ")}]`]) {
    expect(formatted(text).split("\n").length).toBeGreaterThan(40_000);
  }
});

it("a file with a syntax error is unchanged", () => {
  expect(format({ path: "test.medal", text: "enum A { a" })).toBeUndefined();
});

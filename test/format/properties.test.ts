/** Whatever a program looks like: its format means the same, keeps every comment, and is not changed by formatting again. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { format } from "../../src/format/format.ts";
import { lex } from "../../src/parser/lex.ts";
import { Dot, Tag } from "../../src/parser/tokens.ts";
import { snippets } from "../parser/snippets.ts";
import { parseText, withoutPlaces } from "../parser/support.ts";

function formatted(text: string): string {
  const result = format({ path: "test.medal", text });
  if (result === undefined) throw new Error(`not formatted: ${text}`);
  return result;
}

function commentsOf(text: string): readonly string[] {
  return parseText(text).module.comments.map((each) => each.text.trimEnd());
}

function expectSound(text: string): void {
  const once = formatted(text);
  expect(formatted(once)).toBe(once);
  expect(parseText(once).diagnostics).toEqual([]);
  expect(withoutPlaces(parseText(once).module)).toEqual(withoutPlaces(parseText(text).module));
  expect([...commentsOf(once)].sort()).toEqual([...commentsOf(text)].sort());
  expect(once).not.toMatch(/[ \t\r]\n|\n\n\n|^\n|\n\n$|[^\n]$/);
}

it.each(snippets)("the program as it is written: %j", expectSound);

const gaps = fc.constantFrom(
  " ",
  " ",
  " ",
  "  ",
  "\n",
  "\n\n",
  "\n\n\n\n",
  " // behind\n",
  "\n// above\n",
  "\n\n// apart\n\n",
  "\r\n",
);

/** A program with other blanks and comments between its tokens. */
const scattered = fc.constantFrom(...snippets.filter((each) => each.length < 3000)).chain((text) => {
  const { tokens } = lex({ path: "test.medal", text });
  return fc.array(gaps, { minLength: tokens.length, maxLength: tokens.length }).map((spaces) =>
    tokens
      .map((token, index) => {
        const isTight = token.tokenType === Dot || token.tokenType === Tag;
        return token.image + (isTight ? "" : (spaces[index] ?? " "));
      })
      .join(""),
  );
});

it("the program with any blanks and comments between its tokens", () => {
  const property = fc.property(scattered, (text) => {
    // Few texts fall out: a line may not look like the start of another item.
    fc.pre(parseText(text).diagnostics.length === 0);
    expectSound(text);
  });
  fc.assert(property, { seed: 20_260_131, numRuns: 400 });
});

it("what has a mistake of syntax is left alone", () => {
  expect(format({ path: "test.medal", text: "enum A { a" })).toBeUndefined();
});

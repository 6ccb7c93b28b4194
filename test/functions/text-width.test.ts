/** No text is longer than the width that its function's rule gives: by the vectors of the catalogue, and for random texts. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { catalog, findFunction } from "../../src/functions/catalog.ts";
import type { ArgumentInfo, TextWidth } from "../../src/functions/entry.ts";
import { UNKNOWN_WIDTH, widthOfText, widthOfType } from "../../src/functions/text-width.ts";
import type { LiteralExpr } from "../../src/semantics/typed.ts";
import { decimal, INT, LONG, STRING, TIMESTAMP } from "../../src/types.ts";
import { vectorCalls } from "./calls.ts";
import { isFailure } from "./vectors/vector.ts";

const info = ({ type, nullable, value }: LiteralExpr): ArgumentInfo => ({ type, nullable, literal: value });
const widthOf = ({ value, type }: LiteralExpr): TextWidth =>
  type.kind === "string" || type.kind === "enum" ? widthOfText(String(value ?? "")) : UNKNOWN_WIDTH;

function fits(text: string, { characters, bytes }: TextWidth): boolean {
  const found = widthOfText(text);
  return found.characters <= characters && found.bytes <= bytes;
}

const calls = vectorCalls.filter(({ outcome }) => !isFailure(outcome) && typeof outcome.value === "string");
const isText = ({ outcome }: (typeof calls)[number]) => !isFailure(outcome) && outcome.type.kind === "string";

it.each([...Map.groupBy(calls.filter(isText), ({ fn }) => fn)])("%s gives no wider text than its rule", (fn, own) => {
  const rule = findFunction(fn)?.width;
  const wrong = own.filter(({ args, outcome }) => {
    const width = rule?.(args.map(widthOf), args.map(info)) ?? UNKNOWN_WIDTH;
    return !isFailure(outcome) && !fits(String(outcome.value), width);
  });
  expect(wrong.map(({ shown }) => shown)).toEqual([]);
});

it("every function with a text result has a rule, unless any text can come out", () => {
  const without = catalog.filter(
    ({ width, overloads }) =>
      width === undefined && overloads.some(({ result }) => result === STRING || result === "T"),
  );
  const ofText = without.filter(({ overloads }) =>
    overloads.some(({ result, params }) => result === STRING || (result === "T" && params.includes("T"))),
  );
  expect(ofText.map(({ name }) => name)).toEqual(["regexp_replace"]);
});

it("what changes the case or replaces parts of a text stays within its rule", () => {
  const text = fc.string({ unit: fc.constantFrom(..."aßΐİȺſﬃ😀é, ".split("")), maxLength: 8 });
  const rule = (fn: string, ...args: readonly string[]): TextWidth => {
    const literals = args.map((value): LiteralExpr => ({ kind: "literal", type: STRING, nullable: false, value }));
    return findFunction(fn)?.width?.(literals.map(widthOf), literals.map(info)) ?? UNKNOWN_WIDTH;
  };
  fc.assert(
    fc.property(text, text.filter(Boolean), text, (all, from, to) => {
      expect(fits(all.toUpperCase(), rule("upper", all))).toBe(true);
      expect(fits(all.toLowerCase(), rule("lower", all))).toBe(true);
      expect(
        fits(
          all.replaceAll(from, () => to),
          rule("replace", all, from, to),
        ),
      ).toBe(true);
    }),
  );
});

it("the texts of other types have the width of their longest value", () => {
  expect(widthOfType(INT)).toEqual(widthOfText("-2147483648"));
  expect(widthOfType(LONG)).toEqual(widthOfText("-9223372036854775808"));
  expect(widthOfType(decimal(3, 3))).toEqual(widthOfText("-0.999"));
  expect(fits("-9.99", widthOfType(decimal(3, 2)))).toBe(true);
  expect(widthOfType(TIMESTAMP)).toEqual(widthOfText("2018-01-31T00:00:00.000000Z"));
  expect(widthOfType({ kind: "string", maxLength: 3 })).toEqual({ characters: 3, bytes: 12 });
});

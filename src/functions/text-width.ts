/** How long the texts of an expression can be: serving layers reserve memory by the declared width of a column. */
import type { Type } from "../types.ts";
import type { ArgumentInfo, TextWidth, WidthRule } from "./entry.ts";

export const UNKNOWN_WIDTH: TextWidth = { characters: Infinity, bytes: Infinity };

/** No character needs more bytes. */
const BYTES_PER_CHARACTER = 4;

export function widthOfText(text: string): TextWidth {
  return { characters: [...text].length, bytes: new TextEncoder().encode(text).length };
}

/** Any text of so many characters. */
export function anyText(characters: number): TextWidth {
  return { characters, bytes: characters * BYTES_PER_CHARACTER };
}

/** A text of so many ASCII characters. */
export function asciiText(characters: number): TextWidth {
  return { characters, bytes: characters };
}

/** The width of `as string` of a value of the type, and of a text of the type. */
export function widthOfType(type: Type): TextWidth {
  switch (type.kind) {
    case "string":
      return type.maxLength === undefined ? UNKNOWN_WIDTH : anyText(type.maxLength);
    case "enum":
      return widest(type.values.map(widthOfText));
    case "int":
      return asciiText(11);
    case "long":
      return asciiText(20);
    case "decimal":
      // A sign, a point, and a zero before it.
      return asciiText(type.precision + 3);
    case "bool":
      return asciiText("false".length);
    case "date":
      return asciiText("2018-01-31".length);
    case "timestamp":
      return asciiText("2018-01-31T23:59:59.999999Z".length);
    default:
      return UNKNOWN_WIDTH;
  }
}

export function widest(widths: readonly TextWidth[]): TextWidth {
  return {
    characters: Math.max(0, ...widths.map(({ characters }) => characters)),
    bytes: Math.max(0, ...widths.map(({ bytes }) => bytes)),
  };
}

/** If both are known to hold. */
export function narrowest(a: TextWidth, b: TextWidth): TextWidth {
  return { characters: Math.min(a.characters, b.characters), bytes: Math.min(a.bytes, b.bytes) };
}

/** No wider than the argument at this position. */
export const asWideAs =
  (position: number): WidthRule =>
  (widths) =>
    widths[position] ?? UNKNOWN_WIDTH;

/** As wide as the widest argument from this position on. */
export const asWideAsAny =
  (from = 0): WidthRule =>
  (widths) =>
    widest(widths.slice(from));

/** All arguments one after the other. */
export const concatenated: WidthRule = (widths) => repeated(1, ...widths);

/** The texts one after the other, so many times. */
export function repeated(times: number, ...widths: readonly TextWidth[]): TextWidth {
  const total = (of: (width: TextWidth) => number): number => {
    const sum = widths.reduce((all, each) => all + of(each), 0);
    return sum === 0 ? 0 : sum * times;
  };
  return { characters: total(({ characters }) => characters), bytes: total(({ bytes }) => bytes) };
}

/** A part of the first argument, of at most as many characters as the constant at a position says. */
export const partOfFirst =
  (position: number): WidthRule =>
  ([first = UNKNOWN_WIDTH], args) =>
    narrowest(first, anyText(constantCount(args[position])));

/** The value of a constant, at least 0; Infinity if it is not one. */
export function constantCount(arg: ArgumentInfo | undefined): number {
  return typeof arg?.literal === "string" ? Math.max(0, Number(arg.literal)) : Infinity;
}

/**
 * The types of decimal arithmetic. Sums, products and quotients get all digits they need, so nothing is ever truncated;
 * results of more than 38 digits are rejected at compile time, because no two engines shorten them in the same way.
 */
import { decimal, MAX_PRECISION, type Type } from "../types.ts";
import type { ArgumentInfo, ResultProblem } from "./entry.ts";

export interface Digits {
  readonly precision: number;
  readonly scale: number;
}

/** The minimum scale of a quotient. */
const MIN_QUOTIENT_SCALE = 6;

/** int and long as decimals, with the digits of their largest values. */
const INT_DIGITS: Digits = { precision: 10, scale: 0 };
const LONG_DIGITS: Digits = { precision: 20, scale: 0 };
const ONE_DIGIT: Digits = { precision: 1, scale: 0 };

/** The digits of a type as a decimal; undefined for types that are not exact numbers. Null takes one digit. */
export function digitsOf(type: Type): Digits | undefined {
  switch (type.kind) {
    case "decimal":
      return type;
    case "int":
      return INT_DIGITS;
    case "long":
      return LONG_DIGITS;
    case "null":
      return ONE_DIGIT;
    default:
      return undefined;
  }
}

/** Like `digitsOf`, but an integer constant has only its own digits: `12` is `decimal(2,0)`. */
export function digitsOfArgument(arg: ArgumentInfo): Digits | undefined {
  const whole = arg.type.kind === "int" || arg.type.kind === "long";
  if (!whole || typeof arg.literal !== "string") return digitsOf(arg.type);
  return { precision: digitsOfText(arg.literal).precision, scale: 0 };
}

/** The digits of a number literal: `0.50` has two, both after the decimal point; `1000.00` has six. */
export function digitsOfText(text: string): Digits {
  const [whole = "", fraction = ""] = text.replace(/^[+-]/, "").split(".");
  const digits = whole.replace(/^0+/, "").length + fraction.length;
  return { precision: Math.max(digits, 1), scale: fraction.length };
}

const MAX_INT = 2147483647n;
const MAX_LONG = 9223372036854775807n;

/**
 * The type of a number literal, with or without a sign: the smaller of int and long that fits, or a decimal of its own
 * digits if it has a decimal point. Undefined if no type fits.
 */
export function typeOfNumber(text: string): Type | undefined {
  if (text.includes(".")) {
    const { precision, scale } = digitsOfText(text);
    return precision > MAX_PRECISION ? undefined : decimal(precision, scale);
  }
  const value = BigInt(text);
  if (value >= -MAX_INT - 1n && value <= MAX_INT) return { kind: "int" };
  return value >= -MAX_LONG - 1n && value <= MAX_LONG ? { kind: "long" } : undefined;
}

export function addDigits(a: Digits, b: Digits): Digits {
  const scale = Math.max(a.scale, b.scale);
  return { precision: Math.max(whole(a), whole(b)) + scale + 1, scale };
}

export function multiplyDigits(a: Digits, b: Digits): Digits {
  return { precision: a.precision + b.precision + 1, scale: a.scale + b.scale };
}

export function divideDigits(a: Digits, b: Digits): Digits {
  const scale = Math.max(MIN_QUOTIENT_SCALE, a.scale, b.scale);
  return { precision: whole(a) + b.scale + scale, scale };
}

export function remainderDigits(a: Digits, b: Digits): Digits {
  const scale = Math.max(a.scale, b.scale);
  return { precision: Math.max(1, Math.min(whole(a), whole(b)) + scale), scale };
}

/** The smallest decimal that fits every value of both. */
export function commonDigits(a: Digits, b: Digits): Digits {
  const scale = Math.max(a.scale, b.scale);
  return { precision: Math.max(whole(a), whole(b)) + scale, scale };
}

/** The digits before the decimal point. */
export function whole(digits: Digits): number {
  return digits.precision - digits.scale;
}

/** The smallest unit of a scale, as a constant: `0.001` for 3, `1` for 0. */
export function ulp(scale: number): string {
  return scale === 0 ? "1" : `0.${"0".repeat(scale - 1)}1`;
}

/**
 * The type, or the problem that it exceeds 38 digits; `what` names the expression in the message: `decimal(30,2) * …`.
 */
export function decimalOrProblem({ precision, scale }: Digits, what: string): Type | ResultProblem {
  if (precision <= MAX_PRECISION) return decimal(precision, scale);
  return { problem: "decimal-overflow", detail: `${what} needs ${precision} digits, the limit is ${MAX_PRECISION}` };
}

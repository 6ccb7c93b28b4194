/**
 * What functions give, as data: for each entry of the catalogue argument values and the value that comes out. A vector is
 * written once; ../cases.ts asks it wherever an expression can stand, and every engine is judged by the same ones.
 */
import { digitsOfText } from "../../../src/functions/decimals.ts";
import { type LiteralExpr, literal } from "../../../src/semantics/typed.ts";
import { BOOL, DATE, DOUBLE, decimal, INT, LONG, STRING, TIMESTAMP, type Type } from "../../../src/types.ts";

/**
 * Why a query fails: a number does not fit its type · a divisor is zero · a text is not of the type it is cast to · a date
 * or an instant lies beyond the years 0001 to 9999. What each engine calls them stands in ../failures.ts.
 */
export type Failure = "overflow" | "division by zero" | "invalid cast" | "out of range";
export const OVERFLOW: Failure = "overflow";
export const DIVISION_BY_ZERO: Failure = "division by zero";
export const INVALID_CAST: Failure = "invalid cast";
export const OUT_OF_RANGE: Failure = "out of range";

export type Outcome = LiteralExpr | Failure;

export function isFailure(outcome: Outcome): outcome is Failure {
  return typeof outcome === "string";
}

/** Arguments and what comes out. */
export type Vector = readonly [args: readonly LiteralExpr[], expected: Outcome];

/** A value and what `as?` makes of it; where that is null of a value, `as` fails. */
export type CastVector = readonly [from: LiteralExpr, expected: LiteralExpr];

/** Rows (the arguments, and where it is said whether the row counts), and what the aggregate of them gives. */
export type AggregateVector = readonly [rows: readonly AggregateRow[], expected: Outcome];
export type AggregateRow = readonly [args: readonly LiteralExpr[], counts?: boolean | null];

export type Vectors = Readonly<Record<string, readonly Vector[]>>;

export const text = (value: string): LiteralExpr => literal(STRING, value);
export const int = (value: number): LiteralExpr => literal(INT, String(value));
export const long = (value: string | number): LiteralExpr => literal(LONG, String(value));
export const dbl = (value: string): LiteralExpr => literal(DOUBLE, value);
export const bool = (value: boolean): LiteralExpr => literal(BOOL, value);
export const day = (value: string): LiteralExpr => literal(DATE, value);
/** `2018-01-31T23:59:59Z`, with up to six digits of a fraction. */
export const instant = (value: string): LiteralExpr => {
  const [seconds = "", fraction = ""] = value.replace("Z", "").split(".");
  return literal(TIMESTAMP, `${seconds}.${fraction.padEnd(6, "0")}Z`);
};
/** A decimal of its own digits, or of the digits that are said. */
export const dec = (value: string, precision?: number, scale?: number): LiteralExpr => {
  const own = digitsOfText(value);
  return literal(decimal(precision ?? own.precision, scale ?? own.scale), value);
};
export const none = (type: Type): LiteralExpr => literal(type, null);

/** Rows of an aggregate of one argument. */
export const rows = (...values: readonly LiteralExpr[]): readonly AggregateRow[] => values.map((value) => [[value]]);

/**
 * Test vectors of the function catalogue: argument values and the expected result. Each is written once; ../cases.ts
 * tests it wherever an expression can occur, on every engine.
 */
import { digitsOfText } from "../../../src/functions/decimals.ts";
import { type LiteralExpr, literal } from "../../../src/semantics/typed.ts";
import { BOOL, DATE, DOUBLE, decimal, INT, LONG, STRING, TIMESTAMP, type Type } from "../../../src/types.ts";

/**
 * Why a query fails: a number does not fit its type · a divisor is zero · a text cannot be cast to the type · a date or
 * timestamp is outside the years 0001 to 9999. ../failures.ts maps the messages of each engine.
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

/** Arguments and the expected result. */
export type Vector = readonly [args: readonly LiteralExpr[], expected: Outcome];

/** A value and the result of `as?`; if it is null for a value, `as` fails. */
export type CastVector = readonly [from: LiteralExpr, expected: LiteralExpr];

/** Rows (the arguments, and whether the row passes the filter, if there is one), and the result of the aggregate. */
export type AggregateVector = readonly [rows: readonly AggregateRow[], expected: Outcome];
export type AggregateRow = readonly [args: readonly LiteralExpr[], counts?: boolean | null];

export type Vectors = Readonly<Record<string, readonly Vector[]>>;

export const text = (value: string): LiteralExpr => literal(STRING, value);
export const int = (value: number): LiteralExpr => literal(INT, String(value));
export const long = (value: string | number): LiteralExpr => literal(LONG, String(value));
export const dbl = (value: string): LiteralExpr => literal(DOUBLE, value);
export const bool = (value: boolean): LiteralExpr => literal(BOOL, value);
export const day = (value: string): LiteralExpr => literal(DATE, value);
/** `2018-01-31T23:59:59Z`, with up to six fractional digits. */
export const instant = (value: string): LiteralExpr => {
  const [seconds = "", fraction = ""] = value.replace("Z", "").split(".");
  return literal(TIMESTAMP, `${seconds}.${fraction.padEnd(6, "0")}Z`);
};
/** A decimal with its own digits, or with the given precision and scale. */
export const dec = (value: string, precision?: number, scale?: number): LiteralExpr => {
  const own = digitsOfText(value);
  return literal(decimal(precision ?? own.precision, scale ?? own.scale), value);
};
export const none = (type: Type): LiteralExpr => literal(type, null);

/** Rows for an aggregate with one argument. */
export const rows = (...values: readonly LiteralExpr[]): readonly AggregateRow[] => values.map((value) => [[value]]);

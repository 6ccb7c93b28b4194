/** Conversion of doubles to long on Spark, which converts 2^63 to the largest long although it is out of range. */

/** 2^63, the smallest double that is out of range. */
export const TOO_LONG = "9223372036854775808.0";

/** A template that converts the double `{0}` with `value`, and fails for 2^63. */
export function sparkLong(value: string): string {
  return `F.when({0} == ${TOO_LONG}, F.raise_error(F.lit("not long: ${TOO_LONG}"))).otherwise(${value})`;
}

/** Whole numbers of doubles on Spark: it takes 2^63, which is one too many, for the greatest long. */

/** Templates for the double that is one too many, and for a long made of the double `{0}` that fails there. */
export const TOO_LONG = "9223372036854775808.0";

export function sparkLong(value: string): string {
  return `F.when({0} == ${TOO_LONG}, F.raise_error(F.lit("not long: ${TOO_LONG}"))).otherwise(${value})`;
}

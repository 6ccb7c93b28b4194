/**
 * Equivalent mutants: they compute the same value in another way, or remove what the engine does implicitly. Each entry has
 * to match a surviving mutant; one that matches none is outdated and fails the test.
 */
import type { Engine } from "../../src/functions/entry.ts";

export interface Equivalent {
  readonly engine: Engine;
  /** Matches the entry's signature. */
  readonly place: RegExp;
  /** Matches the kind of mutation. */
  readonly what: RegExp;
  readonly why: string;
}

const duckdb = (place: RegExp, what: RegExp, why: string): Equivalent => ({ engine: "duckdb", place, what, why });
const spark = (place: RegExp, what: RegExp, why: string): Equivalent => ({ engine: "spark", place, what, why });

const SHORTCUT = "The removed branch is a shortcut: the next branch returns the same value.";
const LIMIT = "At the limit both branches return the same value.";

export const equivalents: readonly Equivalent[] = [
  duckdb(
    /./,
    /^\{~.*for \{/,
    "The engine implicitly widens operands in arithmetic, and compares values of different types.",
  ),
  duckdb(/ \* /, /^\{~\d\} for CAST/, "A constant of the other operand's type has the same width."),
  duckdb(/\/|safe_div/, /^no parentheses/, "Products and quotients are left-associative."),
  duckdb(
    /\/|safe_div|avg/,
    /\/\/ .* for CAST\(.* AS DECIMAL\(38, 0\)\)$/,
    "An integer times a decimal is a decimal with the same number of digits.",
  ),
  duckdb(
    /safe_div/,
    /^(\{|CAST\(\{).* for CAST\(.* (AS BIGINT|AS HUGEINT|AS DECIMAL\(38, 2\))\)$/,
    "// truncates quotients of short decimals like those of integers.",
  ),
  duckdb(
    /avg/,
    /^\{0\} for CAST\(\{0\} AS DECIMAL\(38, 2\)\)$/,
    "The product with such a short factor fits into the digits of the type.",
  ),
  duckdb(
    / in \[| between /,
    /^no parentheses/,
    "Operators of higher precedence do not accept bool, and other comparisons have lower precedence.",
  ),
  duckdb(/&|concat/, /^no parentheses/, "No operator on strings has a higher precedence."),
  duckdb(/round/, /for round|of round/, "The cast to the type of the result rounds in the same way."),
  duckdb(/squeeze/, /of trim$/, "At this point spaces are the only whitespace left."),
  duckdb(/substring|left|right/, /^(<= for <|\d for \d)$/, LIMIT),
  duckdb(
    /date\(int/,
    /%04d/,
    "DuckDB reads years, months and days with fewer digits, and rejects those with more in either case.",
  ),
  duckdb(/add_months/, / for CAST/, "A timestamp at midnight is compared and stored as its date."),
  duckdb(/surrogate_key/, / for CAST\(.* AS VARCHAR\)$/, "|| converts numbers, dates and bools to the same string."),
  duckdb(
    /^string as/,
    /^CAST for TRY_CAST/,
    "Only values that DuckDB can cast reach it: conditions are evaluated from left to right.",
  ),
  duckdb(/^string as/, /^no (WHEN )?CAST\(TRY_CAST/, SHORTCUT),
  duckdb(/^string as.? bool/, /^no (WHEN \{0\}|"[a-z]") ?/, SHORTCUT),
  duckdb(/^string as.? enum/, /^no WHEN/, SHORTCUT),
  duckdb(/^string as.? (date|timestamp)/, /^(0001|9999)-/, SHORTCUT),
  duckdb(/^string as.? timestamp/, /^no .*regexp_full_match\(\{0\}|\(:\[0-5\]\\d\(\[\.\]\\d\+\)\?Z\?\)\?'$/, SHORTCUT),
  duckdb(
    /^string as.? (date|timestamp)/,
    /in '0000-'$/,
    "Every string that matches the rest of the pattern matches all of it, or is handled by the next branch.",
  ),
  duckdb(/^string as.? timestamp/, /^no "Z" in/, SHORTCUT),
  duckdb(
    /^string as.? timestamp/,
    /^(> for >=|no ".*" in E')/,
    "DuckDB's cast ignores whitespace; a string is always longer than its year.",
  ),
  duckdb(
    /^string as.? decimal/,
    /^(no TRY_CAST|> for <>)/,
    "The condition then tests whether the string is more than a sign, which is true for every number.",
  ),
  duckdb(/^string as.? decimal/, /^no "\\\\[nf]" in/, "DuckDB does not accept such a string as a number."),
  duckdb(
    /^double as/,
    /^(CAST for TRY_CAST|<= for <|1 for 0)$/,
    "A printed exponent is never between -4 and 14, and NaN and infinity do not reach it.",
  ),
  duckdb(/^double as/, /^no "0" in '0\.'$/, "DuckDB reads a decimal without the zero before its decimal point."),
  spark(/./, /^\{~.*for \{/, "Spark implicitly widens operands in arithmetic."),
  spark(/substring/, /^(<= for <|\d for \d)$/, LIMIT),
  spark(
    /^string as.? double/,
    /^\.cast for \.try_cast$/,
    "The pattern is evaluated first, and matches no string for which the cast fails.",
  ),
  spark(
    /^string as/,
    /^no parentheses: \((~?\{0\}\.rlike|F\.btrim)/,
    "A method call has a higher precedence than ~, and ~~ has no effect.",
  ),
  spark(/abs/, /^<= for <$/, "Negating zero returns zero."),
  spark(/double/, /^9223372036854775808\.09 for/, "It is the same double."),
  spark(/surrogate_key/, /^no "[TZ]" in/, "The two remaining apostrophes are read as one, and the length is the same."),
  spark(/surrogate_key/, /^no \.cast\("string"\)$/, "length and concat convert to the same string implicitly."),
  spark(
    /add_(days|months)/,
    /^\{1\} for F\.when/,
    "A sum outside of the supported years is not evaluated a second time.",
  ),
  spark(/add_(days|months)/, /^4000001 for 4000000$/, "The limit only has to be large enough, not exact."),
  spark(
    /^string as.? double/,
    /^no \.try_cast\("double"\)$/,
    "abs casts a string implicitly, and the pattern has been evaluated before.",
  ),
  spark(
    /^string as (bool|date|double|int|long|timestamp)/,
    /for F\.raise_error/,
    "A string among other values is cast, and fails in the same way.",
  ),
  spark(
    /\/|safe_div|zero_if_null/,
    /^no "0" in "0\.0+1?"$/,
    "Python reads a decimal without the zero before its decimal point.",
  ),
  spark(/double/, /^>= for ==$/, "Greater values fail with an overflow in either case."),
  duckdb(/count_if/, /^2 for 1$/, "Any value is counted."),
];

/**
 * Equivalent mutants: another way to compute the same value, or something that the engine does anyway. Each entry has
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

const SHORT_WAY = "What it leaves out is the short way to what the next branch gives.";
const LIMIT = "At the limit both branches give the same.";

export const equivalents: readonly Equivalent[] = [
  duckdb(
    /./,
    /^\{~.*for \{/,
    "The engine widens by itself what is computed with a wider number, and compares values whatever their types.",
  ),
  duckdb(/ \* /, /^\{~\d\} for CAST/, "A constant of the other operand's type is as wide as it is."),
  duckdb(/\/|safe_div/, /^no parentheses/, "Products and quotients are computed from left to right."),
  duckdb(
    /\/|safe_div|avg/,
    /\/\/ .* for CAST\(.* AS DECIMAL\(38, 0\)\)$/,
    "A whole number times a decimal is a decimal of as many digits.",
  ),
  duckdb(
    /safe_div/,
    /^(\{|CAST\(\{).* for CAST\(.* (AS BIGINT|AS HUGEINT|AS DECIMAL\(38, 2\))\)$/,
    "// cuts the quotient of decimals as it cuts that of whole numbers, while they are short.",
  ),
  duckdb(
    /avg/,
    /^\{0\} for CAST\(\{0\} AS DECIMAL\(38, 2\)\)$/,
    "The product with so short a factor does not leave the digits that the type has.",
  ),
  duckdb(
    / in \[| between /,
    /^no parentheses/,
    "What would bind tighter takes no bool, and other comparisons bind looser.",
  ),
  duckdb(/&|concat/, /^no parentheses/, "No operator that takes texts binds tighter."),
  duckdb(/round/, /for round|of round/, "The cast to the result's digits rounds in the same way."),
  duckdb(/squeeze/, /of trim$/, "Of whitespace only blanks are left then."),
  duckdb(/substring|left|right/, /^(<= for <|\d for \d)$/, LIMIT),
  duckdb(
    /date\(int/,
    /%04d/,
    "DuckDB reads years, months and days of fewer digits; those of more are refused as before.",
  ),
  duckdb(/add_months/, / for CAST/, "An instant at midnight is compared and stored as its date."),
  duckdb(/surrogate_key/, / for CAST\(.* AS VARCHAR\)$/, "|| makes the same text of numbers, dates and bools."),
  duckdb(
    /^string as/,
    /^CAST for TRY_CAST/,
    "Only what DuckDB can read reaches it: conditions are asked from left to right.",
  ),
  duckdb(/^string as/, /^no (WHEN )?CAST\(TRY_CAST/, SHORT_WAY),
  duckdb(/^string as.? bool/, /^no (WHEN \{0\}|"[a-z]") ?/, SHORT_WAY),
  duckdb(/^string as.? enum/, /^no WHEN/, SHORT_WAY),
  duckdb(/^string as.? (date|timestamp)/, /^(0001|9999)-/, SHORT_WAY),
  duckdb(/^string as.? timestamp/, /^no .*regexp_full_match\(\{0\}|\(:\[0-5\]\\d\(\[\.\]\\d\+\)\?Z\?\)\?'$/, SHORT_WAY),
  duckdb(
    /^string as.? (date|timestamp)/,
    /in '0000-'$/,
    "No text of the pattern has the rest but where it has the whole, or the next branch takes it.",
  ),
  duckdb(/^string as.? timestamp/, /^no "Z" in/, SHORT_WAY),
  duckdb(
    /^string as.? timestamp/,
    /^(> for >=|no ".*" in E')/,
    "DuckDB's own cast passes over whitespace; a text is always longer than its year.",
  ),
  duckdb(
    /^string as.? decimal/,
    /^(no TRY_CAST|> for <>)/,
    "Then the text says whether it is more than a sign, which it is for every number.",
  ),
  duckdb(/^string as.? decimal/, /^no "\\\\[nf]" in/, "DuckDB takes no such text for a number."),
  duckdb(
    /^double as/,
    /^(CAST for TRY_CAST|<= for <|1 for 0)$/,
    "An exponent that is written is never between -4 and 14, and what is no number is not asked for.",
  ),
  duckdb(/^double as/, /^no "0" in '0\.'$/, "DuckDB reads a decimal without the zero before its point."),
  spark(/./, /^\{~.*for \{/, "Spark widens by itself what is computed with a wider number."),
  spark(/substring/, /^(<= for <|\d for \d)$/, LIMIT),
  spark(
    /^string as.? double/,
    /^\.cast for \.try_cast$/,
    "The pattern is asked first, and takes no text that the cast would fail for.",
  ),
  spark(
    /^string as/,
    /^no parentheses: \((~?\{0\}\.rlike|F\.btrim)/,
    "A method binds tighter than ~, and ~~ is nothing.",
  ),
  spark(/abs/, /^<= for <$/, "Zero is its own opposite."),
  spark(/double/, /^9223372036854775808\.09 for/, "It is the same double."),
  spark(/surrogate_key/, /^no "[TZ]" in/, "The two apostrophes that are left are one, and the length is the same."),
  spark(/surrogate_key/, /^no \.cast\("string"\)$/, "length and concat make the same text."),
  spark(/add_(days|months)/, /^\{1\} for F\.when/, "A sum that is not in the years is not asked for again."),
  spark(/add_(days|months)/, /^4000001 for 4000000$/, "The limit has to be far enough, not exact."),
  spark(
    /^string as.? double/,
    /^no \.try_cast\("double"\)$/,
    "abs casts a text by itself, and the pattern has been asked.",
  ),
  spark(
    /^string as (bool|date|double|int|long|timestamp)/,
    /for F\.raise_error/,
    "A text among other values is cast, and fails as such a text does.",
  ),
  spark(
    /\/|safe_div|zero_if_null/,
    /^no "0" in "0\.0+1?"$/,
    "Python reads a decimal without the zero before its point.",
  ),
  spark(/double/, /^>= for ==$/, "What is greater fails by itself, as an overflow too."),
  duckdb(/count_if/, /^2 for 1$/, "It is counted, whatever it is."),
];

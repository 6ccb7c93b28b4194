/** Classifies the errors of each engine, as named in the vectors. */
import type { Engine } from "../../src/functions/entry.ts";
import type { Failure } from "./vectors/vector.ts";

/** A number in a program or file, with surrounding whitespace. */
export const NUMBER = "[ \\t\\n\\v\\f\\r]*[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)[ \\t\\n\\v\\f\\r]*";

/**
 * Parts of messages by engine; the first match is the class. The messages of generated code are the same on all
 * engines.
 */
const OWN: readonly (readonly [string, Failure])[] = [
  ["(division|modulo) by zero", "division by zero"],
  ["the date is outside the years 0001 to 9999", "out of range"],
  ["not long: 9223372036854775808\\.0", "overflow"],
  ["(not (int|long|decimal|double|bool|date|timestamp|string\\([0-9]+\\))|not a value of the enum): ", "invalid cast"],
];
const ours = (raised: string) => OWN.map(([text, failure]) => [new RegExp(`^${raised}${text}`), failure] as const);

const ENGINES: Readonly<Record<Engine | "postgres", readonly (readonly [RegExp, Failure])[]>> = {
  duckdb: [
    ...ours("Invalid Input Error: "),
    [new RegExp(`Could not convert string ['"]${NUMBER}['"]`), "overflow"],
    [/Could not convert string|(date|timestamp) field value out of range/, "invalid cast"],
    [/Date out of range/, "out of range"],
    [/overflow|out of range|Failed to cast decimal value|Could not cast value .* to DECIMAL/i, "overflow"],
  ],
  // Error conditions, with their messages.
  spark: [
    ...ours("USER_RAISED_EXCEPTION: \\[USER_RAISED_EXCEPTION\\] "),
    [/^(DIVIDE|REMAINDER)_BY_ZERO/, "division by zero"],
    [new RegExp(`^CAST_INVALID_INPUT.*The value '${NUMBER}'`, "s"), "overflow"],
    [/^CAST_INVALID_INPUT/, "invalid cast"],
    [/^(BINARY_)?ARITHMETIC_OVERFLOW|^CAST_OVERFLOW|^NUMERIC_VALUE_OUT_OF_RANGE/, "overflow"],
  ],
  // SQLSTATE codes.
  postgres: [
    [/^22012/, "division by zero"],
    [/^22P02|^22007/, "invalid cast"],
    [/^22003/, "overflow"],
    [/^22008/, "out of range"],
  ],
};

/** The class of an error; the message itself if it is not caused by a value. */
export function failureOf(engine: Engine | "postgres", message: string): string {
  const found = ENGINES[engine].find(([text]) => text.test(message));
  return found?.[1] ?? message;
}

/** Regular expressions: constants, in what Java and RE2 understand alike. */
import { BOOL, STRING } from "../../types.ts";
import type { ArgumentInfo, FunctionEntry, ResultProblem } from "../entry.ts";
import { checkPattern, checkReplacement } from "../pattern.ts";

const text = (arg: ArgumentInfo | undefined): string => (typeof arg?.literal === "string" ? arg.literal : "");

function problemOf(detail: string | undefined): ResultProblem | undefined {
  return detail === undefined ? undefined : { problem: "invalid-argument", detail };
}

export const patterns: readonly FunctionEntry[] = [
  {
    name: "regexp_like",
    kind: "scalar",
    group: "Patterns",
    usage: "regexp_like(text, pattern)",
    doc: "Whether the pattern occurs somewhere in the text; `^` and `$` tie it to the ends.",
    overloads: [
      {
        params: ["string", { literal: "string" }],
        result: ([, pattern]) => problemOf(checkPattern(text(pattern)).problem) ?? BOOL,
        nulls: "strict",
        render: { duckdb: "regexp_matches({0}, {1})", spark: "{0}.rlike({1:constant})" },
      },
    ],
    examples: ['regexp_like("abc123", "[0-9]+$")'],
  },
  {
    name: "regexp_extract",
    kind: "scalar",
    group: "Patterns",
    usage: "regexp_extract(text, pattern, group)",
    doc: "What the n-th group (0: all) of the first match holds; null where nothing matches.",
    overloads: [
      {
        params: ["string", { literal: "string" }, { literal: "int" }],
        result: ([, pattern, group]) => {
          const { problem, groups } = checkPattern(text(pattern));
          const number = Number(group?.literal);
          const tooMany = number < 0 || number > groups ? `the pattern has no group ${number}` : undefined;
          return problemOf(problem ?? tooMany) ?? STRING;
        },
        nulls: "always",
        render: {
          duckdb: "CASE WHEN regexp_matches({0}, {1}) THEN regexp_extract({0}, {1}, {2}) END",
          spark: "F.when({0}.rlike({1:constant}), F.regexp_extract({0}, {1:constant}, {2:constant}))",
        },
      },
    ],
    examples: [
      'regexp_extract("2018-01-31", "([0-9]+)-([0-9]+)", 2) == "01"',
      'regexp_extract("x", "[0-9]", 0) is null',
    ],
  },
  {
    name: "regexp_replace",
    kind: "scalar",
    group: "Patterns",
    usage: "regexp_replace(text, pattern, replacement)",
    doc: "The text with every match replaced; `\\1` in the replacement is the first group. The pattern may not match the empty text.",
    overloads: [
      {
        params: ["string", { literal: "string" }, { literal: "string" }],
        result: ([, pattern, replacement]) => {
          const { problem, groups, matchesEmpty } = checkPattern(text(pattern));
          const empty = matchesEmpty ? "the pattern matches the empty text" : undefined;
          return problemOf(problem ?? empty ?? checkReplacement(text(replacement), groups)) ?? STRING;
        },
        nulls: "strict",
        render: {
          duckdb: "regexp_replace({0}, {1}, {2}, 'g')",
          spark: "F.regexp_replace({0}, {1:constant}, {2:constant})",
        },
      },
    ],
    examples: ['regexp_replace("a1b22", "[0-9]+", "#") == "a#b#"'],
  },
];

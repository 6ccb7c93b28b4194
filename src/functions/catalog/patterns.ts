/** Regular expression functions. Patterns are constants, in the common subset of Java and RE2. */
import { BOOL, STRING } from "../../types.ts";
import {
  type ArgumentInfo,
  type Engine,
  type FunctionEntry,
  invalid,
  type RenderCall,
  type Template,
} from "../entry.ts";
import { type Pattern, parsePattern, parseReplacement } from "../pattern.ts";
import { asWideAs } from "../text-width.ts";

const text = (arg: ArgumentInfo | undefined): string => (typeof arg?.literal === "string" ? arg.literal : "");

/** A template with the constants translated to the engine's pattern syntax. */
const withPattern =
  (engine: Engine, template: string) =>
  ({ args }: RenderCall): Template => {
    const pattern = parsePattern(text(args[1]));
    if (typeof pattern === "string") throw new Error(pattern);
    const replacement = args[2]?.type.kind === "string" ? parseReplacement(text(args[2]), pattern.groups) : "";
    const second = typeof replacement === "string" ? {} : { 2: replacement[engine] };
    return { text: template, level: "operand", constants: { 1: pattern[engine], ...second } };
  };

const render = (duckdb: string, spark: string) => ({
  duckdb: withPattern("duckdb", duckdb),
  spark: withPattern("spark", spark),
});

/** Checks the pattern and then, with it, the other arguments. */
const checked =
  (more: (pattern: Pattern, args: readonly ArgumentInfo[]) => string | undefined = () => undefined) =>
  (args: readonly ArgumentInfo[]) => {
    const pattern = parsePattern(text(args[1]));
    const problem = typeof pattern === "string" ? pattern : more(pattern, args);
    return problem === undefined ? undefined : invalid(problem);
  };

export const patterns: readonly FunctionEntry[] = [
  {
    name: "regexp_like",
    kind: "scalar",
    group: "Patterns",
    usage: "regexp_like(text, pattern)",
    doc: "True if the pattern matches anywhere in the string; use `^` and `$` to anchor it.",
    overloads: [
      {
        params: ["string", { literal: "string" }],
        result: BOOL,
        check: checked(),
        nulls: "strict",
        render: render("regexp_matches({0}, {1})", "{0}.rlike({1:constant})"),
      },
    ],
    examples: ['regexp_like("abc123", "[0-9]+$")'],
  },
  {
    name: "regexp_extract",
    kind: "scalar",
    group: "Patterns",
    usage: "regexp_extract(text, pattern, group)",
    doc: "The n-th group (0: the whole match) of the first match; null if there is no match.",
    width: asWideAs(0),
    overloads: [
      {
        params: ["string", { literal: "string" }, { literal: "int" }],
        result: STRING,
        check: checked(({ groups }, [, , group]) => {
          const number = Number(group?.literal);
          return number < 0 || number > groups ? `the pattern has no group ${number}` : undefined;
        }),
        nulls: "always",
        render: render(
          "CASE WHEN regexp_matches({0}, {1}) THEN regexp_extract({0}, {1}, {2}) END",
          "F.when({0}.rlike({1:constant}), F.regexp_extract({0}, {1:constant}, {2:constant}))",
        ),
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
    doc: "The string with every match replaced; `\\1` in the replacement is the first group. The pattern must not match the empty string.",
    overloads: [
      {
        params: ["string", { literal: "string" }, { literal: "string" }],
        result: STRING,
        check: checked(({ groups, matchesEmpty }, [, , replacement]) => {
          if (matchesEmpty) return "the pattern matches the empty text";
          const parsed = parseReplacement(text(replacement), groups);
          return typeof parsed === "string" ? parsed : undefined;
        }),
        nulls: "strict",
        render: render("regexp_replace({0}, {1}, {2}, 'g')", "F.regexp_replace({0}, {1:constant}, {2:constant})"),
      },
    ],
    examples: ['regexp_replace("a1b22", "[0-9]+", "#") == "a#b#"'],
  },
];

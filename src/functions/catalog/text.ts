/** String functions. Characters are code points; positions start at 1. */
import { BOOL, INT, STRING } from "../../types.ts";
import {
  type ArgumentInfo,
  at,
  type FunctionEntry,
  invalid,
  type Overload,
  type ParameterType,
  type RenderCall,
  type ResultProblem,
  type Template,
  type TextWidth,
  type WidthRule,
} from "../entry.ts";
import { anyText, asWideAs, concatenated, constantCount, partOfFirst, repeated, UNKNOWN_WIDTH } from "../text-width.ts";

/** The first argument, a text, without ASCII whitespace at both ends. */
export const DUCKDB_STRIPPED = "trim({0}, E' \\t\\n\\x0B\\f\\r')";
export const SPARK_STRIPPED = 'F.btrim({0}, F.lit(" \\t\\n\\x0b\\f\\r"))';

type Render = Overload["render"];

const fn = (
  usage: string,
  doc: string,
  params: readonly ParameterType[],
  result: Overload["result"],
  render: Render,
  examples: readonly string[],
  more: { readonly check?: Overload["check"]; readonly width?: WidthRule } = {},
): FunctionEntry => ({
  name: usage.slice(0, usage.indexOf("(")),
  kind: "scalar",
  group: "Text",
  usage,
  doc,
  overloads: [{ params, result, nulls: "strict", render, ...(more.check ? { check: more.check } : {}) }],
  examples,
  ...(more.width ? { width: more.width } : {}),
});

/** Checks constants against minimum values, by the position of the argument. */
const atLeast =
  (limits: Readonly<Record<number, number>>) =>
  (args: readonly ArgumentInfo[]): ResultProblem | undefined => {
    for (const [index, limit] of Object.entries(limits)) {
      const value = args[Number(index)]?.literal;
      if (typeof value === "string" && Number(value) < limit) return invalid(`${value} is less than ${limit}`);
    }
    return undefined;
  };

const notEmpty =
  (index: number, what: string) =>
  (args: readonly ArgumentInfo[]): ResultProblem | undefined =>
    args[index]?.literal === "" ? invalid(`${what} must not be empty`) : undefined;

const isConstant = (arg: ArgumentInfo | undefined): boolean => typeof arg?.literal === "string";

/** An argument clamped to a minimum; constants have been checked already. */
function duckdbAtLeast(index: number, limit: number, args: readonly ArgumentInfo[]): string {
  return isConstant(args[index]) ? `{${index}}` : `CASE WHEN {${index}} < ${limit} THEN ${limit} ELSE {${index}} END`;
}

function sparkAtLeast(index: number, limit: number, args: readonly ArgumentInfo[]): string {
  return isConstant(args[index])
    ? `{${index}:constant}`
    : `F.when({${index}} < ${limit}, ${limit}).otherwise({${index}})`;
}

/** DuckDB's `concat` skips nulls, `||` does not. A `||` that DuckDB evaluates to null at compile time loses its type. */
function duckdbConcat({ args, isFolded }: RenderCall): Template {
  const text = args.map((_, index) => `{${index}}`).join(" || ");
  return args.some(({ nullable }, index) => nullable && isFolded(index))
    ? `CAST(${text} AS {type})`
    : at("concat", text);
}

const checkPad = (args: readonly ArgumentInfo[]): ResultProblem | undefined =>
  [...String(args[2]?.literal)].length === 1 ? atLeast({ 1: 0 })(args) : invalid("the pad must be a single character");

const padded = (name: string, side: string, example: string): FunctionEntry =>
  fn(
    `${name}(text, length, pad)`,
    `The string padded on the ${side} with the pad character, or truncated at its end, to the given length.`,
    ["string", "int", { literal: "string" }],
    STRING,
    {
      duckdb: `${name}({0}, {1}, {2})`,
      spark: `F.${name}({0}, {1:constant}, {2:constant})`,
    },
    [example],
    { check: checkPad, width: (_, args) => anyText(constantCount(args[1])) },
  );

/** A character can become three, and three times its bytes. */
const changedCase: WidthRule = ([text = UNKNOWN_WIDTH]) => repeated(3, text);

/** The widest result replaces as often as `from` fits in. */
const replaced: WidthRule = ([text = UNKNOWN_WIDTH, from = UNKNOWN_WIDTH, to = UNKNOWN_WIDTH]) => {
  const grown = (of: (width: TextWidth) => number): number => {
    const [all, old, replacement] = [of(text), of(from), of(to)];
    if (replacement <= old || all === Infinity) return all;
    return Math.floor(all / old) * replacement + (all % old);
  };
  return { characters: grown(({ characters }) => characters), bytes: grown(({ bytes }) => bytes) };
};

export const text: readonly FunctionEntry[] = [
  {
    name: "&",
    kind: "operator",
    group: "Text",
    usage: "a & b",
    doc: "The two strings concatenated; null if either is null.",
    associative: true,
    width: concatenated,
    overloads: [
      {
        params: ["string", "string"],
        result: STRING,
        nulls: "strict",
        render: { duckdb: duckdbConcat, spark: "F.concat({args})" },
      },
    ],
    examples: ['"a" & "b" == "ab"'],
  },
  {
    name: "concat",
    kind: "scalar",
    group: "Text",
    usage: "concat(a, b, …)",
    doc: "The strings concatenated; null if any is null.",
    associative: true,
    width: concatenated,
    overloads: [
      {
        params: ["string", "string"],
        variadic: true,
        result: STRING,
        nulls: "strict",
        render: {
          duckdb: duckdbConcat,
          spark: "F.concat({args})",
        },
      },
    ],
    examples: ['concat("a", "b", "c") == "abc"'],
  },
  {
    name: "concat_ws",
    kind: "scalar",
    group: "Text",
    usage: "concat_ws(separator, a, b, …)",
    doc: "The strings that are not null, concatenated with a separator. Empty strings count; the separator is a constant.",
    width: ([separator = UNKNOWN_WIDTH, ...texts]) =>
      repeated(1, ...texts, repeated(Math.max(0, texts.length - 1), separator)),
    overloads: [
      {
        params: [{ literal: "string" }, "string"],
        variadic: true,
        result: STRING,
        nulls: "never",
        render: { duckdb: "concat_ws({0}, {rest})", spark: "F.concat_ws({0:constant}, {rest})" },
      },
    ],
    examples: ['concat_ws("-", "a", null, "b") == "a-b"'],
  },
  fn(
    "length(text)",
    "The number of characters (code points).",
    ["string"],
    INT,
    { duckdb: "CAST(length({0}) AS INTEGER)", spark: "F.length({0})" },
    ['length("häß") == 3'],
  ),
  fn(
    "upper(text)",
    "The string in upper case. Letters with exactly one upper-case form are converted; others (`ß`) depend on the engine.",
    ["string"],
    STRING,
    { duckdb: "upper({0})", spark: "F.upper({0})" },
    ['upper("aé") == "AÉ"'],
    { width: changedCase },
  ),
  fn(
    "lower(text)",
    "The string in lower case. Letters with exactly one lower-case form are converted; others (`İ`) depend on the engine.",
    ["string"],
    STRING,
    { duckdb: "lower({0})", spark: "F.lower({0})" },
    ['lower("Ab") == "ab"'],
    { width: changedCase },
  ),
  fn(
    "trim(text)",
    "The string without leading and trailing spaces (U+0020).",
    ["string"],
    STRING,
    { duckdb: "trim({0}, ' ')", spark: "F.trim({0})" },
    ['trim("  a ") == "a"'],
    { width: asWideAs(0) },
  ),
  fn(
    "ltrim(text)",
    "The string without leading spaces (U+0020).",
    ["string"],
    STRING,
    { duckdb: "ltrim({0}, ' ')", spark: "F.ltrim({0})" },
    ['ltrim("  a ") == "a "'],
    { width: asWideAs(0) },
  ),
  fn(
    "rtrim(text)",
    "The string without trailing spaces (U+0020).",
    ["string"],
    STRING,
    { duckdb: "rtrim({0}, ' ')", spark: "F.rtrim({0})" },
    ['rtrim("  a ") == "  a"'],
    { width: asWideAs(0) },
  ),
  fn(
    "strip(text)",
    "The string without leading and trailing ASCII whitespace (tab, line breaks, space).",
    ["string"],
    STRING,
    {
      duckdb: DUCKDB_STRIPPED,
      spark: SPARK_STRIPPED,
    },
    ['strip("\\t a \\n") == "a"'],
    { width: asWideAs(0) },
  ),
  fn(
    "squeeze(text)",
    "The string with every run of ASCII whitespace replaced by one space, and none at its ends.",
    ["string"],
    STRING,
    {
      duckdb: "trim(regexp_replace({0}, '[\\s\\v]+', ' ', 'g'), ' ')",
      spark: 'F.trim(F.regexp_replace({0}, r"\\s+", " "))',
    },
    ['squeeze(" rio \\t de  janeiro ") == "rio de janeiro"'],
    { width: asWideAs(0) },
  ),
  {
    name: "substring",
    kind: "scalar",
    group: "Text",
    usage: "substring(text, start) · substring(text, start, length)",
    doc: "The substring from a position, with an optional length. A start below 1 is 1, a length below 0 is 0.",
    width: partOfFirst(2),
    overloads: [
      {
        params: ["string", "int"],
        result: STRING,
        check: atLeast({ 1: 1 }),
        nulls: "strict",
        render: {
          duckdb: ({ args }) => `substring({0}, ${duckdbAtLeast(1, 1, args)})`,
          spark: ({ args }) => `F.substr({0}, ${isConstant(args[1]) ? "{1}" : sparkAtLeast(1, 1, args)})`,
        },
      },
      {
        params: ["string", "int", "int"],
        result: STRING,
        check: atLeast({ 1: 1, 2: 0 }),
        nulls: "strict",
        render: {
          duckdb: ({ args }) => `substring({0}, ${duckdbAtLeast(1, 1, args)}, ${duckdbAtLeast(2, 0, args)})`,
          spark: ({ args }) => `F.substring({0}, ${sparkAtLeast(1, 1, args)}, ${sparkAtLeast(2, 0, args)})`,
        },
      },
    ],
    examples: [
      'substring("abcdef", 2, 3) == "bcd"',
      'substring("abcdef", 5) == "ef"',
      'substring("abc", 1 - 2, 2) == "ab"',
    ],
  },
  fn(
    "left(text, count)",
    "The first characters. A count below 0 is 0.",
    ["string", "int"],
    STRING,
    { duckdb: ({ args }) => `left({0}, ${duckdbAtLeast(1, 0, args)})`, spark: "F.left({0}, {1})" },
    ['left("abc", 2) == "ab"', 'left("abc", 1 - 2) == ""'],
    { check: atLeast({ 1: 0 }), width: partOfFirst(1) },
  ),
  fn(
    "right(text, count)",
    "The last characters. A count below 0 is 0.",
    ["string", "int"],
    STRING,
    { duckdb: ({ args }) => `right({0}, ${duckdbAtLeast(1, 0, args)})`, spark: "F.right({0}, {1})" },
    ['right("abc", 2) == "bc"', 'right("abc", 1 - 2) == ""'],
    { check: atLeast({ 1: 0 }), width: partOfFirst(1) },
  ),
  fn(
    "contains(text, part)",
    "True if the string contains the part. Every string contains the empty string.",
    ["string", "string"],
    BOOL,
    { duckdb: "contains({0}, {1})", spark: "{0}.contains({1:constant})" },
    ['contains("abc", "b")'],
  ),
  fn(
    "starts_with(text, part)",
    "True if the string starts with the part.",
    ["string", "string"],
    BOOL,
    { duckdb: "starts_with({0}, {1})", spark: "{0}.startswith({1:constant})" },
    ['starts_with("abc", "ab")'],
  ),
  fn(
    "ends_with(text, part)",
    "True if the string ends with the part.",
    ["string", "string"],
    BOOL,
    { duckdb: "ends_with({0}, {1})", spark: "{0}.endswith({1:constant})" },
    ['ends_with("abc", "bc")'],
  ),
  fn(
    "position(part, text)",
    "The position of the first occurrence of the part, starting at 1; 0 if there is none.",
    ["string", "string"],
    INT,
    { duckdb: "CAST(strpos({1}, {0}) AS INTEGER)", spark: "F.instr({1}, {0:constant})" },
    ['position("c", "abc") == 3', 'position("x", "abc") == 0'],
  ),
  fn(
    "replace(text, from, to)",
    "The string with every occurrence of `from` replaced. `from` is a non-empty constant.",
    ["string", { literal: "string" }, "string"],
    STRING,
    { duckdb: "replace({0}, {1}, {2})", spark: "F.replace({0}, {1}, {2})" },
    ['replace("a.b.c", ".", "-") == "a-b-c"'],
    { check: notEmpty(1, "the text to replace"), width: replaced },
  ),
  fn(
    "split_part(text, delimiter, n)",
    "The n-th part of a string split at a delimiter; empty if there are fewer. Delimiter and n are constants.",
    ["string", { literal: "string" }, { literal: "int" }],
    STRING,
    { duckdb: "split_part({0}, {1}, {2})", spark: "F.split_part({0}, {1}, {2})" },
    ['split_part("a/b/c", "/", 2) == "b"', 'split_part("a", "/", 2) == ""'],
    { check: (args) => notEmpty(1, "the delimiter")(args) ?? atLeast({ 2: 1 })(args), width: asWideAs(0) },
  ),
  padded("lpad", "left", 'lpad("7", 3, "0") == "007"'),
  padded("rpad", "right", 'rpad("7", 3, "0") == "700"'),
  fn(
    "repeat(text, count)",
    "The string repeated. A count below 0 is 0.",
    ["string", "int"],
    STRING,
    { duckdb: "repeat({0}, {1})", spark: "F.repeat({0}, {1:constant})" },
    ['repeat("ab", 2) == "abab"', 'repeat("ab", 1 - 2) == ""'],
    {
      check: atLeast({ 1: 0 }),
      width: ([text = UNKNOWN_WIDTH], args) => repeated(constantCount(args[1]), text),
    },
  ),
  fn(
    "reverse(text)",
    "The string reversed by characters (code points).",
    ["string"],
    STRING,
    { duckdb: "array_to_string(list_reverse(string_split({0}, '')), '')", spark: "F.reverse({0})" },
    ['reverse("abc") == "cba"'],
    { width: asWideAs(0) },
  ),
];

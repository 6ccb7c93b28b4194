/**
 * Casts: `as` fails the query for a value that does not fit, `as?` returns null; the checker inserts `widen`.
 *
 * Each type has one grammar for conversion from text. Every engine accepts more, and each something else (`1e3`, `inf`,
 * `1_000`, `٣`, `2018-1-7`, control characters), so each text is tested. DuckDB reads whole files this way, so a cheap
 * test comes first: a text that equals the text of its value is valid. Otherwise the pattern decides. On Spark,
 * searching for a character outside the grammar takes less than half the time of matching the whole text. Nanoseconds
 * per row, 10 million rows, one core, plain `TRY_CAST` / this: int 15/39, decimal(10,2) 25/53, double 20/32, date
 * 23/44, timestamp 38/72 (with `T` and `Z` 38/150), bool 20/18. The patterns alone would take 190 to 290.
 */
import { maxLengthOf, type Type, type TypeKind, typeText } from "../../types.ts";
import { canonicalText } from "../canonical-text.ts";
import type { FunctionEntry, Overload, RenderCall, WidthRule } from "../entry.ts";
import { sparkLong, TOO_LONG } from "../spark-long.ts";
import { narrowest, UNKNOWN_WIDTH, widthOfType } from "../text-width.ts";
import { DUCKDB_STRIPPED, SPARK_STRIPPED } from "./text.ts";

interface TextForm {
  readonly to: TypeKind;
  /** On DuckDB: a condition, never true for null, under which `value` is the correct result or null. */
  readonly duckdb: readonly { readonly when: string; readonly value: (cast: string) => string }[];
  readonly spark: { readonly when: string; readonly value: (cast: string) => string };
}

/** In RE2, `\s` is ASCII whitespace without the vertical tab. */
const duckdbPattern = (pattern: string): string => `regexp_full_match({0}, '[\\s\\v]*${pattern}[\\s\\v]*')`;
/** In Java, `\s` is ASCII whitespace. */
const sparkPattern = (pattern: string): string => `{0}.rlike(r"^\\s*${pattern}\\s*\\z")`;

/**
 * Of the texts that Spark's casts accept, those with only digits, whitespace and these characters are in the grammar.
 */
const sparkCharacters = (characters: string): string => `~{0}.rlike(r"[^\\s0-9${characters}]")`;

const INTEGER = "[+-]?[0-9]+";
const DAY = "\\d\\d\\d\\d-\\d\\d-\\d\\d";
const CLOCK = "([01]\\d|2[0-3]):[0-5]\\d";
const OFFSET = "[+-](0\\d|1[0-4])(:?[0-5]\\d)?";
const SECONDS = ":[0-5]\\d([.]\\d+)?";
const UTC_INSTANT = `${DAY}[T ]${CLOCK}(${SECONDS}Z?)?`;
const INSTANT = `${DAY}[T ]${CLOCK}(${SECONDS}(Z|${OFFSET})?)?`;
/** Year 0 does not exist. */
const NOT_YEAR_0 = "(?!0000)";

const plainValue = (cast: string): string => `${cast}({0} AS {type})`;
const sparkCast = (cast: string): string => `{0}.${cast}({type})`;

/** The value converts back to the same text. */
const ROUND_TRIP = "CAST(TRY_CAST({0} AS {type}) AS VARCHAR) = {0}";

const integer = (to: "int" | "long"): TextForm => ({
  to,
  duckdb: [
    {
      when: `${ROUND_TRIP} OR ${duckdbPattern(INTEGER)}`,
      value: plainValue,
    },
  ],
  spark: { when: sparkCharacters("+-"), value: sparkCast },
});

const TEXT_FORMS: readonly TextForm[] = [
  integer("int"),
  integer("long"),
  {
    to: "decimal",
    duckdb: [
      {
        // Of the texts that TRY_CAST accepts, only those with an exponent, an underscore or nothing but a sign are not
        // in the grammar.
        when:
          `${ROUND_TRIP} OR NOT contains({0}, 'e') AND NOT contains({0}, 'E') AND NOT contains({0}, '_') ` +
          "AND (TRY_CAST({0} AS {type}) <> 0 OR trim({0}, E' \\t\\n\\x0B\\f\\r+-') <> '')",
        value: plainValue,
      },
    ],
    spark: { when: sparkCharacters(".+-"), value: sparkCast },
  },
  {
    to: "double",
    duckdb: [
      {
        // Of the texts that TRY_CAST accepts, only infinity, NaN and those with an underscore or two signs are not in
        // the grammar.
        when: "isfinite(TRY_CAST({0} AS DOUBLE)) AND NOT contains({0}, '_') AND NOT contains({0}, '+-')",
        value: plainValue,
      },
    ],
    spark: {
      when: `${sparkCharacters(".eE+-")} & (F.abs({0}.try_cast("double")) < float("inf"))`,
      value: sparkCast,
    },
  },
  {
    to: "date",
    duckdb: [
      {
        when: `${ROUND_TRIP} AND TRY_CAST({0} AS DATE) BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'`,
        value: plainValue,
      },
      {
        when: `${duckdbPattern(DAY)} AND NOT contains({0}, '0000-')`,
        value: plainValue,
      },
    ],
    spark: { when: sparkPattern(`${NOT_YEAR_0}${DAY}`), value: sparkCast },
  },
  {
    to: "timestamp",
    duckdb: [
      {
        when: `${ROUND_TRIP} AND TRY_CAST({0} AS TIMESTAMP) BETWEEN TIMESTAMP '0001-01-01 00:00:00' AND TIMESTAMP '9999-12-31 23:59:59.999999'`,
        value: plainValue,
      },
      {
        when: `regexp_full_match({0}, '${UTC_INSTANT}') AND NOT contains({0}, '0000-')`,
        value: plainValue,
      },
      {
        // DuckDB ignores the offset in the text of a timestamp without a time zone.
        when: `regexp_full_match(${DUCKDB_STRIPPED}, '${INSTANT}') AND ${DUCKDB_STRIPPED} >= '0001'`,
        value: (cast) => `CAST(${cast}(${DUCKDB_STRIPPED} AS TIMESTAMPTZ) AS TIMESTAMP)`,
      },
    ],
    spark: { when: sparkPattern(`${NOT_YEAR_0}${INSTANT}`), value: sparkCast },
  },
  {
    to: "enum",
    duckdb: [
      { when: "list_contains([{values}], {0})", value: () => "{0}" },
      { when: `list_contains([{values}], ${DUCKDB_STRIPPED})`, value: () => DUCKDB_STRIPPED },
    ],
    spark: { when: `${SPARK_STRIPPED}.isin({values})`, value: () => SPARK_STRIPPED },
  },
];

function fromText({ to, duckdb, spark }: TextForm, lenient: boolean): Overload {
  const whens = duckdb.map(({ when, value }) => `WHEN ${when} THEN ${value(lenient ? "TRY_CAST" : "CAST")}`).join(" ");
  const strictSpark = `F.when(~(${spark.when}), ${sparkFailure(to)}).otherwise(${spark.value("cast")})`;
  return {
    params: ["string"],
    to,
    result: "requested",
    nulls: lenient ? "always" : "strict",
    render: {
      duckdb: lenient ? `CASE ${whens} END` : `CASE ${whens} WHEN {0} IS NOT NULL THEN ${duckdbFailure(to)} END`,
      spark: lenient ? `F.when(${spark.when}, ${spark.value("try_cast")})` : strictSpark,
    },
  };
}

const failure = (to: TypeKind): string => (to === "enum" ? "not a value of the enum: " : `not ${to}: `);
const duckdbFailure = (to: TypeKind): string => `error('${failure(to)}' || {0})`;
const sparkFailure = (to: TypeKind): string => `F.raise_error(F.concat(F.lit("${failure(to)}"), {0}))`;

const YES = ["true", "t", "yes", "y", "1"];
const NO = ["false", "f", "no", "n", "0"];

function textToBool(lenient: boolean): Overload {
  const duckdb = (words: readonly string[]): string =>
    `WHEN lower(${DUCKDB_STRIPPED}) IN (${words.map((word) => `'${word}'`).join(", ")})`;
  const spark = (words: readonly string[]): string =>
    `F.lower(${SPARK_STRIPPED}).isin(${words.map((word) => `"${word}"`).join(", ")})`;
  const plain = "WHEN {0} = 'true' THEN TRUE WHEN {0} = 'false' THEN FALSE";
  const both = `CASE ${plain} ${duckdb(YES)} THEN TRUE ${duckdb(NO)} THEN FALSE`;
  const bothSpark = `F.when(${spark(YES)}, True).when(${spark(NO)}, False)`;
  return {
    params: ["string"],
    to: "bool",
    result: "requested",
    nulls: lenient ? "always" : "strict",
    render: {
      duckdb: lenient ? `${both} END` : `${both} WHEN {0} IS NOT NULL THEN ${duckdbFailure("bool")} END`,
      spark: lenient ? bothSpark : `${bothSpark}.when({0}.isNotNull(), ${sparkFailure("bool")})`,
    },
  };
}

/** A cast between numbers or dates that may not fit. `duckdb` is the expression that DuckDB casts. */
const narrowing = (from: TypeKind, to: TypeKind, lenient: boolean, duckdb = "{0}"): Overload => ({
  params: [from],
  to,
  result: "requested",
  nulls: lenient ? "always" : "strict",
  render: lenient
    ? { duckdb: `TRY_CAST(${duckdb} AS {type})`, spark: "{0}.try_cast({type})" }
    : { duckdb: `CAST(${duckdb} AS {type})`, spark: "{0}.cast({type})" },
});

function doubleToLong(lenient: boolean): Overload {
  const { render, ...rest } = narrowing("double", "long", lenient, "trunc({0})");
  const spark = lenient ? `F.nullif({0}, F.lit(${TOO_LONG})).try_cast({type})` : sparkLong("{0}.cast({type})");
  return { ...rest, render: { ...render, spark } };
}

/** The shortest text of a double without an exponent: DuckDB converts texts with an exponent to inexact decimals. */
const PLAIN_DOUBLE = (() => {
  const text = "CAST({0} AS VARCHAR)";
  const digits = `replace(replace(split_part(${text}, 'e', 1), '-', ''), '.', '')`;
  const exponent = `TRY_CAST(split_part(${text}, 'e', 2) AS INTEGER)`;
  const small = `'0.' || repeat('0', -${exponent} - 1) || ${digits}`;
  const large = `rpad(${digits}, ${exponent} + 1, '0')`;
  const plain = `CASE WHEN {0} < 0 THEN '-' ELSE '' END || CASE WHEN ${exponent} < 0 THEN ${small} ELSE ${large} END`;
  return `CASE WHEN contains(${text}, 'e') THEN ${plain} ELSE ${text} END`;
})();

/** A cast that every value fits. */
const lossless = (from: TypeKind, to: TypeKind): Overload => ({
  params: [from],
  to,
  result: "requested",
  nulls: "strict",
  render: { duckdb: "CAST({0} AS {type})", spark: "{0}.cast({type})" },
});

const toText = (from: TypeKind): Overload => {
  const text = (engine: "duckdb" | "spark") => (call: RenderCall) => {
    const type = call.args[0]?.type;
    const template = type && canonicalText(type, 0);
    if (template === undefined) throw new Error(`${from} has no text`);
    return template[engine];
  };
  return {
    params: [from],
    to: "string",
    result: "requested",
    nulls: "strict",
    render: { duckdb: text("duckdb"), spark: text("spark") },
  };
};

/** To `string(n)`: the text itself, if it is not longer. */
function limitedLength(lenient: boolean): Overload {
  const fits = (length: string, type: Type): string => `${length} <= ${maxLengthOf(type) ?? 0}`;
  const failure = (type: Type): string => `not ${typeText(type)}: `;
  return {
    params: ["string"],
    to: "string",
    result: "requested",
    nulls: lenient ? "always" : "strict",
    render: {
      duckdb: ({ result }) => {
        const start = `CASE WHEN ${fits("length({0})", result)} THEN {0}`;
        return lenient ? `${start} END` : `${start} WHEN {0} IS NOT NULL THEN error('${failure(result)}' || {0}) END`;
      },
      spark: ({ result }) => {
        const start = `F.when(${fits("F.length({0})", result)}, {0})`;
        const failed = `F.raise_error(F.concat(F.lit("${failure(result)}"), {0}))`;
        return lenient ? start : `${start}.when({0}.isNotNull(), ${failed})`;
      },
    },
  };
}

function overloads(lenient: boolean): readonly Overload[] {
  return [
    { params: ["T"], result: "requested", nulls: "strict", render: { duckdb: "{0}", spark: "{0}" } },
    ...TEXT_FORMS.map((form) => fromText(form, lenient)),
    textToBool(lenient),
    limitedLength(lenient),
    lossless("int", "long"),
    narrowing("int", "decimal", lenient),
    lossless("int", "double"),
    toText("int"),
    narrowing("long", "int", lenient),
    narrowing("long", "decimal", lenient),
    lossless("long", "double"),
    toText("long"),
    // DuckDB rounds when it converts to integers; here, as on Spark, the fraction is truncated.
    narrowing("decimal", "int", lenient, "trunc({0})"),
    narrowing("decimal", "long", lenient, "trunc({0})"),
    narrowing("decimal", "decimal", lenient),
    lossless("decimal", "double"),
    toText("decimal"),
    narrowing("double", "int", lenient, "trunc({0})"),
    doubleToLong(lenient),
    // The decimal is that of the shortest text: 1.005 rounds to 1.01 although the double is slightly below it.
    narrowing("double", "decimal", lenient, PLAIN_DOUBLE),
    toText("bool"),
    lossless("date", "timestamp"),
    toText("date"),
    lossless("timestamp", "date"),
    toText("timestamp"),
    toText("enum"),
  ];
}

/** Of a text its own width, of another value that of its text. */
const castText: WidthRule = ([width = UNKNOWN_WIDTH], [arg]) =>
  arg === undefined || arg.type.kind === "string" ? width : narrowest(width, widthOfType(arg.type));

export const casts: readonly FunctionEntry[] = [
  {
    name: "as",
    kind: "operator",
    group: "Casts",
    usage: "x as type",
    doc: "The value cast to another type. The query fails if a value cannot be cast.",
    width: castText,
    overloads: overloads(false),
    examples: ['" 12 " as int == 12', '1.50 as string == "1.50"', "2.999 as int == 2", "1.005 as decimal(3,2) == 1.01"],
  },
  {
    name: "as?",
    kind: "operator",
    group: "Casts",
    usage: "x as? type",
    doc: "The value cast to another type, or null if it cannot be cast.",
    width: castText,
    overloads: overloads(true),
    examples: ['"1.5" as? int is null', '"2018-02-30" as? date is null', '"12" as? int == 12'],
  },
  {
    name: "widen",
    kind: "operator",
    group: "Casts",
    usage: "(implicit)",
    doc: "The implicit widening of an argument. Not written in programs.",
    width: castText,
    overloads: [
      {
        params: ["any"],
        result: "requested",
        nulls: "strict",
        render: { duckdb: "CAST({0} AS {type})", spark: "{0}.cast({type})" },
      },
    ],
    examples: [],
  },
];

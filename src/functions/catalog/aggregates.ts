/** Aggregates: one value for many rows. All except `count()` ignore nulls. */
import { BOOL, DOUBLE, LONG, MAX_PRECISION, type Type, typeText } from "../../types.ts";
import { duckdbUnscaled } from "../decimal-division.ts";
import { type Digits, decimalOrProblem, digitsOf, ulp } from "../decimals.ts";
import {
  type ArgumentInfo,
  at,
  type FunctionEntry,
  type ParameterType,
  type RenderCall,
  type ResultProblem,
} from "../entry.ts";
import { asWideAs } from "../text-width.ts";

/** The digits that a sum has in addition to those of its values: enough for any number of rows. */
const SUM_DIGITS = 10;

function sumType([x]: readonly ArgumentInfo[]): Type | ResultProblem {
  const digits = x && digitsOf(x.type);
  if (digits === undefined) throw new Error("sum takes an exact number");
  return { kind: "decimal", precision: Math.min(MAX_PRECISION, digits.precision + SUM_DIGITS), scale: digits.scale };
}

/** DuckDB lets a sum of 38 digits overflow its type; the conversion through text checks it. */
function duckdbDecimalSum({ result }: RenderCall): string {
  const full = result.kind === "decimal" && result.precision === MAX_PRECISION;
  return full ? "CAST(CAST(sum({0}){filter} AS VARCHAR) AS {type})" : "CAST(sum({0}){filter} AS {type})";
}

/** Four more digits after the decimal point. Nothing is truncated, so the limit is 34 digits. */
function averageType([x]: readonly ArgumentInfo[]): Type | ResultProblem {
  const digits = x && digitsOf(x.type);
  if (x === undefined || digits === undefined) throw new Error("avg takes an exact number");
  return decimalOrProblem(averageDigits(digits), `the average of ${typeText(x.type)}`);
}

const averageDigits = ({ precision, scale }: Digits): Digits => ({ precision: precision + 4, scale: scale + 4 });

/**
 * DuckDB's own average is a double. Here the sum, as an integer of smallest units, is divided with one digit more than
 * required, truncated, and then rounded. If that many digits may overflow a HUGEINT, the remainder is divided
 * separately.
 */
function duckdbDecimalAverage({ args }: RenderCall): string {
  const digits = args[0] && digitsOf(args[0].type);
  if (digits === undefined) throw new Error("avg takes an exact number");
  const { scale } = averageDigits(digits);
  const sum =
    digits.precision + SUM_DIGITS + digits.scale <= MAX_PRECISION
      ? `CAST(sum({0}){filter} * ${10n ** BigInt(digits.scale)} AS HUGEINT)`
      : `sum(${duckdbUnscaled(0, digits, "HUGEINT")}){filter}`;
  const count = "count({0}){filter}";
  if (digits.precision <= 23) {
    return `CAST(CAST(${sum} * 100000 // ${count} AS DECIMAL(38, 0)) * ${ulp(scale + 1)} AS {type})`;
  }
  const whole = `CAST(CAST(${sum} // ${count} AS DECIMAL(38, 0)) * ${ulp(digits.scale)} AS {type})`;
  const rest = `CAST(CAST(${sum} % ${count} * 100000 // ${count} AS DECIMAL(38, 0)) * ${ulp(scale + 1)} AS {type})`;
  return `CAST(${whole} + ${rest} AS {type})`;
}

const extreme = (name: string, doc: string, examples: readonly string[]): FunctionEntry => ({
  name,
  kind: "aggregate",
  group: "Aggregates",
  usage: `${name}(x)`,
  doc,
  duplicates: "safe",
  width: asWideAs(0),
  overloads: [
    {
      params: ["comparable"],
      result: "T",
      nulls: "always",
      emptyIsNull: true,
      render: { duckdb: `${name}({0}){filter}`, spark: `F.${name}({0})` },
    },
    {
      params: ["bool"],
      result: BOOL,
      nulls: "always",
      emptyIsNull: true,
      render: { duckdb: `${name}({0}){filter}`, spark: `F.${name}({0})` },
    },
  ],
  examples,
});

const ofBools = (name: string, doc: string, examples: readonly string[]): FunctionEntry => ({
  name,
  kind: "aggregate",
  group: "Aggregates",
  usage: `${name}(condition)`,
  doc,
  duplicates: "safe",
  overloads: [
    {
      params: ["bool"],
      result: BOOL,
      nulls: "always",
      emptyIsNull: true,
      render: { duckdb: `${name}({0}){filter}`, spark: `F.${name}({0})` },
    },
  ],
  examples,
});

const spread = (name: string, doc: string, examples: readonly string[]): FunctionEntry => ({
  name,
  kind: "aggregate",
  group: "Aggregates",
  usage: `${name}(x)`,
  doc,
  duplicates: "distorted",
  overloads: [
    {
      params: ["double"],
      result: DOUBLE,
      nulls: "always",
      render: { duckdb: `${name}({0}){filter}`, spark: `F.${name}({~0})` },
    },
  ],
  examples,
});

const counted = (param: ParameterType, text: { readonly duckdb: string; readonly spark: string }) => ({
  params: [param],
  result: LONG,
  nulls: "never" as const,
  render: text,
});

export const aggregates: readonly FunctionEntry[] = [
  {
    name: "count",
    kind: "aggregate",
    group: "Aggregates",
    usage: "count() · count(x)",
    doc: "The number of rows, or of the rows where the value is not null.",
    masks: true,
    duplicates: "distorted",
    overloads: [
      {
        params: [],
        result: LONG,
        nulls: "never",
        duplicates: "rows",
        render: { duckdb: "count(*){filter}", spark: "F.count({rows})" },
      },
      counted("any", { duckdb: "count({0}){filter}", spark: "F.count({0})" }),
    ],
    examples: ["count() == 3", "count(nullif(n, 2)) == 2"],
  },
  {
    name: "count_distinct",
    kind: "aggregate",
    group: "Aggregates",
    usage: "count_distinct(x)",
    doc: "The number of distinct values, not counting null.",
    masks: true,
    duplicates: "safe",
    overloads: [counted("any", { duckdb: "count(DISTINCT {0}){filter}", spark: "F.count_distinct({0})" })],
    examples: ["count_distinct(n % 2) == 2"],
  },
  {
    name: "count_if",
    kind: "aggregate",
    group: "Aggregates",
    usage: "count_if(condition)",
    doc: "The number of rows where the condition is true.",
    masks: true,
    duplicates: "rows",
    overloads: [counted("bool", { duckdb: "count(CASE WHEN {0} THEN 1 END){filter}", spark: "F.count_if({0})" })],
    examples: ["count_if(n > 1) == 2"],
  },
  {
    name: "sum",
    kind: "aggregate",
    group: "Aggregates",
    usage: "sum(x)",
    doc:
      "The sum of the values; null if there are no values. Integers give a long and fail on overflow, " +
      "decimals get ten more digits.",
    duplicates: "distorted",
    adds: true,
    overloads: [
      {
        params: ["long"],
        result: LONG,
        nulls: "always",
        emptyIsNull: true,
        render: { duckdb: "CAST(sum({~0}){filter} AS BIGINT)", spark: "F.sum({~0})" },
      },
      {
        params: ["decimal"],
        result: sumType,
        nulls: "always",
        emptyIsNull: true,
        render: { duckdb: duckdbDecimalSum, spark: "F.sum({0})" },
      },
      {
        params: ["double"],
        result: DOUBLE,
        nulls: "always",
        emptyIsNull: true,
        render: { duckdb: "sum({0}){filter}", spark: "F.sum({0})" },
      },
    ],
    examples: ["sum(n) == 7", "sum(n as decimal(3,2)) == 7.00"],
  },
  {
    name: "avg",
    kind: "aggregate",
    group: "Aggregates",
    usage: "avg(x)",
    doc:
      "The mean of the values; null if there are no values. Integers give a double, decimals an exact decimal with " +
      "four more digits after the decimal point, rounded half up.",
    duplicates: "distorted",
    overloads: [
      {
        params: ["int"],
        result: DOUBLE,
        nulls: "always",
        emptyIsNull: true,
        render: { duckdb: "avg({0}){filter}", spark: "F.avg({0})" },
      },
      {
        params: ["long"],
        result: DOUBLE,
        nulls: "always",
        emptyIsNull: true,
        render: {
          duckdb: at("product", "CAST(sum({0}){filter} AS BIGINT) / count({0}){filter}"),
          spark: at("product", "F.sum({0}) / F.count({0})"),
        },
      },
      {
        params: ["decimal"],
        result: averageType,
        nulls: "always",
        emptyIsNull: true,
        render: { duckdb: duckdbDecimalAverage, spark: "F.avg({0})" },
      },
      {
        params: ["double"],
        result: DOUBLE,
        nulls: "always",
        emptyIsNull: true,
        render: { duckdb: "avg({0}){filter}", spark: "F.avg({0})" },
      },
    ],
    examples: ["avg(n as decimal(3,2)) == 2.333333"],
  },
  extreme(
    "min",
    "The minimum; null if there are no values. Strings are compared by code points; false is less than true.",
    ["min(n) == 1"],
  ),
  extreme(
    "max",
    "The maximum; null if there are no values. Strings are compared by code points; false is less than true.",
    ["max(n) == 4"],
  ),
  ofBools(
    "bool_and",
    "True if the condition is true in every row where it is not null; null if there is no such row.",
    ["bool_and(n > 0)"],
  ),
  ofBools("bool_or", "True if the condition is true in any row; null if it is null in all rows.", ["bool_or(n > 3)"]),
  {
    name: "median",
    kind: "aggregate",
    group: "Aggregates",
    usage: "median(x)",
    doc: "The median as a double: the mean of the two middle values if their number is even.",
    duplicates: "distorted",
    overloads: [
      {
        params: ["double"],
        result: DOUBLE,
        nulls: "always",
        emptyIsNull: true,
        render: { duckdb: "median({0}){filter}", spark: "F.median({~0})" },
      },
    ],
    examples: ["median(n) == 2"],
  },
  spread("stddev_samp", "The sample standard deviation; null for fewer than two values.", [
    "round(stddev_samp(n) as decimal(9,4), 3) == 1.528",
  ]),
  spread("var_samp", "The sample variance; null for fewer than two values.", ["var_samp(nullif(n, 4)) == 0.5"]),
];

/**
 * Independent check: functions that PostgreSQL implements with the same meaning, in PostgreSQL's SQL. It shares no code
 * with the engines, so it detects mistakes that they have in common. Functions that are not tested have a reason.
 */
import { findFunction } from "../../src/functions/resolve.ts";
import type { AggregateExpr, CallExpr, Expr, LiteralExpr } from "../../src/semantics/typed.ts";
import type { Type } from "../../src/types.ts";

/** `{0}` is the first argument, `{rest}` all but the first, `{type}` the result's type; every argument is an operand. */
type Rule = string | Readonly<Partial<Record<Type["kind"], string>>>;

const EXACT = "CAST({0} AS numeric(1000, 60))";
const atLeast = (index: number, limit: number): string =>
  `CASE WHEN {${index}} < ${limit} THEN ${limit} ELSE {${index}} END`;
const months = (unit: number): string =>
  `(extract(year FROM {2}) - extract(year FROM {1})) * ${12 / unit} + ` +
  `(extract(month FROM {2})::int - 1) / ${unit} - (extract(month FROM {1})::int - 1) / ${unit}`;

/** By entry; if it depends on the kind of the first argument, by that. */
export const ASKED: Readonly<Record<string, Rule>> = {
  "+": "CAST({0} + {1} AS {type})",
  "-": "CAST({0} - {1} AS {type})",
  "*": "CAST({0} * {1} AS {type})",
  "/": { long: "CAST({0} AS float8) / {1}", double: "{0} / {1}", decimal: `CAST(${EXACT} / {1} AS {type})` },
  "%": "{0} % {1}",
  div: "{0} / {1}",
  neg: "- {0}",
  "==": "{0} = {1}",
  "!=": "{0} <> {1}",
  "<": "{0} < {1}",
  "<=": "{0} <= {1}",
  ">": "{0} > {1}",
  ">=": "{0} >= {1}",
  "is null": "{0} IS NULL",
  "is not null": "{0} IS NOT NULL",
  in: "{0} IN ({rest})",
  "not in": "{0} NOT IN ({rest})",
  between: "{0} BETWEEN {1} AND {2}",
  "not between": "{0} NOT BETWEEN {1} AND {2}",
  and: "{0} AND {1}",
  or: "{0} OR {1}",
  not: "NOT {0}",
  "??": "coalesce({0}, {rest})",
  coalesce: "coalesce({0}, {rest})",
  nullif: "nullif({0}, {1})",
  if: "CASE WHEN {0} THEN {1} ELSE {2} END",
  zero_if_null: "coalesce({0}, 0)",
  blank_to_null: "nullif(btrim({0}, ' '), '')",
  as: {
    int: "CAST({0} AS {type})",
    long: "CAST({0} AS {type})",
    decimal: "CAST({cut} AS {type})",
    bool: "CAST({0} AS {type})",
    date: "CAST({0} AS {type})",
    enum: "{0}",
  },
  widen: "CAST({0} AS {type})",
  abs: "abs({0})",
  sign: "CAST(sign({0}) AS integer)",
  round: { decimal: "CAST({0} AS {type})" },
  ceil: "CAST(ceil({0}) AS bigint)",
  floor: "CAST(floor({0}) AS bigint)",
  sqrt: "CASE WHEN {0} >= 0 THEN sqrt({0}) END",
  power: "power({0}, {1})",
  ln: "CASE WHEN {0} > 0 THEN ln({0}) END",
  exp: "exp({0})",
  greatest: "greatest({0}, {rest})",
  least: "least({0}, {rest})",
  multiply: "CAST(round({0} * {1}, {2}) AS {type})",
  safe_div: {
    long: "CAST({0} AS float8) / nullif({1}, 0)",
    double: "{0} / nullif({1}, 0)",
    decimal: `CAST(${EXACT} / nullif({1}, 0) AS {type})`,
  },
  pmod: "CASE WHEN {0} % {1} < 0 THEN {0} % {1} + {1} ELSE {0} % {1} END",
  "&": "{0} || {1}",
  concat: "{0} || {all}",
  concat_ws: "concat_ws({0}, {rest})",
  length: "length({0})",
  trim: "btrim({0}, ' ')",
  ltrim: "ltrim({0}, ' ')",
  rtrim: "rtrim({0}, ' ')",
  strip: "btrim({0}, E' \\t\\n\\x0B\\f\\r')",
  squeeze: "btrim(regexp_replace({0}, E'[ \\t\\n\\x0B\\f\\r]+', ' ', 'g'), ' ')",
  left: `left({0}, ${atLeast(1, 0)})`,
  right: `right({0}, ${atLeast(1, 0)})`,
  contains: "strpos({0}, {1}) > 0",
  starts_with: "starts_with({0}, {1})",
  ends_with: "right({0}, length({1})) = {1}",
  position: "strpos({1}, {0})",
  replace: "replace({0}, {1}, {2})",
  split_part: "split_part({0}, {1}, {2})",
  lpad: "lpad({0}, {1}, {2})",
  rpad: "rpad({0}, {1}, {2})",
  repeat: "repeat({0}, {1})",
  reverse: "reverse({0})",
  md5: "md5({0})",
  sha256: "encode(sha256(convert_to({0}, 'UTF8')), 'hex')",
  year: "CAST(extract(year FROM {0}) AS integer)",
  quarter: "CAST(extract(quarter FROM {0}) AS integer)",
  month: "CAST(extract(month FROM {0}) AS integer)",
  day: "CAST(extract(day FROM {0}) AS integer)",
  day_of_year: "CAST(extract(doy FROM {0}) AS integer)",
  iso_day_of_week: "CAST(extract(isodow FROM {0}) AS integer)",
  iso_week: "CAST(extract(week FROM {0}) AS integer)",
  iso_year: "CAST(extract(isoyear FROM {0}) AS integer)",
  hour: "CAST(extract(hour FROM {0}) AS integer)",
  minute: "CAST(extract(minute FROM {0}) AS integer)",
  second: "CAST(trunc(extract(second FROM {0})) AS integer)",
  date: { timestamp: "CAST({0} AS date)" },
  trunc: {
    decimal: "CAST(trunc({0}) AS bigint)",
    double: "CAST(trunc({0}) AS bigint)",
    date: "CAST(date_trunc({1}, {0}) AS date)",
    timestamp: "date_trunc({1}, {0})",
  },
  add_days: "{0} + {1}",
  add_months: "CAST({0} + make_interval(months => {1}) AS date)",
  last_day: "CAST(date_trunc('month', {0}) + interval '1 month - 1 day' AS date)",
  days_between: "{1} - {0}",
  date_diff:
    `CAST(CASE {0} WHEN 'month' THEN ${months(1)} WHEN 'quarter' THEN ${months(3)} WHEN 'year' THEN ${months(12)} ` +
    "ELSE (CAST(date_trunc('week', {2}) AS date) - CAST(date_trunc('week', {1}) AS date)) / 7 END AS integer)",
  elapsed_seconds: "CAST(floor(extract(epoch FROM {1} - {0})) AS bigint)",
  epoch_seconds: "CAST(floor(extract(epoch FROM {0})) AS bigint)",
  count: "count({0}){filter}",
  count_distinct: "count(DISTINCT {0}){filter}",
  count_if: "count(CASE WHEN {0} THEN 1 END){filter}",
  sum: "CAST(sum({0}){filter} AS {type})",
  avg: {
    int: "CAST(avg({0}){filter} AS float8)",
    long: "CAST(CAST(sum({0}){filter} AS bigint) AS float8) / count({0}){filter}",
    decimal: "CAST(CAST(sum({0}){filter} AS numeric(1000, 60)) / nullif(count({0}){filter}, 0) AS {type})",
    double: "avg({0}){filter}",
  },
  min: {
    bool: "bool_and({0}){filter}",
    int: "min({0}){filter}",
    string: "min({0}){filter}",
    date: "min({0}){filter}",
    decimal: "min({0}){filter}",
  },
  max: {
    bool: "bool_or({0}){filter}",
    int: "max({0}){filter}",
    string: "max({0}){filter}",
    date: "max({0}){filter}",
    double: "max({0}){filter}",
  },
  bool_and: "bool_and({0}){filter}",
  bool_or: "bool_or({0}){filter}",
  median: "percentile_cont(0.5) WITHIN GROUP (ORDER BY {0}){filter}",
  stddev_samp: "stddev_samp({0}){filter}",
  var_samp: "var_samp({0}){filter}",
};

/** Entries, and parts of entries, that are not tested on PostgreSQL, and why. */
export const NOT_ASKED: Readonly<Record<string, string>> = {
  "as (of text, doubles and instants)":
    "its casts use another grammar, round instead of truncating, and convert only 15 digits of a double",
  "as?": "it has no cast that returns null",
  "round (of doubles)": "it rounds half to even",
  upper: "it depends on the locale",
  lower: "it depends on the locale",
  substring: "a start below 1 shortens the result",
  regexp_like: "its regular expressions have another syntax",
  regexp_extract: "its regular expressions have another syntax",
  regexp_replace: "its regular expressions have another syntax",
  surrogate_key: "the test would repeat the implementation with md5",
  "date (of three numbers)": "it fails for invalid dates",
  from_epoch_seconds: "it takes a double, which cannot represent every second",
  format_date: "its format patterns differ",
};

/** Whether everything in the expression has a rule. */
export function isAsked(expr: Expr): boolean {
  switch (expr.kind) {
    case "literal":
    case "column":
      return expr.type.kind !== "null";
    case "call":
    case "aggregate":
      return ruleOf(expr) !== undefined && expr.args.every(isAsked);
    case "match":
      return false;
    default:
      return expr satisfies never;
  }
}

/** The expression in PostgreSQL's SQL, in parentheses. */
export function postgresExpression(expr: Expr): string {
  switch (expr.kind) {
    case "literal":
      return postgresLiteral(expr);
    case "column":
      return collated(expr.name, expr.type);
    case "call":
    case "aggregate":
      return collated(`(${filled(expr)})`, expr.type);
    case "match":
      throw new Error("a match has no rule");
    default:
      return expr satisfies never;
  }
}

export function postgresLiteral({ type, value }: LiteralExpr): string {
  if (value === null) return `CAST(NULL AS ${postgresType(type)})`;
  const plain = type.kind === "timestamp" ? String(value).replace("T", " ").replace("Z", "") : String(value);
  return collated(`CAST('${plain.replaceAll("'", "''")}' AS ${postgresType(type)})`, type);
}

/** Text is compared by code points. */
const collated = (text: string, type: Type): string => (type.kind === "string" ? `(${text} COLLATE "C")` : text);

export function postgresType(type: Type): string {
  switch (type.kind) {
    case "decimal":
      return `numeric(${type.precision}, ${type.scale})`;
    case "double":
      return "float8";
    case "int":
      return "integer";
    case "long":
      return "bigint";
    case "bool":
      return "boolean";
    case "date":
    case "timestamp":
      return type.kind;
    default:
      return "text";
  }
}

function ruleOf(expr: CallExpr | AggregateExpr): string | undefined {
  const [first] = expr.args;
  if (expr.fn === "count" && first === undefined) return "count(*){filter}";
  const overload = findFunction(expr.fn)?.overloads[expr.overload];
  if (overload === undefined) throw new Error(`${expr.fn} has no overload ${expr.overload}`);
  const rule = ASKED[expr.fn];
  const asked = typeof rule === "string" || first === undefined ? rule : rule?.[first.type.kind];
  return typeof asked === "string" && (expr.fn !== "date" || overload.params.length === 1) ? asked : undefined;
}

function filled(expr: CallExpr | AggregateExpr): string {
  const args = expr.args.map(postgresExpression);
  const where = expr.kind === "aggregate" ? expr.where : undefined;
  const isWhole = expr.type.kind === "int" || expr.type.kind === "long";
  return (ruleOf(expr) ?? "").replace(/\{(\w+)\}/g, (_, place: string) => {
    if (place === "rest") return args.slice(1).join(", ");
    if (place === "all") return args.slice(1).join(" || ");
    if (place === "type") return postgresType(expr.type);
    if (place === "cut") return isWhole ? `trunc(${args[0]})` : (args[0] ?? "");
    if (place === "filter") return where === undefined ? "" : ` FILTER (WHERE ${postgresExpression(where)})`;
    return args[Number(place)] ?? "";
  });
}

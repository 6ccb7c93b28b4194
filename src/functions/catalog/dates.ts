/** Date and timestamp functions. Weeks follow ISO 8601; the day of a timestamp is its day in UTC. */
import { DATE, INT, LONG, STRING, TIMESTAMP } from "../../types.ts";
import { checkDateFormat, longestFormatted, strftimeFormat } from "../date-format.ts";
import {
  at,
  type FunctionEntry,
  type Overload,
  type ParameterType,
  type RenderCall,
  type Template,
  type WidthRule,
} from "../entry.ts";
import { asciiText } from "../text-width.ts";
import { truncNumber } from "./numbers.ts";

const fn = (
  usage: string,
  doc: string,
  overloads: readonly Overload[],
  examples: readonly string[],
  width?: WidthRule,
): FunctionEntry => ({
  name: usage.slice(0, usage.indexOf("(")),
  kind: "scalar",
  group: "Dates and times",
  usage,
  doc,
  overloads,
  examples,
  ...(width ? { width } : {}),
});

const one = (
  params: readonly ParameterType[],
  result: Overload["result"],
  duckdb: Overload["render"]["duckdb"],
  spark: Overload["render"]["spark"],
  nulls: Overload["nulls"] = "strict",
): Overload => ({ params, result, nulls, render: { duckdb, spark } });

/** A function that extracts a number from a date or timestamp. */
const part = (usage: string, doc: string, duckdb: string, spark: string, example: string): FunctionEntry =>
  fn(
    usage,
    doc,
    (["date", "timestamp"] as const).map((kind) => one([kind], INT, `CAST(${duckdb} AS INTEGER)`, spark)),
    [example],
  );

const clock = (name: string, doc: string, example: string): FunctionEntry =>
  fn(`${name}(t)`, doc, [one(["timestamp"], INT, `CAST(${name}({0}) AS INTEGER)`, `F.${name}({0})`)], [example]);

/** Differences between month, quarter, year and week numbers. Spark's own functions count elapsed time. */
const SPARK_DATE_DIFF: Readonly<Record<string, Template>> = {
  month: at("sum", "(F.year({2}) - F.year({1})) * 12 + F.month({2}) - F.month({1})"),
  quarter: at("sum", "(F.year({2}) - F.year({1})) * 4 + F.quarter({2}) - F.quarter({1})"),
  year: at("sum", "F.year({2}) - F.year({1})"),
  week: '(F.datediff(F.trunc({2}, "week"), F.trunc({1}, "week")) / 7).cast("int")',
};

const OUTSIDE = "the date is outside the years 0001 to 9999";

/** No two dates are this many days or months apart. */
const FARTHEST = 4_000_000;

/**
 * Adds days or months to a date. Engines return dates beyond the supported years, which only some readers accept, so
 * those fail here. If the count is too large for Spark, Spark fails by itself, with a message that does not mention
 * dates.
 */
const shifted = (duckdb: string, spark: string): Overload => {
  const isConstant = ({ args }: RenderCall): boolean => typeof args[1]?.literal === "string";
  return one(
    ["date", "int"],
    DATE,
    (call) => {
      const known = isConstant(call) ? "{0} IS NOT NULL" : "{0} IS NOT NULL AND {1} IS NOT NULL";
      return `CASE WHEN ${duckdb} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN ${duckdb} WHEN ${known} THEN error('${OUTSIDE}') END`;
    },
    (call) => {
      const known = isConstant(call) ? "{0}.isNotNull()" : "{0}.isNotNull() & {1}.isNotNull()";
      const isNear = isConstant(call) && Math.abs(Number(call.args[1]?.literal)) <= FARTHEST;
      // Not as a separate condition: Spark evaluates an expression that occurs twice before any condition.
      const near = `F.when({1}.between(-${FARTHEST}, ${FARTHEST}), {1})`;
      const date = isNear ? spark : spark.replace("{1:constant}", near);
      const inRange = `${date}.between("0001-01-01", "9999-12-31")`;
      return `F.when(${inRange}, ${date}).when(${known}, F.raise_error(F.lit("${OUTSIDE}")))`;
    },
  );
};

export const dates: readonly FunctionEntry[] = [
  fn(
    "date(t) · date(year, month, day)",
    "The date of a timestamp in UTC, or the date from year, month and day: null if it does not exist.",
    [
      one(["timestamp"], DATE, "CAST({0} AS DATE)", "F.to_date({0})"),
      one(
        ["int", "int", "int"],
        DATE,
        "CASE WHEN {0} BETWEEN 1 AND 9999 THEN try_cast(printf('%04d-%02d-%02d', {0}, {1}, {2}) AS DATE) END",
        'F.when({0}.between(1, 9999), F.format_string("%04d-%02d-%02d", {0}, {1}, {2}).try_cast("date"))',
        "always",
      ),
    ],
    ["date(2024, 2, 30) is null", 'date("2018-01-31T23:59:59Z" as timestamp) == date(2018, 1, 31)'],
  ),
  part("year(d)", "The year.", "year({0})", "F.year({0})", "year(date(2018, 1, 31)) == 2018"),
  part("quarter(d)", "The quarter, 1 to 4.", "quarter({0})", "F.quarter({0})", "quarter(date(2018, 4, 1)) == 2"),
  part("month(d)", "The month, 1 to 12.", "month({0})", "F.month({0})", "month(date(2018, 1, 31)) == 1"),
  part("day(d)", "The day of the month, 1 to 31.", "day({0})", "F.day({0})", "day(date(2018, 1, 31)) == 31"),
  part(
    "day_of_year(d)",
    "The day of the year, 1 to 366.",
    "dayofyear({0})",
    "F.dayofyear({0})",
    "day_of_year(date(2024, 12, 31)) == 366",
  ),
  part(
    "iso_day_of_week(d)",
    "The day of the week: 1 is Monday, 7 is Sunday.",
    "isodow({0})",
    "(F.weekday({0}) + 1)",
    "iso_day_of_week(date(2018, 1, 1)) == 1",
  ),
  part(
    "iso_week(d)",
    "The number of the ISO week, 1 to 53.",
    "week({0})",
    "F.weekofyear({0})",
    "iso_week(date(2018, 12, 31)) == 1",
  ),
  part(
    "iso_year(d)",
    "The year that the ISO week belongs to.",
    "isoyear({0})",
    'F.extract(F.lit("YEAROFWEEK"), {0})',
    "iso_year(date(2018, 12, 31)) == 2019",
  ),
  clock("hour", "The hour in UTC, 0 to 23.", 'hour("2018-01-31T23:59:58Z" as timestamp) == 23'),
  clock("minute", "The minute, 0 to 59.", 'minute("2018-01-31T23:59:58Z" as timestamp) == 59'),
  clock("second", "The second, truncated, 0 to 59.", 'second("2018-01-31T23:59:58.9Z" as timestamp) == 58'),
  fn(
    "trunc(x) · trunc(d, unit)",
    "A number truncated to a long; the first day of a date's year, quarter, month or week (Monday); the start of a timestamp's day, hour or minute.",
    [
      ...truncNumber,
      one(
        ["date", { literal: "string", oneOf: ["year", "quarter", "month", "week"] }],
        DATE,
        "CAST(date_trunc({1}, {0}) AS DATE)",
        "F.trunc({0}, {1:constant})",
      ),
      one(
        ["timestamp", { literal: "string", oneOf: ["day", "hour", "minute"] }],
        TIMESTAMP,
        "date_trunc({1}, {0})",
        "F.date_trunc({1:constant}, {0})",
      ),
    ],
    ['trunc(date(2018, 5, 17), "month") == date(2018, 5, 1)', "trunc(-1.9) == -1"],
  ),
  fn(
    "add_days(d, days)",
    "The date plus a number of days; fails outside the years 0001 to 9999.",
    [shifted("{0} + {1}", "F.date_add({0}, {1:constant})")],
    ["add_days(date(2024, 2, 28), 2) == date(2024, 3, 1)"],
  ),
  fn(
    "add_months(d, months)",
    "The date plus a number of months, or the last day of the month if it is shorter; fails outside the years 0001 to 9999.",
    [shifted("CAST({0} + to_months({1}) AS DATE)", "F.add_months({0}, {1:constant})")],
    ["add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)"],
  ),
  fn(
    "last_day(d)",
    "The last day of the date's month.",
    [one(["date"], DATE, "last_day({0})", "F.last_day({0})")],
    ["last_day(date(2024, 2, 1)) == date(2024, 2, 29)"],
  ),
  fn(
    "days_between(from, to)",
    "The number of days from one date to another; negative if the second is earlier.",
    [one(["date", "date"], INT, "CAST({1} - {0} AS INTEGER)", "F.datediff({1}, {0})")],
    ["days_between(date(2018, 1, 1), date(2018, 2, 1)) == 31"],
  ),
  fn(
    "date_diff(unit, from, to)",
    "The number of month, quarter, year or week (Monday) boundaries between two dates.",
    [
      one(
        [{ literal: "string", oneOf: ["month", "quarter", "year", "week"] }, "date", "date"],
        INT,
        // DuckDB's weeks in date_diff do not start on Monday.
        ({ args }) =>
          args[0]?.literal === "week"
            ? "CAST(date_diff('day', date_trunc('week', {1}), date_trunc('week', {2})) // 7 AS INTEGER)"
            : "CAST(date_diff({0}, {1}, {2}) AS INTEGER)",
        ({ args }) => SPARK_DATE_DIFF[String(args[0]?.literal)] ?? "",
      ),
    ],
    ['date_diff("month", date(2018, 1, 31), date(2018, 2, 1)) == 1'],
  ),
  fn(
    "elapsed_seconds(from, to)",
    "The seconds from one timestamp to another, rounded down, as a long.",
    [
      one(
        ["timestamp", "timestamp"],
        LONG,
        // The shift makes the dividend positive, so that // rounds down; it exceeds the difference of any two
        // timestamps.
        {
          level: "sum",
          text: "(epoch_us({1}) - epoch_us({0}) + 400000000000000000) // 1000000 - 400000000000",
        },
        'F.floor((F.unix_micros({1}) - F.unix_micros({0})) / Decimal("1000000")).cast("bigint")',
      ),
    ],
    ['elapsed_seconds("2018-01-01" as date as timestamp, "2018-01-02" as date as timestamp) == 86400'],
  ),
  fn(
    "epoch_seconds(t)",
    "The seconds from 1970-01-01T00:00:00Z to a timestamp, rounded down, as a long.",
    [
      one(
        ["timestamp"],
        LONG,
        { level: "sum", text: "(epoch_us({0}) + 100000000000000000) // 1000000 - 100000000000" },
        "F.unix_seconds({0})",
      ),
    ],
    ["epoch_seconds(date(1970, 1, 2) as timestamp) == 86400"],
  ),
  fn(
    "from_epoch_seconds(seconds)",
    "The timestamp a number of seconds after 1970-01-01T00:00:00Z; fails outside the years 0001 to 9999.",
    [
      one(
        ["long"],
        TIMESTAMP,
        `CASE WHEN {0} BETWEEN -62135596800 AND 253402300799 THEN make_timestamp({0} * 1000000) WHEN {0} IS NOT NULL THEN error('${OUTSIDE}') END`,
        `F.when({0}.between(-62135596800, 253402300799), F.timestamp_seconds({0})).when({0}.isNotNull(), F.raise_error(F.lit("${OUTSIDE}")))`,
      ),
    ],
    ["from_epoch_seconds(86400) == date(1970, 1, 2) as timestamp"],
  ),
  fn(
    "format_date(d, format)",
    "The date or timestamp as a string. The format is a constant of `yyyy MM dd HH mm ss`, `MMM` (`Jan`), `MMMM`, `EEE` (`Mon`), `EEEE` and the separators `- / . : , _` and space; month and day names are English.",
    (["date", "timestamp"] as const).map(
      (kind): Overload => ({
        params: [kind, { literal: "string" }],
        result: STRING,
        check: ([, format]) => checkDateFormat(String(format?.literal), kind),
        nulls: "strict",
        render: {
          duckdb: ({ args }) => `strftime({0}, '${strftimeFormat(String(args[1]?.literal))}')`,
          spark: "F.date_format({0}, {1:constant})",
        },
      }),
    ),
    ['format_date(date(2018, 1, 31), "dd/MM/yyyy") == "31/01/2018"'],
    (_, [, format]) => asciiText(longestFormatted(String(format?.literal))),
  ),
];

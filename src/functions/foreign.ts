/** What other languages call functions, for those who look for them here. */

import type { Type, TypeKind } from "../types.ts";
import { COMPARISONS } from "./catalog/comparison.ts";

/** Functions that are here under another name. */
const RENAMED: Readonly<Record<string, string>> = {
  ceiling: "ceil",
  char_length: "length",
  charindex: "position",
  datediff: "days_between",
  iif: "if",
  instr: "position",
  lcase: "lower",
  len: "length",
  mean: "avg",
  nunique: "count_distinct",
  pow: "power",
  size: "count",
  stddev: "stddev_samp",
  substr: "substring",
  to_char: "format_date",
  ucase: "upper",
  variance: "var_samp",
};

const NO_CLOCK = "There is no clock, so that the same rows always give the same: take the time from a column.";
const CAST = "Write `x as int`, or `x as? int` for null where x is none.";
const LATEST = "To keep one row of each key, write `distinct on KEY latest by …` (or `earliest by`).";
const NULLS = "Write `a ?? b`: b where a is null.";

/** Functions in whose place something else is written. */
const WRITTEN: Readonly<Record<string, string>> = {
  bool: CAST,
  cast: "Write `x as int`.",
  convert: "Write `x as int`.",
  current_date: NO_CLOCK,
  current_timestamp: NO_CLOCK,
  date_trunc: 'Write `trunc(date, "month")`.',
  dateadd: "There are `add_days(date, n)` and `add_months(date, n)`.",
  decimal: CAST,
  dense_rank: LATEST,
  double: CAST,
  fillna: NULLS,
  float: CAST,
  getdate: NO_CLOCK,
  ifnull: NULLS,
  int: CAST,
  isin: "Write `x in [a, b]`.",
  isnull: "Write `a ?? b` for b where a is null, and `a is null` for the question.",
  long: CAST,
  notnull: "Write `a is not null`.",
  now: NO_CLOCK,
  nvl: NULLS,
  rank: LATEST,
  row_number: LATEST,
  str: CAST,
  string: CAST,
  sysdate: NO_CLOCK,
  to_date: "Write `x as date`, or `x as? date` where a text may be none.",
  to_timestamp: "Write `x as timestamp`, or `x as? timestamp` where a text may be none.",
  today: NO_CLOCK,
  try_cast: "Write `x as? int`: null where x is none.",
};

/** The function of ours that another language calls so. */
export function renamedFunction(name: string): string | undefined {
  return own(RENAMED, name);
}

/** What is written in place of another language's function, as a hint. */
export function writtenInstead(name: string): string | undefined {
  return own(WRITTEN, name);
}

/** The same for what is no call, as `current_date` in SQL: nothing here tells the time. */
export function clockInstead(name: string): string | undefined {
  return own(WRITTEN, name) === NO_CLOCK ? NO_CLOCK : undefined;
}

/** Python's constants, which look like names of columns here. */
export function constantInstead(name: string): string | undefined {
  if (/^(None|Null|nil|NaN|nan)$/.test(name)) return "Write `null`; `x is null` asks for it.";
  return name === "True" || name === "False" ? `Write \`${name.toLowerCase()}\`.` : undefined;
}

const KINDS_OF_TIME: ReadonlySet<TypeKind> = new Set(["date", "timestamp"]);

/** What is written in place of an operator or function that does not take these types, as a hint. */
export function insteadOfTypes(name: string, types: readonly Type[]): string | undefined {
  const kinds = types.map((each) => each.kind);
  const hasTime = kinds.some((each) => KINDS_OF_TIME.has(each));
  if ((name === "+" || name === "or") && kinds.includes("string")) {
    return `\`${name}\` is for ${name === "+" ? "numbers" : "conditions"}; texts are joined with \`&\`.`;
  }
  if (name === "&" && kinds.includes("bool")) return "Conditions are joined with `and` and `or`.";
  if ((name === "&" || name === "concat") && kinds.includes("string")) return "Make a text of it first: `x as string`.";
  if (name === "-" && kinds.every((each) => KINDS_OF_TIME.has(each))) {
    return "Write `days_between(from, to)` of dates, `elapsed_seconds(from, to)` of instants.";
  }
  if ((name === "+" || name === "-") && hasTime) return "Write `add_days(date, n)` or `add_months(date, n)`.";
  if (kinds.includes("enum") && (ORDERED.has(name) || COMPARISONS.has(name)) && !UNORDERED.has(name)) {
    return "The values of an enum have no order: take their texts, `x as string`, or numbers of your own, by `match`.";
  }
  if (!COMPARISONS.has(name)) return undefined;
  const time = kinds.find((each) => KINDS_OF_TIME.has(each));
  if (time !== undefined && kinds.includes("string")) {
    return `A text is no ${time} by itself: write \`${time === "date" ? '"2018-01-31" as date' : '"2018-01-31" as date as timestamp'}\`.`;
  }
  if (kinds.includes("date") && kinds.includes("timestamp")) return "Write `date(t)` for the day of an instant.";
  return new Set(kinds).size > 1 ? "Both sides are of one type: convert one of them with `as`." : undefined;
}

const ORDERED: ReadonlySet<string> = new Set(["min", "max", "least", "greatest"]);
const UNORDERED: ReadonlySet<string> = new Set(["==", "!=", "in", "not in"]);

function own(table: Readonly<Record<string, string>>, name: string): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

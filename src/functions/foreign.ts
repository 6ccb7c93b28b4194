/** Functions, constants and syntax of other languages, for hints. */

import type { Type, TypeKind } from "../types.ts";
import { COMPARISONS } from "./catalog/comparison.ts";

/** Functions that have another name in Medal. */
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

const NO_CLOCK =
  "Functions that read the clock are not supported, so that a run is repeatable: take the time from a column.";
const CAST = "Write `x as int`, or `x as? int` for null when the conversion fails.";
const LATEST = "To keep one row per key, write `distinct on KEY latest by …` (or `earliest by`).";
const NULLS = "Write `a ?? b`: b if a is null.";

/** Functions that Medal expresses with other syntax. */
const WRITTEN: Readonly<Record<string, string>> = {
  bool: CAST,
  cast: "Write `x as int`.",
  convert: "Write `x as int`.",
  current_date: NO_CLOCK,
  current_timestamp: NO_CLOCK,
  date_trunc: 'Write `trunc(date, "month")`.',
  dateadd: "Use `add_days(date, n)` or `add_months(date, n)`.",
  decimal: CAST,
  dense_rank: LATEST,
  double: CAST,
  fillna: NULLS,
  float: CAST,
  getdate: NO_CLOCK,
  ifnull: NULLS,
  int: CAST,
  isin: "Write `x in [a, b]`.",
  isnull: "Write `a ?? b` for a default, or `a is null` to test for null.",
  long: CAST,
  notnull: "Write `a is not null`.",
  now: NO_CLOCK,
  nvl: NULLS,
  rank: LATEST,
  row_number: LATEST,
  str: CAST,
  string: CAST,
  sysdate: NO_CLOCK,
  to_date: "Write `x as date`, or `x as? date` for null when the conversion fails.",
  to_timestamp: "Write `x as timestamp`, or `x as? timestamp` for null when the conversion fails.",
  today: NO_CLOCK,
  try_cast: "Write `x as? int`: null when the conversion fails.",
};

/** The Medal function that another language calls by this name. */
export function renamedFunction(name: string): string | undefined {
  return own(RENAMED, name);
}

/** The hint for another language's function. */
export function writtenInstead(name: string): string | undefined {
  return own(WRITTEN, name);
}

/** The same for names without a call, such as SQL's `current_date`. */
export function clockInstead(name: string): string | undefined {
  return own(WRITTEN, name) === NO_CLOCK ? NO_CLOCK : undefined;
}

/** Python's constants, which parse as column names. */
export function constantInstead(name: string): string | undefined {
  if (/^(None|Null|nil|NaN|nan)$/.test(name)) return "Write `null`; test for it with `x is null`.";
  return name === "True" || name === "False" ? `Write \`${name.toLowerCase()}\`.` : undefined;
}

const KINDS_OF_TIME: ReadonlySet<TypeKind> = new Set(["date", "timestamp"]);

/** The hint for an operator or function that does not accept these types. */
export function insteadOfTypes(name: string, types: readonly Type[]): string | undefined {
  const kinds = types.map((each) => each.kind);
  const hasTime = kinds.some((each) => KINDS_OF_TIME.has(each));
  if ((name === "+" || name === "or") && kinds.includes("string")) {
    return `\`${name}\` is for ${name === "+" ? "numbers" : "conditions"}; concatenate strings with \`&\`.`;
  }
  if (name === "&" && kinds.includes("bool")) return "Combine conditions with `and` and `or`.";
  if ((name === "&" || name === "concat") && kinds.includes("string")) return "Convert to string first: `x as string`.";
  if (name === "-" && kinds.every((each) => KINDS_OF_TIME.has(each))) {
    return "Use `days_between(from, to)` for dates, `elapsed_seconds(from, to)` for timestamps.";
  }
  if ((name === "+" || name === "-") && hasTime) return "Write `add_days(date, n)` or `add_months(date, n)`.";
  if (kinds.includes("enum") && (ORDERED.has(name) || COMPARISONS.has(name)) && !UNORDERED.has(name)) {
    return "Enum values have no order: convert to string with `x as string`, or map to numbers with `match`.";
  }
  if (!COMPARISONS.has(name)) return undefined;
  const time = kinds.find((each) => KINDS_OF_TIME.has(each));
  if (time !== undefined && kinds.includes("string")) {
    return `A string is not converted to ${time} implicitly: write \`${time === "date" ? '"2018-01-31" as date' : '"2018-01-31" as date as timestamp'}\`.`;
  }
  if (kinds.includes("date") && kinds.includes("timestamp")) return "Write `date(t)` for the date of a timestamp.";
  return new Set(kinds).size > 1 ? "Both sides must have the same type: convert one with `as`." : undefined;
}

const ORDERED: ReadonlySet<string> = new Set(["min", "max", "least", "greatest"]);
const UNORDERED: ReadonlySet<string> = new Set(["==", "!=", "in", "not in"]);

function own(table: Readonly<Record<string, string>>, name: string): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

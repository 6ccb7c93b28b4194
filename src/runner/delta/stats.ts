/** Converts the statistics that DuckDB returns for a written Parquet file to those of Delta. */
import type { Type } from "../../types.ts";
import type { ColumnShape } from "./schema.ts";

/** Statistics of one column from DuckDB's RETURN_STATS, all as text. */
export type WrittenStatistics = Readonly<Record<string, string>>;

/** The number of columns with statistics, as in Delta; more would only make the log larger. */
const COLUMNS_WITH_STATISTICS = 32;

/** Texts are truncated to this many characters. */
const LONGEST_TEXT = 32;

/** Greater than every character, so that a truncated text is still an upper bound. */
const GREATEST_CHARACTER = "\u{10FFFF}";

/** The JSON of an `add`'s statistics. Bounds may be wider than the values, never narrower. */
export function deltaStatistics(
  rowCount: number,
  columns: readonly ColumnShape[],
  written: ReadonlyMap<string, WrittenStatistics>,
): string {
  const minimums: string[] = [];
  const maximums: string[] = [];
  const nullCounts: string[] = [];
  for (const { name, type } of columns.slice(0, COLUMNS_WITH_STATISTICS)) {
    const statistics = written.get(name);
    if (statistics === undefined) continue;
    const member = (value: string) => `${JSON.stringify(name)}:${value}`;
    if (statistics.null_count !== undefined) nullCounts.push(member(statistics.null_count));
    const { min, max, has_nan } = statistics;
    if (min === undefined || max === undefined || has_nan === "true") continue;
    const low = boundText(min, type, "low");
    const high = boundText(max, type, "high");
    if (low === undefined || high === undefined) continue;
    minimums.push(member(low));
    maximums.push(member(high));
  }
  const values = (name: string, members: readonly string[]) => `"${name}":{${members.join(",")}}`;
  const parts = [
    `"numRecords":${rowCount}`,
    values("minValues", minimums),
    values("maxValues", maximums),
    values("nullCount", nullCounts),
  ];
  return `{${parts.join(",")}}`;
}

/** Unquotes the column names in DuckDB's statistics. */
export function unquotedName(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** A bound as JSON; undefined if Delta has none for the type. */
function boundText(text: string, type: Type, side: "low" | "high"): string | undefined {
  switch (type.kind) {
    case "int":
    case "long":
    case "decimal":
    case "double":
      return /^-?[0-9.]+(e[+-]?[0-9]+)?$/i.test(text) ? text : undefined;
    case "date":
      return JSON.stringify(text);
    case "timestamp":
      return instantBound(text, side);
    case "string":
    case "enum":
      return JSON.stringify(textBound(text, side));
    default:
      return undefined;
  }
}

function textBound(text: string, side: "low" | "high"): string {
  const characters = [...text.slice(0, 2 * LONGEST_TEXT + 2)];
  if (characters.length <= LONGEST_TEXT) return text;
  const cut = characters.slice(0, LONGEST_TEXT).join("");
  return side === "low" ? cut : cut + GREATEST_CHARACTER;
}

/** Rounds `2020-01-02 03:04:05.123456+00` down or up to milliseconds, as other writers do. */
function instantBound(text: string, side: "low" | "high"): string | undefined {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text);
  if (!parts) return undefined;
  const [, day, time, fraction = ""] = parts;
  const micros = Number(fraction.padEnd(6, "0"));
  const millis = side === "low" ? Math.floor(micros / 1000) : Math.ceil(micros / 1000);
  const instant = Date.parse(`${day}T${time}.000Z`) + millis;
  return JSON.stringify(new Date(instant).toISOString());
}

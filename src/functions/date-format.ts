/** The formats of `format_date`: a few of Java's letters, which mean one thing on every engine, and marks between them. */
import { invalid, type ResultProblem } from "./entry.ts";

/** A field and what DuckDB's `strftime` calls it. */
const FIELDS: Readonly<Record<string, string>> = {
  yyyy: "%Y",
  MMMM: "%B",
  MMM: "%b",
  MM: "%m",
  dd: "%d",
  EEEE: "%A",
  EEE: "%a",
  HH: "%H",
  mm: "%M",
  ss: "%S",
};

const CLOCK: readonly string[] = ["HH", "mm", "ss"];

/** A run of one letter, or one mark. */
const PIECES = /([A-Za-z])\1*|[^A-Za-z]/gu;
const MARKS = "-/.:,_ ";

/** What is wrong with a format; undefined where nothing is. */
export function checkDateFormat(format: string, kind: "date" | "timestamp"): ResultProblem | undefined {
  if (format === "") return invalid("the format is empty");
  for (const [piece] of format.matchAll(PIECES)) {
    const known = piece in FIELDS || MARKS.includes(piece);
    if (!known) return invalid(`"${piece}" is not a format field: ${Object.keys(FIELDS).join(" ")}`);
    if (kind === "date" && CLOCK.includes(piece)) return invalid(`"${piece}": a date has no time of day`);
  }
  return undefined;
}

/** The format in the letters of `strftime`. */
export function strftimeFormat(format: string): string {
  return format.replace(PIECES, (piece) => FIELDS[piece] ?? piece);
}

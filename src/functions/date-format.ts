/** The formats of `format_date`: a few of Java's letters that mean the same on every engine, and punctuation. */
import { invalid, type ResultProblem } from "./entry.ts";

/** A field and its `strftime` equivalent in DuckDB. */
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

/** A sequence of one letter, or another single character. */
const PIECES = /([A-Za-z])\1*|[^A-Za-z]/gu;
const MARKS = "-/.:,_ ";

/** The problem with a format; undefined if it is valid. */
export function checkDateFormat(format: string, kind: "date" | "timestamp"): ResultProblem | undefined {
  if (format === "") return invalid("the format is empty");
  for (const [piece] of format.matchAll(PIECES)) {
    const known = piece in FIELDS || MARKS.includes(piece);
    if (!known) return invalid(`"${piece}" is not a format field: ${Object.keys(FIELDS).join(" ")}`);
    if (kind === "date" && CLOCK.includes(piece)) return invalid(`"${piece}": a date has no time of day`);
  }
  return undefined;
}

/** The format translated to `strftime`. */
export function strftimeFormat(format: string): string {
  return format.replace(PIECES, (piece) => FIELDS[piece] ?? piece);
}

const LONGEST_NAME: Readonly<Record<string, number>> = { MMMM: "September".length, EEEE: "Wednesday".length };

/** The number of characters of the longest text of the format. */
export function longestFormatted(format: string): number {
  return Array.from(format.matchAll(PIECES), ([piece]) => LONGEST_NAME[piece] ?? piece.length).reduce(
    (all, each) => all + each,
    0,
  );
}

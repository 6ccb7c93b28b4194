/** Rows as an answer: a table for people, every value in full with `--wide`, CSV, and plain data for `--json`. */
import type { Output } from "./io.ts";
import { counted } from "./pluralize.ts";
import { isCut, type TextColumn, textTable, wideTable } from "./table.ts";

export interface RowsFormat {
  /** No value or column is left out. */
  readonly wide?: boolean;
  readonly csv?: boolean;
}

/** Null where there is no value. */
export type Cells = readonly (readonly (string | null)[])[];

/** The text of rows. `hint` says what to do where the text leaves something out. */
export function rowsText(
  columns: readonly TextColumn[],
  cells: Cells,
  { wide, csv }: RowsFormat,
  output: Output,
): { readonly text: string; readonly hint?: string } {
  if (csv === true) return { text: csvText(columns, cells) };
  const rows = cells.map((row) => row.map((value) => value ?? "null"));
  // What is no terminal has no width that a table could be too wide for.
  if (wide === true) return { text: wideTable(columns, rows, output.isLive ? output.width : Number.POSITIVE_INFINITY) };
  const text = textTable(columns, rows, output.width);
  return isCut(columns, rows, output.width) ? { text, hint: "--wide prints every column and value in full" } : { text };
}

/** As RFC 4180 has it and bronze reads it: nothing is null, `""` is the empty text. */
function csvText(columns: readonly TextColumn[], cells: Cells): string {
  const lines = [columns.map(({ name }) => csvField(name)), ...cells.map((row) => row.map(csvField))];
  // A line without anything on it would be no row.
  return lines.map((line) => `${line.length === 1 && line[0] === "" ? '""' : line.join(",")}\n`).join("");
}

function csvField(value: string | null): string {
  if (value === null) return "";
  return value === "" || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** `1 record of bronze.orders was rejected: …` */
export function rejectedNote(count: number, relation: string): string {
  const were = count === 1 ? "was" : "were";
  return `${counted(count, "record")} of ${relation} ${were} rejected: the quarantine of each table that reads it has the rows`;
}

/** Prints rows: as a table, in full with `--wide`, as CSV, or as data for `--json`. */
import type { Output } from "./io.ts";
import { counted } from "./pluralize.ts";
import { isCut, type TextColumn, textTable, wideTable } from "./table.ts";

export interface RowsFormat {
  /** Prints every column and value in full. */
  readonly wide?: boolean;
  readonly csv?: boolean;
}

/** Null for a null value. */
export type Cells = readonly (readonly (string | null)[])[];

/** The rows as text. `hint` says how to see what a table leaves out. */
export function rowsText(
  columns: readonly TextColumn[],
  cells: Cells,
  { wide, csv }: RowsFormat,
  output: Output,
): { readonly text: string; readonly hint?: string } {
  if (csv === true) return { text: csvText(columns, cells) };
  const rows = cells.map((row) => row.map((value) => value ?? "null"));
  // Output that is not a terminal has no maximum width.
  if (wide === true) return { text: wideTable(columns, rows, output.isLive ? output.width : Number.POSITIVE_INFINITY) };
  const text = textTable(columns, rows, output.width);
  return isCut(columns, rows, output.width) ? { text, hint: "--wide prints every column and value in full" } : { text };
}

/** CSV according to RFC 4180, as bronze reads it: an empty field is null, `""` the empty text. */
function csvText(columns: readonly TextColumn[], cells: Cells): string {
  const lines = [columns.map(({ name }) => csvField(name)), ...cells.map((row) => row.map(csvField))];
  // An empty line would not be a row.
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

/** SQL that reads CSV files as rows of text, by the rules of docs/lake.md. */
import { duckdbName, duckdbString } from "../expressions/duckdb.ts";
import type { CsvInput, JsonInput } from "./relation-inputs.ts";

/** The rows of bronze files as text, before conversion. */
export interface TextRows {
  /** A SELECT; `fields` and `malformed` refer to its columns. */
  readonly select: string;
  /** SQL for a column's text, by the column's name; null if the file has none. */
  text(column: string): string;
  /** Whether that is a column of the SELECT. */
  readonly isColumn: boolean;
  /** Whether a missing value may be read as an empty text, so that the two cannot be distinguished. */
  readonly emptyIsNull: boolean;
  /** SQL: whether the record is malformed. */
  readonly malformed: string;
  /** SQL for the original text of a malformed record; undefined if DuckDB does not provide it. */
  readonly raw?: string;
}

/** How files of one form are read together. */
export interface Reading {
  readonly paths: readonly string[];
  /** Adds the column `FILE`: which of the paths a record is from, from 0. */
  readonly withFile: boolean;
  /**
   * Adds the column `PLACE`: of a numbered file the place of the record in its original, otherwise its place in all files
   * together, from 1. DuckDB then reads on one thread, in the order of the paths.
   */
  readonly withPlace: boolean;
}

export const FILE = duckdbName("file");
export const PLACE = duckdbName("place");

/** DuckDB's buffer has to hold two records. Longer records would be dropped or read incorrectly. */
const USUAL_RECORD = 16_000_000;

/** Whether a file has records for which DuckDB needs larger buffers, and reads it on one thread. */
export function hasLongRecords({ longest }: { readonly longest: number }): boolean {
  return longest >= USUAL_RECORD;
}

function sizeOptions(longest: number): readonly string[] {
  const line = Math.max(USUAL_RECORD, longest + 16);
  return [`max_line_size = ${line}`, `buffer_size = ${2 * line}`];
}

/** A text that does not occur in any file. */
const NO_TEXT = "\u0001\u0002\u0001";

/** The name of the field with the place of a record in a numbered file. */
const NUMBER = duckdbName("number");

/**
 * DuckDB binds columns by position, so every column of the header is named, by its number.
 *
 * For a plain file one extra column is declared and short records are padded: a record has the right number of fields if
 * the last column is present and the extra one is not. (DuckDB itself ignores a comma at the end of a record.) The null
 * value, which no file contains, distinguishes an empty text from a missing one. In a quoted file this would read `""` as
 * missing; there DuckDB counts the fields itself.
 *
 * A file with texts that span lines is read sequentially: for a parallel scan DuckDB guesses where records start, and would
 * read lines inside a long text as records.
 */
export function csvRows(input: CsvInput, reading: Reading = alone(input.path)): TextRows {
  const isPlain = input.form === "plain";
  const fields = input.header.map((_, index) => duckdbName(`f${index}`));
  const last = fields.at(-1) ?? "";
  const beyond = duckdbName(`f${fields.length}`);
  const columns = [...(input.isNumbered ? [NUMBER] : []), ...fields, ...(isPlain ? [beyond] : [])];
  const options = [
    "auto_detect = false",
    "header = true",
    "delim = ','",
    "quote = '\"'",
    "escape = '\"'",
    isPlain ? `nullstr = ${duckdbString(NO_TEXT)}, null_padding = true` : "nullstr = '', allow_quoted_nulls = false",
    `parallel = ${input.form !== "spanning" && !hasLongRecords(input)}`,
    ...sizeOptions(input.longest),
    `columns = {${columns.map((name) => `${name}: 'VARCHAR'`).join(", ")}}`,
  ];
  return {
    select: `SELECT ${["*", ...added(input, reading)].join(", ")} FROM ${readCsv(reading.paths, options)}`,
    text: (column) => fields[input.header.indexOf(column)] ?? "NULL",
    isColumn: true,
    emptyIsNull: isPlain,
    malformed: isPlain ? `${last} IS NULL OR ${beyond} IS NOT NULL` : "FALSE",
  };
}

export function alone(path: string): Reading {
  return { paths: [path], withFile: false, withPlace: false };
}

function readCsv(paths: readonly string[], options: readonly string[]): string {
  const [first = ""] = paths;
  const files = paths.length === 1 ? duckdbString(first) : `[${paths.map(duckdbString).join(", ")}]`;
  return `read_csv(${files}, ${options.join(", ")})`;
}

/** The columns `FILE` and `PLACE`. DuckDB numbers rows without an order as it reads them. */
function added({ isNumbered }: CsvInput | JsonInput, { withFile, withPlace }: Reading): readonly string[] {
  const place = isNumbered ? `CAST(${NUMBER} AS BIGINT)` : "row_number() OVER ()";
  return [
    ...(withFile ? [`CAST(file_index AS BIGINT) AS ${FILE}`] : []),
    ...(withPlace ? [`${place} AS ${PLACE}`] : []),
  ];
}

/** SQL: whether a line is not blank. Trimming would be the most expensive step for a line. */
const IS_NOT_BLANK = "CASE WHEN starts_with(line, '{') THEN TRUE ELSE trim(line, E' \\t\\r') <> '' END";

/** Reads files as their non-blank lines. The delimiter is a character that no line contains. */
export function lineRows(input: JsonInput, reading: Reading): string {
  const columns = [...(input.isNumbered ? [NUMBER] : []), "line"];
  const options = [
    "auto_detect = false",
    "header = false",
    "delim = E'\\x01'",
    "quote = ''",
    "escape = ''",
    `parallel = ${!hasLongRecords(input)}`,
    ...sizeOptions(input.longest),
    `columns = {${columns.map((name) => `${name}: 'VARCHAR'`).join(", ")}}`,
  ];
  const list = ["line", ...added(input, reading)].join(", ");
  return `SELECT ${list} FROM ${readCsv(reading.paths, options)} WHERE ${IS_NOT_BLANK}`;
}

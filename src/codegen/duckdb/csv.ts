/** A CSV file as rows of text, as docs/lake.md reads it. */
import { duckdbName, duckdbString } from "../expressions/duckdb.ts";
import type { CsvInput, JsonInput } from "./relation-inputs.ts";

/** Rows of text: what a bronze file is before its columns have types. */
export interface TextRows {
  /** A select; `fields` and `malformed` are in its terms. */
  readonly select: string;
  /** SQL for a column's text, by the column's name; null where the file has none. */
  text(column: string): string;
  /** Whether that is a column of the select. */
  readonly isColumn: boolean;
  /** Whether an empty text may stand where the file has none, so that the two are one. */
  readonly emptyIsNull: boolean;
  /** SQL: whether the record is malformed. */
  readonly malformed: string;
  /** SQL for a malformed record as it stood in the file; undefined where DuckDB cannot say. */
  readonly raw?: string;
}

/** DuckDB reads a record of any length where its buffer holds two of them. It drops what is longer, or takes it for another. */
const USUAL_RECORD = 16_000_000;

function sizeOptions(longest: number): readonly string[] {
  const line = Math.max(USUAL_RECORD, longest + 16);
  return [`max_line_size = ${line}`, `buffer_size = ${2 * line}`];
}

/** No text that a file has. */
const NO_TEXT = "\u0001\u0002\u0001";

/**
 * DuckDB binds columns by place, so every column of the header is named, by its number.
 *
 * In a plain file one more column is asked for and short records are padded: then a record has the right number of
 * fields where the last one is there and the one more is not. (By itself DuckDB lets a comma at the end of a record
 * pass.) An empty text is then known from a missing one by the null value, which no file has. In a quoted file that
 * would take `""` for nothing; there DuckDB counts the fields itself.
 *
 * Where a text spans lines the file is read from its start to its end: to read it from several places DuckDB guesses
 * where records begin, and takes what stands in a long text for records.
 */
export function csvRows(input: CsvInput): TextRows {
  const isPlain = input.form === "plain";
  const fields = input.header.map((_, index) => duckdbName(`f${index}`));
  const last = fields.at(-1) ?? "";
  const beyond = duckdbName(`f${fields.length}`);
  const columns = isPlain ? [...fields, beyond] : fields;
  const options = [
    "auto_detect = false",
    "header = true",
    "delim = ','",
    "quote = '\"'",
    "escape = '\"'",
    isPlain ? `nullstr = ${duckdbString(NO_TEXT)}, null_padding = true` : "nullstr = '', allow_quoted_nulls = false",
    `parallel = ${input.form !== "spanning" && input.longest < USUAL_RECORD}`,
    ...sizeOptions(input.longest),
    `columns = {${columns.map((name) => `${name}: 'VARCHAR'`).join(", ")}}`,
  ];
  return {
    select: `SELECT * FROM read_csv(${duckdbString(input.path)}, ${options.join(", ")})`,
    text: (column) => fields[input.header.indexOf(column)] ?? "NULL",
    isColumn: true,
    emptyIsNull: isPlain,
    malformed: isPlain ? `${last} IS NULL OR ${beyond} IS NOT NULL` : "FALSE",
  };
}

/** SQL: whether a line is more than white space. Trimming costs more than all else that is done to a line. */
const IS_NOT_BLANK = "CASE WHEN starts_with(line, '{') THEN TRUE ELSE trim(line, E' \\t\\r') <> '' END";

/** A file of JSON lines as its lines, but for blank ones. The character that stands for the delimiter is in none. */
export function lineRows({ path, longest }: JsonInput): string {
  const options = [
    "auto_detect = false",
    "header = false",
    "delim = E'\\x01'",
    "quote = ''",
    "escape = ''",
    `parallel = ${longest < USUAL_RECORD}`,
    ...sizeOptions(longest),
    "columns = {line: 'VARCHAR'}",
  ];
  return `SELECT line FROM read_csv(${duckdbString(path)}, ${options.join(", ")}) WHERE ${IS_NOT_BLANK}`;
}

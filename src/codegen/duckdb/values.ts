/** SQL that converts rows of text to the values of columns, and says which rows do not fit them. */
import type { BronzeColumn } from "../../plan/program.ts";
import { maxLengthOf, type Type, typeText } from "../../types.ts";
import { duckdbName, duckdbString } from "../expressions/duckdb.ts";
import { laxValue, textValue, trimmed } from "./convert.ts";
import type { QueryBuilder } from "./query.ts";
import { recordText } from "./record.ts";
import { allOf } from "./row-notices.ts";

/** A column of rows that were converted. */
export interface ConvertedColumn {
  readonly column: BronzeColumn;
  /** SQL for its text and its value, null if the text is missing or invalid. */
  readonly text: string;
  readonly value: string;
  /** Whether a missing text may be an empty one, so that the two cannot be distinguished. */
  readonly emptyIsNull: boolean;
}

/** The converted records of files. */
export interface Records {
  /** The subquery. */
  readonly from: string;
  readonly columns: readonly ConvertedColumn[];
  /** SQL: whether a record is malformed, and its original text; undefined if DuckDB does not provide it. */
  readonly malformed: string;
  readonly raw?: string;
  /** Of several files. */
  readonly files?: {
    readonly count: number;
    /** SQL: the number of the file that a record is from. */
    readonly number: string;
    /** SQL: whether a record does not count, because a later load contains it. Undefined if all count. */
    readonly superseded?: string;
  };
}

/** The texts of rows. */
export interface Texts {
  /** The subquery. */
  readonly from: string;
  readonly columns: readonly BronzeColumn[];
  /** SQL for a column's text, by the column's name. */
  text(column: string): string;
  /** Whether that is a column of the subquery. */
  readonly isColumn: boolean;
  readonly emptyIsNull: boolean;
}

/** Adds the values to the rows. `prefix` distinguishes the new columns from those of other conversions. */
export function converted(
  query: QueryBuilder,
  hint: string,
  texts: Texts,
  prefix = "",
): { readonly from: string; readonly columns: readonly ConvertedColumn[] } {
  const { emptyIsNull } = texts;
  const conversions = texts.columns.map((column, index) => {
    const text = texts.text(column.name);
    const value = isAsRead(column, texts) ? text : duckdbName(`${prefix}value ${index}`);
    return { column, text, lax: duckdbName(`${prefix}lax ${index}`), value, emptyIsNull };
  });
  const lax = conversions.flatMap(({ column, text, lax }) => {
    const sql = laxValue(text, column.type);
    return sql === undefined ? [] : [`${sql} AS ${lax}`];
  });
  const from =
    lax.length === 0 ? texts.from : query.add(`${hint} lax`, `SELECT *, ${lax.join(", ")} FROM ${texts.from}`);
  const values = conversions
    .filter(({ column }) => !isAsRead(column, texts))
    .map(({ column, text, lax, value }) => {
      const given = emptyIsNull ? `nullif(${text}, '')` : text;
      const sql = column.type.kind === "string" ? given : textValue(text, lax, column.type);
      return `${sql} AS ${value}`;
    });
  return {
    from: values.length === 0 ? from : query.add(`${hint} values`, `SELECT *, ${values.join(", ")} FROM ${from}`),
    columns: conversions,
  };
}

/** Whether a column's value is its text unchanged. (For a column without nulls an empty text is not a value.) */
function isAsRead({ type, nullable }: BronzeColumn, { emptyIsNull, isColumn }: Texts): boolean {
  return isColumn && type.kind === "string" && !(nullable && emptyIsNull);
}

/** SQL: whether a row fits the columns. */
export function fitsText(columns: readonly ConvertedColumn[], malformed: string): string {
  return allOf([`NOT (${malformed})`, ...columns.map(acceptsText).filter((each) => each !== undefined)]);
}

/** SQL: whether a column accepts the text. Undefined if it accepts any. */
function acceptsText({ column, text, value, emptyIsNull }: ConvertedColumn): string | undefined {
  if (column.type.kind === "string") {
    const isTooLong = tooLong(text, column.type);
    const conditions = [
      ...(column.nullable ? [] : [isPresent(text, emptyIsNull)]),
      ...(isTooLong === undefined ? [] : [`(${isTooLong}) IS NOT TRUE`]),
    ];
    return conditions.length === 0 ? undefined : allOf(conditions);
  }
  if (!column.nullable) return `${value} IS NOT NULL`;
  // A conjunction evaluates all operands for all rows, a CASE only the necessary ones.
  return `CASE WHEN ${value} IS NULL THEN coalesce(${trimmed(text)}, '') = '' ELSE TRUE END`;
}

/** SQL: whether a text exceeds the length of its type. Undefined if the type has none. */
function tooLong(text: string, type: Type): string | undefined {
  const maxLength = maxLengthOf(type);
  return maxLength === undefined ? undefined : `length(${text}) > ${maxLength}`;
}

function isPresent(text: string, emptyIsNull: boolean): string {
  return emptyIsNull ? `${text} <> ''` : `${text} IS NOT NULL`;
}

/** SQL: whether a column has no text. */
export function missingText({ column, text, emptyIsNull }: ConvertedColumn): string {
  return column.type.kind === "string"
    ? `(${isPresent(text, emptyIsNull)}) IS NOT TRUE`
    : `${text} IS NULL OR ${trimmed(text)} = ''`;
}

/** SQL: why a row does not fit the columns. */
export function reasonText(columns: readonly ConvertedColumn[], malformed: string | undefined): string {
  const reasons = columns.map((each) => {
    const { column, text, value } = each;
    const isString = column.type.kind === "string";
    const invalid = isString ? tooLong(text, column.type) : `${value} IS NULL AND ${trimmed(text)} <> ''`;
    const branches = [
      ...(column.nullable ? [] : [`WHEN ${missingText(each)} THEN ${duckdbString(`${column.name} is missing`)}`]),
      ...(invalid === undefined
        ? []
        : [`WHEN ${invalid} THEN ${duckdbString(`${column.name} is not ${typeText(column.type)}`)}`]),
    ];
    return branches.length === 0 ? "NULL" : `CASE ${branches.join(" ")} END`;
  });
  const reason = `concat_ws('; ', ${reasons.join(", ")})`;
  return malformed === undefined ? reason : `CASE WHEN ${malformed} THEN 'malformed record' ELSE ${reason} END`;
}

/** SQL: the texts of a row as a JSON object. */
export function textRecord(columns: readonly ConvertedColumn[]): string {
  return recordText(
    columns.map(({ column, text, emptyIsNull }) => ({
      name: column.name,
      sql: emptyIsNull ? `nullif(${text}, '')` : text,
      type: { kind: "string" },
    })),
  );
}

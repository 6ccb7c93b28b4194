/** SQL for a bronze relation as typed rows: read, convert, reject rows that do not fit. See docs/lake.md. */
import type { BronzePlan, Column } from "../../plan/program.ts";
import { maxLengthOf, type Type, typeText } from "../../types.ts";
import { duckdbName, duckdbString } from "../expressions/duckdb.ts";
import { laxValue, textValue, trimmed } from "./convert.ts";
import { csvRows, type TextRows } from "./csv.ts";
import { jsonRows } from "./json.ts";
import type { QueryBuilder } from "./query.ts";
import { recordText } from "./record.ts";
import type { CsvInput, JsonInput } from "./relation-inputs.ts";
import { allOf, type Gate, type Notices } from "./row-notices.ts";

/** Rows of a bronze relation before the filter that removes rejected ones. */
export interface BronzeRows {
  /** The subquery. It also has the columns that the filter needs. */
  readonly from: string;
  /** The columns by their quoted names in the subquery, in declared order. */
  readonly columns: readonly { readonly column: Column; readonly sql: string }[];
  readonly gates: readonly Gate[];
}

/** A column during the conversion from text to value. */
interface Conversion {
  readonly column: Column;
  readonly text: string;
  /** Names of the columns with DuckDB's conversion and with medalc's. */
  readonly lax: string;
  readonly value: string;
}

/**
 * Adds the rows to a query. Without notices rejected rows are dropped.
 * `only`: only these columns are read, and rows are rejected only because of them.
 */
export function bronzeRows(
  query: QueryBuilder,
  bronze: BronzePlan,
  input: CsvInput | JsonInput,
  options: { readonly notices?: Notices; readonly only?: readonly string[] } = {},
): BronzeRows {
  const { notices, only } = options;
  const relation = `bronze.${bronze.name}`;
  const columns = only === undefined ? bronze.columns : bronze.columns.filter(({ name }) => only.includes(name));
  const rows = input.kind === "csv" ? csvRows(input) : jsonRows(query, relation, input, columns);
  const texts = query.add(`${relation} texts`, rows.select);

  const conversions = columns.map((column, index): Conversion => {
    const text = rows.text(column.name);
    const value = isAsRead(column, rows) ? text : duckdbName(`value ${index}`);
    return { column, text, lax: duckdbName(`lax ${index}`), value };
  });
  const laxColumns = conversions.flatMap(({ column, text, lax }) => {
    const sql = laxValue(text, column.type);
    return sql === undefined ? [] : [`${sql} AS ${lax}`];
  });
  const lax =
    laxColumns.length === 0 ? texts : query.add(`${relation} lax`, `SELECT *, ${laxColumns.join(", ")} FROM ${texts}`);
  const values = conversions
    .filter(({ column }) => !isAsRead(column, rows))
    .map(({ column, text, lax, value }) => {
      const given = rows.emptyIsNull ? `nullif(${text}, '')` : text;
      const sql = column.type.kind === "string" ? given : textValue(text, lax, column.type);
      return `${sql} AS ${value}`;
    });
  const from =
    values.length === 0 ? lax : query.add(`${relation} values`, `SELECT *, ${values.join(", ")} FROM ${lax}`);

  const fits = conversions.map((each) => fitsText(each, rows)).filter((each) => each !== undefined);
  const gates: readonly Gate[] = [
    // If a record has a wrong number of fields, the file is read again by a reader that returns its text.
    ...(notices && rows.malformed !== "FALSE" && rows.raw === undefined
      ? [{ condition: `NOT (${rows.malformed})`, notice: notices.add({ kind: "malformed", relation }) }]
      : []),
    {
      condition: allOf([`NOT (${rows.malformed})`, ...fits]),
      ...(notices ? { notice: rejectedNotice(notices, relation, conversions, rows) } : {}),
    },
  ];
  return {
    from,
    columns: conversions.map(({ column, value }) => ({ column, sql: value })),
    gates: notices ? [{ condition: notices.add({ kind: "read", relation }), counts: true }, ...gates] : gates,
  };
}

function rejectedNotice(
  notices: Notices,
  relation: string,
  conversions: readonly Conversion[],
  rows: TextRows,
): string {
  const record = textRecord(conversions, rows);
  return notices.add(
    { kind: "rejected", relation },
    {
      reason: reasonText(conversions, rows),
      record: rows.raw === undefined ? record : `CASE WHEN ${rows.malformed} THEN ${rows.raw} ELSE ${record} END`,
    },
  );
}

/** Whether a column's value is its text unchanged. (For a column without nulls an empty text is not a value.) */
function isAsRead(column: Column, { emptyIsNull, isColumn }: TextRows): boolean {
  return isColumn && column.type.kind === "string" && !(column.nullable && emptyIsNull);
}

/** SQL: whether a column accepts the text. Undefined if it accepts any. */
function fitsText({ column, text, value }: Conversion, { emptyIsNull }: TextRows): string | undefined {
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

function reasonText(conversions: readonly Conversion[], rows: TextRows): string {
  const reasons = conversions.map(({ column, text, value }) => {
    const isString = column.type.kind === "string";
    const missing = isString
      ? `(${isPresent(text, rows.emptyIsNull)}) IS NOT TRUE`
      : `${text} IS NULL OR ${trimmed(text)} = ''`;
    const invalid = isString ? tooLong(text, column.type) : `${value} IS NULL AND ${trimmed(text)} <> ''`;
    const branches = [
      ...(column.nullable ? [] : [`WHEN ${missing} THEN ${duckdbString(`${column.name} is missing`)}`]),
      ...(invalid === undefined
        ? []
        : [`WHEN ${invalid} THEN ${duckdbString(`${column.name} is not ${typeText(column.type)}`)}`]),
    ];
    return branches.length === 0 ? "NULL" : `CASE ${branches.join(" ")} END`;
  });
  const reason = `concat_ws('; ', ${reasons.join(", ")})`;
  return rows.raw === undefined ? reason : `CASE WHEN ${rows.malformed} THEN 'malformed record' ELSE ${reason} END`;
}

function textRecord(conversions: readonly Conversion[], { emptyIsNull }: TextRows): string {
  return recordText(
    conversions.map(({ column, text }) => ({
      name: column.name,
      sql: emptyIsNull ? `nullif(${text}, '')` : text,
      type: { kind: "string" },
    })),
  );
}

/**
 * Reports rows as side effects of a query: rows that are read, rejected, quarantined or counted. A row is reported by
 * calling a function that the runner registers, `medal_notice(table, index, row)`, which returns true. That way a single
 * scan yields the table's rows and the quarantined ones. The index is the position in the query's list of notices. Each
 * call gets a batch of rows of the same table, and is cheap for rows without a text, so that every row that is read can be
 * counted.
 */
import type { TypedExpect } from "../../semantics/typed.ts";
import { duckdbString } from "../expressions/duckdb.ts";

/** The name of the function that receives the reported rows. */
export const NOTICE_FUNCTION = "medal_notice";

export type Notice =
  | RecordNotice
  /** Rows that fail an expectation. The text is a row of the quarantine for `quarantine`, the key's values for `fail`. */
  | { readonly kind: "failed"; readonly relation: string; readonly expectation: TypedExpect };

/** Of records in the files of a bronze table. */
export interface RecordNotice {
  /**
   * `read`: every record that is read · `malformed`: it has a different number of fields than the header of its CSV file ·
   * `superseded`: a later load contains it again · `rejected`: it does not fit the columns; the text is a row of the
   * quarantine.
   */
  readonly kind: "read" | "malformed" | "superseded" | "rejected";
  readonly relation: string;
  /** The number of the file, where the table has several. */
  readonly file?: number;
}

/** SQL for the text that is reported with a row: a reason and a record for the quarantine, or only a record. */
export interface NoticedText {
  readonly reason?: string;
  readonly record?: string;
}

export interface Notices {
  /** The call for a kind of rows. */
  add(notice: Notice, text?: NoticedText): string;
  /** The call for a kind of records of several files: `number` is SQL for the number of a record's file, from 0. */
  addForFiles(
    notice: (file: number) => RecordNotice,
    files: { readonly count: number; readonly number: string },
    text?: NoticedText,
  ): string;
  readonly list: readonly Notice[];
}

/** The notices of one table. */
export function createNotices(table: string): Notices {
  const list: Notice[] = [];
  return {
    list,
    add(notice, text = {}) {
      list.push(notice);
      return `${NOTICE_FUNCTION}(${duckdbString(table)}, ${list.length - 1}, ${rowText(notice.relation, text)})`;
    },
    addForFiles(notice, { count, number }, text = {}) {
      const first = list.length;
      for (let file = 0; file < count; file++) list.push(notice(file));
      const { relation } = notice(0);
      return `${NOTICE_FUNCTION}(${duckdbString(table)}, ${first} + ${number}, ${rowText(relation, text, number)})`;
    },
  };
}

/** A row of the quarantine as one line of JSON, which is much faster to pass than three texts. */
function rowText(source: string, { reason, record = "NULL" }: NoticedText, file?: string): string {
  if (reason === undefined) return record;
  const start = duckdbString(`{"source":${JSON.stringify(source)},"reason":`);
  const end = file === undefined ? "'}'" : `',"file":', ${file}, '}'`;
  return `concat(${start}, to_json(${reason}), ',"record":', coalesce(to_json(${record}), 'null'), ${end})`;
}

/** A condition that is checked for every row, in order; a row that fails one is not checked for the next. */
export interface Gate {
  /** SQL; a row passes if it is true. */
  readonly condition: string;
  /** Reports a row that fails. Without it the row is dropped silently. */
  readonly notice?: string;
  /** Whether a row that fails is kept. */
  readonly keeps?: boolean;
  /** The condition is itself a call that reports every row, and always true. */
  readonly counts?: boolean;
}

/** SQL: whether a row passes, calling the notices. A condition that keeps failing rows has to be the last. */
export function gateText(gates: readonly Gate[]): string {
  const branches = gates.map(({ condition, notice, keeps }) => {
    const outcome = notice === undefined ? "FALSE" : keeps ? notice : `NOT ${notice}`;
    return `WHEN (${condition}) IS NOT TRUE THEN ${outcome}`;
  });
  return `CASE ${branches.join("\n  ")} ELSE TRUE END`;
}

/** A conjunction of conditions as a balanced tree, because DuckDB limits the depth of expressions. */
export function allOf(conditions: readonly string[]): string {
  if (conditions.length <= CONDITIONS_IN_A_ROW) return conditions.join(" AND ");
  const half = Math.ceil(conditions.length / 2);
  return `(${allOf(conditions.slice(0, half))}) AND (${allOf(conditions.slice(half))})`;
}

const CONDITIONS_IN_A_ROW = 100;

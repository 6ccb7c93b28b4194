/**
 * Rows that a query notices on its way: read, rejected, set aside, counted. Rows are noticed by a call of a function that
 * the runner registers, `medal_notice(table, index, row)`; it returns true. So one scan gives the table's rows and those
 * that are kept apart. The index is the place in the query's list of notices. A call has the same table and index for all
 * the rows that it gets at once, and costs little for rows without a text: so every row that is read is counted.
 */
import type { TypedExpect } from "../../semantics/typed.ts";
import { duckdbString } from "../expressions/duckdb.ts";

/** The function that takes the rows that are noticed. */
export const NOTICE_FUNCTION = "medal_notice";

export type Notice =
  /** Every row that is read of the file of a bronze relation. */
  | { readonly kind: "read"; readonly relation: string }
  /** Records of a CSV file that have not as many fields as its header. */
  | { readonly kind: "malformed"; readonly relation: string }
  /** Rows of a bronze relation that do not fit its columns. A row of the quarantine is given. */
  | { readonly kind: "rejected"; readonly relation: string }
  /** Rows that fail an expectation. For `quarantine` a row of it is given, for `fail` the values of the key. */
  | { readonly kind: "failed"; readonly relation: string; readonly expectation: TypedExpect };

/** SQL for what a row is noticed with: a reason and a record for the quarantine, or a record alone. */
export interface NoticedText {
  readonly reason?: string;
  readonly record?: string;
}

export interface Notices {
  /** The call for a kind of rows. */
  add(notice: Notice, text?: NoticedText): string;
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
  };
}

/** A row of the quarantine is one line of JSON, which is much faster to hand over than three texts. */
function rowText(source: string, { reason, record = "NULL" }: NoticedText): string {
  if (reason === undefined) return record;
  const start = duckdbString(`{"source":${JSON.stringify(source)},"reason":`);
  return `concat(${start}, to_json(${reason}), ',"record":', coalesce(to_json(${record}), 'null'), '}')`;
}

/** A condition that every row is put to, in order; a row that fails one is not put to the next. */
export interface Gate {
  /** SQL; a row passes where it is true. */
  readonly condition: string;
  /** What a row that fails is noticed by. Without it the row just goes. */
  readonly notice?: string;
  /** Whether a row that fails goes on all the same. */
  readonly keeps?: boolean;
  /** The condition is itself a call that notices every row, and always true. */
  readonly counts?: boolean;
}

/** Whether a row goes on, as SQL that calls the notices. A gate that keeps rows can only be the last. */
export function gateText(gates: readonly Gate[]): string {
  const branches = gates.map(({ condition, notice, keeps }) => {
    const outcome = notice === undefined ? "FALSE" : keeps ? notice : `NOT ${notice}`;
    return `WHEN (${condition}) IS NOT TRUE THEN ${outcome}`;
  });
  return `CASE ${branches.join("\n  ")} ELSE TRUE END`;
}

/** Conditions that all hold, as a tree that is no deeper than it has to be: DuckDB limits the depth of an expression. */
export function allOf(conditions: readonly string[]): string {
  if (conditions.length <= CONDITIONS_IN_A_ROW) return conditions.join(" AND ");
  const half = Math.ceil(conditions.length / 2);
  return `(${allOf(conditions.slice(0, half))}) AND (${allOf(conditions.slice(half))})`;
}

const CONDITIONS_IN_A_ROW = 100;

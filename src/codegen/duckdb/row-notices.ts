/**
 * Rows that a query notices on its way: rejected, set aside, counted. A row is noticed by a call of a function that the
 * runner registers, `medal_notice(table, index, reason, record)`; it returns true. So one scan gives the table's rows
 * and those that are kept apart. The index is the place in the query's list of notices.
 */
import type { TypedExpect } from "../../semantics/typed.ts";
import { duckdbString } from "../expressions/duckdb.ts";

/** The function that takes the rows that are noticed. */
export const NOTICE_FUNCTION = "medal_notice";

export type Notice =
  /** Rows of a bronze relation that are malformed or do not fit its columns. `reason` and `record` are given. */
  | { readonly kind: "rejected"; readonly relation: string }
  /** Rows that fail an expectation. `record` is given for `quarantine`, the row, and for `fail`, the values of its key. */
  | { readonly kind: "failed"; readonly relation: string; readonly expectation: TypedExpect };

export interface Notices {
  /** The call for a kind of rows; `reason` and `record` are SQL. */
  add(notice: Notice, reason?: string, record?: string): string;
  readonly list: readonly Notice[];
}

/** The notices of one table. */
export function createNotices(table: string): Notices {
  const list: Notice[] = [];
  return {
    list,
    add(notice, reason = "NULL", record = "NULL") {
      list.push(notice);
      return `${NOTICE_FUNCTION}(${duckdbString(table)}, ${list.length - 1}, ${reason}, ${record})`;
    },
  };
}

/** A condition that every row is put to, in order; a row that fails one is not put to the next. */
export interface Gate {
  /** SQL; a row passes where it is true. */
  readonly condition: string;
  /** What a row that fails is noticed by. Without it the row just goes. */
  readonly notice?: string;
  /** Whether a row that fails goes on all the same. */
  readonly keeps?: boolean;
}

/** Whether a row goes on, as SQL that calls the notices. A gate that keeps rows can only be the last. */
export function gateText(gates: readonly Gate[]): string {
  const branches = gates.map(({ condition, notice, keeps }) => {
    const outcome = notice === undefined ? "FALSE" : keeps ? notice : `NOT ${notice}`;
    return `WHEN (${condition}) IS NOT TRUE THEN ${outcome}`;
  });
  return `CASE ${branches.join("\n  ")} ELSE TRUE END`;
}

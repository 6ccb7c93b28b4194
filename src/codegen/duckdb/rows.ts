/** Intermediate rows: a subquery, and the columns of the program that it holds. */
import type { Expr, ScopeColumn, SortKeyExpr } from "../../semantics/typed.ts";
import { duckdbExpression, duckdbName } from "../expressions/duckdb.ts";
import { createNames } from "./query.ts";

export interface RowColumn extends ScopeColumn {
  /** The column in the subquery, quoted. */
  readonly sql: string;
}

export interface Rows {
  /** The subquery's name, quoted. */
  readonly from: string;
  readonly columns: readonly RowColumn[];
}

/** Resolves a reference to a column. A reference without alias prefers a column without alias. */
export function findColumn({ columns }: Rows, { qualifier, name }: Pick<ScopeColumn, "qualifier" | "name">): RowColumn {
  const named = columns.filter((each) => each.name === name);
  const found = named.find((each) => each.qualifier === qualifier) ?? (named.length === 1 ? named[0] : undefined);
  if (found === undefined) throw new Error(`no column ${qualifier === undefined ? name : `${qualifier}.${name}`}`);
  return found;
}

/** The columns that a user sees. */
export function visibleColumns(rows: Rows, scope: readonly ScopeColumn[]): readonly RowColumn[] {
  return scope.map((column) => findColumn(rows, column));
}

/** The columns as a SELECT list, under their names in the program. */
export function renamed(columns: readonly RowColumn[]): {
  readonly list: string;
  readonly columns: readonly RowColumn[];
} {
  const names = createNames();
  const named = columns.map((column) => {
    const { qualifier, name } = column;
    return { ...column, sql: duckdbName(names.take(qualifier === undefined ? name : `${qualifier}.${name}`)) };
  });
  const list = named.map(({ sql }, index) => (columns[index]?.sql === sql ? sql : `${columns[index]?.sql} AS ${sql}`));
  return { list: list.join(", "), columns: named };
}

export function expressionText(expr: Expr, rows: Rows): string {
  return duckdbExpression(expr, { column: (ref) => findColumn(rows, ref).sql });
}

/** The alias of rows in ORDER BY, where a bare name would refer to a column of the result. */
export const SORTED = "sorted";

/** ORDER BY for rows with the alias `SORTED`. */
export function sortText(keys: readonly SortKeyExpr[], rows: Rows): string {
  return orderText(keys, {
    ...rows,
    columns: rows.columns.map((column) => ({ ...column, sql: `${SORTED}.${column.sql}` })),
  });
}

export function orderText(keys: readonly SortKeyExpr[], rows: Rows): string {
  return keys
    .map(({ value, descending, nulls }) => {
      const direction = descending ? "DESC" : "ASC";
      return `${expressionText(value, rows)} ${direction} NULLS ${nulls === "first" ? "FIRST" : "LAST"}`;
    })
    .join(", ");
}

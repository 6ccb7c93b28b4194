/** Compares tables as multisets of rows; doubles may differ in their last digits, like sums in another order. */
import type { Cell, Row } from "./engine/duckdb.ts";

const TOLERANCE = 1e-9;

export function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  if (a.length !== b.length) return false;
  const [left, right] = [sorted(a), sorted(b)];
  return left.every((row, at) => row.every((cell, place) => sameCell(cell, right[at]?.[place])));
}

/** By all exact columns, then by the doubles. */
function sorted(rows: readonly Row[]): readonly Row[] {
  return rows
    .map((row) => ({ row, exact: JSON.stringify(row.map((cell) => (isDouble(cell) ? "" : cell))) }))
    .sort((a, b) => (a.exact < b.exact ? -1 : a.exact > b.exact ? 1 : compareDoubles(a.row, b.row)))
    .map(({ row }) => row);
}

const isDouble = (cell: Cell | undefined): cell is number => typeof cell === "number" && !Number.isSafeInteger(cell);

function compareDoubles(a: Row, b: Row): number {
  for (const [at, cell] of a.entries()) {
    const other = b[at];
    if (typeof cell === "number" && typeof other === "number" && cell !== other) return cell - other;
  }
  return 0;
}

function sameCell(a: Cell, b: Cell | undefined): boolean {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b);
  return a === b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

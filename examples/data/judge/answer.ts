/** Writes the expected results: tables and quarantines, as lines of JSON in a defined order. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareText, decimalText } from "./arithmetic.ts";

/** A value to write: bigints are money in cents; dates and timestamps are already text. */
export type Cell = string | number | boolean | bigint | null;

export type OutputRow = Readonly<Record<string, Cell>>;

/** A rejected or quarantined row. The record of a malformed row is its line. */
export interface Quarantined {
  readonly source: string;
  readonly reason: string;
  readonly record: OutputRow | string;
}

export interface Answer {
  /** `silver.orders` */
  readonly name: string;
  readonly key: readonly string[];
  readonly rows: readonly OutputRow[];
  /** Absent if the table never rejects rows. */
  readonly quarantined?: readonly Quarantined[];
  /** The number of rows that failed each expectation with `else warn`. */
  readonly warned?: Readonly<Record<string, number>>;
}

/** Writes a file per table, a file per quarantine, and `summary.jsonl` with the numbers of rows. */
export function writeAnswers(folder: string, answers: readonly Answer[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, key, rows, quarantined } of answers) {
    writeFileSync(join(folder, `${name}.jsonl`), lines(sortedByKey(name, key, rows)));
    if (quarantined !== undefined) {
      writeFileSync(
        join(folder, `quarantine.${name}.jsonl`),
        quarantined.map(quarantineLine).sort(compareText).join(""),
      );
    }
  }
  const summary = answers.map(({ name, rows, quarantined, warned }) =>
    line({ table: name, rows: rows.length, quarantined: quarantined?.length ?? null, warned: warned ?? {} }),
  );
  writeFileSync(join(folder, "summary.jsonl"), summary.join(""));
}

/** Sorts rows by key, nulls first. A duplicate key would fail the program, so it throws. */
export function sortedByKey(name: string, key: readonly string[], rows: readonly OutputRow[]): readonly OutputRow[] {
  const compare = (a: OutputRow, b: OutputRow) => {
    for (const column of key) {
      const order = compareCells(a[column] ?? null, b[column] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  };
  const sorted = rows.toSorted(compare);
  for (const [place, row] of sorted.entries()) {
    const next = sorted[place + 1];
    if (next !== undefined && compare(row, next) === 0) throw new Error(`${name} has a key twice: ${line(row)}`);
  }
  return sorted;
}

function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function lines(rows: readonly OutputRow[]): string {
  return rows.map(line).join("");
}

/** Money is text, so that no reader loses digits. */
function line(row: object): string {
  return `${JSON.stringify(row, (_, value) => (typeof value === "bigint" ? decimalText(value, 2) : value))}\n`;
}

/** In a record money is a number, as in JSON written by engines. */
function quarantineLine(row: Quarantined): string {
  return `${JSON.stringify(row, (_, value) => (typeof value === "bigint" ? Number(value) / 100 : value))}\n`;
}

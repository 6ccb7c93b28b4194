/** Whether two tables hold the same rows, however often each and in whatever order. */
import type { Row } from "./session.ts";

/** Sums and averages of doubles depend on the order of the rows in their last digits. */
const TOLERANCE = 1e-12;

/**
 * What tells the rows apart, in words; nothing where they are the same. `doubles` names the columns that are compared as
 * such; all others are the same or not.
 */
export function differences(
  found: readonly Row[],
  wanted: readonly Row[],
  doubles: readonly string[] = [],
): readonly string[] {
  const left = byExactValues(found, doubles);
  const right = byExactValues(wanted, doubles);
  const exact = [...new Set([...left.keys(), ...right.keys()])].sort();
  return exact.flatMap((values) => {
    const [these, those] = [left.get(values) ?? [], right.get(values) ?? []].map((rows) => rows.sort(compareNumbers));
    if (these?.length !== those?.length) return [`${these?.length} times, not ${those?.length}: ${values}`];
    const far = these?.findIndex(
      (row, at) => !row.every((value, column) => isClose(value, those?.[at]?.[column] ?? null)),
    );
    return far === undefined || far === -1 ? [] : [`${these?.[far]}, not ${those?.[far]}: ${values}`];
  });
}

type Doubles = readonly (number | null)[];

/** The rows' doubles by all their other values, as JSON in the order of the names. */
function byExactValues(rows: readonly Row[], doubles: readonly string[]): Map<string, Doubles[]> {
  const groups = new Map<string, Doubles[]>();
  for (const row of rows) {
    const names = Object.keys(row).sort();
    const exact = names.filter((name) => !doubles.includes(name)).map((name) => [name, row[name]]);
    const values = JSON.stringify(Object.fromEntries(exact));
    const group = groups.get(values) ?? [];
    groups.set(values, group);
    group.push(doubles.map((name) => numberOf(row[name] ?? null)));
  }
  return groups;
}

const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-infinity": Number.NEGATIVE_INFINITY,
};

/** As engines write doubles. */
function numberOf(value: unknown): number | null {
  return value === null ? null : (SPECIAL[String(value).toLowerCase()] ?? Number(value));
}

function compareNumbers(a: Doubles, b: Doubles): number {
  const at = a.findIndex((value, index) => !Object.is(value, b[index]));
  return at === -1 ? 0 : rankOf(a[at]) - rankOf(b[at]) || 0;
}

/** Null before all, NaN behind all; numbers that no subtraction makes NaN. */
function rankOf(value: number | null | undefined): number {
  if (value == null) return -Number.MAX_VALUE;
  if (Number.isNaN(value)) return Number.MAX_VALUE;
  return Math.min(Math.max(value, -Number.MAX_VALUE / 2), Number.MAX_VALUE / 2);
}

function isClose(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b);
  return a === b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

/** A rejected row in comparable form: its record, if it is a JSON object, in a canonical form. */
export function comparableRejection(row: Row): Row {
  const { record = null } = row;
  return { ...row, record: typeof record === "string" ? rewritten(record) : JSON.stringify(record) };
}

function rewritten(record: string): string {
  try {
    return JSON.stringify(JSON.parse(record));
  } catch {
    return record;
  }
}

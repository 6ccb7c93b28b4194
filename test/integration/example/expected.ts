/** Compares tables with the results that the data generator computes independently. */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";

/** The output of `medalc show --json`. */
export interface Shown {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[];
}

type Value = string | number | boolean | null | object;

/** The relations in a folder of expected results: `gold.orders`, `quarantine.silver.orders`. */
export function expectedRelations(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /^(silver|gold|quarantine)\./.test(name))
    .map((name) => name.replace(/\.jsonl$/, ""))
    .sort();
}

/** The order in which engines sum doubles varies, so their last digits may differ. */
const DIGITS_OF_DOUBLES = 12;

/** Compares the rows of a relation with the expected ones, in any order. */
export function expectRows(shown: Shown, folder: string, relation: string): void {
  const expected = readFileSync(`${folder}/${relation}.jsonl`, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Readonly<Record<string, Value>> => JSON.parse(line));
  const names = Object.keys(expected[0] ?? {});
  if (expected.length > 0) expect(shown.columns.map((each) => each.name)).toEqual(names);
  const types = new Map(shown.columns.map((each) => [each.name, each.type]));
  const lineOf = (row: Readonly<Record<string, Value>>) =>
    names.map((name) => canonical(name, types.get(name) ?? "", row[name] ?? null)).join(" | ");
  const found = shown.rows.map(lineOf);
  const wanted = expected.map(lineOf);
  expect(found.sort()).toEqual(wanted.sort());
}

/** The canonical text of a value: records as normalised JSON, doubles without their last digits. */
function canonical(column: string, type: string, value: Value): string {
  if (value === null) return "null";
  if (column === "record") return canonicalRecord(value);
  return type === "double" ? Number(value).toPrecision(DIGITS_OF_DOUBLES) : String(value);
}

function canonicalRecord(value: Value): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return value.startsWith("{") ? JSON.stringify(JSON.parse(value)) : JSON.stringify(value);
}

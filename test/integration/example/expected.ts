/** Comparing tables with the answers that the data generator computed by itself. */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";

/** What `medalc show --json` answers. */
export interface Shown {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[];
}

type Value = string | number | boolean | null | object;

/** The relations that a folder of expected answers has, `gold.orders`, `quarantine.silver.orders`. */
export function expectedRelations(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /^(silver|gold|quarantine)\./.test(name))
    .map((name) => name.replace(/\.jsonl$/, ""))
    .sort();
}

/** Doubles are added up in an order of the engine's own choice: their last digits may differ. */
const DIGITS_OF_DOUBLES = 12;

/** Compares the rows of a relation with what is expected, whatever their order. */
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

/** A value as one text, however it was written: records as JSON in one form, doubles without their last digits. */
function canonical(column: string, type: string, value: Value): string {
  if (value === null) return "null";
  if (column === "record") return canonicalRecord(value);
  return type === "double" ? Number(value).toPrecision(DIGITS_OF_DOUBLES) : String(value);
}

function canonicalRecord(value: Value): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return value.startsWith("{") ? JSON.stringify(JSON.parse(value)) : JSON.stringify(value);
}

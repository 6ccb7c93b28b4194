/** Compares what the plan and the checker infer about each table with its rows: keys, nullability, dependencies. */
import type { CheckedProgram, CheckedTable } from "../../src/semantics/model.ts";
import { type Built, cellsText, isUnique, type Outcomes, places } from "./engine/build.ts";
import type { Row } from "./engine/duckdb.ts";

/** The violated properties, in words. */
export function violatedProperties(checked: CheckedProgram, outcomes: Outcomes): readonly string[] {
  return checked.tables.flatMap((table) => {
    const { relation } = table.signature;
    const outcome = outcomes.get(relation);
    if (outcome?.kind !== "built") return [];
    return [...brokenKeys(relation, outcome), ...brokenNulls(relation, outcome), ...brokenDependencies(table, outcome)];
  });
}

function brokenKeys(relation: string, { plan, rows }: Built): readonly string[] {
  return plan.keys
    .filter((key) => !isUnique(rows, places(plan.columns, key)))
    .map((key) => `key: (${key.join(", ")}) is not unique in ${relation}`);
}

function brokenNulls(relation: string, { plan, rows }: Built): readonly string[] {
  return plan.columns
    .filter(({ nullable }, at) => !nullable && rows.some((row) => row[at] === null))
    .map(({ name }) => `null: ${relation}.${name} is null somewhere`);
}

/** The functional dependencies between visible columns, as tables that read this one assume them. */
function brokenDependencies({ signature }: CheckedTable, { rows }: Built): readonly string[] {
  const { columns, grain, relation } = signature;
  const placesOf = (attributes: readonly number[]) =>
    attributes.map((attribute) => columns.findIndex((column) => column.attribute === attribute));
  const names = (at: readonly number[]) => at.map((place) => columns[place]?.name).join(", ");
  return grain.dependencies.flatMap(({ from, to, whenPresent }) => {
    const given = placesOf(from);
    const decided = placesOf(to).filter((place) => place !== -1);
    if (given.includes(-1) || decided.length === 0) return [];
    const seen = whenPresent ? rows.filter((row) => given.every((place) => row[place] !== null)) : rows;
    return decides(seen, given, decided)
      ? []
      : [`dependency: (${names(given)}) does not determine (${names(decided)}) in ${relation}`];
  });
}

function decides(rows: readonly Row[], given: readonly number[], decided: readonly number[]): boolean {
  const known = new Map<string, string>();
  return rows.every((row) => {
    const key = cellsText(row, given);
    const value = cellsText(row, decided);
    const before = known.get(key);
    known.set(key, before ?? value);
    return before === undefined || before === value;
  });
}

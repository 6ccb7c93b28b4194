/** Builds the tables of a program on DuckDB with the compiler's SQL, from rows in memory. */

import type { RelationInputs } from "../../../src/codegen/duckdb/relation-inputs.ts";
import { tableSql } from "../../../src/codegen/duckdb/table.ts";
import { duckdbName, duckdbString, duckdbType } from "../../../src/codegen/expressions/duckdb.ts";
import {
  type BronzePlan,
  type Column,
  type Program,
  qualifiedName,
  type TablePlan,
} from "../../../src/plan/program.ts";
import type { Rows } from "../generate/bronze.ts";
import type { Engine, Row } from "./duckdb.ts";

export type Outcome = Built | Failed;

export interface Built {
  readonly kind: "built";
  readonly plan: TablePlan;
  readonly rows: readonly Row[];
  /** The number of rows that failed each expectation, in step order. */
  readonly failing: readonly number[];
}

/** `stopped`: by an expectation or a key check, as the program demands. `unread`: one of its inputs failed. */
export interface Failed {
  readonly kind: "error" | "stopped" | "unread";
  readonly plan: TablePlan;
  readonly reason: string;
}

/** The results by relation, in the program's order. */
export type Outcomes = ReadonlyMap<string, Outcome>;

/** Builds every table. Built tables are stored in the schema `lake`. */
export async function buildTables(program: Program, rows: Rows, engine: Engine): Promise<Outcomes> {
  await loadBronze(program.bronze, rows, engine);
  return buildMore(program, new Map(), engine);
}

/** Builds the tables that do not exist yet, from those in the engine. */
export async function buildMore(program: Program, before: Outcomes, engine: Engine): Promise<Outcomes> {
  const built = new Map<string, Outcome>(before);
  const lifted = withoutBronze(program);
  for (const [at, plan] of lifted.tables.slice(program.bronze.length).entries()) {
    const original = program.tables[at];
    if (original === undefined) throw new Error("a table got lost");
    if (built.has(qualifiedName(original))) continue;
    const unread = original.reads.find((each) => (built.get(each)?.kind ?? "built") !== "built");
    const outcome: Outcome =
      unread === undefined
        ? await buildTable(original, plan, lifted, engine)
        : { kind: "unread", plan: original, reason: unread };
    built.set(qualifiedName(original), outcome);
  }
  return built;
}

async function buildTable(original: TablePlan, plan: TablePlan, lifted: Program, engine: Engine): Promise<Outcome> {
  const inputs: RelationInputs = Object.fromEntries(
    lifted.tables.map((each) => [qualifiedName(each), { kind: "delta", files: [qualifiedName(each)] }]),
  );
  const { query, notices } = tableSql(plan, lifted, inputs);
  const relation = qualifiedName(plan);
  engine.noticed();
  let rows: readonly Row[];
  try {
    await engine.run(`CREATE OR REPLACE TABLE ${stored(relation)} AS ${inMemory(query)}`);
    rows = await engine.rows(`SELECT * FROM ${stored(relation)}`);
  } catch (error) {
    return { kind: "error", plan: original, reason: error instanceof Error ? error.message : String(error) };
  }
  const counts = engine.noticed();
  const failing = notices.map((_, index) => counts.get(`${relation} ${index}`) ?? 0);
  const stop = notices.find((each, at) => failing[at] && each.kind === "failed" && each.expectation.action === "fail");
  if (stop) return { kind: "stopped", plan: original, reason: "an expectation" };
  const twice = original.keyChecks.find(
    (check) => check.relation === qualifiedName(original) && !isUnique(rows, places(original.columns, check.columns)),
  );
  if (twice) return { kind: "stopped", plan: original, reason: `the key ${twice.columns.join(", ")}` };
  return { kind: "built", plan: original, rows, failing };
}

export function places(columns: readonly Column[], names: readonly string[]): readonly number[] {
  return names.map((name) => columns.findIndex((column) => column.name === name));
}

/** Whether no two rows have the same cells at these positions; nulls are equal. */
export function isUnique(rows: readonly Row[], at: readonly number[]): boolean {
  return new Set(rows.map((row) => cellsText(row, at))).size === rows.length;
}

/** A unique text for the cells at these positions. */
export function cellsText(row: Row, at: readonly number[]): string {
  return JSON.stringify(at.map((place) => row[place]));
}

/** Loads the rows of bronze relations into the engine. */
export async function loadBronze(bronze: readonly BronzePlan[], rows: Rows, engine: Engine): Promise<void> {
  for (const { name, columns } of bronze) {
    const list = columns.map((column, at) => `${valueText(column, at + 1)} AS ${duckdbName(column.name)}`).join(", ");
    const given = duckdbString(JSON.stringify(rows[`bronze.${name}`] ?? []));
    await engine.run(
      `CREATE OR REPLACE TABLE ${stored(liftedName(`bronze.${name}`))} AS SELECT ${list} FROM (SELECT unnest(CAST(CAST(${given} AS JSON) AS VARCHAR[][])) AS texts)`,
    );
  }
}

/** As stored in a file: a timestamp has its time zone. */
function valueText({ type }: Column, at: number): string {
  return `CAST(texts[${at}] AS ${type.kind === "timestamp" ? "TIMESTAMPTZ" : duckdbType(type)})`;
}

/** The name of a relation's table. */
export function stored(relation: string): string {
  return `lake.${duckdbName(relation)}`;
}

/** Replaces bronze relations by tables that were built before, because their rows are values, not files. */
function withoutBronze(program: Program): Program {
  const given = program.bronze.map(
    ({ name, columns, key, span }): TablePlan => ({
      layer: "silver",
      name: liftedName(`bronze.${name}`).slice("silver.".length),
      reads: [],
      steps: [],
      columns,
      keys: key === undefined ? [] : [key],
      keyChecks: [],
      span,
    }),
  );
  const tables = program.tables.map((table) => ({
    ...table,
    steps: table.steps.map((step) =>
      step.kind === "from" || step.kind === "join" ? { ...step, relation: liftedName(step.relation) } : step,
    ),
  }));
  return { ...program, bronze: [], tables: [...given, ...tables] };
}

export function liftedName(relation: string): string {
  return relation.startsWith("bronze.") ? `silver.bronze of ${relation.slice("bronze.".length)}` : relation;
}

/** Replaces reading the files of a table by the table in memory. */
function inMemory(query: string): string {
  return query.replaceAll(/read_parquet\(\['([^']+)'\]\)/g, (_, relation: string) => stored(relation));
}

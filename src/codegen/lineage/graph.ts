/**
 * Column lineage of a whole program, computed offline: the inputs of each column and their kinds, and what each table's
 * rows depend on. Deterministic, in the order of the plan.
 */
import { findFunction } from "../../functions/catalog.ts";
import type { BronzePlan, Program, TablePlan } from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import { type Domain, type RowUseKind, trace } from "../../plan/trace.ts";
import { objectPath } from "../shared/source-object.ts";

/**
 * How a value depends on another, from the closest to the farthest kind: `copied` unchanged, `derived` within a row,
 * `aggregated` over rows, `conditional`: not a part of the value, but decides which one is used or counted. A path of
 * several steps has the farthest kind of its steps.
 */
export type ValueKind = "copied" | "derived" | "aggregated" | "conditional";

/** A column, identified by relation and name. */
export interface ColumnRef {
  /** `silver.orders`, or an object of a source: `github.csv("orders.csv")`. */
  readonly relation: string;
  readonly column: string;
}

export interface Input extends ColumnRef {
  readonly kind: ValueKind;
  /** The value does not reveal the input: it was counted or hashed on the way. */
  readonly masked?: true;
}

export interface RowInput extends ColumnRef {
  readonly kind: RowUseKind;
}

export interface RelationLineage {
  readonly name: string;
  /** What it reads, each once: relations, or for bronze the source object. */
  readonly reads: readonly string[];
  /** By column, in the relation's order: its inputs. Empty for constants and `count()`. */
  readonly columns: ReadonlyMap<string, readonly Input[]>;
  /** What decides which rows exist and how they are combined; one entry per column and kind. */
  readonly rows: readonly RowInput[];
}

export interface LineageGraph {
  /** Bronze, then silver and gold, in dependency order. */
  readonly relations: ReadonlyMap<string, RelationLineage>;
}

/** A map key for a column, unambiguous for all names because of the length. */
export function columnKey({ relation, column }: ColumnRef): string {
  return `${relation.length}:${relation}${column}`;
}

/** The lineage of every bronze, silver and gold relation. Linear in the size of the program. */
export function columnLineage(program: Program): LineageGraph {
  const relations = [...program.bronze.map(bronzeLineage), ...program.tables.map(tableLineage)];
  return { relations: new Map(relations.map((relation) => [relation.name, relation])) };
}

/** The source object of a bronze relation as in the program: `erp.table("public.payments")`. */
export function sourceObjectName(bronze: BronzePlan): string {
  return `${bronze.source}.${bronze.object.kind}(${JSON.stringify(objectPath(bronze.object))})`;
}

function bronzeLineage(bronze: BronzePlan): RelationLineage {
  const relation = sourceObjectName(bronze);
  const columns = bronze.columns.map(({ name, fromLoad }): [string, readonly Input[]] => [
    name,
    fromLoad === undefined ? [{ relation, column: name, kind: "copied" }] : [],
  ]);
  return { name: `bronze.${bronze.name}`, reads: [relation], columns: new Map(columns), rows: [] };
}

function tableLineage(table: TablePlan): RelationLineage {
  const { columns, uses } = trace(table, inputs);
  const rows = new Map<string, RowInput>();
  for (const use of uses) {
    for (const { relation, column } of use.value) {
      const key = `${use.kind}\n${columnKey({ relation, column })}`;
      if (!rows.has(key)) rows.set(key, { relation, column, kind: use.kind });
    }
  }
  return { name: qualifiedName(table), reads: table.reads, columns, rows: [...rows.values()] };
}

/** The distance of each kind from a copy. */
export const distance: Readonly<Record<ValueKind | RowUseKind, number>> = {
  copied: 0,
  derived: 1,
  aggregated: 2,
  conditional: 3,
  filtered: 4,
  joined: 5,
  grouped: 6,
  deduplicated: 7,
  sorted: 8,
  expected: 9,
};

/** The kind of a path of two steps: the farther one. */
export function fartherKind<Kind extends ValueKind | RowUseKind>(first: Kind, second: Kind): Kind {
  return distance[first] >= distance[second] ? first : second;
}

/** Deduplicates by column, kind and masking, in the order of first use. */
function merged(kind: ValueKind, parts: readonly (readonly Input[])[], masks = false): readonly Input[] {
  const seen: Input[] = [];
  for (const part of parts) {
    for (const { relation, column, kind: nearer, masked = masks } of part) {
      const input: Input = { relation, column, kind: fartherKind(kind, nearer), ...(masked ? { masked: true } : {}) };
      if (!seen.some((each) => isSame(each, input))) seen.push(input);
    }
  }
  return seen;
}

function isSame(a: Input, b: Input): boolean {
  return a.column === b.column && a.relation === b.relation && a.kind === b.kind && a.masked === b.masked;
}

const masks = (name: string): boolean => findFunction(name)?.masks ?? false;

const inputs: Domain<readonly Input[]> = {
  column: (relation, column) => [{ relation, column, kind: "copied" }],
  literal: () => [],
  call: ({ fn }, args) => merged("derived", args, masks(fn)),
  match: (_, { conditions, values }) =>
    merged("copied", [merged("derived", values), merged("conditional", conditions)]),
  aggregate: ({ fn }, args, conditions) =>
    merged("copied", [merged("aggregated", args, masks(fn)), merged("conditional", conditions)]),
};

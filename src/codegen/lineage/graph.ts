/**
 * Column lineage of a whole program, offline: which columns each column is made of and in what way, what each table's
 * rows hang on, and the way from a source's column to whatever is made of it. Deterministic, in the order of the plan.
 */
import { findFunction } from "../../functions/catalog.ts";
import type { BronzePlan, Program, SourceObject, TablePlan } from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import { type Domain, type RowUseKind, trace } from "../../plan/trace.ts";

/**
 * How a value comes out of another, from the closest to the farthest: `copied` unchanged, `derived` computed within a
 * row, `aggregated` over rows, `conditional` without being part of it: it only decides what is taken or counted.
 * Of two steps after one another the farther one describes both.
 */
export type ValueKind = "copied" | "derived" | "aggregated" | "conditional";

/** A column is named by its relation and itself. */
export interface ColumnRef {
  /** `silver.orders`, or an object of a source: `github.csv("orders.csv")`. */
  readonly relation: string;
  readonly column: string;
}

export interface Input extends ColumnRef {
  readonly kind: ValueKind;
  /** The value shows nothing of the input: it was counted or hashed on the way. */
  readonly masked?: true;
}

export interface RowInput extends ColumnRef {
  readonly kind: RowUseKind;
}

export interface RelationLineage {
  readonly name: string;
  /** What it reads, each once: relations, or for bronze the one source object. */
  readonly reads: readonly string[];
  /** By column, in the relation's order: what the column's values are made of. Empty for constants and `count()`. */
  readonly columns: ReadonlyMap<string, readonly Input[]>;
  /** What decides which rows there are and how they are put together; one entry a column and kind. */
  readonly rows: readonly RowInput[];
}

export interface LineageGraph {
  /** Bronze, then silver and gold, each after what it reads. */
  readonly relations: ReadonlyMap<string, RelationLineage>;
}

/** The lineage of every bronze, silver and gold relation. Linear in the size of the program. */
export function columnLineage(program: Program): LineageGraph {
  const relations = [...program.bronze.map(bronzeLineage), ...program.tables.map(tableLineage)];
  return { relations: new Map(relations.map((relation) => [relation.name, relation])) };
}

/** The name of what a bronze relation is read from, as the program writes it: `erp.table("public.payments")`. */
export function sourceObjectName(bronze: BronzePlan): string {
  return `${bronze.source}.${bronze.object.kind}(${JSON.stringify(objectPath(bronze.object))})`;
}

/** The text in the parentheses: `public.payments`. */
export function objectPath(object: SourceObject): string {
  switch (object.kind) {
    case "csv":
    case "json":
      return object.path;
    case "table":
      return `${object.schema}.${object.table}`;
    case "collection":
      return object.collection;
    default:
      return object satisfies never;
  }
}

function bronzeLineage(bronze: BronzePlan): RelationLineage {
  const relation = sourceObjectName(bronze);
  const columns = bronze.columns.map(({ name }): [string, readonly Input[]] => [
    name,
    [{ relation, column: name, kind: "copied" }],
  ]);
  return { name: `bronze.${bronze.name}`, reads: [relation], columns: new Map(columns), rows: [] };
}

function tableLineage(table: TablePlan): RelationLineage {
  const { columns, uses } = trace(table, inputs);
  const rows = new Map<string, RowInput>();
  for (const use of uses) {
    for (const { relation, column } of use.value) {
      const key = JSON.stringify([use.kind, relation, column]);
      if (!rows.has(key)) rows.set(key, { relation, column, kind: use.kind });
    }
  }
  return { name: qualifiedName(table), reads: table.reads, columns, rows: [...rows.values()] };
}

const distance: Readonly<Record<ValueKind | RowUseKind, number>> = {
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

/** The farther of the two: what a value is to another that is reached by one step after the other. */
function along<Kind extends ValueKind | RowUseKind>(first: Kind, second: Kind): Kind {
  return distance[first] >= distance[second] ? first : second;
}

/** Each column, kind and masking once, in the order of first use. */
function merged(kind: ValueKind, parts: readonly (readonly Input[])[], masks = false): readonly Input[] {
  const seen: Input[] = [];
  for (const part of parts) {
    for (const { relation, column, kind: nearer, masked = masks } of part) {
      const input: Input = { relation, column, kind: along(kind, nearer), ...(masked ? { masked: true } : {}) };
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

/** How something is reached from a column of a source: a column of a relation, or the relation's rows. */
export interface Flow {
  readonly from: ColumnRef;
  readonly to: { readonly relation: string; readonly column?: string };
  /** Of all ways the closest: what `to` shows of `from`, or how its rows hang on it. */
  readonly kind: ValueKind | RowUseKind;
  /** What is passed after `from`, up to `to`, each with how it comes out of the one before; of the closest ways the shortest. */
  readonly path: readonly FlowStep[];
}

export interface FlowStep {
  readonly relation: string;
  /** Absent for the relation's rows, which only the last step reaches. */
  readonly column?: string;
  readonly kind: ValueKind | RowUseKind;
}

/** The best way from a column of a source to something: `last` is the column before it. */
interface Way<Kind> {
  readonly kind: Kind;
  readonly length: number;
  readonly last: ColumnRef & { readonly kind: Kind };
}

/** By the source's column. */
type Ways<Kind> = ReadonlyMap<string, Way<Kind>>;

/**
 * From the columns of the sources to every column of the relations that `wanted` names, and to their rows as far as
 * their own steps decide them. In the order of the graph.
 */
export function flows(graph: LineageGraph, wanted: (relation: string) => boolean): readonly Flow[] {
  const ways = new Map<string, Ways<ValueKind>>();
  const sources = new Map<string, ColumnRef>();

  /** The ways into something that is made of these. */
  function waysInto<Kind extends ValueKind | RowUseKind>(
    parts: readonly (ColumnRef & { readonly kind: Kind })[],
  ): Ways<Kind | ValueKind> {
    const best = new Map<string, Way<Kind | ValueKind>>();
    for (const last of parts) {
      const before = ways.get(key(last));
      if (before === undefined) sources.set(key(last), { relation: last.relation, column: last.column });
      const candidates = before ?? new Map([[key(last), { kind: last.kind, length: 0 }]]);
      for (const [source, { kind, length }] of candidates) {
        const way = { kind: along<Kind | ValueKind>(kind, last.kind), length: length + 1, last };
        const known = best.get(source);
        if (known === undefined || isBetter(way, known)) best.set(source, way);
      }
    }
    return best;
  }

  function flowsTo(to: Flow["to"], waysTo: Ways<ValueKind | RowUseKind>): readonly Flow[] {
    return [...waysTo].flatMap(([source, way]) => {
      const path: FlowStep[] = [{ ...to, kind: way.last.kind }];
      let at: ColumnRef = way.last;
      for (let step = ways.get(key(at))?.get(source); step; step = ways.get(key(at))?.get(source)) {
        path.unshift({ relation: at.relation, column: at.column, kind: step.last.kind });
        at = step.last;
      }
      const from = sources.get(source);
      return from ? [{ from, to, kind: way.kind, path }] : [];
    });
  }

  const found: Flow[] = [];
  for (const relation of graph.relations.values()) {
    for (const [column, parts] of relation.columns) ways.set(key({ relation: relation.name, column }), waysInto(parts));
    if (!wanted(relation.name)) continue;
    for (const column of relation.columns.keys()) {
      const to = { relation: relation.name, column };
      found.push(...flowsTo(to, ways.get(key(to)) ?? new Map()));
    }
    found.push(...flowsTo({ relation: relation.name }, waysInto(relation.rows)));
  }
  return found;
}

function key({ relation, column }: ColumnRef): string {
  return JSON.stringify([relation, column]);
}

function isBetter(way: Way<ValueKind | RowUseKind>, known: Way<ValueKind | RowUseKind>): boolean {
  return distance[way.kind] < distance[known.kind] || (way.kind === known.kind && way.length < known.length);
}

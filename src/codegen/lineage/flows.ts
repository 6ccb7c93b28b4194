/** Ways through the lineage of a program: from the columns of its sources to what is made of them. */

import type { RowUseKind } from "../../plan/trace.ts";
import { along, type ColumnRef, columnKey, distance, type LineageGraph, type ValueKind } from "./graph.ts";

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
export function* flows(graph: LineageGraph, wanted: (relation: string) => boolean): Generator<Flow> {
  const ways = new Map<string, Ways<ValueKind>>();
  const sources = new Map<string, ColumnRef>();

  /** The ways into something that is made of these. */
  function waysInto<Kind extends ValueKind | RowUseKind>(
    parts: readonly (ColumnRef & { readonly kind: Kind })[],
  ): Ways<Kind | ValueKind> {
    const best = new Map<string, Way<Kind | ValueKind>>();
    for (const last of parts) {
      const before = ways.get(columnKey(last));
      if (before === undefined) sources.set(columnKey(last), { relation: last.relation, column: last.column });
      const candidates = before ?? new Map([[columnKey(last), { kind: last.kind, length: 0 }]]);
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
      for (let step = ways.get(columnKey(at))?.get(source); step; step = ways.get(columnKey(at))?.get(source)) {
        path.unshift({ relation: at.relation, column: at.column, kind: step.last.kind });
        at = step.last;
      }
      const from = sources.get(source);
      return from ? [{ from, to, kind: way.kind, path }] : [];
    });
  }

  for (const { name, columns, rows } of graph.relations.values()) {
    for (const [column, parts] of columns) ways.set(columnKey({ relation: name, column }), waysInto(parts));
    if (!wanted(name)) continue;
    for (const column of columns.keys()) {
      const to = { relation: name, column };
      yield* flowsTo(to, ways.get(columnKey(to)) ?? new Map());
    }
    yield* flowsTo({ relation: name }, waysInto(rows));
  }
}

function isBetter(way: Way<ValueKind | RowUseKind>, known: Way<ValueKind | RowUseKind>): boolean {
  return distance[way.kind] < distance[known.kind] || (way.kind === known.kind && way.length < known.length);
}

/** The data flows of a program: from source columns to columns and rows of its relations. */

import type { RowUseKind } from "../../plan/trace.ts";
import { type ColumnRef, columnKey, distance, fartherKind, type LineageGraph, type ValueKind } from "./graph.ts";

/** A flow from a source column to a column of a relation, or to its rows. */
export interface Flow {
  readonly from: ColumnRef;
  readonly to: { readonly relation: string; readonly column?: string };
  /** The closest kind over all paths: what `to` reveals of `from`, or how its rows depend on it. */
  readonly kind: ValueKind | RowUseKind;
  /** The steps after `from`, up to `to`, each with its kind; the shortest of the closest paths. */
  readonly path: readonly FlowStep[];
}

export interface FlowStep {
  readonly relation: string;
  /** Absent for the relation's rows, which only the last step can reach. */
  readonly column?: string;
  readonly kind: ValueKind | RowUseKind;
}

/** The best path from a source column; `last` is the column before the end. */
interface BestPath<Kind> {
  readonly kind: Kind;
  readonly length: number;
  readonly last: ColumnRef & { readonly kind: Kind };
}

/** By source column. */
type BestPaths<Kind> = ReadonlyMap<string, BestPath<Kind>>;

/**
 * The flows from source columns to every column of the relations that `includes` accepts, and to their rows through
 * their own steps. In the order of the graph.
 */
export function* flows(graph: LineageGraph, includes: (relation: string) => boolean): Generator<Flow> {
  const paths = new Map<string, BestPaths<ValueKind>>();
  const sources = new Map<string, ColumnRef>();

  /** The best paths to a target computed from these parts. */
  function pathsInto<Kind extends ValueKind | RowUseKind>(
    parts: readonly (ColumnRef & { readonly kind: Kind })[],
  ): BestPaths<Kind | ValueKind> {
    const best = new Map<string, BestPath<Kind | ValueKind>>();
    for (const last of parts) {
      const before = paths.get(columnKey(last));
      if (before === undefined) sources.set(columnKey(last), { relation: last.relation, column: last.column });
      const candidates = before ?? new Map([[columnKey(last), { kind: last.kind, length: 0 }]]);
      for (const [source, { kind, length }] of candidates) {
        const path = { kind: fartherKind<Kind | ValueKind>(kind, last.kind), length: length + 1, last };
        const known = best.get(source);
        if (known === undefined || isBetter(path, known)) best.set(source, path);
      }
    }
    return best;
  }

  function flowsTo(to: Flow["to"], pathsTo: BestPaths<ValueKind | RowUseKind>): readonly Flow[] {
    return [...pathsTo].flatMap(([source, best]) => {
      const steps: FlowStep[] = [{ ...to, kind: best.last.kind }];
      let at: ColumnRef = best.last;
      for (let step = paths.get(columnKey(at))?.get(source); step; step = paths.get(columnKey(at))?.get(source)) {
        steps.unshift({ relation: at.relation, column: at.column, kind: step.last.kind });
        at = step.last;
      }
      const from = sources.get(source);
      return from ? [{ from, to, kind: best.kind, path: steps }] : [];
    });
  }

  for (const { name, columns, rows } of graph.relations.values()) {
    for (const [column, parts] of columns) paths.set(columnKey({ relation: name, column }), pathsInto(parts));
    if (!includes(name)) continue;
    for (const column of columns.keys()) {
      const to = { relation: name, column };
      yield* flowsTo(to, paths.get(columnKey(to)) ?? new Map());
    }
    yield* flowsTo({ relation: name }, pathsInto(rows));
  }
}

function isBetter(path: BestPath<ValueKind | RowUseKind>, known: BestPath<ValueKind | RowUseKind>): boolean {
  return distance[path.kind] < distance[known.kind] || (path.kind === known.kind && path.length < known.length);
}

/** Traverses the lineage of a program upstream or downstream. */
import type { RowUseKind } from "../../plan/trace.ts";
import type { LineageGraph, ValueKind } from "./graph.ts";

/** A column of a relation, or the rows of the relation. */
export interface LineageRef {
  readonly relation: string;
  readonly column?: string;
}

/** An adjacent reference, and how the downstream one of the two depends on the upstream one. */
export interface Neighbour extends LineageRef {
  readonly kind: ValueKind | RowUseKind;
  readonly masked?: true;
}

export type Direction = "upstream" | "downstream";

export interface Reach {
  /** The starts, then all reachable references, in the order of discovery. */
  readonly refs: readonly LineageRef[];
  /** In the direction of the data, each once. */
  readonly edges: readonly LineageEdge[];
}

export interface LineageEdge {
  readonly from: LineageRef;
  readonly to: LineageRef;
  readonly kind: ValueKind | RowUseKind;
  readonly masked?: true;
}

export type NeighboursOf = (ref: LineageRef) => readonly Neighbour[];

/** Returns the adjacent references of a reference. Rows have none downstream. */
export function neighboursIn(graph: LineageGraph, direction: Direction): NeighboursOf {
  if (direction === "upstream") {
    return ({ relation, column }) => {
      const lineage = graph.relations.get(relation);
      return (column === undefined ? lineage?.rows : lineage?.columns.get(column)) ?? [];
    };
  }
  const users = new Map<string, Neighbour[]>();
  const use = (input: LineageRef, by: Neighbour): void => {
    const known = users.get(refKey(input));
    if (known) known.push(by);
    else users.set(refKey(input), [by]);
  };
  for (const { name, columns, rows } of graph.relations.values()) {
    for (const [column, inputs] of columns) {
      for (const { kind, masked, ...input } of inputs) {
        use(input, { relation: name, column, kind, ...(masked ? { masked } : {}) });
      }
    }
    for (const { kind, ...input } of rows) use(input, { relation: name, kind });
  }
  return (ref) => users.get(refKey(ref)) ?? [];
}

/** Everything reachable from the starts, each once. */
export function reach(starts: readonly LineageRef[], neighboursOf: NeighboursOf, direction: Direction): Reach {
  const refs = new Map(starts.map((ref) => [refKey(ref), ref]));
  const edges: LineageEdge[] = [];
  for (const ref of refs.values()) {
    for (const { kind, masked, ...next } of neighboursOf(ref)) {
      if (!refs.has(refKey(next))) refs.set(refKey(next), next);
      const [from, to] = direction === "upstream" ? [next, ref] : [ref, next];
      edges.push({ from, to, kind, ...(masked ? { masked } : {}) });
    }
  }
  return { refs: [...refs.values()], edges };
}

export function refKey({ relation, column }: LineageRef): string {
  return JSON.stringify([relation, column]);
}

/** `gold.orders.price`, or `rows of gold.orders`. */
export function refText({ relation, column }: LineageRef): string {
  return column === undefined ? `rows of ${relation}` : `${relation}.${column}`;
}

/** Graphs as drawings, independent of the output format: boxes with rows, and arrows between them. */
import type { LineageGraph } from "../graph.ts";
import { type LineageRef, type Reach, refKey } from "../neighbours.ts";

export interface Drawing {
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface Box {
  readonly label: string;
  readonly layer: Layer;
  /** Empty if arrows connect boxes instead of rows. */
  readonly rows: readonly string[];
}

export type Layer = "source" | "bronze" | "silver" | "gold";

/** The end of an arrow: a box by its index, or one of its rows. */
export interface End {
  readonly box: number;
  readonly row?: number;
}

export interface Arrow {
  readonly from: End;
  readonly to: End;
  readonly label?: string;
}

/** Draws columns and their dependencies. */
export function lineageDrawing(title: string, { refs, edges }: Reach, graph: LineageGraph): Drawing {
  const relations = inOrder(new Set(refs.map(({ relation }) => relation)), graph);
  const rows = new Map(relations.map((relation): [string, LineageRef[]] => [relation, []]));
  for (const ref of refs) rows.get(ref.relation)?.push(ref);
  const ends = new Map<string, End>();
  const boxes = relations.map((relation, box): Box => {
    const own = inColumnOrder(rows.get(relation) ?? [], graph);
    own.forEach((ref, row) => void ends.set(refKey(ref), { box, row }));
    return { label: relation, layer: layerOf(relation), rows: own.map(({ column }) => column ?? "(rows)") };
  });
  const end = (ref: LineageRef): End => {
    const found = ends.get(refKey(ref));
    if (found === undefined) throw new Error(`${refKey(ref)} is not in the drawing`);
    return found;
  };
  return { title, boxes, arrows: edges.map(({ from, to, kind }) => ({ from: end(from), to: end(to), label: kind })) };
}

/** Draws tables and what they read. */
export function tableDrawing(title: string, graph: LineageGraph): Drawing {
  const relations = inOrder(
    new Set([...graph.relations.values()].flatMap(({ name, reads }) => [...reads, name])),
    graph,
  );
  const numbers = new Map(relations.map((relation, box) => [relation, box]));
  const arrows = [...graph.relations.values()].flatMap(({ name, reads }) =>
    reads.map((read): Arrow => ({ from: { box: numbers.get(read) ?? 0 }, to: { box: numbers.get(name) ?? 0 } })),
  );
  return { title, boxes: relations.map((label): Box => ({ label, layer: layerOf(label), rows: [] })), arrows };
}

/** Sources first, then relations in the order of the graph. */
function inOrder(relations: ReadonlySet<string>, graph: LineageGraph): readonly string[] {
  const known = [...graph.relations.keys()].filter((each) => relations.has(each));
  return [...[...relations].filter((each) => !graph.relations.has(each)), ...known];
}

function inColumnOrder(refs: readonly LineageRef[], graph: LineageGraph): readonly LineageRef[] {
  const order = (ref: LineageRef): number => {
    if (ref.column === undefined) return Number.POSITIVE_INFINITY;
    return [...(graph.relations.get(ref.relation)?.columns.keys() ?? [])].indexOf(ref.column);
  };
  const numbered = refs.map((ref) => ({ ref, at: order(ref) }));
  return numbered.toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at)).map(({ ref }) => ref);
}

export function layerOf(relation: string): Layer {
  const layer = relation.slice(0, relation.indexOf("."));
  return layer === "bronze" || layer === "silver" || layer === "gold" ? layer : "source";
}

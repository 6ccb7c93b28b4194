/** `medalc lineage TABLE[.COLUMN]`: shows what a table or column is derived from, or what depends on it. */
import { columnLineage, type LineageGraph } from "../../codegen/lineage/graph.ts";
import {
  type Direction,
  type LineageRef,
  type Neighbour,
  neighboursIn,
  reach,
  refKey,
  refText,
} from "../../codegen/lineage/neighbours.ts";
import { lineageDrawing } from "../../codegen/lineage/views/drawing.ts";
import { treeText } from "../../codegen/lineage/views/tree.ts";
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { visible } from "../../diagnostics/render-excerpt.ts";
import { nameHint } from "../../diagnostics/suggest.ts";
import type { CommandResult } from "../command.ts";
import { type DrawingOptions, drawingAnswer } from "../drawing-answer.ts";
import type { Io } from "../io.ts";
import { loadPlan } from "../project.ts";
import { findRelation, missingTable, tableAndPath } from "../table-argument.ts";

export interface LineageOptions extends DrawingOptions {
  /** The table, with or without a column, and the path of the program, in any order. */
  readonly args: readonly string[];
  readonly path?: string;
  readonly downstream?: boolean;
}

export async function lineage(options: LineageOptions, io: Io): Promise<CommandResult> {
  const { table, path, isMissing } = tableAndPath(options.args, options.path, io);
  if (isMissing) return { diagnostics: [missingTable("lineage", table)], sources: new Map() };
  const { diagnostics, sources, program } = await loadPlan(path, io);
  if (program === undefined || hasErrors(diagnostics)) return { diagnostics, sources };

  const graph = columnLineage(program);
  const found = findReference(table, graph);
  if ("code" in found) return { diagnostics: [...diagnostics, found], sources };
  const starts = found.column === undefined ? [...columnsOf(found.relation, graph), found] : [found];
  const direction: Direction = options.downstream === true ? "downstream" : "upstream";
  const neighboursOf = neighboursIn(graph, direction);
  const reached = reach(starts, neighboursOf, direction);
  const title = `${direction === "upstream" ? "Upstream" : "Downstream"} lineage of ${nameOf(found)}`;
  const answer = drawingAnswer(
    () => treeOf(starts, neighboursOf),
    () => lineageDrawing(title, reached, graph),
    { start: found, direction, nodes: reached.refs, edges: reached.edges },
    options,
    io,
  );
  return { ...answer, diagnostics: [...diagnostics, ...answer.diagnostics], sources };
}

function nameOf({ relation, column }: LineageRef): string {
  return column === undefined ? relation : `${relation}.${column}`;
}

function columnsOf(relation: string, graph: LineageGraph): readonly LineageRef[] {
  return [...(graph.relations.get(relation)?.columns.keys() ?? [])].map((column) => ({ relation, column }));
}

/** `gold.orders` or `gold.orders.price`, each also without the layer. A name in backticks may contain dots. */
function findReference(text: string, graph: LineageGraph): LineageRef | Diagnostic {
  const relations = [...graph.relations.keys()];
  const asTable = findRelation(text, relations);
  if (typeof asTable === "string") return { relation: asTable };
  for (let dot = text.lastIndexOf("."); dot > 0; dot = text.lastIndexOf(".", dot - 1)) {
    const relation = findRelation(text.slice(0, dot), relations);
    if (typeof relation !== "string") continue;
    const column = text.slice(dot + 1);
    const columns = [...(graph.relations.get(relation)?.columns.keys() ?? [])];
    if (columns.includes(column)) return { relation, column };
    return diagnostic(
      "unknown-column",
      COMMAND_LINE,
      { relation, name: column },
      nameHint(column, columns, "Its columns:"),
    );
  }
  const [layer, name, ...column] = text.split(".");
  // In a name with a column, the table is misspelled.
  return column.length === 0 ? asTable : asDiagnostic(findRelation(`${layer}.${name}`, relations), asTable);
}

function asDiagnostic(found: string | Diagnostic, otherwise: Diagnostic): Diagnostic {
  return typeof found === "string" ? otherwise : found;
}

type Node = LineageRef & { readonly key: string; readonly label: string };

function treeOf(starts: readonly LineageRef[], neighboursOf: (ref: LineageRef) => readonly Neighbour[]): string {
  const roots = starts
    .filter((ref) => ref.column !== undefined || neighboursOf(ref).length > 0)
    .map((ref): Node => ({ ...ref, key: refKey(ref), label: visible(refText(ref)) }));
  return treeText(roots, (node) => {
    const kinds = new Map<string, { readonly ref: LineageRef; readonly kinds: string[] }>();
    for (const { kind, masked, ...ref } of neighboursOf(node)) {
      const how = masked ? `${kind}, masked` : kind;
      const known = kinds.get(refKey(ref));
      if (known) known.kinds.push(how);
      else kinds.set(refKey(ref), { ref, kinds: [how] });
    }
    return [...kinds].map(
      ([key, { ref, kinds }]): Node => ({ ...ref, key, label: `${visible(refText(ref))}  ${kinds.join(", ")}` }),
    );
  });
}

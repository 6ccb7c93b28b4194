/** `medalc graph`: shows the tables of a program and their dependencies. */
import { columnLineage, type LineageGraph } from "../../codegen/lineage/graph.ts";
import { layerOf, tableDrawing } from "../../codegen/lineage/views/drawing.ts";
import { treeText } from "../../codegen/lineage/views/tree.ts";
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import { visible } from "../../diagnostics/render-excerpt.ts";
import type { CommandResult } from "../command.ts";
import { type DrawingOptions, drawingAnswer } from "../drawing-answer.ts";
import type { Io } from "../io.ts";
import { loadPlan } from "../project.ts";

export interface GraphOptions extends DrawingOptions {
  readonly path: string;
}

export async function graph({ path, ...options }: GraphOptions, io: Io): Promise<CommandResult> {
  const { diagnostics, sources, program } = await loadPlan(path, io);
  if (program === undefined || hasErrors(diagnostics)) return { diagnostics, sources };
  const lineage = columnLineage(program);
  const answer = drawingAnswer(
    () => treeOf(lineage),
    () => tableDrawing(`Tables of ${program.name}`, lineage),
    {
      tables: [...lineage.relations.values()].map(({ name, reads }) => ({ name, layer: layerOf(name), reads })),
    },
    options,
    io,
  );
  return { ...answer, diagnostics: [...diagnostics, ...answer.diagnostics], sources };
}

/** From the tables without readers down to the sources. */
function treeOf({ relations }: LineageGraph): string {
  const read = new Set([...relations.values()].flatMap(({ reads }) => reads));
  const node = (name: string) => ({ key: name, label: visible(name), name });
  const roots = [...relations.keys()].filter((name) => !read.has(name)).map(node);
  return treeText(roots, ({ name }) => (relations.get(name)?.reads ?? []).map(node));
}

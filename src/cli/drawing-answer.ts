/** Prints a graph of the program: text for a terminal, or a drawing for Mermaid, Graphviz or a browser. */

import { dotText } from "../codegen/lineage/views/dot.ts";
import type { Drawing } from "../codegen/lineage/views/drawing.ts";
import { htmlPage } from "../codegen/lineage/views/html.ts";
import { mermaidText } from "../codegen/lineage/views/mermaid.ts";
import type { Answer, CommandResult } from "./command.ts";
import type { Io } from "./io.ts";
import { writeWhole } from "./write-file.ts";

export interface DrawingOptions {
  readonly mermaid?: boolean;
  readonly dot?: boolean;
  readonly html?: boolean;
  /** The output file, instead of standard output. */
  readonly out?: string;
}

export function drawingAnswer(
  tree: () => string,
  drawing: () => Drawing,
  data: Answer["data"],
  options: DrawingOptions,
  io: Io,
): Pick<CommandResult, "answer" | "closing" | "diagnostics"> {
  const text = textOf(tree, drawing, options);
  if (options.out === undefined) return { diagnostics: [], answer: { text, data } };
  const diagnostics = writeWhole(options.out, text, io);
  if (diagnostics.length > 0) return { diagnostics };
  return { diagnostics, answer: { text: "", data }, closing: `Wrote ${options.out}` };
}

function textOf(tree: () => string, drawing: () => Drawing, { mermaid, dot, html }: DrawingOptions): string {
  if (mermaid === true) return mermaidText(drawing());
  if (dot === true) return dotText(drawing());
  return html === true ? htmlPage(drawing()) : tree();
}

/** A line of a text with markers below a part of it, as on a terminal. */
import { diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { renderText } from "../../src/diagnostics/render-text.ts";

export function excerptOf(text: string, part: string, length = part.length): string {
  const file = { path: "a.medal", text };
  const start = text.indexOf(part);
  const found = diagnostic("unexpected-character", { file: file.path, start, end: start + length }, { character: "x" });
  const rendered = renderText([found], new Map([[file.path, file]]), { color: false, width: 120 });
  const [line = "", marks = ""] = rendered.split("\n").filter((each) => each.includes(" | "));
  return `${line.slice(8)}\n${marks.slice(8)}`;
}

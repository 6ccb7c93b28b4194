/** Diagnostics as workflow commands: GitHub Actions shows them next to the changed lines. */
import { positionAt, type SourceFile } from "../source.ts";
import type { Diagnostic } from "./diagnostic.ts";

const LEVEL = { error: "error", warning: "warning", info: "notice" } as const;

/** One line per diagnostic: `::error file=shop.medal,line=12,…::message`. */
export function renderGithub(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, SourceFile>): string {
  return diagnostics
    .map(({ code, severity, message, span, hint, choices = [] }) => {
      const properties = [...placeProperties(span.file, span.start, span.end, sources), `title=${property(code)}`];
      const ways = choices.map(({ title }) => `choice: ${title}`);
      const text = [message, ...(hint === undefined ? [] : [`hint: ${hint}`]), ...ways].join("\n");
      return `::${LEVEL[severity]} ${properties.join(",")}::${data(text)}\n`;
    })
    .join("");
}

function placeProperties(
  path: string,
  start: number,
  end: number,
  sources: ReadonlyMap<string, SourceFile>,
): readonly string[] {
  const file = sources.get(path);
  if (file === undefined) return path === "" ? [] : [`file=${property(path)}`];
  const from = positionAt(file, start);
  const to = positionAt(file, end);
  return [
    `file=${property(path)}`,
    `line=${from.line}`,
    `endLine=${to.line}`,
    `col=${from.column}`,
    `endColumn=${to.column}`,
  ];
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

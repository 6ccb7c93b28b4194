/**
 * Diagnostics for people, in a terminal or a log:
 *
 *  examples/shop.medal:12:15: error unknown-column: there is no column "prise" in gold.order_lines
 *
 *  12 |     revenue = sum(prise)
 *     |                   ^^^^^
 *  hint: did you mean price?
 *
 * Choices follow the hint, one per line: `choice: …`.
 */
import { positionAt, type SourceFile, type Span, startsOfLines } from "../source.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { excerpt, visible } from "./render-excerpt.ts";
import { maskedLine } from "./secrets.ts";

export interface TextOptions {
  readonly color: boolean;
  /** The maximum width of an excerpt, in cells. */
  readonly width: number;
  /** Severities printed on one line, without the source; by default `info`. */
  readonly brief?: readonly Severity[];
}

type Paint = (color: "red" | "yellow" | "blue" | "bold" | "dim", text: string) => string;

const CODES = { red: 31, yellow: 33, blue: 34, bold: 1, dim: 2 } as const;
const SEVERITY_COLOR = { error: "red", warning: "yellow", info: "blue" } as const;

/** The diagnostics in their order, with a blank line between two that show source; empty if there are none. */
export function renderText(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceFile>,
  options: TextOptions,
): string {
  const paint: Paint = (color, text) => (options.color ? `\u001b[${CODES[color]}m${text}\u001b[0m` : text);
  const blocks = diagnostics.map((each) => renderOne(each, sources, options, paint));
  return blocks
    .map((lines, index) => {
      const previous = blocks[index - 1];
      const apart = previous !== undefined && (previous.length > 1 || lines.length > 1);
      return `${apart ? "\n" : ""}${lines.join("\n")}\n`;
    })
    .join("");
}

function renderOne(
  { code, severity, message, span, related, hint, fix, choices = [] }: Diagnostic,
  sources: ReadonlyMap<string, SourceFile>,
  options: TextOptions,
  paint: Paint,
): readonly string[] {
  const color = SEVERITY_COLOR[severity];
  const file = sources.get(span.file);
  const place = placeOf(span, file);
  const title = `${paint(color, `${severity} ${code}`)}: ${paint("bold", visible(message))}`;
  const lines = [place === "" ? title : `${place}: ${title}`];
  if ((options.brief ?? ["info"]).includes(severity)) return lines;
  if (file !== undefined) lines.push("", ...excerptLines(span, file, options, (marks) => paint(color, marks), paint));
  for (const other of related) {
    const otherFile = sources.get(other.span.file);
    lines.push("", `  ${placeOf(other.span, otherFile)}: ${visible(other.message)}`);
    if (otherFile !== undefined)
      lines.push(...excerptLines(other.span, otherFile, options, (marks) => paint("blue", marks), paint));
  }
  if (related.length > 0 && (hint !== undefined || fix !== undefined || choices.length > 0)) lines.push("");
  if (hint !== undefined) lines.push(`  ${paint("bold", "hint")}: ${visible(hint)}`);
  if (fix !== undefined) lines.push(`  ${paint("bold", "fix")}: ${visible(fix.title)}`);
  for (const { title } of choices) lines.push(`  ${paint("bold", "choice")}: ${visible(title)}`);
  return lines;
}

/** `shop.medal:12:15`; only the file if its text is unknown; empty for the command line. */
function placeOf(span: Span, file: SourceFile | undefined): string {
  if (file === undefined) return visible(span.file);
  const { line, column } = positionAt(file, span.start);
  return `${visible(file.path)}:${line}:${column}`;
}

function excerptLines(
  span: Span,
  file: SourceFile,
  options: TextOptions,
  mark: (marks: string) => string,
  paint: Paint,
): readonly string[] {
  const { line, column } = positionAt(file, span.start);
  const start = startsOfLines(file)[line - 1] ?? 0;
  const next = startsOfLines(file)[line] ?? file.text.length + 1;
  const whole = file.text.slice(start, next - 1).replace(/\r$/, "");
  const number = String(line).padStart(5);
  const gutter = " ".repeat(number.length);
  // For a very long line, only an excerpt around the span is processed, longer than what fits.
  const near = 2 * Math.max(100, options.width);
  const cut = Math.max(0, column - 1 - near);
  const text = whole.slice(cut, column - 1 + near);
  const end = Math.min(text.length, span.end - start - cut);
  const masked = maskedLine(file, start + cut, text, column - 1 - cut, end);
  const shown = excerpt(masked.line, masked.start, masked.end, Math.max(40, options.width - number.length - 3));
  return [`${paint("dim", `${number} |`)} ${shown.text}`, `${paint("dim", `${gutter} |`)} ${mark(shown.marks)}`];
}

/** `2 errors and 1 warning`; empty if both are 0. */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const parts = (["error", "warning"] as const).flatMap((severity) => {
    const count = countOf(diagnostics, severity);
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  return parts.join(" and ");
}

export function countOf(diagnostics: readonly Diagnostic[], severity: Severity): number {
  return diagnostics.filter((each) => each.severity === severity).length;
}

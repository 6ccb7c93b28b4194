/** Documentation as the markdown cells of a notebook. */
import type { Span } from "../../source.ts";

/** Longest line of a cell's text, `# MAGIC ` and all. */
const WIDTH = 120;
const MAGIC = "# MAGIC ";

/** A cell of these paragraphs, an empty line between them. */
export function markdownCell(paragraphs: readonly string[]): readonly string[] {
  const lines = paragraphs.flatMap((paragraph, at) => (at === 0 ? [paragraph] : ["", paragraph]));
  return ["%md", ...lines.flatMap(plainLines).flatMap(wrapped)].map((line) => `${MAGIC}${line}`.trimEnd());
}

/** The lines of a text, in which nothing ends a line or has no shape. */
export function plainLines(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r|\u2028|\u2029/).map((line) => line.replace(/[\p{C}\p{Zs}]/gu, " ").trimEnd());
}

/** Prose as lines that fit; code and tables stay as they are. No line starts with a percent sign, for that is a command. */
function wrapped(text: string): readonly string[] {
  const plain = text.replace(/^(\s*)%/, "$1\\%");
  if (MAGIC.length + plain.length <= WIDTH || /^(\s|\||```)/.test(plain)) return [plain];
  const hanging = plain.startsWith("- ") ? "  " : "";
  const lines: string[] = [];
  let line = "";
  for (const word of plain.split(" ")) {
    if (line !== "" && MAGIC.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = hanging + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Where something comes from, said in what was made of it. */
export function origin(span: Span): string {
  return `Compiled from ${code(span.file.slice(span.file.lastIndexOf("/") + 1))}: change it there.`;
}

/** A name or a value between backticks. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}

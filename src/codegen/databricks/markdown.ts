/** Documentation as the markdown cells of a notebook. */

/** Longest line of a cell's text, `# MAGIC ` and all. */
const WIDTH = 120;
const MAGIC = "# MAGIC ";

/** A cell of these paragraphs, an empty line between them. */
export function markdownCell(paragraphs: readonly string[]): readonly string[] {
  const lines = paragraphs.flatMap((paragraph, at) => (at === 0 ? [paragraph] : ["", paragraph]));
  return ["%md", ...lines.flatMap((text) => text.split(/\r\n|\n|\r|\u2028|\u2029/)).flatMap(wrapped)].map((line) =>
    `${MAGIC}${line}`.trimEnd(),
  );
}

/** Prose as lines that fit; code and tables stay as they are. No line starts with a percent sign, for that is a command. */
function wrapped(text: string): readonly string[] {
  const plain = text
    .replace(/[\p{C}\p{Zs}]/gu, " ")
    .trimEnd()
    .replace(/^(\s*)%/, "$1\\%");
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

/** A name or a value between backticks. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}

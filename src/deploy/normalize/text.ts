/**
 * A text that services keep for us, notebook or view: lines end with LF, without blanks at their ends, the last one too.
 * Databricks exports a notebook without its last line end; editors on Windows, and SSMS, save CRLF; the portals' editors
 * cut blanks.
 */
export function normalText(text: string): string {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  return `${lines
    .map((line) => line.replace(/[ \t]+$/, ""))
    .join("\n")
    .replace(/\n+$/, "")}\n`;
}

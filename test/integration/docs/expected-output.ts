/** Compares output with what a page shows. */

/** Durations differ from run to run. */
const TIME = /\b\d+(\.\d+)? s\b/g;

/** Progress on standard error, whose order varies, and questions that are only asked on a terminal. */
const NOT_COMPARED = /^(\d+\/\d+ |waiting |Reading the current state of |.*Type yes to continue|\s*$)/;

/**
 * The output with parts replaced so that it equals the page's text if it matches; `…` matches any text, on its own line
 * any lines.
 */
export function asShown(output: string, shown: string): string {
  const compared = (text: string): readonly string[] => text.split("\n").filter((line) => !NOT_COMPARED.test(line));
  const pattern = compared(shown).map((line) => (line.trim() === "…" ? "(?:.*\n)*?" : `${pieces(line)}\n`));
  const there = compared(output).map((line) => `${line}\n`);
  return new RegExp(`^${pattern.join("")}$`).test(there.join("")) ? shown : output;
}

function pieces(line: string): string {
  return line
    .split("…")
    .map((piece) =>
      piece
        .replace(TIME, "TIME")
        .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
        .replaceAll("TIME", TIME.source),
    )
    .join(".*");
}

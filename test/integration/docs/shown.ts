/** Whether output is what a page shows of it. */

/** Times differ from run to run. */
const TIME = /\b\d+(\.\d+)? s\b/g;

/** Progress on standard error, whose steps may come in another order, and the questions that only a terminal asks. */
const NOT_COMPARED = /^(\d+\/\d+ |waiting |Reading the current state of |.*Type yes to continue|\s*$)/;

/** As text that equals the page's where it matches it; `…` stands for any text, on a line of its own for any lines. */
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

/** Line diffs in the unified format. */

const CONTEXT = 3;

/** Time and memory are quadratic in this; texts with more edits are shown as completely replaced. */
const MOST_EDITS = 1000;

interface Line {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** The unified diff of two texts under one name; empty if they are equal. */
export function lineDiff(name: string, before: string, after: string): string {
  return before === after ? "" : `--- ${name}\n+++ ${name}\n${lineHunks(before, after)}`;
}

/** The hunks alone, without the file header. */
export function lineHunks(before: string, after: string): string {
  return hunksOf(compare(linesOf(before), linesOf(after)))
    .map(hunkText)
    .join("");
}

/** Lines with their line breaks, so that a missing final one counts as a difference. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The shortest diff: Myers' algorithm, without the common prefix and suffix. */
function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const same = (text: string): Line => ({ mark: " ", text });
  return [
    ...before.slice(0, start).map(same),
    ...compareMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

/** `furthest[k]`: the furthest position in `before` on diagonal k, after each number of edits. */
function compareMiddle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const trace: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= MOST_EDITS; edits++) {
    const next = new Map(furthest);
    for (let k = -edits; k <= edits; k += 2) {
      let x = stepsDown(furthest, k, edits) ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      next.set(k, x);
      if (x >= before.length && x - k >= after.length) return backtrack([...trace, furthest], before, after);
    }
    trace.push(furthest);
    furthest = next;
  }
  return [...before.map((text): Line => ({ mark: "-", text })), ...after.map((text): Line => ({ mark: "+", text }))];
}

function backtrack(
  trace: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): readonly Line[] {
  const lines: Line[] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits] ?? new Map();
    const k = x - y;
    const down = stepsDown(furthest, k, edits);
    const fromX = edits === 0 ? 0 : at(furthest, down ? k + 1 : k - 1);
    const fromY = edits === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY) {
      lines.push({ mark: " ", text: before[--x] ?? "" });
      y--;
    }
    if (edits === 0) break;
    lines.push(down ? { mark: "+", text: after[--y] ?? "" } : { mark: "-", text: before[--x] ?? "" });
  }
  return lines.reverse();
}

/** Whether the best path to diagonal k ends with an insertion. */
function stepsDown(furthest: ReadonlyMap<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && at(furthest, k - 1) < at(furthest, k + 1));
}

function at(furthest: ReadonlyMap<number, number>, k: number): number {
  return furthest.get(k) ?? -1;
}

interface Hunk {
  /** The number of its first line in each text, from 1. */
  readonly beforeLine: number;
  readonly afterLine: number;
  readonly lines: readonly Line[];
}

function hunksOf(lines: readonly Line[]): readonly Hunk[] {
  const changed = lines.flatMap((line, index) => (line.mark === " " ? [] : [index]));
  const ranges: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = ranges.at(-1);
    if (last !== undefined && index - CONTEXT <= last.to) last.to = index + CONTEXT + 1;
    else ranges.push({ from: Math.max(0, index - CONTEXT), to: index + CONTEXT + 1 });
  }
  return ranges.map(({ from, to }) => ({
    beforeLine: 1 + lines.slice(0, from).filter((line) => line.mark !== "+").length,
    afterLine: 1 + lines.slice(0, from).filter((line) => line.mark !== "-").length,
    lines: lines.slice(from, to),
  }));
}

function hunkText({ beforeLine, afterLine, lines }: Hunk): string {
  const length = (mark: Line["mark"]): number => lines.filter((line) => line.mark === " " || line.mark === mark).length;
  const range = (line: number, count: number): string => `${count === 0 ? line - 1 : line},${count}`;
  const body = lines.map(({ mark, text }) =>
    text.endsWith("\n") ? mark + text : `${mark}${text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range(beforeLine, length("-"))} +${range(afterLine, length("+"))} @@\n${body.join("")}`;
}

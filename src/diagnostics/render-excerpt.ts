/**
 * An excerpt of one source line with markers below a part of it, for terminals. Widths are in terminal cells, not
 * characters.
 */

const TAB = "    ";
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const WITHOUT_WIDTH = /[\p{M}\u200b-\u200d\u2060\ufeff]/u;

/** Control and bidirectional characters: printed unchanged, they could falsify what a reader sees. */
const DECEPTIVE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The text with visible replacements for characters that could move the cursor, colour the terminal or reorder the
 * line.
 */
export function visible(text: string): string {
  return text.replace(DECEPTIVE, "\ufffd");
}

/** The number of terminal cells of a text. */
export function widthOf(text: string): number {
  return cellsOf(text).reduce((width, cell) => width + cell.width, 0);
}

interface Cell {
  /** The character's offset in the line, in UTF-16 units. */
  readonly offset: number;
  readonly shown: string;
  readonly width: number;
}

function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let offset = 0;
  for (const character of line) {
    const shown = character === "\t" ? TAB : visible(character);
    cells.push({ offset, shown, width: shownWidth(shown) });
    offset += character.length;
  }
  return cells;
}

function shownWidth(shown: string): number {
  if (shown === TAB) return TAB.length;
  if (WITHOUT_WIDTH.test(shown)) return 0;
  return WIDE.test(shown) ? 2 : 1;
}

/**
 * The printable line, and markers below its part `[start, end)` (UTF-16 units; an empty part gets one marker). A line
 * of more than `most` cells is cut around the start of the part.
 */
export function excerpt(
  line: string,
  start: number,
  end: number,
  most: number,
): { readonly text: string; readonly marks: string } {
  const cells = windowOf(cellsOf(line), start, most);
  const before = cells.filter((cell) => cell.offset < start);
  const marked = cells.filter((cell) => cell.offset >= start && cell.offset < end);
  return {
    text: cells.map((cell) => cell.shown).join(""),
    marks: " ".repeat(total(before)) + "^".repeat(Math.max(1, total(marked))),
  };
}

function total(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

/** The cells around `start` that fit, with `…` at each cut. */
function windowOf(cells: readonly Cell[], start: number, most: number): readonly Cell[] {
  const width = total(cells);
  if (width <= most) return cells;
  const startCell = total(cells.filter((cell) => cell.offset < start));
  const from = startCell < most / 2 ? 0 : startCell - Math.floor(most / 3);
  const to = from + most;
  const kept: Cell[] = [];
  let at = 0;
  for (const cell of cells) {
    const inside = at >= from && at + cell.width <= to;
    if (inside) kept.push(cell);
    at += cell.width;
  }
  if (from > 0) kept.splice(0, 1, ellipsisFor(kept[0]));
  if (width > to) kept.splice(-1, 1, ellipsisFor(kept.at(-1)));
  return kept;
}

function ellipsisFor(cell: Cell | undefined): Cell {
  return { offset: cell?.offset ?? 0, shown: "…", width: 1 };
}

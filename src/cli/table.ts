/** Formats tables as text within a maximum width. */
import { visible, widthOf } from "../diagnostics/render-excerpt.ts";

export interface TextColumn {
  readonly name: string;
  readonly isNumber: boolean;
}

/** If the table is too wide, longer cells are truncated. */
const LONGEST_CELL = 32;
const GAP = "  ";

/**
 * A header, a rule and the rows, columns separated by two spaces, numbers right-aligned. If it is wider than `width`, long
 * cells are truncated, then the last columns are dropped and listed in a last line. Control characters are made visible.
 */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[], width: number): string {
  const all = filled(columns, rows);
  const cut = isWider(all, width) ? all.map((column) => ({ ...column, cells: column.cells.map(shortened) })) : all;
  const shown = [...cut];
  while (shown.length > 1 && isWider(shown, width)) shown.pop();
  const widths = shown.map(columnWidth);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => padded(cell, widths[index] ?? 0, shown[index]?.isNumber ?? false))
      .join(GAP)
      .trimEnd();
  const lines = [
    line(shown.map((column) => visible(column.name))),
    widths.map((each) => "-".repeat(each)).join(GAP),
    ...rows.map((_, row) => line(shown.map((column) => column.cells[row] ?? ""))),
  ];
  const hidden = columns.slice(shown.length).map((column) => visible(column.name));
  if (hidden.length > 0) lines.push(`not shown: ${hidden.join(", ")}`);
  return `${lines.join("\n")}\n`;
}

/** Whether a table of this width omits or truncates something. */
export function isCut(columns: readonly TextColumn[], rows: readonly (readonly string[])[], width: number): boolean {
  return isWider(filled(columns, rows), width);
}

/**
 * Every column and value in full: a table if it fits into `width`, otherwise one value per line, which the terminal may
 * wrap.
 */
export function wideTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[], width: number): string {
  const all = filled(columns, rows);
  if (!isWider(all, width) || rows.length === 0) return textTable(columns, rows, Number.POSITIVE_INFINITY);
  const names = all.map(({ name }) => visible(name));
  const longest = Math.max(...names.map(widthOf));
  const records = rows.map((_, row) => {
    const lines = all.map(({ cells }, index) =>
      `${padded(names[index] ?? "", longest, false)}  ${cells[row]}`.trimEnd(),
    );
    return `row ${row + 1}\n${lines.map((line) => `  ${line}\n`).join("")}`;
  });
  return records.join("\n");
}

function filled(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): readonly FilledColumn[] {
  return columns.map((column, index) => ({ ...column, cells: rows.map((row) => visible(row[index] ?? "")) }));
}

interface FilledColumn extends TextColumn {
  readonly cells: readonly string[];
}

function isWider(columns: readonly FilledColumn[], width: number): boolean {
  const total = columns.reduce((sum, column) => sum + columnWidth(column), 0);
  return total + GAP.length * (columns.length - 1) > width;
}

function columnWidth({ name, cells }: FilledColumn): number {
  return cells.reduce((most, cell) => Math.max(most, widthOf(cell)), widthOf(name));
}

function shortened(cell: string): string {
  if (widthOf(cell) <= LONGEST_CELL) return cell;
  let kept = "";
  for (const character of cell) {
    if (widthOf(kept + character) >= LONGEST_CELL) break;
    kept += character;
  }
  return `${kept}…`;
}

function padded(cell: string, width: number, toTheRight: boolean): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(cell)));
  return toTheRight ? blanks + cell : cell + blanks;
}

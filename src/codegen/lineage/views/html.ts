/** A drawing as a self-contained HTML page: needs no server, network or other file. */

import page from "../../../../templates/lineage/page.html.hbs";
import { template } from "../../shared/template.ts";
import type { Arrow, Box, Drawing, End } from "./drawing.ts";
import { COLORS } from "./mermaid.ts";

const LINE = 20;
const HEADER = 28;
const GAP = 24;
/** The horizontal gap between two ranks of boxes, for the arrows. */
const CHANNEL = 90;
const MARGIN = 20;
/** The average width of a character. */
const CHARACTER = 7.5;

interface PlacedBox extends Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface PageView {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly colors: readonly { readonly layer: string; readonly color: string }[];
  readonly boxes: readonly object[];
  readonly arrows: readonly object[];
}

const render = template<PageView>(page);

export function htmlPage(drawing: Drawing): string {
  const boxes = layOut(drawing);
  return render({
    title: escaped(drawing.title),
    width: Math.ceil(Math.max(0, ...boxes.map(({ x, width }) => x + width)) + MARGIN),
    height: Math.ceil(Math.max(0, ...boxes.map(({ y, height }) => y + height)) + MARGIN),
    colors: Object.entries(COLORS).map(([layer, color]) => ({ layer, color })),
    boxes: boxes.map(({ label, rows, ...box }, number) => ({
      ...box,
      id: id({ box: number }),
      label: escaped(label),
      labelX: box.x + 10,
      labelY: box.y + 19,
      rows: rows.map((text, row) => ({
        id: id({ box: number, row }),
        text: escaped(text),
        x: box.x + 1,
        textX: box.x + 10,
        y: box.y + HEADER + row * LINE,
        textY: box.y + HEADER + row * LINE + 14,
        width: box.width - 2,
        height: LINE,
      })),
    })),
    arrows: drawing.arrows.map((arrow) => arrowView(arrow, boxes)),
  });
}

function arrowView({ from, to, label }: Arrow, boxes: readonly PlacedBox[]): object {
  const start = boxes[from.box];
  const end = boxes[to.box];
  if (start === undefined || end === undefined) throw new Error("an arrow has no box");
  const x1 = start.x + start.width;
  const y1 = middle(start, from);
  const y2 = middle(end, to);
  const bend = CHANNEL / 2;
  return {
    from: id(from),
    to: id(to),
    label: escaped(label ?? ""),
    path: `M${x1},${y1}C${x1 + bend},${y1} ${end.x - bend},${y2} ${end.x},${y2}`,
  };
}

function middle({ y, height }: PlacedBox, { row }: End): number {
  return row === undefined ? y + height / 2 : y + HEADER + row * LINE + LINE / 2;
}

/** The layout: each box is to the right of all its inputs, and below the previous boxes of its rank. */
function layOut({ boxes, arrows }: Drawing): readonly PlacedBox[] {
  const ranks = boxes.map(() => 0);
  // Inputs precede their boxes, so one pass over the arrows, sorted by target, is sufficient.
  const byTarget = arrows.toSorted((a, b) => a.to.box - b.to.box);
  for (const { from, to } of byTarget) ranks[to.box] = Math.max(ranks[to.box] ?? 0, (ranks[from.box] ?? 0) + 1);
  const sizes = boxes.map(({ label, rows }) => ({
    width: Math.max(label.length, ...rows.map((row) => row.length)) * CHARACTER + 24,
    height: HEADER + rows.length * LINE,
  }));
  const widths: number[] = [];
  sizes.forEach(({ width }, box) => {
    const rank = ranks[box] ?? 0;
    widths[rank] = Math.max(widths[rank] ?? 0, width);
  });
  const lefts = widths.map((_, rank) => MARGIN + widths.slice(0, rank).reduce((sum, each) => sum + each + CHANNEL, 0));
  const bottoms = widths.map(() => MARGIN);
  return boxes.map((box, number) => {
    const rank = ranks[number] ?? 0;
    const { height = 0 } = sizes[number] ?? {};
    const y = bottoms[rank] ?? MARGIN;
    bottoms[rank] = y + height + GAP;
    return { ...box, x: lefts[rank] ?? MARGIN, y, width: widths[rank] ?? 0, height };
  });
}

function id({ box, row }: End): string {
  return row === undefined ? `t${box}` : `t${box}c${row}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, " ").replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? "");
}

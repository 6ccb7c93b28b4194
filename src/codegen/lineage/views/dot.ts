/** A drawing in DOT, the language of Graphviz. */
import type { Drawing, End } from "./drawing.ts";
import { COLORS } from "./mermaid.ts";

export function dotText({ title, boxes, arrows }: Drawing): string {
  const nodes = boxes.flatMap(({ label, layer, rows }, box) => {
    const style = `shape=box style=filled fillcolor="${COLORS[layer]}"`;
    if (rows.length === 0) return [`  ${id({ box })} [label=${quoted(label)} ${style}];`];
    return [
      `  subgraph cluster_${box} {`,
      `    label=${quoted(label)};`,
      ...rows.map((row, index) => `    ${id({ box, row: index })} [label=${quoted(row)} ${style}];`),
      "  }",
    ];
  });
  const edges = arrows.map(({ from, to, label }) => {
    return `  ${id(from)} -> ${id(to)}${label ? ` [label=${quoted(label)}]` : ""};`;
  });
  return `${[`digraph ${quoted(title)} {`, "  rankdir=LR;", ...nodes, ...edges, "}"].join("\n")}\n`;
}

function id({ box, row }: End): string {
  return row === undefined ? `t${box}` : `t${box}c${row}`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\p{Cc}\u2028\u2029]/gu, " ").replace(/["\\]/g, "\\$&")}"`;
}

/** A drawing as a Mermaid flowchart, which GitHub and Azure DevOps render in Markdown. */
import type { Drawing, End } from "./drawing.ts";

export function mermaidText({ boxes, arrows }: Drawing): string {
  const lines = boxes.flatMap(({ label, layer, rows }, box) =>
    rows.length === 0
      ? [`  ${id({ box })}["${escaped(label)}"]:::${layer}`]
      : [
          `  subgraph ${id({ box })}["${escaped(label)}"]`,
          ...rows.map((row, index) => `    ${id({ box, row: index })}["${escaped(row)}"]:::${layer}`),
          "  end",
        ],
  );
  const links = arrows.map(({ from, to, label }) => `  ${id(from)} -->${label ? `|${label}|` : ""} ${id(to)}`);
  const classes = Object.entries(COLORS).map(([layer, color]) => `  classDef ${layer} fill:${color},color:#222`);
  return `${["flowchart LR", ...lines, ...links, ...classes].join("\n")}\n`;
}

export const COLORS = { source: "#e8e8e8", bronze: "#e9c9a5", silver: "#d5dbe3", gold: "#f5e19a" } as const;

function id({ box, row }: End): string {
  return row === undefined ? `t${box}` : `t${box}c${row}`;
}

/** Escapes quotes, tags, entities and Markdown. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, " ").replace(/["#&<>`\\[\]{}|]/g, (mark) => `#${mark.charCodeAt(0)};`);
}

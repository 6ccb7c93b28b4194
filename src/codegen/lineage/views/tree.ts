/** Prints a graph as an indented tree. A repeated node is printed without its children. */

export interface TreeNode {
  /** Identifies the node wherever it occurs. */
  readonly key: string;
  readonly label: string;
}

/** One line per node. A repeated node with children ends with `(above)`. */
export function treeText<Node extends TreeNode>(
  roots: readonly Node[],
  childrenOf: (node: Node) => readonly Node[],
): string {
  const lines: string[] = [];
  const seen = new Set<string>();
  /** A stack of the nodes to print, instead of recursion, because graphs can be deep. */
  const waiting = roots.toReversed().map((node) => ({ node, lead: "", below: "" }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, lead, below } = next;
    const children = childrenOf(node);
    const isKnown = seen.has(node.key) && children.length > 0;
    lines.push(`${lead}${node.label}${isKnown ? "  (above)" : ""}`);
    if (isKnown) continue;
    seen.add(node.key);
    const entries = children.map((child, index) => {
      const isLast = index === children.length - 1;
      return { node: child, lead: `${below}${isLast ? "└─ " : "├─ "}`, below: `${below}${isLast ? "   " : "│  "}` };
    });
    waiting.push(...entries.toReversed());
  }
  return lines.map((line) => `${line}\n`).join("");
}

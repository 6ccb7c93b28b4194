/** A graph as indented text, from some roots; what was shown before is not shown again. */

export interface TreeNode {
  /** The same for one thing wherever it is met. */
  readonly key: string;
  readonly label: string;
}

/** One line a node. Where a node with something below it comes again, its line ends with `(above)`. */
export function treeText<Node extends TreeNode>(
  roots: readonly Node[],
  childrenOf: (node: Node) => readonly Node[],
): string {
  const lines: string[] = [];
  const seen = new Set<string>();
  /** What is still to be printed, the next one last; deep graphs are no deep recursion. */
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

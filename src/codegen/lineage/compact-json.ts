const WIDTH = 120;

/** JSON with what fits into a line on one line: these files are long lists of small objects. */
export function compactJson(root: object): string {
  return `${print(root, "", 0)}\n`;
}

/** `column`: where in its line the value starts. */
function print(value: unknown, indent: string, column: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts: string[] = [];
  for (const [name, each] of Object.entries(value)) {
    if (each === undefined) continue;
    const head = isList ? "" : `${JSON.stringify(name)}: `;
    parts.push(head + print(each, inner, inner.length + head.length));
  }
  const [open, close] = isList ? "[]" : "{}";
  const length = parts.reduce((sum, part) => sum + part.length + 2, 0);
  const fits = column + length < WIDTH && !parts.some((part) => part.includes("\n"));
  if (fits) return `${open}${parts.join(", ")}${close}`;
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

const WIDTH = 120;

/** JSON with what fits into a line on one line: these files are long lists of small objects. */
export function compactJson(root: object): string {
  function print(value: unknown, indent: string, prefix: number): string {
    const line = JSON.stringify(value);
    if (typeof value !== "object" || value === null || indent.length + prefix + line.length < WIDTH) return line;
    const inner = `${indent}  `;
    const parts = Array.isArray(value)
      ? value.map((each) => inner + print(each, inner, 0))
      : Object.entries(value)
          .filter(([, each]) => each !== undefined)
          .map(([name, each]) => {
            const head = `${JSON.stringify(name)}: `;
            return inner + head + print(each, inner, head.length);
          });
    const [open, close] = Array.isArray(value) ? "[]" : "{}";
    return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
  }
  return `${print(root, "", 0)}\n`;
}

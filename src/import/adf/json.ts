/** JSON values with their location, so that notices have a file and a path. */

export interface Node {
  /** Undefined if it does not exist. */
  readonly value: unknown;
  /** Relative to the factory's folder: `pipeline/pl_ingest.json`. */
  readonly file: string;
  /** A JSON path: `$.properties.activities[0].name`. */
  readonly path: string;
}

/** The node of a property; without a value if the property does not exist. */
export function get(node: Node, ...names: readonly string[]): Node {
  let at = node;
  for (const name of names) {
    const value = isObject(at.value) && Object.hasOwn(at.value, name) ? at.value[name] : undefined;
    at = { value, file: at.file, path: `${at.path}${step(name)}` };
  }
  return at;
}

function step(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** The elements of a list; empty for other values. */
export function elements(node: Node): readonly Node[] {
  if (!Array.isArray(node.value)) return [];
  return node.value.map((value: unknown, at) => ({ value, file: node.file, path: `${node.path}[${at}]` }));
}

/** The properties of an object; empty for other values. */
export function properties(node: Node): readonly (readonly [name: string, value: Node])[] {
  return isObject(node.value) ? Object.keys(node.value).map((name) => [name, get(node, name)]) : [];
}

export function text(node: Node): string | undefined {
  return typeof node.value === "string" ? node.value : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The maximum length of a line; wide enough for a flow with its path, or an input of a column. */
const WIDTH = 320;
const CHUNK = 4096;

type Json = string | number | boolean | null;

/**
 * JSON in which everything that fits on one line is on one line, for long lists of small objects. Lists can be
 * iterables; an iterable that is not an array is printed item by item, so that its items need not be in memory
 * together.
 */
export function compactJson(root: object): string {
  const strings = new Map<string, string>();
  const chunks: string[] = [];
  let pieces: string[] = [];

  /**
   * Collects pieces and joins them in chunks, because appending to one long string is slow for the garbage collector.
   */
  const add = (piece: string): void => {
    pieces.push(piece);
    if (pieces.length < CHUNK) return;
    chunks.push(pieces.join(""));
    pieces = [];
  };

  const quoted = (value: string): string => {
    const known = strings.get(value);
    if (known !== undefined) return known;
    const made = JSON.stringify(value);
    strings.set(value, made);
    return made;
  };

  /** The value on one line; undefined if it is longer than `room` characters. */
  function flat(value: unknown, room: number): string | undefined {
    if (typeof value === "string") return within(quoted(value), room);
    if (typeof value !== "object" || value === null) return within(JSON.stringify(value as Json), room);
    let line = "";
    if (Array.isArray(value)) {
      for (const each of value) {
        const item = flat(each, room - line.length - 2);
        if (item === undefined) return undefined;
        line += line === "" ? item : `, ${item}`;
      }
      return within(`[${line}]`, room);
    }
    if (Symbol.iterator in value) return undefined;
    for (const name in value) {
      const each = value[name as keyof typeof value];
      if (each === undefined) continue;
      const head = `${line === "" ? "" : ", "}${quoted(name)}: `;
      const member = flat(each, room - line.length - head.length - 2);
      if (member === undefined) return undefined;
      line += head + member;
    }
    return within(`{${line}}`, room);
  }

  /** `column`: the position of the value in its line. */
  function print(value: unknown, indent: string, column: number): void {
    if (typeof value === "string") add(quoted(value));
    else if (typeof value !== "object" || value === null) add(JSON.stringify(value as Json));
    else {
      const line = flat(value, WIDTH - column - 1);
      if (line === undefined) printLines(value, indent);
      else add(line);
    }
  }

  function printLines(value: object, indent: string): void {
    const inner = `\n${indent}  `;
    const isList = Symbol.iterator in value;
    let separator = isList ? "[" : "{";
    if (isList) {
      for (const each of value as Iterable<unknown>) {
        add(separator + inner);
        print(each, inner.slice(1), inner.length - 1);
        separator = ",";
      }
    } else {
      for (const name in value) {
        const each = value[name as keyof typeof value];
        if (each === undefined) continue;
        const head = `${quoted(name)}: `;
        add(separator + inner + head);
        print(each, inner.slice(1), inner.length - 1 + head.length);
        separator = ",";
      }
    }
    const close = isList ? "]" : "}";
    add(separator === "," ? `\n${indent}${close}` : `${separator}${close}`);
  }

  print(root, "", 0);
  chunks.push(pieces.join(""), "\n");
  // One join, since a text that is put together again is copied when it is read.
  return chunks.join("");
}

function within(line: string, room: number): string | undefined {
  return line.length <= room ? line : undefined;
}

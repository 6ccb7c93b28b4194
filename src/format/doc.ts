/**
 * Documents before line breaking: Wadler's algebra with comments. A `group` is printed on one line if it fits;
 * otherwise each `line` directly in it breaks. A comment breaks its line, and therefore every group around it.
 */

export type Doc =
  | string
  /** Spaces without a possible line break; omitted at the end of a line. */
  | { readonly kind: "space"; readonly width: number }
  /** A line break if its group is broken; otherwise a space or nothing. */
  | { readonly kind: "line"; readonly flat: "" | " " }
  /** A line break followed by a blank line. */
  | { readonly kind: "blank-line" }
  | { readonly kind: "concat"; readonly docs: readonly Doc[]; readonly width: number }
  | { readonly kind: "indent"; readonly doc: Doc; readonly width: number }
  | { readonly kind: "group"; readonly doc: Doc; readonly broken: boolean; readonly width: number }
  /** One or the other, depending on whether the enclosing group is broken. */
  | { readonly kind: "if-broken"; readonly broken: Doc; readonly flat: Doc }
  | { readonly kind: "comment"; readonly text: string };

export const SPACE: Doc = { kind: "space", width: 1 };
/** A space or a line break. */
export const LINE: Doc = { kind: "line", flat: " " };
/** Nothing or a line break. */
export const SOFT_LINE: Doc = { kind: "line", flat: "" };
export const BLANK_LINE: Doc = { kind: "blank-line" };

export function spaces(width: number): Doc {
  return { kind: "space", width };
}

export function concat(docs: readonly Doc[]): Doc {
  return { kind: "concat", docs, width: docs.reduce((sum: number, each) => sum + widthOf(each), 0) };
}

export function indent(doc: Doc): Doc {
  return { kind: "indent", doc, width: widthOf(doc) };
}

/** With `broken` the group is broken even if it fits. */
export function group(doc: Doc, broken = false): Doc {
  const width = broken ? Number.POSITIVE_INFINITY : widthOf(doc);
  return { kind: "group", doc, broken: width === Number.POSITIVE_INFINITY, width };
}

export function ifBroken(broken: Doc, flat: Doc): Doc {
  return { kind: "if-broken", broken, flat };
}

/** A comment from its `//` to the end of the line. */
export function comment(text: string): Doc {
  return { kind: "comment", text };
}

/** The number of columns on one line; infinite if it contains a line break. */
export function widthOf(doc: Doc): number {
  if (typeof doc === "string") return doc.length;
  switch (doc.kind) {
    case "line":
      return doc.flat.length;
    case "blank-line":
    case "comment":
      return Number.POSITIVE_INFINITY;
    case "if-broken":
      return widthOf(doc.flat);
    default:
      return doc.width;
  }
}

/** A part that still has to be printed. */
interface Part {
  readonly doc: Doc;
  readonly indentation: number;
  readonly broken: boolean;
}

/** Prints the document, with a line break at the end unless it is empty. Widths are in UTF-16 units. */
export function print(doc: Doc, columns: number): string {
  const output: string[] = [];
  let column = 0;
  let atLineStart = true;
  let blanks = 0;
  const write = (text: string, indentation: number): void => {
    const before = " ".repeat(atLineStart ? indentation : blanks);
    output.push(before, text);
    column += before.length + text.length;
    atLineStart = false;
    blanks = 0;
  };
  const endLine = (): void => {
    if (!atLineStart) output.push("\n");
    column = 0;
    blanks = 0;
    atLineStart = true;
  };
  const waiting: Part[] = [{ doc, indentation: 0, broken: true }];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    const { doc: next, indentation, broken } = part;
    if (typeof next === "string") {
      if (next !== "") write(next, indentation);
      continue;
    }
    switch (next.kind) {
      case "space":
        blanks += next.width;
        break;
      case "line":
        if (broken) endLine();
        else blanks += next.flat.length;
        break;
      case "blank-line":
        endLine();
        if (output.length > 0 && output.at(-1) !== "\n\n") output.splice(-1, 1, "\n\n");
        break;
      case "concat":
        for (const each of next.docs.toReversed()) waiting.push({ ...part, doc: each });
        break;
      case "indent":
        waiting.push({ doc: next.doc, indentation: indentation + 2, broken });
        break;
      case "group": {
        const flat = { doc: next.doc, indentation, broken: false };
        const start = atLineStart ? indentation : column + blanks;
        const fits = !next.broken && fitsIn(columns - start, flat, waiting);
        waiting.push({ ...flat, broken: !fits });
        break;
      }
      case "if-broken":
        waiting.push({ ...part, doc: broken ? next.broken : next.flat });
        break;
      case "comment":
        blanks = Math.max(blanks, 1);
        write(next.text, indentation);
        endLine();
        break;
    }
  }
  endLine();
  return output.join("");
}

/** Whether a part and what follows it fit, up to the next possible line break. */
function fitsIn(columns: number, first: Part, rest: readonly Part[]): boolean {
  let left = columns;
  let following = rest.length;
  const waiting: Part[] = [first];
  while (left >= 0) {
    const part = waiting.pop() ?? rest[--following];
    if (part === undefined) return true;
    const { doc, broken } = part;
    if (typeof doc === "string") left -= doc.length;
    else if (doc.kind === "space") left -= doc.width;
    else if (doc.kind === "comment" || doc.kind === "blank-line") return true;
    else if (doc.kind === "line") {
      if (broken) return true;
      left -= doc.flat.length;
    } else if (doc.kind === "concat") {
      for (const each of doc.docs.toReversed()) waiting.push({ ...part, doc: each });
    } else if (doc.kind === "if-broken") waiting.push({ ...part, doc: broken ? doc.broken : doc.flat });
    else waiting.push({ ...part, doc: doc.doc, broken: broken || (doc.kind === "group" && doc.broken) });
  }
  return false;
}

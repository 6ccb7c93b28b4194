/** Text with places where lines may break, and its layout in a given width: the usual algebra of pretty printers. */

export type Document =
  | string
  | readonly Document[]
  /** A line break where its group is broken, else what `flat` says. */
  | { readonly kind: "line"; readonly flat: "" | " " }
  | { readonly kind: "indent"; readonly content: Document }
  /** Broken where it does not fit on the line, or where something in it demands it: then its `width` is infinite. */
  | { readonly kind: "group"; readonly content: Document; readonly width: number }
  /** A group that needs to be made only where it is broken. */
  | { readonly kind: "lazy-group"; readonly flat: string; readonly content: () => Document }
  /** Only where the group around it is broken. */
  | { readonly kind: "if-broken"; readonly content: string }
  /** Breaks every group around it. */
  | { readonly kind: "break-parent" };

export const line: Document = { kind: "line", flat: " " };
export const softline: Document = { kind: "line", flat: "" };
export const breakParent: Document = { kind: "break-parent" };
export const indent = (content: Document): Document => ({ kind: "indent", content });
export const group = (content: Document): Document => ({ kind: "group", content, width: flatWidth(content) });
/** `flat` is the text of the content on one line. */
export const lazyGroup = (flat: string, content: () => Document): Document => ({ kind: "lazy-group", flat, content });
export const ifBroken = (content: string): Document => ({ kind: "if-broken", content });

export function join(separator: Document, parts: readonly Document[]): Document {
  const joined: Document[] = [];
  for (const part of parts) {
    if (joined.length > 0) joined.push(separator);
    joined.push(part);
  }
  return joined;
}

function flatWidth(content: Document): number {
  if (typeof content === "string") return widthOf(content);
  if (!("kind" in content)) {
    let width = 0;
    for (const part of content) width += flatWidth(part);
    return width;
  }
  switch (content.kind) {
    case "line":
      return content.flat.length;
    case "lazy-group":
      return widthOf(content.flat);
    case "indent":
      return flatWidth(content.content);
    case "group":
      return content.width;
    case "if-broken":
      return 0;
    case "break-parent":
      return Number.POSITIVE_INFINITY;
    default:
      return content satisfies never;
  }
}

/** The text on one line. */
function flatText(content: Document): string {
  if (typeof content === "string") return content;
  if (!("kind" in content)) {
    let text = "";
    for (const part of content) text += flatText(part);
    return text;
  }
  switch (content.kind) {
    case "line":
    case "lazy-group":
      return content.flat;
    case "indent":
    case "group":
      return flatText(content.content);
    default:
      return "";
  }
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** In columns of a terminal: East Asian characters take two, marks on letters none. */
function widthOf(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7e) return text.replace(/\p{M}/gu, "").replace(WIDE, "  ").length;
  }
  return text.length;
}

const INDENT = "    ";

/** What stands in broken groups and is not yet printed. */
interface Pending {
  readonly depth: number;
  readonly content: Document;
}

/** A text as one line, `depth` steps indented. */
export function onOneLine(text: string, depth: number): string {
  return INDENT.repeat(depth) + text;
}

/** The text, `depth` steps indented, in lines of at most `width` characters, as far as its places allow. */
export function render(content: Document, width: number, depth: number): string {
  let text = INDENT.repeat(depth);
  let column = text.length;
  const pending: Pending[] = [{ depth, content }];
  const print = (piece: string, pieceWidth: number): void => {
    text += piece;
    column += pieceWidth;
  };
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { depth, content } = next;
    if (typeof content === "string") print(content, widthOf(content));
    else if (!("kind" in content)) {
      for (let at = content.length - 1; at >= 0; at--) pending.push({ depth, content: content[at] ?? "" });
    } else if (content.kind === "indent") pending.push({ depth: depth + 1, content: content.content });
    else if (content.kind === "group") {
      if (fits(content.width, pending, width - column)) print(flatText(content), content.width);
      else pending.push({ depth, content: content.content });
    } else if (content.kind === "lazy-group") {
      const flatWidth = widthOf(content.flat);
      if (fits(flatWidth, pending, width - column)) print(content.flat, flatWidth);
      else pending.push({ depth, content: content.content() });
    } else if (content.kind === "if-broken") print(content.content, content.content.length);
    else if (content.kind === "line") {
      text += `\n${INDENT.repeat(depth)}`;
      column = INDENT.length * depth;
    }
  }
  return text;
}

/** Whether something of a width, and what follows it up to the next possible break, has room on the line. */
function fits(width: number, following: readonly Pending[], room: number): boolean {
  let left = room - width;
  for (let at = following.length - 1; at >= 0 && left >= 0; at--) {
    const { width: more, ends } = widthToBreak(following[at]?.content ?? "");
    left -= more;
    if (ends) break;
  }
  return left >= 0;
}

/** The width up to the first place where a line may end, and whether there is one. */
function widthToBreak(content: Document): { readonly width: number; readonly ends: boolean } {
  if (typeof content === "string") return { width: widthOf(content), ends: false };
  if (!("kind" in content)) {
    let width = 0;
    for (const part of content) {
      const next = widthToBreak(part);
      width += next.width;
      if (next.ends) return { width, ends: true };
    }
    return { width, ends: false };
  }
  switch (content.kind) {
    case "line":
      return { width: 0, ends: true };
    case "indent":
    case "group":
      return widthToBreak(content.content);
    case "lazy-group":
      return widthToBreak(content.content());
    case "if-broken":
      return { width: content.content.length, ends: false };
    case "break-parent":
      return { width: 0, ends: false };
    default:
      return content satisfies never;
  }
}

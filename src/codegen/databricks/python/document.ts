/** Text with places where lines may break, and its layout in a given width: the usual algebra of pretty printers. */

export type Document =
  | string
  | readonly Document[]
  /** A line break where its group is broken, else what `flat` says. */
  | { readonly kind: "line"; readonly flat: "" | " " }
  | { readonly kind: "indent"; readonly content: Document }
  /** Broken where it does not fit on the line, or where something in it demands it. */
  | { readonly kind: "group"; readonly content: Document; readonly broken: boolean }
  /** Only where the group around it is broken. */
  | { readonly kind: "if-broken"; readonly content: string }
  /** Breaks every group around it. */
  | { readonly kind: "break-parent" };

export const line: Document = { kind: "line", flat: " " };
export const softline: Document = { kind: "line", flat: "" };
export const breakParent: Document = { kind: "break-parent" };
export const indent = (content: Document): Document => ({ kind: "indent", content });
export const group = (content: Document): Document => ({ kind: "group", content, broken: breaks(content) });
export const ifBroken = (content: string): Document => ({ kind: "if-broken", content });

export function join(separator: Document, parts: readonly Document[]): Document {
  return parts.flatMap((part, at) => (at === 0 ? [part] : [separator, part]));
}

function breaks(content: Document): boolean {
  if (typeof content === "string") return false;
  if (!("kind" in content)) return content.some(breaks);
  switch (content.kind) {
    case "break-parent":
      return true;
    case "group":
      return content.broken;
    case "indent":
      return breaks(content.content);
    default:
      return false;
  }
}

interface Command {
  readonly depth: number;
  readonly broken: boolean;
  readonly content: Document;
}

const INDENT = "    ";

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** In columns of a terminal: East Asian characters take two, marks on letters none. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return text.replace(/\p{M}/gu, "").replace(WIDE, "  ").length;
}

/** The text, `depth` steps indented, in lines of at most `width` characters, as far as its places allow. */
export function render(content: Document, width: number, depth: number): string {
  let text = INDENT.repeat(depth);
  let column = text.length;
  const commands: Command[] = [{ depth, broken: true, content }];
  for (let next = commands.pop(); next; next = commands.pop()) {
    const { depth, broken, content } = next;
    if (typeof content === "string") {
      text += content;
      column += widthOf(content);
    } else if (!("kind" in content)) {
      for (const part of content.toReversed()) commands.push({ depth, broken, content: part });
    } else if (content.kind === "indent") {
      commands.push({ depth: depth + 1, broken, content: content.content });
    } else if (content.kind === "group") {
      const flat: Command = { depth, broken: false, content: content.content };
      const isBroken = content.broken || !fits(flat, commands, width - column);
      commands.push({ ...flat, broken: isBroken });
    } else if (content.kind === "if-broken") {
      if (broken) commands.push({ depth, broken, content: content.content });
    } else if (content.kind === "line") {
      text += broken ? `\n${INDENT.repeat(depth)}` : content.flat;
      column = broken ? INDENT.length * depth : column + content.flat.length;
    }
  }
  return text;
}

/** Whether the content, and what follows it up to the next possible break, has room on the line. */
function fits(first: Command, rest: readonly Command[], room: number): boolean {
  const commands: Command[] = [first];
  let left = room;
  for (let following = rest.length; left >= 0; ) {
    const next = commands.pop() ?? rest[--following];
    if (next === undefined) return true;
    const { depth, broken, content } = next;
    if (typeof content === "string") left -= widthOf(content);
    else if (!("kind" in content)) {
      for (const part of content.toReversed()) commands.push({ depth, broken, content: part });
    } else if (content.kind === "indent") commands.push({ depth, broken, content: content.content });
    else if (content.kind === "group")
      commands.push({ depth, broken: broken || content.broken, content: content.content });
    else if (content.kind === "if-broken") {
      if (broken) left -= content.content.length;
    } else if (content.kind === "line") {
      if (broken) return true;
      left -= content.flat.length;
    }
  }
  return false;
}

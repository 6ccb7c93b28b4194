/**
 * The input of the layout: tokens with their comments, nested by brackets, and split into items in braces. The tokens
 * keep the source exactly, including parentheses and spellings; the tree determines what belongs together.
 */
import type { AnyNode, Comment, Module } from "../parser/ast.ts";
import type { Token as SourceToken, TokenType } from "../parser/tokens.ts";
import * as t from "../parser/tokens.ts";
import { children } from "../parser/walk.ts";

export interface Token {
  readonly kind: "token";
  readonly type: TokenType;
  readonly text: string;
  readonly start: number;
  /** Comments on their own lines above the token. */
  readonly above: readonly CommentAbove[];
  /** Comments on the token's line, after it. */
  readonly behind: readonly string[];
  /** Whether a blank line precedes the token. */
  readonly afterBlankLine: boolean;
}

export interface CommentAbove {
  readonly text: string;
  readonly afterBlankLine: boolean;
}

export type Piece = Token | Parentheses | Block;

/** `( … )` or `[ … ]` */
export interface Parentheses {
  readonly kind: "parentheses";
  readonly open: Token;
  readonly pieces: readonly Piece[];
  readonly close: Token;
}

/** `{ item … }` */
export interface Block {
  readonly kind: "block";
  readonly open: Token;
  readonly items: readonly Item[];
  readonly close: Token;
  /** Whether it spans several lines in the source, which is preserved. */
  readonly isTall: boolean;
}

export type ItemKind = "step" | "join" | "declaration" | "other";

export interface Item {
  readonly kind: ItemKind;
  /** At least one. The outermost comments belong to the item. */
  readonly pieces: readonly Piece[];
  readonly above: readonly CommentAbove[];
  readonly behind: readonly string[];
  /** Whether a blank line precedes its first token. */
  readonly afterBlankLine: boolean;
}

/** The syntactic roles of tokens, by their offsets. */
export interface Roles {
  readonly items: ReadonlyMap<number, ItemKind>;
  /** Names with an opening parenthesis directly after them: calls, types, tags. */
  readonly called: ReadonlySet<number>;
  /** Names of types, whose arguments are printed without spaces: `decimal(10,2)`. */
  readonly types: ReadonlySet<number>;
  /** Unary minus signs. */
  readonly signs: ReadonlySet<number>;
  /** The `%` of limits, printed without a space after the number. */
  readonly percents: ReadonlySet<number>;
  /** The `on` of joins. */
  readonly conditions: ReadonlySet<number>;
}

/** Collects the roles in one walk over the tree. */
export function rolesOf(module: Module, tokens: readonly SourceToken[]): Roles {
  const items = new Map<number, ItemKind>();
  const called = new Set<number>();
  const types = new Set<number>();
  const signs = new Set<number>();
  const percents = new Set<number>();
  const conditions = new Set<number>();
  const startOfNext = (offset: number): number => {
    let [low, high] = [0, tokens.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tokens[middle]?.start ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return tokens[low]?.start ?? offset;
  };
  const listed = (nodes: readonly AnyNode[], kind: ItemKind): void => {
    for (const node of nodes) items.set(node.span.start, node.kind === "join" ? "join" : kind);
  };
  const visit = (node: AnyNode): void => {
    switch (node.kind) {
      case "module":
        listed(node.declarations, "declaration");
        break;
      case "table":
        listed(node.steps, "step");
        break;
      case "project":
        listed(node.settings, "other");
        break;
      case "config-block":
        listed(node.properties, "other");
        break;
      case "enum":
        listed(node.values, "other");
        break;
      case "bronze":
        listed(node.members, "other");
        called.add(node.object.span.start);
        break;
      case "derive":
      case "select":
        listed(node.columns, "other");
        break;
      case "group":
        listed(node.aggregates, "other");
        break;
      case "match":
        listed(node.branches, "other");
        break;
      case "join":
        conditions.add(startOfNext((node.alias ?? node.relation).span.end));
        break;
      case "type":
        types.add(node.name.span.start);
        called.add(node.name.span.start);
        break;
      case "secret":
        called.add(node.store.span.start);
        break;
      case "fn":
      case "call":
      case "tag":
        called.add(node.name.span.start);
        break;
      case "limit":
        percents.add(startOfNext(node.number.span.end));
        break;
      case "unary":
        if (node.operator === "-") signs.add(node.span.start);
        break;
    }
    for (const child of children(node)) visit(child);
  };
  visit(module);
  return { items, called, types, signs, percents, conditions };
}

/** The file's declarations, and an empty token that carries the comments at the end of the file. */
export function piecesOf(
  text: string,
  tokens: readonly SourceToken[],
  comments: readonly Comment[],
  roles: Roles,
): { readonly declarations: readonly Item[]; readonly end: Token } {
  const all = withComments(text, tokens, comments);
  let next = 0;
  const take = (): Token => {
    const token = all[next++];
    if (!token) throw new Error("a text without mistakes closes its brackets");
    return token;
  };
  const piece = (): Piece => {
    const open = take();
    if (open.type === t.LBrace) return block(open);
    if (open.type !== t.LParen && open.type !== t.LBracket) return open;
    const pieces: Piece[] = [];
    while (all[next]?.type !== t.RParen && all[next]?.type !== t.RBracket) pieces.push(piece());
    const comma = pieces.at(-1);
    if (comma?.kind === "token" && comma.type === t.Comma) pieces.splice(-2, 2, ...withoutComma(pieces.at(-2), comma));
    return { kind: "parentheses", open, pieces, close: take() };
  };
  /** The piece without the comma after it. A trailing comment stays after the piece, others move to the next token. */
  const withoutComma = (before: Piece | undefined, comma: Token): readonly Piece[] => {
    const following = all[next];
    if (!before || !following) return [];
    if (comma.above.length === 0 && lastToken(before)?.behind.length === 0) return [withBehind(before, comma.behind)];
    const stray = [...comma.above, ...comma.behind.map((text) => ({ text, afterBlankLine: false }))];
    if (stray.length > 0) all[next] = withAbove(following, stray);
    return [before];
  };
  const block = (open: Token): Block => {
    const list = items();
    const close = take();
    return { kind: "block", open, items: list, close, isTall: text.slice(open.start, close.start).includes("\n") };
  };
  const items = (): readonly Item[] => {
    const list: Item[] = [];
    while (all[next]?.type !== t.RBrace && all[next]?.type !== t.EndOfFile) list.push(item());
    return list;
  };
  const item = (): Item => {
    // The `else` of a match starts an item too, but is not a node.
    const kind = roles.items.get(all[next]?.start ?? -1) ?? "other";
    const pieces = [piece()];
    for (let token = all[next]; token; token = all[next]) {
      if (token.type === t.RBrace || token.type === t.EndOfFile || roles.items.has(token.start)) break;
      if (kind === "other" && token.type === t.Else) break;
      if (kind === "other" && token.type === t.Comma) {
        pieces.splice(-1, 1, ...withoutComma(pieces.at(-1), take()));
        break;
      }
      pieces.push(piece());
    }
    return itemOf(kind, pieces);
  };
  return { declarations: items(), end: take() };
}

function withBehind(piece: Piece, behind: readonly string[]): Piece {
  return piece.kind === "token" ? { ...piece, behind } : { ...piece, close: { ...piece.close, behind } };
}

/** Makes an item of the pieces and moves the outermost comments to it. */
function itemOf(kind: ItemKind, pieces: readonly Piece[]): Item {
  const first = firstToken(pieces[0]);
  return {
    kind,
    pieces: pieces
      .map((piece, index) => (index === 0 ? withoutAbove(piece) : piece))
      .map((piece, index) => (index === pieces.length - 1 ? withBehind(piece, []) : piece)),
    above: first?.above ?? [],
    behind: lastToken(pieces.at(-1))?.behind ?? [],
    afterBlankLine: first?.afterBlankLine ?? false,
  };
}

/** A blank line separates the comments, so that they do not become the documentation of what follows. */
function withAbove(token: Token, comments: readonly CommentAbove[]): Token {
  const [first, ...rest] = token.above;
  if (first === undefined) return { ...token, above: comments, afterBlankLine: true };
  return { ...token, above: [...comments, { ...first, afterBlankLine: true }, ...rest] };
}

function withoutAbove(piece: Piece): Piece {
  return piece.kind === "token" ? { ...piece, above: [] } : { ...piece, open: { ...piece.open, above: [] } };
}

export function firstToken(piece: Piece | undefined): Token | undefined {
  return piece?.kind === "token" ? piece : piece?.open;
}

export function lastToken(piece: Piece | undefined): Token | undefined {
  return piece?.kind === "token" ? piece : piece?.close;
}

/** The tokens with their comments, and one for the end of the file. */
function withComments(text: string, tokens: readonly SourceToken[], comments: readonly Comment[]): Token[] {
  const result: Token[] = [];
  let behind: string[] = [];
  let nextComment = 0;
  let end = 0;
  const gapTo = (start: number): string => text.slice(end, start);
  for (const token of [...tokens, undefined]) {
    const start = token?.start ?? text.length;
    const above: CommentAbove[] = [];
    for (let each = comments[nextComment]; each && each.span.start < start; each = comments[++nextComment]) {
      const gap = gapTo(each.span.start);
      if (above.length === 0 && result.length > 0 && !gap.includes("\n")) behind.push(withoutBlanksAtEnd(each.text));
      else above.push({ text: withoutBlanksAtEnd(each.text), afterBlankLine: hasBlankLine(gap) });
      end = each.span.end;
    }
    behind = [];
    result.push({
      kind: "token",
      type: token?.type ?? t.EndOfFile,
      text: token?.image ?? "",
      start,
      above,
      behind,
      afterBlankLine: hasBlankLine(gapTo(start)),
    });
    end = start + (token?.image.length ?? 0);
  }
  return result;
}

/** Removes only spaces and tabs; other whitespace was written on purpose. */
function withoutBlanksAtEnd(comment: string): string {
  return comment.replace(/[ \t]+$/, "");
}

function hasBlankLine(gap: string): boolean {
  return /\n[^\S\n]*\n/.test(gap);
}

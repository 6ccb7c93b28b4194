/**
 * The layout of a program. Rules:
 * - two spaces per level, 120 columns; a block on several lines stays so, with one item per line and without commas; a
 *   block on one line stays there as long as it fits;
 * - lines that are too long break at commas, then before the loosest operators;
 * - in a block on several lines, types, `=`, `=>` and the `on` of adjacent joins are aligned, as are the `=` of
 *   adjacent secrets and sources; a blank line starts a new alignment, and rows that would become too long are not
 *   aligned;
 * - at most one blank line, and always one around a declaration of several lines.
 */

import type { TokenType } from "../parser/tokens.ts";
import * as t from "../parser/tokens.ts";
import {
  BLANK_LINE,
  comment,
  concat,
  type Doc,
  group,
  ifBroken,
  indent,
  LINE,
  SOFT_LINE,
  SPACE,
  spaces,
  widthOf,
} from "./doc.ts";
import {
  type Block,
  firstToken,
  type Item,
  lastToken,
  type Parentheses,
  type Piece,
  type Roles,
  type Token,
} from "./pieces.ts";

export const COLUMNS = 120;

/** Where sequences break, loosest operators first. */
const LEVELS: readonly ReadonlySet<TokenType>[] = [
  new Set([t.Comma]),
  new Set([t.Else, t.Where, t.Per]),
  new Set([t.Or]),
  new Set([t.And]),
  new Set([t.Coalesce]),
  new Set([t.Plus, t.Minus, t.Concat]),
  new Set([t.Star, t.Slash, t.Percent, t.Div]),
];

/** No space before these. */
const CLOSE_BEFORE: ReadonlySet<TokenType> = new Set([t.Comma, t.Colon, t.Dot, t.DotDot, t.Question]);
/** No space after these. */
const CLOSE_BEHIND: ReadonlySet<TokenType> = new Set([t.Dot, t.DotDot, t.Tag]);

/** Tokens that continue the previous value: an item that starts with one needs the comma before it. */
const CONTINUING: ReadonlySet<TokenType> = new Set([t.Where, t.Per, t.At]);

/** Separates items by a blank line. */
const APART = ifBroken(BLANK_LINE, LINE);

/** An item, split before the part that is aligned with its neighbours, and before its last block. */
interface Row {
  readonly item: Item;
  readonly left: Doc;
  readonly right: Doc | undefined;
  readonly tail: Doc | undefined;
  readonly width: number;
}

/** The program's declarations, and the comments at the end. */
export function layout(declarations: readonly Item[], end: Token, roles: Roles): Doc {
  return concat([items(declarations, 0, roles), LINE, ...commentsAtEnd(end, declarations.length > 0)]);
}

/** Items, one per line in a broken block, otherwise on one line. `indentation` is that of the lines. */
function items(list: readonly Item[], indentation: number, roles: Roles): Doc {
  const rows = list.map((item) => rowOf(item, indentation, roles));
  const paddings = paddingsOf(rows, indentation);
  return concat(
    rows.flatMap((row, index) => {
      const next = rows[index + 1];
      const here = [...commentsAbove(row.item), printedRow(row, paddings[index] ?? 0)];
      const behind = row.item.behind.map(comment);
      if (!next) return [...here, ...behind];
      const end = isApart(row, next, indentation) ? APART : LINE;
      return [...here, commaBetween(row, next), ...behind, end];
    }),
  );
}

function commaBetween({ item }: Row, next: Row): Doc {
  if (item.kind !== "other") return "";
  return ifBroken(continues(next.item) ? "," : "", ",");
}

/**
 * Whether the parser would read the item as a continuation of the previous one. For a minus this depends on the space
 * after it.
 */
function continues({ pieces }: Item): boolean {
  const start = firstToken(pieces[0]);
  if (start === undefined || start.type !== t.Minus) return start !== undefined && CONTINUING.has(start.type);
  const operand = firstToken(pieces[1]);
  return operand?.type === t.Minus || start.behind.length > 0 || (operand?.above.length ?? 0) > 0;
}

function isApart(row: Row, next: Row, indentation: number): boolean {
  if (isAfterBlankLine(next.item)) return true;
  return row.item.kind === "declaration" && [row, next].some((each) => isTall(each, indentation));
}

function isAfterBlankLine(item: Item): boolean {
  return (item.above[0] ?? item).afterBlankLine;
}

/** Whether the row takes several lines. Computed without paddings, which depend on it. */
function isTall(row: Row, indentation: number): boolean {
  return indentation + row.width > COLUMNS;
}

function rowOf(item: Item, indentation: number, roles: Roles): Row {
  const last = item.pieces.at(-1);
  const tail = last?.kind === "block" && item.pieces.length > 1 ? block(last, indentation, roles) : undefined;
  const head = tail ? item.pieces.slice(0, -1) : item.pieces;
  const cut = cutOf(item, head, roles);
  const left = sequence(head.slice(0, cut), indentation, roles);
  const right = cut < head.length ? sequence(head.slice(cut), indentation, roles) : undefined;
  const width = [left, right, tail].reduce((sum: number, each) => sum + (each ? 1 + widthOf(each) : 0), -1);
  return { item, left, right, tail, width };
}

/** The index of the piece that starts the aligned part; the number of pieces if there is none. */
function cutOf({ kind }: Item, pieces: readonly Piece[], roles: Roles): number {
  const find = (isMark: (token: Token) => boolean): number => {
    const found = pieces.findIndex((piece) => piece.kind === "token" && isMark(piece));
    return found === -1 ? pieces.length : found;
  };
  switch (kind) {
    case "join":
      return find((token) => roles.conditions.has(token.start));
    case "declaration": {
      const first = firstToken(pieces[0])?.type;
      return first === t.Secret || first === t.Source ? find((token) => token.type === t.Assign) : pieces.length;
    }
    case "step":
      return pieces.length;
    case "other": {
      const found = find(({ type }) => type === t.Assign || type === t.Arrow || type === t.Colon);
      return firstToken(pieces[found])?.type === t.Colon ? found + 1 : found;
    }
  }
}

function printedRow({ item, left, right, tail }: Row, padding: number): Doc {
  const pad = ifBroken(spaces(padding), "");
  const parts: Doc[] = [left];
  if (right !== undefined) {
    const isJoin = item.kind === "join";
    parts.push(pad, isJoin ? group(indent(concat([LINE, right]))) : concat([SPACE, right]));
  }
  if (tail !== undefined) parts.push(SPACE, tail);
  return concat(parts);
}

/** The padding of each row's right part, which aligns adjacent rows. */
function paddingsOf(rows: readonly Row[], indentation: number): readonly number[] {
  const paddings = rows.map(() => 0);
  let run: { readonly row: Row; readonly at: number }[] = [];
  const close = (): void => {
    const widest = run.reduce((most, { row }) => Math.max(most, widthOf(row.left)), 0);
    const padding = (row: Row): number => widest - widthOf(row.left);
    const fits = ({ row }: { readonly row: Row }): boolean =>
      isTall(row, indentation) || indentation + row.width + padding(row) <= COLUMNS;
    if (run.every(fits)) for (const { row, at } of run) paddings[at] = padding(row);
    run = [];
  };
  for (const [at, row] of rows.entries()) {
    const before = rows[at - 1];
    if (before && (isApart(before, row, indentation) || !isSameKind(before, row))) close();
    if (row.right !== undefined && !mayBreak(row, indentation)) run.push({ row, at });
  }
  close();
  return paddings;
}

/** Whether the left part may break. Such rows are never aligned, so that formatting again does not change them. */
function mayBreak(row: Row, indentation: number): boolean {
  return !Number.isFinite(widthOf(row.left)) || (isTall(row, indentation) && hasGroup(row.left));
}

function hasGroup(doc: Doc): boolean {
  if (typeof doc === "string") return false;
  if (doc.kind === "concat") return doc.docs.some(hasGroup);
  return doc.kind === "group" || (doc.kind === "indent" && hasGroup(doc.doc));
}

/**
 * Whether rows can be aligned with each other: joins with joins, secrets with secrets, and others in the same block.
 */
function isSameKind(a: Row, b: Row): boolean {
  if (a.item.kind !== b.item.kind) return false;
  return a.item.kind !== "declaration" || firstToken(a.item.pieces[0])?.type === firstToken(b.item.pieces[0])?.type;
}

function block(braces: Block, indentation: number, roles: Roles): Doc {
  const open = token(braces.open);
  const close = braces.close.text;
  const behind = braces.close.behind.map(comment);
  const lines = [
    ...(braces.items.length > 0 ? [items(braces.items, indentation + 2, roles)] : []),
    ...commentsAtEnd(braces.close, braces.items.length > 0),
  ];
  if (lines.length === 0) return concat([open, close, ...behind]);
  return concat([group(concat([open, indent(concat([LINE, ...lines])), LINE, close]), braces.isTall), ...behind]);
}

function parentheses(piece: Parentheses, indentation: number, roles: Roles, isType: boolean): Doc {
  const open = token(piece.open);
  const close = piece.close.text;
  const behind = piece.close.behind.map(comment);
  const parts = split(piece.pieces, startsAfterComma).map((part) => sequence(part, indentation + 2, roles, 1));
  const atEnd = commentsAtEnd(piece.close, parts.length > 0);
  const lines = [...parts.flatMap((each, index) => (index === 0 || isType ? [each] : [LINE, each])), ...atEnd];
  if (lines.length === 0 || isType) return concat([open, ...lines, close, ...behind]);
  return concat([group(concat([open, indent(concat([SOFT_LINE, ...lines])), SOFT_LINE, close])), ...behind]);
}

/** Pieces in a row, broken at their loosest operators if they are too long. */
function sequence(pieces: readonly Piece[], indentation: number, roles: Roles, level = 0): Doc {
  const types = LEVELS[level];
  if (!types) return sideBySide(pieces, indentation, roles);
  const parts = split(pieces, level === 0 ? startsAfterComma : operatorsOf(types, pieces, roles));
  const [first, ...rest] = parts.map((part) => sequence(part, indentation, roles, level + 1));
  if (first === undefined) return "";
  return rest.length === 0 ? first : group(concat([first, indent(concat(rest.flatMap((each) => [LINE, each])))]));
}

type StartsPart = (piece: Piece, before: Piece) => boolean;

function split(pieces: readonly Piece[], starts: StartsPart): readonly (readonly Piece[])[] {
  const parts: Piece[][] = [];
  let before: Piece | undefined;
  for (const piece of pieces) {
    if (before === undefined || starts(piece, before)) parts.push([]);
    parts.at(-1)?.push(piece);
    before = piece;
  }
  return parts;
}

function startsAfterComma(_: Piece, before: Piece): boolean {
  return before.kind === "token" && before.type === t.Comma;
}

/** Recognizes binary operators of these types. Stateful: has to be called for each piece, in order. */
function operatorsOf(types: ReadonlySet<TokenType>, pieces: readonly Piece[], roles: Roles): StartsPart {
  let ranges = firstToken(pieces[0])?.type === t.Between ? 1 : 0;
  return (piece, before) => {
    if (piece.kind !== "token") return false;
    if (piece.type === t.Between) ranges++;
    if (!types.has(piece.type) || roles.signs.has(piece.start) || roles.percents.has(piece.start)) return false;
    // The `and` of `between low and high` is not a logical operator.
    if (piece.type === t.And && ranges > 0) {
      ranges--;
      return false;
    }
    return (piece.type !== t.Where && piece.type !== t.Per) || before.kind === "parentheses";
  };
}

function sideBySide(pieces: readonly Piece[], indentation: number, roles: Roles): Doc {
  const [first = "", ...rest] = pieces.map((piece, index) => {
    const before = pieces[index - 1];
    const printed = printedPiece(piece, before, indentation, roles);
    return before && hasGap(before, piece, roles) ? concat([SPACE, printed]) : printed;
  });
  // After a comment the item continues on the next line.
  const isCommented = pieces.some((piece) => piece.kind === "token" && piece.above.length + piece.behind.length > 0);
  return concat([first, isCommented ? indent(concat(rest)) : concat(rest)]);
}

function printedPiece(piece: Piece, before: Piece | undefined, indentation: number, roles: Roles): Doc {
  switch (piece.kind) {
    case "token":
      return token(piece);
    case "block":
      return block(piece, indentation, roles);
    case "parentheses":
      return parentheses(piece, indentation, roles, before?.kind === "token" && roles.types.has(before.start));
  }
}

function hasGap(before: Piece, after: Piece, roles: Roles): boolean {
  const [left, right] = [lastToken(before), firstToken(after)];
  if (!left || !right) return false;
  if (roles.percents.has(right.start)) return false;
  if (CLOSE_BEFORE.has(right.type) || CLOSE_BEHIND.has(left.type)) return false;
  // Two adjacent minus signs would start a SQL comment.
  if (roles.signs.has(left.start)) return right.type === t.Minus;
  return !(after.kind === "parentheses" && before.kind === "token" && roles.called.has(left.start));
}

function token(each: Token): Doc {
  return concat([
    ...each.above.map(({ text }) => concat([LINE, comment(text)])),
    each.text,
    ...each.behind.map(comment),
  ]);
}

function commentsAbove(item: Item): readonly Doc[] {
  const [, ...rest] = [...item.above, item];
  return item.above.flatMap(({ text }, index) => [comment(text), ...(rest[index]?.afterBlankLine ? [BLANK_LINE] : [])]);
}

/** Comments before a closing bracket or the end of the file. */
function commentsAtEnd({ above }: Token, hasItems: boolean): readonly Doc[] {
  return above.flatMap(({ text, afterBlankLine }, index) => {
    const isApart = afterBlankLine && (hasItems || index > 0);
    return [isApart ? BLANK_LINE : hasItems || index > 0 ? LINE : "", comment(text)];
  });
}

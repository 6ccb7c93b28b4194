/**
 * Error recovery.
 *
 * The usual recovery uses the sets of tokens that can follow, but here nearly every token is a name and can follow nearly
 * everywhere. What separates one item from the next is the layout of the text. So the lists of the grammar (`block`) and
 * their items (`attempt`) recover themselves:
 * - an invalid item keeps what was parsed of it and ends with its line, its comma or its block;
 * - a block ends at its `}`, or where a declaration starts at the left margin, so that a missing brace affects one table;
 * - a missing name or value is replaced by an empty one, and the item continues;
 * - of several errors at one token only the first is reported, and nothing about what is skipped.
 */
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../source.ts";
import type { Comment } from "./ast.ts";
import { foreignStep } from "./foreign-words.ts";
import { keywordHint } from "./messages.ts";
import { abandoned, ReadingParser } from "./rule-base.ts";
import * as t from "./tokens.ts";
import { matches, type Token, type TokenType } from "./tokens.ts";

/** The maximum nesting of expressions; a parenthesis, a call or a branch of `match` counts as two levels. */
export const MAX_NESTING = 256;
/** The maximum number of operators of an expression: the tree of a chain is as deep as the chain is long. */
export const MAX_OPERATORS = 1000;

/** The kinds of lists, which determine where an invalid item ends. */
export type ItemKind = "entry" | "step" | "header" | "declaration";

function typesOf(role: t.KeywordRole): ReadonlySet<TokenType> {
  return new Set(t.keywords.filter((each) => each.role === role).map((each) => each.type));
}

/** The keywords that start a declaration. */
export const DECLARATIONS = typesOf("declaration");
/** The keywords that start a step. */
export const STEPS = typesOf("step");

export abstract class RecoveringParser extends ReadingParser {
  protected nesting = 0;
  protected operators = 0;
  /** True in the braces of `derive`, `select` and `group`, where a call can be followed by `where` and `per`. */
  protected suffixes = false;
  /** True directly in the braces of a list, where a line break can end an entry; in parentheses and brackets it cannot. */
  protected lineEnds = false;
  /** The number of abandoned items so far; if parsing a step adds one, the columns after it are unknown. */
  protected lost = 0;

  protected override begin(file: SourceFile, tokens: Token[], comments: readonly Comment[]): void {
    super.begin(file, tokens, comments);
    this.nesting = 0;
    this.operators = 0;
    this.suffixes = false;
    this.lineEnds = false;
    this.lost = 0;
  }

  /** Parses one item of a list; after an error the rest of the item is skipped, and what was parsed is kept. */
  protected attempt(kind: ItemKind, read: () => void): void {
    const first = this.next;
    const { nesting, suffixes, lineEnds, silenced } = this;
    if (nesting === 0) this.operators = 0;
    try {
      read();
      this.silenced = silenced;
    } catch (error) {
      if (error !== abandoned) throw error;
      if (this.expected !== undefined) this.unexpected(this.expected);
      this.expected = undefined;
      this.nesting = nesting;
      this.suffixes = suffixes;
      this.lineEnds = lineEnds;
      this.silenced = silenced;
      this.skip(kind, first);
      this.giveUp(first);
    }
  }

  /** `{ item … }`, with optional commas between entries. `starts` tells whether an item starts at the next token. */
  protected block(kind: ItemKind, expected: string, starts: () => boolean, item: () => void): void {
    const { lineEnds } = this;
    this.lineEnds = kind === "entry";
    this.openBlock(kind, expected, starts, item);
    this.lineEnds = lineEnds;
  }

  private openBlock(kind: ItemKind, expected: string, starts: () => boolean, item: () => void): void {
    const open = this.next;
    const isOpen = kind !== "step" || !STEPS.has(open.type);
    if (isOpen) this.consume(t.LBrace);
    else this.unexpected("`{`", { hint: "Steps go in braces: `{ from bronze.orders … }`." });
    this.itemsOf(kind, starts, item);
    while (this.next.type !== t.RBrace) {
      if (this.next.type === t.EndOfFile || this.atDeclaration()) {
        const related = [{ span: this.spanOf(open), message: "The block starts here." }];
        if (isOpen) this.unexpected("`}`", { related });
        return;
      }
      if (kind === "step" && this.next.type === t.Comma) {
        const span = this.spanOf(this.next);
        const isBetweenSteps = STEPS.has(this.peek(2).type) || this.peek(2).type === t.RBrace;
        const fix = isBetweenSteps ? { fix: { title: "Remove it", edits: [{ span, text: "" }] } } : {};
        const params = { expected: "a step or `}`", found: "`,`" };
        this.habits.push({ key: "step,", found: diagnostic("unexpected-token", span, params, fix) });
        this.advance();
      } else if (kind !== "step" || !this.translatesStep()) {
        this.unexpected(`${expected} or \`}\``, kind === "step" ? keywordHint(this.next, "step") : {});
        this.skipStray(kind);
      }
      this.itemsOf(kind, starts, item);
    }
    this.consume(t.RBrace);
  }

  /** Replaces another language's name of a step by Medal's, so that the step is parsed. Reported once. */
  private translatesStep(): boolean {
    const token = this.next;
    const meant = foreignStep(token, this.peek(2));
    if (meant === undefined || !this.isFollowedOnLine([t.Word, t.LBrace, t.Numeral, t.LParen])) return false;
    this.unexpected("a step or `}`", meant);
    if (meant.type) token.type = meant.type;
    else this.advance();
    // What does not fit the step now was meant for the other language.
    this.silenced = true;
    return true;
  }

  /** Parses items as long as one starts. An item can also be empty; then it is the last. */
  private itemsOf(kind: ItemKind, starts: () => boolean, item: () => void): void {
    let before = -1;
    while (this.position > before && starts() && !this.atDeclaration()) {
      before = this.position;
      item();
      if (kind === "entry") this.accept(t.Comma);
    }
  }

  /** `(item, …)`; a trailing comma is allowed. `starts` tells whether an item starts at the next token. */
  protected parenthesised(starts: () => boolean, item: () => void): void {
    this.consume(t.LParen);
    this.commaSeparated(starts, item);
    this.consume(t.RParen, "`,` or `)`");
  }

  /** The items between brackets. */
  protected commaSeparated(starts: () => boolean, item: () => void): void {
    const { lineEnds } = this;
    this.lineEnds = false;
    while (starts()) {
      item();
      if (!this.accept(t.Comma)) break;
    }
    this.lineEnds = lineEnds;
  }

  /**
   * Whether the next token, which could continue the value before it, starts the next entry because it starts a line: a
   * minus directly before its operand, or a `not` that does not belong to `not in` or `not between`.
   */
  protected lineStartsEntry(): boolean {
    const { type, start } = this.next;
    if (!this.lineEnds || (type !== t.Minus && type !== t.Not) || !this.startsLine()) return false;
    const after = this.peek(2);
    if (type === t.Minus) return after.start === start + 1;
    return after.type !== t.In && after.type !== t.Between;
  }

  /** Whether a declaration starts here: its keyword at the left margin (or first in a line) and more on the line. */
  protected atDeclaration(indented = false): boolean {
    const { type, start } = this.next;
    if (!DECLARATIONS.has(type) || !this.isFollowedOnLine([t.Word, t.Text])) return false;
    return indented ? this.startsLine() : start === 0 || this.file.text[start - 1] === "\n";
  }

  /**
   * Whether the next token, although it could start a value, starts the next item by the layout of the lines: `b` in
   * `a = 1 +` above `b = 2`, and `sort` in `where x ==` above `sort y`.
   */
  protected startsNextItem(): boolean {
    if (this.peek(2).type === t.Assign) return this.suffixes && this.startsLine();
    if (STEPS.has(this.next.type)) return this.isFollowedOnLine([t.Word, t.LBrace]) && this.startsLine();
    return this.atDeclaration();
  }

  /** Skips to the end of the item that starts with the token `first`. */
  private skip(kind: ItemKind, first: Token): void {
    const open = { braces: 0, others: 0 };
    let back = 0;
    while (this.peek(-back).start > first.start) back++;
    for (; back >= 0; back--) if (this.peek(-back).start >= first.start) count(open, this.peek(-back));
    while (!this.endsItem(kind, open)) {
      count(open, this.next);
      this.advance();
    }
  }

  /** A step, or something meant as one: `filter price > 0`. */
  private looksLikeStep(): boolean {
    if (STEPS.has(this.next.type)) return true;
    return this.next.type === t.Identifier && this.isFollowedOnLine([t.Word, t.LBrace]);
  }

  /** Whether the token after the next is one of these and on the same line as the next. */
  private isFollowedOnLine(types: readonly TokenType[]): boolean {
    const after = this.peek(2);
    if (!types.some((type) => matches(after, type))) return false;
    return !this.file.text.slice(this.next.start, after.start).includes("\n");
  }

  /** Skips tokens that cannot start an item: at least one, and the comma after it. */
  protected skipStray(kind: ItemKind): void {
    const first = this.next;
    this.advance();
    if (kind === "entry" && first.type === t.Comma) return;
    this.skip(kind, first);
    this.giveUp(first);
    if (kind === "entry" && this.next.type === t.Comma) this.advance();
  }

  /** Marks the item from this token as reported, after it was skipped to its end. */
  private giveUp(first: Token): void {
    this.lost++;
    const isLast = this.next.type === t.EndOfFile;
    this.reported.push({ start: first.start, end: isLast ? this.file.text.length : this.start() });
  }

  private endsItem(kind: ItemKind, open: OpenBrackets): boolean {
    const { type } = this.next;
    if (type === t.EndOfFile) return true;
    if (kind === "declaration") return this.atDeclaration(open.braces === 0);
    if (this.atDeclaration()) return true;
    if (open.braces > 0) return false;
    if (type === t.RBrace) return true;
    if (kind === "header") return type === t.LBrace || this.startsLine();
    if (kind === "step") return this.startsLine() && this.looksLikeStep();
    if (open.others === 0) return type === t.Comma || this.startsLine();
    return [t.Assign, t.Colon].includes(this.peek(2).type) && this.startsLine();
  }
}

const NOTHING: readonly never[] = [];

/**
 * A list without the spare capacity that `push` reserves. A tree has many short lists, and the spare capacity would take as
 * much memory as all names.
 */
export function packed<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NOTHING : list.slice();
}

interface OpenBrackets {
  braces: number;
  others: number;
}

function count(open: OpenBrackets, token: Token): void {
  const type = token.type;
  if (type === t.LBrace) open.braces++;
  else if (type === t.RBrace) open.braces = Math.max(0, open.braces - 1);
  else if (type === t.LParen || type === t.LBracket) open.others++;
  else if (type === t.RParen || type === t.RBracket) open.others = Math.max(0, open.others - 1);
}

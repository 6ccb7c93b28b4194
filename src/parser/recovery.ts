/**
 * Getting on after a mistake.
 *
 * Chevrotain's own recovery is off. It goes by the tokens that may follow, but here nearly every token is a name and may
 * follow nearly everywhere; what tells one item from the next is how people lay out their text. So the lists of the
 * grammar (`block`) and their items (`attempt`) recover themselves:
 * - a broken item keeps what was read of it and ends where its line, its comma or its block ends;
 * - a block ends at its `}`, or where a declaration starts at the left margin, so that a forgotten brace costs one table;
 * - a name or a value that is missing is invented on the spot, and the item goes on;
 * - of several messages about one token the first is kept, and of what is skipped nothing more is said.
 */
import { EOF, type IToken, isRecognitionException, type TokenType, tokenMatcher } from "chevrotain";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../source.ts";
import type { Comment } from "./ast.ts";
import { foreignStep } from "./foreign-words.ts";
import { keywordHint } from "./messages.ts";
import { ReadingParser } from "./rule-base.ts";
import * as t from "./tokens.ts";

/** Expressions inside each other; a parenthesis, a call or a branch of `match` is two levels. */
export const MAX_NESTING = 256;
/** Operators of one expression: a chain of them is a tree as deep as it is long. */
export const MAX_OPERATORS = 1000;

/** What is read from a list: it says how to find the end of a broken one. */
export type ItemKind = "entry" | "step" | "header" | "declaration";

/** Thrown to leave an item about which everything has been said. */
const abandoned = new Error("abandoned");

function typesOf(role: t.KeywordRole): ReadonlySet<TokenType> {
  return new Set(t.keywords.filter((each) => each.role === role).map((each) => each.type));
}

const DECLARATIONS = typesOf("declaration");
/** The keywords that begin a step. */
export const STEPS = typesOf("step");

export abstract class RecoveringParser extends ReadingParser {
  protected nesting = 0;
  protected operators = 0;
  /** True inside the braces of `derive`, `select` and `group`: there a call may be followed by `where` and `per`. */
  protected suffixes = false;
  /** True directly inside the braces of a list: there a line may end an entry, in parentheses and brackets it never does. */
  protected lineEnds = false;
  /** How many items were given up so far: what comes of a step is not known where there is one more after it. */
  protected lost = 0;

  protected override begin(file: SourceFile, tokens: IToken[], comments: readonly Comment[]): void {
    super.begin(file, tokens, comments);
    this.nesting = 0;
    this.operators = 0;
    this.suffixes = false;
    this.lineEnds = false;
    this.lost = 0;
  }

  /** Leaves the item that is being read, without a message. */
  protected abandon(): never {
    throw abandoned;
  }

  /** Reads one item of a list; after a mistake the rest of the item is skipped, and what was read of it stays. */
  protected attempt(kind: ItemKind, read: () => void): void {
    if (this.RECORDING_PHASE) {
      read();
      return;
    }
    const first = this.LA(1);
    const { nesting, suffixes, lineEnds, forgiven } = this;
    if (nesting === 0) this.operators = 0;
    try {
      read();
      this.forgiven = forgiven;
    } catch (error) {
      if (error !== abandoned) {
        if (!(error instanceof Error && isRecognitionException(error))) throw error;
        this.unexpected(error.message);
      }
      this.nesting = nesting;
      this.suffixes = suffixes;
      this.lineEnds = lineEnds;
      this.forgiven = forgiven;
      this.skip(kind, first);
      this.giveUp(first);
    }
  }

  /**
   * `{ item … }`, with commas between entries as one likes. At most one of it in a rule: it takes the numbers 7 to 9 of
   * chevrotain's methods.
   */
  protected block(kind: ItemKind, expected: string, item: () => void): void {
    const { lineEnds } = this;
    this.lineEnds = kind === "entry";
    this.openBlock(kind, expected, item);
    this.lineEnds = lineEnds;
  }

  private openBlock(kind: ItemKind, expected: string, item: () => void): void {
    const open = this.LA(1);
    const isOpen = this.RECORDING_PHASE || kind !== "step" || !STEPS.has(open.tokenType);
    if (isOpen) this.CONSUME9(t.LBrace);
    else this.unexpected("`{`", { hint: "Steps go in braces: `{ from bronze.orders … }`." });
    this.itemsOf(kind, item);
    while (!this.RECORDING_PHASE && this.LA(1).tokenType !== t.RBrace) {
      if (this.LA(1).tokenType === EOF || this.atDeclaration()) {
        const related = [{ span: this.spanOf(open), message: "The block starts here." }];
        if (isOpen) this.unexpected("`}`", { related });
        return;
      }
      if (kind === "step" && this.LA(1).tokenType === t.Comma) {
        const span = this.spanOf(this.LA(1));
        const isBetweenSteps = STEPS.has(this.LA(2).tokenType) || this.LA(2).tokenType === t.RBrace;
        const fix = isBetweenSteps ? { fix: { title: "Remove it", edits: [{ span, text: "" }] } } : {};
        const params = { expected: "a step or `}`", found: "`,`" };
        this.habits.push({ key: "step,", found: diagnostic("unexpected-token", span, params, fix) });
        this.SKIP_TOKEN();
      } else if (kind !== "step" || !this.translatesStep()) {
        this.unexpected(`${expected} or \`}\``, kind === "step" ? keywordHint(this.LA(1), "step") : {});
        this.skipStray(kind);
      }
      this.itemsOf(kind, item);
    }
    this.CONSUME8(t.RBrace);
  }

  /** Turns another language's name of a step into ours, where one is next, so that the step is read; that is told once. */
  private translatesStep(): boolean {
    const token = this.LA(1);
    const meant = foreignStep(token, this.LA(2));
    if (meant === undefined || !this.isFollowedOnLine([t.Word, t.LBrace, t.Numeral, t.LParen])) return false;
    this.unexpected("a step or `}`", meant);
    if (meant.type) token.tokenType = meant.type;
    if (meant.type) token.tokenTypeIdx = meant.type.tokenTypeIdx ?? 0;
    else this.SKIP_TOKEN();
    // What does not fit the step as it is read now was meant for the other language.
    this.forgiven = true;
    return true;
  }

  private itemsOf(kind: ItemKind, item: () => void): void {
    this.MANY9({
      GATE: () => !this.atDeclaration(),
      DEF: () => {
        item();
        if (kind === "entry" && this.ahead(t.Comma)) this.OPTION9(() => this.CONSUME7(t.Comma));
      },
    });
  }

  /** `(item, …)`; a comma may follow the last. At most one of it in a rule: it takes the numbers 4 to 6. */
  protected parenthesised(item: () => void): void {
    this.CONSUME6(t.LParen);
    const { lineEnds } = this;
    this.lineEnds = false;
    let more = true;
    this.MANY6({
      GATE: () => more,
      DEF: () => {
        item();
        more = this.ahead(t.Comma) && this.OPTION6(() => this.CONSUME5(t.Comma)) !== undefined;
      },
    });
    this.CONSUME4(t.RParen, { ERR_MSG: "`,` or `)`" });
    this.lineEnds = lineEnds;
  }

  /**
   * Whether the next token, which may go on with the value before it, begins the next entry because it begins a line: a
   * minus that stands close to its operand, and a `not` that is none of `not in` and `not between`.
   */
  protected lineStartsEntry(): boolean {
    const { tokenType, startOffset } = this.LA(1);
    if (!this.lineEnds || (tokenType !== t.Minus && tokenType !== t.Not) || !this.startsLine()) return false;
    const after = this.LA(2);
    if (tokenType === t.Minus) return after.startOffset === startOffset + 1;
    return after.tokenType !== t.In && after.tokenType !== t.Between;
  }

  /** Whether a declaration starts here: its keyword at the left margin (or first in a line) and more on that line. */
  protected atDeclaration(indented = false): boolean {
    const { tokenType, startOffset } = this.LA(1);
    if (!DECLARATIONS.has(tokenType) || !this.isFollowedOnLine([t.Word, t.Text])) return false;
    return indented ? this.startsLine() : startOffset === 0 || this.file.text[startOffset - 1] === "\n";
  }

  /**
   * Whether the next token, though it may start a value, is the start of the next item to whoever reads the lines: `b` in
   * `a = 1 +` above `b = 2`, and `sort` in `where x ==` above `sort y`.
   */
  protected startsNextItem(): boolean {
    if (this.LA(2).tokenType === t.Assign) return this.suffixes && this.startsLine();
    if (STEPS.has(this.LA(1).tokenType)) return this.isFollowedOnLine([t.Word, t.LBrace]) && this.startsLine();
    return this.atDeclaration();
  }

  /** Skips to the end of the item that starts with the token `first`. */
  private skip(kind: ItemKind, first: IToken): void {
    const open = { braces: 0, others: 0 };
    let back = 0;
    while (this.LA(-back).startOffset > first.startOffset) back++;
    for (; back >= 0; back--) if (this.LA(-back).startOffset >= first.startOffset) count(open, this.LA(-back));
    while (!this.endsItem(kind, open)) {
      count(open, this.LA(1));
      this.SKIP_TOKEN();
    }
  }

  /** A step, or what is meant to be one: `filter price > 0`. */
  private looksLikeStep(): boolean {
    if (STEPS.has(this.LA(1).tokenType)) return true;
    return this.LA(1).tokenType === t.Identifier && this.isFollowedOnLine([t.Word, t.LBrace]);
  }

  /** Whether the token after the next is one of these and stands on the same line as the next. */
  private isFollowedOnLine(types: readonly TokenType[]): boolean {
    const after = this.LA(2);
    if (!types.some((type) => tokenMatcher(after, type))) return false;
    return !this.file.text.slice(this.LA(1).startOffset, after.startOffset).includes("\n");
  }

  /** Skips what no item starts with: at least one token, and the comma behind it. */
  protected skipStray(kind: ItemKind): void {
    const first = this.LA(1);
    this.SKIP_TOKEN();
    if (kind === "entry" && first.tokenType === t.Comma) return;
    this.skip(kind, first);
    this.giveUp(first);
    if (kind === "entry" && this.LA(1).tokenType === t.Comma) this.SKIP_TOKEN();
  }

  /** Of the item that starts with this token and was skipped to its end. */
  private giveUp(first: IToken): void {
    this.lost++;
    const isLast = this.LA(1).tokenType === EOF;
    this.told.push({ start: first.startOffset, end: isLast ? this.file.text.length : this.start() });
  }

  private endsItem(kind: ItemKind, open: OpenBrackets): boolean {
    const { tokenType } = this.LA(1);
    if (tokenType === EOF) return true;
    if (kind === "declaration") return this.atDeclaration(open.braces === 0);
    if (this.atDeclaration()) return true;
    if (open.braces > 0) return false;
    if (tokenType === t.RBrace) return true;
    if (kind === "header") return tokenType === t.LBrace || this.startsLine();
    if (kind === "step") return this.startsLine() && this.looksLikeStep();
    if (open.others === 0) return tokenType === t.Comma || this.startsLine();
    return [t.Assign, t.Colon].includes(this.LA(2).tokenType) && this.startsLine();
  }
}

const NOTHING: readonly never[] = [];

/**
 * A list without the room that `push` leaves for 16 more. A tree has many short lists; with that room they would take as
 * much memory as its names.
 */
export function packed<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NOTHING : list.slice();
}

interface OpenBrackets {
  braces: number;
  others: number;
}

function count(open: OpenBrackets, token: IToken): void {
  const type = token.tokenType;
  if (type === t.LBrace) open.braces++;
  else if (type === t.RBrace) open.braces = Math.max(0, open.braces - 1);
  else if (type === t.LParen || type === t.LBracket) open.others++;
  else if (type === t.RParen || type === t.RBracket) open.others = Math.max(0, open.others - 1);
}

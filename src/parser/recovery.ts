/**
 * What every rule of the grammar stands on: places, messages and getting on after a mistake.
 *
 * Chevrotain's own recovery is off. It goes by the tokens that may follow, but here nearly every token is a name and may
 * follow nearly everywhere; what tells one item from the next is how people lay out their text. So the lists of the
 * grammar (`block`) and their items (`attempt`) recover themselves:
 * - a broken item keeps what was read of it and ends where its line, its comma or its block ends;
 * - a block ends at its `}`, or where a declaration starts at the left margin, so that a forgotten brace costs one table;
 * - a name or a value that is missing is invented on the spot, and the item goes on;
 * - of several messages about one token the first is kept.
 */
import {
  EmbeddedActionsParser,
  EOF,
  type IParserConfig,
  type IToken,
  isRecognitionException,
  type ParserMethod,
  type TokenType,
  tokenMatcher,
} from "chevrotain";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../source.ts";
import type { Comment, MissingExpression, Name, NumberLiteral, StringLiteral, TypeReference } from "./ast.ts";
import { numberText, textValue, unquoted } from "./literals.ts";
import { foreignHint, keywordHint, messages, phraseOf } from "./messages.ts";
import * as t from "./tokens.ts";

/** Expressions inside each other; a parenthesis, a call or a branch of `match` is two levels. */
export const MAX_NESTING = 256;
/** Operators of one expression: a chain of them is a tree as deep as it is long. */
export const MAX_OPERATORS = 1000;

export type Rule<Result, Args extends unknown[] = []> = ParserMethod<Args, Result>;

/** What is read from a list: it says how to find the end of a broken one. */
export type ItemKind = "entry" | "step" | "header" | "declaration";

/** Thrown to leave an item about which everything has been said. */
const abandoned = new Error("abandoned");

function typesOf(role: t.KeywordRole): ReadonlySet<TokenType> {
  return new Set(t.keywords.filter((each) => each.role === role).map((each) => each.type));
}

const DECLARATIONS = typesOf("declaration");
const STEPS = typesOf("step");
const RESERVED: ReadonlySet<TokenType> = new Set(t.keywords.filter((each) => each.reserved).map((each) => each.type));

export abstract class RecoveringParser extends EmbeddedActionsParser {
  protected readonly diagnostics: Diagnostic[] = [];
  protected nesting = 0;
  protected operators = 0;
  /** True inside the braces of `derive`, `select` and `group`: there a call may be followed by `where` and `per`. */
  protected suffixes = false;
  private file: SourceFile = { path: "", text: "" };
  private comments: readonly Comment[] = [];
  private nextComment = 0;
  private lastMistake = -1;

  constructor(config: IParserConfig) {
    super([...t.vocabulary], { ...config, recoveryEnabled: false, maxLookahead: 2, errorMessageProvider: messages });
  }

  /** `RULE` with the result's type from the declaration. */
  protected rule<Result, Args extends unknown[] = []>(
    name: string,
    read: (...args: Args) => Result,
  ): Rule<Result, Args> {
    return this.RULE(name, read);
  }

  /** Makes the parser ready for a file; it is one object that reads many, one after the other. */
  protected begin(file: SourceFile, tokens: IToken[], comments: readonly Comment[]): void {
    this.input = tokens;
    this.file = file;
    this.comments = comments;
    this.nextComment = 0;
    this.lastMistake = -1;
    this.diagnostics.length = 0;
    this.nesting = 0;
    this.operators = 0;
    this.suffixes = false;
  }

  // Places

  /** Where the next token starts; the end of the last one at the end of the file. */
  protected start(): number {
    return this.startOf(this.LA(1));
  }

  private startOf(token: IToken): number {
    return token.startOffset >= 0 ? token.startOffset : this.lastEnd();
  }

  private lastEnd(): number {
    const last = this.LA(0);
    return last.startOffset >= 0 ? last.startOffset + last.image.length : 0;
  }

  /** From an offset to the end of the last token that was read; empty at that end for what was not read at all. */
  protected spanFrom(start: number): Span {
    const end = this.lastEnd();
    return { file: this.file.path, start: Math.min(start, end), end };
  }

  protected spanOf(token: IToken): Span {
    const start = this.startOf(token);
    return { file: this.file.path, start, end: start + token.image.length };
  }

  /** The `///` lines directly above the next token. */
  protected docAbove(): string | undefined {
    let below = this.start();
    while ((this.comments[this.nextComment]?.span.end ?? Number.POSITIVE_INFINITY) <= below) this.nextComment++;
    const lines: string[] = [];
    for (let at = this.nextComment - 1; at >= 0; at--) {
      const comment = this.comments[at];
      if (!comment?.doc || !/^[ \t\r]*\n[ \t]*$/.test(this.file.text.slice(comment.span.end, below))) break;
      if (!this.isFirstOnLine(comment.span.start)) break;
      lines.push(comment.text.replace(/^\/\/\/ ?/, "").trimEnd());
      below = comment.span.start;
    }
    return lines.length === 0 ? undefined : lines.reverse().join("\n");
  }

  private isFirstOnLine(offset: number): boolean {
    let at = offset - 1;
    while (at >= 0 && (this.file.text[at] === " " || this.file.text[at] === "\t")) at--;
    return at < 0 || this.file.text[at] === "\n";
  }

  /** Whether no other token stands before the next one on its line. */
  protected startsLine(): boolean {
    const end = this.lastEnd();
    return end === 0 || this.file.text.slice(end, this.start()).includes("\n");
  }

  // Names and literals

  protected nameOf(token: IToken): Name {
    const text = token.tokenType === t.QuotedName ? unquoted(token.image) : token.image;
    return { kind: "name", text, span: this.spanOf(token) };
  }

  protected textOf(token: IToken): StringLiteral {
    const span = this.spanOf(token);
    const raw: unknown = token.payload;
    const value = textValue(typeof raw === "string" ? raw : token.image.slice(1, -1), (sequence, offset) => {
      const start = span.start + 1 + offset;
      this.report(diagnostic("bad-escape", { ...span, start, end: start + sequence.length }, { escape: sequence }));
    });
    return { kind: "string", value, span };
  }

  protected numberOf(token: IToken): NumberLiteral {
    const span = this.spanOf(token);
    const text = numberText(token.image);
    if (text === undefined && !this.RECORDING_PHASE) {
      const whole = token.image.startsWith(".") ? numberText(`0${token.image}`) : undefined;
      const fix = whole === undefined ? {} : { fix: { title: `Write ${whole}`, edits: [{ span, text: whole }] } };
      this.report(diagnostic("bad-number", span, { text: token.image }, fix));
    }
    return { kind: "number", text: text ?? "0", span };
  }

  /**
   * Whether the next token is of this type; always while the grammar is recorded. Asked before an `OPTION` or `MANY` that
   * most often is not there, it saves making their functions, which is a third of the time that parsing takes.
   */
  protected ahead(type: TokenType): boolean {
    return this.RECORDING_PHASE || this.LA(1).tokenType === type;
  }

  // The next three read one token. Within one rule each use has its own index, as with chevrotain's own methods.

  /** A name; where there is none, that is said and an empty one stands for it. */
  protected name(index = 0): Name {
    if (!this.RECORDING_PHASE && !tokenMatcher(this.LA(1), t.Word)) {
      this.unexpected("a name");
      return this.missingName();
    }
    return this.nameOf(this.consume(index, t.Word));
  }

  /** The name behind a `.` or `@`; the next line is none, so that `order.` can be read while it is being typed. */
  protected memberName(index = 0): Name {
    if (this.RECORDING_PHASE || !this.startsLine()) return this.name(index);
    this.unexpected("a name");
    return this.missingName();
  }

  protected text(index = 0): StringLiteral {
    return this.textOf(this.consume(index, t.Text));
  }

  protected number(index = 0): NumberLiteral {
    return this.numberOf(this.consume(index, t.Numeral));
  }

  protected missingName(): Name {
    return { kind: "name", text: "", span: this.spanFrom(this.lastEnd()) };
  }

  protected missingType(): TypeReference {
    const name = this.missingName();
    return { kind: "type", name, args: [], nullable: false, span: name.span };
  }

  protected missingText(): StringLiteral {
    return { kind: "string", value: "", span: this.spanFrom(this.lastEnd()) };
  }

  /** Stands for a value that is not there. */
  protected missing(): MissingExpression {
    return { kind: "missing", span: this.spanFrom(this.lastEnd()) };
  }

  // Mistakes

  protected report(mistake: Diagnostic): void {
    this.diagnostics.push(mistake);
  }

  /** Says that the next token is not what belongs there, once for a token. */
  protected unexpected(expected: string, extras: Pick<Diagnostic, "hint" | "fix"> & Partial<Diagnostic> = {}): void {
    const token = this.LA(1);
    const span = this.spanOf(token);
    // What stands behind a text that never ends is not to blame.
    if (span.start === this.lastMistake || isOpenText(this.LA(0))) return;
    this.lastMistake = span.start;
    const params = { expected, found: phraseOf(token) };
    const hints = { ...foreignHint(token, this.LA(0), this.LA(-1)), ...this.backticks(expected) };
    this.report(diagnostic("unexpected-token", span, params, { ...hints, ...extras }));
  }

  /** The way out for a reserved word, or one that starts with a digit, in the place of a name. */
  private backticks(expected: string): Pick<Diagnostic, "hint" | "fix"> {
    const token = this.LA(1);
    if (!RESERVED.has(token.tokenType) && !/^[0-9]\w*[a-zA-Z]/.test(token.image)) return {};
    const isName = expected === "a name" || [t.Colon, t.Assign].includes(this.LA(2).tokenType);
    if (!isName) return {};
    const edit = { span: this.spanOf(token), text: `\`${token.image}\`` };
    const hint = "As a name it stands in backticks.";
    return { hint, fix: { title: "Put it in backticks", edits: [edit] } };
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
    const { nesting, suffixes } = this;
    if (nesting === 0) this.operators = 0;
    try {
      read();
    } catch (error) {
      if (error !== abandoned) {
        if (!(error instanceof Error && isRecognitionException(error))) throw error;
        this.unexpected(error.message);
      }
      this.nesting = nesting;
      this.suffixes = suffixes;
      this.skip(kind, first);
    }
  }

  /**
   * `{ item … }`, with commas between entries as one likes. At most one of it in a rule: it takes the numbers 7 to 9 of
   * chevrotain's methods.
   */
  protected block(kind: ItemKind, expected: string, item: () => void): void {
    const open = this.LA(1);
    if (!this.RECORDING_PHASE && kind === "step" && STEPS.has(open.tokenType)) this.unexpected("`{`");
    else this.CONSUME9(t.LBrace);
    this.itemsOf(kind, item);
    while (!this.RECORDING_PHASE && this.LA(1).tokenType !== t.RBrace) {
      if (this.LA(1).tokenType === EOF || this.atDeclaration()) {
        this.unexpected("`}`", { related: [{ span: this.spanOf(open), message: "The block starts here." }] });
        return;
      }
      this.unexpected(`${expected} or \`}\``, kind === "step" ? keywordHint(this.LA(1), "step") : {});
      this.skipStray(kind);
      this.itemsOf(kind, item);
    }
    this.CONSUME8(t.RBrace);
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
    let more = true;
    this.MANY6({
      GATE: () => more,
      DEF: () => {
        item();
        more = this.ahead(t.Comma) && this.OPTION6(() => this.CONSUME5(t.Comma)) !== undefined;
      },
    });
    this.CONSUME4(t.RParen, { ERR_MSG: "`,` or `)`" });
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
    if (kind === "entry" && this.LA(1).tokenType === t.Comma) this.SKIP_TOKEN();
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

function isOpenText(token: IToken): boolean {
  return token.payload !== undefined && token.image.startsWith('"');
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

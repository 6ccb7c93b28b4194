/** The base of all rules of the grammar: reading tokens, spans, names, literals, and reporting errors. */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../source.ts";
import type { Comment, MissingExpression, Name, NumberLiteral, StringLiteral, TypeReference } from "./ast.ts";
import type { Habit, ReportedRange } from "./habits.ts";
import { numberText, textValue, unquoted } from "./literals.ts";
import { foreignHint, phraseOf } from "./messages.ts";
import * as t from "./tokens.ts";
import { matches, type Token, type TokenType } from "./tokens.ts";

/** The token before the first and after the last one. It has no position. */
const END: Token = { type: t.EndOfFile, image: "", start: -1, content: undefined };

/** Thrown to abandon the current item; see `attempt` in `recovery.ts`. */
export const abandoned = new Error("abandoned");

const RESERVED: ReadonlySet<TokenType> = new Set(t.keywords.filter((each) => each.reserved).map((each) => each.type));

export abstract class ReadingParser {
  protected readonly diagnostics: Diagnostic[] = [];
  protected readonly habits: Habit[] = [];
  /** The ranges of the text that need no further diagnostics. */
  protected readonly reported: ReportedRange[] = [];
  protected file: SourceFile = { path: "", text: "" };
  /** Set while parsing something that was reported already: further errors in it have the same cause. */
  protected silenced = false;
  /** The next token. */
  protected next: Token = END;
  /** The last token that was read. */
  protected last: Token = END;
  /** What was expected where an item was abandoned, if that is not reported yet. */
  protected expected: string | undefined;
  /** The number of tokens read. */
  protected position = 0;
  private tokens: readonly Token[] = [];
  private comments: readonly Comment[] = [];
  private nextComment = 0;
  private lastErrorAt = -1;

  /** Prepares the parser for a file; one parser is used for many files, one after the other. */
  protected begin(file: SourceFile, tokens: readonly Token[], comments: readonly Comment[]): void {
    this.tokens = tokens;
    this.position = 0;
    this.next = tokens[0] ?? END;
    this.last = END;
    this.expected = undefined;
    this.file = file;
    this.comments = comments;
    this.nextComment = 0;
    this.lastErrorAt = -1;
    this.diagnostics.length = 0;
    this.habits.length = 0;
    this.reported.length = 0;
    this.silenced = false;
  }

  // Tokens

  /** A token relative to the position: 1 is the next, 2 the one after it, 0 the last one read. */
  protected peek(distance: number): Token {
    const at = this.position + distance - 1;
    return (at >= 0 && at < this.tokens.length && this.tokens[at]) || END;
  }

  /** Reads the next token of any type. Does nothing at the end of the file. */
  protected advance(): void {
    if (this.position >= this.tokens.length) return;
    this.last = this.next;
    this.position++;
    this.next = this.position < this.tokens.length ? (this.tokens[this.position] ?? END) : END;
  }

  /** Reads a token of this type; any other is an error. */
  protected consume(type: TokenType, expected = type.label): Token {
    const token = this.next;
    if (!matches(token, type)) this.mismatch(expected);
    this.advance();
    return token;
  }

  /** Reads a token of this type if it is next. Returns whether it was. */
  protected accept(type: TokenType): boolean {
    if (this.next.type !== type) return false;
    this.advance();
    return true;
  }

  /** Abandons the current item without a diagnostic. */
  protected abandon(): never {
    throw abandoned;
  }

  /** Abandons the current item because something else was expected here. */
  protected mismatch(expected: string): never {
    this.expected = expected;
    throw abandoned;
  }

  /** `value, value …` */
  protected oneOrMore(starts: () => boolean, item: () => void): void {
    if (!starts()) this.mismatch("a value");
    do item();
    while (this.accept(t.Comma));
  }

  // Spans

  /** The start of the next token; at the end of the file the end of the last one. */
  protected start(): number {
    return this.startOf(this.next);
  }

  private startOf(token: Token): number {
    return token.start >= 0 ? token.start : this.lastEnd();
  }

  private lastEnd(): number {
    const last = this.last;
    return last.start >= 0 ? last.start + last.image.length : 0;
  }

  /** From an offset to the end of the last token read; empty if nothing was read since. */
  protected spanFrom(start: number): Span {
    const end = this.lastEnd();
    return { file: this.file.path, start: Math.min(start, end), end };
  }

  protected spanOf(token: Token): Span {
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

  /** Whether the next token is the first one on its line. */
  protected startsLine(): boolean {
    const end = this.lastEnd();
    return end === 0 || this.file.text.slice(end, this.start()).includes("\n");
  }

  /** Marks what was read since an offset as reported, for the diagnostics of the lexer and the checker too. */
  protected markReported(start: number, by?: Diagnostic): void {
    this.reported.push({ start, end: this.lastEnd(), ...(by && { by }) });
  }

  // Names and literals

  protected nameOf(token: Token): Name {
    const text = token.type === t.QuotedName ? unquoted(token.image) : token.image;
    return { kind: "name", text, span: this.spanOf(token) };
  }

  protected textOf(token: Token): StringLiteral {
    const span = this.spanOf(token);
    const value = textValue(token.content ?? token.image.slice(1, -1), (sequence, offset) => {
      const start = span.start + 1 + offset;
      this.report(diagnostic("bad-escape", { ...span, start, end: start + sequence.length }, { escape: sequence }));
    });
    return { kind: "string", value, span };
  }

  protected numberOf(token: Token): NumberLiteral {
    const span = this.spanOf(token);
    const text = numberText(token.image);
    if (text === undefined) {
      const whole = token.image.startsWith(".") ? numberText(`0${token.image}`) : undefined;
      const fix = whole === undefined ? {} : { fix: { title: `Write ${whole}`, edits: [{ span, text: whole }] } };
      this.report(diagnostic("bad-number", span, { text: token.image }, fix));
    }
    return { kind: "number", text: text ?? "0", span };
  }

  // The tokens that can start an item of a list.

  protected readonly startsWord = (): boolean => matches(this.next, t.Word);
  protected readonly startsText = (): boolean => this.next.type === t.Text;
  protected readonly startsNumber = (): boolean => this.next.type === t.Numeral;

  /** A name; if it is missing, that is reported and the name is empty. */
  protected name(): Name {
    if (!matches(this.next, t.Word)) {
      this.unexpected("a name");
      return this.missingName();
    }
    return this.nameOf(this.consume(t.Word));
  }

  /** The name after a `.` or `@`, on the same line, so that `order.` can be read while it is being typed. */
  protected memberName(): Name {
    if (!this.startsLine()) return this.name();
    this.unexpected("a name");
    return this.missingName();
  }

  protected text(): StringLiteral {
    return this.textOf(this.consume(t.Text));
  }

  protected number(): NumberLiteral {
    return this.numberOf(this.consume(t.Numeral));
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

  /** The placeholder for a missing value. */
  protected missing(): MissingExpression {
    return { kind: "missing", span: this.spanFrom(this.lastEnd()) };
  }

  // Errors

  protected report(mistake: Diagnostic): void {
    this.diagnostics.push(mistake);
  }

  /** Reports that the next token was not expected here, once per token. */
  protected unexpected(expected: string, extras: Pick<Diagnostic, "hint" | "fix"> & Partial<Diagnostic> = {}): void {
    this.unexpectedAt(this.next, expected, {
      ...foreignHint(this.next, this.last, this.peek(-1)),
      ...this.backticks(expected),
      ...extras,
    });
  }

  /** The same for a token that may have been read already. Returns the diagnostic, if there is one. */
  protected unexpectedAt(token: Token, expected: string, extras: Partial<Diagnostic>): Diagnostic | undefined {
    const span = this.spanOf(token);
    // What follows an unterminated string is not the cause.
    if (this.silenced || span.start === this.lastErrorAt || isOpenText(this.last)) return undefined;
    this.lastErrorAt = span.start;
    const params = { expected, found: phraseOf(token) };
    const found = diagnostic("unexpected-token", span, params, extras);
    this.report(found);
    return found;
  }

  /** The hint for a reserved word, or a word that starts with a digit, where a name is expected. */
  private backticks(expected: string): Pick<Diagnostic, "hint" | "fix"> {
    const token = this.next;
    if (!RESERVED.has(token.type) && !/^[0-9]\w*[a-zA-Z]/.test(token.image)) return {};
    const isName = expected === "a name" || [t.Colon, t.Assign].includes(this.peek(2).type);
    if (!isName) return {};
    const edit = { span: this.spanOf(token), text: `\`${token.image}\`` };
    const hint = "To use it as a name, put it in backticks.";
    return { hint, fix: { title: "Put it in backticks", edits: [edit] } };
  }
}

function isOpenText(token: Token): boolean {
  return token.content !== undefined && token.image.startsWith('"');
}

/** What every rule of the grammar stands on: places, names, literals, and saying what is wrong. */
import {
  EmbeddedActionsParser,
  type IParserConfig,
  type IToken,
  type ParserMethod,
  type TokenType,
  tokenMatcher,
} from "chevrotain";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../source.ts";
import type { Comment, MissingExpression, Name, NumberLiteral, StringLiteral, TypeReference } from "./ast.ts";
import type { Habit, Told } from "./habits.ts";
import { numberText, textValue, unquoted } from "./literals.ts";
import { foreignHint, messages, phraseOf } from "./messages.ts";
import * as t from "./tokens.ts";

export type Rule<Result, Args extends unknown[] = []> = ParserMethod<Args, Result>;

const RESERVED: ReadonlySet<TokenType> = new Set(t.keywords.filter((each) => each.reserved).map((each) => each.type));

export abstract class ReadingParser extends EmbeddedActionsParser {
  protected readonly diagnostics: Diagnostic[] = [];
  protected readonly habits: Habit[] = [];
  /** The ranges of the text of which everything was said. */
  protected readonly told: Told[] = [];
  protected file: SourceFile = { path: "", text: "" };
  /** Set while what is read was told already: what else is wrong with it comes of the same mistake. */
  protected forgiven = false;
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
    this.habits.length = 0;
    this.told.length = 0;
    this.forgiven = false;
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

  /** Of what was read since an offset nothing more is said, be it by the lexer before or by the checker after. */
  protected tellAll(start: number, by?: Diagnostic): void {
    this.told.push({ start, end: this.lastEnd(), ...(by && { by }) });
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
    this.unexpectedAt(this.LA(1), expected, {
      ...foreignHint(this.LA(1), this.LA(0), this.LA(-1)),
      ...this.backticks(expected),
      ...extras,
    });
  }

  /** The same of a token that may have been read; what was said, if anything was. */
  protected unexpectedAt(token: IToken, expected: string, extras: Partial<Diagnostic>): Diagnostic | undefined {
    const span = this.spanOf(token);
    // What stands behind a text that never ends is not to blame.
    if (this.forgiven || span.start === this.lastMistake || isOpenText(this.LA(0))) return undefined;
    this.lastMistake = span.start;
    const params = { expected, found: phraseOf(token) };
    const found = diagnostic("unexpected-token", span, params, extras);
    this.report(found);
    return found;
  }

  /** The way out for a reserved word, or one that starts with a digit, in the place of a name. */
  private backticks(expected: string): Pick<Diagnostic, "hint" | "fix"> {
    const token = this.LA(1);
    if (!RESERVED.has(token.tokenType) && !/^[0-9]\w*[a-zA-Z]/.test(token.image)) return {};
    const isName = expected === "a name" || [t.Colon, t.Assign].includes(this.LA(2).tokenType);
    if (!isName) return {};
    const edit = { span: this.spanOf(token), text: `\`${token.image}\`` };
    const hint = "To use it as a name, put it in backticks.";
    return { hint, fix: { title: "Put it in backticks", edits: [edit] } };
  }
}

function isOpenText(token: IToken): boolean {
  return token.payload !== undefined && token.image.startsWith('"');
}

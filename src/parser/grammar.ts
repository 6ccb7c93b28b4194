/**
 * The grammar of Medal, top down: files, tables and functions here, the other declarations in `configuration.ts`, the
 * steps of a pipeline in `steps.ts`, expressions in `expressions.ts`, and what they share in `recovery.ts` and
 * `rule-base.ts`. The rules build the tree directly.
 */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../source.ts";
import type {
  BronzeDeclaration,
  BronzeMember,
  ColumnDefinition,
  Comment,
  Declaration,
  EnumDeclaration,
  Expression,
  FunctionDeclaration,
  ImportDeclaration,
  Lag,
  LoadClause,
  Module,
  Name,
  NumberLiteral,
  Parameter,
  RejectClause,
  RowLimit,
  SortStep,
  Step,
  StringLiteral,
  TableDeclaration,
  Tag,
  TypeReference,
  WhereStep,
} from "./ast.ts";
import { isLoadMode } from "./ast.ts";
import { ConfigurationParser } from "./configuration.ts";
import { insteadOfConstraint } from "./foreign-words.ts";
import type { Habit, ReportedRange } from "./habits.ts";
import { keywordHint } from "./messages.ts";
import { DECLARATIONS, packed } from "./recovery.ts";
import type { Token } from "./tokens.ts";
import * as t from "./tokens.ts";

/** The steps that change the set of columns. */
const MAKES_COLUMNS: ReadonlySet<Step["kind"]> = new Set(["from", "derive", "select", "join", "group"]);

const TYPES =
  /^(string|bool(ean)?|bit|int(eger|32|64)?|(small|tiny|big)int|long|double|float|real|decimal|numeric|number|money|date|(date)?time(stamp)?2?|binary|blob|n?(var)?char|text|varchar2|uuid|json)$/i;

function looksLikeType(word: string): boolean {
  // Enum names start with a capital letter, followed by lower-case letters.
  return TYPES.test(word) || /^[A-Z]\w*[a-z]/.test(word);
}

export class MedalParser extends ConfigurationParser {
  /** Parses one file. The parser can be reused afterwards. */
  read(
    file: SourceFile,
    tokens: Token[],
    comments: readonly Comment[],
  ): { module: Module; diagnostics: Diagnostic[]; reported: ReportedRange[]; habits: Habit[] } {
    this.begin(file, tokens, comments);
    const declarations = this.module();
    const span = { file: file.path, start: 0, end: file.text.length };
    const diagnostics = [...this.diagnostics];
    const reported = [...this.reported];
    const habits = [...this.habits];
    // The parser lives longer than the file and must not keep its text and tokens in memory.
    this.begin({ path: "", text: "" }, [], []);
    return { module: { kind: "module", declarations, comments, span }, diagnostics, reported, habits };
  }

  /** Parses a text that consists of the rest of a `where` or `sort` step. */
  readStep<Kind extends "where" | "sort">(
    kind: Kind,
    file: SourceFile,
    tokens: Token[],
  ): { step: Extract<Step, { kind: Kind }>; diagnostics: Diagnostic[]; reported: ReportedRange[]; habits: Habit[] } {
    this.begin(file, tokens, []);
    const step = kind === "where" ? this.restOfWhere() : this.restOfSort();
    if (this.next.type !== t.EndOfFile) this.unexpected("the end");
    const diagnostics = [...this.diagnostics];
    const reported = [...this.reported];
    const habits = [...this.habits];
    this.begin({ path: "", text: "" }, [], []);
    return { step: step as Extract<Step, { kind: Kind }>, diagnostics, reported, habits };
  }

  private restOfWhere(): WhereStep {
    const start = this.start();
    let condition: Expression | undefined;
    this.attempt("step", () => {
      condition = this.expression();
    });
    return { kind: "where", condition: condition ?? this.missing(), span: this.spanFrom(start) };
  }

  private restOfSort(): SortStep {
    const start = this.start();
    let keys: SortStep["keys"] = [];
    this.attempt("step", () => {
      keys = this.sortKeys();
    });
    return { kind: "sort", keys, span: this.spanFrom(start) };
  }

  private module(): readonly Declaration[] {
    const declarations: Declaration[] = [];
    while (this.next.type !== t.EndOfFile) {
      if (DECLARATIONS.has(this.next.type)) declarations.push(this.declaration());
      else {
        this.unexpected("a declaration", keywordHint(this.next, "declaration"));
        this.skipStray("declaration");
      }
    }
    return packed(declarations);
  }

  private declaration(): Declaration {
    switch (this.next.type) {
      case t.Import:
        return this.import();
      case t.Project:
        return this.project();
      case t.Param:
        return this.param();
      case t.Secret:
        return this.secret();
      case t.Source:
        return this.source();
      case t.Enum:
        return this.enum();
      case t.Fn:
        return this.fn();
      case t.Bronze:
        return this.bronze();
      default:
        return this.table();
    }
  }

  private import(): ImportDeclaration {
    const start = this.start();
    const doc = this.docAbove();
    let path: StringLiteral | undefined;
    this.attempt("declaration", () => {
      this.consume(t.Import);
      path = this.text();
    });
    return { kind: "import", doc, path: path ?? this.missingText(), span: this.spanFrom(start) };
  }

  private enum(): EnumDeclaration {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    const values: Name[] = [];
    this.attempt("declaration", () => {
      this.consume(t.Enum);
      name = this.name();
      const startsEnumValue = (): boolean => this.startsWord() || this.startsText();
      this.block("entry", "a value", startsEnumValue, () => {
        values.push(this.enumValue());
        if (this.next.type === t.Assign) this.numberOfValue();
      });
    });
    return { kind: "enum", doc, name: name ?? this.missingName(), values, span: this.spanFrom(start) };
  }

  /** `a = 1`, as other languages number the values of an enum. */
  private numberOfValue(): void {
    const span = this.spanOf(this.next);
    const hint = "Enum values are names; use `match` to map them to numbers.";
    const params = { expected: "a value or `}`", found: "`=`" };
    this.habits.push({ key: "enum =", found: diagnostic("unexpected-token", span, params, { hint }) });
    this.advance();
    if (![t.Comma, t.RBrace].includes(this.next.type)) this.advance();
  }

  private enumValue(): Name {
    if (!this.startsText()) return this.name();
    const { value, span } = this.text();
    return { kind: "name", text: value, span };
  }

  private fn(): FunctionDeclaration {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    const parameters: Parameter[] = [];
    let result: TypeReference | undefined;
    let body: Expression | undefined;
    this.attempt("declaration", () => {
      this.consume(t.Fn);
      name = this.name();
      this.parenthesised(this.startsWord, () => parameters.push(this.parameter()));
      if (this.accept(t.Colon)) result = this.type();
      this.consume(t.Assign);
      body = this.expression();
    });
    return {
      kind: "fn",
      doc,
      name: name ?? this.missingName(),
      parameters,
      result,
      body: body ?? this.missing(),
      span: this.spanFrom(start),
    };
  }

  private parameter(): Parameter {
    const name = this.name();
    this.consume(t.Colon);
    const type = this.type();
    return { kind: "parameter", name, type, span: this.spanFrom(name.span.start) };
  }

  private bronze(): BronzeDeclaration {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let source: Name | undefined;
    let object: Name | undefined;
    const args: StringLiteral[] = [];
    const members: BronzeMember[] = [];
    const before = this.lost;
    this.attempt("declaration", () => {
      this.consume(t.Bronze);
      name = this.name();
      this.attempt("header", () => {
        this.consume(t.From);
        source = this.name();
        this.consume(t.Dot);
        object = this.memberName();
        this.parenthesised(this.startsText, () => args.push(this.text()));
      });
      this.block("entry", "a column", this.startsWord, () => members.push(this.member()));
    });
    const none = this.missingName();
    return {
      kind: "bronze",
      doc,
      name: name ?? none,
      source: source ?? none,
      object: object ?? none,
      args: packed(args),
      members: packed(members),
      ...(this.lost > before ? { broken: true } : {}),
      span: this.spanFrom(start),
    };
  }

  private member(): BronzeMember {
    // `key`, `load` and `reject` can also be names of columns, followed by a colon.
    if (this.peek(2).type === t.Colon) return this.column();
    switch (this.next.type) {
      case t.Key:
        return this.key();
      case t.Load:
        return this.load();
      case t.Reject:
        return this.reject();
      default:
        return this.column();
    }
  }

  private load(): LoadClause {
    const start = this.start();
    let mode: Name | undefined;
    let by: Name | undefined;
    let deletedWhen: Expression | undefined;
    let lag: Lag | undefined;
    this.attempt("entry", () => {
      this.consume(t.Load);
      mode = this.name();
      if (!this.startsLine() && this.accept(t.By)) by = this.name();
      if (this.startsLoadOption("deleted")) {
        this.advance();
        if (this.next.image !== "when") this.mismatch("`when`");
        this.advance();
        deletedWhen = this.expression();
      }
      if (this.startsLoadOption("lag")) lag = this.lag();
      if (this.endsMember()) return;
      if (isLoadMode(mode.text)) this.mismatch("a new line");
      // What an unknown mode takes is unknown; the checker reports it.
      this.abandon();
    });
    return {
      ...{ kind: "load", mode: mode ?? this.missingName(), by, deletedWhen, lag },
      span: this.spanFrom(start),
    };
  }

  /** Whether the next token belongs to the next member, or ends the block. */
  private endsMember(): boolean {
    const ends = [t.Comma, t.RBrace, t.Key, t.Reject, t.Load].includes(this.next.type);
    return ends || this.startsLine() || this.peek(2).type === t.Colon;
  }

  /** `deleted` and `lag` are not keywords, so that columns can have these names without backticks. */
  private startsLoadOption(word: string): boolean {
    return this.next.image === word && this.peek(2).type !== t.Colon;
  }

  private lag(): Lag {
    const start = this.start();
    this.advance();
    const number = this.number();
    const hasUnit = !this.startsLine() && this.next.type === t.Identifier && this.peek(2).type !== t.Colon;
    return { kind: "lag", number, unit: hasUnit ? this.name() : undefined, span: this.spanFrom(start) };
  }

  /** The field of `= load.at`. */
  private fieldOfLoad(): Name {
    this.consume(t.Assign);
    if (this.next.type !== t.Load) this.mismatch("`load`, as in `= load.at`");
    this.advance();
    this.consume(t.Dot);
    return this.memberName();
  }

  private reject(): RejectClause {
    const start = this.start();
    let limit: RowLimit | undefined;
    this.attempt("entry", () => {
      this.consume(t.Reject);
      limit = this.limit();
    });
    return { kind: "reject", limit, span: this.spanFrom(start) };
  }

  private column(): ColumnDefinition {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let type: TypeReference | undefined;
    let fromLoad: Name | undefined;
    const tags: Tag[] = [];
    this.attempt("entry", () => {
      name = this.name();
      if (this.lacksColon()) this.colonHabit();
      else this.consume(t.Colon);
      type = this.type();
      const hint = insteadOfConstraint(this.next);
      if (hint !== undefined && !this.startsLine()) {
        this.unexpected("a column or `}`", { hint });
        this.abandon();
      }
      if (this.next.type === t.Assign) fromLoad = this.fieldOfLoad();
      while (this.next.type === t.Tag) tags.push(this.tag());
    });
    return {
      kind: "column",
      doc,
      name: name ?? this.missingName(),
      type: type ?? this.missingType(),
      fromLoad,
      tags: packed(tags),
      span: this.spanFrom(start),
    };
  }

  /** SQL's `name type`. */
  private lacksColon(): boolean {
    return this.next.type === t.Identifier && this.last.image !== "" && !this.startsLine();
  }

  private colonHabit(): void {
    const [before, next] = [this.last.image, this.next.image];
    const isBlank = this.peek(2).type === t.Colon;
    if (isBlank || !looksLikeType(next) || looksLikeType(before)) {
      const constraint = insteadOfConstraint(this.last);
      const hint = isBlank
        ? `A name with a space needs backticks: \`\\\`${before} ${next}\\\`: …\`.`
        : (constraint ?? (looksLikeType(before) ? `The name comes first: \`${next}: ${before}\`.` : undefined));
      this.unexpected("`:`", hint === undefined ? {} : { hint });
      this.abandon();
    }
    const span = this.spanOf(this.next);
    const end = this.spanOf(this.last).end;
    const fix = { title: "Insert a colon", edits: [{ span: { ...span, start: end, end }, text: ":" }] };
    const params = { expected: "`:`", found: `\`${this.next.image}\`` };
    this.habits.push({ key: "a b", found: diagnostic("unexpected-token", span, params, { fix }) });
  }

  private tag(): Tag {
    const start = this.start();
    this.consume(t.Tag);
    const name = this.memberName();
    const args: (StringLiteral | NumberLiteral)[] = [];
    const startsArgument = (): boolean => this.startsText() || this.startsNumber();
    if (this.next.type === t.LParen) {
      this.parenthesised(startsArgument, () => args.push(this.startsText() ? this.text() : this.number()));
    }
    return { kind: "tag", name, args, span: this.spanFrom(start) };
  }

  private table(): TableDeclaration {
    const start = this.start();
    const doc = this.docAbove();
    let layer: TableDeclaration["layer"] = "silver";
    let name: Name | undefined;
    const steps: Step[] = [];
    const before = this.diagnostics.length;
    let brokenStart = false;
    const unknownAfter = new Set<number>();
    let lost = this.lost;
    this.sqlSelect = false;
    this.attempt("declaration", () => {
      layer = this.next.type === t.Gold ? "gold" : "silver";
      this.advance();
      name = this.name();
      this.block("step", "a step", this.startsStep, () => {
        if (this.lost > lost) unknownAfter.add(steps.length - 1);
        lost = this.lost;
        const from = this.start();
        const step = this.step();
        if (this.silenced) {
          // Its wrong name was reported; anything else would be a follow-up error.
          this.markReported(from);
          this.silenced = false;
          if (step.kind === "take") unknownAfter.add(steps.length);
        }
        if (this.lost > lost && MAKES_COLUMNS.has(step.kind)) unknownAfter.add(steps.length);
        lost = this.lost;
        steps.push(step);
        if (steps.length === 1) brokenStart = this.diagnostics.length > before;
      });
    });
    if (this.lost > lost) unknownAfter.add(steps.length - 1);
    if (steps.length === 0) brokenStart = this.diagnostics.length > before;
    if (brokenStart && steps[0]?.kind !== "from") this.markReported(start);
    return {
      kind: "table",
      ...(brokenStart ? { brokenStart: true } : {}),
      ...(unknownAfter.size > 0 ? { unknownAfter } : {}),
      doc,
      layer,
      name: name ?? this.missingName(),
      steps: packed(steps),
      span: this.spanFrom(start),
    };
  }
}

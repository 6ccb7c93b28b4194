/**
 * The grammar of Medal, top down: files, tables and functions here, the other declarations in `configuration.ts`, the
 * steps of a pipeline in `steps.ts`, expressions in `expressions.ts`, and what they all stand on in `recovery.ts` and
 * `rule-base.ts`. The rules build the tree as they go.
 */
import { EOF, type IParserConfig, type IToken } from "chevrotain";
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
import { ConfigurationParser } from "./configuration.ts";
import { insteadOfConstraint } from "./foreign-words.ts";
import type { Habit, Told } from "./habits.ts";
import { keywordHint } from "./messages.ts";
import { packed } from "./recovery.ts";
import type { Rule } from "./rule-base.ts";
import * as t from "./tokens.ts";

/** The steps after which there are other columns than before. */
const MAKES_COLUMNS: ReadonlySet<Step["kind"]> = new Set(["from", "derive", "select", "join", "group"]);

const TYPES =
  /^(string|bool(ean)?|bit|int(eger|32|64)?|(small|tiny|big)int|long|double|float|real|decimal|numeric|number|money|date|(date)?time(stamp)?2?|binary|blob|n?(var)?char|text|varchar2|uuid|json)$/i;

function looksLikeType(word: string): boolean {
  // An enum begins with a capital and goes on in small letters.
  return TYPES.test(word) || /^[A-Z]\w*[a-z]/.test(word);
}

export class MedalParser extends ConfigurationParser {
  constructor(config: IParserConfig = {}) {
    super(config);
    this.performSelfAnalysis();
  }

  /** Reads one file. The parser may be used again afterwards. */
  read(
    file: SourceFile,
    tokens: IToken[],
    comments: readonly Comment[],
  ): { module: Module; diagnostics: Diagnostic[]; told: Told[]; habits: Habit[] } {
    this.begin(file, tokens, comments);
    const declarations = this.module();
    const span = { file: file.path, start: 0, end: file.text.length };
    const diagnostics = [...this.diagnostics];
    const told = [...this.told];
    const habits = [...this.habits];
    // The parser outlives the file: it must not keep its text and tokens.
    this.begin({ path: "", text: "" }, [], []);
    return { module: { kind: "module", declarations, comments, span }, diagnostics, told, habits };
  }

  /** Reads a text that is the rest of a `where` or `sort` step, and nothing more. */
  readStep<Kind extends "where" | "sort">(
    kind: Kind,
    file: SourceFile,
    tokens: IToken[],
  ): { step: Extract<Step, { kind: Kind }>; diagnostics: Diagnostic[]; told: Told[]; habits: Habit[] } {
    this.begin(file, tokens, []);
    const step = kind === "where" ? this.restOfWhere() : this.restOfSort();
    if (this.LA(1).tokenType !== EOF) this.unexpected("the end");
    const diagnostics = [...this.diagnostics];
    const told = [...this.told];
    const habits = [...this.habits];
    this.begin({ path: "", text: "" }, [], []);
    return { step: step as Extract<Step, { kind: Kind }>, diagnostics, told, habits };
  }

  private readonly restOfWhere: Rule<WhereStep> = this.rule("restOfWhere", () => {
    const start = this.start();
    let condition: Expression | undefined;
    this.attempt("step", () => {
      condition = this.SUBRULE(this.expression);
    });
    return { kind: "where", condition: condition ?? this.missing(), span: this.spanFrom(start) };
  });

  private readonly restOfSort: Rule<SortStep> = this.rule("restOfSort", () => {
    const start = this.start();
    let keys: SortStep["keys"] = [];
    this.attempt("step", () => {
      keys = this.SUBRULE(this.sortKeys);
    });
    return { kind: "sort", keys, span: this.spanFrom(start) };
  });

  private readonly module: Rule<readonly Declaration[]> = this.rule("module", () => {
    const declarations: Declaration[] = [];
    const readAll = (): void => this.MANY(() => declarations.push(this.SUBRULE(this.declaration)));
    readAll();
    while (!this.RECORDING_PHASE && this.LA(1).tokenType !== EOF) {
      this.unexpected("a declaration", keywordHint(this.LA(1), "declaration"));
      this.skipStray("declaration");
      readAll();
    }
    return packed(declarations);
  });

  private readonly declaration: Rule<Declaration> = this.rule("declaration", () => this.OR(this.declarations));

  private readonly declarations = {
    DEF: [
      { ALT: (): Declaration => this.SUBRULE(this.import) },
      { ALT: (): Declaration => this.SUBRULE(this.project) },
      { ALT: (): Declaration => this.SUBRULE(this.param) },
      { ALT: (): Declaration => this.SUBRULE(this.secret) },
      { ALT: (): Declaration => this.SUBRULE(this.source) },
      { ALT: (): Declaration => this.SUBRULE(this.enum) },
      { ALT: (): Declaration => this.SUBRULE(this.fn) },
      { ALT: (): Declaration => this.SUBRULE(this.bronze) },
      { ALT: (): Declaration => this.SUBRULE(this.table) },
    ],
    ERR_MSG: "a declaration",
  };

  private readonly import: Rule<ImportDeclaration> = this.rule("import", () => {
    const start = this.start();
    const doc = this.docAbove();
    let path: StringLiteral | undefined;
    this.attempt("declaration", () => {
      this.CONSUME(t.Import);
      path = this.text();
    });
    return { kind: "import", doc, path: path ?? this.missingText(), span: this.spanFrom(start) };
  });

  private readonly enum: Rule<EnumDeclaration> = this.rule("enum", () => {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    const values: Name[] = [];
    this.attempt("declaration", () => {
      this.CONSUME(t.Enum);
      name = this.name();
      this.block("entry", "a value", () => {
        values.push(this.SUBRULE(this.enumValue));
        if (!this.RECORDING_PHASE && this.LA(1).tokenType === t.Assign) this.numberOfValue();
      });
    });
    return { kind: "enum", doc, name: name ?? this.missingName(), values, span: this.spanFrom(start) };
  });

  /** `a = 1`, as other languages number the values of an enum. */
  private numberOfValue(): void {
    const span = this.spanOf(this.LA(1));
    const hint = "Enum values are names; use `match` to map them to numbers.";
    const params = { expected: "a value or `}`", found: "`=`" };
    this.habits.push({ key: "enum =", found: diagnostic("unexpected-token", span, params, { hint }) });
    this.SKIP_TOKEN();
    if (![t.Comma, t.RBrace].includes(this.LA(1).tokenType)) this.SKIP_TOKEN();
  }

  private readonly enumValue: Rule<Name> = this.rule("enumValue", () =>
    this.OR([
      { ALT: () => this.name() },
      {
        ALT: (): Name => {
          const text = this.text();
          return { kind: "name", text: text.value, span: text.span };
        },
      },
    ]),
  );

  private readonly fn: Rule<FunctionDeclaration> = this.rule("fn", () => {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    const parameters: Parameter[] = [];
    let result: TypeReference | undefined;
    let body: Expression | undefined;
    this.attempt("declaration", () => {
      this.CONSUME(t.Fn);
      name = this.name();
      this.parenthesised(() => parameters.push(this.SUBRULE(this.parameter)));
      this.OPTION(() => {
        this.CONSUME(t.Colon);
        result = this.SUBRULE(this.type);
      });
      this.CONSUME(t.Assign);
      body = this.SUBRULE(this.expression);
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
  });

  private readonly parameter: Rule<Parameter> = this.rule("parameter", () => {
    const name = this.name();
    this.CONSUME(t.Colon);
    const type = this.SUBRULE(this.type);
    return { kind: "parameter", name, type, span: this.spanFrom(name.span.start) };
  });

  private readonly bronze: Rule<BronzeDeclaration> = this.rule("bronze", () => {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let source: Name | undefined;
    let object: Name | undefined;
    const args: StringLiteral[] = [];
    const members: BronzeMember[] = [];
    const before = this.lost;
    this.attempt("declaration", () => {
      this.CONSUME(t.Bronze);
      name = this.name();
      this.attempt("header", () => {
        this.CONSUME(t.From);
        source = this.name(1);
        this.CONSUME(t.Dot);
        object = this.memberName(2);
        this.parenthesised(() => args.push(this.text()));
      });
      this.block("entry", "a column", () => members.push(this.SUBRULE(this.member)));
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
  });

  private readonly member: Rule<BronzeMember> = this.rule("member", () => {
    // `key`, `load` and `reject` are also names of columns: the colon tells.
    if (!this.RECORDING_PHASE && this.LA(2).tokenType === t.Colon) return this.SUBRULE(this.column);
    return this.OR(this.members);
  });

  private readonly members = {
    DEF: [
      { ALT: (): BronzeMember => this.SUBRULE(this.key) },
      { ALT: (): BronzeMember => this.SUBRULE(this.load) },
      { ALT: (): BronzeMember => this.SUBRULE(this.reject) },
      { ALT: (): BronzeMember => this.SUBRULE(this.column) },
    ],
    ERR_MSG: "a column",
    IGNORE_AMBIGUITIES: true,
    MAX_LOOKAHEAD: 1,
  };

  private readonly load: Rule<LoadClause> = this.rule("load", () => {
    const start = this.start();
    let mode: Name | undefined;
    this.attempt("entry", () => {
      this.CONSUME(t.Load);
      mode = this.name();
      // Of a mode that there is not, what it takes is not known.
      const isOver = [t.Comma, t.RBrace].includes(this.LA(1).tokenType) || this.startsLine();
      if (!this.RECORDING_PHASE && mode.text !== "full" && !isOver) this.abandon();
    });
    return { kind: "load", mode: mode ?? this.missingName(), span: this.spanFrom(start) };
  });

  private readonly reject: Rule<RejectClause> = this.rule("reject", () => {
    const start = this.start();
    let limit: RowLimit | undefined;
    this.attempt("entry", () => {
      this.CONSUME(t.Reject);
      limit = this.SUBRULE(this.limit);
    });
    return { kind: "reject", limit, span: this.spanFrom(start) };
  });

  private readonly column: Rule<ColumnDefinition> = this.rule("column", () => {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let type: TypeReference | undefined;
    const tags: Tag[] = [];
    this.attempt("entry", () => {
      name = this.name();
      if (this.lacksColon()) this.colonHabit();
      else this.CONSUME(t.Colon);
      type = this.SUBRULE(this.type);
      const hint = insteadOfConstraint(this.LA(1));
      if (hint !== undefined && !this.startsLine()) {
        this.unexpected("a column or `}`", { hint });
        this.abandon();
      }
      if (this.ahead(t.Tag)) this.MANY(() => tags.push(this.SUBRULE(this.tag)));
    });
    return {
      kind: "column",
      doc,
      name: name ?? this.missingName(),
      type: type ?? this.missingType(),
      tags: packed(tags),
      span: this.spanFrom(start),
    };
  });

  /** SQL's `name type`. */
  private lacksColon(): boolean {
    return this.LA(1).tokenType === t.Identifier && this.LA(0).image !== "" && !this.startsLine();
  }

  private colonHabit(): void {
    const [before, next] = [this.LA(0).image, this.LA(1).image];
    const isBlank = this.LA(2).tokenType === t.Colon;
    if (isBlank || !looksLikeType(next) || looksLikeType(before)) {
      const constraint = insteadOfConstraint(this.LA(0));
      const hint = isBlank
        ? `A name with a space needs backticks: \`\\\`${before} ${next}\\\`: …\`.`
        : (constraint ?? (looksLikeType(before) ? `The name comes first: \`${next}: ${before}\`.` : undefined));
      this.unexpected("`:`", hint === undefined ? {} : { hint });
      this.abandon();
    }
    const span = this.spanOf(this.LA(1));
    const end = this.spanOf(this.LA(0)).end;
    const fix = { title: "Insert a colon", edits: [{ span: { ...span, start: end, end }, text: ":" }] };
    const params = { expected: "`:`", found: `\`${this.LA(1).image}\`` };
    this.habits.push({ key: "a b", found: diagnostic("unexpected-token", span, params, { fix }) });
  }

  private readonly tag: Rule<Tag> = this.rule("tag", () => {
    const start = this.start();
    this.CONSUME(t.Tag);
    const name = this.memberName();
    const args: (StringLiteral | NumberLiteral)[] = [];
    this.OPTION(() =>
      this.parenthesised(() => args.push(this.OR([{ ALT: () => this.text() }, { ALT: () => this.number() }]))),
    );
    return { kind: "tag", name, args, span: this.spanFrom(start) };
  });

  private readonly table: Rule<TableDeclaration> = this.rule("table", () => {
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
      const token = this.OR([{ ALT: () => this.CONSUME(t.Silver) }, { ALT: () => this.CONSUME(t.Gold) }]);
      layer = token.tokenType === t.Gold ? "gold" : "silver";
      name = this.name();
      this.block("step", "a step", () => {
        if (this.lost > lost) unknownAfter.add(steps.length - 1);
        lost = this.lost;
        const from = this.start();
        const step = this.SUBRULE(this.step);
        if (this.forgiven) {
          // What it was called was told; whatever else is wrong with it can wait.
          this.tellAll(from);
          this.forgiven = false;
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
    if (brokenStart && steps[0]?.kind !== "from") this.tellAll(start);
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
  });
}

/**
 * The grammar of Medal, top down: declarations here, the steps of a pipeline in `steps.ts`, expressions in
 * `expressions.ts`, and what they all stand on in `recovery.ts`. The rules build the tree as they go.
 */
import { EOF, type IParserConfig, type IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../source.ts";
import type {
  BronzeDeclaration,
  BronzeMember,
  ColumnDefinition,
  Comment,
  ConfigBlock,
  ConfigProperty,
  ConfigReference,
  ConfigValue,
  Declaration,
  EnumDeclaration,
  FunctionDeclaration,
  ImportDeclaration,
  LoadClause,
  Module,
  Name,
  NumberLiteral,
  Parameter,
  ParamDeclaration,
  ProjectDeclaration,
  ProjectSetting,
  Schedule,
  SecretDeclaration,
  SourceDeclaration,
  Step,
  StringLiteral,
  TableDeclaration,
  Tag,
  TypeReference,
  Expression,
  BoolLiteral,
} from "./ast.ts";
import type { Rule } from "./recovery.ts";
import { StepParser } from "./steps.ts";
import * as t from "./tokens.ts";

export class MedalParser extends StepParser {
  constructor(config: IParserConfig = {}) {
    super(config);
    this.performSelfAnalysis();
  }

  /** Reads one file. The parser may be used again afterwards. */
  read(file: SourceFile, tokens: IToken[], comments: readonly Comment[]): { module: Module; diagnostics: Diagnostic[] } {
    this.begin(file, tokens, comments);
    const declarations = this.module();
    const span = { file: file.path, start: 0, end: file.text.length };
    return { module: { kind: "module", declarations, comments, span }, diagnostics: [...this.diagnostics] };
  }

  private readonly module: Rule<readonly Declaration[]> = this.rule("module", () => {
    const declarations: Declaration[] = [];
    const readAll = (): void => this.MANY(() => declarations.push(this.SUBRULE(this.declaration)));
    readAll();
    while (!this.RECORDING_PHASE && this.LA(1).tokenType !== EOF) {
      this.unexpected("a declaration");
      this.skipStray("declaration");
      readAll();
    }
    return declarations;
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
    const [start, doc] = [this.start(), this.docAbove()];
    let path: StringLiteral = { kind: "string", value: "", span: this.spanFrom(start) };
    this.attempt("declaration", () => {
      this.CONSUME(t.Import);
      path = this.SUBRULE(this.text);
    });
    return { kind: "import", doc, path, span: this.spanFrom(start) };
  });

  private readonly project: Rule<ProjectDeclaration> = this.rule("project", () => {
    const [start, doc] = [this.start(), this.docAbove()];
    let name = this.missingName();
    const settings: ProjectSetting[] = [];
    this.attempt("declaration", () => {
      this.CONSUME(t.Project);
      name = this.SUBRULE(this.name);
      this.block("entry", "a setting", () => settings.push(this.SUBRULE(this.setting)));
    });
    return { kind: "project", doc, name, settings, span: this.spanFrom(start) };
  });

  private readonly setting: Rule<ProjectSetting> = this.rule("setting", () => {
    const start = this.start();
    let name = this.missingName();
    let value: ProjectSetting["value"] = this.missing();
    this.attempt("entry", () => {
      name = this.SUBRULE(this.name);
      value = this.missing();
      this.CONSUME(t.Assign);
      value = this.OR({
        DEF: [
          { GATE: () => this.LA(2).tokenType === t.LBrace, ALT: () => this.SUBRULE(this.configBlock) },
          { ALT: () => this.SUBRULE(this.schedule) },
        ],
        ERR_MSG: "a service or a schedule",
      });
    });
    return { kind: "setting", name, value, span: this.spanFrom(start) };
  });

  private readonly schedule: Rule<Schedule> = this.rule("schedule", () => {
    const start = this.start();
    const frequency = this.SUBRULE(this.name);
    let at: StringLiteral | undefined;
    let timeZone: StringLiteral | undefined;
    this.OPTION(() => {
      this.CONSUME(t.At);
      at = this.SUBRULE(this.text);
    });
    this.OPTION1(() => {
      this.CONSUME(t.In);
      timeZone = this.SUBRULE1(this.text);
    });
    return { kind: "schedule", frequency, at, timeZone, span: this.spanFrom(start) };
  });

  private readonly configBlock: Rule<ConfigBlock> = this.rule("configBlock", () => {
    const start = this.start();
    const name = this.SUBRULE(this.name);
    const properties: ConfigProperty[] = [];
    this.block("entry", "a property", () => properties.push(this.SUBRULE(this.property)));
    return { kind: "config-block", name, properties, span: this.spanFrom(start) };
  });

  private readonly property: Rule<ConfigProperty> = this.rule("property", () => {
    const start = this.start();
    let name = this.missingName();
    let value: ConfigValue = this.missing();
    this.attempt("entry", () => {
      name = this.SUBRULE(this.name);
      value = this.missing();
      this.CONSUME(t.Colon);
      value = this.SUBRULE(this.configValue);
    });
    return { kind: "property", name, value, span: this.spanFrom(start) };
  });

  private readonly configValue: Rule<ConfigValue> = this.rule("configValue", () =>
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.text) },
        { ALT: () => this.numberOrRange() },
        { ALT: () => this.SUBRULE(this.bool) },
        { ALT: () => this.SUBRULE(this.configReference) },
      ],
      ERR_MSG: "a text, a number, a parameter or a secret",
    }),
  );

  private numberOrRange(): ConfigValue {
    const start = this.start();
    const from = this.SUBRULE(this.number);
    let to: NumberLiteral | undefined;
    this.OPTION(() => {
      this.CONSUME(t.DotDot);
      to = this.SUBRULE1(this.number);
    });
    return to ? { kind: "range", from, to, span: this.spanFrom(start) } : from;
  }

  private readonly bool: Rule<BoolLiteral> = this.rule("bool", () => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.True) }, { ALT: () => this.CONSUME(t.False) }]);
    return this.ACTION(() => ({ kind: "bool", value: token.tokenType === t.True, span: this.spanOf(token) }));
  });

  private readonly configReference: Rule<ConfigReference> = this.rule("configReference", () => {
    const start = this.start();
    const namespace = this.SUBRULE(this.name);
    this.CONSUME(t.Dot);
    const name = this.SUBRULE1(this.name);
    return { kind: "reference", namespace, name, span: this.spanFrom(start) };
  });

  private readonly param: Rule<ParamDeclaration> = this.rule("param", () => {
    const [start, doc] = [this.start(), this.docAbove()];
    let name = this.missingName();
    let type = this.missingType();
    let value: ParamDeclaration["value"];
    this.attempt("declaration", () => {
      this.CONSUME(t.Param);
      name = this.SUBRULE(this.name);
      type = this.missingType();
      this.CONSUME(t.Colon);
      type = this.SUBRULE(this.type);
      this.OPTION(() => {
        this.CONSUME(t.Assign);
        value = this.OR({
          DEF: [
            { ALT: () => this.SUBRULE(this.text) },
            { ALT: () => this.SUBRULE(this.number) },
            { ALT: () => this.SUBRULE(this.bool) },
          ],
          ERR_MSG: "a text, a number, `true` or `false`",
        });
      });
    });
    return { kind: "param", doc, name, type, value, span: this.spanFrom(start) };
  });

  private readonly secret: Rule<SecretDeclaration> = this.rule("secret", () => {
    const [start, doc] = [this.start(), this.docAbove()];
    let name = this.missingName();
    let store = name;
    const args: (StringLiteral | ConfigReference)[] = [];
    this.attempt("declaration", () => {
      this.CONSUME(t.Secret);
      name = this.SUBRULE(this.name);
      store = this.missingName();
      this.CONSUME(t.Assign);
      store = this.SUBRULE1(this.name);
      this.parenthesised(() =>
        args.push(
          this.OR([
            { ALT: () => this.SUBRULE(this.text) },
            { ALT: () => this.SUBRULE(this.configReference) },
          ]),
        ),
      );
    });
    return { kind: "secret", doc, name, store, args, span: this.spanFrom(start) };
  });

  private readonly source: Rule<SourceDeclaration> = this.rule("source", () => {
    const [start, doc] = [this.start(), this.docAbove()];
    let name = this.missingName();
    let connector: ConfigBlock = { kind: "config-block", name, properties: [], span: name.span };
    this.attempt("declaration", () => {
      this.CONSUME(t.Source);
      name = this.SUBRULE(this.name);
      const none = this.missingName();
      connector = { kind: "config-block", name: none, properties: [], span: none.span };
      this.CONSUME(t.Assign);
      connector = this.SUBRULE(this.configBlock);
    });
    return { kind: "source", doc, name, connector, span: this.spanFrom(start) };
  });

  private readonly enum: Rule<EnumDeclaration> = this.rule("enum", () => {
    const [start, doc] = [this.start(), this.docAbove()];
    let name = this.missingName();
    const values: Name[] = [];
    this.attempt("declaration", () => {
      this.CONSUME(t.Enum);
      name = this.SUBRULE(this.name);
      this.block("entry", "a value", () => values.push(this.SUBRULE(this.enumValue)));
    });
    return { kind: "enum", doc, name, values, span: this.spanFrom(start) };
  });

  private readonly enumValue: Rule<Name> = this.rule("enumValue", () =>
    this.OR([
      { ALT: () => this.SUBRULE(this.name) },
      {
        ALT: (): Name => {
          const text = this.SUBRULE(this.text);
          return { kind: "name", text: text.value, span: text.span };
        },
      },
    ]),
  );

  private readonly fn: Rule<FunctionDeclaration> = this.rule("fn", () => {
    const [start, doc] = [this.start(), this.docAbove()];
    let name = this.missingName();
    const parameters: Parameter[] = [];
    let result: TypeReference | undefined;
    let body: Expression = this.missing();
    this.attempt("declaration", () => {
      this.CONSUME(t.Fn);
      name = this.SUBRULE(this.name);
      body = this.missing();
      this.parenthesised(() => parameters.push(this.SUBRULE(this.parameter)));
      this.OPTION(() => {
        this.CONSUME(t.Colon);
        result = this.SUBRULE(this.type);
      });
      this.CONSUME(t.Assign);
      body = this.SUBRULE(this.expression);
    });
    return { kind: "fn", doc, name, parameters, result, body, span: this.spanFrom(start) };
  });

  private readonly parameter: Rule<Parameter> = this.rule("parameter", () => {
    const start = this.start();
    const name = this.SUBRULE(this.name);
    this.CONSUME(t.Colon);
    const type = this.SUBRULE(this.type);
    return { kind: "parameter", name, type, span: this.spanFrom(start) };
  });

  private readonly bronze: Rule<BronzeDeclaration> = this.rule("bronze", () => {
    const [start, doc] = [this.start(), this.docAbove()];
    let name = this.missingName();
    let [source, object] = [name, name];
    const args: StringLiteral[] = [];
    const members: BronzeMember[] = [];
    this.attempt("declaration", () => {
      this.CONSUME(t.Bronze);
      name = this.SUBRULE(this.name);
      source = object = this.missingName();
      this.CONSUME(t.From);
      source = this.SUBRULE1(this.name);
      object = this.missingName();
      this.CONSUME(t.Dot);
      object = this.SUBRULE2(this.name);
      this.parenthesised(() => args.push(this.SUBRULE(this.text)));
      this.block("entry", "a column", () => members.push(this.SUBRULE(this.member)));
    });
    return { kind: "bronze", doc, name, source, object, args, members, span: this.spanFrom(start) };
  });

  private readonly member: Rule<BronzeMember> = this.rule("member", () => this.OR(this.members));

  private readonly members = {
    // `key` and `load` are also names of columns: the colon tells.
    DEF: [
      { GATE: () => this.LA(2).tokenType !== t.Colon, ALT: (): BronzeMember => this.SUBRULE(this.key) },
      { GATE: () => this.LA(2).tokenType !== t.Colon, ALT: (): BronzeMember => this.SUBRULE(this.load) },
      { ALT: (): BronzeMember => this.SUBRULE(this.column) },
    ],
    ERR_MSG: "a column",
    IGNORE_AMBIGUITIES: true,
    MAX_LOOKAHEAD: 1,
  };

  private readonly load: Rule<LoadClause> = this.rule("load", () => {
    const start = this.start();
    let mode = this.missingName();
    this.attempt("entry", () => {
      this.CONSUME(t.Load);
      mode = this.SUBRULE(this.name);
    });
    return { kind: "load", mode, span: this.spanFrom(start) };
  });

  private readonly column: Rule<ColumnDefinition> = this.rule("column", () => {
    const [start, doc] = [this.start(), this.docAbove()];
    let name = this.missingName();
    let type = this.missingType();
    const tags: Tag[] = [];
    this.attempt("entry", () => {
      name = this.SUBRULE(this.name);
      type = this.missingType();
      this.CONSUME(t.Colon);
      type = this.SUBRULE(this.type);
      this.MANY(() => tags.push(this.SUBRULE(this.tag)));
    });
    return { kind: "column", doc, name, type, tags, span: this.spanFrom(start) };
  });

  private readonly tag: Rule<Tag> = this.rule("tag", () => {
    const start = this.start();
    this.CONSUME(t.Tag);
    const name = this.SUBRULE(this.name);
    const args: (StringLiteral | NumberLiteral)[] = [];
    this.OPTION(() =>
      this.parenthesised(() =>
        args.push(
          this.OR([
            { ALT: () => this.SUBRULE(this.text) },
            { ALT: () => this.SUBRULE(this.number) },
          ]),
        ),
      ),
    );
    return { kind: "tag", name, args, span: this.spanFrom(start) };
  });

  private readonly table: Rule<TableDeclaration> = this.rule("table", () => {
    const [start, doc] = [this.start(), this.docAbove()];
    let layer: TableDeclaration["layer"] = "silver";
    let name = this.missingName();
    const steps: Step[] = [];
    this.attempt("declaration", () => {
      const token = this.OR([{ ALT: () => this.CONSUME(t.Silver) }, { ALT: () => this.CONSUME(t.Gold) }]);
      layer = token.tokenType === t.Gold ? "gold" : "silver";
      name = this.SUBRULE(this.name);
      this.block("step", "a step", () => steps.push(this.SUBRULE(this.step)));
    });
    return { kind: "table", doc, layer, name, steps, span: this.spanFrom(start) };
  });
}

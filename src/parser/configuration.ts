/** Declarations that say where a program runs and what it reads: project, parameters, secrets, sources. */
import type {
  BoolLiteral,
  ConfigBlock,
  ConfigProperty,
  ConfigReference,
  ConfigValue,
  Name,
  NumberLiteral,
  ParamDeclaration,
  ProjectDeclaration,
  ProjectSetting,
  Schedule,
  SecretDeclaration,
  SourceDeclaration,
  StringLiteral,
  TypeReference,
} from "./ast.ts";
import type { Rule } from "./rule-base.ts";
import { StepParser } from "./steps.ts";
import * as t from "./tokens.ts";

export abstract class ConfigurationParser extends StepParser {
  protected readonly project: Rule<ProjectDeclaration> = this.rule("project", () => {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    const settings: ProjectSetting[] = [];
    this.attempt("declaration", () => {
      this.CONSUME(t.Project);
      name = this.name();
      this.block("entry", "a setting", () => settings.push(this.SUBRULE(this.setting)));
    });
    return { kind: "project", doc, name: name ?? this.missingName(), settings, span: this.spanFrom(start) };
  });

  private readonly setting: Rule<ProjectSetting> = this.rule("setting", () => {
    const start = this.start();
    let name: Name | undefined;
    let value: ProjectSetting["value"] | undefined;
    this.attempt("entry", () => {
      name = this.name();
      this.CONSUME(t.Assign);
      value = this.OR({
        DEF: [
          { GATE: () => this.LA(2).tokenType === t.LBrace, ALT: () => this.SUBRULE(this.configBlock) },
          { ALT: () => this.SUBRULE(this.schedule) },
        ],
        ERR_MSG: "a service or a schedule",
      });
    });
    return {
      kind: "setting",
      name: name ?? this.missingName(),
      value: value ?? this.missing(),
      span: this.spanFrom(start),
    };
  });

  private readonly schedule: Rule<Schedule> = this.rule("schedule", () => {
    const frequency = this.name();
    let at: StringLiteral | undefined;
    let timeZone: StringLiteral | undefined;
    this.OPTION(() => {
      this.CONSUME(t.At);
      at = this.text();
    });
    this.OPTION1(() => {
      this.CONSUME(t.In);
      timeZone = this.text(1);
    });
    return { kind: "schedule", frequency, at, timeZone, span: this.spanFrom(frequency.span.start) };
  });

  private readonly configBlock: Rule<ConfigBlock> = this.rule("configBlock", () => {
    const name = this.name();
    const properties: ConfigProperty[] = [];
    this.block("entry", "a property", () => properties.push(this.SUBRULE(this.property)));
    return { kind: "config-block", name, properties, span: this.spanFrom(name.span.start) };
  });

  private readonly property: Rule<ConfigProperty> = this.rule("property", () => {
    const start = this.start();
    let name: Name | undefined;
    let value: ConfigValue | undefined;
    this.attempt("entry", () => {
      name = this.name();
      this.CONSUME(t.Colon);
      value = this.SUBRULE(this.configValue);
    });
    return {
      kind: "property",
      name: name ?? this.missingName(),
      value: value ?? this.missing(),
      span: this.spanFrom(start),
    };
  });

  private readonly configValue: Rule<ConfigValue> = this.rule("configValue", () =>
    this.OR({
      DEF: [
        { ALT: () => this.text() },
        { ALT: () => this.numberOrRange() },
        { ALT: () => this.SUBRULE(this.bool) },
        { ALT: () => this.SUBRULE(this.configReference) },
      ],
      ERR_MSG: "a string, a number, a param or a secret",
    }),
  );

  private numberOrRange(): ConfigValue {
    const start = this.start();
    const from = this.number();
    let to: NumberLiteral | undefined;
    this.OPTION(() => {
      this.CONSUME(t.DotDot);
      to = this.number(1);
    });
    return to ? { kind: "range", from, to, span: this.spanFrom(start) } : from;
  }

  private readonly bool: Rule<BoolLiteral> = this.rule("bool", () => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.True) }, { ALT: () => this.CONSUME(t.False) }]);
    return this.ACTION(() => ({ kind: "bool", value: token.tokenType === t.True, span: this.spanOf(token) }));
  });

  private readonly configReference: Rule<ConfigReference> = this.rule("configReference", () => {
    const namespace = this.name();
    this.CONSUME(t.Dot);
    const name = this.memberName(1);
    return { kind: "reference", namespace, name, span: this.spanFrom(namespace.span.start) };
  });

  protected readonly param: Rule<ParamDeclaration> = this.rule("param", () => {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let type: TypeReference | undefined;
    let value: ParamDeclaration["value"];
    this.attempt("declaration", () => {
      this.CONSUME(t.Param);
      name = this.name();
      this.CONSUME(t.Colon);
      type = this.SUBRULE(this.type);
      this.OPTION(() => {
        this.CONSUME(t.Assign);
        value = this.OR({
          DEF: [{ ALT: () => this.text() }, { ALT: () => this.number() }, { ALT: () => this.SUBRULE(this.bool) }],
          ERR_MSG: "a string, a number, `true` or `false`",
        });
      });
    });
    return {
      kind: "param",
      doc,
      name: name ?? this.missingName(),
      type: type ?? this.missingType(),
      value,
      span: this.spanFrom(start),
    };
  });

  protected readonly secret: Rule<SecretDeclaration> = this.rule("secret", () => {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let store: Name | undefined;
    const args: (StringLiteral | ConfigReference)[] = [];
    this.attempt("declaration", () => {
      this.CONSUME(t.Secret);
      name = this.name();
      this.CONSUME(t.Assign);
      store = this.name(1);
      this.parenthesised(() =>
        args.push(this.OR([{ ALT: () => this.text() }, { ALT: () => this.SUBRULE(this.configReference) }])),
      );
    });
    return {
      kind: "secret",
      doc,
      name: name ?? this.missingName(),
      store: store ?? this.missingName(),
      args,
      span: this.spanFrom(start),
    };
  });

  protected readonly source: Rule<SourceDeclaration> = this.rule("source", () => {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let connector: ConfigBlock | undefined;
    this.attempt("declaration", () => {
      this.CONSUME(t.Source);
      name = this.name();
      this.CONSUME(t.Assign);
      connector = this.SUBRULE(this.configBlock);
    });
    const none = this.missingName();
    connector ??= { kind: "config-block", name: none, properties: [], span: none.span };
    return { kind: "source", doc, name: name ?? none, connector, span: this.spanFrom(start) };
  });
}

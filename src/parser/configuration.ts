/** Declarations of where a program runs and what it reads: project, params, secrets, sources. */
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
import { StepParser } from "./steps.ts";
import * as t from "./tokens.ts";

export abstract class ConfigurationParser extends StepParser {
  protected project(): ProjectDeclaration {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    const settings: ProjectSetting[] = [];
    this.attempt("declaration", () => {
      this.consume(t.Project);
      name = this.name();
      this.block("entry", "a setting", this.startsWord, () => settings.push(this.setting()));
    });
    return { kind: "project", doc, name: name ?? this.missingName(), settings, span: this.spanFrom(start) };
  }

  private setting(): ProjectSetting {
    const start = this.start();
    let name: Name | undefined;
    let value: ProjectSetting["value"] | undefined;
    this.attempt("entry", () => {
      name = this.name();
      this.consume(t.Assign);
      if (!this.startsWord()) this.mismatch("a service or a schedule");
      value = this.peek(2).type === t.LBrace ? this.configBlock() : this.schedule();
    });
    return {
      kind: "setting",
      name: name ?? this.missingName(),
      value: value ?? this.missing(),
      span: this.spanFrom(start),
    };
  }

  private schedule(): Schedule {
    const frequency = this.name();
    let at: StringLiteral | undefined;
    let timeZone: StringLiteral | undefined;
    if (this.accept(t.At)) at = this.text();
    if (this.accept(t.In)) timeZone = this.text();
    return { kind: "schedule", frequency, at, timeZone, span: this.spanFrom(frequency.span.start) };
  }

  private configBlock(): ConfigBlock {
    const name = this.name();
    const properties: ConfigProperty[] = [];
    this.block("entry", "a property", this.startsWord, () => properties.push(this.property()));
    return { kind: "config-block", name, properties, span: this.spanFrom(name.span.start) };
  }

  private property(): ConfigProperty {
    const start = this.start();
    let name: Name | undefined;
    let value: ConfigValue | undefined;
    this.attempt("entry", () => {
      name = this.name();
      this.consume(t.Colon);
      value = this.configValue();
    });
    return {
      kind: "property",
      name: name ?? this.missingName(),
      value: value ?? this.missing(),
      span: this.spanFrom(start),
    };
  }

  private configValue(): ConfigValue {
    switch (this.next.type) {
      case t.Text:
        return this.text();
      case t.Numeral:
        return this.numberOrRange();
      case t.True:
      case t.False:
        return this.bool();
      default:
        if (!this.startsWord()) this.mismatch("a string, a number, a param or a secret");
        return this.configReference();
    }
  }

  private numberOrRange(): ConfigValue {
    const start = this.start();
    const from = this.number();
    let to: NumberLiteral | undefined;
    if (this.accept(t.DotDot)) to = this.number();
    return to ? { kind: "range", from, to, span: this.spanFrom(start) } : from;
  }

  private bool(): BoolLiteral {
    const token = this.next;
    this.advance();
    return { kind: "bool", value: token.type === t.True, span: this.spanOf(token) };
  }

  private configReference(): ConfigReference {
    const namespace = this.name();
    this.consume(t.Dot);
    const name = this.memberName();
    return { kind: "reference", namespace, name, span: this.spanFrom(namespace.span.start) };
  }

  protected param(): ParamDeclaration {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let type: TypeReference | undefined;
    let value: ParamDeclaration["value"];
    this.attempt("declaration", () => {
      this.consume(t.Param);
      name = this.name();
      this.consume(t.Colon);
      type = this.type();
      if (this.accept(t.Assign)) value = this.constant();
    });
    return {
      kind: "param",
      doc,
      name: name ?? this.missingName(),
      type: type ?? this.missingType(),
      value,
      span: this.spanFrom(start),
    };
  }

  private constant(): NonNullable<ParamDeclaration["value"]> {
    switch (this.next.type) {
      case t.Text:
        return this.text();
      case t.Numeral:
        return this.number();
      case t.True:
      case t.False:
        return this.bool();
      default:
        return this.mismatch("a string, a number, `true` or `false`");
    }
  }

  protected secret(): SecretDeclaration {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let store: Name | undefined;
    const args: (StringLiteral | ConfigReference)[] = [];
    this.attempt("declaration", () => {
      this.consume(t.Secret);
      name = this.name();
      this.consume(t.Assign);
      store = this.name();
      const startsArgument = (): boolean => this.startsText() || this.startsWord();
      this.parenthesised(startsArgument, () => args.push(this.startsText() ? this.text() : this.configReference()));
    });
    return {
      kind: "secret",
      doc,
      name: name ?? this.missingName(),
      store: store ?? this.missingName(),
      args,
      span: this.spanFrom(start),
    };
  }

  protected source(): SourceDeclaration {
    const start = this.start();
    const doc = this.docAbove();
    let name: Name | undefined;
    let connector: ConfigBlock | undefined;
    this.attempt("declaration", () => {
      this.consume(t.Source);
      name = this.name();
      this.consume(t.Assign);
      connector = this.configBlock();
    });
    const none = this.missingName();
    connector ??= { kind: "config-block", name: none, properties: [], span: none.span };
    return { kind: "source", doc, name: name ?? none, connector, span: this.spanFrom(start) };
  }
}

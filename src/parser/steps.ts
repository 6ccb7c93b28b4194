/** The steps of a pipeline. */
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type {
  DeriveStep,
  DistinctStep,
  ExpectStep,
  Expression,
  FromStep,
  GroupStep,
  JoinStep,
  KeyClause,
  Name,
  NamedExpression,
  NumberLiteral,
  RelationReference,
  RowLimit,
  SelectStep,
  SortKey,
  SortStep,
  Step,
  StringLiteral,
  TakeStep,
  WhereStep,
} from "./ast.ts";
import { packed, STEPS } from "./recovery.ts";
import { ReferenceParser } from "./references.ts";
import * as t from "./tokens.ts";
import { matches } from "./tokens.ts";

export abstract class StepParser extends ReferenceParser {
  /** The alias of the rows at the start of the pipeline. */
  private firstAlias: Name | undefined;
  /** Whether the table has SQL's `select` without braces: then its `group by` has none either, which is not reported again. */
  protected sqlSelect = false;

  protected readonly startsStep = (): boolean => STEPS.has(this.next.type);

  protected step(): Step {
    switch (this.next.type) {
      case t.From:
        return this.from();
      case t.Where:
        return this.where();
      case t.Derive:
        return this.derive();
      case t.Select:
        return this.select();
      case t.Distinct:
        return this.distinct();
      case t.Left:
      case t.Join:
        return this.join();
      case t.Group:
        return this.group();
      case t.Expect:
        return this.expect();
      case t.Key:
        return this.key();
      case t.Sort:
        return this.sort();
      case t.Take:
        return this.take();
      default:
        return this.mismatch("a step");
    }
  }

  private from(): FromStep {
    const start = this.start();
    let relation: RelationReference | undefined;
    let alias: Name | undefined;
    this.attempt("step", () => {
      this.consume(t.From);
      relation = this.relation();
      alias = this.alias();
      if (this.next.type === t.Comma && !STEPS.has(this.peek(2).type)) {
        this.unexpected("a step or `}`", {
          hint: "Use a separate step for another relation: `join one … on …` or `join many … on …`.",
        });
        this.abandon();
      }
    });
    this.firstAlias = alias ?? relation?.name;
    return { kind: "from", relation: relation ?? this.missingRelation(), alias, span: this.spanFrom(start) };
  }

  private where(): WhereStep {
    const start = this.start();
    let condition: Expression | undefined;
    this.attempt("step", () => {
      this.consume(t.Where);
      condition = this.expression();
    });
    return { kind: "where", condition: condition ?? this.missing(), span: this.spanFrom(start) };
  }

  private derive(): DeriveStep {
    const start = this.start();
    let columns: readonly NamedExpression[] = [];
    this.attempt("step", () => {
      this.consume(t.Derive);
      columns = this.entries();
    });
    return { kind: "derive", columns, span: this.spanFrom(start) };
  }

  private select(): SelectStep {
    const start = this.start();
    let columns: readonly NamedExpression[] = [];
    this.attempt("step", () => {
      this.consume(t.Select);
      this.sqlSelect ||= this.next.type !== t.LBrace;
      columns = this.entries();
    });
    return { kind: "select", columns, span: this.spanFrom(start) };
  }

  private distinct(): DistinctStep {
    const start = this.start();
    let on: readonly Name[] | undefined;
    let keep: DistinctStep["keep"] = "latest";
    const by: Expression[] = [];
    this.attempt("step", () => {
      this.consume(t.Distinct);
      if (!this.accept(t.On)) return;
      on = this.columns();
      if (this.accept(t.Earliest)) keep = "earliest";
      else if (!this.accept(t.Latest)) this.mismatch("`latest` or `earliest`");
      this.consume(t.By);
      this.oneOrMore(this.startsValue, () => by.push(this.expression()));
    });
    return { kind: "distinct", on, keep, by, span: this.spanFrom(start) };
  }

  private join(): JoinStep {
    const start = this.start();
    let isReported = this.silenced;
    let side: JoinStep["side"] = "inner";
    let cardinality: JoinStep["cardinality"];
    let relation: RelationReference | undefined;
    let alias: Name | undefined;
    let on: Expression | undefined;
    this.attempt("step", () => {
      if (this.accept(t.Left)) {
        side = "left";
        if (this.next.image.toLowerCase() === "outer") {
          this.unexpected("`join`", { hint: "Remove `outer`: `left join one` or `left join many`." });
          this.advance();
          isReported = true;
          this.silenced = true;
        }
      }
      this.consume(t.Join);
      // Before a dot it is the layer of a relation.
      if (this.peek(2).type !== t.Dot) {
        if (this.accept(t.One)) cardinality = "one";
        else if (this.accept(t.Many)) cardinality = "many";
      }
      relation = this.relation();
      alias = this.alias();
      this.refuseUsing(this.firstAlias, alias ?? relation.name);
      this.consume(t.On);
      on = this.expression();
    });
    // The checker reports that it is missing, which is enough for one join.
    if (cardinality === undefined || isReported) this.markReported(start);
    return {
      kind: "join",
      side,
      // If `inner` or `outer` was reported, its hint mentions the cardinality too.
      cardinality: cardinality ?? (isReported ? "many" : undefined),
      relation: relation ?? this.missingRelation(),
      alias,
      on: on ?? this.missing(),
      span: this.spanFrom(start),
    };
  }

  private group(): GroupStep {
    const start = this.start();
    const keys: NamedExpression[] = [];
    let aggregates: readonly NamedExpression[] = [];
    this.attempt("step", () => {
      this.consume(t.Group);
      if (this.next.type === t.Identifier) {
        this.unexpected("`by`", { hint: "Write `group by a, b { … }`." });
        this.abandon();
      }
      if (this.accept(t.By)) {
        if (this.next.type === t.LParen && this.peek(2).type === t.Identifier && this.peek(3).type === t.Comma) {
          this.unexpected("a value", { hint: "Write the keys without parentheses: `group by a, b { … }`." });
          this.abandon();
        }
        this.oneOrMore(this.startsValue, () => keys.push(this.groupKey()));
        if (this.next.type !== t.LBrace) {
          const hint = "Write aggregates in braces after the keys: `group by a { total = sum(b) }`.";
          if (!this.sqlSelect) this.unexpected("`{`", { hint });
          this.abandon();
        }
      }
      aggregates = this.entries();
    });
    return { kind: "group", keys, aggregates, span: this.spanFrom(start) };
  }

  private expect(): ExpectStep {
    const start = this.start();
    let name: StringLiteral | undefined;
    let condition: Expression | undefined;
    let action: Name | undefined;
    let limit: RowLimit | undefined;
    this.attempt("step", () => {
      this.consume(t.Expect);
      name = this.text();
      this.consume(t.Colon);
      condition = this.expression();
      if (this.accept(t.Else)) {
        action = this.name();
        if (this.next.type === t.At) limit = this.limit();
      }
    });
    return {
      kind: "expect",
      name: name ?? this.missingText(),
      condition: condition ?? this.missing(),
      action,
      limit,
      span: this.spanFrom(start),
    };
  }

  /** `at most 5%`, `at most 10 rows` */
  protected limit(): RowLimit {
    const start = this.start();
    this.consume(t.At);
    this.consume(t.Most);
    const number = this.number();
    const unit = this.limitUnit();
    return { kind: "limit", number, unit, span: this.spanFrom(start) };
  }

  /** `rows` is not a keyword, so that columns can have that name without backticks. */
  private limitUnit(): RowLimit["unit"] {
    if (this.accept(t.Percent)) return "percent";
    if (this.startsLine() || !/^rows?$/.test(this.next.image)) this.mismatch("`%` or `rows`");
    this.advance();
    return "rows";
  }

  /** `key order_id`, `key (order_id, order_item_id)` */
  protected key(): KeyClause {
    const start = this.start();
    let columns: readonly Name[] = [];
    this.attempt("step", () => {
      this.consume(t.Key);
      columns = this.columns();
    });
    return { kind: "key", columns, span: this.spanFrom(start) };
  }

  private sort(): SortStep {
    const start = this.start();
    let keys: readonly SortKey[] = [];
    this.attempt("step", () => {
      this.consume(t.Sort);
      keys = this.sortKeys();
    });
    return { kind: "sort", keys, span: this.spanFrom(start) };
  }

  /** `a, b desc` */
  protected sortKeys(): readonly SortKey[] {
    if (this.next.type === t.By && this.peek(2).type === t.Identifier) {
      this.unexpected("a value", { hint: "Write `sort a, b desc`." });
      this.advance();
    }
    const isOrder = this.next.type === t.Desc || this.next.type === t.Asc;
    if (isOrder && this.peek(2).type === t.Identifier) {
      this.unexpected("a value", { hint: "`asc` and `desc` follow the value: `sort price desc`." });
      this.advance();
    }
    const keys: SortKey[] = [];
    this.oneOrMore(this.startsValue, () => keys.push(this.sortKey()));
    return keys;
  }

  private sortKey(): SortKey {
    const start = this.start();
    const value = this.expression();
    const descending = this.accept(t.Desc);
    if (!descending) this.accept(t.Asc);
    return { kind: "sort-key", value, descending, span: this.spanFrom(start) };
  }

  private take(): TakeStep {
    const start = this.start();
    let count: NumberLiteral | undefined;
    this.attempt("step", () => {
      this.consume(t.Take);
      count = this.number();
    });
    const span = this.spanFrom(start);
    return { kind: "take", count: count ?? { kind: "number", text: "0", span }, span };
  }

  /** `{ name = value, item.column }` */
  private entries(): readonly NamedExpression[] {
    const entries: NamedExpression[] = [];
    const { suffixes } = this;
    this.suffixes = true;
    this.block("entry", "a column", this.startsValue, () => entries.push(this.entry()));
    this.suffixes = suffixes;
    return packed(entries);
  }

  private entry(): NamedExpression {
    const start = this.start();
    let name: Name | undefined;
    let value: Expression | undefined;
    this.attempt("entry", () => {
      name = this.entryName();
      value = this.expression();
      name ??= this.nameBehindCase(value);
    });
    return { kind: "named", name, value: value ?? this.missing(), span: this.spanFrom(start) };
  }

  private groupKey(): NamedExpression {
    const start = this.start();
    const name = this.entryName();
    const value = this.expression();
    return { kind: "named", name, value, span: this.spanFrom(start) };
  }

  /** The `name =` before a value. */
  private entryName(): Name | undefined {
    const first = this.next;
    if (this.peek(2).type === t.Assign && first.type === t.Numeral) {
      this.unexpected("a name");
      this.advance();
      this.advance();
      return this.nameOf(first);
    }
    if (this.peek(2).type === t.Colon && matches(first, t.Word) && this.peek(3).type !== t.Colon) {
      const span = this.spanOf(this.peek(2));
      const fix = { title: "Write =", edits: [{ span, text: " =" }] };
      this.habits.push({
        key: "a: b",
        found: diagnostic("unexpected-token", span, { expected: "`=`", found: "`:`" }, { fix }),
      });
      this.advance();
      this.advance();
      return this.nameOf(first);
    }
    if (this.peek(2).type !== t.Assign || !matches(first, t.Word)) return undefined;
    this.advance();
    this.advance();
    return this.nameOf(first);
  }
}

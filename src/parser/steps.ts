/** The steps of a pipeline. */
import { tokenMatcher } from "chevrotain";
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
import type { Rule } from "./rule-base.ts";
import * as t from "./tokens.ts";

export abstract class StepParser extends ReferenceParser {
  /** What the rows of the pipeline are called at first. */
  private firstAlias: Name | undefined;
  /** Whether the table has SQL's `select` without braces: then its `group by` has none either, which is told by that. */
  protected sqlSelect = false;

  protected readonly step: Rule<Step> = this.rule("step", () => this.OR(this.steps));

  private readonly steps = {
    DEF: [
      { ALT: (): Step => this.SUBRULE(this.from) },
      { ALT: (): Step => this.SUBRULE(this.where) },
      { ALT: (): Step => this.SUBRULE(this.derive) },
      { ALT: (): Step => this.SUBRULE(this.select) },
      { ALT: (): Step => this.SUBRULE(this.distinct) },
      { ALT: (): Step => this.SUBRULE(this.join) },
      { ALT: (): Step => this.SUBRULE(this.group) },
      { ALT: (): Step => this.SUBRULE(this.expect) },
      { ALT: (): Step => this.SUBRULE(this.key) },
      { ALT: (): Step => this.SUBRULE(this.sort) },
      { ALT: (): Step => this.SUBRULE(this.take) },
    ],
    ERR_MSG: "a step",
  };

  private readonly from: Rule<FromStep> = this.rule("from", () => {
    const start = this.start();
    let relation: RelationReference | undefined;
    let alias: Name | undefined;
    this.attempt("step", () => {
      this.CONSUME(t.From);
      relation = this.SUBRULE(this.relation);
      alias = this.SUBRULE(this.alias);
      if (!this.RECORDING_PHASE && this.LA(1).tokenType === t.Comma && !STEPS.has(this.LA(2).tokenType)) {
        this.unexpected("a step or `}`", {
          hint: "Use a separate step for another relation: `join one … on …` or `join many … on …`.",
        });
        this.abandon();
      }
    });
    this.firstAlias = alias ?? relation?.name;
    return { kind: "from", relation: relation ?? this.missingRelation(), alias, span: this.spanFrom(start) };
  });

  private readonly where: Rule<WhereStep> = this.rule("where", () => {
    const start = this.start();
    let condition: Expression | undefined;
    this.attempt("step", () => {
      this.CONSUME(t.Where);
      condition = this.SUBRULE(this.expression);
    });
    return { kind: "where", condition: condition ?? this.missing(), span: this.spanFrom(start) };
  });

  private readonly derive: Rule<DeriveStep> = this.rule("derive", () => {
    const start = this.start();
    let columns: readonly NamedExpression[] = [];
    this.attempt("step", () => {
      this.CONSUME(t.Derive);
      columns = this.SUBRULE(this.entries);
    });
    return { kind: "derive", columns, span: this.spanFrom(start) };
  });

  private readonly select: Rule<SelectStep> = this.rule("select", () => {
    const start = this.start();
    let columns: readonly NamedExpression[] = [];
    this.attempt("step", () => {
      this.CONSUME(t.Select);
      this.sqlSelect ||= this.LA(1).tokenType !== t.LBrace;
      columns = this.SUBRULE(this.entries);
    });
    return { kind: "select", columns, span: this.spanFrom(start) };
  });

  private readonly distinct: Rule<DistinctStep> = this.rule("distinct", () => {
    const start = this.start();
    let on: readonly Name[] | undefined;
    let keep: DistinctStep["keep"] = "latest";
    const by: Expression[] = [];
    this.attempt("step", () => {
      this.CONSUME(t.Distinct);
      this.OPTION(() => {
        this.CONSUME(t.On);
        on = this.SUBRULE(this.columns);
        const order = this.OR({
          DEF: [{ ALT: () => this.CONSUME(t.Latest) }, { ALT: () => this.CONSUME(t.Earliest) }],
          ERR_MSG: "`latest` or `earliest`",
        });
        keep = order.tokenType === t.Earliest ? "earliest" : "latest";
        this.CONSUME(t.By);
        this.AT_LEAST_ONE_SEP({ SEP: t.Comma, ERR_MSG: "a value", DEF: () => by.push(this.SUBRULE(this.expression)) });
      });
    });
    return { kind: "distinct", on, keep, by, span: this.spanFrom(start) };
  });

  private readonly join: Rule<JoinStep> = this.rule("join", () => {
    const start = this.start();
    let isTold = this.forgiven;
    let side: JoinStep["side"] = "inner";
    let cardinality: JoinStep["cardinality"];
    let relation: RelationReference | undefined;
    let alias: Name | undefined;
    let on: Expression | undefined;
    this.attempt("step", () => {
      this.OPTION(() => {
        this.CONSUME(t.Left);
        side = "left";
        if (!this.RECORDING_PHASE && this.LA(1).image.toLowerCase() === "outer") {
          this.unexpected("`join`", { hint: "Remove `outer`: `left join one` or `left join many`." });
          this.SKIP_TOKEN();
          isTold = true;
          this.forgiven = true;
        }
      });
      this.CONSUME(t.Join);
      this.OPTION1({
        GATE: () => this.LA(2).tokenType !== t.Dot,
        DEF: () => {
          this.OR([
            {
              ALT: () => {
                this.CONSUME(t.One);
                cardinality = "one";
              },
            },
            {
              ALT: () => {
                this.CONSUME(t.Many);
                cardinality = "many";
              },
            },
          ]);
        },
      });
      relation = this.SUBRULE(this.relation);
      alias = this.SUBRULE(this.alias);
      this.refuseUsing(this.firstAlias, alias ?? relation.name);
      this.CONSUME(t.On);
      on = this.SUBRULE(this.expression);
    });
    // The checker says that it is missing, and that is enough for one join.
    if (cardinality === undefined || isTold) this.tellAll(start);
    return {
      kind: "join",
      side,
      // Where `inner` or `outer` was told, the way out names the cardinality too.
      cardinality: cardinality ?? (isTold ? "many" : undefined),
      relation: relation ?? this.missingRelation(),
      alias,
      on: on ?? this.missing(),
      span: this.spanFrom(start),
    };
  });

  private readonly group: Rule<GroupStep> = this.rule("group", () => {
    const start = this.start();
    const keys: NamedExpression[] = [];
    let aggregates: readonly NamedExpression[] = [];
    this.attempt("step", () => {
      this.CONSUME(t.Group);
      if (this.LA(1).tokenType === t.Identifier) {
        this.unexpected("`by`", { hint: "Write `group by a, b { … }`." });
        this.abandon();
      }
      this.OPTION(() => {
        this.CONSUME(t.By);
        if (
          this.LA(1).tokenType === t.LParen &&
          this.LA(2).tokenType === t.Identifier &&
          this.LA(3).tokenType === t.Comma
        ) {
          this.unexpected("a value", { hint: "Write the keys without parentheses: `group by a, b { … }`." });
          this.abandon();
        }
        this.AT_LEAST_ONE_SEP({ SEP: t.Comma, ERR_MSG: "a value", DEF: () => keys.push(this.SUBRULE(this.groupKey)) });
        if (!this.RECORDING_PHASE && this.LA(1).tokenType !== t.LBrace && keys.length > 0) {
          if (!this.sqlSelect)
            this.unexpected("`{`", {
              hint: "Write aggregates in braces after the keys: `group by a { total = sum(b) }`.",
            });
          this.abandon();
        }
      });
      aggregates = this.SUBRULE(this.entries);
    });
    return { kind: "group", keys, aggregates, span: this.spanFrom(start) };
  });

  private readonly expect: Rule<ExpectStep> = this.rule("expect", () => {
    const start = this.start();
    let name: StringLiteral | undefined;
    let condition: Expression | undefined;
    let action: Name | undefined;
    let limit: RowLimit | undefined;
    this.attempt("step", () => {
      this.CONSUME(t.Expect);
      name = this.text();
      this.CONSUME(t.Colon);
      condition = this.SUBRULE(this.expression);
      this.OPTION(() => {
        this.CONSUME(t.Else);
        action = this.name();
        if (this.ahead(t.At)) this.OPTION1(() => (limit = this.SUBRULE(this.limit)));
      });
    });
    return {
      kind: "expect",
      name: name ?? this.missingText(),
      condition: condition ?? this.missing(),
      action,
      limit,
      span: this.spanFrom(start),
    };
  });

  /** `at most 5%`, `at most 10 rows` */
  protected readonly limit: Rule<RowLimit> = this.rule("limit", () => {
    const start = this.start();
    this.CONSUME(t.At);
    this.CONSUME(t.Most);
    const number = this.number();
    const unit = this.OR({
      DEF: [{ ALT: () => this.percentUnit() }, { ALT: () => this.rowsUnit() }],
      ERR_MSG: "`%` or `rows`",
    });
    return { kind: "limit", number, unit, span: this.spanFrom(start) };
  });

  private percentUnit(): RowLimit["unit"] {
    this.CONSUME(t.Percent);
    return "percent";
  }

  /** `rows` is no keyword: columns may have that name without looking like one. */
  private rowsUnit(): RowLimit["unit"] {
    const token = this.LA(1);
    if (!this.RECORDING_PHASE && (this.startsLine() || !/^rows?$/.test(token.image))) {
      this.unexpected("`%` or `rows`");
      this.abandon();
    }
    this.CONSUME(t.Word);
    return "rows";
  }

  /** `key order_id`, `key (order_id, order_item_id)` */
  protected readonly key: Rule<KeyClause> = this.rule("key", () => {
    const start = this.start();
    let columns: readonly Name[] = [];
    this.attempt("step", () => {
      this.CONSUME(t.Key);
      columns = this.SUBRULE(this.columns);
    });
    return { kind: "key", columns, span: this.spanFrom(start) };
  });

  private readonly sort: Rule<SortStep> = this.rule("sort", () => {
    const start = this.start();
    let keys: readonly SortKey[] = [];
    this.attempt("step", () => {
      this.CONSUME(t.Sort);
      keys = this.SUBRULE(this.sortKeys);
    });
    return { kind: "sort", keys, span: this.spanFrom(start) };
  });

  /** `a, b desc` */
  protected readonly sortKeys: Rule<readonly SortKey[]> = this.rule("sortKeys", () => {
    const keys: SortKey[] = [];
    if (!this.RECORDING_PHASE && this.LA(1).tokenType === t.By && this.LA(2).tokenType === t.Identifier) {
      this.unexpected("a value", { hint: "Write `sort a, b desc`." });
      this.SKIP_TOKEN();
    }
    const isOrder = this.LA(1).tokenType === t.Desc || this.LA(1).tokenType === t.Asc;
    if (isOrder && this.LA(2).tokenType === t.Identifier) {
      this.unexpected("a value", { hint: "`asc` and `desc` follow the value: `sort price desc`." });
      this.SKIP_TOKEN();
    }
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, ERR_MSG: "a value", DEF: () => keys.push(this.SUBRULE(this.sortKey)) });
    return keys;
  });

  private readonly sortKey: Rule<SortKey> = this.rule("sortKey", () => {
    const start = this.start();
    const value = this.SUBRULE(this.expression);
    let descending = false;
    this.OPTION(() => {
      const order = this.OR([{ ALT: () => this.CONSUME(t.Asc) }, { ALT: () => this.CONSUME(t.Desc) }]);
      descending = order.tokenType === t.Desc;
    });
    return { kind: "sort-key", value, descending, span: this.spanFrom(start) };
  });

  private readonly take: Rule<TakeStep> = this.rule("take", () => {
    const start = this.start();
    let count: NumberLiteral | undefined;
    this.attempt("step", () => {
      this.CONSUME(t.Take);
      count = this.number();
    });
    const span = this.spanFrom(start);
    return { kind: "take", count: count ?? { kind: "number", text: "0", span }, span };
  });

  /** `{ name = value, item.column }` */
  private readonly entries: Rule<readonly NamedExpression[]> = this.rule("entries", () => {
    const entries: NamedExpression[] = [];
    const { suffixes } = this;
    this.suffixes = true;
    this.block("entry", "a column", () => entries.push(this.SUBRULE(this.entry)));
    this.suffixes = suffixes;
    return packed(entries);
  });

  private readonly entry: Rule<NamedExpression> = this.rule("entry", () => {
    const start = this.start();
    let name: Name | undefined;
    let value: Expression | undefined;
    this.attempt("entry", () => {
      name = this.entryName();
      value = this.SUBRULE(this.expression);
      name ??= this.nameBehindCase(value);
    });
    return { kind: "named", name, value: value ?? this.missing(), span: this.spanFrom(start) };
  });

  private readonly groupKey: Rule<NamedExpression> = this.rule("groupKey", () => {
    const start = this.start();
    const name = this.entryName();
    const value = this.SUBRULE(this.expression);
    return { kind: "named", name, value, span: this.spanFrom(start) };
  });

  /** The `name =` before a value. */
  private entryName(): Name | undefined {
    const first = this.LA(1);
    if (this.LA(2).tokenType === t.Assign && first.tokenType === t.Numeral) {
      this.unexpected("a name");
      this.SKIP_TOKEN();
      this.SKIP_TOKEN();
      return this.nameOf(first);
    }
    if (this.LA(2).tokenType === t.Colon && tokenMatcher(first, t.Word) && this.LA(3).tokenType !== t.Colon) {
      const span = this.spanOf(this.LA(2));
      const fix = { title: "Write =", edits: [{ span, text: " =" }] };
      this.habits.push({
        key: "a: b",
        found: diagnostic("unexpected-token", span, { expected: "`=`", found: "`:`" }, { fix }),
      });
      this.SKIP_TOKEN();
      this.SKIP_TOKEN();
      return this.nameOf(first);
    }
    if (!this.RECORDING_PHASE && this.LA(2).tokenType !== t.Assign) return undefined;
    let name: Name | undefined;
    this.OPTION({
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        name = this.nameOf(this.CONSUME(t.Word));
        this.CONSUME(t.Assign);
      },
    });
    return name;
  }
}

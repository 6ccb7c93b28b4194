/**
 * Expressions. One rule reads all binary operators by climbing precedences, so that a column that is only a name costs two
 * rule calls and not one for each level, and a long chain of operators is a loop and no recursion.
 */
import type { IToken, TokenType } from "chevrotain";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type {
  BinaryOperator,
  CallExpression,
  Expression,
  MatchBranch,
  MatchExpression,
  Name,
  NumberLiteral,
  PathExpression,
  TypeReference,
} from "./ast.ts";
import { ForeignParser } from "./foreign-syntax.ts";
import { MAX_NESTING, MAX_OPERATORS, packed } from "./recovery.ts";
import type { Rule } from "./rule-base.ts";
import * as t from "./tokens.ts";

/** How tightly operators bind. */
const LOOSEST = 1;
const NOT = 3;
const COMPARISON = 4;

const operators = new Map<TokenType, readonly [precedence: number, operator: BinaryOperator]>([
  [t.Or, [1, "or"]],
  [t.And, [2, "and"]],
  [t.Equal, [COMPARISON, "=="]],
  [t.Assign, [COMPARISON, "=="]],
  [t.NotEqual, [COMPARISON, "!="]],
  [t.Less, [COMPARISON, "<"]],
  [t.LessEqual, [COMPARISON, "<="]],
  [t.Greater, [COMPARISON, ">"]],
  [t.GreaterEqual, [COMPARISON, ">="]],
  [t.Coalesce, [5, "??"]],
  [t.Plus, [6, "+"]],
  [t.Minus, [6, "-"]],
  [t.Concat, [6, "&"]],
  [t.Star, [7, "*"]],
  [t.Slash, [7, "/"]],
  [t.Percent, [7, "%"]],
  [t.Div, [7, "div"]],
]);

/** The precedence of every token that may follow an operand, by its number. */
const precedences: number[] = [];
for (const [type, [precedence]] of operators) precedences[type.tokenTypeIdx ?? 0] = precedence;
for (const type of [t.Is, t.Not, t.In, t.Between]) precedences[type.tokenTypeIdx ?? 0] = COMPARISON;

function precedenceOf(token: IToken): number {
  return precedences[token.tokenTypeIdx] ?? 0;
}

/** The tokens a value starts with, by their numbers. */
const valueStarts: boolean[] = [];
for (const type of [
  ...t.vocabulary.filter((each) => each.CATEGORIES?.includes(t.Word)),
  ...[t.Numeral, t.Text, t.LParen, t.Minus, t.Not, t.True, t.False, t.Null, t.Match],
]) {
  valueStarts[type.tokenTypeIdx ?? 0] = true;
}

/** The name of a call while chevrotain records the grammar. */
const NO_NAME: Name = { kind: "name", text: "", span: { file: "", start: 0, end: 0 } };

export abstract class ExpressionParser extends ForeignParser {
  /** An expression whose operators all bind at least as tightly as `least`. */
  protected readonly expression: Rule<Expression, [least?: number]> = this.rule("expression", (least = LOOSEST) => {
    const start = this.start();
    this.enter();
    let left: Expression = this.SUBRULE(this.operand);
    this.refuseForeignOperator();
    if (!this.RECORDING_PHASE && precedenceOf(this.LA(1)) < least) return this.leave(left);
    let compared = false;
    this.MANY({
      GATE: () => precedenceOf(this.LA(1)) >= least && !this.lineStartsEntry(),
      DEF: () => {
        const isComparison = precedenceOf(this.LA(1)) === COMPARISON;
        if (isComparison && compared) this.chained();
        compared ||= isComparison;
        this.countOperator();
        left = this.OR({
          DEF: [
            { ALT: () => this.infix(start, left) },
            { ALT: () => this.isNull(start, left) },
            { ALT: () => this.negatable(start, left) },
          ],
          ERR_MSG: "an operator",
        });
      },
    });
    return this.leave(left);
  });

  private infix(start: number, left: Expression): Expression {
    const token = this.LA(1);
    this.OR1([{ ALT: () => this.CONSUME(t.Infix) }, { ALT: () => this.CONSUME(t.Assign) }]);
    const [precedence, operator] = operators.get(token.tokenType) ?? [COMPARISON, "=="];
    const operatorSpan = this.spanOf(token);
    const right = this.SUBRULE(this.expression, { ARGS: [precedence + 1] });
    // The checker says of both `= null` and `== NULL` what is meant.
    if (right.kind === "null" && precedence === COMPARISON) this.tellAll(operatorSpan.start);
    if (token.tokenType === t.Assign) {
      const fix = { title: "Write ==", edits: [{ span: operatorSpan, text: "==" }] };
      this.habits.push({ key: "=", found: diagnostic("assign-in-expression", operatorSpan, {}, { fix }) });
    }
    return { kind: "binary", operator, operatorSpan, left, right, span: this.spanFrom(start) };
  }

  private isNull(start: number, operand: Expression): Expression {
    this.CONSUME(t.Is);
    const negated = this.OPTION(() => this.CONSUME(t.Not)) !== undefined;
    this.CONSUME(t.Null);
    return { kind: "is-null", operand, negated, span: this.spanFrom(start) };
  }

  /** `[not] in […]` and `[not] between … and …`. */
  private negatable(start: number, operand: Expression): Expression {
    const negated = this.OPTION1(() => this.CONSUME1(t.Not)) !== undefined;
    return this.OR2({
      DEF: [
        {
          ALT: (): Expression => {
            this.CONSUME(t.In);
            if (this.startsParentheses()) return this.inParentheses(start, operand, negated);
            const items: Expression[] = [];
            this.CONSUME(t.LBracket);
            const { lineEnds } = this;
            this.lineEnds = false;
            let more = true;
            this.MANY1({
              GATE: () => more,
              DEF: () => {
                items.push(this.SUBRULE1(this.expression));
                more = this.OPTION2(() => this.CONSUME(t.Comma)) !== undefined;
              },
            });
            this.CONSUME(t.RBracket, { ERR_MSG: "`,` or `]`" });
            this.lineEnds = lineEnds;
            return { kind: "in", operand, items, negated, span: this.spanFrom(start) };
          },
        },
        {
          ALT: (): Expression => {
            this.CONSUME(t.Between);
            const low = this.SUBRULE2(this.expression, { ARGS: [COMPARISON + 1] });
            this.CONSUME(t.And);
            const high = this.SUBRULE3(this.expression, { ARGS: [COMPARISON + 1] });
            return { kind: "between", operand, low, high, negated, span: this.spanFrom(start) };
          },
        },
      ],
      ERR_MSG: "`in` or `between`",
    });
  }

  private chained(): void {
    if (!this.RECORDING_PHASE) this.report(diagnostic("chained-comparison", this.spanOf(this.LA(1)), {}));
  }

  /** A level deeper: each costs the stack about the same, a parenthesis as well as an operand that binds tighter. */
  private enter(): void {
    if (!this.RECORDING_PHASE && ++this.nesting > MAX_NESTING) this.tooDeep(`${MAX_NESTING} levels of nesting`);
  }

  private leave(value: Expression): Expression {
    this.nesting--;
    return value;
  }

  private countOperator(): void {
    if (!this.RECORDING_PHASE && ++this.operators > MAX_OPERATORS) this.tooDeep(`${MAX_OPERATORS} operators`);
  }

  private tooDeep(limit: string): never {
    this.report(diagnostic("too-deeply-nested", this.spanOf(this.LA(1)), { limit }));
    this.abandon();
  }

  /** A value with its prefixes and casts. */
  private readonly operand: Rule<Expression> = this.rule("operand", () => {
    const start = this.start();
    if (this.startsCase()) return this.case();
    this.refuseForeignValue();
    if (!this.RECORDING_PHASE && (valueStarts[this.LA(1).tokenTypeIdx] !== true || this.startsNextItem())) {
      this.unexpected("a value");
      // With an operator next, whatever went on from here would only look like what was meant.
      if (precedenceOf(this.LA(1)) > 0) this.abandon();
      return this.missing();
    }
    this.enter();
    let value = this.OR(this.operands);
    if (this.ahead(t.As)) {
      this.MANY(() => {
        this.countOperator();
        this.CONSUME(t.As);
        const lenient = this.OPTION(() => this.CONSUME(t.Question)) !== undefined;
        const type = this.SUBRULE(this.type);
        value = { kind: "cast", operand: value, type, lenient, span: this.spanFrom(start) };
      });
    }
    return this.leave(value);
  });

  private readonly operands = {
    DEF: [
      { ALT: (): Expression => this.reference() },
      { ALT: (): Expression => this.number() },
      { ALT: (): Expression => this.text() },
      { ALT: (): Expression => this.inner() },
      { ALT: (): Expression => this.negation() },
      { ALT: (): Expression => this.inversion() },
      { ALT: (): Expression => ({ kind: "bool", value: true, span: this.spanOf(this.CONSUME(t.True)) }) },
      { ALT: (): Expression => ({ kind: "bool", value: false, span: this.spanOf(this.CONSUME(t.False)) }) },
      { ALT: (): Expression => ({ kind: "null", span: this.spanOf(this.CONSUME(t.Null)) }) },
      { ALT: (): Expression => this.SUBRULE(this.match) },
    ],
    ERR_MSG: "a value",
  };

  private inner(): Expression {
    this.CONSUME(t.LParen);
    const { lineEnds } = this;
    this.lineEnds = false;
    const value = this.SUBRULE(this.expression);
    this.CONSUME(t.RParen);
    this.lineEnds = lineEnds;
    return value;
  }

  private negation(): Expression {
    const start = this.start();
    this.CONSUME(t.Minus);
    const operand = this.SUBRULE(this.operand);
    return { kind: "unary", operator: "-", operand, span: this.spanFrom(start) };
  }

  private inversion(): Expression {
    const start = this.start();
    const before = this.LA(0);
    if (before.tokenType !== t.Assign && before.tokenType !== t.Not && precedenceOf(before) > NOT) {
      this.unexpected("a value", {
        hint: "`not` has lower precedence than the operator before it: put it in parentheses.",
      });
    }
    this.CONSUME1(t.Not);
    const operand = this.SUBRULE1(this.expression, { ARGS: [COMPARISON] });
    return { kind: "unary", operator: "not", operand, span: this.spanFrom(start) };
  }

  /** A path (`item.price`) or a call (`sum(price) where is_late`). */
  private reference(): Expression {
    const start = this.start();
    if (this.startsCast()) return this.cast();
    const name = this.nameOf(this.CONSUME(t.Word));
    // On the next line a parenthesis is another value.
    const isCall = this.ahead(t.LParen) && (this.RECORDING_PHASE || !this.startsLine());
    const call = isCall && this.OPTION1(() => this.SUBRULE(this.call, { ARGS: [start, name] }));
    return call && !this.RECORDING_PHASE ? call : this.pathFrom(start, name);
  }

  private pathFrom(start: number, first: Name): PathExpression {
    const parts = [first];
    if (this.ahead(t.Dot)) {
      this.MANY1(() => {
        this.CONSUME(t.Dot);
        if (this.LA(1).tokenType === t.Star && !this.startsLine()) this.allColumns(first.text);
        parts.push(this.memberName(1));
      });
    }
    if (parts.length > 1 && this.ahead(t.LParen) && !this.RECORDING_PHASE && !this.startsLine()) {
      this.unexpected("an operator", { hint: "Call a function with its arguments in parentheses: `upper(product)`." });
      this.abandon();
    }
    if (parts.length === 1) return { kind: "path", parts, span: first.span };
    return { kind: "path", parts: packed(parts), span: this.spanFrom(start) };
  }

  /** SQL's `o.*` */
  private allColumns(alias: string): never {
    const hint = `\`*\` is not supported: without \`select\` all columns are kept; use \`select\` to list the ones you need, \`${alias}.id\`.`;
    this.unexpected("a name", { hint });
    this.abandon();
  }

  private readonly call: Rule<CallExpression, [start?: number, name?: Name]> = this.rule(
    "call",
    (start = 0, name = NO_NAME) => {
      const args: Expression[] = [];
      this.parenthesised(() => args.push(this.SUBRULE(this.expression)));
      let where: Expression | undefined;
      const argumentsEnd = this.spanFrom(start).end;
      let per: readonly PathExpression[] | "row" | undefined;
      if (this.ahead(t.Where) || this.ahead(t.Per)) {
        this.MANY({
          GATE: () => this.startsSuffix() && (this.LA(1).tokenType === t.Where ? where : per) === undefined,
          DEF: () =>
            this.OR([
              {
                ALT: () => {
                  this.CONSUME(t.Where);
                  where = this.SUBRULE1(this.expression);
                },
              },
              {
                ALT: () => {
                  this.CONSUME(t.Per);
                  per = this.SUBRULE(this.perKeys);
                },
              },
            ]),
        });
      }
      return { kind: "call", name, args: packed(args), where, per, argumentsEnd, span: this.spanFrom(start) };
    },
  );

  /** Whether `where` or `per` belongs to the call before it: in braces only, and not as the name of the next entry. */
  private startsSuffix(): boolean {
    return this.suffixes && ![t.Assign, t.Comma, t.RBrace, t.Dot].includes(this.LA(2).tokenType);
  }

  /** A column, several in parentheses, or `row`, which is no keyword: `per (row)` is a column of that name. */
  private readonly perKeys: Rule<readonly PathExpression[] | "row"> = this.rule("perKeys", () => {
    const keys: PathExpression[] = [];
    const isRow = this.LA(1).image === "row" && this.LA(2).tokenType !== t.Dot;
    this.OR([
      { ALT: () => keys.push(this.SUBRULE(this.path)) },
      { ALT: () => this.parenthesised(() => keys.push(this.SUBRULE1(this.path))) },
    ]);
    return isRow ? "row" : keys;
  });

  private readonly path: Rule<PathExpression> = this.rule("path", () => {
    const start = this.start();
    return this.pathFrom(start, this.nameOf(this.CONSUME(t.Word)));
  });

  private readonly match: Rule<MatchExpression> = this.rule("match", () => {
    const start = this.start();
    const branches: MatchBranch[] = [];
    let otherwise: Expression | undefined;
    this.CONSUME(t.Match);
    const before = this.operators;
    let most = before;
    this.block("entry", "a condition", () => {
      // Branches stand beside each other: only the deepest counts.
      this.operators = before;
      this.OR([
        { ALT: () => branches.push(this.SUBRULE(this.branch)) },
        {
          ALT: () => {
            if (otherwise) this.unexpected("`}`", { hint: "Only one `else` is allowed, as the last branch." });
            otherwise = this.SUBRULE(this.elseBranch);
          },
        },
      ]);
      most = Math.max(most, this.operators);
    });
    this.operators = most;
    return { kind: "match", branches, otherwise, span: this.spanFrom(start) };
  });

  private readonly branch: Rule<MatchBranch> = this.rule("branch", () => {
    const start = this.start();
    let condition: Expression | undefined;
    let value: Expression | undefined;
    this.attempt("entry", () => {
      condition = this.SUBRULE(this.expression);
      if (!this.otherArrow()) this.CONSUME(t.Arrow);
      value = this.SUBRULE1(this.expression);
    });
    return {
      kind: "branch",
      condition: condition ?? this.missing(),
      value: value ?? this.missing(),
      span: this.spanFrom(start),
    };
  });

  /** `->` or `:` in the place of `=>`: read as it. */
  private otherArrow(): boolean {
    const { tokenType, image } = this.LA(1);
    if (this.RECORDING_PHASE || (tokenType !== t.OtherArrow && tokenType !== t.Colon)) return false;
    const span = this.spanOf(this.LA(1));
    const fix = { title: "Write =>", edits: [{ span, text: tokenType === t.Colon ? " =>" : "=>" }] };
    const params = { expected: "`=>`", found: `\`${image}\`` };
    this.habits.push({ key: `${image} =>`, found: diagnostic("unexpected-token", span, params, { fix }) });
    this.SKIP_TOKEN();
    return true;
  }

  private readonly elseBranch: Rule<Expression> = this.rule("elseBranch", () => {
    let value: Expression | undefined;
    this.attempt("entry", () => {
      this.CONSUME(t.Else);
      if (!this.otherArrow()) this.CONSUME1(t.Arrow);
      value = this.SUBRULE(this.expression);
    });
    return value ?? this.missing();
  });

  /** `decimal(10,2)?` */
  protected readonly type: Rule<TypeReference> = this.rule("type", () => {
    const name = this.name();
    const args: NumberLiteral[] = [];
    if (this.ahead(t.LParen)) this.OPTION(() => this.parenthesised(() => args.push(this.number())));
    const nullable = this.ahead(t.Question) && this.OPTION1(() => this.CONSUME(t.Question)) !== undefined;
    return { kind: "type", name, args: packed(args), nullable, span: this.spanFrom(name.span.start) };
  });
}

/**
 * Expressions. One rule parses all binary operators by precedence climbing, so that a column that is only a name costs two
 * rule calls instead of one per level, and a long chain of operators is a loop instead of a recursion.
 */
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
import type { Token, TokenType } from "./tokens.ts";
import * as t from "./tokens.ts";

/** Precedences of operators. */
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

/** The precedence of every token that can follow an operand. */
const precedences: ReadonlyMap<TokenType, number> = new Map([
  ...[...operators].map(([type, [precedence]]) => [type, precedence] as const),
  ...[t.Is, t.Not, t.In, t.Between].map((type) => [type, COMPARISON] as const),
]);

function precedenceOf({ type }: Token): number {
  return precedences.get(type) ?? 0;
}

/** The tokens that can start a value, besides words. */
const VALUE_STARTS: ReadonlySet<TokenType> = new Set([
  ...[t.Numeral, t.Text, t.LParen, t.Minus, t.Not, t.True, t.False, t.Null, t.Match],
]);

export abstract class ExpressionParser extends ForeignParser {
  /** An expression whose operators all bind at least as tightly as `least`. */
  protected override expression(least = LOOSEST): Expression {
    const start = this.start();
    this.enter();
    let left = this.operand();
    this.refuseForeignOperator();
    let compared = false;
    while (precedenceOf(this.next) >= least && !this.lineStartsEntry()) {
      const isComparison = precedenceOf(this.next) === COMPARISON;
      if (isComparison && compared) this.chained();
      compared ||= isComparison;
      this.countOperator();
      left = this.operation(start, left);
    }
    return this.leave(left);
  }

  protected readonly startsValue = (): boolean => VALUE_STARTS.has(this.next.type) || this.startsWord();

  /** An operator and what follows it. */
  private operation(start: number, left: Expression): Expression {
    switch (this.next.type) {
      case t.Is:
        return this.isNull(start, left);
      case t.Not:
      case t.In:
      case t.Between:
        return this.negatable(start, left);
      default:
        return this.infix(start, left);
    }
  }

  private infix(start: number, left: Expression): Expression {
    const token = this.next;
    this.advance();
    const [precedence, operator] = operators.get(token.type) ?? [COMPARISON, "=="];
    const operatorSpan = this.spanOf(token);
    const right = this.expression(precedence + 1);
    // The checker reports both `= null` and `== NULL`, with what to write instead.
    if (right.kind === "null" && precedence === COMPARISON) this.markReported(operatorSpan.start);
    if (token.type === t.Assign) {
      const fix = { title: "Write ==", edits: [{ span: operatorSpan, text: "==" }] };
      this.habits.push({ key: "=", found: diagnostic("assign-in-expression", operatorSpan, {}, { fix }) });
    }
    return { kind: "binary", operator, operatorSpan, left, right, span: this.spanFrom(start) };
  }

  private isNull(start: number, operand: Expression): Expression {
    this.consume(t.Is);
    const negated = this.accept(t.Not);
    this.consume(t.Null);
    return { kind: "is-null", operand, negated, span: this.spanFrom(start) };
  }

  /** `[not] in […]` and `[not] between … and …`. */
  private negatable(start: number, operand: Expression): Expression {
    const negated = this.accept(t.Not);
    if (this.accept(t.In)) {
      if (this.next.type === t.LParen) return this.inParentheses(start, operand, negated);
      const items: Expression[] = [];
      this.consume(t.LBracket);
      this.commaSeparated(this.startsValue, () => items.push(this.expression()));
      this.consume(t.RBracket, "`,` or `]`");
      return { kind: "in", operand, items, negated, span: this.spanFrom(start) };
    }
    if (!this.accept(t.Between)) this.mismatch("`in` or `between`");
    const low = this.expression(COMPARISON + 1);
    this.consume(t.And);
    const high = this.expression(COMPARISON + 1);
    return { kind: "between", operand, low, high, negated, span: this.spanFrom(start) };
  }

  private chained(): void {
    this.report(diagnostic("chained-comparison", this.spanOf(this.next), {}));
  }

  /** Parses one level deeper. All kinds of nesting take about the same stack space. */
  private enter(): void {
    if (++this.nesting > MAX_NESTING) this.tooDeep(`${MAX_NESTING} levels of nesting`);
  }

  private leave(value: Expression): Expression {
    this.nesting--;
    return value;
  }

  private countOperator(): void {
    if (++this.operators > MAX_OPERATORS) this.tooDeep(`${MAX_OPERATORS} operators`);
  }

  private tooDeep(limit: string): never {
    this.report(diagnostic("too-deeply-nested", this.spanOf(this.next), { limit }));
    this.abandon();
  }

  /** A value with its prefixes and casts. */
  private operand(): Expression {
    const start = this.start();
    if (this.startsCase()) return this.case();
    this.refuseForeignValue();
    if (!this.startsValue() || this.startsNextItem()) {
      this.unexpected("a value");
      // If an operator is next, parsing on from here would only produce misleading errors.
      if (precedenceOf(this.next) > 0) this.abandon();
      return this.missing();
    }
    this.enter();
    let value = this.simpleOperand();
    while (this.next.type === t.As) {
      this.countOperator();
      this.advance();
      const lenient = this.accept(t.Question);
      const type = this.type();
      value = { kind: "cast", operand: value, type, lenient, span: this.spanFrom(start) };
    }
    return this.leave(value);
  }

  private simpleOperand(): Expression {
    switch (this.next.type) {
      case t.Numeral:
        return this.number();
      case t.Text:
        return this.text();
      case t.LParen:
        return this.inner();
      case t.Minus:
        return this.negation();
      case t.Not:
        return this.inversion();
      case t.True:
        return { kind: "bool", value: true, span: this.spanOf(this.consume(t.True)) };
      case t.False:
        return { kind: "bool", value: false, span: this.spanOf(this.consume(t.False)) };
      case t.Null:
        return { kind: "null", span: this.spanOf(this.consume(t.Null)) };
      case t.Match:
        return this.match();
      default:
        return this.reference();
    }
  }

  private inner(): Expression {
    this.consume(t.LParen);
    const { lineEnds } = this;
    this.lineEnds = false;
    const value = this.expression();
    this.consume(t.RParen);
    this.lineEnds = lineEnds;
    return value;
  }

  private negation(): Expression {
    const start = this.start();
    this.consume(t.Minus);
    const operand = this.operand();
    return { kind: "unary", operator: "-", operand, span: this.spanFrom(start) };
  }

  private inversion(): Expression {
    const start = this.start();
    const before = this.last;
    if (before.type !== t.Assign && before.type !== t.Not && precedenceOf(before) > NOT) {
      this.unexpected("a value", {
        hint: "`not` has lower precedence than the operator before it: put it in parentheses.",
      });
    }
    this.consume(t.Not);
    const operand = this.expression(COMPARISON);
    return { kind: "unary", operator: "not", operand, span: this.spanFrom(start) };
  }

  /** A path (`item.price`) or a call (`sum(price) where is_late`). */
  private reference(): Expression {
    const start = this.start();
    if (this.startsCast()) return this.cast();
    const name = this.nameOf(this.consume(t.Word));
    // On the next line a parenthesis starts another value.
    return this.next.type === t.LParen && !this.startsLine() ? this.call(start, name) : this.pathFrom(start, name);
  }

  private pathFrom(start: number, first: Name): PathExpression {
    const parts = [first];
    while (this.accept(t.Dot)) {
      if (this.next.type === t.Star && !this.startsLine()) this.allColumns(first.text);
      parts.push(this.memberName());
    }
    if (parts.length > 1 && this.next.type === t.LParen && !this.startsLine()) {
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

  private call(start: number, name: Name): CallExpression {
    const args: Expression[] = [];
    this.parenthesised(this.startsValue, () => args.push(this.expression()));
    let where: Expression | undefined;
    const argumentsEnd = this.spanFrom(start).end;
    let per: readonly PathExpression[] | "row" | undefined;
    while (this.startsSuffix(where !== undefined, per !== undefined)) {
      if (this.accept(t.Where)) where = this.expression();
      else {
        this.consume(t.Per);
        per = this.perKeys();
      }
    }
    return { kind: "call", name, args: packed(args), where, per, argumentsEnd, span: this.spanFrom(start) };
  }

  /** Whether `where` or `per` belongs to the call before it: only in braces, once, and not as the name of the next entry. */
  private startsSuffix(hasWhere: boolean, hasPer: boolean): boolean {
    const { type } = this.next;
    if (!this.suffixes || !((type === t.Where && !hasWhere) || (type === t.Per && !hasPer))) return false;
    return ![t.Assign, t.Comma, t.RBrace, t.Dot].includes(this.peek(2).type);
  }

  /** A column, several in parentheses, or `row`, which is not a keyword: `per (row)` is a column of that name. */
  private perKeys(): readonly PathExpression[] | "row" {
    const keys: PathExpression[] = [];
    const isRow = this.next.image === "row" && this.peek(2).type !== t.Dot;
    if (this.next.type === t.LParen) this.parenthesised(this.startsWord, () => keys.push(this.path()));
    else if (this.startsWord()) keys.push(this.path());
    else this.mismatch("a column");
    return isRow ? "row" : keys;
  }

  private path(): PathExpression {
    const start = this.start();
    return this.pathFrom(start, this.nameOf(this.consume(t.Word)));
  }

  private match(): MatchExpression {
    const start = this.start();
    const branches: MatchBranch[] = [];
    let otherwise: Expression | undefined;
    this.consume(t.Match);
    const before = this.operators;
    let most = before;
    const startsBranch = (): boolean => this.startsValue() || this.next.type === t.Else;
    this.block("entry", "a condition", startsBranch, () => {
      // Branches are siblings: only the deepest one counts.
      this.operators = before;
      if (this.next.type === t.Else) {
        if (otherwise) this.unexpected("`}`", { hint: "Only one `else` is allowed, as the last branch." });
        otherwise = this.elseBranch();
      } else branches.push(this.branch());
      most = Math.max(most, this.operators);
    });
    this.operators = most;
    return { kind: "match", branches, otherwise, span: this.spanFrom(start) };
  }

  private branch(): MatchBranch {
    const start = this.start();
    let condition: Expression | undefined;
    let value: Expression | undefined;
    this.attempt("entry", () => {
      condition = this.expression();
      if (!this.otherArrow()) this.consume(t.Arrow);
      value = this.expression();
    });
    return {
      kind: "branch",
      condition: condition ?? this.missing(),
      value: value ?? this.missing(),
      span: this.spanFrom(start),
    };
  }

  /** `->` or `:` instead of `=>`: parsed as `=>`. */
  private otherArrow(): boolean {
    const { type, image } = this.next;
    if (type !== t.OtherArrow && type !== t.Colon) return false;
    const span = this.spanOf(this.next);
    const fix = { title: "Write =>", edits: [{ span, text: type === t.Colon ? " =>" : "=>" }] };
    const params = { expected: "`=>`", found: `\`${image}\`` };
    this.habits.push({ key: `${image} =>`, found: diagnostic("unexpected-token", span, params, { fix }) });
    this.advance();
    return true;
  }

  private elseBranch(): Expression {
    let value: Expression | undefined;
    this.attempt("entry", () => {
      this.consume(t.Else);
      if (!this.otherArrow()) this.consume(t.Arrow);
      value = this.expression();
    });
    return value ?? this.missing();
  }

  /** `decimal(10,2)?` */
  protected type(): TypeReference {
    const name = this.name();
    const args: NumberLiteral[] = [];
    // On the next line a parenthesis starts another value, as after a name.
    if (this.next.type === t.LParen && !this.startsLine()) {
      this.parenthesised(this.startsNumber, () => args.push(this.number()));
    }
    const nullable = this.accept(t.Question);
    return { kind: "type", name, args: packed(args), nullable, span: this.spanFrom(name.span.start) };
  }
}

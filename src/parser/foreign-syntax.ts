/** Expressions in the syntax of other languages, such as SQL's `CASE`: reported as one diagnostic with a fix, and parsed as what they mean. */
import { EOF, type IToken, tokenMatcher } from "chevrotain";
import type { TextEdit } from "../diagnostics/diagnostic.ts";
import type { Expression, MatchBranch, Name } from "./ast.ts";
import { foreignOperator, foreignValue } from "./foreign-words.ts";
import { RecoveringParser } from "./recovery.ts";
import type { Rule } from "./rule-base.ts";
import * as t from "./tokens.ts";

/** Maximum lookahead for the `as` of a cast, so that many unclosed casts do not make parsing quadratic. */
const LONGEST_CAST = 200;

export abstract class ForeignParser extends RecoveringParser {
  protected abstract readonly expression: Rule<Expression, [least?: number]>;
  /** The edits of the expression being reported as a whole; nested expressions add to them. */
  private edits: TextEdit[] | undefined;
  private caseName: { readonly value: Expression; readonly name: Name } | undefined;

  /** `x like "a%"`, `c ? a : b`: operators that follow a value only in other languages. */
  protected refuseForeignOperator(): void {
    const { tokenType } = this.LA(1);
    if (this.RECORDING_PHASE) return;
    if (tokenType === t.Colon && this.LA(2).tokenType === t.Colon) {
      this.unexpected("an operator", { hint: "Write `x as int`." });
      this.abandon();
    }
    if (tokenType !== t.Question && tokenType !== t.Identifier) return;
    if (foreignOperator(this.LA(1)) === undefined || this.startsLine()) return;
    if (tokenType === t.Identifier && ![t.Text, t.LParen].includes(this.LA(2).tokenType)) return;
    this.unexpected("an operator");
    this.abandon();
  }

  /** `if a then b`, `date "2018-01-01"`, `interval 1 day`: a word followed by a value. */
  protected refuseForeignValue(): void {
    const { tokenType } = this.LA(1);
    if (tokenType !== t.Identifier || this.RECORDING_PHASE) return;
    const hint = foreignValue(this.LA(1), this.LA(2));
    if (hint === undefined) return;
    this.unexpected("a value", { hint });
    this.abandon();
  }

  /** SQL's `using (a, b)`: the hint shows the equivalent condition. */
  protected refuseUsing(first: Name | undefined, right: Name): void {
    if (this.RECORDING_PHASE || this.LA(1).image.toLowerCase() !== "using") return;
    const columns: string[] = [];
    for (let ahead = 3; tokenMatcher(this.LA(ahead), t.Word); ahead += 2) {
      columns.push(this.LA(ahead).image);
      if (this.LA(ahead + 1).tokenType !== t.Comma) break;
    }
    const left = first?.text || "a";
    const equal = (columns.length > 0 ? columns : ["id"]).map((each) => `${left}.${each} == ${right.text}.${each}`);
    this.unexpected("`on`", { hint: `Write the condition: \`on ${equal.join(" and ")}\`.` });
    this.abandon();
  }

  /** Whether SQL's `case` starts here: `case when …`, `case a.b when …`. */
  protected startsCase(): boolean {
    if (this.LA(1).tokenType !== t.Identifier || this.LA(1).image.toLowerCase() !== "case") return false;
    return [2, 3, 5].some((ahead) => this.LA(ahead).image.toLowerCase() === "when");
  }

  /** SQL's `case`, as the `match` that it means. */
  protected case(): Expression {
    const hint = "Write `match { a > 1 => 1, else => 2 }`.";
    return this.asAWhole(this.start(), this.LA(1), "a value", hint, ALWAYS, (edits) => this.branchesOfCase(edits));
  }

  private branchesOfCase(edits: TextEdit[]): Expression {
    const start = this.start();
    this.SKIP_TOKEN();
    const subject = this.atWord("when") ? undefined : this.SUBRULE4(this.expression);
    edits.push(this.edit(start, endOf(this.LA(0)), "match {"));
    const compared = subject ? `${this.file.text.slice(subject.span.start, subject.span.end)} == ` : "";
    const branches: MatchBranch[] = [];
    while (this.atWord("when")) {
      edits.push(this.nextBranch(branches.length, this.LA(2).startOffset, compared));
      this.SKIP_TOKEN();
      const first = this.start();
      const written = this.SUBRULE5(this.expression);
      edits.push(this.edit(this.start(), endOf(this.LA(1)), "=>"));
      this.skipWord("then");
      const value = this.SUBRULE6(this.expression);
      const { span } = written;
      const condition: Expression = subject
        ? { kind: "binary", operator: "==", operatorSpan: span, left: subject, right: written, span }
        : written;
      branches.push({ kind: "branch", condition, value, span: this.spanFrom(first) });
    }
    if (branches.length === 0) this.abandon();
    let otherwise: Expression | undefined;
    if (this.atWord("else")) {
      edits.push(this.nextBranch(branches.length, endOf(this.LA(1)), "else =>"));
      this.SKIP_TOKEN();
      otherwise = this.SUBRULE7(this.expression);
    }
    edits.push(this.edit(this.start(), endOf(this.LA(1)), "}"));
    this.skipWord("end");
    const value: Expression = { kind: "match", branches, otherwise, span: this.spanFrom(start) };
    if (this.suffixes && this.LA(1).tokenType === t.As && tokenMatcher(this.LA(2), t.Word)) {
      const end = endOf(this.LA(0));
      this.SKIP_TOKEN();
      this.SKIP_TOKEN();
      edits.push(this.edit(start, start, `${this.LA(0).image} = `), this.edit(end, endOf(this.LA(0)), ""));
      this.caseName = { value, name: this.nameOf(this.LA(0)) };
    }
    return value;
  }

  /** The name of SQL's `case … end as name`. */
  protected nameBehindCase(value: Expression): Name | undefined {
    return this.caseName?.value === value ? this.caseName.name : undefined;
  }

  /** What the next word of a `case` becomes: branches on one line have commas between them. */
  private nextBranch(before: number, end: number, text: string): TextEdit {
    if (before === 0 || this.startsLine()) return this.edit(this.start(), end, text);
    return this.edit(endOf(this.LA(0)), end, `, ${text}`);
  }

  /** Whether SQL's `cast(x as int)` starts here. */
  protected startsCast(): boolean {
    if (this.LA(2).tokenType !== t.LParen || !/^(try_)?cast$/i.test(this.LA(1).image)) return false;
    for (let ahead = 3, open = 1; open > 0 && ahead < LONGEST_CAST; ahead++) {
      const { tokenType } = this.LA(ahead);
      if (tokenType === EOF || tokenType === t.LBrace || tokenType === t.RBrace) return false;
      if (tokenType === t.LParen) open++;
      else if (tokenType === t.RParen) open--;
      else if (tokenType === t.As && open === 1) return true;
    }
    return false;
  }

  /** SQL's `cast(x as int)`: without the function name it is valid Medal. */
  protected cast(): Expression {
    const token = this.LA(1);
    const lenient = token.image.length > "cast".length;
    const hint = lenient ? "Write `x as? int`: null when the conversion fails." : "Write `x as int`.";
    let isValidType = true;
    return this.asAWhole(
      token.startOffset,
      token,
      "a value",
      hint,
      () => isValidType,
      (edits) => {
        this.SKIP_TOKEN();
        edits.push(this.edit(token.startOffset, this.start(), ""));
        this.SKIP_TOKEN();
        const value = this.SUBRULE9(this.expression);
        if (this.LA(1).tokenType !== t.RParen) this.abandon();
        this.SKIP_TOKEN();
        // Type names are lower case.
        isValidType = value.kind === "cast" && value.type.name.text === value.type.name.text.toLowerCase();
        if (!lenient || value.kind !== "cast") return value;
        edits.push(this.edit(value.type.span.start, value.type.span.start, "? "));
        return { ...value, lenient };
      },
    );
  }

  protected startsParentheses(): boolean {
    return !this.RECORDING_PHASE && this.LA(1).tokenType === t.LParen;
  }

  /** SQL's `in (1, 2)`, behind the `in`. */
  protected inParentheses(start: number, operand: Expression, negated: boolean): Expression {
    const open = this.LA(1);
    const hint =
      this.LA(2).image.toLowerCase() === "select"
        ? "Subqueries are not supported; use `join one` to keep the rows with a match."
        : "Lists use brackets: `in [1, 2]`.";
    let unsure = false;
    return this.asAWhole(
      operand.span.start,
      open,
      "`[`",
      hint,
      () => !unsure,
      (edits) => {
        const items: Expression[] = [];
        do {
          this.SKIP_TOKEN();
          items.push(this.SUBRULE8(this.expression));
        } while (this.LA(1).tokenType === t.Comma);
        const close = this.LA(1);
        if (close.tokenType !== t.RParen) this.abandon();
        this.SKIP_TOKEN();
        // A name may refer to a table, or to an enum value without its enum.
        if (!items.every(isConstant)) unsure = true;
        edits.push({ span: this.spanOf(open), text: "[" }, { span: this.spanOf(close), text: "]" });
        return { kind: "in", operand, items, negated, span: this.spanFrom(start) };
      },
    );
  }

  /** Parses an expression that is reported as one diagnostic at `token`, with the edits that fix it if it parses to its end. */
  private asAWhole(
    start: number,
    token: IToken,
    expected: string,
    hint: string,
    isSure: () => boolean,
    read: (edits: TextEdit[]) => Expression,
  ): Expression {
    const { edits: outer, forgiven } = this;
    const edits = outer ?? [];
    this.edits = edits;
    this.forgiven = true;
    let value: Expression | undefined;
    try {
      value = read(edits);
      return value;
    } finally {
      this.edits = outer;
      this.forgiven = forgiven;
      if (!outer) {
        const fix = value && isSure() && { fix: { title: "Use Medal syntax", edits } };
        this.tellAll(start, this.unexpectedAt(token, expected, { hint, ...fix }));
      }
    }
  }

  private edit(start: number, end: number, text: string): TextEdit {
    return { span: { file: this.file.path, start, end }, text };
  }

  private atWord(word: string): boolean {
    return this.LA(1).image.toLowerCase() === word;
  }

  private skipWord(word: string): void {
    if (!this.atWord(word)) this.abandon();
    this.SKIP_TOKEN();
  }
}

const ALWAYS = (): boolean => true;

function isConstant(value: Expression): boolean {
  if (value.kind === "path") return value.parts.length === 2;
  if (value.kind === "unary") return value.operator === "-" && isConstant(value.operand);
  return value.kind === "number" || value.kind === "string" || value.kind === "bool";
}

function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}

/** Expressions in the syntax of other languages, such as SQL's `CASE`: reported as one diagnostic with a fix, and parsed as what they mean. */
import type { TextEdit } from "../diagnostics/diagnostic.ts";
import type { Expression, MatchBranch, Name } from "./ast.ts";
import { foreignOperator, foreignValue } from "./foreign-words.ts";
import { RecoveringParser } from "./recovery.ts";
import * as t from "./tokens.ts";
import { matches, type Token } from "./tokens.ts";

/** Maximum lookahead for the `as` of a cast, so that many unclosed casts do not make parsing quadratic. */
const LONGEST_CAST = 200;

export abstract class ForeignParser extends RecoveringParser {
  protected abstract expression(least?: number): Expression;
  /** The edits of the expression being reported as a whole; nested expressions add to them. */
  private edits: TextEdit[] | undefined;
  private caseName: { readonly value: Expression; readonly name: Name } | undefined;

  /** `x like "a%"`, `c ? a : b`: operators that follow a value only in other languages. */
  protected refuseForeignOperator(): void {
    const { type } = this.next;
    if (type === t.Colon && this.peek(2).type === t.Colon) {
      this.unexpected("an operator", { hint: "Write `x as int`." });
      this.abandon();
    }
    if (type !== t.Question && type !== t.Identifier) return;
    if (foreignOperator(this.next) === undefined || this.startsLine()) return;
    if (type === t.Identifier && ![t.Text, t.LParen].includes(this.peek(2).type)) return;
    this.unexpected("an operator");
    this.abandon();
  }

  /** `if a then b`, `date "2018-01-01"`, `interval 1 day`: a word followed by a value. */
  protected refuseForeignValue(): void {
    const { type } = this.next;
    if (type !== t.Identifier) return;
    const hint = foreignValue(this.next, this.peek(2));
    if (hint === undefined) return;
    this.unexpected("a value", { hint });
    this.abandon();
  }

  /** SQL's `using (a, b)`: the hint shows the equivalent condition. */
  protected refuseUsing(first: Name | undefined, right: Name): void {
    if (this.next.image.toLowerCase() !== "using") return;
    const columns: string[] = [];
    for (let ahead = 3; matches(this.peek(ahead), t.Word); ahead += 2) {
      columns.push(this.peek(ahead).image);
      if (this.peek(ahead + 1).type !== t.Comma) break;
    }
    const left = first?.text || "a";
    const equal = (columns.length > 0 ? columns : ["id"]).map((each) => `${left}.${each} == ${right.text}.${each}`);
    this.unexpected("`on`", { hint: `Write the condition: \`on ${equal.join(" and ")}\`.` });
    this.abandon();
  }

  /** Whether SQL's `case` starts here: `case when …`, `case a.b when …`. */
  protected startsCase(): boolean {
    if (this.next.type !== t.Identifier || this.next.image.toLowerCase() !== "case") return false;
    return [2, 3, 5].some((ahead) => this.peek(ahead).image.toLowerCase() === "when");
  }

  /** SQL's `case`, as the `match` that it means. */
  protected case(): Expression {
    const hint = "Write `match { a > 1 => 1, else => 2 }`.";
    return this.asAWhole(this.start(), this.next, "a value", hint, ALWAYS, (edits) => this.branchesOfCase(edits));
  }

  private branchesOfCase(edits: TextEdit[]): Expression {
    const start = this.start();
    this.advance();
    const subject = this.atWord("when") ? undefined : this.expression();
    edits.push(this.edit(start, endOf(this.last), "match {"));
    const compared = subject ? `${this.file.text.slice(subject.span.start, subject.span.end)} == ` : "";
    const branches: MatchBranch[] = [];
    while (this.atWord("when")) {
      edits.push(this.nextBranch(branches.length, this.peek(2).start, compared));
      this.advance();
      const first = this.start();
      const written = this.expression();
      edits.push(this.edit(this.start(), endOf(this.next), "=>"));
      this.skipWord("then");
      const value = this.expression();
      const { span } = written;
      const condition: Expression = subject
        ? { kind: "binary", operator: "==", operatorSpan: span, left: subject, right: written, span }
        : written;
      branches.push({ kind: "branch", condition, value, span: this.spanFrom(first) });
    }
    if (branches.length === 0) this.abandon();
    let otherwise: Expression | undefined;
    if (this.atWord("else")) {
      edits.push(this.nextBranch(branches.length, endOf(this.next), "else =>"));
      this.advance();
      otherwise = this.expression();
    }
    edits.push(this.edit(this.start(), endOf(this.next), "}"));
    this.skipWord("end");
    const value: Expression = { kind: "match", branches, otherwise, span: this.spanFrom(start) };
    if (this.suffixes && this.next.type === t.As && matches(this.peek(2), t.Word)) {
      const end = endOf(this.last);
      this.advance();
      this.advance();
      edits.push(this.edit(start, start, `${this.last.image} = `), this.edit(end, endOf(this.last), ""));
      this.caseName = { value, name: this.nameOf(this.last) };
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
    return this.edit(endOf(this.last), end, `, ${text}`);
  }

  /** Whether SQL's `cast(x as int)` starts here. */
  protected startsCast(): boolean {
    if (this.peek(2).type !== t.LParen || !/^(try_)?cast$/i.test(this.next.image)) return false;
    for (let ahead = 3, open = 1; open > 0 && ahead < LONGEST_CAST; ahead++) {
      const { type } = this.peek(ahead);
      if (type === t.EndOfFile || type === t.LBrace || type === t.RBrace) return false;
      if (type === t.LParen) open++;
      else if (type === t.RParen) open--;
      else if (type === t.As && open === 1) return true;
    }
    return false;
  }

  /** SQL's `cast(x as int)`: without the function name it is valid Medal. */
  protected cast(): Expression {
    const token = this.next;
    const lenient = token.image.length > "cast".length;
    const hint = lenient ? "Write `x as? int`: null when the conversion fails." : "Write `x as int`.";
    let isValidType = true;
    return this.asAWhole(
      token.start,
      token,
      "a value",
      hint,
      () => isValidType,
      (edits) => {
        this.advance();
        edits.push(this.edit(token.start, this.start(), ""));
        this.advance();
        const value = this.expression();
        if (this.next.type !== t.RParen) this.abandon();
        this.advance();
        // Type names are lower case.
        isValidType = value.kind === "cast" && value.type.name.text === value.type.name.text.toLowerCase();
        if (!lenient || value.kind !== "cast") return value;
        edits.push(this.edit(value.type.span.start, value.type.span.start, "? "));
        return { ...value, lenient };
      },
    );
  }

  /** SQL's `in (1, 2)`, behind the `in`. */
  protected inParentheses(start: number, operand: Expression, negated: boolean): Expression {
    const open = this.next;
    const hint =
      this.peek(2).image.toLowerCase() === "select"
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
          this.advance();
          items.push(this.expression());
        } while (this.next.type === t.Comma);
        const close = this.next;
        if (close.type !== t.RParen) this.abandon();
        this.advance();
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
    token: Token,
    expected: string,
    hint: string,
    isSure: () => boolean,
    read: (edits: TextEdit[]) => Expression,
  ): Expression {
    const { edits: outer, silenced } = this;
    const edits = outer ?? [];
    this.edits = edits;
    this.silenced = true;
    let value: Expression | undefined;
    try {
      value = read(edits);
      return value;
    } finally {
      this.edits = outer;
      this.silenced = silenced;
      if (!outer) {
        const fix = value && isSure() && { fix: { title: "Use Medal syntax", edits } };
        this.markReported(start, this.unexpectedAt(token, expected, { hint, ...fix }));
      }
    }
  }

  private edit(start: number, end: number, text: string): TextEdit {
    return { span: { file: this.file.path, start, end }, text };
  }

  private atWord(word: string): boolean {
    return this.next.image.toLowerCase() === word;
  }

  private skipWord(word: string): void {
    if (!this.atWord(word)) this.abandon();
    this.advance();
  }
}

const ALWAYS = (): boolean => true;

function isConstant(value: Expression): boolean {
  if (value.kind === "path") return value.parts.length === 2;
  if (value.kind === "unary") return value.operator === "-" && isConstant(value.operand);
  return value.kind === "number" || value.kind === "string" || value.kind === "bool";
}

function endOf(token: Token): number {
  return token.start + token.image.length;
}

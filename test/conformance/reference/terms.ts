/**
 * What a sum over an expression adds up: its terms, and the values that each consists of. This is the definition of
 * grain, on data instead of types: `price + freight` sums prices and freights, `price * rate` pairs, and a constant
 * nothing that was counted.
 */
import type { Expr } from "../../../src/semantics/typed.ts";

/** Columns that identify a value: a number for each value that a relation or step has produced. */
export interface Token {
  /** SQL: the number; null if there is no value. */
  readonly value: string;
  /** SQL: the same number for rows of a relation without a key that are equal in every column. */
  readonly record: string;
  /** SQL: whether `distinct` merged several values into one row. */
  readonly merged: string;
  /** SQL: lists of the values it was summed from, if values of other rows were summed from the same. */
  readonly shared: readonly string[];
}

/** Values that count together, once per combination. */
export type Term = readonly Token[];

const KEEPS: ReadonlySet<string> = new Set(["neg", "widen", "as", "as?", "round", "zero_if_null"]);
const ADDS: ReadonlySet<string> = new Set(["+", "-", "??", "coalesce", "greatest", "least"]);
const MULTIPLIES: ReadonlySet<string> = new Set(["*", "multiply", "/", "div", "safe_div"]);

export function termsOf(
  expr: Expr,
  column: (expr: Extract<Expr, { kind: "column" }>) => readonly Term[],
): readonly Term[] {
  const of = (each: Expr) => termsOf(each, column);
  switch (expr.kind) {
    case "literal":
    case "aggregate":
      return [];
    case "column":
      return column(expr);
    case "match": {
      const values = [...expr.branches.map(({ value }) => value), ...(expr.otherwise ? [expr.otherwise] : [])];
      return chosen(
        values,
        values.flatMap(of),
        expr.branches.flatMap(({ condition }) => of(condition)),
      );
    }
    case "call":
      break;
    default:
      return expr satisfies never;
  }
  if (expr.fn === "if") {
    const values = expr.args.slice(1);
    return chosen(values, values.flatMap(of), expr.args.slice(0, 1).flatMap(of));
  }
  const terms = expr.args.map(of);
  if (KEEPS.has(expr.fn)) return terms[0] ?? [];
  if (ADDS.has(expr.fn)) return terms.flat();
  if (MULTIPLIES.has(expr.fn)) {
    const [left = [], right = []] = terms;
    if (left.length === 0 || right.length === 0) return [...left, ...right];
    return left.flatMap((a) => right.map((b) => together([a, b])));
  }
  return united(terms.flat());
}

/** Each branch separately; if all are constants, the condition's values are counted, but ones count rows. */
function chosen(values: readonly Expr[], branches: readonly Term[], conditions: readonly Term[]): readonly Term[] {
  return branches.length > 0 || values.every(isOneOrNothing) ? branches : united(conditions);
}

function isOneOrNothing(expr: Expr): boolean {
  if (expr.kind === "call" && expr.fn === "widen") return expr.args.every(isOneOrNothing);
  return expr.kind === "literal" && (expr.value === null || [0, 1].includes(Number(expr.value)));
}

function united(terms: readonly Term[]): readonly Term[] {
  return terms.length === 0 ? [] : [together(terms)];
}

function together(terms: readonly Term[]): Term {
  return [...new Set(terms.flat())];
}

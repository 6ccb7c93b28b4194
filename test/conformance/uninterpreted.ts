/**
 * A program with only what the compiler knows about it. The compiler does not look into functions and constants: it
 * only knows which columns a value is computed from, and which columns a condition makes equal, constant or not null. A
 * program with other functions and constants is therefore accepted or rejected in the same way.
 */
import { COMPARISONS } from "../../src/functions/catalog/comparison.ts";
import type { ColumnExpr, Expr, NamedExpr, Program, Type, TypedStep } from "../../src/plan/program.ts";
import { exactlyWidened } from "../../src/semantics/check/values.ts";
import { type LiteralExpr, literal } from "../../src/semantics/typed.ts";
import { BOOL, LONG, type TypeKind } from "../../src/types.ts";

/** Replaces a value: by itself, one constant, or one of two, depending on the columns it is computed from. */
export type Replacement = "value" | "constant" | "either";

/** The program with each value replaced, and without conditions that imply nothing. */
export function uninterpreted(program: Program, place: () => Replacement): Program {
  const value = (expr: Expr, either: Expr | undefined): Expr => {
    const chosen = isColumn(expr) ? "value" : place();
    if (chosen === "value") return inside(expr);
    const [one, other] = constants(expr.type);
    const when = chosen === "either" ? either : undefined;
    // The inputs of the value are kept, because they determine what is counted.
    const branches = [
      { condition: literal(BOOL, false), value: inside(expr) },
      ...(when ? [{ condition: when, value: other }] : []),
    ];
    return { kind: "match", branches, otherwise: one, type: expr.type, nullable: expr.nullable };
  };
  const scalar = (expr: Expr): Expr =>
    value(
      expr,
      columnsIn(expr)
        .map((each) => equal(each, constants(each.type)[0]))
        .at(0),
    );
  /** What a true condition implies for the compiler. */
  const known = (condition: Expr): Expr => {
    if (isColumn(condition)) return condition;
    if (condition.kind !== "call") return TRUE;
    const { fn, args } = condition;
    if (fn === "and") return { ...condition, args: args.map(known) };
    if (fn === "==") return { ...condition, args: args.map(scalar) };
    if (fn !== "is not null" && !COMPARISONS.has(fn)) return TRUE;
    const present = (fn === "not between" ? args.slice(0, 1) : args).filter(isColumn);
    return present.map((each) => call("is not null", [each])).reduce((all, each) => call("and", [all, each]), TRUE);
  };
  const inside = (expr: Expr): Expr => {
    switch (expr.kind) {
      case "aggregate":
        return { ...expr, args: expr.args.map(scalar), ...(expr.where ? { where: known(expr.where) } : {}) };
      case "call":
        return { ...expr, args: expr.args.map(inside) };
      default:
        return expr;
    }
  };
  const named = (list: readonly NamedExpr[], of: (expr: Expr) => Expr) =>
    list.map((each) => ({ ...each, value: of(each.value) }));
  const step = (each: TypedStep): TypedStep => {
    switch (each.kind) {
      case "where":
        return { ...each, condition: known(each.condition) };
      case "expect": {
        const condition = known(each.condition);
        // The compiler infers from it what it infers from a `where`; but it does not know that it is true for all rows
        // or the run fails.
        return each.action === "fail"
          ? { kind: "where", condition, scope: each.scope, span: each.span }
          : { ...each, condition };
      }
      case "join":
        return { ...each, on: known(each.on) };
      case "derive":
      case "select":
        return { ...each, columns: named(each.columns, scalar) };
      case "group":
        return {
          ...each,
          keys: named(each.keys, scalar),
          aggregates: named(each.aggregates, (expr) => value(expr, IN_ONE_ROW)),
        };
      default:
        return each;
    }
  };
  return { ...program, tables: program.tables.map((table) => ({ ...table, steps: table.steps.map(step) })) };
}

/** A lossless conversion of a column counts as that column. */
const isColumn = (expr: Expr): boolean => exactlyWidened(expr).kind === "column";

function columnsIn(expr: Expr): readonly ColumnExpr[] {
  switch (expr.kind) {
    case "column":
      return [expr];
    case "call":
      return expr.args.flatMap(columnsIn);
    case "match":
      return [
        ...expr.branches.flatMap(({ condition, value }) => [condition, value]),
        ...(expr.otherwise ? [expr.otherwise] : []),
      ].flatMap(columnsIn);
    default:
      return [];
  }
}

function call(fn: string, args: readonly Expr[]): Expr {
  return { kind: "call", fn, overload: 0, args, type: BOOL, nullable: true };
}

const equal = (left: Expr, right: Expr): Expr => call("==", [left, right]);

const TRUE: Expr = literal(BOOL, true);
const IN_ONE_ROW: Expr = equal(
  { kind: "aggregate", fn: "count", overload: 0, args: [], type: LONG, nullable: false },
  literal(LONG, "1"),
);

/** Two values for each type, also possible in columns of every type. */
const CONSTANTS: Readonly<Record<TypeKind, readonly [string, string] | readonly [boolean, boolean]>> = {
  int: ["1", "0"],
  long: ["1", "0"],
  decimal: ["1", "0"],
  double: ["1", "0"],
  string: ["good", "a"],
  bool: [true, false],
  enum: ["good", "bad"],
  date: ["2018-01-31", "2018-02-01"],
  timestamp: ["2018-01-31T00:00:00.000000Z", "2018-02-01T00:00:00.000000Z"],
  binary: ["", ""],
  null: ["", ""],
  error: ["", ""],
};

/** The two constants of a type, as texts of a bronze file. */
export function constantTexts(type: Type): readonly [string, string] {
  const [one, other] = constants(type).map(({ value }) => String(value));
  return [one ?? "", other ?? ""];
}

function constants(type: Type): readonly [LiteralExpr, LiteralExpr] {
  const [one, other] = CONSTANTS[type.kind];
  if (type.kind !== "decimal") return [literal(type, one), literal(type, other)];
  const digits = (value: number) => literal(type, value.toFixed(type.scale));
  return [digits(type.precision > type.scale ? 1 : 0), digits(0)];
}

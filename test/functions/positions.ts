/**
 * Positions of expressions with their expected results. Each takes a call of a vector and returns questions,
 * independent of the engine.
 */
import { type Expr, type LiteralExpr, literal } from "../../src/semantics/typed.ts";
import { isNumeric, type Type } from "../../src/types.ts";
import type { VectorCall } from "./calls.ts";
import { aggregateOf, call, columnOf, widened } from "./support.ts";
import { bool, dbl, int, isFailure, long, none, type Outcome, text } from "./vectors/vector.ts";

export const POSITIONS = [
  "constant",
  "folded",
  "column",
  "mixed",
  "nested",
  "operand",
  "filter",
  "aggregate",
  "table",
] as const;
export type Position = (typeof POSITIONS)[number] | "rows" | "filtered" | "one row" | "nulls" | "nothing";

export type Row = Readonly<Record<string, LiteralExpr>>;

/** A question: an expression over rows, of which those with a true `where` count. */
export interface Asked {
  readonly expr: Expr;
  readonly rows: readonly Row[];
  readonly where?: Expr;
  readonly outcome: Outcome;
}

const TRUE = bool(true);
const FALSE = bool(false);
const COUNT = aggregateOf("count", []);

/** Constants only, which optimizers evaluate. */
export function asConstants({ args, of, outcome }: VectorCall): readonly Asked[] {
  return asked(of(args), [{}], outcome);
}

/** Constant nulls as results of operators: `"a" & null`, for which engines may forget the type. */
export function asFoldedNulls({ args, free, of, outcome }: VectorCall): readonly Asked[] {
  const given = args.map((arg, at): Expr => (free[at] && arg.value === null ? resultOf(arg) : arg));
  return given.some((each) => each.kind === "call") ? asked(of(given), [{}], outcome) : [];
}

function resultOf(value: LiteralExpr): Expr {
  const [operator, neutral] = NEUTRAL[value.type.kind] ?? [];
  if (operator === undefined || neutral === undefined) return value;
  return attempt(() => call(operator, value, neutral)) ?? value;
}

/** Columns only, which the engine evaluates as it does in tables. */
export function asColumns(vector: VectorCall): readonly Asked[] {
  if (!vector.free.includes(true)) return [];
  return asked(ofColumns(vector), [rowOf(vector)], vector.outcome);
}

/** Columns and constants: the first argument or all but the first. */
export function asMixed({ args, free, of, outcome }: VectorCall): readonly Asked[] {
  if (free.filter((each) => each).length < 2) return [];
  const first = free.indexOf(true);
  return [true, false].flatMap((isFirst) => {
    const given = args.map((arg, at) => (free[at] && (at === first) === isFirst ? columnOf(`c${at}`, arg) : arg));
    return asked(of(given), [rowOf({ args })], outcome);
  });
}

/** Loosely binding operators as arguments, with the same values: `x + 0`, `0 + x`, `not x == false`. */
export function asNested({ args, free, of, outcome }: VectorCall): readonly Asked[] {
  return DISGUISES.flatMap((disguise) => {
    const row: Record<string, LiteralExpr> = {};
    const given = args.map((arg, at): Expr => {
      if (!free[at]) return arg;
      const { column, expr } = disguise(`c${at}`, arg);
      row[`c${at}`] = column;
      return expr;
    });
    return given.some((each) => each.kind === "call") ? asked(of(given), [row], outcome) : [];
  });
}

/** As an operand of tightly binding operators: `1 - x`, `60 / x`, `not x`, `x is null`. */
export function asOperand(vector: VectorCall): readonly Asked[] {
  const beside = { ...vector, free: vector.free.map((is, at) => is && at === vector.free.indexOf(true)) };
  const isMixed = vector.free.filter((each) => each).length > 1;
  return [vector, ...(isMixed ? [beside] : [])].flatMap((each) => operands(each, ofColumns(each)));
}

function operands(vector: VectorCall, value: Expr | undefined): readonly Asked[] {
  const { outcome } = vector;
  if (value === undefined || isFailure(outcome)) return [];
  const row = rowOf(vector);
  const isNull = asked(call("is null", value), [row], bool(outcome.value === null));
  if (outcome.value === null) return isNull;
  if (outcome.type.kind === "bool") {
    const opposite = bool(!outcome.value);
    return [call("not", value), call("==", FALSE, value)].flatMap((each) => [
      ...isNull,
      ...asked(each, [row], opposite),
    ]);
  }
  if (!isNumeric(outcome.type) || !isExact(vector)) return isNull;
  const same = (operator: string, left: LiteralExpr): readonly Asked[] => {
    const sides = attempt(() => call("==", call(operator, left, value), call(operator, left, outcome)));
    return sides === undefined ? [] : asked(sides, [row], TRUE);
  };
  const small = Math.abs(Number(outcome.value)) < 1e9;
  const divides = Number(outcome.value) !== 0;
  const negated = attempt(() => call("==", call("neg", value), call("neg", outcome)));
  return [
    ...isNull,
    ...(small ? [...same("-", int(1)), ...asked(negated, [row], TRUE)] : []),
    ...(divides ? same("/", int(60)) : []),
  ];
}

/** In a condition that keeps the row and in one that drops it. */
export function asFilter(vector: VectorCall): readonly Asked[] {
  const { outcome } = vector;
  const value = ofColumns(vector);
  if (value === undefined) return [];
  const row = rowOf(vector);
  const kept = (where: Expr, is: boolean): Asked => ({ expr: COUNT, rows: [row], where, outcome: long(is ? 1 : 0) });
  if (isFailure(outcome)) {
    const other = sample(value.type);
    const compared = call("==", value, columnOf("other", other));
    return [{ expr: COUNT, rows: [{ ...row, other }], where: compared, outcome }];
  }
  if (outcome.type.kind === "bool") {
    return [kept(value, outcome.value === true), kept(call("not", value), outcome.value === false)];
  }
  if (outcome.value === null) return [kept(call("is null", value), true), kept(call("==", value, value), false)];
  const equal = equals(value, outcome);
  return [kept(equal, true), kept(call("not", equal), false)];
}

/** As the argument of an aggregate over its row: vectors take turns at the aggregates. */
export function asArgument(vector: VectorCall, turn: number): readonly Asked[] {
  const { outcome } = vector;
  const value = ofColumns(vector);
  if (value === undefined) return [];
  const isValue = isFailure(outcome) || outcome.value !== null;
  const count = isFailure(outcome) ? outcome : long(isValue ? 1 : 0);
  const choices: readonly (readonly [string, Outcome])[] = [
    ["min", outcome],
    ["max", outcome],
    // For a value that is never null some engines count the rows without evaluating it.
    ...(isFailure(outcome) ? [] : [["count", count] as const, ["count_distinct", count] as const]),
    ...(isNumeric(value.type) ? [["sum", outcome] as const] : []),
  ];
  const [name = "min", expected = outcome] = choices[turn % choices.length] ?? [];
  const expr = attempt(() => aggregateOf(name, [value]));
  return expr === undefined ? [] : [{ expr, rows: [rowOf(vector)], outcome: expected }];
}

/** All vectors of one entry with the same types, as rows of one table: nulls next to values. */
export function asTable(vectors: readonly VectorCall[]): readonly Asked[] {
  const [first] = vectors;
  if (first === undefined || vectors.length < 2) return [];
  const value = ofColumns(first, true);
  const rows = vectors.map((vector) => ({ ...rowOf(vector), wanted: outcomeOf(vector) }));
  if (value === undefined || isFailure(first.outcome)) return [];
  const wanted = { ...columnOf("wanted", first.outcome), nullable: true };
  const bothNull = call("and", call("is null", value), call("is null", wanted));
  const same = call("or", bothNull, equals(value, wanted));
  return [{ expr: aggregateOf("count_if", [same]), rows, outcome: long(vectors.length) }];
}

type Disguise = (name: string, value: LiteralExpr) => { readonly column: LiteralExpr; readonly expr: Expr };

const NEUTRAL: Readonly<Record<string, readonly [operator: string, neutral: LiteralExpr]>> = {
  bool: ["or", FALSE],
  int: ["+", int(0)],
  long: ["+", int(0)],
  decimal: ["+", int(0)],
  double: ["+", dbl("0")],
  string: ["&", text("")],
  date: ["add_days", int(0)],
};

const beside =
  (isLeft: boolean): Disguise =>
  (name, column) => {
    const own = columnOf(name, column);
    const [operator, neutral] = NEUTRAL[column.type.kind] ?? [];
    if (operator === undefined || neutral === undefined) return { column, expr: own };
    const expr = attempt(() => (isLeft ? call(operator, own, neutral) : call(operator, neutral, own)));
    return { column, expr: expr ?? own };
  };

const asComparison: Disguise = (name, column) => {
  if (column.type.kind !== "bool") return { column, expr: columnOf(name, column) };
  const opposite = column.value === null ? column : bool(!column.value);
  return { column: opposite, expr: call("==", columnOf(name, opposite), FALSE) };
};

/** An int for a wider number, like arguments of a `fn`. */
const asWidened: Disguise = (name, column) => {
  const { type, value } = column;
  const isSmall = value !== null && /^-?\d{1,9}$/.test(String(value));
  if (!isSmall || !["long", "decimal", "double"].includes(type.kind)) return { column, expr: columnOf(name, column) };
  const own = int(Number(value));
  return { column: own, expr: widened(columnOf(name, own), type) };
};

const DISGUISES: readonly Disguise[] = [beside(true), beside(false), asComparison, asWidened];

function ofColumns({ args, free, of }: VectorCall, nullable = false): Expr | undefined {
  const columns = args.map((arg, at) => {
    const column = columnOf(`c${at}`, arg);
    return free[at] ? { ...column, nullable: nullable || column.nullable } : arg;
  });
  return of(columns);
}

function rowOf({ args }: Pick<VectorCall, "args">): Row {
  return Object.fromEntries(args.map((arg, at) => [`c${at}`, arg]).filter(([, arg]) => hasColumn(arg)));
}

function hasColumn(arg: string | LiteralExpr | undefined): boolean {
  return typeof arg === "object" && arg.type.kind !== "null";
}

function outcomeOf({ outcome }: VectorCall): LiteralExpr {
  if (isFailure(outcome)) throw new Error("what fails is no row of a table");
  return outcome;
}

/** Doubles that are computed in more than one operation differ in their last digits. */
function isExact({ fn, outcome }: VectorCall): boolean {
  return isFailure(outcome) || outcome.type.kind !== "double" || ["+", "-", "*", "/", "neg", "safe_div"].includes(fn);
}

function equals(value: Expr, wanted: Expr): Expr {
  if (wanted.type.kind !== "double") return call("==", value, wanted);
  const margin = call("+", call("abs", call("*", wanted, dbl("0.000000001"))), dbl("0.000000000000000000001"));
  return call("between", value, call("-", wanted, margin), call("+", wanted, margin));
}

/** A value of the type. */
function sample(type: Type): LiteralExpr {
  switch (type.kind) {
    case "bool":
      return TRUE;
    case "string":
      return text("");
    case "date":
      return literal(type, "2018-01-01");
    case "timestamp":
      return literal(type, "2018-01-01T00:00:00.000000Z");
    case "enum":
      return literal(type, type.values[0] ?? "");
    case "null":
    case "error":
    case "binary":
      return none(type);
    default:
      return literal(type, "0");
  }
}

function asked(expr: Expr | undefined, rows: readonly Row[], outcome: Outcome): readonly Asked[] {
  return expr === undefined ? [] : [{ expr, rows, outcome }];
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

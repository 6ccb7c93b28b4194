/** The vectors in all positions, as expressions with expected results; the same for every engine. */
import { type LiteralExpr, literal } from "../../src/semantics/typed.ts";
import { BOOL, sameType, typeText } from "../../src/types.ts";
import { type VectorCall, vectorCalls } from "./calls.ts";
import {
  type Asked,
  asArgument,
  asColumns,
  asConstants,
  asFilter,
  asFoldedNulls,
  asMixed,
  asNested,
  asOperand,
  asTable,
  type Position,
} from "./positions.ts";
import { aggregate, call, columnOf } from "./support.ts";
import { aggregateVectors } from "./vectors/aggregates.ts";
import { type AggregateRow, type AggregateVector, bool, int, isFailure, type Outcome } from "./vectors/vector.ts";

export interface Case extends Asked {
  /** The catalogue's entry and the index of its overload. */
  readonly fn: string;
  readonly overload: number;
  readonly position: Position;
  /** For people: `left(abc, 2)`. */
  readonly shown: string;
}

const ONE_CALL: readonly (readonly [Position, (vector: VectorCall, turn: number) => readonly Asked[]])[] = [
  ["constant", asConstants],
  ["folded", asFoldedNulls],
  ["column", asColumns],
  ["mixed", asMixed],
  ["nested", asNested],
  ["operand", asOperand],
  ["filter", asFilter],
  ["aggregate", asArgument],
];

/** For every scalar function and cast. */
export const callCases: readonly Case[] = [
  ...vectorCalls.flatMap((vector, turn) =>
    ONE_CALL.flatMap(([position, ask]) => {
      const { fn, shown } = vector;
      const overload = overloadOf(vector);
      return ask(vector, turn).map((each): Case => ({ fn, overload, position, shown, ...each }));
    }),
  ),
  ...[...Map.groupBy(vectorCalls.filter(isValue), signatureOf)].flatMap(([signature, vectors]) =>
    asTable(vectors).map((each): Case => {
      const [{ fn = "" } = {}] = vectors;
      return { fn, overload: Number(signature.split(" ")[0]), position: "table", shown: signature, ...each };
    }),
  ),
];

/** The overload for constants; for columns, if the entry rejects the constants. */
function overloadOf({ args, free, of, shown }: VectorCall): number {
  const call = of(args) ?? of(args.map((arg, at) => (free[at] ? columnOf(`c${at}`, arg) : arg)));
  if (call === undefined) throw new Error(`${shown} is no call`);
  return call.overload;
}

function isValue(vector: VectorCall): boolean {
  return !isFailure(vector.outcome) && vector.free.includes(true) && overloadOf(vector) >= 0;
}

/** What the vectors of a table have in common: types, and the constants that columns cannot replace. */
function signatureOf(vector: VectorCall): string {
  const { fn, args, free, outcome } = vector;
  const types = args.map((arg, at) => (free[at] ? typeText(arg.type) : JSON.stringify(arg.value)));
  return `${overloadOf(vector)} ${fn}(${types.join(", ")}) -> ${isFailure(outcome) ? outcome : typeText(outcome.type)}`;
}

/**
 * For every aggregate: its rows, with additional rows that the filter excludes, only the first row, rows of nulls, and
 * no rows.
 */
export const aggregateCases: readonly Case[] = Object.entries(aggregateVectors).flatMap(([fn, vectors]) =>
  vectors.flatMap((vector) => casesOf(fn, vector)),
);

function casesOf(fn: string, [table, outcome]: AggregateVector): readonly Case[] {
  const [[args] = [[]]] = table;
  const filtered = table.some(([, counts]) => counts !== undefined);
  const expr = aggregate(fn, args, filtered);
  const shown = `${fn}(${table.map(([values]) => values.map((value) => value.value)).join("; ")})`;
  const common = { fn, overload: expr.overload, shown, expr };
  const nothing = literal(expr.type, expr.nullable ? null : "0");
  const nulls = args.map((arg): LiteralExpr => literal(arg.type, null));
  const one = oneRow(fn, args, nothing);
  const cases: readonly Case[] = [
    { ...common, position: "rows", rows: table.map(rowOf), outcome },
    { ...common, position: "nothing", rows: [rowOf([args, true])], where: literal(BOOL, false), outcome: nothing },
  ];
  if (args.length === 0) return cases;
  const counted = table.map(([values, counts]) => rowOf([values, counts ?? (filtered ? null : true)]));
  const others = [rowOf([args, false]), rowOf([args, null]), rowOf([table.at(-1)?.[0] ?? args, false])];
  const where = aggregate(fn, args, true);
  // The mean of longs is a quotient, which is exact here.
  const isQuotient = fn === "avg" && !isFailure(outcome) && outcome.value !== null && expr.type.kind === "double";
  const divisor = isQuotient ? [call("==", call("/", int(60), expr), call("/", int(60), outcome))] : [];
  return [
    ...cases,
    { ...common, position: "filtered", expr: where, rows: [...counted, ...others], outcome },
    ...divisor.map((each): Case => {
      return { ...common, position: "operand", expr: each, rows: table.map(rowOf), outcome: bool(true) };
    }),
    { ...common, position: "nulls", rows: [rowOf([nulls, true]), rowOf([nulls, true])], outcome: nothing },
    { ...common, position: "one row", rows: [rowOf([args, true])], outcome: one },
  ];
}

/** The result of an aggregate over one row. */
function oneRow(fn: string, [value]: readonly LiteralExpr[], nothing: LiteralExpr): LiteralExpr {
  if (value === undefined || value.value === null) return nothing;
  if (fn === "stddev_samp" || fn === "var_samp") return nothing;
  if (fn === "count_if") return literal(nothing.type, value.value === true ? "1" : "0");
  if (fn.startsWith("count")) return literal(nothing.type, "1");
  if (sameType(value.type, nothing.type)) return value;
  return literal(nothing.type, value.value);
}

function rowOf([values, counts]: AggregateRow): Readonly<Record<string, LiteralExpr>> {
  const columns = values.map((value, index) => [`c${index}`, value] as const);
  return { ...Object.fromEntries(columns), counts: literal(BOOL, counts ?? null) };
}

export const cases: readonly Case[] = [...callCases, ...aggregateCases];

export function isFailing({ outcome }: { readonly outcome: Outcome }): boolean {
  return isFailure(outcome);
}

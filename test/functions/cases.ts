/** The vectors as expressions with what they must give; every engine is asked the same ones. */
import { constantOf } from "../../src/codegen/expressions/print.ts";
import { findFunction } from "../../src/functions/resolve.ts";
import { type CallExpr, type Expr, type LiteralExpr, literal } from "../../src/semantics/typed.ts";
import { BOOL, typeText } from "../../src/types.ts";
import { aggregate, call, cast, columnOf } from "./support.ts";
import { aggregateVectors } from "./vectors/aggregates.ts";
import { castVectors } from "./vectors/casts.ts";
import { scalarVectors } from "./vectors/scalars.ts";
import { FAILS, type Outcome } from "./vectors/vector.ts";

export interface Case {
  /** The catalogue's entry, and which of its overloads. */
  readonly fn: string;
  readonly overload: number;
  /** For people: `left(abc, 2)`. */
  readonly shown: string;
  readonly expr: Expr;
  /** The rows, by the names of the columns that the expression reads; one row without columns where it reads none. */
  readonly rows: readonly Readonly<Record<string, LiteralExpr>>[];
  readonly outcome: Outcome;
}

/** Of every scalar entry: the call of constants, and the call of columns where it has as exact a type. */
export const scalarCases: readonly Case[] = Object.entries(scalarVectors).flatMap(([fn, vectors]) =>
  vectors.flatMap(([args, outcome]): readonly Case[] => {
    const expr = call(fn, ...args);
    const shown = `${fn}(${args.map((arg) => String(arg.value)).join(", ")})`;
    const columns = withColumns(fn, args);
    const constant = { fn, overload: expr.overload, shown, expr, rows: [{}], outcome };
    if (columns === undefined) return [constant];
    const row = Object.fromEntries(args.map((arg, index) => [`c${index}`, arg]));
    return [constant, { ...constant, shown: `${shown} of columns`, expr: columns, rows: [row] }];
  }),
);

export const aggregateCases: readonly Case[] = Object.entries(aggregateVectors).flatMap(([fn, vectors]) =>
  vectors.map(([table, outcome]): Case => {
    const [first] = table;
    const expr = aggregate(fn, first?.[0] ?? [], first?.[1] !== undefined);
    const rows = table.map(([values, counts]) => ({
      ...Object.fromEntries(values.map((value, index) => [`c${index}`, value])),
      counts: literal(BOOL, counts ?? null),
    }));
    const shown = `${fn}(${table.map((row) => row[0].map((arg) => arg.value)).join("; ")})`;
    return { fn, overload: expr.overload, shown, expr, rows, outcome };
  }),
);

/** `as?` and `as`, of constants and of columns. */
export const castCases: readonly Case[] = castVectors.flatMap(([from, expected]) => {
  const strictly = from.value !== null && expected.value === null ? FAILS : expected;
  return [true, false].flatMap((lenient) => {
    const fn = lenient ? "as?" : "as";
    const shown = `"${from.value}" ${fn} ${typeText(expected.type)}`;
    const outcome = lenient ? expected : strictly;
    const [constant, column] = [from, columnOf("c0", from)].map((arg) => cast(arg, expected.type, lenient));
    if (constant === undefined || column === undefined) throw new Error("two casts");
    return [
      { fn, overload: constant.overload, shown, expr: constant, rows: [{}], outcome },
      { fn, overload: column.overload, shown: `${shown} of a column`, expr: column, rows: [{ c0: from }], outcome },
    ];
  });
});

/** The same call of columns; constants that the entry demands stay. Undefined where columns would need too many digits. */
function withColumns(name: string, args: readonly LiteralExpr[]): CallExpr | undefined {
  const overload = findFunction(name)?.overloads[call(name, ...args).overload];
  const columns = args.map((arg, index): Expr => {
    const parameter = overload?.params[Math.min(index, overload.params.length - 1)];
    if (typeof parameter === "object" || arg.type.kind === "null") return arg;
    return columnOf(`c${index}`, arg);
  });
  try {
    return call(name, ...columns.map((column) => constantOf(column) ?? column));
  } catch {
    return undefined;
  }
}

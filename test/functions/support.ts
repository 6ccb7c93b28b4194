/** Builds calls by the catalogue's own rules, and evaluates them on DuckDB. */
import { DuckDBInstance } from "@duckdb/node-api";
import { duckdbExpression, duckdbType } from "../../src/codegen/expressions/duckdb.ts";
import { constantOf } from "../../src/codegen/expressions/print.ts";
import type { ArgumentInfo } from "../../src/functions/entry.ts";
import { type Resolution, resolveCall, resolveCast } from "../../src/functions/resolve.ts";
import type { AggregateExpr, CallExpr, ColumnExpr, Expr, LiteralExpr } from "../../src/semantics/typed.ts";
import { BOOL, type Type, typeText } from "../../src/types.ts";

export function infoOf(expr: Expr): ArgumentInfo {
  const constant = constantOf(expr);
  return { type: expr.type, nullable: expr.nullable, ...(constant ? { literal: constant.value } : {}) };
}

/** The call as the checker builds it: resolved, with widened arguments. */
export function call(name: string, ...args: readonly Expr[]): CallExpr {
  return { kind: "call", ...resolvedCall(resolveCall(name, args.map(infoOf)), args) };
}

export function cast(from: Expr, to: Type, lenient: boolean): CallExpr {
  return { kind: "call", ...resolvedCall(resolveCast(infoOf(from), to, lenient), [from]) };
}

/** The aggregate of the columns `c0`, …; if `filtered`, over the rows for which the column `counts` is true. */
export function aggregate(name: string, args: readonly LiteralExpr[], filtered: boolean): AggregateExpr {
  const columns = args.map((arg, index): ColumnExpr => ({ ...columnOf(`c${index}`, arg), nullable: true }));
  const parts = resolvedCall(resolveCall(name, columns.map(infoOf)), columns);
  const where: ColumnExpr = { kind: "column", name: "counts", type: BOOL, nullable: true };
  return { kind: "aggregate", ...parts, ...(filtered ? { where } : {}) };
}

export function aggregateOf(name: string, args: readonly Expr[]): AggregateExpr {
  return { kind: "aggregate", ...resolvedCall(resolveCall(name, args.map(infoOf)), args) };
}

export function columnOf(name: string, value: LiteralExpr): ColumnExpr {
  return { kind: "column", name, type: value.type, nullable: value.value === null };
}

/** The parts that calls and aggregates have in common. */
export function resolvedCall(resolution: Resolution, args: readonly Expr[]): Omit<CallExpr, "kind"> {
  if (!resolution.ok) throw new Error(`not resolved: ${JSON.stringify(resolution)}`);
  const { entry, overload, result, widen } = resolution;
  return { fn: entry.name, overload, args: args.map((arg, index) => widened(arg, widen[index])), ...result };
}

export function widened(arg: Expr, type: Type | undefined): Expr {
  if (type === undefined) return arg;
  return { kind: "call", fn: "widen", overload: 0, args: [arg], type, nullable: arg.nullable };
}

export interface Answer {
  /** The value as text, null, or `fails`. */
  readonly value: string | null;
  readonly failed: boolean;
  /** The name of the type on the engine. */
  readonly type: string;
}

/** A DuckDB with the settings of the runner. */
export async function createDuckdb() {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");

  async function read(exprs: readonly AskedText[], from: string): Promise<readonly (readonly Answer[])[]> {
    const columns = exprs.flatMap(({ sql, type }) => [sql, canonicalText(sql, type)]);
    const reader = await connection.runAndReadAll(`SELECT ${columns.join(", ")} FROM ${from}`);
    const types = reader.columnTypes();
    return reader.getRowsJson().map((values) =>
      exprs.map((_, index) => {
        const value = values[2 * index + 1] ?? null;
        const type = String(types[2 * index]).replace(",", ", ");
        return { type, value: value === null ? null : String(value), failed: false };
      }),
    );
  }

  return {
    /** The values of expressions over the first row of `from`. */
    async evaluate(exprs: readonly Expr[], from = "(SELECT 1) AS input"): Promise<readonly Answer[]> {
      const [answers = []] = await read(exprs.map(asText), from);
      return answers;
    },
    /** The value of one expression that may fail. */
    async attempt(expr: Expr, from = "(SELECT 1) AS input"): Promise<Answer> {
      try {
        const [[answer] = []] = await read([asText(expr)], from);
        if (answer === undefined) throw new Error("no answer");
        return answer;
      } catch (error) {
        return { type: "", value: messageOf(error), failed: true };
      }
    },
    /** The values for all rows, or the error. */
    async column(asked: AskedText, from: string): Promise<readonly Answer[] | string> {
      try {
        return (await read([asked], from)).flat();
      } catch (error) {
        return messageOf(error);
      }
    },
    run: (sql: string) => connection.run(sql),
    /** The first column of a query. */
    texts: async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson().map(([value]) => String(value)),
    close: () => connection.closeSync(),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An expression as SQL, and its type. */
export interface AskedText {
  readonly sql: string;
  readonly type: Type;
}

function asText(expr: Expr): AskedText {
  return { sql: duckdbExpression(expr), type: expr.type };
}

/** A unique text for each value, independent of the engine's formatting. */
function canonicalText(sql: string, type: Type): string {
  return type.kind === "timestamp" ? `strftime(${sql}, '%Y-%m-%dT%H:%M:%S.%fZ')` : `CAST(${sql} AS VARCHAR)`;
}

/** A FROM clause with a table of these rows, opaque to the optimizer except for the types. */
export function tableOf(rows: readonly Readonly<Record<string, Expr>>[], where?: string): string {
  const names = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => `(${names.map((name) => duckdbExpression(row[name] ?? none(row))).join(", ")})`);
  const table = names.length === 0 ? "(VALUES (NULL))" : `(VALUES ${values.join(", ")})`;
  const columns = names.length === 0 ? "nothing" : names.join(", ");
  return `${table} AS input(${columns})${where === undefined ? "" : ` WHERE ${where}`}`;
}

function none(row: Readonly<Record<string, Expr>>): never {
  throw new Error(`${JSON.stringify(row)} lacks a column of the others`);
}

/** Whether two texts of the type have the same value; doubles may differ in the last digits. */
export function sameValue(type: Type, a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  if (type.kind === "double") {
    const [x, y] = [Number(a), Number(b)];
    return Object.is(x, y) || x === y || Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));
  }
  if (type.kind === "decimal") return plain(a) === plain(b);
  return a === b;
}

/** The digits without insignificant zeros: `.50`, `0.50` and `00.5` are equal. */
function plain(digits: string): string {
  const sign = digits.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = digits.replace(/^-/, "").split(".");
  const text = `${whole.replace(/^0+/, "")}.${fraction.replace(/0+$/, "")}`;
  return text === "." ? "0" : sign + text;
}

export function typeName(type: Type): string {
  return type.kind === "null" || type.kind === "error" ? typeText(type) : duckdbType(type);
}

/** Prints questions as code for an engine. */
import { duckdbExpression } from "../../src/codegen/expressions/duckdb.ts";
import type { Engine } from "../../src/functions/entry.ts";
import type { Asked } from "../functions/positions.ts";
import { printed as sparkPrinted } from "../support/spark/expressions.ts";
import type { Mutant } from "./mutants.ts";

export interface AskedText {
  readonly expr: string;
  readonly where?: string;
}

export type Question = Pick<Asked, "expr" | "where">;

/** On Spark, `index` separates the columns of the questions in one query. */
export function textOf(engine: Engine, { expr, where }: Question, index = 0): AskedText {
  const print = engine === "duckdb" ? duckdbExpression : (each: Asked["expr"]) => sparkPrinted(each, index);
  return { expr: print(expr), ...(where === undefined ? {} : { where: print(where) }) };
}

/** The code with a mutant applied; undefined if it cannot be printed. */
export function textUnder(mutant: Mutant, asked: Question): AskedText | undefined {
  try {
    return mutant.textOf(asked);
  } catch {
    return undefined;
  }
}

export function sameText(a: AskedText, b: AskedText): boolean {
  return a.expr === b.expr && a.where === b.where;
}

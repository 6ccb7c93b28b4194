/** Questions of the vectors as Spark is asked them, and whether its answers are right. */
import { numberText } from "../../../src/codegen/expressions/numbers.ts";
import { sparkExpression, sparkTypeName } from "../../../src/codegen/expressions/spark.ts";
import type { Expr } from "../../../src/semantics/typed.ts";
import { failureOf } from "../../functions/failures.ts";
import type { Asked, Row } from "../../functions/positions.ts";
import { sameValue } from "../../functions/support.ts";
import { isFailure } from "../../functions/vectors/vector.ts";
import type { SparkAnswer, SparkCase } from "./session.ts";

/** How an expression is printed; `index` keeps the columns of the cases of a query apart. */
export type Printed = (expr: Expr, index: number) => string;

const own = (index: number, name: string): string => `case${index}_${name}`;

export const printed: Printed = (expr, index) =>
  sparkExpression(expr, { column: ({ name }) => `F.col("${own(index, name)}")` });

export function sparkCase({ expr, rows, where, outcome }: Asked, index: number, print: Printed = printed): SparkCase {
  return {
    text: print(expr, index),
    aggregate: expr.kind === "aggregate",
    rows: sparkRows(rows, index),
    ...(where === undefined ? {} : { where: print(where, index) }),
    fails: isFailure(outcome),
  };
}

export function sparkRows(rows: readonly Row[], index: number): SparkCase["rows"] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [own(index, name), sparkExpression(value)])),
  );
}

/** What is wrong with an answer; undefined where nothing is. */
export function problemOf({ expr, outcome }: Pick<Asked, "expr" | "outcome">, answer: SparkAnswer | undefined) {
  if (answer === undefined) return "there is no answer";
  if ("error" in answer) {
    const failure = answer.analysis ? answer.error : failureOf("spark", answer.error);
    return failure === outcome ? undefined : `it fails: ${failure}`;
  }
  if (isFailure(outcome)) return `it is ${answer.value}, expected: ${outcome}`;
  const value = outcome.value === null ? null : numberText(outcome);
  if (!sameValue(expr.type, answer.value, value)) return `it is ${answer.value}, not ${value}`;
  const type = sparkTypeName(expr.type).replace("long", "bigint");
  return answer.type === type ? undefined : `it has the type ${answer.type}, not ${type}`;
}

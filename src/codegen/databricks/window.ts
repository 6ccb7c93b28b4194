/** Orders, and the row that is first by one. */
import type { SortKeyExpr, TypedStep } from "../../plan/program.ts";
import { pythonString, sparkColumnName, sparkExpression } from "../expressions/spark.ts";
import { unusedName } from "./columns.ts";
import { call, operand } from "./python/text.ts";

/** The keys of `orderBy`. Where nulls go is said for every key that may have some. */
export function orderKeys(keys: readonly SortKeyExpr[]): readonly string[] {
  return keys.map(({ value, descending, nulls }) => {
    if (!value.nullable && !descending && value.kind === "column") return pythonString(sparkColumnName(value));
    const direction = descending ? "desc" : "asc";
    return `${operand(sparkExpression(value))}.${value.nullable ? `${direction}_nulls_${nulls}` : direction}()`;
  });
}

/** Of the rows with the same `on`, the first by `order`. */
export function latestCalls(step: TypedStep & { readonly kind: "latest" }): string {
  const position = unusedName("position", step.scope);
  const partition = call(
    "Window.partitionBy",
    step.on.map((column) => pythonString(sparkColumnName(column))),
  );
  const window = `${partition}${call(".orderBy", orderKeys(step.order))}`;
  return [
    call(".withColumn", [pythonString(position), `F.row_number().over(${window})`]),
    call(".filter", [`F.col(${pythonString(position)}) == 1`]),
    call(".drop", [pythonString(position)]),
  ].join("");
}

/** Columns as the calls of a DataFrame take them. */
import type { NamedExpr } from "../../plan/program.ts";
import { pythonString, sparkColumnName, sparkExpression } from "../expressions/spark.ts";
import { call, operand } from "./python/text.ts";

/** A column as `select` and `groupBy` take it: its name where it keeps it. */
export function selected({ name, value }: Pick<NamedExpr, "name" | "value">): string {
  if (value.kind === "column" && value.name === name) return pythonString(sparkColumnName(value));
  return operand(sparkExpression(value)) + call(".alias", [pythonString(name)]);
}

/** The wanted name, or the first with a number behind it that no column has. */
export function unusedName(wanted: string, columns: readonly { readonly name: string }[]): string {
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
  return name;
}

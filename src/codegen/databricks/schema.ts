/** Columns as fields of a Spark schema. */
import type { Column } from "../../plan/program.ts";
import { pythonString, sparkType } from "../expressions/spark.ts";
import { call } from "./python/text.ts";

export function structField({ name, type, nullable }: Pick<Column, "name" | "type" | "nullable">): string {
  return call("T.StructField", [pythonString(name), sparkType(type), ...(nullable ? [] : ["nullable=False"])]);
}

/** SQL for rows as JSON objects, for the quarantine. */
import { duckdbText } from "../../functions/canonical-text.ts";
import type { Type } from "../../types.ts";
import { duckdbString } from "../expressions/duckdb.ts";

export interface RecordColumn {
  readonly name: string;
  /** The column as SQL. */
  readonly sql: string;
  readonly type: Type;
}

/** SQL for the row as a JSON object: column by column, nulls included, decimals with all their digits. */
export function recordText(columns: readonly RecordColumn[]): string {
  const fields = columns.map(({ name, sql, type }, index) => {
    const start = duckdbString(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`);
    return `${start}, coalesce(${valueText(sql, type)}, 'null')`;
  });
  return fields.length === 0 ? "'{}'" : `concat(${fields.join(", ")}, '}')`;
}

function valueText(sql: string, type: Type): string {
  switch (type.kind) {
    case "int":
    case "long":
    case "decimal":
    case "bool":
      return duckdbText(type, sql);
    case "double":
      // JSON has no infinity and no NaN.
      return `CASE WHEN isfinite(${sql}) THEN CAST(${sql} AS VARCHAR) ELSE '"' || CAST(${sql} AS VARCHAR) || '"' END`;
    case "date":
    case "timestamp":
      return `'"' || ${duckdbText(type, sql)} || '"'`;
    case "binary":
      return `'"' || base64(${sql}) || '"'`;
    case "string":
    case "enum":
      // The JSON null of a missing text would count as a value.
      return `CASE WHEN ${sql} IS NOT NULL THEN CAST(to_json(${sql}) AS VARCHAR) END`;
    case "null":
    case "error":
      throw new Error(`no column has the type ${type.kind}`);
    default:
      return type satisfies never;
  }
}

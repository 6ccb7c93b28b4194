/** The canonical text of a value: the result of `as string`, and the input of keys. Doubles have none. */
import { MAX_PRECISION, type Type } from "../types.ts";
import type { Engine } from "./entry.ts";

/** A template for the text of the argument at a position; undefined for types without a canonical text. */
export function canonicalText(type: Type, index: number): Readonly<Record<Engine, string>> | undefined {
  const value = `{${index}}`;
  const cast = { duckdb: `CAST(${value} AS VARCHAR)`, spark: `${value}.cast("string")` };
  switch (type.kind) {
    case "string":
    case "enum":
      return { duckdb: value, spark: value };
    case "int":
    case "long":
    case "bool":
    case "date":
      return cast;
    case "decimal":
      return { ...cast, duckdb: duckdbDecimalText(type.precision, type.scale, value) };
    case "timestamp":
      return {
        duckdb: `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%fZ')`,
        spark: `F.date_format(${value}, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")`,
      };
    default:
      return undefined;
  }
}

/** The text of an SQL expression of this type in quarantines and reports; doubles in DuckDB's format. */
export function duckdbText(type: Type, sql: string): string {
  const template = canonicalText(type, 0)?.duckdb ?? "CAST({0} AS VARCHAR)";
  return template.replaceAll("{0}", () => sql);
}

/** DuckDB omits the zero before the decimal point if the type has no integer digits. */
function duckdbDecimalText(precision: number, scale: number, value: string): string {
  if (precision > scale) return `CAST(${value} AS VARCHAR)`;
  if (precision < MAX_PRECISION) return `CAST(CAST(${value} AS DECIMAL(${precision + 1}, ${scale})) AS VARCHAR)`;
  return `replace(CAST(${value} AS VARCHAR), '.', '0.')`;
}

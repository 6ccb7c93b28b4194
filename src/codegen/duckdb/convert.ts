/**
 * Converts text of a bronze file to the value of a column. The function catalogue's `as?` defines the conversion; this
 * module only adds fast paths, for texts on which DuckDB's own, laxer conversion is known to agree.
 */
import { resolveCast } from "../../functions/resolve.ts";
import type { CallExpr, ColumnExpr } from "../../semantics/typed.ts";
import { STRING, type Type } from "../../types.ts";
import { duckdbExpression, duckdbString, duckdbType } from "../expressions/duckdb.ts";

const ASCII_WHITESPACE = " \t\n\r\v\f";

/** SQL for the text without the whitespace around it. */
export function trimmed(text: string): string {
  return `trim(${text}, ${duckdbString(ASCII_WHITESPACE)})`;
}

/** SQL for DuckDB's own conversion, which accepts more texts. Undefined for text columns, which need none. */
export function laxValue(text: string, type: Type): string | undefined {
  return type.kind === "string" || type.kind === "enum" ? undefined : `TRY_CAST(${text} AS ${duckdbType(type)})`;
}

/** SQL for the value of a text, null if it is invalid. `lax` is the column with `laxValue` of the text. */
export function textValue(text: string, lax: string, type: Type): string {
  const shortCut = shortCutTo(text, lax, type);
  const missing = `WHEN ${text} IS NULL OR ${text} = '' THEN NULL`;
  return `CASE WHEN ${shortCut.when} THEN ${shortCut.value} ${missing} ELSE ${exactValue(trimmed(text), type)} END`;
}

function shortCutTo(text: string, lax: string, type: Type): { readonly when: string; readonly value: string } {
  switch (type.kind) {
    case "enum":
      // DuckDB turns IN into a join, which is computed for all rows.
      return { when: `list_contains([${type.values.map(duckdbString).join(", ")}], ${text})`, value: text };
    case "double":
      // DuckDB also accepts 1_000, +-1 and inf. A plus sorts before the minus.
      return { when: `isfinite(${lax}) AND ${text} >= '-' AND NOT contains(${text}, '_')`, value: lax };
    default:
      // The text that DuckDB prints for the value is valid in the grammar.
      return { when: `CAST(${lax} AS VARCHAR) = ${text}`, value: lax };
  }
}

function exactValue(text: string, type: Type): string {
  const operand: ColumnExpr = { kind: "column", name: "text", type: STRING, nullable: true };
  const resolution = resolveCast({ type: STRING, nullable: true }, type, true);
  if (!resolution.ok) throw new Error(`a text cannot become ${type.kind}`);
  const cast: CallExpr = {
    kind: "call",
    fn: "as?",
    overload: resolution.overload,
    args: [operand],
    type,
    nullable: true,
  };
  return duckdbExpression(cast, { column: () => text });
}

/**
 * Text of a bronze file to the value of a column. What a text means is said by `as?` in the function catalogue; here are
 * only short cuts, for texts of which DuckDB's own, laxer conversion is known to say the same.
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

/** SQL for DuckDB's own conversion, which takes more texts than we do. Undefined for texts, which are what they are. */
export function laxValue(text: string, type: Type): string | undefined {
  return type.kind === "string" || type.kind === "enum" ? undefined : `TRY_CAST(${text} AS ${duckdbType(type)})`;
}

/** SQL for the value of a text, null where it is none. `lax` is the column with `laxValue` of the text. */
export function textValue(text: string, lax: string, type: Type): string {
  const shortCut = shortCutTo(text, lax, type);
  const missing = `WHEN ${text} IS NULL OR ${text} = '' THEN NULL`;
  return `CASE WHEN ${shortCut.when} THEN ${shortCut.value} ${missing} ELSE ${exactValue(trimmed(text), type)} END`;
}

function shortCutTo(text: string, lax: string, type: Type): { readonly when: string; readonly value: string } {
  switch (type.kind) {
    case "enum":
      // Of IN, DuckDB makes a join, which is computed for all rows.
      return { when: `list_contains([${type.values.map(duckdbString).join(", ")}], ${text})`, value: text };
    case "double":
      // DuckDB also takes 1_000, +-1 and inf. A plus stands before the minus in the order of characters.
      return { when: `isfinite(${lax}) AND ${text} >= '-' AND NOT contains(${text}, '_')`, value: lax };
    default:
      // What DuckDB writes itself for the value is a text of the grammar.
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

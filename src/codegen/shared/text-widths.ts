/** The maximum UTF-8 bytes of text columns: serverless SQL reserves memory by the width of the type. */
import { findFunction } from "../../functions/catalog.ts";
import type { TextWidth } from "../../functions/entry.ts";
import { narrowest, UNKNOWN_WIDTH, widest, widthOfText, widthOfType } from "../../functions/text-width.ts";
import type { AggregateExpr, CallExpr, Expr, Program } from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import { type Domain, trace } from "../../plan/trace.ts";

/** The maximum of every text column, by relation and column; Infinity if unknown. */
export function textWidths(program: Program): (relation: string, column: string) => number {
  const widths = new Map<string, ReadonlyMap<string, TextWidth>>();
  for (const bronze of program.bronze) {
    const columns = bronze.columns.map(({ name, type }) => [name, widthOfType(type)] as const);
    widths.set(`bronze.${bronze.name}`, new Map(columns));
  }
  const column = (relation: string, name: string): TextWidth => widths.get(relation)?.get(name) ?? UNKNOWN_WIDTH;
  const domain: Domain<TextWidth> = {
    column,
    literal: ({ value }) => widthOfText(typeof value === "string" ? value : ""),
    call: result,
    match: ({ type }, { values }) => ofType(type, widest(values)),
    aggregate: result,
  };
  for (const table of program.tables) widths.set(qualifiedName(table), trace(table, domain).columns);
  return (relation, name) => column(relation, name).bytes;
}

function result({ fn, type, args }: CallExpr | AggregateExpr, widths: readonly TextWidth[]): TextWidth {
  const infos = args.map((each) => (each.kind === "literal" ? { ...each, literal: each.value } : each));
  return ofType(type, findFunction(fn)?.width?.(widths, infos) ?? UNKNOWN_WIDTH);
}

/** Both the type and the rules of the functions limit a text. */
function ofType(type: Expr["type"], width: TextWidth): TextWidth {
  return type.kind === "string" || type.kind === "enum" ? narrowest(widthOfType(type), width) : UNKNOWN_WIDTH;
}

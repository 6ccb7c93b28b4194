/** Maximum UTF-8 bytes of text columns: serverless SQL reserves memory by the width of the type. */
import type { Program, Type } from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import { type Domain, trace } from "../../plan/trace.ts";

/** The maximum of every text column, by relation and column; Infinity if unknown. */
export function textWidths(program: Program): (relation: string, column: string) => number {
  const widths = new Map<string, ReadonlyMap<string, number>>();
  const width = (relation: string, column: string): number => widths.get(relation)?.get(column) ?? Infinity;
  const ofType = (type: Type): number => (type.kind === "enum" ? Math.max(...type.values.map(bytes)) : Infinity);
  const domain: Domain<number> = {
    column: width,
    literal: ({ value }) => (typeof value === "string" ? bytes(value) : 0),
    call: ({ type }) => ofType(type),
    match: ({ type }, { values }) => Math.min(ofType(type), Math.max(...values)),
    aggregate: ({ type }) => ofType(type),
  };
  for (const bronze of program.bronze) {
    widths.set(`bronze.${bronze.name}`, new Map(bronze.columns.map((column) => [column.name, ofType(column.type)])));
  }
  for (const table of program.tables) widths.set(qualifiedName(table), trace(table, domain).columns);
  return width;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** `lineage.json`: the lineage of the program for tools and `grep`. docs/lineage.md describes its format. */
import type { BronzePlan, Column, Program, TablePlan } from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import { typeText } from "../../types.ts";
import { compactJson } from "./compact-json.ts";
import { flows } from "./flows.ts";
import { columnLineage, type LineageGraph, type RelationLineage, sourceObjectName } from "./graph.ts";

/** Incremented when a reader of the previous version would misinterpret the file. */
const VERSION = 1;

/** The content of the file. `graph` is that of the program. */
export function lineageJson(program: Program, graph: LineageGraph = columnLineage(program)): string {
  const gold = new Set(program.tables.filter((table) => table.layer === "gold").map(qualifiedName));
  return compactJson({
    version: VERSION,
    project: program.name,
    sources: program.bronze.map((bronze) => ({
      name: sourceObjectName(bronze),
      source: bronze.source,
      object: bronze.object,
    })),
    tables: [
      ...program.bronze.map((bronze) => tableEntry("bronze", bronze, relationOf(graph, `bronze.${bronze.name}`))),
      ...program.tables.map((table) => tableEntry(table.layer, table, relationOf(graph, qualifiedName(table)))),
    ],
    flows: flows(graph, (relation) => gold.has(relation)),
  });
}

function tableEntry(layer: string, table: BronzePlan | TablePlan, lineage: RelationLineage): object {
  const keys = "keys" in table ? table.keys : table.key ? [table.key] : [];
  return {
    name: lineage.name,
    layer,
    doc: table.doc,
    keys,
    reads: lineage.reads,
    columns: table.columns.map((column) => columnEntry(column, lineage)),
    rows: lineage.rows,
  };
}

function columnEntry(column: Column, lineage: RelationLineage): object {
  return {
    name: column.name,
    type: typeText(column.type),
    nullable: column.nullable,
    tags: column.tags,
    doc: column.doc,
    inputs: lineage.columns.get(column.name) ?? [],
  };
}

function relationOf(graph: LineageGraph, name: string): RelationLineage {
  const relation = graph.relations.get(name);
  if (relation === undefined) throw new Error(`${name} is not in the graph`);
  return relation;
}

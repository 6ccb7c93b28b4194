import type { SourceObject } from "../../plan/program.ts";

/** The name of a bronze table's file in the folder of a load; see docs/lake.md. */
export function bronzeFile(object: SourceObject): string {
  switch (object.kind) {
    case "csv":
    case "json":
      return object.path.slice(object.path.lastIndexOf("/") + 1);
    case "table":
      return `${object.schema}.${object.table}.jsonl`;
    case "collection":
      return `${object.collection}.jsonl`;
    default:
      return object satisfies never;
  }
}

import type { SourceObject } from "../../plan/program.ts";

/** An object's path at its source as in the program: `public.payments`. */
export function objectPath(object: SourceObject): string {
  switch (object.kind) {
    case "csv":
    case "json":
      return object.path;
    case "table":
      return `${object.schema}.${object.table}`;
    case "collection":
      return object.collection;
    default:
      return object satisfies never;
  }
}

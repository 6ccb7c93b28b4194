import type { SourceObject } from "../../plan/program.ts";

/**
 * The name of a bronze table's file in the folder of a load; see docs/lake.md. The source's own, but for what some file
 * system, storage service or reader takes for something else: each such character is an underscore.
 */
export function bronzeFile(object: SourceObject): string {
  return safeFile(nameOf(object));
}

function nameOf(object: SourceObject): string {
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

/** A separator or a pattern in a path, a part of an address, the start of an expression, and what Windows refuses. */
const NOT_IN_FILES = /[/\\:*?#%[\]{}^"<>|@`\p{Cc}\p{Cs}]|[\s.]$/gu;

/** Spark passes over files whose names begin with an underscore or a dot; Windows has devices of the others. */
const NOT_A_START = /^([_.\s]|(con|prn|aux|nul|com\d|lpt\d)(\.|$))/i;

function safeFile(name: string): string {
  const safe = name.replace(NOT_IN_FILES, "_");
  return NOT_A_START.test(safe) ? `file_${safe}` : safe;
}

import type { SourceObject } from "../../plan/program.ts";
import { objectPath } from "./source-object.ts";

/** The file that is written last into the folder of a load: a load without it is not complete. */
export const LOAD_MARKER = "_load.json";

/**
 * The name of a bronze table's file in the folder of a load; see docs/lake.md. The name at the source, with underscores
 * in place of characters that are special in some file system, storage service or reader.
 */
export function bronzeFile(object: SourceObject): string {
  const path = objectPath(object);
  return safeFile("path" in object ? path.slice(path.lastIndexOf("/") + 1) : `${path}.jsonl`);
}

/** Path separators, glob and URL characters, the start of an expression, and what Windows does not allow. */
const NOT_IN_FILES = /[/\\:*?#%[\]{}^"<>|@`\p{Cc}\p{Cs}]|[\s.]$/gu;

/** Spark ignores files with a leading underscore or dot; the others are device names on Windows. */
const NOT_A_START = /^([_.\s]|(con|prn|aux|nul|com\d|lpt\d)(\.|$))/i;

function safeFile(name: string): string {
  const safe = name.replace(NOT_IN_FILES, "_");
  return NOT_A_START.test(safe) ? `file_${safe}` : safe;
}

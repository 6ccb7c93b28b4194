/** Values of the lake in `--json` documents; docs/json.md says it to users. */
import type { Type } from "../types.ts";

/**
 * A value that is given as text, in JSON: a number or a truth value where every reader of JSON gets exactly that value
 * back, else the text as it is, which loses nothing.
 */
export function jsonValue(text: string | null, type: Type): string | number | boolean | null {
  if (text === null) return null;
  switch (type.kind) {
    case "bool":
      return text === "true";
    case "int":
      return Number(text);
    case "long":
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case "double":
      return Number.isFinite(Number(text)) ? Number(text) : text;
    default:
      return text;
  }
}

/** Values of the lake in `--json` documents; documented in docs/json.md. */
import type { Type } from "../types.ts";

/**
 * Converts a value from text: to a number or boolean if every JSON parser restores exactly that value, otherwise the
 * text itself, which loses nothing.
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

import type { ResultProblem } from "./entry.ts";
export function checkDateFormat(_format: string, _kind: "date" | "timestamp"): ResultProblem | undefined {
  return undefined;
}

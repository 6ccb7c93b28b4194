import type { RenderCall, Template } from "./entry.ts";
export function duckdbDivide(_call: RenderCall): string {
  return "CAST({~0} / {~1} AS {type})";
}
export function sparkDivide(_call: RenderCall): Template {
  return "({~0} / {~1:operand}).cast({type})";
}

/** An expression as the catalogue looks at it. */
import type { ArgumentInfo } from "../../functions/entry.ts";
import type { Expr } from "../typed.ts";

export function argumentInfo(expr: Expr): ArgumentInfo {
  return expr.kind === "literal" ? { type: expr.type, nullable: expr.nullable, literal: expr.value } : expr;
}

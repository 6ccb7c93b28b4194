/** Numeric constants as text. */
import type { LiteralExpr } from "../../semantics/typed.ts";

/** The number with all digits of its type's scale: `0` of a `decimal(10,2)` is `0.00`; doubles have a decimal point. */
export function numberText({ type, value }: LiteralExpr): string {
  const text = String(value);
  if (type.kind === "double") return text.includes(".") ? text : `${text}.0`;
  if (type.kind !== "decimal" || type.scale === 0) return text;
  const [whole = "0", fraction = ""] = text.split(".");
  return `${whole}.${fraction.padEnd(type.scale, "0")}`;
}

/** The number without trailing zeros: `1000.00` is `1000`, `0.50` is `0.5`. */
export function shortestText({ value }: LiteralExpr): string {
  const text = String(value);
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

/** `at most 5%`, `at most 10 rows`: how many rows may be rejected or quarantined. */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import type { RowLimit } from "../../parser/ast.ts";
import type { Limit } from "../typed.ts";
import type { CheckContext } from "./context.ts";

/** Undefined if there is none, or if it is invalid, which is reported. */
export function checkLimit(limit: RowLimit | undefined, context: CheckContext): Limit | undefined {
  if (limit === undefined) return undefined;
  const { unit, span } = limit;
  const at = limit.number.text;
  const number = Number(at);
  const fits =
    unit === "percent" ? number <= 100 && !/\.\d{10}/.test(at) : Number.isSafeInteger(number) && !at.includes(".");
  if (!fits) {
    const detail =
      unit === "percent" ? "a percentage from 0 to 100 with at most nine decimals" : "a whole number of rows";
    context.report(diagnostic("invalid-argument", limit.number.span, { name: "`at most`", detail }));
    return undefined;
  }
  return { unit, at, span };
}

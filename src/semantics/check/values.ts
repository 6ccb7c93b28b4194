/** Typed values: constants, widening, and calls resolved by the catalogue. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { digitsOf, typeOfNumber } from "../../functions/decimals.ts";
import { insteadOfTypes } from "../../functions/foreign.ts";
import type { Resolution } from "../../functions/resolve.ts";
import type { NumberLiteral } from "../../parser/ast.ts";
import type { Span } from "../../source.ts";
import { ERROR, sameType, type Type, typeText } from "../../types.ts";
import type { Expr } from "../typed.ts";
import type { CheckContext } from "./context.ts";
import { decimalOverflow } from "./decimal-overflow.ts";

/** The value of an expression with a reported error. */
export const UNKNOWN: Expr = { kind: "literal", type: ERROR, nullable: false, value: null };

/** The hint for a misspelled name, otherwise the other hint. Not a fix, because something else may be meant. */
export function suggested(suggestion: string | undefined, otherwise?: string): { readonly hint?: string } {
  const hint = suggestion === undefined ? otherwise : `Did you mean \`${suggestion}\`?`;
  return hint === undefined ? {} : { hint };
}

/** A number literal: an int, a long or a decimal. */
export function numberLiteral(literal: NumberLiteral, sign: "" | "-", context: CheckContext): Expr {
  const [whole = "", fraction] = literal.text.split(".");
  const digits = whole.replace(/^0+(?=\d)/, "");
  const text = fraction === undefined ? digits : `${digits}.${fraction}`;
  const value = /^[0.]*$/.test(text) ? text : `${sign}${text}`;
  const type = typeOfNumber(value);
  if (type) return { kind: "literal", type, nullable: false, value };
  context.report(diagnostic("invalid-number", literal.span, { text: literal.text }));
  return UNKNOWN;
}

/** A resolved call with widened arguments; reports a failed resolution. */
export function applied(
  name: string,
  args: readonly Expr[],
  resolution: Resolution,
  span: Span,
  context: CheckContext,
): Expr {
  if (args.some((each) => each.type.kind === "error")) return UNKNOWN;
  if (!resolution.ok) {
    context.report(problem(name, args, resolution, span));
    return UNKNOWN;
  }
  return {
    kind: "call",
    fn: resolution.entry.name,
    overload: resolution.overload,
    args: args.map((each, at) => widened(each, resolution.widen[at])),
    ...resolution.result,
  };
}

/** The diagnostic for a failed resolution. */
export function problem(
  name: string,
  args: readonly Expr[],
  resolution: Extract<Resolution, { ok: false }>,
  span: Span,
): Diagnostic {
  switch (resolution.reason) {
    case "unknown-function":
      return diagnostic("unknown-function", span, { name }, suggested(resolution.suggestions[0]));
    case "argument-count":
      return diagnostic("argument-count", span, { name, expected: resolution.expected, found: args.length });
    case "argument-types":
      return diagnostic(
        "argument-types",
        span,
        {
          name: `\`${name}\``,
          found: args.map((each) => typeText(each.type, each.nullable)).join(", "),
          expected: resolution.expected.join(" or "),
        },
        hinted(
          insteadOfTypes(
            name,
            args.map((each) => each.type),
          ),
        ),
      );
    case "problem":
      return resolution.problem.problem === "decimal-overflow"
        ? decimalOverflow(name, args, resolution.problem.detail, span)
        : diagnostic("invalid-argument", span, { name: `\`${name}\``, detail: resolution.problem.detail });
  }
}

function hinted(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** The expression widened to a type. A constant just changes its type. */
export function widened(expr: Expr, type: Type | undefined): Expr {
  if (!type || sameType(expr.type, type) || expr.type.kind === "error") return expr;
  if (expr.kind === "literal") return { ...expr, type, value: literalAs(expr.value, type) };
  return { kind: "call", fn: "widen", overload: 0, args: [expr], type, nullable: expr.nullable };
}

/** The number of digits that a double can distinguish. */
const DOUBLE_DIGITS = 15;

/** The operand of a widening that is injective, otherwise the expression itself. */
export function exactlyWidened(expr: Expr): Expr {
  if (expr.kind !== "call" || expr.fn !== "widen") return expr;
  const [inner] = expr.args;
  if (!inner) return expr;
  const digits = digitsOf(inner.type)?.precision ?? 0;
  return expr.type.kind === "double" && digits > DOUBLE_DIGITS ? expr : exactlyWidened(inner);
}

/** The digits of a constant with the decimal places of the type. */
function literalAs(value: string | boolean | null, type: Type): string | boolean | null {
  if (typeof value !== "string" || type.kind !== "decimal" || type.scale === 0) return value;
  const [whole = "0", fraction = ""] = value.split(".");
  return `${whole}.${fraction.padEnd(type.scale, "0")}`;
}

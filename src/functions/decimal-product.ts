/**
 * Products of decimals with an explicit rounding. The exact product is computed as an integer of smallest units and
 * rounded once, half away from zero. It may have up to 38 digits, whatever its type would need, and fails beyond, like
 * a sum. So products of wide money types are exact as long as the values themselves fit.
 */
import { MAX_PRECISION, type Type, typeText } from "../types.ts";
import { duckdbUnscaled } from "./decimal-division.ts";
import { type Digits, decimalOrProblem, digitsOf, ulp, whole } from "./decimals.ts";
import { type ArgumentInfo, invalid, type RenderCall, type ResultProblem } from "./entry.ts";

/** As many digits before the decimal point as the product and a carry need, up to 38 in total. */
export function roundedProductType(args: readonly ArgumentInfo[]): Type | ResultProblem {
  const { a, b, exact, scale } = operands(args);
  const what = args
    .slice(0, 2)
    .map((arg) => typeText(arg.type))
    .join(" * ");
  if (scale < 0 || scale > exact) {
    return invalid(
      `the scale ${scale} exceeds that of the exact product: ${what} has ${exact} digits after the decimal point`,
    );
  }
  if (exact - scale > MAX_PRECISION) {
    return decimalOrProblem({ precision: exact - scale, scale: 0 }, `the truncated part of ${what}`);
  }
  return { kind: "decimal", precision: Math.min(MAX_PRECISION, whole(a) + whole(b) + 1 + scale), scale };
}

/** Truncates to one digit more than required, and rounds that. */
export function duckdbRoundedProduct({ args }: RenderCall): string {
  const { a, b, exact, scale } = operands(args);
  const units = [a, b].map((digits, index) => duckdbUnscaled(index, digits, "HUGEINT")).join(" * ");
  const product = `CAST(${units} AS DECIMAL(38, 0))`;
  const cut = exact - scale - 1;
  if (cut <= 0) return `CAST(${product} * ${ulp(exact)} AS {type})`;
  return `CAST(CAST(CAST(${product} AS HUGEINT) // ${10n ** BigInt(cut)} AS DECIMAL(38, 0)) * ${ulp(scale + 1)} AS {type})`;
}

/** Integers multiply exactly; a text with an exponent shifts the decimal point and is rounded once, by the cast. */
export function sparkRoundedProduct({ args }: RenderCall): string {
  const { a, b, exact } = operands(args);
  const product = `(${sparkUnits(0, a)} * ${sparkUnits(1, b)})`;
  return exact === 0
    ? `${product}.cast({type})`
    : `F.concat(${product}.cast("string"), F.lit("E-${exact}")).cast({type})`;
}

/** A decimal as an integer of its smallest units. */
function sparkUnits(index: number, { precision, scale }: Digits): string {
  if (scale === 0) return `{${index}}`;
  const type = `"decimal(${precision},0)"`;
  // Spark's own product is exact if its type has at most 38 digits.
  if (precision + scale + 2 <= MAX_PRECISION) return `({${index}} * Decimal("${10n ** BigInt(scale)}")).cast(${type})`;
  return `F.concat({${index}}.cast("string"), F.lit("E${scale}")).cast(${type})`;
}

function operands(args: readonly ArgumentInfo[]) {
  const [a, b] = args.map((arg) => digitsOf(arg.type));
  if (a === undefined || b === undefined) throw new Error("multiply takes two exact numbers");
  return { a, b, exact: a.scale + b.scale, scale: Number(args[2]?.literal ?? 0) };
}

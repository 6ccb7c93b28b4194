/**
 * Exact division of decimals, rounded half up at the scale of the result type. No engine provides it: DuckDB divides as
 * doubles; Spark rounds twice, and if it runs out of digits, the first rounding can turn a quotient into a tie.
 *
 * Both forms compute the quotient truncated to one digit more than required and then round it. DuckDB divides integers;
 * Spark subtracts the remainder first, so that the division is exact.
 */
import { MAX_PRECISION, type Type, typeText } from "../types.ts";
import { type Digits, decimalOrProblem, digitsOf, divideDigits, ulp, whole } from "./decimals.ts";
import { type ArgumentInfo, at, type RenderCall, type ResultProblem, type Template } from "./entry.ts";

/** Every integer of this many digits fits DuckDB's BIGINT. */
const BIGINT_DIGITS = 18;

/** The type of a quotient, or the problem that it cannot be computed exactly in 38 digits. */
export function quotientType(args: readonly ArgumentInfo[]): Type | ResultProblem {
  const [a, b] = operands(args);
  const quotient = divideDigits(a, b);
  const precision = fitsSpark(a, b) ? quotient.precision : Math.max(...wideDigits(a, b));
  const what = args.map((arg) => typeText(arg.type)).join(" / ");
  const result = decimalOrProblem({ precision, scale: quotient.scale }, what);
  return "problem" in result ? result : { kind: "decimal", ...quotient };
}

/** Renders a division for DuckDB: null if the divisor is zero. */
export function duckdbDivide({ args }: RenderCall): string {
  const [a, b] = operands(args);
  const { precision, scale } = divideDigits(a, b);
  const integer = precision < BIGINT_DIGITS && b.precision <= BIGINT_DIGITS ? "BIGINT" : "HUGEINT";
  const factor = 10n ** BigInt(scale + 1 + b.scale - a.scale);
  const dividend = `${duckdbUnscaled(0, a, integer)} * ${factor}`;
  const cut = `CAST((${dividend}) // ${duckdbUnscaled(1, b, integer)} AS DECIMAL(38, 0))`;
  return `CAST(${cut} * ${ulp(scale + 1)} AS {type})`;
}

/** Renders a decimal argument for DuckDB as an integer of its smallest units. */
export function duckdbUnscaled(index: number, { precision, scale }: Digits, integer: string): string {
  if (scale === 0) return `CAST({~${index}} AS ${integer})`;
  const factor = 10n ** BigInt(scale);
  if (precision + scale <= BIGINT_DIGITS) return `CAST({${index}} * ${factor} AS ${integer})`;
  if (precision + scale <= MAX_PRECISION)
    return `CAST(CAST({${index}} AS DECIMAL(38, ${scale})) * ${factor} AS ${integer})`;
  return `CAST(replace(CAST({${index}} AS VARCHAR), '.', '') AS ${integer})`;
}

/** Renders a division for Spark. If the divisor is zero, the result is null with `safe`; otherwise the query fails. */
export function sparkDivide({ args }: RenderCall, safe: boolean): Template {
  const [a, b] = operands(args);
  const { scale } = divideDigits(a, b);
  if (fitsSpark(a, b)) {
    const dividend = a.scale === scale ? "{0}" : `{0}.cast("decimal(${whole(a) + scale},${scale})")`;
    const quotient = safe ? `F.try_divide(${dividend}, {1})` : `(${dividend} / {~1:operand})`;
    return `${quotient}.cast({type})`;
  }
  const exact = `(({0} - {0} % ({1} * Decimal("${ulp(scale + 1)}"))) / {1}).cast({type})`;
  return safe ? `F.when({1} != 0, ${exact})` : exact;
}

/** Whether Spark can divide with enough digits that its own rounding does not matter. */
function fitsSpark(a: Digits, b: Digits): boolean {
  return divideDigits(a, b).precision + b.precision + 1 <= MAX_PRECISION;
}

/**
 * The digits of each step of Spark's exact form: the unit of the remainder, the difference, the quotient with two guard
 * digits.
 */
function wideDigits(a: Digits, b: Digits): readonly number[] {
  const { precision, scale } = divideDigits(a, b);
  return [b.precision + scale + 2, whole(a) + 1 + Math.max(a.scale, b.scale + scale + 1), precision + 2];
}

function operands(args: readonly ArgumentInfo[]): readonly [Digits, Digits] {
  const [a, b] = args.map((arg) => digitsOf(arg.type));
  if (a === undefined || b === undefined) throw new Error("a decimal division takes two exact numbers");
  return [a, b];
}

/**
 * Fails if the divisor is zero and the dividend is not null, as on Spark; DuckDB by itself returns null or infinity.
 */
export function duckdbGuarded(text: string, divisor: ArgumentInfo | undefined, message = "division by zero"): Template {
  const constant = typeof divisor?.literal === "string" && !isZero(divisor.literal);
  if (constant) return text.startsWith("CAST") ? text : at("product", text);
  return `CASE WHEN {~1} = 0 AND {~0} IS NOT NULL THEN error('${message}') ELSE ${text} END`;
}

function isZero(digits: string): boolean {
  return /^[-+0.]*$/.test(digits);
}

/** Numeric functions. */
import { BOOL, DOUBLE, INT, LONG, type Type, typeText } from "../../types.ts";
import { duckdbDivide, quotientType, sparkDivide } from "../decimal-division.ts";
import { duckdbRoundedProduct, roundedProductType, sparkRoundedProduct } from "../decimal-product.ts";
import { decimalOrProblem, digitsOf } from "../decimals.ts";
import { type ArgumentInfo, at, type FunctionEntry, invalid, type Overload, type ResultProblem } from "../entry.ts";
import { sparkLong } from "../spark-long.ts";
import { asWideAsAny } from "../text-width.ts";
import { negatedType, negatesExactly } from "./arithmetic.ts";

function roundType(args: readonly ArgumentInfo[]): Type | ResultProblem {
  const [x, n] = args;
  const digits = x && digitsOf(x.type);
  if (x === undefined || digits === undefined) throw new Error("round takes a decimal");
  const scale = Number(n?.literal ?? 0);
  if (scale < 0 || scale > digits.scale) {
    return invalid(
      `cannot round ${typeText(x.type)} to ${scale} digits after the decimal point: it has ${digits.scale}`,
    );
  }
  return decimalOrProblem(
    { precision: digits.precision - digits.scale + 1 + scale, scale },
    `round(${typeText(x.type)}, ${scale})`,
  );
}

const toLong = (decimal: Overload["render"], double: Overload["render"]): readonly Overload[] => [
  { params: ["decimal"], result: LONG, nulls: "strict", render: decimal },
  { params: ["double"], result: LONG, nulls: "strict", render: double },
];

const ofDoubles = (
  usage: string,
  doc: string,
  overload: Pick<Overload, "params" | "nulls" | "render">,
  examples: readonly string[],
): FunctionEntry => ({
  name: usage.slice(0, usage.indexOf("(")),
  kind: "scalar",
  group: "Numbers",
  usage,
  doc,
  overloads: [{ ...overload, result: DOUBLE }],
  examples,
});

const extreme = (name: string, doc: string, examples: readonly string[]): FunctionEntry => ({
  name,
  kind: "scalar",
  group: "Numbers",
  usage: `${name}(a, b, …)`,
  doc,
  associative: true,
  width: asWideAsAny(),
  overloads: [
    {
      params: ["comparable", "comparable"],
      variadic: true,
      result: "T",
      nulls: "all",
      render: { duckdb: `${name}({=args})`, spark: `F.${name}({=args})` },
    },
    {
      params: ["bool", "bool"],
      variadic: true,
      result: BOOL,
      nulls: "all",
      render: { duckdb: `${name}({args})`, spark: `F.${name}({args})` },
    },
  ],
  examples,
});

/** `trunc` also has overloads for dates. */
export const truncNumber: readonly Overload[] = toLong(
  { duckdb: "CAST(trunc({0}) AS BIGINT)", spark: '{0}.cast("bigint")' },
  { duckdb: "CAST(trunc({0}) AS BIGINT)", spark: sparkLong('{0}.cast("bigint")') },
);

export const numbers: readonly FunctionEntry[] = [
  {
    name: "abs",
    kind: "scalar",
    group: "Numbers",
    usage: "abs(x)",
    doc: "The absolute value. Fails for the smallest int and long.",
    overloads: [
      ...(["int", "long"] as const).map(
        (kind): Overload => ({
          params: [kind],
          result: { kind },
          nulls: "strict",
          render: { duckdb: "abs({0})", spark: "F.abs({0})" },
        }),
      ),
      {
        params: ["decimal"],
        result: negatedType,
        nulls: "strict",
        render: {
          duckdb: "abs({0})",
          spark: ({ result }) =>
            negatesExactly(result)
              ? "F.abs({0})"
              : "F.when({0} < 0, F.lit(0).cast({type}) - {0}).otherwise({0}).cast({type})",
        },
      },
      { params: ["double"], result: DOUBLE, nulls: "strict", render: { duckdb: "abs({0})", spark: "F.abs({0})" } },
    ],
    examples: ["abs(-2.5) == 2.5"],
  },
  {
    name: "sign",
    kind: "scalar",
    group: "Numbers",
    usage: "sign(x)",
    doc: "-1, 0 or 1 if the number is negative, zero or positive.",
    overloads: [
      {
        params: ["number"],
        result: INT,
        nulls: "strict",
        render: { duckdb: "CAST(sign({0}) AS INTEGER)", spark: 'F.sign({0}).cast("int")' },
      },
    ],
    examples: ["sign(-0.01) == -1"],
  },
  {
    name: "round",
    kind: "scalar",
    group: "Numbers",
    usage: "round(x) · round(x, digits)",
    doc:
      "The number rounded half away from zero: a decimal to a number of decimal places (default 0); a double to an " +
      "integer.",
    overloads: [
      {
        params: ["decimal"],
        result: roundType,
        nulls: "strict",
        render: { duckdb: "CAST(round({0}, 0) AS {type})", spark: "F.round({0})" },
      },
      {
        params: ["double"],
        result: DOUBLE,
        nulls: "strict",
        render: { duckdb: "round({0})", spark: "F.round({0})" },
      },
      {
        params: ["decimal", { literal: "int" }],
        result: roundType,
        nulls: "strict",
        render: { duckdb: "CAST(round({0}, {1}) AS {type})", spark: "F.round({0}, {1:constant})" },
      },
    ],
    examples: ["round(2.5) == 3", "round(-1.005, 2) == -1.01"],
  },
  {
    name: "ceil",
    kind: "scalar",
    group: "Numbers",
    usage: "ceil(x)",
    doc: "The smallest integer greater than or equal to the number, as a long.",
    overloads: toLong(
      { duckdb: "CAST(ceil({0}) AS BIGINT)", spark: 'F.ceil({0}).cast("bigint")' },
      {
        duckdb: "CAST(ceil({0}) AS BIGINT)",
        spark: sparkLong('{0}.cast("bigint") + ({0} > {0}.cast("bigint")).cast("int")'),
      },
    ),
    examples: ["ceil(1.01) == 2", "ceil(-1.5) == -1"],
  },
  {
    name: "floor",
    kind: "scalar",
    group: "Numbers",
    usage: "floor(x)",
    doc: "The largest integer less than or equal to the number, as a long.",
    overloads: toLong(
      { duckdb: "CAST(floor({0}) AS BIGINT)", spark: 'F.floor({0}).cast("bigint")' },
      {
        duckdb: "CAST(floor({0}) AS BIGINT)",
        spark: sparkLong('{0}.cast("bigint") - ({0} < {0}.cast("bigint")).cast("int")'),
      },
    ),
    examples: ["floor(1.99) == 1", "floor(-1.5) == -2"],
  },
  ofDoubles(
    "sqrt(x)",
    "The square root; null for a negative number.",
    {
      params: ["double"],
      nulls: "always",
      render: { duckdb: "CASE WHEN {0} >= 0 THEN sqrt({0}) END", spark: "F.when({0} >= 0, F.sqrt({0}))" },
    },
    ["sqrt(9) == 3", "sqrt(-1) is null"],
  ),
  ofDoubles(
    "power(x, exponent)",
    "The power, as a double.",
    {
      params: ["double", "double"],
      nulls: "strict",
      render: { duckdb: "power({0}, {1})", spark: "F.pow({0}, {1})" },
    },
    ["power(2, 10) == 1024"],
  ),
  ofDoubles(
    "ln(x)",
    "The natural logarithm; null for zero and negative numbers.",
    {
      params: ["double"],
      nulls: "always",
      render: { duckdb: "CASE WHEN {0} > 0 THEN ln({0}) END", spark: "F.ln({0})" },
    },
    ["ln(1) == 0", "ln(0) is null"],
  ),
  ofDoubles(
    "exp(x)",
    "Euler's number raised to the given power.",
    { params: ["double"], nulls: "strict", render: { duckdb: "exp({0})", spark: "F.exp({0})" } },
    ["exp(0) == 1"],
  ),
  extreme("greatest", "The largest of the values that are not null; null if all are null.", ["greatest(1, 3, 2) == 3"]),
  extreme("least", "The smallest of the values that are not null; null if all are null.", ["least(2, null) == 2"]),
  {
    name: "multiply",
    kind: "scalar",
    group: "Numbers",
    usage: "multiply(a, b, digits)",
    doc:
      "The exact product of two decimals, rounded half away from zero to a number of decimal places: for products " +
      "whose type would need more than 38 digits. Fails if the product itself has more.",
    overloads: [
      {
        params: ["decimal", "decimal", { literal: "int" }],
        result: roundedProductType,
        nulls: "strict",
        render: { duckdb: duckdbRoundedProduct, spark: sparkRoundedProduct },
      },
    ],
    examples: ["multiply(1.005, 1.00, 2) == 1.01", "multiply(-0.5, 0.5, 1) == -0.3"],
  },
  {
    name: "safe_div",
    kind: "scalar",
    group: "Numbers",
    usage: "safe_div(a, b)",
    doc: "Like `a / b`, but null if the divisor is zero.",
    overloads: [
      {
        params: ["long", "long"],
        result: DOUBLE,
        nulls: "always",
        render: { duckdb: at("product", "{~0} / nullif({~1}, 0)"), spark: "F.try_divide({~0}, {~1})" },
      },
      {
        params: ["decimal", "decimal"],
        result: quotientType,
        nulls: "always",
        render: { duckdb: duckdbDivide, spark: (call) => sparkDivide(call, true) },
      },
      {
        params: ["double", "double"],
        result: DOUBLE,
        nulls: "always",
        render: { duckdb: at("product", "{~0} / nullif({~1}, 0)"), spark: "F.try_divide({~0}, {~1})" },
      },
    ],
    examples: ["safe_div(1, 4) == 0.25", "safe_div(1, 0) is null"],
  },
  {
    name: "pmod",
    kind: "scalar",
    group: "Numbers",
    usage: "pmod(x, n)",
    doc: "The non-negative remainder; n is an integer constant greater than zero.",
    overloads: (["int", "long"] as const).map((kind) => ({
      params: [kind, { literal: "int" }],
      result: { kind },
      check: ([, n]) =>
        /^0*$|^-/.test(String(n?.literal)) ? invalid("the divisor of pmod must be positive") : undefined,
      nulls: "strict",
      render: {
        duckdb: "CASE WHEN {0} % {1} < 0 THEN {0} % {1} + {1} ELSE {0} % {1} END",
        spark: "F.pmod({0}, {1})",
      },
    })),
    examples: ["pmod(-7, 3) == 2"],
  },
];

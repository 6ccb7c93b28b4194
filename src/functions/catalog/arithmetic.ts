/** `+ - * / % div` and negation. */
import { DOUBLE, LONG, MAX_PRECISION, type Type, typeText } from "../../types.ts";
import { duckdbDivide, duckdbGuarded, quotientType, sparkDivide } from "../decimal-division.ts";
import { addDigits, type Digits, decimalOrProblem, digitsOf, multiplyDigits, remainderDigits } from "../decimals.ts";
import {
  type ArgumentInfo,
  at,
  type FunctionEntry,
  type Level,
  type Overload,
  type RenderCall,
  type ResultProblem,
  type Template,
} from "../entry.ts";

type Algebra = (a: Digits, b: Digits) => Digits;

/** The result type of a decimal operator, or the problem that it needs too many digits. */
const decimalResult =
  (operator: string, algebra: Algebra) =>
  (args: readonly ArgumentInfo[]): Type | ResultProblem => {
    const [a, b] = args.map((arg) => exactDigits(arg.type));
    if (a === undefined || b === undefined) throw new Error(`${operator} takes two decimals`);
    return decimalOrProblem(algebra(a, b), args.map((arg) => typeText(arg.type)).join(` ${operator} `));
  };

function exactDigits(type: Type): Digits {
  const digits = digitsOf(type);
  if (digits === undefined) throw new Error(`${typeText(type)} is not an exact number`);
  return digits;
}

const same = (kind: "int" | "long" | "double", render: Overload["render"]): Overload => ({
  params: [kind, kind],
  result: { kind },
  nulls: "strict",
  render,
});

/** If both operands have at most this many digits, so has DuckDB's result, and an overflow fails the query. */
const DUCKDB_NARROW = 18;

/**
 * The types of DuckDB's own sums are correct except for those of narrow operands whose result is not narrow; those of
 * its products are never correct. Constants have types of their own in DuckDB. So operands are widened if necessary,
 * and the result is cast.
 */
function duckdbDecimal(operator: "+" | "-" | "*", level: Level) {
  return ({ args, result }: RenderCall): Template => {
    const digits = args.map((arg) => exactDigits(arg.type));
    const narrow = exactDigits(result).precision <= DUCKDB_NARROW;
    const itself = narrow || digits.some(({ precision }) => precision > DUCKDB_NARROW);
    const constants = args.some((arg) => arg.literal !== undefined);
    if (operator !== "*" && itself && !constants) return at(level, `{0} ${operator} {1}`);
    if (narrow) return `CAST({^0} ${operator} {^1} AS {type})`;
    if (operator !== "*") return `CAST(CAST({~0} AS {type}) ${operator} {^1} AS {type})`;
    const widened = digits.map(({ scale }, index) => `CAST({~${index}} AS DECIMAL(38, ${scale}))`);
    return `CAST(${widened.join(" * ")} AS {type})`;
  };
}

function arithmeticOperator(operator: "+" | "-" | "*", algebra: Algebra): readonly Overload[] {
  const level = operator === "*" ? "product" : "sum";
  const plain = {
    duckdb: at(level, `{^0} ${operator} {^1}`),
    spark: at(level, `{^0:operand} ${operator} {^1:operand}`),
  };
  return [
    same("int", plain),
    same("long", plain),
    {
      params: ["decimal", "decimal"],
      result: decimalResult(operator, algebra),
      nulls: "strict",
      render: { duckdb: duckdbDecimal(operator, level), spark: plain.spark },
    },
    same("double", plain),
  ];
}

/**
 * Spark rounds a negated decimal to 34 digits, and a difference needs one more digit, which a type of 38 does not have.
 */
export function negatedType([x]: readonly ArgumentInfo[]): Type | ResultProblem {
  if (x?.type.kind !== "decimal") throw new Error("neg takes a decimal");
  const { precision, scale } = x.type;
  if (precision < MAX_PRECISION) return x.type;
  return decimalOrProblem({ precision: precision + 1, scale }, `the negation of ${typeText(x.type)}`);
}

export function negatesExactly(type: Type): boolean {
  return type.kind !== "decimal" || type.precision <= 34;
}

/** DuckDB fails for the remainder of the smallest integer and -1, which is 0. */
function duckdbRemainder({ args }: RenderCall): Template {
  const [, divisor] = args;
  if (typeof divisor?.literal === "string" && divisor.literal !== "-1") {
    return duckdbGuarded("{~0} % {~1}", divisor, "modulo by zero");
  }
  return "CASE WHEN {~1} = 0 AND {~0} IS NOT NULL THEN error('modulo by zero') WHEN {~1} = -1 THEN {0} * 0 ELSE {0} % {~1} END";
}

export const arithmetic: readonly FunctionEntry[] = [
  {
    name: "+",
    kind: "operator",
    group: "Arithmetic",
    usage: "a + b",
    doc: "The sum. Fails on overflow; a decimal sum has one more digit than its operands.",
    overloads: arithmeticOperator("+", addDigits),
    examples: ["1 + 2 == 3", "0.10 + 0.2 == 0.30"],
  },
  {
    name: "-",
    kind: "operator",
    group: "Arithmetic",
    usage: "a - b",
    doc: "The difference. Fails on overflow.",
    overloads: arithmeticOperator("-", addDigits),
    examples: ["1 - 3 == -2", "1.00 - 0.01 == 0.99"],
  },
  {
    name: "*",
    kind: "operator",
    group: "Arithmetic",
    usage: "a * b",
    doc: "The product. Fails on overflow; a decimal product keeps every digit.",
    overloads: arithmeticOperator("*", multiplyDigits),
    examples: ["3 * 4 == 12", "0.5 * 0.5 == 0.25"],
  },
  {
    name: "/",
    kind: "operator",
    group: "Arithmetic",
    usage: "a / b",
    doc:
      "The quotient, never truncated to an integer: int and long give a double, decimals an exact decimal rounded half up " +
      "at six digits after the decimal point or at the longer scale of the two. Fails if the divisor is zero; `safe_div` " +
      "gives null.",
    overloads: [
      {
        params: ["long", "long"],
        result: DOUBLE,
        nulls: "strict",
        render: {
          duckdb: ({ args }) => duckdbGuarded("{~0} / {~1}", args[1]),
          spark: at("product", "{~0:operand} / {~1:operand}"),
        },
      },
      {
        params: ["decimal", "decimal"],
        result: quotientType,
        nulls: "strict",
        render: {
          duckdb: (call) => duckdbGuarded(duckdbDivide(call), call.args[1]),
          spark: (call) => sparkDivide(call, false),
        },
      },
      {
        params: ["double", "double"],
        result: DOUBLE,
        nulls: "strict",
        render: {
          duckdb: ({ args }) => duckdbGuarded("{~0} / {~1}", args[1]),
          spark: at("product", "{~0:operand} / {~1:operand}"),
        },
      },
    ],
    examples: ["7 / 2 == 3.5", "1.00 / 3 == 0.333333"],
  },
  {
    name: "%",
    kind: "operator",
    group: "Arithmetic",
    usage: "a % b",
    doc: "The remainder of `a div b`: it has the sign of `a`. Fails if the divisor is zero.",
    overloads: [
      ...(["int", "long"] as const).map((kind) =>
        same(kind, {
          duckdb: duckdbRemainder,
          spark: at("product", "{^0:operand} % {^1:operand}"),
        }),
      ),
      {
        params: ["decimal", "decimal"],
        result: decimalResult("%", remainderDigits),
        nulls: "strict",
        render: {
          duckdb: ({ args }) => duckdbGuarded("CAST({0} % {1} AS {type})", args[1], "modulo by zero"),
          spark: at("product", "{^0:operand} % {^1:operand}"),
        },
      },
    ],
    examples: ["7 % 2 == 1", "-7 % 2 == -1"],
  },
  {
    name: "div",
    kind: "operator",
    group: "Arithmetic",
    usage: "a div b",
    doc: "The integer quotient, truncated toward zero, as a long. Fails if the divisor is zero.",
    overloads: [
      {
        params: ["long", "long"],
        result: LONG,
        nulls: "strict",
        render: {
          duckdb: ({ args }) => duckdbGuarded("{0} // {1}", args[1]),
          spark: 'F.call_function("div", {~0}, {~1})',
        },
      },
    ],
    examples: ["7 div 2 == 3", "-7 div 2 == -3"],
  },
  {
    name: "neg",
    kind: "operator",
    group: "Arithmetic",
    usage: "-a",
    doc: "The negated number. Fails for the smallest int and long, whose negation overflows.",
    overloads: [
      ...(["int", "long"] as const).map(
        (kind): Overload => ({
          params: [kind],
          result: { kind },
          nulls: "strict",
          render: { duckdb: at("sign", "-{0}"), spark: at("sign", "-{0}") },
        }),
      ),
      {
        params: ["decimal"],
        result: negatedType,
        nulls: "strict",
        render: {
          // DuckDB loses the type of a decimal that it evaluates to null at compile time.
          duckdb: ({ args, isFolded }) =>
            args[0]?.nullable && isFolded(0) ? "CAST(-{0} AS {type})" : at("sign", "-{0}"),
          spark: ({ result }) =>
            negatesExactly(result) ? at("sign", "-{0}") : "(F.lit(0).cast({type}) - {0}).cast({type})",
        },
      },
      {
        params: ["double"],
        result: DOUBLE,
        nulls: "strict",
        render: { duckdb: at("sign", "-{0}"), spark: at("sign", "-{0}") },
      },
    ],
    examples: ["-(1 + 2) == -3"],
  },
];

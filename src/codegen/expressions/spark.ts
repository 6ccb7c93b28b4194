/** Typed expressions as PySpark code. It uses the names `F` (functions), `T` (types) and `Decimal`. */

import { digitsOfText } from "../../functions/decimals.ts";
import type { ColumnExpr, Expr, LiteralExpr } from "../../semantics/typed.ts";
import type { Type } from "../../types.ts";
import { numberText, shortestText } from "./numbers.ts";
import { type ConstantPlace, type Dialect, type Exactness, type Printed, printExpression } from "./print.ts";

export interface SparkOptions {
  /** Overrides the code of a column, `F.col("alias.name")`. */
  readonly column?: (ref: ColumnExpr) => string;
}

/** The expression as PySpark code: always a Column, whose type is exactly `sparkType` of the expression's type. */
export function sparkExpression(expr: Expr, options: SparkOptions = {}): string {
  return printExpression(expr, dialect(options));
}

/** The PySpark type object: `T.DecimalType(10, 2)`. */
export function sparkType(type: Type): string {
  switch (type.kind) {
    case "string":
    case "enum":
      return "T.StringType()";
    case "bool":
      return "T.BooleanType()";
    case "int":
      return "T.IntegerType()";
    case "long":
      return "T.LongType()";
    case "double":
      return "T.DoubleType()";
    case "decimal":
      return `T.DecimalType(${type.precision}, ${type.scale})`;
    case "date":
      return "T.DateType()";
    case "timestamp":
      return "T.TimestampType()";
    case "binary":
      return "T.BinaryType()";
    case "null":
    case "error":
      throw new Error(`no column has the type ${type.kind}`);
    default:
      return type satisfies never;
  }
}

/** The type in Spark DDL: `decimal(10,2)`, `bigint`. */
export function sparkTypeName(type: Type): string {
  switch (type.kind) {
    case "enum":
      return "string";
    case "bool":
      return "boolean";
    case "long":
      return "bigint";
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "null":
    case "error":
      throw new Error(`no column has the type ${type.kind}`);
    default:
      return type.kind;
  }
}

/** A Python string literal in double quotes: raw if that saves backslashes; invisible characters are escaped. */
export function pythonString(text: string): string {
  const hidden = HIDDEN.test(text);
  if (text.includes("\\") && !hidden && !text.includes('"') && !text.endsWith("\\")) return `r"${text}"`;
  const escaped = text.replace(/["\\]/g, (character) => `\\${character}`);
  return `"${hidden ? escaped.replace(new RegExp(HIDDEN, "gu"), escapeSequence) : escaped}"`;
}

/** Control and formatting characters, and Unicode line breaks. */
const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

function escapeSequence(character: string): string {
  const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
  if (named) return named;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

/** A part of a column path, in backticks unless it is a plain identifier, because a dot would separate parts. */
function columnPart(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}

/** `o.price`, for PySpark functions that take a column name. */
export function sparkColumnName({ qualifier, name }: ColumnExpr): string {
  return qualifier === undefined ? columnPart(name) : `${columnPart(qualifier)}.${columnPart(name)}`;
}

function dialect({ column }: SparkOptions): Dialect {
  return {
    engine: "spark",
    levels: ["comparison", "or", "and", "sum", "product", "sign", "operand"],
    typeText: (type) => pythonString(sparkTypeName(type)),
    quoted: pythonString,
    column: column ?? ((ref) => `F.col(${pythonString(sparkColumnName(ref))})`),
    literal,
    isExact: (constant) => constant.value !== null && hasItsType(constant),
    bare,
    match: (branches, otherwise) => {
      const whens = branches.map((branch) => `when(${branch.condition}, ${branch.value})`).join(".");
      const last = otherwise === undefined ? "" : `.otherwise(${otherwise})`;
      return { text: `F.${whens}${last}`, level: "operand" };
    },
    bind: (bindings, body) => {
      const fields = bindings.map(({ name, text }) => `${text}.alias("${name}")`).join(", ");
      return `F.transform(F.array(F.struct(${fields})), lambda v: ${body})[0]`;
    },
    bound: (name) => `v["${name}"]`,
    filtered: {
      argument: (where, argument) => `F.when(${where}, ${argument})`,
      filter: () => "",
      rows: (where) => (where === undefined ? '"*"' : `F.when(${where}, 1)`),
    },
  };
}

function literal(constant: LiteralExpr, exactness: Exactness): Printed {
  return { text: literalText(constant, exactness), level: "operand" };
}

function literalText(constant: LiteralExpr, exactness: Exactness): string {
  const { type, value } = constant;
  if (value === null) return exactness === "exact" && type.kind !== "null" ? cast("F.lit(None)", type) : "F.lit(None)";
  if (type.kind === "date") return cast(`F.lit(${pythonString(String(value))})`, type);
  if (type.kind === "timestamp") return cast(`F.lit(${pythonString(String(value))})`, type);
  const text = `F.lit(${pythonValue(constant)})`;
  const exact = exactness === "exact" || (exactness === "engine" && type.kind === "decimal");
  return exact && !hasItsType(constant) ? cast(text, type) : text;
}

const cast = (text: string, type: Type): string => `${text}.cast(${pythonString(sparkTypeName(type))})`;

/** Whether Spark gives the Python value exactly this type. */
function hasItsType({ type, value }: LiteralExpr): boolean {
  switch (type.kind) {
    case "long":
      return BigInt(String(value)) > 2147483647n || BigInt(String(value)) < -2147483648n;
    case "decimal": {
      const digits = digitsOfText(numberText({ kind: "literal", type, nullable: false, value }));
      return digits.precision === type.precision && digits.scale === type.scale;
    }
    default:
      return true;
  }
}

function pythonValue(constant: LiteralExpr): string {
  const { type, value } = constant;
  switch (type.kind) {
    case "bool":
      return value === true ? "True" : "False";
    case "int":
    case "long":
      return String(value);
    case "double":
      return numberText(constant);
    case "decimal":
      return `Decimal(${pythonString(numberText(constant))})`;
    default:
      return pythonString(String(value));
  }
}

/** A constant as a plain Python value; dates and null have none of the correct type. */
function bare(constant: LiteralExpr, place: ConstantPlace, exactness: Exactness): string | undefined {
  const { type, value } = constant;
  if (value === null || type.kind === "date" || type.kind === "timestamp") return undefined;
  const valueOnly = place === "value" || (place === "constant" && exactness === "engine");
  if (type.kind === "decimal" && valueOnly) return comparedText(constant);
  if (type.kind === "decimal" && place === "operand") {
    if (!hasItsType(constant)) return undefined;
    return type.scale === 0 && type.precision < 19 ? String(value) : pythonValue(constant);
  }
  if (exactness === "exact" && !hasItsType(constant)) return undefined;
  return pythonValue(constant);
}

/** A decimal of which only the value matters: an integer if possible. */
function comparedText(constant: LiteralExpr): string {
  const text = shortestText(constant);
  return text.includes(".") || text.length > 18 ? `Decimal(${pythonString(text)})` : text;
}

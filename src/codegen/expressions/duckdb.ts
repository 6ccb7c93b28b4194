/** Typed expressions as DuckDB SQL. */
import type { ColumnExpr, Expr, LiteralExpr } from "../../semantics/typed.ts";
import type { Type } from "../../types.ts";
import { numberText } from "./numbers.ts";
import { type Dialect, type Exactness, type Printed, printExpression } from "./print.ts";

export interface DuckdbOptions {
  /** Overrides the text of a column, `"alias"."name"`. */
  readonly column?: (ref: ColumnExpr) => string;
}

/** The expression as SQL; its type is exactly `duckdbType` of the expression's type. */
export function duckdbExpression(expr: Expr, options: DuckdbOptions = {}): string {
  return printExpression(expr, dialect(options));
}

/** The DuckDB type. Timestamps are UTC without a time zone, enums are text. */
export function duckdbType(type: Type): string {
  switch (type.kind) {
    case "string":
    case "enum":
      return "VARCHAR";
    case "bool":
      return "BOOLEAN";
    case "int":
      return "INTEGER";
    case "long":
      return "BIGINT";
    case "double":
      return "DOUBLE";
    case "decimal":
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case "date":
      return "DATE";
    case "timestamp":
      return "TIMESTAMP";
    case "binary":
      return "BLOB";
    case "null":
    case "error":
      throw new Error(`no column has the type ${type.kind}`);
    default:
      return type satisfies never;
  }
}

/** A quoted identifier, for any name. */
export function duckdbName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal. SQL has no escapes except the doubled quote. */
export function duckdbString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function dialect({ column }: DuckdbOptions): Dialect {
  return {
    engine: "duckdb",
    levels: ["or", "and", "not", "comparison", "concat", "sum", "product", "sign", "operand"],
    typeText: duckdbType,
    quoted: duckdbString,
    column: column ?? columnText,
    literal,
    isExact: (constant) => constant.value !== null && exactText(constant) !== undefined,
    bare: () => undefined,
    match: (branches, otherwise) => {
      const whens = branches.map((branch) => `WHEN ${branch.condition} THEN ${branch.value}`).join(" ");
      const last = otherwise === undefined ? "" : ` ELSE ${otherwise}`;
      return { text: `CASE ${whens}${last} END`, level: "operand" };
    },
    bind: (bindings, body) => {
      const fields = bindings.map(({ name, text }) => `${name}: ${text}`).join(", ");
      return `list_transform([{${fields}}], lambda v: ${body})[1]`;
    },
    bound: (name) => `v.${name}`,
    filtered: {
      argument: (_where, argument) => argument,
      filter: (where) => (where === undefined ? "" : ` FILTER (WHERE ${where})`),
      rows: () => "*",
    },
  };
}

function columnText({ qualifier, name }: ColumnExpr): string {
  return qualifier === undefined ? duckdbName(name) : `${duckdbName(qualifier)}.${duckdbName(name)}`;
}

function literal(constant: LiteralExpr, exactness: Exactness): Printed {
  const { type, value } = constant;
  if (value === null) return operand(exactness === "exact" && type.kind !== "null" ? castTo("NULL", type) : "NULL");
  const text = exactText(constant) ?? looseText(constant, exactness);
  if (text !== undefined) return { text, level: text.startsWith("-") ? "sign" : "operand" };
  const plain = numberText(constant);
  // DuckDB parses longer numbers as a decimal first, and converts that to an adjacent double; it parses text exactly.
  const digits = type.kind === "double" ? EXACT_DOUBLE_DIGITS : MAX_DECIMAL_DIGITS;
  return operand(castTo(significantDigits(plain) <= digits ? plain : duckdbString(plain), type));
}

const operand = (text: string): Printed => ({ text, level: "operand" });

const castTo = (text: string, type: Type): string => `CAST(${text} AS ${duckdbType(type)})`;

/** DuckDB parses the smallest long as a negated number that is out of range. */
const MIN_LONG = "-9223372036854775808";

/** Whether DuckDB parses the digits as INTEGER: any int except the smallest. */
function isInt(digits: string): boolean {
  const value = BigInt(digits);
  return value <= 2147483647n && value >= -2147483647n;
}

/** The literal, if DuckDB gives it exactly this type. */
function exactText(constant: LiteralExpr): string | undefined {
  const { type, value } = constant;
  switch (type.kind) {
    case "string":
    case "enum":
      return duckdbString(String(value));
    case "bool":
      return value === true ? "TRUE" : "FALSE";
    case "date":
      return `DATE '${value}'`;
    case "timestamp":
      return `TIMESTAMP '${String(value).replace("T", " ").replace("Z", "")}'`;
    case "int":
      return isInt(String(value)) ? String(value) : undefined;
    case "long":
      return isInt(String(value)) || value === MIN_LONG ? undefined : String(value);
    case "decimal": {
      const text = numberText(constant);
      const digits = literalDigits(text);
      return digits?.precision === type.precision && digits.scale === type.scale ? text : undefined;
    }
    default:
      return undefined;
  }
}

/** The literal, if it may have another type that DuckDB then converts without loss. */
function looseText(constant: LiteralExpr, exactness: Exactness): string | undefined {
  if (exactness === "exact") return undefined;
  const { type } = constant;
  if (type.kind === "int") return undefined;
  const text = numberText(constant);
  if (type.kind === "double") return significantDigits(text) <= EXACT_DOUBLE_DIGITS ? text : undefined;
  if (exactness === "engine" || type.kind !== "decimal") return fitsLiteral(text) ? text : undefined;
  const digits = literalDigits(text);
  if (digits === undefined) return undefined;
  return digits.scale <= type.scale && digits.precision - digits.scale <= type.precision - type.scale
    ? text
    : undefined;
}

/**
 * A decimal of up to this many digits converts to the same double as its text: number and power of ten are both exact.
 */
const EXACT_DOUBLE_DIGITS = 15;

function significantDigits(text: string): number {
  return text.replace(/[^0-9]/g, "").length;
}

/** DuckDB parses a number with a decimal point as a decimal up to this many digits, leading zeros included. */
const MAX_DECIMAL_DIGITS = 38;

function fitsLiteral(text: string): boolean {
  return significantDigits(text) <= MAX_DECIMAL_DIGITS;
}

/** Precision and scale of the type that DuckDB gives a number with a decimal point; undefined for integers. */
function literalDigits(text: string): { readonly precision: number; readonly scale: number } | undefined {
  const point = text.indexOf(".");
  if (point === -1 || !fitsLiteral(text)) return undefined;
  return { precision: significantDigits(text), scale: text.length - point - 1 };
}

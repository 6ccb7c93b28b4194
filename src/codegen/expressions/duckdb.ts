/** Typed expressions as DuckDB SQL. */
import type { ColumnExpr, Expr, LiteralExpr } from "../../semantics/typed.ts";
import type { Type } from "../../types.ts";
import { numberText } from "./numbers.ts";
import { type Dialect, type Exactness, type Printed, printExpression } from "./print.ts";

export interface DuckdbOptions {
  /** The text of a column, where it is not `"alias"."name"`. */
  readonly column?: (ref: ColumnExpr) => string;
}

/** The expression as SQL; its type on DuckDB is exactly `duckdbType` of its own. */
export function duckdbExpression(expr: Expr, options: DuckdbOptions = {}): string {
  return printExpression(expr, dialect(options));
}

/** A type's name in DuckDB. Instants are naive timestamps in UTC, enums are text. */
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

/** A name as an identifier, whatever it contains. */
export function duckdbName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Text as a literal. SQL has no escapes but the doubled quote, so every other character stands for itself. */
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
  // Of more digits DuckDB makes a decimal first, and a neighbour of the double then; a text it reads to the last one.
  const digits = type.kind === "double" ? EXACT_DOUBLE_DIGITS : MOST_DIGITS;
  return operand(castTo(significantDigits(plain) <= digits ? plain : duckdbString(plain), type));
}

const operand = (text: string): Printed => ({ text, level: "operand" });

const castTo = (text: string, type: Type): string => `CAST(${text} AS ${duckdbType(type)})`;

/** DuckDB reads the smallest long as the negative of a number that is too large for one. */
const MIN_LONG = "-9223372036854775808";

/** Whether DuckDB takes the digits for an INTEGER: again all but the smallest. */
function isInt(digits: string): boolean {
  const value = BigInt(digits);
  return value <= 2147483647n && value >= -2147483647n;
}

/** The constant's text, where DuckDB gives it the very type by itself. */
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

/** The constant's text where another type will do, which DuckDB then converts without loss. */
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

/** Up to so many digits a decimal becomes the same double as its text: number and power of ten are both exact. */
const EXACT_DOUBLE_DIGITS = 15;

function significantDigits(text: string): number {
  return text.replace(/[^0-9]/g, "").length;
}

/** DuckDB reads a number with a point as a decimal while it has up to so many digits, zeros in front included. */
const MOST_DIGITS = 38;

function fitsLiteral(text: string): boolean {
  return significantDigits(text) <= MOST_DIGITS;
}

/** The digits of the type that DuckDB gives a number's text; undefined for a whole number, which has none of its own. */
function literalDigits(text: string): { readonly precision: number; readonly scale: number } | undefined {
  const point = text.indexOf(".");
  if (point === -1 || !fitsLiteral(text)) return undefined;
  return { precision: significantDigits(text), scale: text.length - point - 1 };
}

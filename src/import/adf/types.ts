/** Maps types of Data Factory, its connectors and JSON schemas to Medal types that can represent all of their values. */
import { BOOL, DATE, DOUBLE, decimal, INT, LONG, MAX_PRECISION, STRING, TIMESTAMP, type Type } from "../../types.ts";

const TYPES: readonly (readonly [type: Type, names: readonly string[]])[] = [
  [
    INT,
    ["int", "int16", "int32", "integer", "smallint", "tinyint", "byte", "sbyte", "uint16", "int2", "int4", "serial"],
  ],
  [LONG, ["long", "int64", "bigint", "int8", "uint32", "bigserial"]],
  [DOUBLE, ["double", "float", "single", "real", "float4", "float8", "double precision"]],
  [BOOL, ["boolean", "bool", "bit"]],
  [DATE, ["date"]],
  [TIMESTAMP, ["datetime", "datetimeoffset", "timestamp", "timestamptz", "datetime2", "smalldatetime"]],
  [TIMESTAMP, ["timestamp without time zone", "timestamp with time zone"]],
];

const NAMES: ReadonlyMap<string, Type> = new Map(
  TYPES.flatMap(([type, names]) => names.map((name) => [name, type] as const)),
);

export interface TypeFacts {
  readonly precision?: number;
  readonly scale?: number;
}

/** The type for a name; string for texts and unknown types. */
export function typeOf(name: string, facts: TypeFacts = {}): Type {
  const [, base = "", first, second] = /^\s*([^(]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$/.exec(name) ?? [];
  const small = base.replace(/^System\./i, "").toLowerCase();
  if (small === "decimal" || small === "numeric" || small === "number" || small === "money") {
    return decimalType(facts.precision ?? numberOf(first), facts.scale ?? numberOf(second));
  }
  return NAMES.get(small) ?? STRING;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** Without a precision: at least the range of a .NET decimal. */
function decimalType(precision = MAX_PRECISION, scale = precision === MAX_PRECISION ? 18 : 0): Type {
  const fits = Number.isInteger(precision) && Number.isInteger(scale) && scale >= 0 && scale <= precision;
  return fits && precision >= 1 && precision <= MAX_PRECISION ? decimal(precision, scale) : decimal(MAX_PRECISION, 18);
}

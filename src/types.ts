/**
 * The types of Medal's values. A type does not include nullability, which is stored next to it (`Typed`). Used by the
 * function catalogue, the checker, the plan and every emitter.
 */

export type Type =
  /** `maxLength`: `string(n)`, the maximum number of characters (code points); any number without it. */
  | { readonly kind: "string"; readonly maxLength?: number }
  | { readonly kind: "bool" }
  | { readonly kind: "int" }
  | { readonly kind: "long" }
  | { readonly kind: "double" }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "date" }
  | { readonly kind: "timestamp" }
  | { readonly kind: "binary" }
  /** Stored as text; columns of it contain only the listed values. */
  | { readonly kind: "enum"; readonly name: string; readonly values: readonly string[] }
  /** The type of a lone `null`, assignable to every nullable type. Never the type of a column. */
  | { readonly kind: "null" }
  /** The type of an expression that was already reported: fits everywhere, so that one mistake gives one diagnostic. */
  | { readonly kind: "error" };

export type TypeKind = Type["kind"];

/** A type and whether null may occur. */
export interface Typed {
  readonly type: Type;
  readonly nullable: boolean;
}

export const STRING: Type = { kind: "string" };
export const BOOL: Type = { kind: "bool" };
export const INT: Type = { kind: "int" };
export const LONG: Type = { kind: "long" };
export const DOUBLE: Type = { kind: "double" };
export const DATE: Type = { kind: "date" };
export const TIMESTAMP: Type = { kind: "timestamp" };
export const BINARY: Type = { kind: "binary" };
export const NULL: Type = { kind: "null" };
export const ERROR: Type = { kind: "error" };

/** The maximum number of digits of decimals on every engine. */
export const MAX_PRECISION = 38;

export function decimal(precision: number, scale: number): Type {
  return { kind: "decimal", precision, scale };
}

/** Longer texts cannot be declared in any target. */
export const MAX_LENGTH = 1_000_000;

export function stringOf(maxLength: number | undefined): Type {
  return maxLength === undefined ? STRING : { kind: "string", maxLength };
}

/** The maximum number of characters of a text; undefined if unknown, and for other types. */
export function maxLengthOf(type: Type): number | undefined {
  return type.kind === "string" ? type.maxLength : undefined;
}

/** Whether two types are the same. The maximum length of a string only limits its values, so it is ignored. */
export function sameType(a: Type, b: Type): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "decimal" && b.kind === "decimal") return a.precision === b.precision && a.scale === b.scale;
  if (a.kind === "enum" && b.kind === "enum") return a.name === b.name;
  return true;
}

/** The type as in a program: `decimal(10,2)`, `OrderStatus`, `string?`. */
export function typeText(type: Type, nullable = false): string {
  const mark = nullable ? "?" : "";
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})${mark}`;
    case "enum":
      return `${type.name}${mark}`;
    case "string":
      return `string${type.maxLength === undefined ? "" : `(${type.maxLength})`}${mark}`;
    case "error":
      return "unknown";
    case "null":
      return "null";
    default:
      return `${type.kind}${mark}`;
  }
}

export function isNumeric(type: Type): boolean {
  return type.kind === "int" || type.kind === "long" || type.kind === "decimal" || type.kind === "double";
}

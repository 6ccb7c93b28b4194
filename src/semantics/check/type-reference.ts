/** Resolves the types written in a program. */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { closest } from "../../diagnostics/suggest.ts";
import type { TypeReference } from "../../parser/ast.ts";
import {
  BINARY,
  BOOL,
  DATE,
  DOUBLE,
  decimal,
  ERROR,
  INT,
  LONG,
  MAX_LENGTH,
  MAX_PRECISION,
  maxLengthOf,
  STRING,
  stringOf,
  TIMESTAMP,
  type Type,
} from "../../types.ts";
import { type CheckContext, enumType } from "./context.ts";

const PLAIN: ReadonlyMap<string, Type> = new Map(
  [STRING, BOOL, INT, LONG, DOUBLE, DATE, TIMESTAMP, BINARY].map((type) => [type.kind, type]),
);

/** Type names of SQL and their Medal equivalents. */
const FOREIGN: Readonly<Record<string, string>> = {
  varchar: "string",
  nvarchar: "string",
  char: "string",
  text: "string",
  boolean: "bool",
  bit: "bool",
  integer: "int",
  smallint: "int",
  tinyint: "int",
  bigint: "long",
  float: "double",
  real: "double",
  numeric: "decimal",
  number: "decimal",
  datetime: "timestamp",
  datetime2: "timestamp",
  blob: "binary",
};

/** Whether a name is, or resembles, a type name of Medal or SQL. */
export function looksLikeType(name: string, context: CheckContext): boolean {
  if (name === "" || Object.hasOwn(FOREIGN, name.toLowerCase())) return true;
  return closest(name, typeNames(context)) !== undefined;
}

function typeNames(context: CheckContext): readonly string[] {
  return [...PLAIN.keys(), "decimal", ...context.bindings.enums.keys()];
}

/** Resolves a type; reports an unknown one and returns the error type. */
export function resolveType(reference: TypeReference, context: CheckContext): Type {
  const name = reference.name.text;
  if (name === "") return ERROR;
  if (name === "decimal") return decimalType(reference, context);
  if (name === "string" && reference.args.length > 0) return stringType(reference, context);
  const declared = context.bindings.enums.get(name);
  const type = PLAIN.get(name) ?? (declared && enumType(declared));
  if (!type) {
    const known = typeNames(context);
    context.report(diagnostic("unknown-type", reference.name.span, { name }, typeExtras(reference, known)));
    return ERROR;
  }
  if (reference.args.length > 0) {
    context.report(diagnostic("invalid-type", reference.span, { detail: `${name} takes no parameters` }));
  }
  return type;
}

/** Types of other languages, and types in capitals, are one habit: reported once for all places of the program. */
function typeExtras({ name: { text: name, span }, args }: TypeReference, known: readonly string[]) {
  const lower = name.toLowerCase();
  const foreign = Object.hasOwn(FOREIGN, lower) ? FOREIGN[lower] : known.find((each) => each.toLowerCase() === lower);
  if (foreign === undefined) {
    const near = closest(name, known);
    return { hint: near === undefined ? `Available types: ${known.join(", ")}.` : `Did you mean \`${near}\`?` };
  }
  const cause = "types of another language";
  // The digits are the choice of the user, and other types take no numbers.
  const counts: Readonly<Record<string, readonly number[]>> = { decimal: [2], string: [0, 1] };
  const isSure = (counts[foreign] ?? [0]).includes(args.length);
  if (!isSure) {
    const written = foreign === "decimal" ? "decimal(18,2)` with the precision and scale you need" : `${foreign}\``;
    return { cause, hint: `Write \`${written}${foreign === "decimal" ? "" : ", without a length"}.` };
  }
  const written = foreign + (args.length === 0 ? "" : `(${args.map((each) => each.text).join(",")})`);
  const fix = { title: `Write ${written}`, edits: [{ span, text: foreign }] };
  return { cause, hint: `Write \`${written}\`.`, fix };
}

function stringType(reference: TypeReference, context: CheckContext): Type {
  const [length, ...more] = reference.args.map((each) => Number(each.text));
  const fits =
    length !== undefined && more.length === 0 && Number.isInteger(length) && length >= 1 && length <= MAX_LENGTH;
  if (fits) return stringOf(length);
  context.report(
    diagnostic("invalid-type", reference.span, {
      detail: `the length of a string is one whole number from 1 to ${MAX_LENGTH}, as in string(32)`,
    }),
  );
  return ERROR;
}

/** As `resolveType`, but without lengths, which are only checked in bronze columns and casts. */
export function resolveUncheckedType(reference: TypeReference, context: CheckContext): Type {
  const type = resolveType(reference, context);
  if (maxLengthOf(type) === undefined) return type;
  const { span } = reference;
  const edits = [{ span: { ...span, start: reference.name.span.end }, text: reference.nullable ? "?" : "" }];
  context.report(
    diagnostic(
      "invalid-type",
      span,
      { detail: "a length is checked in bronze columns and casts; here the type is string" },
      { fix: { title: "Write string", edits } },
    ),
  );
  return STRING;
}

function decimalType(reference: TypeReference, context: CheckContext): Type {
  const [precision, scale, ...more] = reference.args.map((each) => Number(each.text));
  const fits =
    precision !== undefined &&
    scale !== undefined &&
    more.length === 0 &&
    Number.isInteger(precision) &&
    Number.isInteger(scale) &&
    precision >= 1 &&
    precision <= MAX_PRECISION &&
    scale >= 0 &&
    scale <= precision;
  if (fits) return decimal(precision, scale);
  context.report(
    diagnostic("invalid-type", reference.span, {
      detail: "a decimal needs a precision and a scale, decimal(18,2); the maximum precision is 38",
    }),
  );
  return ERROR;
}

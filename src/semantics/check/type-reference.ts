/** Types as a program writes them. */
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
  MAX_PRECISION,
  STRING,
  TIMESTAMP,
  type Type,
} from "../../types.ts";
import { type CheckContext, enumType } from "./context.ts";

const PLAIN: ReadonlyMap<string, Type> = new Map(
  [STRING, BOOL, INT, LONG, DOUBLE, DATE, TIMESTAMP, BINARY].map((type) => [type.kind, type]),
);

/** What people coming from SQL write, and what it is called here. */
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

/** Whether a name is that of a type, here or in SQL, or nearly so. */
export function looksLikeType(name: string, context: CheckContext): boolean {
  if (name === "" || Object.hasOwn(FOREIGN, name.toLowerCase())) return true;
  return closest(name, typeNames(context)) !== undefined;
}

function typeNames(context: CheckContext): readonly string[] {
  return [...PLAIN.keys(), "decimal", ...context.bindings.enums.keys()];
}

/** The type that is meant; the error type, reported, where there is none. */
export function resolveType(reference: TypeReference, context: CheckContext): Type {
  const name = reference.name.text;
  if (name === "") return ERROR;
  if (name === "decimal") return decimalType(reference, context);
  const declared = context.bindings.enums.get(name);
  const type = PLAIN.get(name) ?? (declared && enumType(declared));
  if (!type) {
    const known = typeNames(context);
    const suggestion = FOREIGN[name.toLowerCase()] ?? closest(name, known);
    const text = suggestion === "decimal" ? "decimal(18,2)" : suggestion;
    context.report(
      diagnostic(
        "unknown-type",
        reference.name.span,
        { name },
        text === undefined
          ? { hint: `Types are ${known.join(", ")}.` }
          : {
              hint: `Did you mean \`${text}\`?`,
              fix: { title: `Change to ${text}`, edits: [{ span: reference.name.span, text }] },
            },
      ),
    );
    return ERROR;
  }
  if (reference.args.length > 0) {
    context.report(diagnostic("invalid-type", reference.span, { detail: `${name} takes no numbers in parentheses` }));
  }
  return type;
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
      detail: "a decimal says its digits and how many of them stand after the point: decimal(18,2), 38 digits at most",
    }),
  );
  return ERROR;
}

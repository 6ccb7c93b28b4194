/** Columns as a Delta schema. */
import type { Column } from "../../plan/program.ts";
import type { Type } from "../../types.ts";

export interface DeltaSchema {
  readonly type: "struct";
  readonly fields: readonly DeltaField[];
}

export interface DeltaField {
  readonly name: string;
  /** The name of a primitive type, or an object for arrays, maps and structs, which medalc never writes. */
  readonly type: string | object;
  readonly nullable: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export type ColumnShape = Pick<Column, "name" | "type" | "nullable" | "doc">;

export function deltaSchema(columns: readonly ColumnShape[]): DeltaSchema {
  return {
    type: "struct",
    fields: columns.map(({ name, type, nullable, doc }) => ({
      name,
      type: typeName(type),
      nullable,
      metadata: doc === undefined ? {} : { comment: doc },
    })),
  };
}

function typeName(type: Type): string {
  switch (type.kind) {
    case "enum":
      return "string";
    case "bool":
      return "boolean";
    case "int":
      return "integer";
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "null":
    case "error":
      throw new Error(`no column has the type ${type.kind}`);
    default:
      return type.kind;
  }
}

/**
 * The generator's model of the rows at one point of a pipeline: enough to write mostly valid programs. It does not use
 * the compiler, so that errors of the compiler are not hidden by programs built to match them.
 */
import type { Typed } from "../../../src/types.ts";
import type { Value } from "./values.ts";

/** A column of a relation. */
export interface Column extends Typed {
  readonly name: string;
  readonly fuzzy: boolean;
}

/** A bronze relation or a table that was generated before. */
export interface Relation {
  /** `bronze.a` */
  readonly name: string;
  readonly layer: "bronze" | "silver" | "gold";
  readonly columns: readonly Column[];
  /** The names of columns that are known to be a key. */
  readonly key: readonly string[] | undefined;
  /** The maximum number of rows. */
  readonly rows: number;
}

/** What the steps of a program share. */
export interface Context {
  /** The relations that may be read here. */
  readonly relations: readonly Relation[];
  /** A unique name. */
  readonly fresh: (prefix: string) => string;
}

/** A step and the resulting rows. */
export interface Step {
  readonly text: string;
  readonly scope: Scope;
}

/** The maximum number of rows that a table could have; few come near it. */
export const MOST_TABLE_ROWS = 20_000;

/** A column at one point of a pipeline, identified by object: a derived column of the same name is another one. */
export interface ScopeColumn extends Column {
  /** Its alias, until columns are selected. */
  readonly alias: string | undefined;
  /** Whether a join precedes it, so that `derive` cannot replace it. */
  readonly joined: boolean;
  /** Made equal to another column of its name: only its qualified name is available. */
  readonly merged: boolean;
}

export interface Scope {
  readonly columns: readonly ScopeColumn[];
  /** Keys of the relations and of the rows; a key with a dropped column is no longer known. */
  readonly keys: readonly (readonly ScopeColumn[])[];
  readonly rows: number;
}

export function visible({ columns }: Scope): readonly ScopeColumn[] {
  return columns.filter(({ merged }) => !merged);
}

/** Every column, including merged ones by their qualified names, as a value for expressions. */
export function values(scope: Scope): readonly Value[] {
  return scope.columns.map((column) => columnValue(column, scope));
}

export function columnValue(column: ScopeColumn, scope: Scope): Value {
  const { type, nullable, fuzzy } = column;
  return { type, nullable, fuzzy, text: reference(column, scope), operand: true };
}

/** A new column with the value of an expression. */
export function madeColumn(name: string, { type, nullable, fuzzy }: Column | Value): ScopeColumn {
  return { name, type, nullable, fuzzy, alias: undefined, joined: false, merged: false };
}

/** How a program references the column: by its name if unambiguous, otherwise with the alias. */
export function reference(column: ScopeColumn, scope: Scope): string {
  const others = visible(scope).filter((each) => each !== column && each.name === column.name);
  const plain = !column.merged && others.length === 0;
  return plain || column.alias === undefined ? column.name : `${column.alias}.${column.name}`;
}

/** The scope with other columns, without keys of which a column is missing. */
export function withColumns(scope: Scope, columns: readonly ScopeColumn[]): Scope {
  return { ...scope, columns, keys: scope.keys.filter((key) => key.every((each) => columns.includes(each))) };
}

/** The columns of a relation with an alias. */
export function columnsOf({ columns }: Relation, alias: string): readonly ScopeColumn[] {
  return columns.map((column) => ({ ...column, alias, joined: false, merged: false }));
}

/** The relation's key among these columns of it. */
export function keyOf({ key }: Relation, columns: readonly ScopeColumn[]): readonly ScopeColumn[] | undefined {
  if (key === undefined) return undefined;
  return key.flatMap((name) => columns.filter((each) => each.name === name));
}

/** The pipeline that makes the rows of a bronze table from its loads; see docs/language/time.md. */
import type { CheckedBronze } from "../semantics/model.ts";
import { isPattern } from "../semantics/path-pattern.ts";
import type { BronzeColumn, ColumnExpr, Expr, Load, ScopeColumn, TypedStep } from "../semantics/typed.ts";
import { BOOL, LONG, STRING, type Type } from "../types.ts";
import type { StoredPlan, TablePlan } from "./program.ts";

/**
 * Whether a table is stored. If not, it is read from the only file of its newest load: it has no other loads, files and
 * columns to keep track of.
 */
export function isStored({ object, load, columns }: CheckedBronze): boolean {
  const hasFiles = object !== undefined && "path" in object && isPattern(object.path);
  return load.kind !== "full" || hasFiles || columns.some(({ fromLoad }) => fromLoad !== undefined);
}

/** The pipeline of a stored table. */
export function storedPlan({ declaration, load, columns, key, signature }: CheckedBronze): StoredPlan {
  const { relation, span } = signature;
  const { text: name } = declaration.name;
  const versions = load.kind === "changes" ? versionColumns(columns) : [];
  const rows = [...columns, ...versions];
  const isKeyed = load.kind === "changes";
  const table: TablePlan = {
    layer: "bronze",
    name,
    ...(declaration.doc === undefined ? {} : { doc: declaration.doc }),
    reads: [loadsOf(name)],
    steps: [
      { kind: "from", relation: loadsOf(name), alias: name, scope: scopeOf(rows), span },
      ...(load.kind === "changes" ? newestVersions(load, columns, versions, span) : []),
    ],
    columns: columns.map(({ fromLoad: _, ...column }) => column),
    keys: key === undefined ? [] : [key.columns],
    keyChecks: key === undefined || isKeyed ? [] : [{ relation, ...key }],
    span,
  };
  return { columns: rows, table };
}

/** The relation of all rows of the loads of a bronze table. */
export function loadsOf(name: string): string {
  return `loads.${name}`;
}

/** The columns that order the versions of a row that have the same value: by load, and by their place in it. */
function versionColumns(columns: readonly BronzeColumn[]): readonly BronzeColumn[] {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const span = columns[0]?.span ?? { file: "", start: 0, end: 0 };
  const column = (field: string, type: Type): BronzeColumn => {
    let name = `_load_${field}`;
    while (taken.has(name)) name = `_${name}`;
    return { name, type, nullable: false, tags: [], span, fromLoad: field };
  };
  return [column("id", STRING), column("file", STRING), column("row", LONG)];
}

/** Of each key the newest version, unless it says that the row is deleted. */
function newestVersions(
  load: Extract<Load, { kind: "changes" }>,
  columns: readonly BronzeColumn[],
  versions: readonly BronzeColumn[],
  span: TypedStep["span"],
): readonly TypedStep[] {
  const rows = [...columns, ...versions];
  const columnValue = (name: string): ColumnExpr => {
    const column = rows.find((each) => each.name === name);
    if (column === undefined) throw new Error(`no column ${name}`);
    return { kind: "column", name, type: column.type, nullable: column.nullable };
  };
  const descending = [load.by, ...versions.map(({ name }) => name)];
  const scope = scopeOf(rows);
  const { deletedWhen } = load;
  return [
    {
      kind: "latest",
      on: load.key.map(columnValue),
      order: descending.map((name) => ({ value: columnValue(name), descending: true, nulls: "last" })),
      ...{ scope, span },
    },
    ...(deletedWhen === undefined
      ? []
      : [{ kind: "where", condition: isNotTrue(deletedWhen), scope, span } satisfies TypedStep]),
    {
      kind: "select",
      columns: columns.map(({ name, span }) => ({ name, value: columnValue(name), span })),
      ...{ scope: scopeOf(columns), span },
    },
  ];
}

function isNotTrue(condition: Expr): Expr {
  const isTrue: Expr = condition.nullable
    ? call("??", [condition, { kind: "literal", type: BOOL, nullable: false, value: false }])
    : condition;
  return call("not", [isTrue]);
}

function call(fn: string, args: readonly Expr[]): Expr {
  return { kind: "call", fn, overload: 0, args, type: BOOL, nullable: false };
}

function scopeOf(columns: readonly BronzeColumn[]): readonly ScopeColumn[] {
  return columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
}

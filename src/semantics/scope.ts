/** The columns that an expression can use at a point of a pipeline. */
import { closest } from "../diagnostics/suggest.ts";
import type { Span } from "../source.ts";
import type { Typed } from "../types.ts";
import type { Attribute, Grain, Home } from "./grain.ts";
import type { Signature } from "./model.ts";
import type { ColumnExpr, ScopeColumn } from "./typed.ts";

/** A column in scope. */
export interface Entry extends Typed {
  readonly name: string;
  /** Set after a join; part of the name in the plan. */
  readonly qualifier: string | undefined;
  /** The alias by which a program can qualify it, if there is one. */
  readonly alias: string | undefined;
  readonly doc: string | undefined;
  readonly tags: readonly string[];
  readonly span: Span;
  readonly attribute: Attribute;
  readonly homes: readonly Home[];
  /** The right one of two columns that a join made equal: no longer part of the row, but still available when qualified. */
  readonly merged: boolean;
}

export interface Scope {
  readonly entries: readonly Entry[];
  readonly grain: Grain;
  /** Attributes below this number are in use. */
  readonly nextAttribute: number;
  /** The relations read so far, by alias; for paths and suggestions. Empty after the row is closed. */
  readonly aliases: ReadonlyMap<string, Signature>;
  /** After an earlier error: unknown names are not reported. */
  readonly open: boolean;
}

export const EMPTY_SCOPE: Scope = {
  entries: [],
  grain: { keys: [], dependencies: [], records: [], multipliers: [] },
  nextAttribute: 0,
  aliases: new Map(),
  open: false,
};

export type Lookup =
  | { readonly kind: "found"; readonly entry: Entry }
  | { readonly kind: "ambiguous"; readonly entries: readonly Entry[] }
  | { readonly kind: "unknown"; readonly suggestion: string | undefined }
  | { readonly kind: "unknown-alias"; readonly suggestion: string | undefined }
  | { readonly kind: "silent" };

/** Resolves `name` or `alias.name`. Columns of closed rows, which have no alias, take precedence. */
export function lookup(scope: Scope, alias: string | undefined, name: string): Lookup {
  return alias === undefined ? lookupBare(scope, name) : lookupQualified(scope, alias, name);
}

function lookupQualified(scope: Scope, alias: string, name: string): Lookup {
  if (!scope.aliases.has(alias)) {
    return scope.open
      ? { kind: "silent" }
      : { kind: "unknown-alias", suggestion: closest(alias, [...scope.aliases.keys()]) };
  }
  const entry = scope.entries.find((each) => each.alias === alias && each.name === name);
  if (entry) return { kind: "found", entry };
  if (scope.open || scope.aliases.get(alias)?.open) return { kind: "silent" };
  const names = scope.entries.filter((each) => each.alias === alias).map((each) => each.name);
  return { kind: "unknown", suggestion: closest(name, names) };
}

function lookupBare(scope: Scope, name: string): Lookup {
  let first: Entry | undefined;
  let several = false;
  for (const each of scope.entries) {
    if (each.name !== name || each.merged) continue;
    const goesBefore = first?.alias !== undefined && each.alias === undefined;
    const goesBehind = first?.alias === undefined && each.alias !== undefined;
    if (!first || goesBefore) {
      first = each;
      several = false;
    } else if (!goesBehind) several = true;
  }
  if (first && !several) return { kind: "found", entry: first };
  if (first) return { kind: "ambiguous", entries: scope.entries.filter((each) => each.name === name && !each.merged) };
  if (scope.open) return { kind: "silent" };
  return {
    kind: "unknown",
    suggestion: closest(
      name,
      scope.entries.filter((each) => !each.merged).map((each) => each.name),
    ),
  };
}

/** The entry of a column of a typed expression. */
export function entryOf(scope: Scope, column: ColumnExpr): Entry | undefined {
  const { name, qualifier } = column;
  // Called for every column of every expression.
  for (const each of scope.entries) if (each.name === name && each.qualifier === qualifier) return each;
  return undefined;
}

export function columnOf({ qualifier, name, type, nullable }: Entry): ColumnExpr {
  return qualifier === undefined
    ? { kind: "column", name, type, nullable }
    : { kind: "column", qualifier, name, type, nullable };
}

/** The columns visible at this point, for the plan. */
export function visibleColumns(scope: Scope): readonly ScopeColumn[] {
  const columns: ScopeColumn[] = [];
  for (const { qualifier, name, type, nullable, merged } of scope.entries) {
    if (!merged) columns.push(qualifier === undefined ? { name, type, nullable } : { qualifier, name, type, nullable });
  }
  return columns;
}

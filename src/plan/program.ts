/**
 * The interface between the front end and everything behind it: targets, the local runner, deployment, lineage. The
 * plan is plain, serialisable data in a deterministic order, without syntax or anything specific to a target. Values of
 * params and secrets are references: an environment provides the params, and only the running services read the
 * secrets.
 */

import type { SourceObject } from "../semantics/model.ts";
import type { Setting, Settings } from "../semantics/settings.ts";
import type { BronzeColumn, Column, Limit, Load, TypedStep } from "../semantics/typed.ts";
import type { Span } from "../source.ts";
import type { Type } from "../types.ts";

export type { SourceObject } from "../semantics/model.ts";
export type { Setting, Settings } from "../semantics/settings.ts";
export type * from "../semantics/typed.ts";
export type { Type, Typed } from "../types.ts";

export interface Program {
  readonly name: string;
  readonly doc?: string;
  readonly span: Span;
  readonly lake: LakePlan;
  readonly ingest?: ServicePlan;
  readonly compute?: ServicePlan;
  readonly serve?: ServicePlan;
  readonly notify?: ServicePlan;
  readonly schedule?: SchedulePlan;
  /** Sorted by name. */
  readonly params: readonly ParamPlan[];
  /** Sorted by name. */
  readonly secrets: readonly SecretPlan[];
  /** In declaration order. */
  readonly sources: readonly SourcePlan[];
  /** In declaration order. */
  readonly bronze: readonly BronzePlan[];
  /** Silver and gold in dependency order; ties in declaration order. */
  readonly tables: readonly TablePlan[];
}

/** `kind` is `adls`; settings `account`, `container`. */
export interface LakePlan {
  readonly kind: string;
  readonly settings: Settings;
  readonly span: Span;
}

/** `datafactory { … }`, `databricks { … }`, `synapse { … }`, `on_failure { … }` */
export interface ServicePlan {
  readonly kind: string;
  readonly settings: Settings;
  readonly span: Span;
}

export interface SchedulePlan {
  readonly frequency: "daily" | "hourly";
  /** `hh:mm`; `00:00` for hourly. */
  readonly at: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly span: Span;
}

export interface ParamPlan {
  readonly name: string;
  readonly doc?: string;
  readonly type: Type;
  readonly value?: string | number | boolean;
  readonly span: Span;
}

export interface SecretPlan {
  readonly name: string;
  readonly doc?: string;
  /** The name of the Key Vault. */
  readonly vault: Setting;
  /** The name of the secret in the Key Vault. */
  readonly key: Setting;
  readonly span: Span;
}

/**
 * `http {base_url}` · `file {path}` (a folder: of the lake's container in the cloud, next to the program locally) ·
 * `postgres {host, port, database, user, password}` · `mongodb {uri, database}`. Complete: defaults are filled in.
 */
export interface SourcePlan {
  readonly name: string;
  readonly doc?: string;
  readonly kind: "http" | "file" | "postgres" | "mongodb";
  readonly settings: Settings;
  readonly span: Span;
}

export interface BronzePlan {
  readonly name: string;
  readonly doc?: string;
  readonly source: string;
  readonly object: SourceObject;
  readonly load: Load;
  readonly columns: readonly BronzeColumn[];
  /** Declared and therefore assumed: every table that reads the relation has the check in its `keyChecks`. */
  readonly key?: readonly string[];
  /** How many rows of a load may be rejected; without it, not all of them. */
  readonly reject?: Limit;
  /** Of a table that is built and stored as Delta. Any other is read from the only file of its newest load. */
  readonly stored?: StoredPlan;
  readonly span: Span;
}

/** How the rows of a bronze table are made from its loads. */
export interface StoredPlan {
  /** The columns of `loads.<name>`: the declared ones, and those that order versions. */
  readonly columns: readonly BronzeColumn[];
  /** Reads `loads.<name>`: the rows of all loads, of which each counts once; see docs/language/time.md. */
  readonly table: TablePlan;
}

export interface TablePlan {
  /** `bronze` for the pipeline of a stored bronze table. */
  readonly layer: "bronze" | "silver" | "gold";
  readonly name: string;
  readonly doc?: string;
  /** The relations it reads, such as `bronze.orders`, each once, in the order of first use. */
  readonly reads: readonly string[];
  readonly steps: readonly TypedStep[];
  /** The columns of the result; their names are case-insensitively unique. */
  readonly columns: readonly Column[];
  /** The known keys of the result, as its columns; the declared one first. */
  readonly keys: readonly (readonly string[])[];
  /** Keys that could not be proven and are checked at run time, before the table is committed. */
  readonly keyChecks: readonly KeyCheck[];
  readonly span: Span;
}

/** No two rows of the relation may have the same values in these columns (nulls are equal to each other). */
export interface KeyCheck {
  /** A bronze relation that this table reads, or the table itself. */
  readonly relation: string;
  readonly columns: readonly string[];
  readonly span: Span;
}

/** Every table that is built and stored as Delta, in dependency order: stored bronze tables, then silver and gold. */
export function builtTables({ bronze, tables }: Program): readonly TablePlan[] {
  return [...bronze.flatMap(({ stored }) => stored?.table ?? []), ...tables];
}

/**
 * The relation of the records in a bronze table's files, which are converted, and rejected, when it is read: `loads.orders`
 * for a stored table, otherwise the table itself.
 */
export function recordsOf({ name, stored }: Pick<BronzePlan, "name" | "stored">): string {
  return stored === undefined ? `bronze.${name}` : `loads.${name}`;
}

/** The bronze table whose files a relation consists of; undefined for a Delta table. */
export function bronzeOfRecords(relation: string, { bronze }: Program): BronzePlan | undefined {
  return bronze.find((each) => recordsOf(each) === relation);
}

/** `silver.orders` */
export function qualifiedName(table: { readonly layer: string; readonly name: string }): string {
  return `${table.layer}.${table.name}`;
}

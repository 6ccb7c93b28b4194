/**
 * The one hand-off from the compiler's front to everything behind it: targets, the local runner, deployment, lineage.
 * Plain, serialisable, in a fixed order, free of syntax and of any target's words. Values of params and secrets are
 * references here; an environment gives the former, only the running services ever see the latter.
 */

import type { SourceObject } from "../semantics/model.ts";
import type { Setting, Settings } from "../semantics/settings.ts";
import type { Column, Limit, TypedStep } from "../semantics/typed.ts";
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
  readonly schedule?: SchedulePlan;
  /** By name. */
  readonly params: readonly ParamPlan[];
  /** By name. */
  readonly secrets: readonly SecretPlan[];
  /** In the order of the text. */
  readonly sources: readonly SourcePlan[];
  /** In the order of the text. */
  readonly bronze: readonly BronzePlan[];
  /** Silver and gold: every table after those it reads; ties in the order of the text. */
  readonly tables: readonly TablePlan[];
}

/** `kind` is `adls`; settings `account`, `container`. */
export interface LakePlan {
  readonly kind: string;
  readonly settings: Settings;
  readonly span: Span;
}

/** `datafactory { name }`, `databricks { workspace, runtime, node, workers }`, `synapse { workspace, database }` */
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
  /** The Key Vault's name. */
  readonly vault: Setting;
  /** The secret's name in it. */
  readonly key: Setting;
  readonly span: Span;
}

/**
 * `http {base_url}` · `file {path}` (a folder: of the lake's container in the cloud, beside the program locally) ·
 * `postgres {host, port, database, user, password}` · `mongodb {uri, database}`. All settings present, defaults filled in.
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
  readonly load: { readonly kind: "full" };
  /** What is expected to be read out of it. */
  readonly columns: readonly Column[];
  /** Declared, so assumed: the check stands in the `keyChecks` of every table that reads it. */
  readonly key?: readonly string[];
  /** How many rows of a load may be rejected: where it is not stated, not all of them. */
  readonly reject?: Limit;
  readonly span: Span;
}

export interface TablePlan {
  readonly layer: "silver" | "gold";
  readonly name: string;
  readonly doc?: string;
  /** The relations it reads, `bronze.orders`, each once, in the order of first use. */
  readonly reads: readonly string[];
  readonly steps: readonly TypedStep[];
  /** What is written: names unique without regard to case. */
  readonly columns: readonly Column[];
  /** The keys that are known of the result, in terms of its columns; the declared one first. */
  readonly keys: readonly (readonly string[])[];
  /** What could not be proved and is checked in the run, before the table is committed. */
  readonly keyChecks: readonly KeyCheck[];
  readonly span: Span;
}

/** No two rows of the relation may have the same values of these columns (null is the same as null). */
export interface KeyCheck {
  /** A bronze relation that this table reads, or this table itself. */
  readonly relation: string;
  readonly columns: readonly string[];
  readonly span: Span;
}

/** `silver.orders` */
export function qualifiedName(table: { readonly layer: string; readonly name: string }): string {
  return `${table.layer}.${table.name}`;
}

/**
 * The results of the checker: symbols, signatures of relations, checked tables. Stored beside the tree, never in it.
 */
import type {
  BronzeDeclaration,
  EnumDeclaration,
  FunctionDeclaration,
  ParamDeclaration,
  ProjectDeclaration,
  SecretDeclaration,
  SourceDeclaration,
  TableDeclaration,
} from "../parser/ast.ts";
import type { Span } from "../source.ts";
import type { Type, Typed } from "../types.ts";
import type { Attribute, Grain, Home } from "./grain.ts";
import type { Setting, Settings, sourceKinds } from "./settings.ts";
import type { BronzeColumn, Column, Limit, Load, TypedStep } from "./typed.ts";

/** The names of a program, each with its declaration. The result of `bind`. */
export interface Bindings {
  readonly project: ProjectDeclaration | undefined;
  readonly params: ReadonlyMap<string, ParamDeclaration>;
  readonly secrets: ReadonlyMap<string, SecretDeclaration>;
  readonly sources: ReadonlyMap<string, SourceDeclaration>;
  readonly enums: ReadonlyMap<string, EnumDeclaration>;
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  /** By qualified name, `bronze.orders`; in source order. */
  readonly relations: ReadonlyMap<string, BronzeDeclaration | TableDeclaration>;
}

/** A column as seen by the tables that read the relation. */
export interface RelationColumn extends Typed {
  readonly name: string;
  readonly doc: string | undefined;
  readonly tags: readonly string[];
  /** Where it is declared or computed. */
  readonly span: Span;
  readonly attribute: Attribute;
  readonly homes: readonly Home[];
}

/** What a table needs to know about a relation that it reads. */
export interface Signature {
  /** `silver.orders` */
  readonly relation: string;
  readonly span: Span;
  readonly columns: readonly RelationColumn[];
  readonly grain: Grain;
  /** All attributes are below this number. */
  readonly attributeCount: number;
  /** Its columns are unknown after an error: any name is accepted, to avoid follow-up errors. */
  readonly open: boolean;
  /** The relation whose columns it passes on unchanged, and where; for the path from the source. */
  readonly handsOn: { readonly relation: string; readonly span: Span } | undefined;
}

export interface CheckedService {
  /** `adls`, `datafactory`, `databricks`, `synapse` */
  readonly kind: string;
  readonly settings: Settings;
  readonly span: Span;
}

export interface CheckedSchedule {
  readonly frequency: "daily" | "hourly";
  /** `hh:mm` */
  readonly at: string;
  readonly timeZone: string;
  readonly span: Span;
}

export interface CheckedProject {
  readonly declaration: ProjectDeclaration;
  /** By setting: `lake`, `ingest`, `compute`, `serve`, `notify`. */
  readonly services: ReadonlyMap<string, CheckedService>;
  readonly schedule: CheckedSchedule | undefined;
}

export interface CheckedParam {
  readonly declaration: ParamDeclaration;
  readonly type: Type;
  readonly value: string | number | boolean | undefined;
}

export interface CheckedSecret {
  readonly declaration: SecretDeclaration;
  readonly vault: Setting;
  readonly key: Setting;
}

export interface CheckedSource {
  readonly declaration: SourceDeclaration;
  readonly kind: keyof typeof sourceKinds;
  readonly settings: Settings;
}

/** An object of a source. A file's path, or the pattern of several, is relative to the source's base. */
export type SourceObject =
  | { readonly kind: "csv"; readonly path: string }
  | { readonly kind: "json"; readonly path: string }
  | { readonly kind: "table"; readonly schema: string; readonly table: string }
  | { readonly kind: "collection"; readonly collection: string };

export interface CheckedBronze {
  readonly declaration: BronzeDeclaration;
  /** Undefined if the source or the object is unknown. */
  readonly object: SourceObject | undefined;
  readonly load: Load;
  readonly columns: readonly BronzeColumn[];
  readonly key: { readonly columns: readonly string[]; readonly span: Span } | undefined;
  /** How many rows of a load may be rejected, if declared. */
  readonly reject: Limit | undefined;
  readonly signature: Signature;
}

export interface CheckedTable {
  readonly declaration: TableDeclaration;
  readonly reads: readonly string[];
  readonly steps: readonly TypedStep[];
  readonly columns: readonly Column[];
  /** The declared key first. */
  readonly keys: readonly (readonly string[])[];
  /** The declared key, if it could not be proved. */
  readonly uncertainKey: { readonly columns: readonly string[]; readonly span: Span } | undefined;
  readonly signature: Signature;
}

/** A checked program; without errors it can be lowered. */
export interface CheckedProgram {
  readonly bindings: Bindings;
  readonly project: CheckedProject | undefined;
  readonly params: readonly CheckedParam[];
  readonly secrets: readonly CheckedSecret[];
  readonly sources: readonly CheckedSource[];
  readonly bronze: readonly CheckedBronze[];
  /** Each table after those it reads. */
  readonly tables: readonly CheckedTable[];
}

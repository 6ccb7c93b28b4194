/**
 * Typed expressions and relational steps: the output of the checker and the building blocks of the plan. Plain, serializable
 * data with resolved names, inlined `fn` calls and types on every node. Independent of targets.
 */
import type { Span } from "../source.ts";
import type { Type, Typed } from "../types.ts";

export type Expr = LiteralExpr | ColumnExpr | CallExpr | AggregateExpr | MatchExpr;

export interface LiteralExpr extends Typed {
  readonly kind: "literal";
  /**
   * string and enum: the text · bool: true/false · int, long, decimal, double: the digits as text (`"12"`, `"0.50"`)
   * · date: `yyyy-mm-dd` · timestamp: `yyyy-mm-ddThh:mm:ss.ffffffZ` · any type: null.
   */
  readonly value: string | boolean | null;
}

export interface ColumnExpr extends Typed {
  readonly kind: "column";
  /** The alias of the column. Only set if there is a join after the last step that closed the row. */
  readonly qualifier?: string;
  readonly name: string;
}

/** A call of a scalar function of the catalogue, which includes operators and casts. */
export interface CallExpr extends Typed {
  readonly kind: "call";
  /** The entry's name: `lower`, `+`, `is null`, `as`, `as?`, `widen`. */
  readonly fn: string;
  /** The index of the overload. */
  readonly overload: number;
  readonly args: readonly Expr[];
}

/** Only in the aggregates of a group step, possibly within calls: `sum(a) / count()`. */
export interface AggregateExpr extends Typed {
  readonly kind: "aggregate";
  readonly fn: string;
  readonly overload: number;
  readonly args: readonly Expr[];
  /** Rows for which it is false or null do not count. */
  readonly where?: Expr;
  /** Each combination of these columns counts once per group, even if joins multiplied it. */
  readonly per?: readonly ColumnExpr[];
  /** Explicitly counts each row, also if several rows have the same value. Does not change what engines compute. */
  readonly perRow?: true;
}

/** The value of the first branch whose condition is true, otherwise `otherwise`; null if that is absent. */
export interface MatchExpr extends Typed {
  readonly kind: "match";
  readonly branches: readonly { readonly condition: Expr; readonly value: Expr }[];
  readonly otherwise?: Expr;
}

/** A column of a relation, with the tags that propagate along lineage. */
export interface Column extends Typed {
  readonly name: string;
  readonly doc?: string;
  /** `pii`, `unit("BRL")` as written, without the `@`; sorted. */
  readonly tags: readonly string[];
  readonly span: Span;
}

/** A column of a bronze table. */
export interface BronzeColumn extends Column {
  /**
   * The field of the load that it comes from, instead of the data: `at`, `id`, `file`, `row`, or a placeholder of the
   * path's pattern.
   */
  readonly fromLoad?: string;
}

/** What the loads of a bronze table mean together; see docs/language/time.md. */
export type Load =
  | { readonly kind: "full" }
  | { readonly kind: "append"; readonly by: string; readonly lag?: Lag }
  | {
      readonly kind: "changes";
      readonly by: string;
      readonly key: readonly string[];
      /** If it is true for the newest version of a row, the row is deleted. */
      readonly deletedWhen?: Expr;
      readonly lag?: Lag;
    }
  | { readonly kind: "files" };

/** How far below the highest value a load begins. */
export type Lag =
  | { readonly kind: "duration"; readonly seconds: number }
  | { readonly kind: "number"; readonly amount: string };

/** A column within a pipeline. */
export interface ScopeColumn extends Typed {
  readonly qualifier?: string;
  readonly name: string;
}

export interface NamedExpr {
  readonly name: string;
  readonly value: Expr;
  readonly span: Span;
}

export interface SortKeyExpr {
  readonly value: Expr;
  readonly descending: boolean;
  /** Nulls are the smallest values: first in ascending order, last in descending order. Always explicit in generated code. */
  readonly nulls: "first" | "last";
}

interface TypedStepBase {
  readonly span: Span;
  /**
   * The visible columns after this step, in order. After a join they have qualifiers until a `select` or `group` closes the
   * row. Of two columns with the same name that are equal by the join condition, only the left one is included.
   */
  readonly scope: readonly ScopeColumn[];
}

export type TypedStep =
  | TypedFrom
  | TypedWhere
  | TypedDerive
  | TypedSelect
  | TypedDistinct
  | TypedLatest
  | TypedJoin
  | TypedGroup
  | TypedExpect
  | TypedSort
  | TypedTake;

/** Always the first step. */
export interface TypedFrom extends TypedStepBase {
  readonly kind: "from";
  /** `bronze.orders`, `silver.order_items` */
  readonly relation: string;
  readonly alias: string;
}

/** Keeps the rows for which the condition is true; null counts as false. */
export interface TypedWhere extends TypedStepBase {
  readonly kind: "where";
  readonly condition: Expr;
}

/**
 * Adds columns at the end, or replaces a column of the same name in its position. In order: each can use the earlier ones,
 * with their new values.
 */
export interface TypedDerive extends TypedStepBase {
  readonly kind: "derive";
  readonly columns: readonly NamedExpr[];
}

/** Exactly these columns, in this order. Closes the row. */
export interface TypedSelect extends TypedStepBase {
  readonly kind: "select";
  readonly columns: readonly NamedExpr[];
}

/** Merges rows that are equal in all columns of the scope (null equals null). */
export interface TypedDistinct extends TypedStepBase {
  readonly kind: "distinct";
}

/** Keeps the first row by `order` for each value of `on`. The order is total: it ends with all other columns. */
export interface TypedLatest extends TypedStepBase {
  readonly kind: "latest";
  readonly on: readonly ColumnExpr[];
  readonly order: readonly SortKeyExpr[];
}

export interface TypedJoin extends TypedStepBase {
  readonly kind: "join";
  readonly side: "inner" | "left";
  readonly cardinality: "one" | "many";
  /**
   * The alias of the current rows, if their columns had no qualifier before this join; from here on they have it.
   * Columns derived between two joins have no qualifier, and a name that no other column has.
   */
  readonly leftAlias?: string;
  readonly relation: string;
  readonly alias: string;
  /** The whole condition. */
  readonly on: Expr;
  /** Its conjuncts of the form `left column == right column`. */
  readonly equalities: readonly { readonly left: ColumnExpr; readonly right: ColumnExpr }[];
}

/** One row per combination of the keys (null is a separate value); a single row if there are no keys. */
export interface TypedGroup extends TypedStepBase {
  readonly kind: "group";
  readonly keys: readonly NamedExpr[];
  readonly aggregates: readonly NamedExpr[];
}

/** How many rows may be rejected or quarantined. `at` is a decimal number: a percentage from 0 to 100, or a number of rows. */
export interface Limit {
  readonly unit: "percent" | "rows";
  readonly at: string;
  readonly span: Span;
}

/** A row fails if the condition is false or null. `quarantine` moves it to the quarantine. */
export interface TypedExpect extends TypedStepBase {
  readonly kind: "expect";
  readonly name: string;
  readonly condition: Expr;
  readonly action: "quarantine" | "fail" | "warn";
  /** Of `quarantine`, if declared. */
  readonly limit?: Limit;
}

/** Always before `take`, or last. */
export interface TypedSort extends TypedStepBase {
  readonly kind: "sort";
  /** Total if a `take` follows: then it ends with all other columns. */
  readonly keys: readonly SortKeyExpr[];
}

export interface TypedTake extends TypedStepBase {
  readonly kind: "take";
  readonly count: number;
}

/** A literal, for tests and emitters that build expressions. */
export function literal(type: Type, value: string | boolean | null): LiteralExpr {
  return { kind: "literal", type, nullable: value === null, value };
}

/**
 * Typed expressions and relational steps: what the checker makes of the syntax tree, and what the plan is built of.
 * Plain data, serialisable, names resolved, `fn` calls inlined, every node typed. Nothing here knows a target.
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
  /** The alias the column comes in by. Only where a join stands between it and the last step that closed the row. */
  readonly qualifier?: string;
  readonly name: string;
}

/** A call of a scalar entry of the function catalogue; operators and casts are entries too. */
export interface CallExpr extends Typed {
  readonly kind: "call";
  /** The entry's name: `lower`, `+`, `is null`, `as`, `as?`, `widen`. */
  readonly fn: string;
  /** Which of the entry's overloads. */
  readonly overload: number;
  readonly args: readonly Expr[];
}

/** Only inside a group step's aggregates, possibly below calls: `sum(a) / count()`. */
export interface AggregateExpr extends Typed {
  readonly kind: "aggregate";
  readonly fn: string;
  readonly overload: number;
  readonly args: readonly Expr[];
  /** Rows that do not satisfy it (false or null) do not count. */
  readonly where?: Expr;
  /** Each combination of these columns counts once in a group, whatever joins multiplied it. */
  readonly per?: readonly ColumnExpr[];
  /** Said to count each row, however many rows have one value: what an aggregate does anyway, so no engine asks. */
  readonly perRow?: true;
}

/** The value of the first branch whose condition is true; else `otherwise`; null where that is absent. */
export interface MatchExpr extends Typed {
  readonly kind: "match";
  readonly branches: readonly { readonly condition: Expr; readonly value: Expr }[];
  readonly otherwise?: Expr;
}

/** A column of a relation, with what follows its lineage. */
export interface Column extends Typed {
  readonly name: string;
  readonly doc?: string;
  /** `pii`, `unit("BRL")` as written, without the `@`; sorted. */
  readonly tags: readonly string[];
  readonly span: Span;
}

/** A column inside a pipeline. */
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
  /** Nulls are the smallest values: first when ascending, last when descending. Always said to the engine. */
  readonly nulls: "first" | "last";
}

interface TypedStepBase {
  readonly span: Span;
  /**
   * The columns a user sees after this step, in order. After a join they carry qualifiers until a `select` or `group`
   * closes the row. Of two columns that an equality of the join makes equal and that have one name, only the left one.
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

/** Keeps the rows for which the condition is true; null drops. */
export interface TypedWhere extends TypedStepBase {
  readonly kind: "where";
  readonly condition: Expr;
}

/**
 * Adds columns at the end, or replaces one of the same name in its place. In order: a later one may use an earlier one,
 * and then means the new value.
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

/** Rows that are the same in every column of the scope become one (null is the same as null). */
export interface TypedDistinct extends TypedStepBase {
  readonly kind: "distinct";
}

/** Of the rows with the same `on`, the first by `order`. The order is total: it ends with every other column. */
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
   * The alias of the current rows, where their columns carry no qualifier before this join; from here on they carry it.
   * Columns derived between two joins carry none and differ in name from every other column.
   */
  readonly leftAlias?: string;
  readonly relation: string;
  readonly alias: string;
  /** The whole condition. */
  readonly on: Expr;
  /** Its conjuncts of the form `left column == right column`. */
  readonly equalities: readonly { readonly left: ColumnExpr; readonly right: ColumnExpr }[];
}

/** One row a combination of the keys (null is a value of its own); one row in all where there are no keys. */
export interface TypedGroup extends TypedStepBase {
  readonly kind: "group";
  readonly keys: readonly NamedExpr[];
  readonly aggregates: readonly NamedExpr[];
}

/** How many rows may be set aside. `at` is a decimal number: a percentage from 0 to 100, or a whole number of rows. */
export interface Limit {
  readonly unit: "percent" | "rows";
  readonly at: string;
  readonly span: Span;
}

/** A row fails when the condition is false or null. `quarantine` takes it out of the rows and keeps it aside. */
export interface TypedExpect extends TypedStepBase {
  readonly kind: "expect";
  readonly name: string;
  readonly condition: Expr;
  readonly action: "quarantine" | "fail" | "warn";
  /** Of `quarantine`, where that is stated. */
  readonly limit?: Limit;
}

/** Stands only before `take` or last. */
export interface TypedSort extends TypedStepBase {
  readonly kind: "sort";
  /** Total where a `take` follows: then it ends with every other column. */
  readonly keys: readonly SortKeyExpr[];
}

export interface TypedTake extends TypedStepBase {
  readonly kind: "take";
  readonly count: number;
}

/** The type-only part of a literal null and friends, for tests and emitters that build expressions. */
export function literal(type: Type, value: string | boolean | null): LiteralExpr {
  return { kind: "literal", type, nullable: value === null, value };
}

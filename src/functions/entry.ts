/**
 * The shape of the function catalogue. One entry is everything there is to know of a function, operator or cast: the
 * checker, the emitters, completion, the docs and the conformance tests all read it, and nothing else names a function.
 */
import type { Type, Typed, TypeKind } from "../types.ts";
import type { Expr } from "../semantics/typed.ts";

export type Engine = "duckdb" | "spark";

export interface FunctionEntry {
  /** As the language writes it: `lower`, `+`, `is null`, `as`. */
  readonly name: string;
  readonly kind: "operator" | "scalar" | "aggregate";
  /** Markdown; the first sentence stands alone in a list. */
  readonly doc: string;
  readonly overloads: readonly Overload[];
  /** Medal expressions that are true: `lower("Ab") == "ab"`. Shown in the docs and run on every engine. */
  readonly examples: readonly string[];
  /**
   * Aggregates only. `distorted`: a value that occurs in more rows than it should changes the result (sum, avg, count of
   * values). `safe`: it does not (min, max, count_distinct). `rows`: it counts the rows there are (count()).
   */
  readonly duplicates?: "distorted" | "safe" | "rows";
}

/**
 * What a parameter takes: a kind of type; `T`: any type, the same (after widening) in all parameters that say `T`;
 * `comparable`: as T, and of a kind that has an order; `number`: as T, numeric; `integer`: as T, int or long.
 * An argument of `decimal` may be an int or long, widened. `literal` demands a constant of that kind.
 */
export type ParameterType =
  | TypeKind
  | "T"
  | "comparable"
  | "number"
  | "integer"
  | { readonly literal: "string" | "int" };

export interface Overload {
  readonly params: readonly ParameterType[];
  /** The last parameter may come once or more. */
  readonly variadic?: boolean;
  /** The type itself, or a function of the (widened) arguments; a string is a problem in words. */
  readonly result: Type | ((args: readonly ArgumentInfo[]) => Type | ResultProblem);
  /**
   * `strict`: null where any argument is null · `never`: not null · `always`: may be null whatever comes in ·
   * `all`: null only where every argument is.
   */
  readonly nulls: "strict" | "never" | "always" | "all";
  readonly render: Readonly<Record<Engine, Rendering>>;
}

/** A diagnostic's code from the catalogue and its parameters, for results that no engine can hold. */
export interface ResultProblem {
  readonly problem: "decimal-overflow" | "invalid-argument";
  readonly detail: string;
}

export interface ArgumentInfo extends Typed {
  /** The constant's value, where the argument is one. */
  readonly literal?: string | boolean | null;
}

/**
 * The expression's text on an engine: Spark as PySpark (`F.lower({0})`), DuckDB as SQL (`lower({0})`).
 * `{0}` … are the arguments, `{args}` all of them with commas, `{type}` the result's type there, `{type0}` an argument's.
 * A function where the text depends on more (scales, literal patterns).
 */
export type Rendering = string | ((call: RenderCall) => string);

export interface RenderCall {
  /** The arguments' texts, each safe to stand as an operand (in parentheses where it needs them). */
  readonly args: readonly string[];
  readonly argExprs: readonly Expr[];
  readonly result: Type;
  /** A type's name on the engine. */
  typeName(type: Type): string;
}

/**
 * The shape of the function catalogue. One entry is everything there is to know of a function, operator or cast: the
 * checker, the emitters, completion, the docs and the conformance tests all read it, and nothing else names a function.
 */
import type { Type, Typed, TypeKind } from "../types.ts";

export type Engine = "duckdb" | "spark";

export interface FunctionEntry {
  /** As the language writes it: `lower`, `+`, `is null`, `as`. */
  readonly name: string;
  readonly kind: "operator" | "scalar" | "aggregate";
  /** The heading under which the docs list it. */
  readonly group: FunctionGroup;
  /** How it is written, with names for the arguments: `left(text, count)`, `a + b`. */
  readonly usage: string;
  /** Markdown; the first sentence stands alone in a list. */
  readonly doc: string;
  readonly overloads: readonly Overload[];
  /**
   * Medal expressions that are true: `lower("Ab") == "ab"`; of aggregates, over three rows in which `n` is 1, 2 and 4.
   * Shown in the docs and run on every engine.
   */
  readonly examples: readonly string[];
  readonly duplicates?: Duplicates;
  /** Aggregates only: the results of several groups are added up by adding up the values themselves. */
  readonly adds?: true;
  /** The result shows nothing of the values: counts and hashes. Lineage says so. */
  readonly masks?: true;
  /** `f(f(a, b), c)` is `f(a, b, c)`: nested calls are printed as one where the text takes `{args}`. */
  readonly associative?: true;
}

/**
 * Aggregates only. `distorted`: a value that occurs in more rows than it should changes the result (sum, avg, count of
 * values). `safe`: it does not (min, max, count_distinct). `rows`: it counts the rows there are, or those for which a
 * condition holds (count(), count_if).
 */
export type Duplicates = "distorted" | "safe" | "rows";

export type FunctionGroup =
  | "Arithmetic"
  | "Comparison"
  | "Logic"
  | "Null and choice"
  | "Casts"
  | "Numbers"
  | "Text"
  | "Patterns"
  | "Keys and hashes"
  | "Dates and times"
  | "Aggregates";

/**
 * What a parameter takes: a kind of type (an argument may be widened to it); `T`: any type, the same (after widening) in
 * all parameters that say `T`; `comparable`: as T, and of a kind that has an order; `number`: as T, numeric; `integer`:
 * as T, int or long; `any`: every type, each argument its own. `literal` demands a constant, one of `oneOf` where given.
 */
export type ParameterType =
  | TypeKind
  | "T"
  | "comparable"
  | "number"
  | "integer"
  | "any"
  | { readonly literal: "string" | "int"; readonly oneOf?: readonly string[] };

export interface Overload {
  readonly params: readonly ParameterType[];
  /** The last parameter may come once or more. */
  readonly variadic?: boolean;
  /** Casts only: the kind of type that is asked for. */
  readonly to?: TypeKind;
  /** A type; `T`: what the T parameters became; `asked`: what the cast asks for; or made of the (widened) arguments. */
  readonly result: Type | "T" | "asked" | ((args: readonly ArgumentInfo[]) => Type | ResultProblem);
  /** What is wrong with constants among the (unwidened) arguments, where their type does not tell. */
  readonly check?: (args: readonly ArgumentInfo[]) => ResultProblem | undefined;
  /**
   * `strict`: null where any argument is null · `never`: not null · `always`: may be null whatever comes in ·
   * `all`: null only where every argument is · `rest`: as strict, without regard to the first argument.
   */
  readonly nulls: "strict" | "never" | "always" | "all" | "rest";
  /**
   * Aggregates with `nulls: "always"`: the only null is that of a group in which no value is counted. So the result is
   * not null where the argument is not null, there is no `where`, and every group has a row (the group step has keys).
   */
  readonly emptyIsNull?: true;
  /** Aggregates: in place of the entry's, where one overload differs. */
  readonly duplicates?: Duplicates;
  readonly render: Readonly<Record<Engine, Rendering>>;
}

/** A diagnostic's code from the catalogue and its parameters, for results that no engine can hold. */
export interface ResultProblem {
  readonly problem: "decimal-overflow" | "invalid-argument";
  readonly detail: string;
}

export interface ArgumentInfo extends Typed {
  /** The constant's value, where the argument is one: as `LiteralExpr` has it. */
  readonly literal?: string | boolean | null;
}

/** An expression's text on an engine, or a function where the text depends on types or constants. */
export type Rendering = Template | ((call: RenderCall) => Template);

/**
 * Text with places: Spark as PySpark (`F.lower({0})`), DuckDB as SQL (`lower({0})`).
 *
 * - `{0}` is the first argument, `{args}` all of them, `{rest}` all but the first, with commas; `{type}` is the result's
 *   type on the engine, `{values}` the values of a result that is an enum.
 * - `{~0}`: without its widening, which the engine does by itself here with the same meaning.
 * - `{^0}`: the same, where one argument is of its type as it stands; without, the engine would compute in a narrower one.
 * - `{=0}`: a constant need only fit the type of the others, which the engine brings to one.
 * - Spark: `{0:operand}` may be a bare Python value where another operand is a column, `{0:value}` likewise and without
 *   regard to its digits, `{0:constant}` is one wherever it is a constant.
 * - Aggregates: `{filter}` is DuckDB's ` FILTER (WHERE …)` or nothing. Spark's arguments are null where the filter is not
 *   true; `{rows}` is what to count where there is no argument.
 *
 * A string is an operand: it stands anywhere without parentheses around it. Otherwise `level` says how it binds; the
 * place at its start may bind as loosely, the others bind tighter. An argument gets parentheses where it binds looser
 * than its place asks; between `(` or `, ` and `)` or `,` it gets none.
 */
export type Template = string | DetailedTemplate;

export interface DetailedTemplate {
  readonly text: string;
  readonly level: Level;
  /** What stands for constant texts among the arguments, by position: a pattern as this engine writes it. */
  readonly constants?: Readonly<Record<number, string>>;
}

/** How text binds; `./…/expressions` orders the levels for each engine. */
export type Level = "or" | "and" | "not" | "comparison" | "concat" | "sum" | "product" | "sign" | "operand";

export interface RenderCall {
  readonly args: readonly ArgumentInfo[];
  readonly result: Type;
}

/** A template that is no operand. */
export function at(level: Level, text: string): Template {
  return { level, text };
}

/** A constant that an entry cannot do with; the detail is a sentence without its full stop. */
export function invalid(detail: string): ResultProblem {
  return { problem: "invalid-argument", detail };
}

/** What a value that occurs more often than it should does to an aggregate; undefined for what is none. */
export function duplicatesOf(entry: FunctionEntry, overload: number): Duplicates | undefined {
  return entry.overloads[overload]?.duplicates ?? entry.duplicates;
}

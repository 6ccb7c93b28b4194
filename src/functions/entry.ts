/**
 * The types of the function catalogue. An entry contains everything about a function, operator or cast: the checker,
 * the emitters, completion, the docs and the conformance tests read it, and nothing else names a function.
 */
import type { Type, Typed, TypeKind } from "../types.ts";

export type Engine = "duckdb" | "spark";

export interface FunctionEntry {
  /** The name in the language: `lower`, `+`, `is null`, `as`. */
  readonly name: string;
  readonly kind: "operator" | "scalar" | "aggregate";
  /** The heading in the docs. */
  readonly group: FunctionGroup;
  /** The usage with argument names: `left(text, count)`, `a + b`. */
  readonly usage: string;
  /** Markdown; the first sentence is used alone in lists. */
  readonly doc: string;
  readonly overloads: readonly Overload[];
  /**
   * True Medal expressions: `lower("Ab") == "ab"`; for aggregates, over three rows in which `n` is 1, 2 and 4. Shown in
   * the docs and tested on every engine.
   */
  readonly examples: readonly string[];
  readonly duplicates?: Duplicates;
  /** Aggregates only: the sum of the results of several groups is the sum of all their values. */
  readonly adds?: true;
  /** The result does not reveal the values: counts and hashes. Reported in lineage. */
  readonly masks?: true;
  /** Entries with text results: the maximum width. Without it the type of the result is all that is known. */
  readonly width?: WidthRule;
  /** `f(f(a, b), c)` is `f(a, b, c)`: nested calls are printed as one if the template uses `{args}`. */
  readonly associative?: true;
}

/**
 * Aggregates only: the effect of duplicated rows. `distorted`: they change the result (sum, avg, count of values).
 * `safe`: they do not (min, max, count_distinct). `rows`: the aggregate counts rows, or those that satisfy a condition
 * (count(), count_if).
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
 * What a parameter accepts: a kind of type (an argument may be widened to it); `T`: any type, the same (after widening)
 * for all `T` parameters; `comparable`: like T, with an ordering; `number`: like T, numeric; `integer`: like T, int or
 * long; `any`: every type, independently for each argument. `literal` requires a constant, one of `oneOf` if specified.
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
  /** The last parameter can be repeated. */
  readonly variadic?: boolean;
  /** Casts only: the kind of the target type. */
  readonly to?: TypeKind;
  /**
   * A type; `T`: the common type of the T parameters; `requested`: the target type of a cast; or computed from the
   * (widened) arguments.
   */
  readonly result: Type | "T" | "requested" | ((args: readonly ArgumentInfo[]) => Type | ResultProblem);
  /** Checks constants among the (unwidened) arguments beyond their types. */
  readonly check?: (args: readonly ArgumentInfo[]) => ResultProblem | undefined;
  /**
   * `strict`: null if any argument is null · `never`: not null · `always`: may be null · `all`: null only if every
   * argument is · `rest`: like strict, but ignoring the first argument.
   */
  readonly nulls: "strict" | "never" | "always" | "all" | "rest";
  /**
   * Aggregates with `nulls: "always"`: the result is null only for a group without counted values. So the result is not
   * null if the argument is not null, there is no `where`, and every group has a row (the group step has keys).
   */
  readonly emptyIsNull?: true;
  /** Aggregates: overrides the entry's value for one overload. */
  readonly duplicates?: Duplicates;
  readonly render: Readonly<Record<Engine, Rendering>>;
}

/** A diagnostic code and its parameters, for results that no engine supports. */
export interface ResultProblem {
  readonly problem: "decimal-overflow" | "invalid-argument";
  readonly detail: string;
}

export interface ArgumentInfo extends Typed {
  /** The value, if the argument is a constant; as in `LiteralExpr`. */
  readonly literal?: string | boolean | null;
}

/** Maximum numbers of characters (code points) and of UTF-8 bytes of a text; Infinity if unknown. */
export interface TextWidth {
  readonly characters: number;
  readonly bytes: number;
}

/** The width of a function's result, from the widths of its arguments. */
export type WidthRule = (widths: readonly TextWidth[], args: readonly ArgumentInfo[]) => TextWidth;

/** The code of a call for an engine, or a function if it depends on types or constants. */
export type Rendering = Template | ((call: RenderCall) => Template);

/**
 * Code with placeholders: PySpark for Spark (`F.lower({0})`), SQL for DuckDB (`lower({0})`).
 *
 * - `{0}` is the first argument, `{args}` all of them, `{rest}` all but the first, separated by commas; `{type}` is the
 *   result type on the engine, `{values}` the values of a result that is an enum.
 * - `{~0}`: without its widening, because the engine converts it with the same meaning.
 * - `{^0}`: the same, if one argument has the type already; otherwise the engine would compute with a narrower type.
 * - `{=0}`: a constant only has to fit the type of the others, because the engine converts all to a common type.
 * - Spark: `{0:operand}` may be a plain Python value if another operand is a column, `{0:value}` likewise and
 *   regardless of its digits; `{0:constant}` is a plain value whenever it is a constant.
 * - Aggregates: `{filter}` is DuckDB's ` FILTER (WHERE …)` or empty. On Spark the arguments are null for rows that do
 *   not pass the filter; `{rows}` is the expression to count if there is no argument.
 *
 * A string is an operand: it never needs parentheses. Otherwise `level` is its precedence; a placeholder at its start
 * may have the same precedence, the others must bind tighter. An argument is put in parentheses if it binds looser than
 * its placeholder requires; between `(` or `, ` and `)` or `,` never.
 */
export type Template = string | DetailedTemplate;

export interface DetailedTemplate {
  readonly text: string;
  readonly level: Level;
  /** Replaces constant texts among the arguments, by position: for example, a pattern in the engine's syntax. */
  readonly constants?: Readonly<Record<number, string>>;
}

/** Precedence levels; `codegen/expressions` orders them for each engine. */
export type Level = "or" | "and" | "not" | "comparison" | "concat" | "sum" | "product" | "sign" | "operand";

export interface RenderCall {
  readonly args: readonly ArgumentInfo[];
  readonly result: Type;
  /** Whether an argument contains no column, so that engines evaluate it at compile time. */
  isFolded(index: number): boolean;
}

/** A template that is not an operand. */
export function at(level: Level, text: string): Template {
  return { level, text };
}

/** The problem that an argument is an invalid constant; the detail is a sentence without a full stop. */
export function invalid(detail: string): ResultProblem {
  return { problem: "invalid-argument", detail };
}

/** The effect of duplicated rows on an aggregate; undefined for other functions. */
export function duplicatesOf(entry: FunctionEntry, overload: number): Duplicates | undefined {
  return entry.overloads[overload]?.duplicates ?? entry.duplicates;
}

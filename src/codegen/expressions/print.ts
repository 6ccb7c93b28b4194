/**
 * Prints expressions as code for an engine: fills the templates of the catalogue, with parentheses only where the
 * engine's precedence requires them. A `Dialect` contains all differences between the engines; no engine is named here.
 */
import { findFunction } from "../../functions/catalog.ts";
import type {
  DetailedTemplate,
  Engine,
  FunctionEntry,
  Level,
  Overload,
  RenderCall,
  Template,
} from "../../functions/entry.ts";
import {
  type AggregateExpr,
  type CallExpr,
  type ColumnExpr,
  type Expr,
  type LiteralExpr,
  literal,
  type MatchExpr,
} from "../../semantics/typed.ts";
import { STRING, type Type } from "../../types.ts";

/** The code of an expression and its precedence. */
export interface Printed {
  readonly text: string;
  readonly level: Level;
}

/**
 * How exact the type of the code must be: `exact` · `fit`: a constant only has to fit the type, because the engine
 * converts it and its neighbours to a common type · `engine`: the engine converts implicitly with the same meaning.
 */
export type Exactness = "exact" | "fit" | "engine";

/** Where a constant may be a plain value of the host language; see `Template`. */
export type ConstantPlace = "operand" | "value" | "constant";

export interface Dialect {
  readonly engine: Engine;
  /** From loosest to tightest. */
  readonly levels: readonly Level[];
  /** A type as templates need it. */
  typeText(type: Type): string;
  /** A string literal of the host language. */
  quoted(text: string): string;
  column(ref: ColumnExpr): string;
  literal(literal: LiteralExpr, exactness: Exactness): Printed;
  /** Whether the constant's plain text has exactly its type. */
  isExact(literal: LiteralExpr): boolean;
  /** A constant as a plain value of the host language; undefined if the language has none for it. */
  bare(literal: LiteralExpr, place: ConstantPlace, exactness: Exactness): string | undefined;
  match(branches: readonly PrintedBranch[], otherwise: string | undefined): Printed;
  /** The code of `body`, with each `bound(name)` bound to a value that is evaluated once. */
  bind(bindings: readonly { readonly name: string; readonly text: string }[], body: string): string;
  bound(name: string): string;
  /** Aggregates over the rows that satisfy `where`: the code of an argument, and of `{filter}` and `{rows}`. */
  readonly filtered: {
    argument(where: string, argument: string): string;
    filter(where: string | undefined): string;
    rows(where: string | undefined): string;
  };
}

export interface PrintedBranch {
  readonly condition: string;
  readonly value: string;
}

/** The expression as code without surrounding operators. Its size is linear in the size of the tree. */
export function printExpression(expr: Expr, dialect: Dialect): string {
  return print(expr, { ...dialect, calls: new Map() }, "exact").text;
}

/** A dialect with a cache: a call is printed once even if a template repeats it. */
interface Printer extends Dialect {
  readonly calls: Map<Expr, Printed>;
}

function print(expr: Expr, dialect: Printer, exactness: Exactness): Printed {
  const constant = constantOf(expr);
  if (constant) return dialect.literal(constant, exactness);
  switch (expr.kind) {
    case "literal":
      return dialect.literal(expr, exactness);
    case "column":
      return { text: dialect.column(expr), level: "operand" };
    case "call":
      return printCall(expr, dialect, exactness);
    case "aggregate":
      return printAggregate(expr, dialect);
    case "match":
      return printMatch(expr, dialect);
    default:
      return expr satisfies never;
  }
}

/** The constant value of an expression, through widenings and signs. */
export function constantOf(expr: Expr): LiteralExpr | undefined {
  if (expr.kind === "literal") return expr;
  if (expr.kind !== "call" || (expr.fn !== "widen" && expr.fn !== "neg")) return undefined;
  const [operand] = expr.args;
  const constant = operand && constantOf(operand);
  if (constant === undefined) return undefined;
  if (expr.fn === "widen" || constant.value === null) return { ...constant, type: expr.type };
  if (typeof constant.value !== "string" || SMALLEST.includes(constant.value)) return undefined;
  const negated = constant.value.startsWith("-") ? constant.value.slice(1) : `-${constant.value}`;
  return { ...constant, type: expr.type, value: negated };
}

/** Integers whose negation overflows: negating them fails. */
const SMALLEST: readonly string[] = ["-2147483648", "-9223372036854775808"];

function printCall(expr: CallExpr, dialect: Printer, exactness: Exactness): Printed {
  const [operand] = expr.args;
  const implicit = expr.fn === "widen" && (exactness === "engine" || operand?.type.kind === "enum");
  // The engine only converts one level implicitly; without the inner widening it would derive another type.
  const isWidened = operand?.kind === "call" && operand.fn === "widen" && exactness === "engine";
  if (implicit && operand) return print(operand, dialect, isWidened ? "exact" : exactness);
  const known = dialect.calls.get(expr);
  if (known) return known;
  const printed = fill(expr, dialect, (text) => text);
  dialect.calls.set(expr, printed);
  return printed;
}

function printAggregate(expr: AggregateExpr, dialect: Printer): Printed {
  const where = expr.where && print(expr.where, dialect, "exact").text;
  const argument = (text: string): string => (where === undefined ? text : dialect.filtered.argument(where, text));
  return fill(expr, dialect, argument, {
    filter: dialect.filtered.filter(where),
    rows: dialect.filtered.rows(where),
  });
}

function printMatch(expr: MatchExpr, dialect: Printer): Printed {
  const values = [...expr.branches.map((branch) => branch.value), ...(expr.otherwise ? [expr.otherwise] : [])];
  const exactness = exactnessOf(values, dialect);
  const valueText = (value: Expr): string => {
    const constant = constantOf(value);
    const bare = constant && dialect.bare(constant, "constant", exactness);
    return bare ?? print(value, dialect, exactness).text;
  };
  const branches = expr.branches.map((branch) => ({
    condition: print(branch.condition, dialect, "exact").text,
    value: valueText(branch.value),
  }));
  return dialect.match(branches, expr.otherwise && valueText(expr.otherwise));
}

/**
 * For values that the engine converts to a common type: constants only have to fit if another value has exactly that
 * type.
 */
function exactnessOf(values: readonly Expr[], dialect: Dialect): Exactness {
  const settled = values.some((value) => {
    const constant = constantOf(value);
    return constant === undefined || dialect.isExact(constant);
  });
  return settled ? "fit" : "exact";
}

const PLACEHOLDER = /\{([~^=]?)(\d+|args|rest|type|values|filter|rows)(?::(operand|value|constant))?\}/g;

function fill(
  expr: CallExpr | AggregateExpr,
  dialect: Printer,
  wrap: (argument: string) => string,
  extras: Readonly<Record<string, string>> = {},
): Printed {
  const { entry, overload } = catalogued(expr);
  const template = templateOf(overload, dialect.engine, expr);
  const { text, level, constants } = typeof template === "string" ? operandTemplate(template) : template;
  const nested = entry.associative && text.includes("args}") ? flattened(expr) : expr.args;
  const args = nested.map((arg, index) => replaced(arg, constants?.[index]));
  const names = expr.kind === "call" ? boundNames(args, text, dialect) : undefined;
  const argument = argumentPrinter(args, text, dialect, names);

  const filled = text.replace(
    PLACEHOLDER,
    (whole, mark: string, name: string, place: string | undefined, at: number) => {
      const extra = extras[name];
      if (extra !== undefined) return extra;
      if (name === "type") return dialect.typeText(expr.type);
      if (name === "values") return valuesOf(expr.type).map(dialect.quoted).join(", ");
      if (name === "args" || name === "rest") {
        const listed = args.map((_, index) => index).slice(name === "args" ? 0 : 1);
        return listed.map((index) => wrap(argument(index, mark, place, undefined))).join(", ");
      }
      return wrap(argument(Number(name), mark, place, requiredLevel(text, at, at + whole.length, level, dialect)));
    },
  );
  if (names === undefined) return { text: filled, level };
  const bindings = [...names].map(([arg, name]) => ({
    name,
    text: parenthesised(print(arg, dialect, "exact"), "operand", dialect),
  }));
  return { text: dialect.bind(bindings, filled), level: "operand" };
}

/** Longer arguments are not repeated in the code. */
const LONG_ARGUMENT = 300;

/**
 * Names for the arguments of a call whose template repeats a long one: the code of such nested calls would grow
 * exponentially. All arguments except constants are named, so that the template contains only names.
 */
function boundNames(args: readonly Expr[], text: string, dialect: Printer): ReadonlyMap<Expr, string> | undefined {
  const uses = [...text.matchAll(PLACEHOLDER)].map(([, , name]) => Number(name));
  const repeated = (index: number): boolean => uses.filter((each) => each === index).length > 1;
  const long = args.some((arg, index) => repeated(index) && print(arg, dialect, "exact").text.length > LONG_ARGUMENT);
  if (!long) return undefined;
  const variables = args.filter((arg) => constantOf(arg) === undefined);
  return new Map(variables.map((arg, index) => [arg, `a${index}`]));
}

/** Prints an argument at a placeholder of the template, with its mark, kind and required precedence. */
function argumentPrinter(
  args: readonly Expr[],
  text: string,
  dialect: Printer,
  names: ReadonlyMap<Expr, string> | undefined,
) {
  const unified = args.filter((_, index) => text.includes("{=args") || text.includes(`{=${index}`));
  const fit = exactnessOf(unified, dialect);
  const neighbours = args.filter((arg) => constantOf(arg) === undefined);
  const settled = neighbours.some((arg) => arg.kind !== "call" || arg.fn !== "widen");

  const isTyped = args.some((arg) => {
    const constant = constantOf(arg);
    return constant ? dialect.isExact(constant) : arg.kind !== "call" || arg.fn !== "widen";
  });

  /** A constant needs its own type if no other argument determines the type of the call. */
  function isLoose(constant: LiteralExpr): boolean {
    return constant.value !== null && (constant.type.kind === "double" ? settled : neighbours.length > 0);
  }

  return (index: number, mark: string, place: string | undefined, level: Level | undefined): string => {
    const arg = args[index];
    if (arg === undefined) throw new Error(`no argument ${index} for ${text}`);
    const name = names?.get(arg);
    if (name !== undefined) return dialect.bound(name);
    const constant = constantOf(arg);
    const engine = (mark === "~" || (mark === "^" && isTyped)) && (constant === undefined || isLoose(constant));
    const exactness = mark === "=" ? fit : engine ? "engine" : "exact";
    if (constant && isPlace(place) && (place === "constant" || neighbours.length > 0)) {
      const bare = dialect.bare(constant, place, exactness);
      if (bare !== undefined) return bare;
    }
    return parenthesised(print(arg, dialect, exactness), level, dialect);
  };
}

function replaced(arg: Expr, constant: string | undefined): Expr {
  return constant === undefined ? arg : literal(STRING, constant);
}

function valuesOf(type: Type): readonly string[] {
  if (type.kind !== "enum") throw new Error(`${type.kind} has no list of values`);
  return type.values;
}

function operandTemplate(text: string): DetailedTemplate {
  return { text, level: "operand" };
}

function isPlace(place: string | undefined): place is ConstantPlace {
  return place !== undefined;
}

function catalogued(expr: CallExpr | AggregateExpr): { entry: FunctionEntry; overload: Overload } {
  const entry = findFunction(expr.fn);
  const overload = entry?.overloads[expr.overload];
  if (entry === undefined || overload === undefined) throw new Error(`no overload ${expr.overload} of ${expr.fn}`);
  return { entry, overload };
}

function templateOf(overload: Overload, engine: Engine, expr: CallExpr | AggregateExpr): Template {
  const rendering = overload.render[engine];
  return typeof rendering === "function" ? rendering(renderCall(expr)) : rendering;
}

function renderCall(expr: CallExpr | AggregateExpr): RenderCall {
  const args = expr.args.map((arg) => {
    const constant = constantOf(arg);
    return { type: arg.type, nullable: arg.nullable, ...(constant ? { literal: constant.value } : {}) };
  });
  const isFolded = (index: number): boolean => isConstantExpression(expr.args[index]);
  return { args, result: expr.type, isFolded };
}

function isConstantExpression(expr: Expr | undefined): boolean {
  switch (expr?.kind) {
    case "call":
      return expr.args.every(isConstantExpression);
    case "match": {
      const parts = expr.branches.flatMap(({ condition, value }) => [condition, value]);
      return [...parts, ...(expr.otherwise ? [expr.otherwise] : [])].every(isConstantExpression);
    }
    case "column":
    case "aggregate":
      return false;
    case "literal":
    case undefined:
      return true;
    default:
      return expr satisfies never;
  }
}

/** The arguments of nested calls of the same associative function. */
function flattened(expr: CallExpr | AggregateExpr): readonly Expr[] {
  return expr.args.flatMap((arg) => (arg.kind === "call" && arg.fn === expr.fn ? flattened(arg) : [arg]));
}

/** The minimum precedence of an argument at a placeholder; undefined if there is none. */
function requiredLevel(text: string, start: number, end: number, level: Level, dialect: Dialect): Level | undefined {
  if (isOpened(text.slice(0, start)) && isClosed(text.slice(end))) return undefined;
  if (level === "operand") return "operand";
  if (level === "and" || level === "or" || (start === 0 && level !== "comparison")) return level;
  return dialect.levels[dialect.levels.indexOf(level) + 1];
}

function isOpened(before: string): boolean {
  return /(\(|, |\b(WHEN|THEN|ELSE|DISTINCT) )$/.test(before);
}

function isClosed(after: string): boolean {
  return /^(\)|,| (AS|WHEN|THEN|ELSE|END)\b)/.test(after);
}

function parenthesised(printed: Printed, required: Level | undefined, { levels }: Dialect): string {
  if (required === undefined || levels.indexOf(printed.level) >= levels.indexOf(required)) return printed.text;
  return `(${printed.text})`;
}

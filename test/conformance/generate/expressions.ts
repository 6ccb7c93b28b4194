/**
 * Generates expressions of a type from the signatures of the function catalogue, so new entries are used automatically.
 * What does not resolve (too many digits, a constant that is not allowed) becomes a column or a constant.
 */
import { catalog } from "../../../src/functions/catalog.ts";
import type { FunctionEntry, Overload, ParameterType } from "../../../src/functions/entry.ts";
import { resolveCall, resolveCast } from "../../../src/functions/resolve.ts";
import { operatorText } from "../../../src/functions/signature.ts";
import { BOOL, DATE, DOUBLE, decimal, INT, LONG, STRING, TIMESTAMP, type Type, typeText } from "../../../src/types.ts";
import { type Choices, createChoices } from "./choices.ts";
import {
  ARGUMENTS,
  constant,
  INEXACT,
  isKind,
  KINDS,
  type Kind,
  literal,
  MOOD,
  operand,
  type Value,
} from "./values.ts";

/** What an expression may use. */
export interface Terms {
  readonly choices: Choices;
  readonly columns: readonly Value[];
}

interface Candidate {
  readonly entry: FunctionEntry;
  readonly overload: Overload;
}

/** At this depth there are only columns and constants. */
const DEPTH = 3;

const TYPES: Readonly<Record<Kind, Type>> = {
  int: INT,
  long: LONG,
  decimal: decimal(6, 2),
  double: DOUBLE,
  string: STRING,
  bool: BOOL,
  date: DATE,
  timestamp: TIMESTAMP,
  enum: MOOD,
};

/** An expression of a kind of type. */
export function expression(kind: Kind, terms: Terms, depth = DEPTH): Value {
  const { choices } = terms;
  if (depth === 0 || !choices.chance(55)) return leaf(kind, terms);
  const made = choices.chance(12) ? matched(kind, terms, depth) : called(kind, terms, depth);
  return made ?? leaf(kind, terms);
}

/** An expression of any type, most often one that a column has. */
export function anyExpression(terms: Terms): Value {
  return expression(anyKind(terms), terms);
}

function anyKind({ choices, columns }: Terms): Kind {
  const there = KINDS.filter((kind) => columns.some(({ type }) => type.kind === kind));
  return there.length > 0 && !choices.chance(20) ? choices.pick(there) : choices.pick(KINDS);
}

/** A condition; most often one about columns: that they are constant, equal, or not null. */
export function condition(terms: Terms): Value {
  const { choices, columns } = terms;
  const exact = columns.filter(({ fuzzy }) => !fuzzy);
  if (exact.length === 0) return expression("bool", terms);
  const column = choices.pick(exact);
  switch (choices.below(6)) {
    case 0:
      return comparedWithConstant(column, choices) ?? leaf("bool", terms);
    case 1:
      return { ...column, type: BOOL, nullable: false, text: `${column.text} is not null`, operand: false };
    case 2:
      return comparedWithColumn(column, exact, choices) ?? leaf("bool", terms);
    case 3:
      return infix("and", condition(terms), condition(terms)) ?? leaf("bool", terms);
    default:
      return expression("bool", terms);
  }
}

/** `column == constant`. */
export function comparedWithConstant(column: Value, choices: Choices): Value | undefined {
  return isKind(column.type.kind) ? infix("==", column, constant(column.type.kind, choices)) : undefined;
}

/** `column == other`, if one of the others can be compared with it. */
export function comparedWithColumn(column: Value, others: readonly Value[], choices: Choices): Value | undefined {
  const fitting = others.filter((each) => each !== column && resolveCall("==", [column, each]).ok);
  return fitting.length === 0 ? undefined : infix("==", column, choices.pick(fitting));
}

/** Two values with an operator between them; undefined if it does not accept them. */
export function infix(name: string, left: Value, right: Value): Value | undefined {
  const resolution = resolveCall(name, [left, right]);
  if (!resolution.ok) return undefined;
  return {
    ...resolution.result,
    text: callText(name, [left, right]),
    operand: false,
    fuzzy: left.fuzzy || right.fuzzy,
  };
}

/** A column of the kind, an integer column for another kind of number, or a constant. */
function leaf(kind: Kind, { choices, columns }: Terms): Value {
  const exact = columns.filter(({ fuzzy }) => !fuzzy);
  const same = exact.filter(({ type }) => type.kind === kind);
  const widened = kind === "long" || kind === "decimal" ? exact.filter(({ type }) => type.kind === "int") : [];
  const fitting = same.length > 0 ? same : widened;
  return fitting.length > 0 && !choices.chance(15) ? choices.pick(fitting) : constant(kind, choices);
}

/** A match with one or two branches, most often with an `else`. */
function matched(kind: Kind, terms: Terms, depth: number): Value | undefined {
  const { choices } = terms;
  const branches = Array.from({ length: 1 + choices.below(2) }, () => ({
    condition: condition(terms),
    value: expression(kind, terms, depth - 1),
  }));
  const otherwise = choices.chance(25) ? [] : [expression(kind, terms, depth - 1)];
  const values = [...branches.map(({ value }) => value), ...otherwise];
  const [first] = values;
  // The common type of the branches is that of the arguments of `coalesce`.
  const common = resolveCall("coalesce", first === undefined ? [] : [first, ...values]);
  if (!common.ok) return undefined;
  const lines = [
    ...branches.map((each) => `${each.condition.text} => ${each.value.text}`),
    ...otherwise.map((each) => `else => ${each.text}`),
  ];
  return {
    type: common.result.type,
    nullable: otherwise.length === 0 || values.some(({ nullable }) => nullable),
    text: `match { ${lines.join(", ")} }`,
    operand: true,
    fuzzy: values.some(({ fuzzy }) => fuzzy),
  };
}

/** A call of a function that returns the kind; undefined if it rejects the chosen arguments. */
function called(kind: Kind, terms: Terms, depth: number): Value | undefined {
  const { choices } = terms;
  // Chosen by entry first: casts have so many overloads that they would dominate.
  const all = CANDIDATES[kind];
  const { entry, overload } = choices.pick(choices.pick(depth === DEPTH ? all : all.filter(isExact)));
  const shared = overload.result === "T" ? kind : sharedKind(overload, terms);
  const args = parametersOf(overload, choices).map((parameter, at) =>
    argument(entry, parameter, at, shared, terms, depth),
  );
  const made =
    entry.name === "as" || entry.name === "as?" ? cast(entry.name, args[0], kind, choices) : call(entry, args);
  return made?.type.kind === kind ? made : undefined;
}

/** The parameters of a call; the last one of a variadic function may occur twice. */
export function parametersOf({ params, variadic }: Overload, choices: Choices): readonly ParameterType[] {
  const last = params.at(-1);
  return variadic && last !== undefined && choices.chance(40) ? [...params, last] : params;
}

function call(entry: FunctionEntry, args: readonly Value[]): Value | undefined {
  // The sign of a number is part of it.
  if (entry.name === "neg" && args[0]?.literal !== undefined) return undefined;
  const resolution = resolveCall(entry.name, args);
  if (!resolution.ok) return undefined;
  return {
    ...resolution.result,
    text: callText(entry.name, args),
    operand: entry.kind !== "operator",
    fuzzy: INEXACT.has(entry.name) || args.some(({ fuzzy }) => fuzzy),
  };
}

function cast(name: "as" | "as?", from: Value | undefined, kind: Kind, choices: Choices): Value | undefined {
  if (from === undefined) return undefined;
  const to = kind === "decimal" ? decimal(10, choices.pick([2, 0, 4])) : TYPES[kind];
  const resolution = resolveCast(from, to, name === "as?");
  if (!resolution.ok) return undefined;
  return { ...resolution.result, text: `${operand(from)} ${name} ${typeText(to)}`, operand: false, fuzzy: false };
}

/** A value for a parameter; `shared` is the kind of those that must be equal. */
export function argument(
  entry: FunctionEntry,
  parameter: ParameterType,
  at: number,
  shared: Kind,
  terms: Terms,
  depth: number,
): Value {
  const { choices } = terms;
  const listed = ARGUMENTS[`${entry.name} ${at}`];
  if (typeof parameter === "object") {
    const allowed = parameter.oneOf?.map((each) => JSON.stringify(each));
    return literal(choices.pick(listed ?? allowed ?? (parameter.literal === "int" ? ["1", "2"] : ['"a"', '"b"'])));
  }
  if (listed !== undefined) return literal(choices.pick(listed));
  if ((entry.name === "in" || entry.name === "not in") && at > 0) return constant(shared, choices);
  if (INEXACT.has(entry.name)) return leaf("double", terms);
  if (isKind(parameter)) return expression(parameter, terms, depth - 1);
  return expression(parameter === "any" ? anyKind(terms) : shared, terms, depth - 1);
}

/** A kind for parameters that must have the same; preferably one that a column has. */
export function sharedKind({ params }: Overload, { choices, columns }: Terms): Kind {
  const allowed = KINDS.filter((kind) => params.every((each) => allows(each, kind)));
  const there = allowed.filter((kind) => columns.some(({ type }) => type.kind === kind));
  return choices.pick(there.length > 0 ? there : allowed.length > 0 ? allowed : KINDS);
}

/** Whether a parameter for several kinds accepts this one; others always do. */
function allows(parameter: ParameterType, kind: Kind): boolean {
  switch (parameter) {
    case "integer":
      return kind === "int" || kind === "long";
    case "number":
      return kind === "int" || kind === "long" || kind === "decimal" || kind === "double";
    case "comparable":
      return kind !== "bool" && kind !== "enum";
    default:
      return true;
  }
}

/** A call as text. */
export function callText(name: string, args: readonly Value[]): string {
  if (!OPERATORS.has(name)) return `${name}(${args.map(({ text }) => text).join(", ")})`;
  // List items need no parentheses.
  const isList = name === "in" || name === "not in";
  return operatorText(
    name,
    args.map((each, at) => (isList && at > 0 ? each.text : operand(each))),
  );
}

const OPERATORS: ReadonlySet<string> = new Set(
  catalog.filter(({ kind }) => kind === "operator").map(({ name }) => name),
);

const isExact = ([first]: readonly Candidate[]): boolean => first !== undefined && !INEXACT.has(first.entry.name);

/** The kinds of type that an overload can return. */
function resultKinds(entry: FunctionEntry, overload: Overload): readonly Kind[] {
  const { result, params, to } = overload;
  if (result === "T") return KINDS.filter((kind) => params.every((each) => allows(each, kind)));
  // A strict cast of a text would fail for nearly every row.
  const given = result === "requested" ? (entry.name === "as" && params[0] === "string" ? undefined : to) : undefined;
  if (result === "requested") return given !== undefined && isKind(given) ? [given] : [];
  const { kind } = typeof result === "object" ? result : sampleResult(entry, overload);
  return isKind(kind) ? [kind] : [];
}

function sampleResult(entry: FunctionEntry, { params }: Overload): Type {
  const terms: Terms = { choices: createChoices([]), columns: [] };
  const args = params.map((parameter, at): Value => {
    if (typeof parameter === "object") return argument(entry, parameter, at, "int", terms, 0);
    const type = TYPES[isKind(parameter) ? parameter : "int"];
    return { type, nullable: false, text: "", operand: true, fuzzy: false };
  });
  const resolution = resolveCall(entry.name, args);
  return resolution.ok ? resolution.result.type : { kind: "error" };
}

/** By kind, the overloads of each entry that return it. */
const CANDIDATES: Readonly<Record<Kind, readonly (readonly Candidate[])[]>> = (() => {
  const found: Record<Kind, Candidate[][]> = {
    int: [],
    long: [],
    decimal: [],
    double: [],
    string: [],
    bool: [],
    date: [],
    timestamp: [],
    enum: [],
  };
  for (const entry of catalog) {
    if (entry.kind === "aggregate" || entry.name === "widen") continue;
    for (const kind of KINDS) {
      const fitting = entry.overloads.filter((overload) => resultKinds(entry, overload).includes(kind));
      if (fitting.length > 0) found[kind].push(fitting.map((overload) => ({ entry, overload })));
    }
  }
  return found;
})();

/**
 * Resolves calls: selects the overload for the arguments, the types they are widened to, and the result type.
 *
 * Overloads are tried in order and the first that fits is used, so entries list narrower ones first. Widening is the
 * only implicit conversion: int to long to decimal to double, and an enum to string.
 */
import { closest } from "../diagnostics/suggest.ts";
import {
  DOUBLE,
  decimal,
  ERROR,
  isNumeric,
  LONG,
  MAX_PRECISION,
  maxLengthOf,
  NULL,
  STRING,
  sameType,
  stringOf,
  type Type,
  type Typed,
  type TypeKind,
  typeText,
} from "../types.ts";
import { catalog, findFunction } from "./catalog.ts";
import { commonDigits, type Digits, digitsOfArgument } from "./decimals.ts";
import type { ArgumentInfo, FunctionEntry, Overload, ParameterType, ResultProblem } from "./entry.ts";
import { argumentCounts, signature } from "./signature.ts";

export { findFunction };

/** The resolved call, or the reason why it is invalid. */
export type Resolution =
  | {
      readonly ok: true;
      readonly entry: FunctionEntry;
      readonly overload: number;
      readonly result: Typed;
      /**
       * For each argument the type to widen it to, if it differs from the parameter's type; a null is widened to the
       * parameter's type. Empty if no argument is widened.
       */
      readonly widen: readonly (Type | undefined)[];
    }
  | { readonly ok: false; readonly reason: "unknown-function"; readonly suggestions: readonly string[] }
  | { readonly ok: false; readonly reason: "argument-count"; readonly expected: string }
  /** `expected`: the available signatures. */
  | { readonly ok: false; readonly reason: "argument-types"; readonly expected: readonly string[] }
  | { readonly ok: false; readonly reason: "problem"; readonly problem: ResultProblem };

const UNWIDENED: readonly undefined[] = [];

/**
 * Resolves a call of a function, an aggregate or an operator. An argument of the error type has been reported already:
 * the call then has the error type too, and nothing else is reported.
 */
export function resolveCall(name: string, args: readonly ArgumentInfo[]): Resolution {
  const entry = findFunction(name);
  if (entry === undefined || entry.group === "Casts") {
    return { ok: false, reason: "unknown-function", suggestions: suggestions(name) };
  }
  if (!entry.overloads.some((overload) => takesCount(overload, args.length))) {
    return { ok: false, reason: "argument-count", expected: argumentCounts(entry) };
  }
  if (args.some((arg) => arg.type.kind === "error")) return ofErrorType(entry);
  for (let index = 0; index < entry.overloads.length; index++) {
    const overload = entry.overloads[index];
    if (overload === undefined || !takesCount(overload, args.length)) continue;
    const common = sharedType(overload, args);
    if (common !== undefined) return resolved(entry, index, overload, args, common, undefined);
  }
  const problem = overflowOfCommonType(entry, args) ?? badConstant(entry, args);
  if (problem !== undefined) return { ok: false, reason: "problem", problem };
  return { ok: false, reason: "argument-types", expected: entry.overloads.map((each) => signature(entry, each)) };
}

/** Resolves `x as type`, or `x as? type` if `lenient`. */
export function resolveCast(from: ArgumentInfo, to: Type, lenient: boolean): Resolution {
  const entry = lenient ? LENIENT_CAST : STRICT_CAST;
  if (from.type.kind === "error" || to.kind === "error") return ofErrorType(entry);
  const index = entry.overloads.findIndex(
    (each) => (each.to === undefined ? widensFreely(from.type, to) : each.to === to.kind) && takesKind(each, from.type),
  );
  const overload = entry.overloads[index];
  if (overload !== undefined) return resolved(entry, index, overload, [from], to, to);
  const others = entry.overloads.filter((each) => each.to !== undefined && takesKind(each, from.type));
  return { ok: false, reason: "argument-types", expected: others.map((each) => signature(entry, each)) };
}

/**
 * The common type that all widen to: for the branches of a match, the items of a list. A decimal fits all of their
 * digits. Undefined if there is none, or it would exceed 38 digits; the null type if all are null.
 */
export function commonType(types: readonly Type[]): Type | undefined {
  return commonTypeOf(types.map((type) => ({ type, nullable: false })));
}

/** Like `commonType`, for expressions: an integer constant next to decimals only counts with its own digits. */
export function commonTypeOf(args: readonly ArgumentInfo[]): Type | undefined {
  let common: Type = NULL;
  for (const { type } of args) {
    if (type.kind === "error") return ERROR;
    const joined = joinKinds(common, type);
    if (joined === undefined) return undefined;
    common = joined;
  }
  if (common.kind !== "decimal") return common;
  const digits = digitsOfAll(args);
  return digits === undefined || digits.precision > MAX_PRECISION ? undefined : decimal(digits.precision, digits.scale);
}

/** Whether a value of `from` can be used as `to`, directly or widened, without losing digits. */
export function widens(from: Type, to: Type): boolean {
  if (from.kind === "error" || to.kind === "error" || from.kind === "null") return true;
  const common = commonType([from, to]);
  return common !== undefined && sameType(common, to);
}

const STRICT_CAST = castEntry("as");
const LENIENT_CAST = castEntry("as?");

function castEntry(name: string): FunctionEntry {
  const entry = findFunction(name);
  if (entry === undefined) throw new Error(`the catalogue has no entry "${name}"`);
  return entry;
}

function suggestions(name: string): readonly string[] {
  const found = closest(
    name,
    catalog.filter((entry) => entry.kind !== "operator").map((entry) => entry.name),
  );
  return found === undefined ? [] : [found];
}

function ofErrorType(entry: FunctionEntry): Resolution {
  return { ok: true, entry, overload: 0, result: { type: ERROR, nullable: false }, widen: UNWIDENED };
}

function takesCount(overload: Overload, count: number): boolean {
  return overload.variadic ? count >= overload.params.length : count === overload.params.length;
}

function parameterAt(overload: Overload, index: number): ParameterType {
  return overload.params[Math.min(index, overload.params.length - 1)] ?? "any";
}

/**
 * The common type of the arguments for T parameters (the null type if there are none); undefined if the overload does
 * not fit.
 */
function sharedType(overload: Overload, args: readonly ArgumentInfo[]): Type | undefined {
  let shared: ArgumentInfo[] | undefined;
  let constraint: ParameterType = "T";
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    const parameter = parameterAt(overload, index);
    if (arg === undefined) return undefined;
    if (isVariable(parameter)) {
      shared ??= [];
      shared.push(arg);
      constraint = parameter;
    } else if (!takes(parameter, arg)) return undefined;
  }
  if (shared === undefined) return NULL;
  const common = commonTypeOf(shared);
  return common !== undefined && satisfies(common, constraint) ? common : undefined;
}

function resolved(
  entry: FunctionEntry,
  index: number,
  overload: Overload,
  args: readonly ArgumentInfo[],
  common: Type,
  requested: Type | undefined,
): Resolution {
  const problem = overload.check?.(args);
  if (problem !== undefined) return { ok: false, reason: "problem", problem };
  let widen: (Type | undefined)[] | undefined;
  let widened: ArgumentInfo[] | undefined;
  for (let position = 0; position < args.length; position++) {
    const arg = args[position];
    if (arg === undefined) continue;
    const type = requiredType(parameterAt(overload, position), arg, common);
    if (type === undefined || sameType(arg.type, type)) continue;
    widen ??= new Array<Type | undefined>(args.length).fill(undefined);
    widen[position] = type;
    if (arg.type.kind === "enum") continue;
    widened ??= [...args];
    widened[position] = { ...arg, type };
  }
  const type = resultType(overload, widened ?? args, common, requested);
  if ("problem" in type) return { ok: false, reason: "problem", problem: type };
  return {
    ok: true,
    entry,
    overload: index,
    result: { type, nullable: resultNullable(overload, args) },
    widen: widen ?? UNWIDENED,
  };
}

function resultType(
  { result }: Overload,
  args: readonly ArgumentInfo[],
  common: Type,
  requested: Type | undefined,
): Type | ResultProblem {
  if (result === "T") return common;
  if (result === "requested") return requested ?? common;
  return typeof result === "function" ? result(args) : result;
}

function resultNullable({ nulls }: Overload, args: readonly ArgumentInfo[]): boolean {
  switch (nulls) {
    case "strict":
      return args.some(mayBeNull);
    case "never":
      return false;
    case "always":
      return true;
    case "all":
      return args.every(mayBeNull);
    case "rest":
      return args.some((arg, index) => index > 0 && mayBeNull(arg));
    default:
      return nulls satisfies never;
  }
}

function mayBeNull(arg: ArgumentInfo): boolean {
  return arg.nullable || arg.type.kind === "null";
}

type Variable = "T" | "comparable" | "number" | "integer";

function isVariable(parameter: ParameterType): parameter is Variable {
  return parameter === "T" || parameter === "comparable" || parameter === "number" || parameter === "integer";
}

function satisfies(type: Type, constraint: ParameterType): boolean {
  if (type.kind === "null") return true;
  switch (constraint) {
    case "comparable":
      return isNumeric(type) || type.kind === "string" || type.kind === "date" || type.kind === "timestamp";
    case "number":
      return isNumeric(type);
    case "integer":
      return type.kind === "int" || type.kind === "long";
    default:
      return true;
  }
}

/** The trivial cast: of a type to itself, or of a null to any type. */
function widensFreely(from: Type, to: Type): boolean {
  const limit = maxLengthOf(to);
  return (
    from.kind === "null" || (sameType(from, to) && (limit === undefined || (maxLengthOf(from) ?? Infinity) <= limit))
  );
}

function takesKind(cast: Overload, from: Type): boolean {
  const [parameter] = cast.params;
  return parameter === "T" || parameter === "any" || parameter === from.kind;
}

function takes(parameter: ParameterType, arg: ArgumentInfo): boolean {
  if (typeof parameter === "object") return isConstant(parameter, arg) && isListed(parameter, arg);
  if (parameter === "any" || arg.type.kind === "null") return true;
  return arg.type.kind === parameter || widensToKind(arg.type.kind, parameter);
}

type ConstantParameter = Exclude<ParameterType, string>;

function isConstant(parameter: ConstantParameter, arg: ArgumentInfo): boolean {
  return arg.type.kind === parameter.literal && typeof arg.literal === "string";
}

function isListed(parameter: ConstantParameter, arg: ArgumentInfo): boolean {
  return parameter.oneOf === undefined || parameter.oneOf.some((value) => value === arg.literal);
}

/** The numeric kinds; each widens to all that follow it. */
const NUMERIC: readonly TypeKind[] = ["int", "long", "decimal", "double"];

function widensToKind(from: TypeKind, to: ParameterType): boolean {
  if (from === "enum") return to === "string";
  const start = NUMERIC.indexOf(from);
  return start !== -1 && NUMERIC.some((kind, index) => index > start && kind === to);
}

/** The common kind of two types, ignoring the digits of decimals. */
function joinKinds(a: Type, b: Type): Type | undefined {
  if (a.kind === "null") return b;
  if (a.kind === "string" && b.kind === "string") return longer(a, b);
  if (b.kind === "null" || sameType(a, b)) return a;
  if (a.kind === b.kind) return a.kind === "decimal" ? a : undefined;
  if (widensToKind(a.kind, b.kind)) return b;
  return widensToKind(b.kind, a.kind) ? a : undefined;
}

/** The type of texts of both. */
function longer(a: Type, b: Type): Type {
  const [first, second] = [maxLengthOf(a), maxLengthOf(b)];
  return first === second ? a : stringOf(first && second && Math.max(first, second));
}

/** The digits that fit all arguments; undefined if one is not an exact number. */
function digitsOfAll(args: readonly ArgumentInfo[]): Digits | undefined {
  let common: Digits | undefined;
  for (const arg of args) {
    if (arg.type.kind === "null") continue;
    const digits = digitsOfArgument(arg);
    if (digits === undefined) return undefined;
    common = common === undefined ? digits : commonDigits(common, digits);
  }
  return common;
}

/** The type that a parameter requires of an argument; undefined if it is used unchanged. */
function requiredType(parameter: ParameterType, arg: ArgumentInfo, common: Type): Type | undefined {
  if (typeof parameter === "object") return undefined;
  switch (parameter) {
    case "any":
    case "enum":
    case "null":
    case "error":
      return undefined;
    case "T":
    case "comparable":
    case "number":
    case "integer":
      return common;
    case "decimal": {
      const digits = digitsOfArgument(arg);
      return digits === undefined ? undefined : decimal(digits.precision, digits.scale);
    }
    case "string":
      return STRING;
    case "long":
      return LONG;
    case "double":
      return DOUBLE;
    default:
      return { kind: parameter };
  }
}

/** The problem that the arguments are numbers whose common type would have too many digits. */
function overflowOfCommonType(entry: FunctionEntry, args: readonly ArgumentInfo[]): ResultProblem | undefined {
  if (!entry.overloads.some((each) => takesCount(each, args.length) && each.params.some(isVariable))) return undefined;
  const numbers = args.filter((_, index) => entry.overloads.some((each) => isVariable(parameterAt(each, index))));
  const digits = digitsOfAll(numbers);
  if (digits === undefined || digits.precision <= MAX_PRECISION) return undefined;
  const types = numbers.map((arg) => typeText(arg.type)).join(" and ");
  return {
    problem: "decimal-overflow",
    detail: `a common type of ${types} needs ${digits.precision} digits, the limit is ${MAX_PRECISION}`,
  };
}

/** The problem that an overload fits except for a constant that is not among its listed values. */
function badConstant(entry: FunctionEntry, args: readonly ArgumentInfo[]): ResultProblem | undefined {
  for (const overload of entry.overloads) {
    if (!takesCount(overload, args.length)) continue;
    const misfits = args.filter((arg, index) => {
      const parameter = parameterAt(overload, index);
      return !isVariable(parameter) && !takes(parameter, arg);
    });
    const [misfit] = misfits;
    if (misfits.length !== 1 || misfit === undefined) continue;
    const parameter = parameterAt(overload, args.indexOf(misfit));
    if (typeof parameter !== "object" || parameter.oneOf === undefined || !isConstant(parameter, misfit)) continue;
    const values = parameter.oneOf.map((value) => `"${value}"`).join(", ");
    return { problem: "invalid-argument", detail: `"${misfit.literal}" is not one of ${values}` };
  }
  return undefined;
}

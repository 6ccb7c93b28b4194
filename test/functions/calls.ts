/** The vectors of scalar functions and casts as calls with replaceable arguments. */
import { findFunction } from "../../src/functions/resolve.ts";
import type { CallExpr, Expr, LiteralExpr } from "../../src/semantics/typed.ts";
import { typeText } from "../../src/types.ts";
import { NUMBER } from "./failures.ts";
import { call, cast } from "./support.ts";
import { castVectors } from "./vectors/casts.ts";
import { scalarVectors } from "./vectors/scalars.ts";
import { type Failure, INVALID_CAST, type Outcome, OVERFLOW } from "./vectors/vector.ts";

export interface VectorCall {
  readonly fn: string;
  /** For people: `left(abc, 2)`. */
  readonly shown: string;
  readonly args: readonly LiteralExpr[];
  /** Whether the argument can be something else than a constant. */
  readonly free: readonly boolean[];
  readonly outcome: Outcome;
  /** The call with other arguments; undefined if it is invalid, such as a result of more than 38 digits. */
  readonly of: (args: readonly Expr[]) => CallExpr | undefined;
}

const scalarCalls: readonly VectorCall[] = Object.entries(scalarVectors).flatMap(([fn, vectors]) =>
  vectors.map(([args, outcome]): VectorCall => {
    const values = args.map((arg) => String(arg.value)).join(", ");
    const of = attempted((given) => call(fn, ...given));
    return { fn, shown: `${fn}(${values})`, args, free: freeArguments(fn, args), outcome, of };
  }),
);

const castCalls: readonly VectorCall[] = castVectors.flatMap(([from, expected]) =>
  [true, false].map((lenient): VectorCall => {
    const fn = lenient ? "as?" : "as";
    const outcome = !lenient && from.value !== null && expected.value === null ? castFailure(from, expected) : expected;
    const shown = `"${from.value}" ${fn} ${typeText(expected.type)}`;
    const of = attempted(([arg = from]) => cast(arg, expected.type, lenient));
    return { fn, shown, args: [from], free: [from.type.kind !== "null"], outcome, of };
  }),
);

export const vectorCalls: readonly VectorCall[] = [...scalarCalls, ...castCalls];

/** A text with a number that is out of range fails like a number. */
function castFailure({ type, value }: LiteralExpr, to: LiteralExpr): Failure {
  if (type.kind !== "string") return OVERFLOW;
  const isNumber = new RegExp(`^${NUMBER}$`).test(String(value));
  const isWhole = isNumber && !String(value).includes(".");
  if (to.type.kind === "int" || to.type.kind === "long") return isWhole ? OVERFLOW : INVALID_CAST;
  return to.type.kind === "decimal" && isNumber ? OVERFLOW : INVALID_CAST;
}

/** Parameters that require a constant get one; a null without a type is kept. */
function freeArguments(name: string, args: readonly LiteralExpr[]): readonly boolean[] {
  const demanding = findFunction(name)?.overloads.filter(({ params }) =>
    params.some((parameter) => typeof parameter === "object"),
  );
  return args.map((arg, index) => {
    const overload = demanding?.find(({ params }) => params.length <= args.length);
    const parameter = overload?.params[Math.min(index, overload.params.length - 1)];
    return arg.type.kind !== "null" && typeof parameter !== "object";
  });
}

function attempted(make: (args: readonly Expr[]) => CallExpr) {
  return (args: readonly Expr[]): CallExpr | undefined => {
    try {
      return make(args);
    } catch {
      return undefined;
    }
  };
}

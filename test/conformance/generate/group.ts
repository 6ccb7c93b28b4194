/**
 * Generates `group`: keys, aggregates over values and expressions, with `where` and `per`; and a `group` of its
 * results.
 */
import { catalog } from "../../../src/functions/catalog.ts";
import type { Overload } from "../../../src/functions/entry.ts";
import { resolveCall } from "../../../src/functions/resolve.ts";
import type { Choices } from "./choices.ts";
import { anyExpression, argument, callText, condition, parametersOf, sharedKind } from "./expressions.ts";
import {
  type Context,
  columnValue,
  madeColumn,
  reference,
  type Scope,
  type ScopeColumn,
  type Step,
  values,
  visible,
} from "./scope.ts";
import type { Value } from "./values.ts";

const AGGREGATES = catalog
  .filter(({ kind }) => kind === "aggregate")
  .flatMap((entry) => entry.overloads.map((overload) => ({ entry, overload })));

export function groupStep(choices: Choices, before: Scope, context: Context): Step {
  const first = oneGroup(choices, before, context);
  if (!choices.chance(25)) return first;
  const second = oneGroup(choices, first.scope, context);
  return { text: `${first.text}\n  ${second.text}`, scope: second.scope };
}

function oneGroup(choices: Choices, before: Scope, { fresh }: Context): Step {
  const exact = visible(before).filter(({ fuzzy }) => !fuzzy);
  const columns: ScopeColumn[] = [];
  const keys: string[] = [];
  const add = (name: string, value: Value) => {
    columns.push(madeColumn(name, value));
    return name;
  };
  // With a key of one side of a join, a value may count once per group and in several groups.
  const joined = before.columns.some((each) => each.joined) && before.keys.length > 0 && choices.chance(30);
  const known = joined ? choices.pick(before.keys).filter((each) => exact.includes(each)) : [];
  for (const column of known.length > 0 ? known : choices.some(exact, 25).slice(0, 3)) {
    const text = reference(column, before);
    const taken = columns.some(({ name }) => name === column.name);
    const name = taken || choices.chance(15) ? fresh("c") : column.name;
    add(name, columnValue(column, before));
    keys.push(name === column.name ? text : `${name} = ${text}`);
  }
  if (choices.chance(15)) {
    const value = anyExpression({ choices, columns: values(before) });
    if (!value.fuzzy) keys.push(`${add(fresh("c"), value)} = ${value.text}`);
  }
  const key = [...columns];
  const lines = Array.from({ length: 1 + choices.below(3) }, () => {
    const value = aggregate(choices, before);
    return `${add(fresh("c"), value)} = ${value.text}`;
  });
  const by = keys.length === 0 ? "" : ` by ${keys.join(", ")}`;
  return {
    text: `group${by} { ${lines.join(", ")} }`,
    scope: { columns, keys: [key], rows: keys.length === 0 ? 1 : before.rows },
  };
}

/** An aggregate of a column or an expression; most often a sum. */
function aggregate(choices: Choices, scope: Scope): Value {
  const columns = values(scope);
  const terms = { choices, columns };
  const isSum = !choices.chance(45);
  const fits = ({ params }: Overload) =>
    columns.some(
      ({ type, fuzzy }) => !fuzzy && (type.kind === params[0] || (type.kind === "int" && params[0] === "long")),
    );
  const sums = AGGREGATES.filter(({ entry, overload }) => entry.name === "sum" && fits(overload));
  const { entry, overload } = choices.pick(isSum && sums.length > 0 ? sums : AGGREGATES);
  const kind = sharedKind(overload, terms);
  const args = parametersOf(overload, choices).map((parameter, at) =>
    argument(entry, parameter, at, kind, terms, choices.pick([1, 1, 2, 3])),
  );
  const resolution = resolveCall(entry.name, args);
  if (!resolution.ok) return rowCount();
  // In parentheses, because a `per` after it would belong to a call at its end.
  const where = choices.chance(15) ? ` where (${condition(terms).text})` : "";
  const ofDoubles = resolution.result.type.kind === "double" && entry.name !== "min" && entry.name !== "max";
  return {
    ...resolution.result,
    text: `${callText(entry.name, args)}${where}${perText(choices, scope)}`,
    operand: true,
    fuzzy: ofDoubles || args.some(({ fuzzy }) => fuzzy),
  };
}

function rowCount(): Value {
  const resolution = resolveCall("count", []);
  if (!resolution.ok) throw new Error("rows can be counted");
  return { ...resolution.result, text: "count()", operand: true, fuzzy: false };
}

/** ` per row`, or ` per KEY`, most often a key of a joined relation. */
function perText(choices: Choices, scope: Scope): string {
  if (choices.chance(7)) return " per row";
  if (!scope.columns.some(({ joined }) => joined) || !choices.chance(35)) return "";
  const columns =
    scope.keys.length > 0 && !choices.chance(20) ? choices.pick(scope.keys) : choices.some(scope.columns, 15);
  const exact = columns.filter(({ fuzzy }) => !fuzzy);
  if (exact.length === 0) return "";
  const [first] = exact;
  const list = exact.map((each) => reference(each, scope)).join(", ");
  return ` per ${exact.length === 1 && first ? reference(first, scope) : `(${list})`}`;
}

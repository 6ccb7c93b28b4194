/** Generates the steps of a pipeline: their texts and resulting rows. */
import type { Choices } from "./choices.ts";
import { anyExpression, condition } from "./expressions.ts";
import { groupStep } from "./group.ts";
import { joinStep } from "./join.ts";
import {
  type Context,
  columnsOf,
  keyOf,
  madeColumn,
  reference,
  type Scope,
  type ScopeColumn,
  type Step,
  values,
  visible,
  withColumns,
} from "./scope.ts";

export function fromStep(choices: Choices, { relations, fresh }: Context): Step {
  const relation = choices.pick(relations);
  const alias = fresh("r");
  const columns = columnsOf(relation, alias);
  const key = keyOf(relation, columns);
  return {
    text: `from ${relation.name} as ${alias}`,
    scope: { columns, keys: key === undefined ? [] : [key], rows: relation.rows },
  };
}

type Make = (choices: Choices, scope: Scope, context: Context) => Step | undefined;

/** Simplest first; steps that are more often interesting occur more than once. */
const STEPS: readonly Make[] = [
  whereStep,
  selectStep,
  groupStep,
  joinStep,
  joinStep,
  joinStep,
  joinStep,
  deriveStep,
  distinctStep,
  groupStep,
  latestStep,
  expectStep,
  distinctStep,
  takeStep,
];

export function nextStep(choices: Choices, scope: Scope, context: Context): Step | undefined {
  return choices.pick(STEPS)(choices, scope, context);
}

function whereStep(choices: Choices, scope: Scope): Step {
  return { text: `where ${condition({ choices, columns: values(scope) }).text}`, scope };
}

function deriveStep(choices: Choices, before: Scope, { fresh }: Context): Step {
  let scope = before;
  const lines = Array.from({ length: 1 + choices.below(2) }, () => {
    const value = anyExpression({ choices, columns: values(scope) });
    const old = visible(scope).filter(({ joined }) => !joined);
    const replaced = old.length > 0 && choices.chance(20) ? choices.pick(old) : undefined;
    const column = madeColumn(replaced?.name ?? fresh("c"), value);
    const columns = replaced
      ? scope.columns.map((each) => (each === replaced ? { ...column, alias: replaced.alias } : each))
      : [...scope.columns, column];
    scope = withColumns(scope, columns);
    return `${column.name} = ${value.text}`;
  });
  return { text: `derive { ${lines.join(", ")} }`, scope };
}

function selectStep(choices: Choices, before: Scope, { fresh }: Context): Step {
  const some = choices.some(visible(before), 70);
  const kept = some.length > 0 ? some : visible(before).slice(0, 1);
  return selected(kept, choices.some(kept, 15), choices.below(2), choices, before, fresh);
}

/** A select of these columns, some of them renamed, and of this many expressions. */
function selected(
  kept: readonly ScopeColumn[],
  renamed: readonly ScopeColumn[],
  expressions: number,
  choices: Choices,
  before: Scope,
  fresh: Context["fresh"],
): Step {
  const made = new Map<ScopeColumn, ScopeColumn>();
  const lines = kept.map((column) => {
    const taken = [...made.values()].some(({ name }) => name === column.name);
    const name = taken || renamed.includes(column) ? fresh("c") : column.name;
    made.set(column, madeColumn(name, column));
    const text = reference(column, before);
    return name === column.name ? text : `${name} = ${text}`;
  });
  const columns = [...made.values()];
  for (let count = 0; count < expressions; count++) {
    const value = anyExpression({ choices, columns: values(before) });
    const column = madeColumn(fresh("c"), value);
    columns.push(column);
    lines.push(`${column.name} = ${value.text}`);
  }
  const keys = before.keys
    .filter((key) => key.every((each) => made.has(each)))
    .map((key) => key.flatMap((each) => made.get(each) ?? []));
  return { text: `select { ${lines.join(", ")} }`, scope: { columns, keys, rows: before.rows } };
}

/** A select that gives every column its own name, if some have none. */
export function closingStep(choices: Choices, scope: Scope, { fresh }: Context): Step | undefined {
  const names = visible(scope).map(({ name }) => name);
  if (new Set(names).size === names.length) return undefined;
  return selected(visible(scope), [], 0, choices, scope, fresh);
}

function isExact(scope: Scope): boolean {
  return visible(scope).every(({ fuzzy }) => !fuzzy);
}

function distinctStep(choices: Choices, scope: Scope, context: Context): Step | undefined {
  if (!isExact(scope)) return undefined;
  // By itself, `distinct` usually changes nothing; after a narrow select it does.
  if (choices.chance(50)) return { text: "distinct", scope };
  const narrow = selectStep(choices, scope, context);
  return isExact(narrow.scope) ? { text: `${narrow.text}\n  distinct`, scope: narrow.scope } : narrow;
}

function latestStep(choices: Choices, scope: Scope): Step | undefined {
  if (!isExact(scope)) return undefined;
  // `distinct on` takes names without an alias.
  const named = visible(scope).filter((each) => reference(each, scope) === each.name);
  if (named.length === 0) return undefined;
  const on = [choices.pick(named), ...choices.some(named, 10)].filter((each, at, all) => all.indexOf(each) === at);
  const orderable = named.filter(({ type }) => type.kind !== "bool" && type.kind !== "enum");
  const by = choices.pick(orderable.length > 0 ? orderable : named);
  const keep = choices.pick(["latest", "earliest"]);
  return {
    text: `distinct on (${on.map(({ name }) => name).join(", ")}) ${keep} by ${by.name}`,
    scope: { ...scope, keys: [on, ...scope.keys] },
  };
}

function expectStep(choices: Choices, scope: Scope, { fresh }: Context): Step {
  // Otherwise the table fails if all rows are quarantined, which a local run decides after its query.
  const quarantine = "quarantine at most 100%";
  const action = choices.pick([quarantine, "warn", quarantine, "fail"]);
  const { text } = condition({ choices, columns: values(scope) });
  return { text: `expect "${fresh("x")}": ${text} else ${action}`, scope };
}

function takeStep(choices: Choices, scope: Scope): Step | undefined {
  const sorted = sortText(choices, scope);
  if (!isExact(scope) || sorted === undefined) return undefined;
  const count = 1 + choices.below(5);
  return { text: `${sorted}\n  take ${count}`, scope: { ...scope, rows: Math.min(scope.rows, count) } };
}

/** A `sort` by one or two columns; undefined if no column is exact. */
export function sortText(choices: Choices, scope: Scope): string | undefined {
  const exact = visible(scope).filter(({ fuzzy }) => !fuzzy);
  if (exact.length === 0) return undefined;
  const by = [choices.pick(exact), ...choices.some(exact, 10)].filter((each, at, all) => all.indexOf(each) === at);
  return `sort ${by.map((each) => `${reference(each, scope)}${choices.chance(40) ? " desc" : ""}`).join(", ")}`;
}

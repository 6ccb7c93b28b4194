/** Generates joins: most often on a key, often on a part of it or a range, sometimes on anything. */
import type { Choices } from "./choices.ts";
import { comparedWithColumn, comparedWithConstant, condition, infix } from "./expressions.ts";
import {
  type Context,
  columnsOf,
  columnValue,
  keyOf,
  MOST_TABLE_ROWS,
  type Scope,
  type ScopeColumn,
  type Step,
  values,
} from "./scope.ts";
import type { Value } from "./values.ts";

export function joinStep(choices: Choices, before: Scope, { relations, fresh }: Context): Step | undefined {
  const relation = choices.pick(relations);
  const alias = fresh("r");
  const left = before.columns.map((column) => ({ column, joined: { ...column, joined: true } }));
  const leftColumns = left.map(({ joined }) => joined);
  const right = columnsOf(relation, alias).map((column) => ({ ...column, joined: true }));
  const key = keyOf(relation, right);
  // A column derived after a join has no alias: if both sides have its name, it cannot be referenced.
  if (before.columns.some((each) => each.alias === undefined && right.some(({ name }) => name === each.name))) {
    return undefined;
  }
  const both: Scope = { columns: [...leftColumns, ...right], keys: [], rows: 0 };
  const exact = leftColumns.filter(({ fuzzy, merged }) => !fuzzy && !merged);

  const onKey = key !== undefined && choices.chance(70);
  const named = right.filter((each) => !each.fuzzy && exact.some((other) => other.name === each.name));
  const fallback = named.length > 0 ? named : right.filter(({ fuzzy }) => !fuzzy);
  if (fallback.length === 0) return undefined;
  const compared = onKey ? key : [choices.pick(fallback), ...choices.some(fallback, 10)];
  const merged = new Set<ScopeColumn>();
  const equalities = [...new Set(compared)].flatMap((column) => {
    const found = equality(column, exact, both, choices);
    if (found?.merges) merged.add(column);
    return found ? [found.value] : [];
  });
  if (!onKey && choices.chance(50)) {
    const found = range(choices.pick(fallback), exact, both, choices);
    if (found) {
      equalities.splice(0, equalities.length, found);
      merged.clear();
    }
  }
  if (choices.chance(15)) equalities.push(condition({ choices, columns: values(both).filter(({ fuzzy }) => !fuzzy) }));
  const on = equalities.reduce<Value | undefined>((all, each) => (all ? infix("and", all, each) : each), undefined);
  if (on === undefined) return undefined;

  const one = onKey ? !choices.chance(20) : choices.chance(8);
  const side = choices.pick(["join", "left join"]);
  const rows = one ? before.rows : before.rows * Math.max(relation.rows, 1);
  if (rows > MOST_TABLE_ROWS) return undefined;
  const found = new Map<ScopeColumn, ScopeColumn>(left.map(({ column, joined }) => [column, joined]));
  for (const column of right) {
    const nullable = column.nullable || side !== "join";
    found.set(column, { ...column, merged: merged.has(column), nullable });
  }
  const keys = [...before.keys, ...(key ? [key] : [])];
  return {
    text: `${side} ${one ? "one" : "many"} ${relation.name} as ${alias} on ${on.text}`,
    scope: {
      columns: [...found.values()],
      keys: keys.map((each) => each.flatMap((column) => found.get(column) ?? [])),
      rows,
    },
  };
}

/** A column of the right side within a limit set by one of the left side. */
function range(column: ScopeColumn, left: readonly ScopeColumn[], both: Scope, choices: Choices): Value | undefined {
  const value = columnValue(column, both);
  const operator = choices.pick(["<=", ">", "!="]);
  const others = left.flatMap((each) => infix(operator, columnValue(each, both), value) ?? []);
  return others.length === 0 ? undefined : choices.pick(others);
}

interface Equality {
  readonly value: Value;
  /** Whether it makes two columns of the same name equal. */
  readonly merges: boolean;
}

/** Compares a column of the right side with one of the left: of the same name, or another, or a constant. */
function equality(
  column: ScopeColumn,
  left: readonly ScopeColumn[],
  both: Scope,
  choices: Choices,
): Equality | undefined {
  const value = columnValue(column, both);
  const same = left.filter((each) => each.name === column.name);
  if (same.length > 0 && !choices.chance(25)) {
    const other = choices.pick(same);
    const found = infix("==", value, columnValue(other, both));
    if (found) return { value: found, merges: true };
  }
  if (choices.chance(12)) {
    const found = comparedWithConstant(value, choices);
    if (found) return { value: found, merges: false };
  }
  const others = left.filter((each) => each.name !== column.name).map((each) => columnValue(each, both));
  const found = comparedWithColumn(value, others, choices);
  return found && { value: found, merges: false };
}

/** What a true condition implies for columns: that they are not null, constant or equal. */
import { COMPARISONS } from "../../functions/catalog/comparison.ts";
import type { Dependency } from "../grain.ts";
import { type Entry, entryOf, type Scope } from "../scope.ts";
import type { Expr } from "../typed.ts";
import { exactlyWidened } from "./values.ts";

export function narrowed(scope: Scope, condition: Expr): Scope {
  const present = new Set<Entry>();
  const dependencies: Dependency[] = [];
  collect(condition, scope, present, dependencies);
  if (present.size === 0 && dependencies.length === 0) return scope;
  return {
    ...scope,
    entries: scope.entries.map((each) => (present.has(each) && each.nullable ? { ...each, nullable: false } : each)),
    grain: { ...scope.grain, dependencies: [...scope.grain.dependencies, ...dependencies] },
  };
}

function collect(condition: Expr, scope: Scope, present: Set<Entry>, dependencies: Dependency[]): void {
  if (condition.kind === "column") {
    const entry = entryOf(scope, condition);
    if (entry) present.add(entry);
  }
  if (condition.kind !== "call") return;
  if (condition.fn === "and") {
    for (const each of condition.args) collect(each, scope, present, dependencies);
    return;
  }
  // True only if no operand is null; for `not between` only the first.
  if (condition.fn !== "is not null" && !COMPARISONS.has(condition.fn)) return;
  // A value is outside of the limits if it is outside of one of them; the other can be null.
  for (const each of condition.fn === "not between" ? condition.args.slice(0, 1) : condition.args) {
    const below = columnBelow(each, scope);
    if (below) present.add(below);
  }
  if (condition.fn !== "==") return;
  const [left, right] = condition.args;
  if (left && right) dependencies.push(...fixes(left, right, scope), ...fixes(right, left, scope));
}

/** Whether one operand determines the column that is the other one. */
function fixes(by: Expr, operand: Expr, scope: Scope): readonly Dependency[] {
  const exact = exactlyWidened(operand);
  const fixed = exact.kind === "column" ? entryOf(scope, exact) : undefined;
  const column = columnBelow(by, scope);
  if (!fixed || (!column && by.kind !== "literal")) return [];
  return [{ from: column ? [column.attribute] : [], to: [fixed.attribute] }];
}

/** The column of an operand, which may be widened. */
function columnBelow(expr: Expr, scope: Scope): Entry | undefined {
  if (expr.kind === "column") return entryOf(scope, expr);
  const [inner] = expr.kind === "call" && expr.fn === "widen" ? expr.args : [];
  return inner && columnBelow(inner, scope);
}

/**
 * Checks a silver or gold table: its steps in order, each with the columns and the grain after the previous one. A pure
 * function of the declaration and the signatures that it reads, so that an edit re-checks only what it affects.
 */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { closest } from "../../diagnostics/suggest.ts";
import type {
  DeriveStep,
  DistinctStep,
  ExpectStep,
  FromStep,
  KeyClause,
  SelectStep,
  SortStep,
  Step,
  TableDeclaration,
} from "../../parser/ast.ts";
import { closure, distinctKeys, type Grain, type Home, minimise, restricted, withKey } from "../grain.ts";
import type { CheckedTable } from "../model.ts";
import { columnOf, EMPTY_SCOPE, type Entry, lookup, type Scope, visibleColumns } from "../scope.ts";
import type { NamedExpr, SortKeyExpr, TypedExpect, TypedStep } from "../typed.ts";
import { withRenames } from "./column-alias.ts";
import type { CheckContext } from "./context.ts";
import { checkCondition, checkExpression, checkValue } from "./expression.ts";
import { checkGroup } from "./group.ts";
import { checkJoin } from "./join.ts";
import { checkLimit } from "./limit.ts";
import { narrowed } from "./narrowing.ts";
import {
  attributeNames,
  columnName,
  instantiate,
  namedEntry,
  type PipelineContext,
  resolveRelation,
} from "./pipeline.ts";
import { tableResult } from "./table-signature.ts";
import { changingHomes, once, sharedOf } from "./value-grain.ts";
import { suggested } from "./values.ts";

export function checkTable(declaration: TableDeclaration, outer: CheckContext): CheckedTable {
  const reads = new Set<string>();
  const { unknownAfter } = declaration;
  const isGroupLost = declaration.steps.some((each, at) => each.kind === "group" && unknownAfter?.has(at));
  const context: PipelineContext = {
    ...outer,
    // What SQL computes in its `select` belongs in the missing braces of the `group by`.
    report: (found) => (isGroupLost && found.code === "aggregate-outside-group" ? undefined : outer.report(found)),
    table: declaration,
    relation: `${declaration.layer}.${declaration.name.text}`,
    onRead: (relation) => reads.add(relation),
  };
  const written = declaration.steps.map((step) => withRenames(step, context));
  const fromFirst = startingWithFrom(written, context);
  const [first] = fromFirst;
  const steps: TypedStep[] = [];
  let scope: Scope = first?.kind === "from" ? EMPTY_SCOPE : { ...EMPTY_SCOPE, open: true };
  let key: KeyClause | undefined;
  for (const step of fromFirst) {
    if (step.kind === "key") {
      if (key) context.report(diagnostic("duplicate-clause", step.span, { owner: context.relation, clause: "key" }));
      key ??= step;
      continue;
    }
    if (step.kind === "from" && step !== first) {
      misplaced(step, "a pipeline has one `from`, as its first step; use `join` for other tables", context);
      continue;
    }
    const isUnknown = unknownAfter?.has(written.indexOf(step)) === true;
    const next = checkStep(
      step,
      isUnknown && step.kind === "take" ? { ...scope, open: true } : scope,
      fromFirst.slice(fromFirst.indexOf(step) + 1).filter((each) => each.kind !== "key"),
      steps,
      context,
    );
    scope = isUnknown ? { ...next.scope, open: true } : next.scope;
    if (next.step) steps.push(next.step);
  }
  return tableResult({ declaration, reads: [...reads], steps, scope, key, context });
}

/** The steps with the first `from` at the beginning; reports it if it was elsewhere. */
function startingWithFrom(steps: readonly Step[], context: PipelineContext): readonly Step[] {
  const { table, relation } = context;
  const from = steps.find((each) => each.kind === "from");
  if (from && from === steps[0]) return steps;
  if (table.brokenStart !== true && table.name.text !== "") {
    if (from) misplaced(from, "it must be the first step", context);
    else context.report(diagnostic("missing-from", steps[0]?.span ?? table.name.span, { table: relation }));
  }
  return from ? [from, ...steps.filter((each) => each !== from)] : steps;
}

interface Checked {
  readonly scope: Scope;
  readonly step?: TypedStep;
}

function misplaced(step: Step, reason: string, context: CheckContext): void {
  context.report(diagnostic("misplaced-step", step.span, { step: `\`${step.kind}\``, reason }));
}

function checkStep(
  step: Exclude<Step, KeyClause>,
  scope: Scope,
  following: readonly Step[],
  before: readonly TypedStep[],
  context: PipelineContext,
): Checked {
  switch (step.kind) {
    case "from":
      return checkFrom(step, context);
    case "where": {
      const condition = checkCondition(step.condition, { ...context, scope });
      const next = narrowed(scope, condition);
      return { scope: next, step: { kind: "where", condition, span: step.span, scope: visibleColumns(next) } };
    }
    case "derive":
      return checkDerive(step, scope, context);
    case "select":
      return checkSelect(step, scope, context);
    case "distinct":
      return step.on ? checkLatest(step, scope, context) : checkDistinct(step, scope);
    case "join":
      return checkJoin(step, scope, context);
    case "group":
      return checkGroup(step, scope, context);
    case "expect":
      return checkExpect(step, scope, context);
    case "sort": {
      const takes = following[0]?.kind === "take";
      if (following.length > 0 && !takes) {
        misplaced(step, "rows of a table have no order, so `sort` must be before `take` or last", context);
      }
      return checkSort(step, scope, takes, context);
    }
    case "take": {
      if (before.at(-1)?.kind !== "sort" && !scope.open)
        misplaced(step, "it needs a `sort` before it to define the order", context);
      const count = Number(step.count.text);
      if (!Number.isSafeInteger(count) || count < 1) {
        context.report(
          diagnostic("invalid-argument", step.count.span, {
            name: "`take`",
            detail: "the number of rows must be 1 or more",
          }),
        );
      }
      const taken = count === 1 ? oneRow(scope) : scope;
      return { scope: taken, step: { kind: "take", count, span: step.span, scope: visibleColumns(taken) } };
    }
  }
}

/** The grain of a single row: its key is empty, and everything is determined. */
function oneRow(scope: Scope): Scope {
  const all = Array.from({ length: scope.nextAttribute }, (_, attribute) => attribute);
  return { ...scope, grain: withKey(scope.grain, [], all) };
}

function checkFrom(step: FromStep, context: PipelineContext): Checked {
  const signature = resolveRelation(step.relation, context);
  const alias = step.alias?.text || step.relation.name.text;
  const { entries, grain } = instantiate(signature, alias, 0);
  const scope: Scope = {
    entries,
    grain,
    nextAttribute: signature.attributeCount,
    aliases: new Map([[alias, signature]]),
    open: signature.open,
  };
  return {
    scope,
    step: { kind: "from", relation: signature.relation, alias, span: step.span, scope: visibleColumns(scope) },
  };
}

function checkDerive(step: DeriveStep, before: Scope, context: PipelineContext): Checked {
  const columns: NamedExpr[] = [];
  const entries = [...before.entries];
  const dependencies = [...before.grain.dependencies];
  let { nextAttribute } = before;
  // Grows with each column, because later ones can use earlier ones.
  const growing: Scope = { ...before, entries, grain: { ...before.grain, dependencies } };
  const inside = { ...context, scope: growing };
  for (const each of step.columns) {
    const value = checkValue(each.value, inside);
    const name = columnName(each, context);
    if (name === undefined) continue;
    const { entry, dependency } = namedEntry(name, value, each.span, growing, nextAttribute);
    if (dependency) {
      dependencies.push(dependency);
      nextAttribute++;
    }
    const qualified = entries.find((other) => other.name === name && other.qualifier !== undefined);
    if (qualified) {
      context.report(
        diagnostic(
          "name-collision",
          each.name?.span ?? each.span,
          { name },
          {
            related: [{ span: qualified.span, message: `${qualified.qualifier ?? ""}.${name} comes from here` }],
          },
        ),
      );
    }
    columns.push({ name, value, span: each.span });
    const at = entries.findIndex((other) => other.name === name && !other.merged);
    if (at === -1) entries.push(entry);
    else entries[at] = { ...entry, alias: entries[at]?.alias };
  }
  const scope: Scope = { ...growing, nextAttribute };
  return { scope, step: { kind: "derive", columns, span: step.span, scope: visibleColumns(scope) } };
}

function checkSelect(step: SelectStep, before: Scope, context: PipelineContext): Checked {
  const columns: NamedExpr[] = [];
  const entries: Entry[] = [];
  const dependencies = [...before.grain.dependencies];
  let { nextAttribute } = before;
  const inside = { ...context, scope: before };
  for (const each of step.columns) {
    const value = checkValue(each.value, inside);
    const name = columnName(each, context);
    if (name === undefined) continue;
    const { entry, dependency } = namedEntry(name, value, each.span, before, nextAttribute);
    if (dependency) {
      dependencies.push(dependency);
      nextAttribute++;
    }
    columns.push({ name, value, span: each.span });
    entries.push(entry);
  }
  const grain: Grain = { ...before.grain, dependencies };
  const scope: Scope = { entries, grain, nextAttribute, aliases: new Map(), open: before.open };
  return { scope, step: { kind: "select", columns, span: step.span, scope: visibleColumns(scope) } };
}

function checkDistinct(step: DistinctStep, before: Scope): Checked {
  const visible = [...new Set(before.entries.filter((each) => !each.merged).map((each) => each.attribute))];
  const seen = closure(visible, before.grain.dependencies);
  const records = before.grain.records.filter((each) => each.columns.every((column) => seen.has(column)));
  const grain: Grain = {
    ...before.grain,
    dependencies: [...before.grain.dependencies, ...records.map((each) => ({ from: each.columns, to: [each.row] }))],
  };
  const known = closure(visible, grain.dependencies);
  const merged = changingHomes((home) =>
    home.attributes.every((each) => known.has(each)) ? home : { ...home, mergedBy: home.mergedBy ?? step.span },
  );
  const entries = before.entries.map((entry) => ({ ...entry, homes: merged(entry.homes) }));
  const identified = grain.keys.some((key) => key.every((each) => known.has(each)));
  const rows = identified ? grain : { ...restricted(grain, known), keys: [visible] };
  const keys = distinctKeys([minimise(rows, visible), ...(identified ? rows.keys : [])]);
  const scope: Scope = { ...before, entries, grain: { ...rows, keys } };
  return { scope, step: { kind: "distinct", span: step.span, scope: visibleColumns(scope) } };
}

function checkLatest(step: DistinctStep, before: Scope, context: PipelineContext): Checked {
  const on: Entry[] = [];
  for (const name of step.on ?? []) {
    const value = checkExpression({ kind: "path", parts: [name], span: name.span }, { ...context, scope: before });
    if (value.kind !== "column") continue;
    const found = lookup(before, undefined, name.text);
    if (found.kind === "found") on.push(found.entry);
  }
  const descending = step.keep === "latest";
  const order = step.by.map((each): SortKeyExpr => {
    const value = checkExpression(each, { ...context, scope: before });
    return { value, descending, nulls: descending ? "last" : "first" };
  });
  const attributes = on.map((each) => each.attribute);
  const all = before.entries.map((each) => each.attribute);
  const home = { attributes, label: attributeNames(attributes, before), relation: context.relation };
  const chosen = once((homes: readonly Home[]): readonly Home[] => {
    const shared = sharedOf(homes);
    return [shared.length === 0 ? home : { ...home, shared }];
  });
  const scope: Scope = {
    ...before,
    entries: before.entries.map((each) => ({ ...each, homes: chosen(each.homes) })),
    grain: withKey(before.grain, attributes, all),
  };
  return {
    scope,
    step: {
      kind: "latest",
      on: on.map(columnOf),
      order: [...order, ...tieBreakers(order, before, on)],
      span: step.span,
      scope: visibleColumns(scope),
    },
  };
}

/** All other columns, so that the order is total. */
function tieBreakers(order: readonly SortKeyExpr[], scope: Scope, fixed: readonly Entry[]): readonly SortKeyExpr[] {
  const sorted = (entry: Entry) =>
    order.some(
      ({ value }) => value.kind === "column" && value.name === entry.name && value.qualifier === entry.qualifier,
    );
  return scope.entries
    .filter((each) => !each.merged && !fixed.includes(each) && !sorted(each))
    .map((each) => ({ value: columnOf(each), descending: false, nulls: "first" }));
}

function checkSort(step: SortStep, scope: Scope, total: boolean, context: PipelineContext): Checked {
  const keys = step.keys.map((each): SortKeyExpr => {
    const value = checkExpression(each.value, { ...context, scope });
    return { value, descending: each.descending, nulls: each.descending ? "last" : "first" };
  });
  return {
    scope,
    step: {
      kind: "sort",
      keys: total ? [...keys, ...tieBreakers(keys, scope, [])] : keys,
      span: step.span,
      scope: visibleColumns(scope),
    },
  };
}

/** The action for a word of another tool. */
function actionMeant(word: string): string | undefined {
  if (/^(drop|delete|ignore|skip|discard|reject)$/i.test(word)) return "quarantine";
  if (/^(error|raise|abort|stop|throw)$/i.test(word)) return "fail";
  return closest(word, ACTIONS);
}

const ACTIONS: readonly TypedExpect["action"][] = ["quarantine", "fail", "warn"];

function checkExpect(step: ExpectStep, before: Scope, context: PipelineContext): Checked {
  const condition = checkCondition(step.condition, { ...context, scope: before });
  const action = ACTIONS.find((each) => each === (step.action?.text ?? "fail"));
  if (!action && step.action && step.action.text !== "") {
    const { text, span } = step.action;
    context.report(diagnostic("unknown-action", span, { name: text }, suggested(actionMeant(text))));
  }
  if (step.limit && action && action !== "quarantine") {
    const reason = `\`else ${action}\` does not quarantine rows; only \`else quarantine\` has a limit`;
    context.report(diagnostic("misplaced-step", step.limit.span, { step: "`at most`", reason }));
  }
  const limit = checkLimit(step.limit, context);
  const scope = action === "warn" ? before : narrowed(before, condition);
  return {
    scope,
    step: {
      kind: "expect",
      name: step.name.value,
      condition,
      action: action ?? "fail",
      ...(limit && action === "quarantine" ? { limit } : {}),
      span: step.span,
      scope: visibleColumns(scope),
    },
  };
}

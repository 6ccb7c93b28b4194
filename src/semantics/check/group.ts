/** `group`: keys, aggregates, and the rule that no value is counted more often than it is there. */
import { type Diagnostic, diagnostic, type Related } from "../../diagnostics/diagnostic.ts";
import { duplicatesOf } from "../../functions/entry.ts";
import { findFunction } from "../../functions/resolve.ts";
import type { GroupStep } from "../../parser/ast.ts";
import type { Span } from "../../source.ts";
import { type Attribute, closure, determinesRow, type Grain, type Home, minimise, restricted } from "../grain.ts";
import { type Entry, entryOf, type Scope, visibleColumns } from "../scope.ts";
import type { AggregateExpr, ColumnExpr, Expr, NamedExpr, TypedGroup } from "../typed.ts";
import type { CheckContext, ExpressionContext } from "./context.ts";
import { checkValue } from "./expression.ts";
import { entriesIn, homesOf, tagsOf } from "./homes.ts";
import { attributeNames, columnName, namedEntry, type PipelineContext } from "./pipeline.ts";

export function checkGroup(
  step: GroupStep,
  before: Scope,
  context: PipelineContext,
): { readonly scope: Scope; readonly step: TypedGroup } {
  const keys: NamedExpr[] = [];
  const keyEntries: Entry[] = [];
  const dependencies = [...before.grain.dependencies];
  let { nextAttribute } = before;
  const inside = { ...context, scope: before };
  for (const each of step.keys) {
    const name = columnName(each, context);
    const value = checkValue(each.value, inside);
    if (name === undefined) continue;
    const { entry, dependency } = namedEntry(name, value, each.span, before, nextAttribute);
    if (dependency) {
      dependencies.push(dependency);
      nextAttribute++;
    }
    keys.push({ name, value, span: each.span });
    keyEntries.push(entry);
  }

  const aggregates: NamedExpr[] = [];
  const results: Entry[] = [];
  const homes = [groupHome(keyEntries, context.relation)];
  const grouped: ExpressionContext = {
    ...inside,
    aggregates: {
      grouped: step.keys.length > 0,
      onAggregate: (found, span) => checkCounting(found, span, before, context),
    },
  };
  for (const each of step.aggregates) {
    const value = checkValue(each.value, grouped);
    const name = columnName(each, context);
    if (name === undefined) continue;
    aggregates.push({ name, value, span: each.span });
    results.push({
      name,
      type: value.type,
      nullable: value.nullable,
      qualifier: undefined,
      alias: undefined,
      doc: undefined,
      tags: tagsOf(value, entriesIn(value, before), before),
      span: each.span,
      attribute: nextAttribute++,
      homes,
      merged: false,
    });
  }

  const entries = [...keyEntries.map((each) => ({ ...each, homes })), ...results];
  const scope: Scope = {
    entries,
    grain: groupedGrain({ ...before.grain, dependencies }, keyEntries, results),
    nextAttribute,
    aliases: new Map(),
    open: before.open,
  };
  return { scope, step: { kind: "group", keys, aggregates, span: step.span, scope: visibleColumns(scope) } };
}

function groupHome(keys: readonly Entry[], relation: string): Home {
  return {
    attributes: keys.map((each) => each.attribute),
    label: keys.length === 0 ? "table" : keys.map((each) => each.name).join(", "),
    relation,
  };
}

function groupedGrain(before: Grain, keys: readonly Entry[], results: readonly Entry[]): Grain {
  const attributes = [...new Set(keys.map((each) => each.attribute))];
  const kept = restricted(before, new Set(attributes));
  const whole: Grain = {
    ...kept,
    keys: [attributes],
    dependencies: [...kept.dependencies, { from: attributes, to: results.map((each) => each.attribute) }],
    multipliers: before.multipliers,
  };
  return { ...whole, keys: [minimise(whole, attributes)] };
}

/** Reports an aggregate that duplicates distort and that meets a value more than once, or that leaves one to chance. */
function checkCounting(found: AggregateExpr, span: Span, scope: Scope, context: CheckContext): void {
  const entry = findFunction(found.fn);
  if (scope.open || !entry) return;
  for (const argument of found.args) {
    const column = argument.kind === "column" ? argument.name : "this expression";
    const homes = duplicatesOf(entry, found.overload) === "distorted" ? homesOf(argument, scope) : [];
    const problem =
      homes.map((home) => countingProblem(found, column, home, span, scope)).find((each) => each !== undefined) ??
      choiceProblem(found, argument, span, scope);
    if (problem) {
      context.report(problem);
      return;
    }
  }
}

/** With `per` one row of many counts, so that its value must not depend on which. */
function choiceProblem(found: AggregateExpr, argument: Expr, span: Span, scope: Scope): Diagnostic | undefined {
  if (!found.per) return undefined;
  const known = closure(perAttributes(found.per, scope), scope.grain.dependencies);
  const chosen = [...entriesIn(argument, scope)].find((each) => !known.has(each.attribute));
  const home = chosen?.homes.find((each) => !each.attributes.every((attribute) => known.has(attribute)));
  if (!chosen) return undefined;
  const params = { columns: perNames(found.per), column: chosen.name, home: home?.label ?? chosen.name };
  return diagnostic("per-not-a-key", span, params);
}

function perAttributes(per: readonly ColumnExpr[], scope: Scope): readonly Attribute[] {
  return per.flatMap((each) => entryOf(scope, each)?.attribute ?? []);
}

function perNames(per: readonly ColumnExpr[]): string {
  return per.map((each) => each.name).join(", ");
}

function countingProblem(
  found: AggregateExpr,
  column: string,
  home: Home,
  span: Span,
  scope: Scope,
): Diagnostic | undefined {
  if (home.mergedBy) {
    return diagnostic(
      "merged-values",
      span,
      { aggregate: found.fn, column },
      {
        related: [
          {
            span: home.mergedBy,
            message: `this \`distinct\` no longer sees what tells the rows apart (${home.label})`,
          },
        ],
        hint: `Keep ${home.label} in the rows until after \`distinct\`, or choose a row on purpose: \`distinct on KEY latest by COLUMN\`.`,
      },
    );
  }
  if (found.per) {
    // Rows in which these are null count too, so what holds only where they are not is of no use here.
    const known = closure(perAttributes(found.per, scope), scope.grain.dependencies);
    if (home.attributes.every((each) => known.has(each))) return undefined;
    return diagnostic("per-not-a-key", span, { columns: perNames(found.per), column, home: home.label });
  }
  if (determinesRow(scope.grain, home.attributes, true)) return undefined;
  const per = perColumns(home, scope);
  const visible = per.length === home.attributes.length;
  const perText = per.length === 1 ? `${per[0]}` : `(${per.join(", ")})`;
  const aggregateFirst = `Aggregate ${home.relation} before the join`;
  const filtered = found.where !== undefined;
  return diagnostic(
    "fan-out",
    span,
    {
      aggregate: found.fn,
      column,
      home: home.label,
      rows: attributeNames(scope.grain.keys[0] ?? [], scope),
    },
    {
      related: whatMultiplied(home, scope),
      hint: visible
        ? `${aggregateFirst}, or count each value once in a group: \`${found.fn}(…) per ${perText}\`.`
        : `${aggregateFirst}.`,
      ...(visible && !filtered
        ? {
            fix: {
              title: `Count each value once: per ${perText}`,
              edits: [{ span: { ...span, start: span.end }, text: ` per ${perText}` }],
            },
          }
        : {}),
    },
  );
}

/** Columns here that stand for the home's attributes, as a program calls them. */
function perColumns(home: Home, scope: Scope): readonly string[] {
  const { dependencies } = scope.grain;
  return home.attributes.flatMap((attribute) => {
    const equal = (entry: Entry) =>
      entry.attribute === attribute ||
      (closure([entry.attribute], dependencies).has(attribute) &&
        closure([attribute], dependencies, true).has(entry.attribute));
    const found = scope.entries.find((each) => !each.merged && equal(each));
    return found ? [found.alias === undefined ? found.name : `${found.alias}.${found.name}`] : [];
  });
}

/** The joins that gave a value several rows. */
function whatMultiplied(home: Home, scope: Scope): readonly Related[] {
  const known = closure(home.attributes, scope.grain.dependencies, true);
  const by = scope.grain.multipliers.filter((each) => !each.attributes.every((attribute) => known.has(attribute)));
  const found = by.map((each) => ({
    span: each.span,
    message: `this join gives it a row for each row of ${each.relation}`,
  }));
  if (found.length > 0) return found;
  return home.joinedBy
    ? [
        {
          span: home.joinedBy,
          message: `this join repeats the values of ${home.relation} in every row that they belong to`,
        },
      ]
    : [];
}

/** `group`: keys and aggregates. */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import type { GroupStep } from "../../parser/ast.ts";
import { attributesOfHome, type Grain, type Home, minimise, restricted } from "../grain.ts";
import { type Entry, type Scope, visibleColumns } from "../scope.ts";
import type { AggregateExpr, NamedExpr, TypedGroup } from "../typed.ts";
import type { ExpressionContext } from "./context.ts";
import { checkValue } from "./expression.ts";
import { checkCounting } from "./fan-out.ts";
import { groupingOf, resultHomes } from "./group-homes.ts";
import { columnName, namedEntry, type PipelineContext } from "./pipeline.ts";
import { entriesIn, homesOf, tagsOf } from "./value-grain.ts";

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
  const home = groupHome(keyEntries, context.relation);
  const homes = [home];
  const grouping = groupingOf({ ...before, grain: { ...before.grain, dependencies } }, home, step.span);
  const ofAggregates = new Map<AggregateExpr, readonly Home[]>();
  const grouped: ExpressionContext = {
    ...inside,
    aggregates: {
      grouped: step.keys.length > 0,
      onAggregate(found, call) {
        const accepted = checkCounting(found, call, grouping, context);
        // No follow-up errors after a reported one.
        ofAggregates.set(found, accepted ? resultHomes(found, grouping) : homes);
      },
    },
  };
  for (const each of step.aggregates) {
    if (!each.name && each.value.kind === "path" && keys.some(({ name }) => name === columnName(each, context))) {
      const hint = { hint: "A key is already a column of the result: remove it from the braces." };
      context.report(
        diagnostic(
          "duplicate-column",
          each.span,
          { relation: context.relation, name: each.value.parts.at(-1)?.text ?? "" },
          hint,
        ),
      );
      continue;
    }
    const value = checkValue(each.value, grouped);
    const name = columnName(each, context);
    if (name === undefined) continue;
    aggregates.push({ name, value, span: each.span });
    const own = homesOf(value, before, (aggregate) => ofAggregates.get(aggregate) ?? homes);
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
      homes: own.length === 0 ? homes : own,
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
  const needed = [...new Set(results.map(({ homes }) => homes))].flat().flatMap(attributesOfHome);
  const kept = restricted(before, new Set([...attributes, ...needed]));
  const whole: Grain = {
    ...kept,
    keys: [attributes],
    dependencies: [...kept.dependencies, { from: attributes, to: results.map((each) => each.attribute) }],
    multipliers: before.multipliers,
  };
  return { ...whole, keys: [minimise(whole, attributes)] };
}

/** The rule that no value is counted more often than it is there. */
import { type Choice, type Diagnostic, diagnostic, type Related } from "../../diagnostics/diagnostic.ts";
import { duplicatesOf } from "../../functions/entry.ts";
import { findFunction } from "../../functions/resolve.ts";
import type { CallExpression } from "../../parser/ast.ts";
import type { Span } from "../../source.ts";
import { type Attribute, closure, type Home, type Multiplier, type Shared } from "../grain.ts";
import { type Entry, entryOf, type Scope } from "../scope.ts";
import type { AggregateExpr, ColumnExpr, Expr } from "../typed.ts";
import type { CheckContext } from "./context.ts";
import { type Grouping, perAttributes } from "./group-homes.ts";
import { attributeNames, columnIn, entryName, listed, shortestKey } from "./pipeline.ts";
import { entriesIn, homesOf } from "./value-grain.ts";

/** More columns than this are not worth naming as a `per`. */
const MOST_PER = 4;

/** An aggregate at its place in a program. */
interface Found {
  readonly aggregate: AggregateExpr;
  readonly call: CallExpression;
  /** Adding up the results of groups adds up the values. */
  readonly adds: boolean;
  readonly argument: Expr;
  readonly scope: Scope;
  readonly grouping: Grouping;
}

/** The argument as a message names it. */
function columnOf({ argument, scope }: Found): string {
  return columnIn(argument, scope) ?? "this expression";
}

/**
 * Reports an aggregate that duplicates distort and that meets a value more than once, or that leaves one to chance.
 * Returns whether it is accepted.
 */
export function checkCounting(
  aggregate: AggregateExpr,
  call: CallExpression,
  grouping: Grouping,
  context: CheckContext,
): boolean {
  const { scope } = grouping;
  const entry = findFunction(aggregate.fn);
  if (scope.open || !entry) return true;
  for (const argument of aggregate.args) {
    const found: Found = { aggregate, call, adds: entry.adds === true, argument, scope, grouping };
    const homes = duplicatesOf(entry, aggregate.overload) === "distorted" ? homesOf(argument, scope) : [];
    const problem =
      homes.map((each) => countingProblem(found, each)).find((each) => each !== undefined) ?? choiceProblem(found);
    if (problem) {
      context.report(problem);
      return false;
    }
  }
  return true;
}

function countingProblem(found: Found, home: Home): Diagnostic | undefined {
  const { aggregate, scope, grouping, adds } = found;
  if (home.mergedBy) return mergedValues(found, home, home.mergedBy);
  if (aggregate.perRow) return undefined;
  if (aggregate.per) {
    // Rows where these are null count too, so dependencies `whenPresent` cannot be used.
    const known = closure(perAttributes(aggregate.per, scope), scope.grain.dependencies);
    if (home.attributes.every((each) => known.has(each))) return undefined;
    return perNotAKey(found, aggregate.per, columnOf(found), home);
  }
  if (!grouping.isOncePerGroup(home.attributes)) return fanOut(found, home);
  if (!adds) return undefined;
  const again = home.shared?.find(({ attributes }) => !grouping.isOncePerGroup(attributes));
  return again && overlappingGroups(found, home, again);
}

/** With `per` only one of several rows counts, so the value must not depend on which one. */
function choiceProblem(found: Found): Diagnostic | undefined {
  const { aggregate, argument, scope } = found;
  if (!aggregate.per) return undefined;
  const known = closure(perAttributes(aggregate.per, scope), scope.grain.dependencies);
  const chosen = [...entriesIn(argument, scope)].find((each) => !known.has(each.attribute));
  const home = chosen?.homes.find((each) => !each.attributes.every((attribute) => known.has(attribute)));
  if (!chosen) return undefined;
  const name = entryName(chosen, scope);
  return perNotAKey(found, aggregate.per, name, home ?? { attributes: [chosen.attribute], label: name, relation: "" });
}

function perNotAKey({ call, scope }: Found, per: readonly ColumnExpr[], column: string, home: Home): Diagnostic {
  const columns = per
    .map((each) => {
      const entry = entryOf(scope, each);
      return entry ? entryName(entry, scope) : each.name;
    })
    .join(", ");
  const key = perText(home, scope);
  const hint =
    key === undefined ? "Aggregate before the join, where each value is in one row." : `Write \`per ${key}\`.`;
  return diagnostic("per-not-a-key", call.span, { columns, column, home: homeName(home, scope) }, { hint });
}

function mergedValues(found: Found, home: Home, mergedBy: Span): Diagnostic {
  const { aggregate, call, scope } = found;
  const label = listed(home.label);
  return diagnostic(
    "merged-values",
    call.span,
    { aggregate: aggregate.fn, column: columnOf(found) },
    {
      related: [
        {
          span: mergedBy,
          message: `this \`distinct\` does not see the columns that identify the rows (${homeName({ ...home, label }, scope)})`,
        },
      ],
      cause: causeOf("merged-values", home, mergedBy),
      hint: `Keep ${label} in the rows until after \`distinct\`, or choose which row to keep: \`distinct on KEY latest by COLUMN\`.`,
    },
  );
}

function fanOut(found: Found, home: Home): Diagnostic {
  const { aggregate, call, scope } = found;
  const multipliers = whatMultiplied(found, home);
  const related = multipliers.length > 0 ? multipliers.map(repeated) : broughtIn(home);
  const rows = listed(attributeNames(shortestKey(scope), scope));
  const rowName = rows === "row" ? undefined : rows;
  return diagnostic(
    "fan-out",
    call.span,
    {
      aggregate: aggregate.fn,
      column: columnOf(found),
      home: homeName(home, scope),
      rows: rowName ?? "combination of rows",
    },
    {
      related,
      cause: causeOf("fan-out", home, related[0]?.span),
      choices: [
        onceForEachValue(found, home),
        {
          title: `Count it once per row${rowName === undefined ? "" : ` (${rowName})`}: add \`per row\``,
          edits: [inserted(call, " per row")],
        },
        ...aggregatedBefore(found, home, multipliers),
      ],
    },
  );
}

/** The choice to count each value once, in whichever rows it occurs. */
function onceForEachValue({ call, scope }: Found, home: Home): Choice {
  if (home.attributes.length === 0) {
    return { title: "Count it once, because all rows have the same value: write `max(…)`", edits: [] };
  }
  const key = perText(home, scope);
  const title = `Count it once per ${homeName(home, scope)}`;
  return key === undefined
    ? { title: `${title}: aggregate ${home.relation}, where it is in one row`, edits: [] }
    : { title: `${title}: add \`per ${key}\``, edits: [inserted(call, ` per ${key}`)] };
}

/** The choices to aggregate a side of a join before it, to one row per value of its condition. */
function aggregatedBefore({ scope }: Found, home: Home, multipliers: readonly Multiplier[]): readonly Choice[] {
  const own = scope.grain.multipliers.filter(({ span }) => span === home.joinedBy);
  const sides = own.length > 0 ? own : multipliers;
  const titles = sides.flatMap(({ relation, comparedBy }) =>
    comparedBy === undefined ? [] : [`Aggregate ${relation} to one row per ${comparedBy} before the join`],
  );
  return [...new Set(titles)].map((title) => ({ title, edits: [] }));
}

function overlappingGroups(found: Found, home: Home, shared: Shared): Diagnostic {
  const { aggregate, call, scope, grouping } = found;
  const { values, group } = shared;
  const column = columnOf(found);
  const known = closure(
    [...closure(shared.attributes, scope.grain.dependencies, true), ...grouping.home.attributes],
    scope.grain.dependencies,
  );
  const several = attributeNames(
    home.attributes.filter((each) => !known.has(each)),
    scope,
  );
  const groups = listed(/row|table|…/.test(several) ? shared.groups : several);
  return diagnostic(
    "overlapping-groups",
    call.span,
    { aggregate: aggregate.fn, column, values, groups },
    {
      related: [
        { span: group, message: `this \`group\` counts ${values} in each ${listed(shared.groups)} it belongs to` },
      ],
      cause: causeOf("overlapping-groups", home, group),
      choices: [
        { title: `Count each value once: aggregate ${values} by these keys, not ${column}`, edits: [] },
        { title: "Compare the groups instead of adding them up: write `avg(…)`, `min(…)` or `max(…)`", edits: [] },
        {
          title: "Count it once per group that is added up: add `per row`",
          edits: [inserted(call, " per row")],
        },
      ],
    },
  );
}

/** Inserts text after the arguments of a call, before a `where`. */
function inserted({ span, argumentsEnd }: CallExpression, text: string): Choice["edits"][number] {
  return { span: { file: span.file, start: argumentsEnd, end: argumentsEnd }, text };
}

/** Identifies the cause: sums of several columns with the same home and place are one error. */
function causeOf(code: string, home: Home, place: Span | undefined): string {
  return [code, home.relation, home.label, place?.file, place?.start].join(" ");
}

/** The name of a home: by visible columns if possible, otherwise as it is called in its relation. */
function homeName(home: Home, scope: Scope): string {
  if (home.label === "row" || home.label === "table") return `${home.label} of ${home.relation}`;
  const here = columnsOf(home, scope);
  if (here !== undefined && here.length > 0) {
    return listed([...new Set(here.map((each) => entryName(each, scope)))].join(", "));
  }
  return home.label.startsWith("row of ") ? home.label : `${listed(home.label)} of ${home.relation}`;
}

/** The home's columns as the key of a `per`; undefined if not all are visible, or if there are many. */
function perText(home: Home, scope: Scope): string | undefined {
  const columns = columnsOf(home, scope)?.map(({ alias, name }) => (alias === undefined ? name : `${alias}.${name}`));
  if (columns === undefined || columns.length === 0 || columns.length > MOST_PER) return undefined;
  const [only] = columns;
  // `per row` counts rows.
  return columns.length === 1 && only !== "row" ? only : `(${columns.join(", ")})`;
}

/** The visible columns of the home's attributes; undefined if one of them has none. */
function columnsOf(home: Home, scope: Scope): readonly Entry[] | undefined {
  const { dependencies } = scope.grain;
  const found: Entry[] = [];
  for (const attribute of home.attributes) {
    const equal = (entry: Entry) =>
      entry.attribute === attribute ||
      (closure([entry.attribute], dependencies).has(attribute) &&
        closure([attribute], dependencies, true).has(entry.attribute));
    const entry = scope.entries.find((each) => !each.merged && equal(each));
    if (entry === undefined) return undefined;
    found.push(entry);
  }
  return found;
}

/** The joins that multiplied a value within a group. */
function whatMultiplied({ scope, grouping }: Found, home: Home): readonly Multiplier[] {
  const { dependencies, multipliers } = scope.grain;
  const value = closure(home.attributes, dependencies, true);
  const inGroup = closure([...value, ...grouping.home.attributes], dependencies);
  const unknown = (known: ReadonlySet<Attribute>) =>
    multipliers.filter((each) => !each.attributes.every((attribute) => known.has(attribute)));
  const found = unknown(inGroup);
  return found.length > 0 ? found : unknown(value);
}

function repeated({ span, relation }: Multiplier): Related {
  return { span, message: `this join repeats it for each matching row of ${relation}` };
}

function broughtIn({ joinedBy, relation }: Home): readonly Related[] {
  if (joinedBy === undefined) return [];
  return [{ span: joinedBy, message: `this join repeats the values of ${relation} in every matching row` }];
}

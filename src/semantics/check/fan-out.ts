/** The rule that no value is counted more often than it is there. */
import { type Diagnostic, diagnostic, type Related } from "../../diagnostics/diagnostic.ts";
import { duplicatesOf } from "../../functions/entry.ts";
import { findFunction } from "../../functions/resolve.ts";
import type { Span } from "../../source.ts";
import { type Attribute, closure, determinesRow, type Home } from "../grain.ts";
import { type Entry, entryOf, type Scope } from "../scope.ts";
import type { AggregateExpr, ColumnExpr, Expr } from "../typed.ts";
import type { CheckContext } from "./context.ts";
import { attributeNames, listed, shortestKey } from "./pipeline.ts";
import { entriesIn, homesOf } from "./value-grain.ts";

/** More columns than this are not worth naming as a `per`. */
const MOST_PER = 4;

/** Reports an aggregate that duplicates distort and that meets a value more than once, or that leaves one to chance. */
export function checkCounting(found: AggregateExpr, span: Span, scope: Scope, context: CheckContext): void {
  const entry = findFunction(found.fn);
  if (scope.open || !entry) return;
  for (const argument of found.args) {
    const column = columnName(argument);
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

/** A conversion that the program does not write does not make another value of a column. */
function columnName(argument: Expr): string {
  const [operand] = argument.kind === "call" && argument.fn === "widen" ? argument.args : [argument];
  return operand?.kind === "column" ? operand.name : "this expression";
}

/** With `per` one row of many counts, so that its value must not depend on which. */
function choiceProblem(found: AggregateExpr, argument: Expr, span: Span, scope: Scope): Diagnostic | undefined {
  if (!found.per) return undefined;
  const known = closure(perAttributes(found.per, scope), scope.grain.dependencies);
  const chosen = [...entriesIn(argument, scope)].find((each) => !known.has(each.attribute));
  const home = chosen?.homes.find((each) => !each.attributes.every((attribute) => known.has(attribute)));
  if (!chosen) return undefined;
  return perNotAKey(found.per, chosen.name, home ?? { attributes: [chosen.attribute], label: chosen.name }, span);
}

function perNotAKey(
  per: readonly ColumnExpr[],
  column: string,
  home: Pick<Home, "attributes" | "label">,
  span: Span,
): Diagnostic {
  const params = { columns: perNames(per), column, home: listed(home.label) };
  const hint = { hint: "Aggregate before the join, where each value stands in one row." };
  return diagnostic("per-not-a-key", span, params, home.attributes.length > MOST_PER ? hint : {});
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
            message: `this \`distinct\` no longer sees what tells the rows apart (${listed(home.label)})`,
          },
        ],
        cause: causeOf("merged-values", home, home.mergedBy),
        hint: `Keep ${listed(home.label)} in the rows until after \`distinct\`, or choose a row on purpose: \`distinct on KEY latest by COLUMN\`.`,
      },
    );
  }
  if (found.per) {
    // Rows in which these are null count too, so what holds only where they are not is of no use here.
    const known = closure(perAttributes(found.per, scope), scope.grain.dependencies);
    if (home.attributes.every((each) => known.has(each))) return undefined;
    return perNotAKey(found.per, column, home, span);
  }
  if (determinesRow(scope.grain, home.attributes, true)) return undefined;
  const per = perColumns(home, scope);
  const visible = per.length === home.attributes.length && per.length <= MOST_PER;
  const perText = per.length === 1 ? `${per[0]}` : `(${per.join(", ")})`;
  const aggregateFirst = `Aggregate ${home.relation} before the join`;
  const filtered = found.where !== undefined;
  const related = whatMultiplied(home, scope);
  const rows = listed(attributeNames(shortestKey(scope), scope));
  return diagnostic(
    "fan-out",
    span,
    {
      aggregate: found.fn,
      column,
      home: home.label === "row" ? `row of ${home.relation}` : listed(home.label),
      rows: rows === "row" ? "combination of rows" : rows,
    },
    {
      related,
      cause: causeOf("fan-out", home, related[0]?.span),
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

/** What spoils the values of one home at one place, which is one mistake however many of them are summed. */
function causeOf(code: string, home: Home, place: Span | undefined): string {
  return [code, home.relation, home.label, place?.file, place?.start].join(" ");
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

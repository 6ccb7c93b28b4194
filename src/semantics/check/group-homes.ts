/** What the results of aggregates are counted by: their group, and what they share with other groups. */
import { duplicatesOf } from "../../functions/entry.ts";
import { findFunction } from "../../functions/resolve.ts";
import type { Span } from "../../source.ts";
import { type Attribute, type Home, inOneGroup, oncePerGroup, type Shared } from "../grain.ts";
import { entryOf, type Scope } from "../scope.ts";
import type { AggregateExpr, ColumnExpr } from "../typed.ts";
import { columnIn } from "./pipeline.ts";
import { distinctHomes, homesOf, once, sharedOf, withShared } from "./value-grain.ts";

/** A `group` as its aggregates see it. */
export interface Grouping {
  /** The rows that are grouped; the keys follow from their columns. */
  readonly scope: Scope;
  /** What the results are counted by. */
  readonly home: Home;
  readonly span: Span;
  /** Whether a value that is counted by these attributes is in at most one row of each group. */
  readonly isOncePerGroup: (attributes: readonly Attribute[]) => boolean;
  /** Whether all rows of a value that is counted by these attributes are in one group, if it is not null. */
  readonly isInOneGroup: (attributes: readonly Attribute[]) => boolean;
}

/** The attributes are those of homes, which many columns share: what follows from them is found out once. */
export function groupingOf(scope: Scope, home: Home, span: Span): Grouping {
  const { grain } = scope;
  return {
    scope,
    home,
    span,
    isOncePerGroup: once((attributes) => oncePerGroup(grain, attributes, home.attributes)),
    isInOneGroup: once((attributes) => inOneGroup(grain, attributes, home.attributes, true)),
  };
}

/**
 * The homes of an aggregate's result: one value a group. Where one value was met in several groups, the result remembers
 * by what it is counted, since adding the groups up would count it again. A number of rows or values has nothing to
 * remember that the rows have not; what duplicates cannot distort remembers what its values did.
 */
export function resultHomes(found: AggregateExpr, { scope, home, span, isInOneGroup }: Grouping): readonly Home[] {
  const entry = findFunction(found.fn);
  if (scope.open || !entry || entry.masks || found.perRow) return [home];
  const { grain } = scope;
  const distorted = duplicatesOf(entry, found.overload) === "distorted";
  const [argument] = found.args;
  const of = (shared: readonly Shared[]): Home => ({ ...home, ...withShared(shared) });
  const made = (attributes: readonly Attribute[], { relation }: Pick<Home, "relation">): Shared => {
    const column = argument && columnIn(argument, scope);
    return {
      attributes,
      values: column === undefined ? `a value of ${relation}` : `${column.replace(/^.*\./, "")} of ${relation}`,
      groups: home.label,
      group: span,
    };
  };
  const ofArguments = found.args.flatMap((each) => homesOf(each, scope));
  if (found.per) {
    // Each combination counts, also one with nulls.
    const attributes = perAttributes(found.per, scope);
    return [
      of(
        distorted && !inOneGroup(grain, attributes, home.attributes, false)
          ? [made(attributes, ofArguments[0] ?? home)]
          : [],
      ),
    ];
  }
  const homes = ofArguments.map((each): Home => {
    const kept = sharedOf([each]).filter(({ attributes }) => !isInOneGroup(attributes));
    if (each.shared || !distorted) return of(kept);
    return of(isInOneGroup(each.attributes) ? [] : [made(each.attributes, each)]);
  });
  return homes.length === 0 ? [home] : distinctHomes(homes);
}

export function perAttributes(per: readonly ColumnExpr[], scope: Scope): readonly Attribute[] {
  return per.flatMap((each) => entryOf(scope, each)?.attribute ?? []);
}

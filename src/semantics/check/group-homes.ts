/** The homes of the results of aggregates: their group, and what they share with other groups. */
import { duplicatesOf } from "../../functions/entry.ts";
import { findFunction } from "../../functions/resolve.ts";
import type { Span } from "../../source.ts";
import { type Attribute, type Home, inOneGroup, oncePerGroup, type Shared } from "../grain.ts";
import { entryOf, type Scope } from "../scope.ts";
import type { AggregateExpr, ColumnExpr } from "../typed.ts";
import { columnIn } from "./pipeline.ts";
import { distinctHomes, homesOf, once, sharedOf, withShared } from "./value-grain.ts";

/** The context of the aggregates of a `group`. */
export interface Grouping {
  /** The rows before the `group`; their columns determine the keys. */
  readonly scope: Scope;
  /** The home of the results. */
  readonly home: Home;
  readonly span: Span;
  /** Whether a value with these attributes as its home is in at most one row of each group. */
  readonly isOncePerGroup: (attributes: readonly Attribute[]) => boolean;
  /** Whether all rows of a value with these attributes as its home are in one group, if it is not null. */
  readonly isInOneGroup: (attributes: readonly Attribute[]) => boolean;
}

/** Many columns share the attributes of a home, so results are cached. */
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
 * The homes of the result of an aggregate: one value per group. If a value occurs in several groups, the result records what
 * identifies it, because a sum over the groups would count it again. A count shares nothing beyond what the rows share; an
 * aggregate that duplicates cannot distort keeps what its values share.
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
    // Each combination counts, including those with nulls.
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

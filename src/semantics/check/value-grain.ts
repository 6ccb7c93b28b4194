/** The homes and dependencies of the values of an expression, from those of its columns. */
import type { Attribute, Home, Shared } from "../grain.ts";
import { type Entry, entryOf, type Scope } from "../scope.ts";
import type { AggregateExpr, Expr } from "../typed.ts";

/** `f(x)` has the homes of x: a sum of the results is a sum over the same values. A condition as a number counts rows. */
const KEEPS_TERMS: ReadonlySet<string> = new Set(["neg", "widen", "as", "as?", "round", "zero_if_null"]);
/** One of the arguments, or their sum: each keeps its own home. */
const ADDS_TERMS: ReadonlySet<string> = new Set(["+", "-", "??", "coalesce", "greatest", "least"]);
/** Combines the values of both arguments: the home is the union. */
const MULTIPLIES_TERMS: ReadonlySet<string> = new Set(["*", "multiply", "/", "div", "safe_div"]);

/**
 * The homes of an expression, one for each term of a sum over it: `price + freight` has two, `price * rate` has one, the
 * union; a constant has none. `ofAggregate`: the homes of the results of aggregates.
 */
export function homesOf(
  expr: Expr,
  scope: Scope,
  ofAggregate: (aggregate: AggregateExpr) => readonly Home[] = () => [],
): readonly Home[] {
  const of = (each: Expr) => homesOf(each, scope, ofAggregate);
  switch (expr.kind) {
    case "literal":
      return [];
    case "column":
      return entryOf(scope, expr)?.homes ?? [];
    case "aggregate":
      return ofAggregate(expr);
    case "match": {
      const values = [...expr.branches.map((each) => each.value), ...(expr.otherwise ? [expr.otherwise] : [])];
      return branchHomes(
        values,
        expr.branches.map((each) => each.condition),
        of,
      );
    }
    case "call":
      break;
  }
  const { fn, args } = expr;
  if (fn === "if") return branchHomes(args.slice(1), args.slice(0, 1), of);
  if (KEEPS_TERMS.has(fn)) return args[0] ? of(args[0]) : [];
  if (MULTIPLIES_TERMS.has(fn)) return distinctHomes(args.map(of).reduce(crossed, []));
  const homes = args.flatMap(of);
  return ADDS_TERMS.has(fn) ? distinctHomes(homes) : united(homes);
}

/**
 * The homes of the branches. If all branches are constants, the homes are those of the conditions; but ones and zeros count
 * the rows for which a condition is true, as `count_if` does.
 */
function branchHomes(
  values: readonly Expr[],
  conditions: readonly Expr[],
  of: (expr: Expr) => readonly Home[],
): readonly Home[] {
  const homes = distinctHomes(values.flatMap(of));
  return homes.length > 0 || values.every(isOneOrNothing) ? homes : united(conditions.flatMap(of));
}

/** 1, 0 or null, of any type. */
function isOneOrNothing(expr: Expr): boolean {
  if (expr.kind === "call" && expr.fn === "widen") return expr.args.every(isOneOrNothing);
  return expr.kind === "literal" && (expr.value === null || /^[01](\.0*)?$/.test(String(expr.value)));
}

function crossed(left: readonly Home[], right: readonly Home[]): readonly Home[] {
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  return left.flatMap((a) => right.flatMap((b) => united([a, b])));
}

/** One home with all these attributes. */
function united(homes: readonly Home[]): readonly Home[] {
  const all = distinctHomes(homes);
  const [first, ...rest] = all;
  if (!first || rest.length === 0) return all;
  const joinedBy = all.find((each) => each.joinedBy)?.joinedBy;
  const mergedBy = all.find((each) => each.mergedBy)?.mergedBy;
  return [
    {
      attributes: [...new Set(all.flatMap((each) => each.attributes))],
      label: [...new Set(all.map((each) => each.label))].join(", "),
      relation: [...new Set(all.map((each) => each.relation))].join(" and "),
      ...(joinedBy ? { joinedBy } : {}),
      ...(mergedBy ? { mergedBy } : {}),
      ...withShared(sharedOf(all)),
    },
  ];
}

/** What the values of these homes share with other rows, without duplicates. */
export function sharedOf(homes: readonly Home[]): readonly Shared[] {
  const found: Shared[] = [];
  for (const each of homes.flatMap(({ shared = [] }) => shared)) {
    if (!found.some((other) => other === each || sameSet(other.attributes, each.attributes))) found.push(each);
  }
  return found;
}

export function withShared(shared: readonly Shared[]): { readonly shared?: readonly Shared[] } {
  return shared.length === 0 ? {} : { shared };
}

export function distinctHomes(homes: readonly Home[]): readonly Home[] {
  const kept: Home[] = [];
  for (const each of homes) {
    if (!kept.some((other) => other === each || sameAttributes(other, each))) kept.push(each);
  }
  return kept;
}

function sameAttributes(a: Home, b: Home): boolean {
  const [ofA, ofB] = [a.shared ?? [], b.shared ?? []];
  return (
    sameSet(a.attributes, b.attributes) &&
    (a.mergedBy === undefined) === (b.mergedBy === undefined) &&
    ofA.length === ofB.length &&
    ofA.every((each) => ofB.some((other) => sameSet(each.attributes, other.attributes)))
  );
}

function sameSet(a: readonly Attribute[], b: readonly Attribute[]): boolean {
  return a.length === b.length && a.every((attribute) => b.includes(attribute));
}

/** Maps the homes of columns: each home once, so that columns with the same home keep a common one. */
export function changingHomes(change: (home: Home) => Home): (homes: readonly Home[]) => readonly Home[] {
  const changed = once(change);
  return once((homes) => homes.map(changed));
}

/** A cached function of objects. */
export function once<From, To>(make: (from: From) => To): (from: From) => To {
  const made = new Map<From, To>();
  return (from) => {
    const known = made.get(from);
    if (known !== undefined) return known;
    const result = make(from);
    made.set(from, result);
    return result;
  };
}

/** The columns of an expression, without duplicates. */
export function entriesIn(expr: Expr, scope: Scope, found: Set<Entry> = new Set()): ReadonlySet<Entry> {
  switch (expr.kind) {
    case "literal":
      break;
    case "column": {
      const entry = entryOf(scope, expr);
      if (entry) found.add(entry);
      break;
    }
    case "call":
      for (const each of expr.args) entriesIn(each, scope, found);
      break;
    case "aggregate":
      for (const each of expr.args) entriesIn(each, scope, found);
      if (expr.where) entriesIn(expr.where, scope, found);
      break;
    case "match":
      for (const each of expr.branches) {
        entriesIn(each.condition, scope, found);
        entriesIn(each.value, scope, found);
      }
      if (expr.otherwise) entriesIn(expr.otherwise, scope, found);
      break;
  }
  return found;
}

/** The attributes of columns, without duplicates. */
export function attributesOf(entries: Iterable<Entry>): readonly Attribute[] {
  const attributes = new Set<Attribute>();
  for (const each of entries) attributes.add(each.attribute);
  return [...attributes];
}

const NO_TAGS: readonly string[] = [];

/** The aggregates that keep the unit of their argument. */
const KEEPS_UNIT: ReadonlySet<string> = new Set(["sum", "min", "max", "avg", "median"]);

/** The tags that propagate from the columns to the expression; `used` are its columns. */
export function tagsOf(expr: Expr, used: ReadonlySet<Entry>, scope: Scope): readonly string[] {
  let pii = false;
  for (const { tags } of used) pii ||= tags.includes("pii") && !countsOnly(expr);
  const kept = expr.kind === "aggregate" && KEEPS_UNIT.has(expr.fn) ? expr.args[0] : expr;
  const own = (kept?.kind === "column" && entryOf(scope, kept)?.tags) || NO_TAGS;
  const others = own.length === 0 ? NO_TAGS : own.filter((tag) => tag !== "pii");
  return pii ? ["pii", ...others].sort() : others;
}

/** Counts reveal nothing about a person. */
function countsOnly(expr: Expr): boolean {
  return expr.kind === "aggregate" && expr.fn.startsWith("count");
}

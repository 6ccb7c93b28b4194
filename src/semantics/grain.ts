/**
 * Grain: what identifies a row, and what identifies the value in a column.
 *
 * Every column stands for an attribute, a number that survives renaming; attributes that no column shows any more stay
 * in the algebra, hidden. A grain is a set of candidate keys and of functional dependencies over attributes. A column's
 * homes are the sets of attributes that its values are counted by: a value of an additive column may be summed over the
 * rows exactly when its home determines the row. A sum of two columns has a home for each term.
 *
 * Decisions worth knowing
 * - Everything is sound rather than complete: a dependency that is lost makes the checker ask, never makes it accept.
 * - An aggregate may meet a value in several groups, once in each: its result is counted by the group, and remembers what
 *   it shares with the other groups. The attributes of what is shared stay in the algebra, where they stand for rows
 *   before the group: a dependency from them holds for each such row, none makes them follow from a row of the group.
 * - A dependency `whenPresent` holds in the rows where its left side is not null (the unmatched rows of a left join break
 *   it). It may prove that a value is counted once, since null adds nothing; it never proves a key.
 * - A relation without a key has a hidden attribute for the row, and a record: once `distinct` has run over all of the
 *   record's columns, those columns determine the row.
 */
import type { Span } from "../source.ts";

export type Attribute = number;

export interface Dependency {
  readonly from: readonly Attribute[];
  readonly to: readonly Attribute[];
  readonly whenPresent?: true;
}

/** What the values of a column are counted by. */
export interface Home {
  readonly attributes: readonly Attribute[];
  /** For people: `order_id, payment_sequential`. */
  readonly label: string;
  /** The relation that the values come from, `silver.payments`. */
  readonly relation: string;
  /** The join that brought them in, if one did. */
  readonly joinedBy?: Span;
  /** The `distinct` that merged values of different homes: they can no longer be counted. */
  readonly mergedBy?: Span;
  /** What the values are made of, where other rows are made of the same: adding those rows up would count it again. */
  readonly shared?: readonly Shared[];
}

/** Values that an aggregate has met in several groups. */
export interface Shared {
  /** What they are counted by. */
  readonly attributes: readonly Attribute[];
  /** For people: `subs.amount`. */
  readonly values: string;
  /** For people, the keys of the groups: `month`. */
  readonly groups: string;
  readonly group: Span;
}

/** A join that gave rows of the left side several rows of the right side. */
export interface Multiplier {
  readonly span: Span;
  readonly relation: string;
  /** A key of the right side. */
  readonly attributes: readonly Attribute[];
  /** The columns of the right side that the condition compares, where one row for each would make it a `join one`. */
  readonly comparedBy?: string;
}

/** `distinct` over these columns makes them determine the row. */
export interface Record {
  readonly row: Attribute;
  readonly columns: readonly Attribute[];
  /** A left join brought it in: in the rows without a match it is null. */
  readonly absent?: true;
}

export interface Grain {
  readonly keys: readonly (readonly Attribute[])[];
  readonly dependencies: readonly Dependency[];
  readonly records: readonly Record[];
  readonly multipliers: readonly Multiplier[];
}

/** More candidate keys than this are not carried along. */
const MOST_KEYS = 8;

/** All attributes that these determine. */
export function closure(
  start: Iterable<Attribute>,
  dependencies: readonly Dependency[],
  present = false,
): ReadonlySet<Attribute> {
  const known = new Set(start);
  let size: number;
  do {
    size = known.size;
    for (const { from, to, whenPresent } of dependencies) {
      if ((!whenPresent || present) && hasAll(known, from)) for (const attribute of to) known.add(attribute);
    }
  } while (known.size > size);
  return known;
}

function hasAll(known: ReadonlySet<Attribute>, attributes: readonly Attribute[]): boolean {
  return attributes.every((attribute) => known.has(attribute));
}

/** Whether these attributes identify a row. `present`: in the rows where they are not null. */
export function determinesRow(grain: Grain, attributes: Iterable<Attribute>, present = false): boolean {
  const given = new Set(attributes);
  if (grain.keys.some((key) => hasAll(given, key))) return true;
  const known = closure(given, grain.dependencies, present);
  return grain.keys.some((key) => hasAll(known, key));
}

/** Whether a value of this home stands in one row at most of each group by these keys. */
export function oncePerGroup(grain: Grain, home: readonly Attribute[], keys: readonly Attribute[]): boolean {
  // What holds only where a value is present may be told of the value, not of the keys of its group, which may be null.
  return determinesRow(grain, [...closure(home, grain.dependencies, true), ...keys]);
}

/** Whether all rows with the same of these attributes are in one group. `present`: of those in which they are not null. */
export function inOneGroup(
  { dependencies }: Grain,
  counted: readonly Attribute[],
  keys: readonly Attribute[],
  present: boolean,
): boolean {
  return hasAll(closure(counted, dependencies, present), keys);
}

/** The home with other numbers for its attributes. */
export function renumberedHome(home: Home, renumber: (attribute: Attribute) => Attribute): Home {
  const renumbered = { ...home, attributes: home.attributes.map(renumber) };
  if (home.shared === undefined) return renumbered;
  return { ...renumbered, shared: home.shared.map((each) => ({ ...each, attributes: each.attributes.map(renumber) })) };
}

/** All attributes that a home needs. */
export function attributesOfHome({ attributes, shared = [] }: Home): readonly Attribute[] {
  return [...attributes, ...shared.flatMap((each) => each.attributes)];
}

/** The same row identity with as few attributes as removal from the end gives. */
export function minimise(grain: Grain, attributes: readonly Attribute[]): readonly Attribute[] {
  let kept = attributes;
  for (let at = attributes.length - 1; at >= 0; at--) {
    const without = kept.filter((attribute) => attribute !== attributes[at]);
    if (determinesRow(grain, without)) kept = without;
  }
  return kept;
}

/** With one more key, unless a known one is part of it. A key determines every attribute given. */
export function withKey(grain: Grain, key: readonly Attribute[], all: readonly Attribute[]): Grain {
  return {
    ...grain,
    keys: distinctKeys([key, ...grain.keys]),
    dependencies: [...grain.dependencies, { from: key, to: all }],
  };
}

/** Without repetitions and without keys that hold another key. The order is kept. */
export function distinctKeys(keys: readonly (readonly Attribute[])[]): readonly (readonly Attribute[])[] {
  const kept = keys.filter(
    (key, at) =>
      !keys.some(
        (other, index) =>
          index !== at &&
          other.every((attribute) => key.includes(attribute)) &&
          (other.length < key.length || index < at),
      ),
  );
  return kept.slice(0, MOST_KEYS);
}

/** The grain with every attribute moved up by `offset`, so that two uses of a relation do not meet. */
export function shifted(grain: Grain, offset: number): Grain {
  const shift = (attributes: readonly Attribute[]) => attributes.map((attribute) => attribute + offset);
  return {
    keys: grain.keys.map(shift),
    dependencies: grain.dependencies.map((each) => ({ ...each, from: shift(each.from), to: shift(each.to) })),
    records: grain.records.map((each) => ({ ...each, row: each.row + offset, columns: shift(each.columns) })),
    multipliers: grain.multipliers.map((each) => ({ ...each, attributes: shift(each.attributes) })),
  };
}

/** What the grain says of these attributes alone; the others are forgotten. */
export function restricted(grain: Grain, kept: ReadonlySet<Attribute>): Grain {
  const has = (attribute: Attribute) => kept.has(attribute);
  const dependencies: Dependency[] = [];
  const direct = !linksThroughOthers(grain, kept);
  for (const each of grain.dependencies) {
    if (!each.from.every(has)) continue;
    const reach = direct || each.whenPresent ? each.to : [...closure(each.from, grain.dependencies)];
    const to = reach.filter((attribute) => has(attribute) && !each.from.includes(attribute));
    if (to.length > 0) dependencies.push({ ...each, to });
  }
  return {
    keys: grain.keys.filter((key) => key.every(has)),
    dependencies,
    records: grain.records.filter((each) => has(each.row) && each.columns.every(has)),
    multipliers: grain.multipliers.filter((each) => each.attributes.every(has)),
  };
}

/** Whether something follows from an attribute outside of `kept` that follows from others: `a -> outside -> b`. */
function linksThroughOthers({ dependencies }: Grain, kept: ReadonlySet<Attribute>): boolean {
  const outside = new Set<Attribute>();
  for (const { from } of dependencies) for (const attribute of from) if (!kept.has(attribute)) outside.add(attribute);
  return outside.size > 0 && dependencies.some(({ to }) => to.some((attribute) => outside.has(attribute)));
}

export interface Joined {
  readonly side: "inner" | "left";
  readonly cardinality: "one" | "many";
  readonly span: Span;
  readonly relation: string;
  /** Attributes that the condition makes equal. */
  readonly equalities: readonly { readonly left: Attribute; readonly right: Attribute }[];
  /** Attributes of the right side that the condition fixes by something of the left side or a constant. */
  readonly fixedRight: readonly Attribute[];
  /** Attributes of the left side that the condition looks at. */
  readonly usedLeft: readonly Attribute[];
  /** `Multiplier.comparedBy` */
  readonly comparedBy?: string;
  /** All attributes of the right side. */
  readonly allRight: readonly Attribute[];
  /** Attributes of the right side that are never null there: after a left join they are null in unmatched rows only. */
  readonly presentRight: readonly Attribute[];
}

/** Whether the equalities cover a key of the right side, so that a left row meets at most one right row. */
export function matchesAtMostOne(right: Grain, fixed: readonly Attribute[]): boolean {
  return determinesRow(right, fixed);
}

/**
 * What still holds on the right side. In the unmatched rows of a left join its columns are all null, which a dependency
 * of a nullable column does not know; together with a column that tells whether there was a match, it does.
 */
function dependenciesOfRight(right: Grain, { side, presentRight }: Joined): readonly Dependency[] {
  if (side === "inner") return right.dependencies;
  const [present] = presentRight;
  if (present === undefined) return [];
  return right.dependencies.map((each) =>
    each.from.some((attribute) => presentRight.includes(attribute)) ? each : { ...each, from: [...each.from, present] },
  );
}

function recordsOfRight({ records }: Grain, { side }: Joined): readonly Record[] {
  return side === "inner" ? records : records.map((each) => ({ ...each, absent: true }));
}

/** The grain of the joined rows. `left` and `right` must not share attributes. */
export function joinGrain(left: Grain, right: Grain, join: Joined): Grain {
  const dependencies = [...left.dependencies, ...dependenciesOfRight(right, join)];
  for (const { left: l, right: r } of join.equalities) {
    dependencies.push({ from: [r], to: [l], ...(join.side === "left" ? { whenPresent: true as const } : {}) });
    if (join.side === "inner") dependencies.push({ from: [l], to: [r] });
  }
  const decided = join.cardinality === "one" ? join.allRight : join.fixedRight;
  dependencies.push({ from: join.usedLeft, to: decided });

  const joined: Grain = {
    keys: [],
    dependencies,
    records: [...left.records, ...recordsOfRight(right, join)],
    multipliers: [...left.multipliers, ...right.multipliers],
  };
  if (join.cardinality === "one") {
    const oneToOne =
      join.side === "inner" &&
      determinesRow(
        left,
        join.equalities.map((each) => each.left),
      );
    return { ...joined, keys: distinctKeys(oneToOne ? [...left.keys, ...right.keys] : left.keys) };
  }
  const pairs = left.keys.flatMap((leftKey) => right.keys.map((rightKey) => [leftKey, rightKey] as const));
  const whole = { ...joined, keys: pairs.map(([leftKey, rightKey]) => [...leftKey, ...rightKey]) };
  const minimal = pairs.flatMap(([leftKey, rightKey]) => [
    minimise(whole, [...leftKey, ...rightKey]),
    minimise(whole, [...rightKey, ...leftKey]),
  ]);
  const keys = distinctKeys(minimal);
  return {
    ...joined,
    keys,
    // A key of the rows determines what an unmatched row has none of, too.
    dependencies: [...dependencies, ...keys.map((key) => ({ from: key, to: join.allRight }))],
    multipliers: [
      ...joined.multipliers,
      ...right.keys.slice(0, 1).map(
        (key): Multiplier => ({
          span: join.span,
          relation: join.relation,
          attributes: key,
          ...(join.comparedBy === undefined ? {} : { comparedBy: join.comparedBy }),
        }),
      ),
    ],
  };
}

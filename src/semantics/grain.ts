/**
 * Grain: what identifies a row, and what identifies the values of a column.
 *
 * Every column has an attribute, a number that survives renaming; attributes without a visible column remain as hidden
 * ones. A grain is a set of candidate keys and functional dependencies over attributes. The homes of a column are the sets
 * of attributes that identify its values: they can be summed over rows exactly if the home determines the row. A sum of two
 * columns has a home for each term.
 *
 * Decisions:
 * - The analysis is sound, not complete: a dependency that is not detected causes an error, never an acceptance.
 * - A value can occur in several groups, once in each: the result of the aggregate is identified by the group and records
 *   what it shares with other groups. The shared attributes remain and refer to rows before the `group`: dependencies from
 *   them hold for each such row, and no row of the group determines them.
 * - A dependency `whenPresent` holds in the rows where its left side is not null (unmatched rows of a left join violate it).
 *   It can prove that a value is counted once, because nulls add nothing, but never a key.
 * - A relation without a key has a hidden attribute for the row, and a record: after a `distinct` over all columns of the
 *   record, they determine the row.
 */
import type { Span } from "../source.ts";

export type Attribute = number;

export interface Dependency {
  readonly from: readonly Attribute[];
  readonly to: readonly Attribute[];
  readonly whenPresent?: true;
}

/** What identifies the values of a column. */
export interface Home {
  readonly attributes: readonly Attribute[];
  /** For messages: `order_id, payment_sequential`. */
  readonly label: string;
  /** The relation that the values come from, `silver.payments`. */
  readonly relation: string;
  /** The join that added them, if there is one. */
  readonly joinedBy?: Span;
  /** The `distinct` that merged values of different homes, which can no longer be counted. */
  readonly mergedBy?: Span;
  /** Values that are also part of other rows: a sum over those rows would count them again. */
  readonly shared?: readonly Shared[];
}

/** Values that occur in several groups of an aggregate. */
export interface Shared {
  /** What identifies them. */
  readonly attributes: readonly Attribute[];
  /** For messages: `subs.amount`. */
  readonly values: string;
  /** For messages, the keys of the groups: `month`. */
  readonly groups: string;
  readonly group: Span;
}

/** A join with several rows of the right side per row of the left side. */
export interface Multiplier {
  readonly span: Span;
  readonly relation: string;
  /** A key of the right side. */
  readonly attributes: readonly Attribute[];
  /** The columns of the right side in the condition, if one row for each would make it a `join one`. */
  readonly comparedBy?: string;
}

/** Columns that determine the row after a `distinct` over all of them. */
export interface Record {
  readonly row: Attribute;
  readonly columns: readonly Attribute[];
  /** Added by a left join: null in unmatched rows. */
  readonly absent?: true;
}

export interface Grain {
  readonly keys: readonly (readonly Attribute[])[];
  readonly dependencies: readonly Dependency[];
  readonly records: readonly Record[];
  readonly multipliers: readonly Multiplier[];
}

/** The maximum number of candidate keys that are tracked. */
const MOST_KEYS = 8;

/** All attributes determined by these. */
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

/** Whether each value of this home is in at most one row of each group by these keys. */
export function oncePerGroup(grain: Grain, home: readonly Attribute[], keys: readonly Attribute[]): boolean {
  // A dependency `whenPresent` can be applied to the value, but not to the keys of the group, which can be null.
  return determinesRow(grain, [...closure(home, grain.dependencies, true), ...keys]);
}

/** Whether all rows with the same values of these attributes are in one group. `present`: only rows where they are not null. */
export function inOneGroup(
  { dependencies }: Grain,
  counted: readonly Attribute[],
  keys: readonly Attribute[],
  present: boolean,
): boolean {
  return hasAll(closure(counted, dependencies, present), keys);
}

/** The home with its attributes renumbered. */
export function renumberedHome(home: Home, renumber: (attribute: Attribute) => Attribute): Home {
  const renumbered = { ...home, attributes: home.attributes.map(renumber) };
  if (home.shared === undefined) return renumbered;
  return { ...renumbered, shared: home.shared.map((each) => ({ ...each, attributes: each.attributes.map(renumber) })) };
}

/** All attributes that a home needs. */
export function attributesOfHome({ attributes, shared = [] }: Home): readonly Attribute[] {
  return [...attributes, ...shared.flatMap((each) => each.attributes)];
}

/** The same row identity without unnecessary attributes, removed from the end. */
export function minimise(grain: Grain, attributes: readonly Attribute[]): readonly Attribute[] {
  let kept = attributes;
  for (let at = attributes.length - 1; at >= 0; at--) {
    const without = kept.filter((attribute) => attribute !== attributes[at]);
    if (determinesRow(grain, without)) kept = without;
  }
  return kept;
}

/** Adds a key, unless a known one is part of it. A key determines all given attributes. */
export function withKey(grain: Grain, key: readonly Attribute[], all: readonly Attribute[]): Grain {
  return {
    ...grain,
    keys: distinctKeys([key, ...grain.keys]),
    dependencies: [...grain.dependencies, { from: key, to: all }],
  };
}

/** Without duplicates and keys that contain another key. Keeps the order. */
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

/** The grain with all attributes shifted by `offset`, so that two uses of a relation have different ones. */
export function shifted(grain: Grain, offset: number): Grain {
  const shift = (attributes: readonly Attribute[]) => attributes.map((attribute) => attribute + offset);
  return {
    keys: grain.keys.map(shift),
    dependencies: grain.dependencies.map((each) => ({ ...each, from: shift(each.from), to: shift(each.to) })),
    records: grain.records.map((each) => ({ ...each, row: each.row + offset, columns: shift(each.columns) })),
    multipliers: grain.multipliers.map((each) => ({ ...each, attributes: shift(each.attributes) })),
  };
}

/** The grain restricted to these attributes. */
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

/** Whether there is a chain of dependencies through an attribute outside of `kept`: `a -> outside -> b`. */
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
  /** Attributes that are equal by the condition. */
  readonly equalities: readonly { readonly left: Attribute; readonly right: Attribute }[];
  /** Attributes of the right side that the condition determines from the left side or a constant. */
  readonly fixedRight: readonly Attribute[];
  /** Attributes of the left side in the condition. */
  readonly usedLeft: readonly Attribute[];
  /** `Multiplier.comparedBy` */
  readonly comparedBy?: string;
  /** All attributes of the right side. */
  readonly allRight: readonly Attribute[];
  /** Attributes of the right side that are not nullable: after a left join they are null only in unmatched rows. */
  readonly presentRight: readonly Attribute[];
}

/** Whether the equalities cover a key of the right side, so that a left row has at most one match. */
export function matchesAtMostOne(right: Grain, fixed: readonly Attribute[]): boolean {
  return determinesRow(right, fixed);
}

/**
 * The dependencies of the right side that still hold. In unmatched rows of a left join all its columns are null, which
 * violates dependencies from nullable columns, unless a column that shows whether there was a match is added to them.
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
    // A key of the rows also determines the attributes that are missing in an unmatched row.
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

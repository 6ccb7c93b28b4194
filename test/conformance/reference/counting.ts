/** Checks whether an aggregate counts every value once, on the rows before a `group`. */
import type { Row } from "../engine/duckdb.ts";
import type { Term } from "./terms.ts";

/** A term of the argument of an aggregate; everything but the names is SQL. */
export interface Counted {
  /** The column of the aggregate, and the aggregate's name. */
  readonly name: string;
  readonly fn: string;
  readonly value: string;
  readonly where: string | undefined;
  readonly per: readonly string[] | undefined;
  /** `per row`: counts each row, whatever the values. */
  readonly perRow: boolean;
  /** Summing its results over several groups sums the values. */
  readonly adds: boolean;
  /** Undefined if only the choice of a row matters: the aggregate is not affected by duplicates. */
  readonly term: Term | undefined;
}

/** How an aggregate is wrong on some data. */
export interface Miscount {
  readonly column: string;
  readonly aggregate: string;
  readonly what:
    | "a value is counted twice"
    | "several values are counted as one"
    | "which row counts is left to chance"
    | "what is added up counts again";
}

/** One row per term: how often it is wrong, in each of the four ways. */
export function countingQuery(found: readonly Counted[], keys: readonly string[], from: string): string {
  return found.map((each, at) => `SELECT ${at}, ${counts({ ...each, keys, from })}`).join(" UNION ALL ");
}

interface Place {
  readonly keys: readonly string[];
  readonly from: string;
}

function counts({ term, value, where, per, perRow, adds, keys, from }: Place & Counted): string {
  const present = (term ?? []).map((token) => `${token.value} IS NOT NULL`).join(" AND ");
  const identity = tuple((term ?? []).map((token) => token.value));
  const merged = (term ?? []).map((token) => `coalesce(${token.merged}, FALSE)`).join(" OR ");
  if (per === undefined) {
    const flagged = `(SELECT count(*) FROM ${from} WHERE (${present}) AND (${merged}))`;
    if (perRow) return `0, ${flagged}, 0, 0`;
    // Over all rows, whatever the filter: a value must be in one row of a group, or it may be counted twice.
    const twice = `(SELECT count(*) - count(DISTINCT ${tuple([...keys, identity])}) FROM ${from} WHERE ${present})`;
    const lists = adds ? (term ?? []).flatMap(({ shared }) => shared) : [];
    const again = lists.map(
      (list) =>
        `(SELECT count(*) - count(DISTINCT ${tuple(["g", "e"])}) FROM (SELECT ${tuple(keys)} AS g, unnest(${list}) AS e FROM ${from}))`,
    );
    return `${twice}, ${flagged}, 0, ${["0", ...again].join(" + ")}`;
  }
  const rows = `FROM ${from} WHERE ${where ?? "TRUE"}`;
  const combination = tuple([...keys, ...per]);
  const most = (what: string, by: string, filter: string) =>
    `(SELECT coalesce(max(n), 1) - 1 FROM (SELECT ${what} AS n ${rows} AND (${filter}) GROUP BY ${by}))`;
  const chance = most(`count(DISTINCT ${tuple([value])})`, combination, "TRUE");
  if (term === undefined) return `0, 0, ${chance}, 0`;
  const several = most(`count(DISTINCT ${identity})`, combination, present);
  const flagged = `(SELECT count(*) ${rows} AND (${present}) AND (${merged}))`;
  return `0, ${several} + ${flagged}, ${chance}, 0`;
}

/** Combines values into one, with null as a distinct value. */
export function tuple(values: readonly string[]): string {
  return `struct_pack(${["''", ...values].map((value, at) => `v${at} := ${value}`).join(", ")})`;
}

/** Converts the rows of the query to miscounts. */
export function miscountsIn(rows: readonly Row[], found: readonly Counted[]): readonly Miscount[] {
  return rows.flatMap(([at, twice, several, chance, again]) => {
    const counted = found[Number(at)];
    if (counted === undefined) return [];
    const of = (what: Miscount["what"]): Miscount => ({ column: counted.name, aggregate: counted.fn, what });
    return [
      ...(Number(twice) > 0 ? [of("a value is counted twice")] : []),
      ...(Number(several) > 0 ? [of("several values are counted as one")] : []),
      ...(Number(chance) > 0 ? [of("which row counts is left to chance")] : []),
      ...(Number(again) > 0 ? [of("what is added up counts again")] : []),
    ];
  });
}

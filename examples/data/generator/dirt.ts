/**
 * What is wrong with the data, on purpose, at known places. Dirt is data: each table lists its kinds, with the share of
 * its rows that get it and what has to become of them; no row gets two.
 */
import { createClasses, some } from "./random.ts";

/** The text of each column; null where there is nothing. As many as columns, or the record is malformed. */
export type Values = readonly (string | null)[];

export interface Row {
  readonly values: Values;
  /** What the row is known by in the table, for the list of dirty places. */
  readonly key: string;
  /** The kinds of dirt that it shows. */
  readonly dirt: readonly string[];
}

/**
 * What has to become of a row: `kept` as it is or with nulls · `cleaned` and kept · `merged` with its twin ·
 * `filtered` out or not joined further on · `counted` as a warning · set aside by `rejected` (it cannot be read) or
 * `quarantined` (it fails an expectation).
 */
export type Outcome = "kept" | "cleaned" | "merged" | "filtered" | "counted" | "rejected" | "quarantined";

export interface Kind {
  readonly kind: string;
  readonly outcome: Outcome;
  /** What is wrong with the rows. */
  readonly what: string;
  /** The reason that the quarantine gives. */
  readonly reason?: string;
}

/** Dirt that is strewn on clean rows; a `Kind` alone is dirt that the rows bring along. */
export interface Strewn extends Kind {
  /** Of the table's rows; at least one row gets it. */
  readonly share: number;
  /** What stands in the row's place. */
  readonly change?: (values: Values) => Values;
  /** What stands as a second row further down. */
  readonly again?: (values: Values) => Values;
}

/** How many rows further down the second of two twins stands. */
const DISTANCE = 61;

/** The rows with the dirt strewn on them; dirt that a row brought along is hidden by it. `count` is their number. */
export function* strew(seed: number, table: string, count: number, rows: Iterable<Row>, kinds: readonly Strewn[]) {
  const kindOf = createClasses(
    seed,
    `dirt in ${table}`,
    count,
    kinds.map((kind) => [kind, some(count, kind.share)]),
  );
  const twins: { readonly row: Row; readonly due: number }[] = [];
  let place = 0;
  for (const row of rows) {
    const kind = kindOf(place);
    if (kind?.change === undefined) yield row;
    else yield { ...row, values: kind.change(row.values), dirt: [kind.kind] };
    if (kind?.again !== undefined) {
      twins.push({ row: { ...row, values: kind.again(row.values), dirt: [kind.kind] }, due: place + DISTANCE });
    }
    for (let twin = twins[0]; twin !== undefined && twin.due <= place; twin = twins[0]) {
      yield twin.row;
      twins.shift();
    }
    place++;
  }
  for (const { row } of twins) yield row;
}

/** Makes the changes that put other texts into named columns: a text, nothing, or what a function makes of the text. */
export function createPut<Column extends string>(columns: readonly Column[]) {
  return (texts: { readonly [Name in Column]?: NewText }) => {
    const changes = columns.map((column): NewText | undefined => texts[column]);
    return (values: Values): Values =>
      values.map((value, place) => {
        const text = changes[place];
        if (text === undefined) return value;
        return typeof text === "function" ? text(value ?? "") : text;
      });
  };
}

type NewText = string | null | ((text: string) => string);

/** The records that no reader can read: the same two kinds in every CSV file. */
export function malformed(share: number): readonly Strewn[] {
  const rejected = { outcome: "rejected", reason: "malformed record", share } as const;
  return [
    {
      ...rejected,
      kind: "too-few-fields",
      what: "the last two fields are missing",
      change: (values) => values.slice(0, -2),
    },
    { ...rejected, kind: "too-many-fields", what: "a field too many", change: (values) => [...values, "?"] },
  ];
}

/** Full duplicates. */
export function duplicate(share: number): Strewn {
  const what = `the row stands a second time, ${DISTANCE} rows below`;
  return { kind: "duplicate", outcome: "merged", what, share, again: (values) => values };
}

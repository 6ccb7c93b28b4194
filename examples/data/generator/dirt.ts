/**
 * Deliberate errors in the data ("dirt") at known positions. Each table lists its kinds of dirt as data, with the share
 * of affected rows and their expected treatment; no row has two.
 */
import { createClasses, some } from "./random.ts";

/** The text of each column; null if missing. A record with more or fewer values than columns is malformed. */
export type Values = readonly (string | null)[];

export interface Row {
  readonly values: Values;
  /** Identifies the row in the table, for the list of dirty rows. */
  readonly key: string;
  /** The kinds of dirt in the row. */
  readonly dirt: readonly string[];
}

/**
 * The expected treatment of a row: `kept` unchanged or with nulls · `cleaned` and kept · `merged` with its duplicate ·
 * `filtered` out or not joined · `counted` as a warning · `rejected` (it cannot be read) or `quarantined` (it fails an
 * expectation).
 */
export type Outcome = "kept" | "cleaned" | "merged" | "filtered" | "counted" | "rejected" | "quarantined";

export interface Kind {
  readonly kind: string;
  readonly outcome: Outcome;
  /** Describes what is wrong with the rows. */
  readonly what: string;
  /** The reason in the quarantine. */
  readonly reason?: string;
}

/** Dirt that is added to clean rows; a plain `Kind` is dirt that the rows already have. */
export interface AddedDirt extends Kind {
  /** The share of the table's rows; at least one row is affected. */
  readonly share: number;
  /** The values that replace the row. */
  readonly change?: (values: Values) => Values;
  /** The values of a second row further down. */
  readonly again?: (values: Values) => Values;
}

/** The distance between a row and its duplicate, in rows. */
const DISTANCE = 61;

/** Adds dirt to rows; it hides the dirt that a row already has. `count` is the number of rows. */
export function* addDirt(seed: number, table: string, count: number, rows: Iterable<Row>, kinds: readonly AddedDirt[]) {
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

/**
 * Creates changes that replace the texts of named columns: by a text, null, or the result of a function of the text.
 */
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

/** Malformed records: the same two kinds in every CSV file. */
export function malformed(share: number): readonly AddedDirt[] {
  const rejected = { outcome: "rejected", reason: "malformed record", share } as const;
  return [
    {
      ...rejected,
      kind: "too-few-fields",
      what: "the last two fields are missing",
      change: (values) => values.slice(0, -2),
    },
    { ...rejected, kind: "too-many-fields", what: "an extra field", change: (values) => [...values, "?"] },
  ];
}

/** Complete duplicates. */
export function duplicate(share: number): AddedDirt {
  const what = `the row is repeated ${DISTANCE} rows below`;
  return { kind: "duplicate", outcome: "merged", what, share, again: (values) => values };
}

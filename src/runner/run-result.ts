/** The events and the result of a run. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/** A check that a table was built with. */
export interface CheckResult {
  /** The name of an expectation, or `silver.orders key (order_id)`. */
  readonly name: string;
  /** What a row that fails it does. */
  readonly action: "fail" | "quarantine" | "warn";
  /** How many rows failed it; of a table that was built, none with `fail`. */
  readonly rows: number;
}

export interface RelationResult {
  /** `bronze.orders`, `silver.orders` */
  readonly relation: string;
  /**
   * `ok`: landed or built · `unchanged`: none of its inputs has changed, so it was not built · `failed`: it keeps its last
   * version · `skipped`: not built, because an input failed or the run was stopped; it keeps its last version too.
   */
  readonly state: "ok" | "unchanged" | "failed" | "skipped";
  /** Of a table only; the rows of a bronze file are not counted. */
  readonly rows?: number;
  /** Rows of bronze relations that do not fit their columns. */
  readonly rejected: number;
  /** Rows that fail an expectation with `else quarantine`. */
  readonly quarantined: number;
  /** Rows that fail an expectation with `else warn`. */
  readonly warned: number;
  /** Expectations in the order of the steps, then keys that are checked when the table is built. */
  readonly checks: readonly CheckResult[];
  /** Of the file that was landed or written. */
  readonly bytes: number;
  /** Of a new load, where it is not the whole source: `12 rows, id 10 to 20`, `3 files`. */
  readonly contents?: string;
  readonly seconds: number;
}

export interface RunResult {
  /** Every relation that was selected: bronze, then silver and gold in the order of the plan. */
  readonly relations: readonly RelationResult[];
  readonly diagnostics: readonly Diagnostic[];
}

export type RunEvent =
  /** A slow engine is being started; nothing else happens until it is ready. */
  | { readonly kind: "starting"; readonly engine: string }
  | { readonly kind: "ready"; readonly engine: string }
  | { readonly kind: "started"; readonly relation: string }
  /** The number of bytes received of a bronze file. */
  | { readonly kind: "progress"; readonly relation: string; readonly bytes: number }
  | { readonly kind: "retrying"; readonly relation: string; readonly problem: string; readonly seconds: number }
  | { readonly kind: "finished"; readonly result: RelationResult; readonly diagnostics: readonly Diagnostic[] };

/** The results of a table's checks. */
export type Counts = Pick<RelationResult, "rejected" | "quarantined" | "warned" | "checks">;

export const NO_COUNTS: Counts = { rejected: 0, quarantined: 0, warned: 0, checks: [] };

/** `1 row`, `12 rows` */
export function rowsText(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

/** What a run tells: while it is at work, and at its end. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

export interface RelationResult {
  /** `bronze.orders`, `silver.orders` */
  readonly relation: string;
  /**
   * `ok`: landed or built · `unchanged`: nothing it is made from has changed, so it is as the last run left it ·
   * `failed`: it keeps its last version · `skipped`: not done, because something it reads failed or the run was stopped;
   * it keeps its last version too.
   */
  readonly state: "ok" | "unchanged" | "failed" | "skipped";
  /** Of a table; the rows of a bronze file are not counted. */
  readonly rows?: number;
  /** Rows of bronze relations that do not fit their columns. */
  readonly rejected: number;
  /** Rows that fail an expectation with `else quarantine`. */
  readonly quarantined: number;
  /** Rows that fail an expectation with `else warn`. */
  readonly warned: number;
  /** Of the file that was landed or written. */
  readonly bytes: number;
  readonly seconds: number;
}

export interface RunResult {
  /** Every relation that was selected: bronze, then silver and gold in the order of the plan. */
  readonly relations: readonly RelationResult[];
  readonly diagnostics: readonly Diagnostic[];
}

export type RunEvent =
  /** An engine that takes its time is being started; nothing else happens until it is ready. */
  | { readonly kind: "starting"; readonly engine: string }
  | { readonly kind: "ready"; readonly engine: string }
  | { readonly kind: "started"; readonly relation: string }
  /** So many bytes of a bronze file are there. */
  | { readonly kind: "progress"; readonly relation: string; readonly bytes: number }
  | { readonly kind: "retrying"; readonly relation: string; readonly problem: string; readonly seconds: number }
  | { readonly kind: "finished"; readonly result: RelationResult; readonly diagnostics: readonly Diagnostic[] };

/** What is counted of a table's rows. */
export type Counts = Pick<RelationResult, "rejected" | "quarantined" | "warned">;

export const NO_COUNTS: Counts = { rejected: 0, quarantined: 0, warned: 0 };

/** `1 row`, `12 rows` */
export function rowsText(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

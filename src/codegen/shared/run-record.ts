/**
 * The record of runs in the lake: the Delta table `runs`, to which each run adds one row for each of its tables, in one
 * commit. Local runs and Databricks jobs write the same columns.
 */
import type { Type } from "../../plan/program.ts";
import { DOUBLE, LONG, STRING, TIMESTAMP } from "../../types.ts";

/** Its folder in the lake. */
export const RUNS = "runs";

export interface RunColumn {
  readonly name: string;
  readonly type: Type;
  readonly nullable: boolean;
  readonly doc: string;
}

/** The properties of a table in `medalc run --json`, and which run it was. */
export const RUN_COLUMNS: readonly RunColumn[] = [
  required("run", STRING, "The run: the ID of the job run, or the start of a local run."),
  required("started", TIMESTAMP, "When the run started."),
  required("relation", STRING, "The table, as in silver.orders."),
  required("state", STRING, "ok, unchanged, failed or skipped."),
  optional("rows", LONG, "The rows of the table."),
  optional("rejected", LONG, "Rows of bronze tables that do not fit their columns."),
  optional("quarantined", LONG, "Rows that fail an expectation with `else quarantine`."),
  optional("warned", LONG, "Rows that fail an expectation with `else warn`."),
  optional("bytes", LONG, "The size of what was written."),
  optional("seconds", DOUBLE, "How long it took."),
  optional("checks", STRING, "The expectations and keys that were checked, as a JSON array of name, action and rows."),
];

function required(name: string, type: Type, doc: string): RunColumn {
  return { name, type, nullable: false, doc };
}

function optional(name: string, type: Type, doc: string): RunColumn {
  return { name, type, nullable: true, doc };
}

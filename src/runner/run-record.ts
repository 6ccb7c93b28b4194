/** Adds what became of each table in a run to the lake's table of runs, as the last task of a Databricks job does. */
import { duckdbName, duckdbString } from "../codegen/expressions/duckdb.ts";
import { RUN_COLUMNS, RUNS } from "../codegen/shared/run-record.ts";
import { appendRows } from "./delta/append.ts";
import type { Connection } from "./duckdb.ts";
import type { Lake } from "./lake.ts";
import type { RelationResult } from "./run-result.ts";

/** One commit, so that a reader sees all rows of a run or none. Throws an error if it cannot be written. */
export async function recordRun(
  connection: Connection,
  lake: Lake,
  startedAt: Date,
  relations: readonly RelationResult[],
): Promise<void> {
  if (relations.length === 0) return;
  const rows = relations.map((each) => `(${valuesOf(each, startedAt).join(", ")})`);
  const columns = RUN_COLUMNS.map(({ name }) => duckdbName(name)).join(", ");
  await appendRows(connection, `SELECT * FROM (VALUES ${rows.join(",\n")}) AS rows (${columns})`, {
    folder: lake.runsFolder,
    relation: RUNS,
    doc: "What became of each table in each run.",
    columns: RUN_COLUMNS,
    at: startedAt,
  });
}

/** SQL, in the order of the columns. */
function valuesOf(result: RelationResult, startedAt: Date): readonly string[] {
  const { relation, state, rows, rejected, quarantined, warned, bytes, seconds, checks } = result;
  const start = startedAt.toISOString();
  const count = (value: number | undefined): string => `CAST(${value ?? "NULL"} AS BIGINT)`;
  return [
    duckdbString(start),
    `CAST(${duckdbString(start.replace("Z", ""))} AS TIMESTAMP)`,
    duckdbString(relation),
    duckdbString(state),
    ...[rows, rejected, quarantined, warned, bytes].map(count),
    `CAST(${seconds.toFixed(3)} AS DOUBLE)`,
    duckdbString(JSON.stringify(checks)),
  ];
}

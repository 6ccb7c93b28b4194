/**
 * Benchmarks `run` of the example against hand-written DuckDB SQL of the same pipeline (handwritten/pipeline.sql), on the
 * same files, alternating in one process. Each starts from scratch and ends with all tables and quarantines written: `run`
 * also lands the files, checks keys and writes Delta logs; the SQL reads the files in place and only writes Parquet. Both
 * must produce the same number of rows in every table.
 *
 *     node bench/run.ts [SCALE …]
 */
import { deepStrictEqual } from "node:assert";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { SourceOverride } from "../src/config/environment.ts";
import { run } from "../src/runner/run.ts";
import { root } from "../test/support/paths.ts";
import { dataOf, exampleProgram, REFERENCE } from "./example.ts";
import { median, processOnce, table } from "./measure.ts";

const SCALES = [1, 10];
const ROUNDS: Readonly<Record<number, number>> = { 1: 7, 10: 3 };
/** The maximum time of `run` as a multiple of the SQL's. */
const MOST_TIME = 1.2;
const MOST_MEMORY_MB = 3 * 1024;
const MEMORY_LIMIT = "2GB";

/** Prints the measurements; false if `run` exceeds a limit of time or memory. */
export async function benchRun(scales: readonly number[] = SCALES): Promise<boolean> {
  const rows: string[][] = [];
  let isWithinLimits = true;
  for (const scale of scales) {
    const data = await dataOf(scale);
    const { run: ours, sql } = await inTurns(
      ROUNDS[scale] ?? 5,
      () => runExample(data),
      () => runSql(data),
    );
    const { peakMb } = await processOnce(process.execPath, [import.meta.filename, "--once", String(scale)]);
    const ratio = ours.ms / sql.ms;
    isWithinLimits &&= ratio <= MOST_TIME && peakMb <= MOST_MEMORY_MB;
    const numbers = [sql.ms, ours.ms, sql.cpuMs, ours.cpuMs].map((each) => each.toFixed(0));
    rows.push([String(scale), ...numbers, ratio.toFixed(2), peakMb.toFixed(0)]);
  }
  console.log(table(["run, by scale", "SQL ms", "run ms", "SQL CPU ms", "run CPU ms", "ratio", "run's peak MB"], rows));
  return isWithinLimits;
}

interface Time {
  readonly ms: number;
  /** Over all threads. */
  readonly cpuMs: number;
}

/** By relation: `silver.orders`. */
type RowCounts = Readonly<Record<string, number>>;

interface Timed extends Time {
  readonly rows: RowCounts;
}

/** The medians of both, after a warm-up round. Every other round runs in reverse order. */
async function inTurns(
  rounds: number,
  run: () => Promise<Timed>,
  sql: () => Promise<Timed>,
): Promise<{ readonly run: Time; readonly sql: Time }> {
  const runs: Timed[] = [];
  const sqls: Timed[] = [];
  for (let round = 0; round <= rounds; round++) {
    if (round % 2 === 0) runs.push(await run());
    sqls.push(await sql());
    if (round % 2 === 1) runs.push(await run());
  }
  deepStrictEqual(runs[0]?.rows, sqls[0]?.rows, "the SQL pipeline gives different row counts");
  return { run: medians(runs.slice(1)), sql: medians(sqls.slice(1)) };
}

function medians(times: readonly Time[]): Time {
  return { ms: median(times.map(({ ms }) => ms)), cpuMs: median(times.map(({ cpuMs }) => cpuMs)) };
}

const lake = join(tmpdir(), `medalc-bench-${process.pid}`);

/** `count` is not timed. */
async function timed<T>(work: () => Promise<T>, count: (done: T) => Promise<RowCounts>): Promise<Timed> {
  rmSync(lake, { recursive: true, force: true });
  mkdirSync(lake, { recursive: true });
  const cpu = process.cpuUsage();
  const start = performance.now();
  const done = await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const rows = await count(done);
  rmSync(lake, { recursive: true, force: true });
  return { ms, cpuMs: (user + system) / 1000, rows };
}

function runExample(data: string): Promise<Timed> {
  const program = exampleProgram();
  const folder = (path: string): SourceOverride => ({ kind: "folder", folder: path });
  const sources = {
    github: folder(`${data}/http`),
    erp: folder(`${data}/erp`),
    catalog: folder(`${data}/catalog`),
    lists: folder(REFERENCE),
  };
  const work = () =>
    run({
      program,
      baseFolder: root,
      lakeFolder: lake,
      params: {},
      sources,
      secret: () => undefined,
      startedAt: new Date(),
      memoryLimit: MEMORY_LIMIT,
      onEvent: () => undefined,
    });
  return timed(work, async ({ relations }) => {
    const failed = relations.filter(({ state }) => state !== "ok");
    if (failed.length > 0) throw new Error(`not built: ${failed.map(({ relation }) => relation).join(", ")}`);
    return rowCounts(
      relations.flatMap(({ relation, rows = 0, rejected, quarantined }) => [
        [relation, rows],
        [`quarantine.${relation}`, rejected + quarantined],
      ]),
    );
  });
}

/** Sorted by name, without empty tables. */
function rowCounts(counts: readonly (readonly [relation: string, rows: number])[]): RowCounts {
  return Object.fromEntries(counts.filter(([, rows]) => rows > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function runSql(data: string): Promise<Timed> {
  const sql = readFileSync(join(import.meta.dirname, "handwritten/pipeline.sql"), "utf8");
  const places: Readonly<Record<string, string>> = { data, lake, reference: REFERENCE };
  const script = sql.replace(/\$(data|lake|reference)/g, (_, name: string) => places[name] ?? "");
  const work = () =>
    withDuckdb(async (connection) => {
      await connection.run("SET TimeZone = 'UTC'");
      await connection.run(script);
    });
  return timed(work, () =>
    withDuckdb(async (connection) => {
      const counts = await connection.runAndReadAll(
        `SELECT filename, count(*) FROM read_parquet('${lake}/*.parquet', filename = true, union_by_name = true) GROUP BY 1`,
      );
      return rowCounts(
        counts.getRows().map(([file, rows]) => [String(file).slice(lake.length + 1, -".parquet".length), Number(rows)]),
      );
    }),
  );
}

async function withDuckdb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const options = {
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(lake, "tmp"),
    preserve_insertion_order: "false",
  };
  const instance = await DuckDBInstance.create(":memory:", options);
  const connection = await instance.connect();
  const done = await work(connection);
  connection.closeSync();
  instance.closeSync();
  return done;
}

if (import.meta.main) {
  const [first, ...others] = process.argv.slice(2);
  if (first === "--once") await runExample(await dataOf(Number(others[0])));
  else if (!(await benchRun(first === undefined ? SCALES : [first, ...others].map(Number)))) process.exitCode = 1;
}

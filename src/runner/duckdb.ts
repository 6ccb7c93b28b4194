/**
 * The only door to DuckDB: one engine a run, a connection for each table that is built. Everything has its meaning from
 * our SQL, so nothing is left to the machine's settings, and no extension is ever fetched.
 */
import { availableParallelism, totalmem } from "node:os";
import {
  BIGINT,
  BOOLEAN,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBScalarFunction,
  type Json,
  VARCHAR,
} from "@duckdb/node-api";
import { JSON_TEXTS_FUNCTION } from "../codegen/duckdb/json.ts";
import { NOTICE_FUNCTION } from "../codegen/duckdb/row-notices.ts";
import { duckdbString } from "../codegen/expressions/duckdb.ts";
import { type QueryProblem, type QueryResult, runQuery } from "./duckdb-query.ts";
import { jsonTexts } from "./files/json-texts.ts";

export interface EngineOptions {
  /** The number of cores by default. */
  readonly threads?: number;
  /** As DuckDB writes it, `2GB`. By default half of the machine's memory, 2 GB at the most. */
  readonly memoryLimit?: string;
  /** Where DuckDB puts what does not fit into memory. It makes the folder and removes it, so nothing else may be in it. */
  readonly scratchFolder: string;
  /** Give rows in the order in which they lie in their files. Takes more memory; false by default. */
  readonly inOrder?: boolean;
  /** Takes the rows that a query notices. Called by all connections, never two calls at a time. */
  readonly onNotice?: (rows: NoticedRows) => void;
  /** The engine is going to be confined: until then its settings can be changed. */
  readonly isConfinable?: boolean;
}

/** Rows that a query has noticed at once; see codegen/duckdb/row-notices.ts. */
export interface NoticedRows {
  readonly table: string;
  readonly index: number;
  readonly count: number;
  /** What one of them is noticed with, by its place among them; only before the call returns. */
  text(row: number): string | undefined;
}

export interface Engine {
  connect(): Promise<Connection>;
  /**
   * From now on no SQL reads or writes any file but these, reaches the network, loads an extension or changes a setting,
   * and errors are what `query` understands. Only of an engine that is confinable, and once.
   */
  confine(files: readonly string[]): Promise<void>;
  close(): void;
}

export type Row = Readonly<Record<string, Json>>;

export interface Connection {
  /** Runs SQL for what it does. */
  run(sql: string): Promise<void>;
  /** All rows; integers beyond 32 bits, decimals and times are text. For small results. */
  rows(sql: string): Promise<readonly Row[]>;
  /** The first rows of a query that a user wrote. Only of a confined engine. */
  query(sql: string, limit: number): Promise<QueryResult | QueryProblem>;
  /** Stops what is running, which then fails. */
  interrupt(): void;
  close(): void;
}

/**
 * What results depend on. DuckDB would move a filter into a subquery that is to be computed whole: below the call that
 * notices rows, so that those it takes away would be missed.
 */
export const ENGINE_SETTINGS: readonly string[] = [
  "SET GLOBAL TimeZone = 'UTC'",
  "SET GLOBAL disabled_optimizers = 'cte_filter_pusher'",
];

/** An engine in memory. Close it: its threads keep the process alive. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(options.threads ?? availableParallelism()),
    memory_limit: options.memoryLimit ?? `${Math.round(defaultMemory() / MEGABYTE)}MiB`,
    temp_directory: options.scratchFolder,
    preserve_insertion_order: String(options.inOrder ?? false),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const first = await instance.connect();
  for (const each of ENGINE_SETTINGS) await first.run(each);
  first.registerScalarFunction(noticeFunction(options.onNotice));
  first.registerScalarFunction(jsonTextsFunction());
  const lock = () => first.run("SET lock_configuration = true");
  if (options.isConfinable !== true) await lock();
  return {
    connect: async () => connection(await instance.connect()),
    async confine(files) {
      await first.run(`SET GLOBAL allowed_paths = [${files.map(duckdbString).join(", ")}]`);
      await first.run("SET GLOBAL enable_external_access = false");
      await first.run("SET GLOBAL errors_as_json = true");
      await lock();
    },
    close() {
      first.closeSync();
      instance.closeSync();
    },
  };
}

const MEGABYTE = 2 ** 20;
const LARGEST_DEFAULT = 2048 * MEGABYTE;

/** Bytes that an engine may use where nobody says how many. */
export function defaultMemory(): number {
  return Math.min(totalmem() / 2, LARGEST_DEFAULT);
}

function connection(inner: DuckDBConnection): Connection {
  return {
    async run(sql) {
      await inner.run(sql);
    },
    async rows(sql) {
      const reader = await inner.runAndReadAll(sql);
      const names = reader.columnNames();
      // Not the driver's own objects, in which a column `__proto__` gets lost.
      return reader.getRowsJson().map((row) => Object.fromEntries(row.map((value, at) => [names[at] ?? "", value])));
    },
    query: (sql, limit) => runQuery(inner, sql, limit),
    interrupt: () => inner.interrupt(),
    close: () => inner.closeSync(),
  };
}

/** Volatile, so that DuckDB calls it for every row that comes to it, and once. */
function noticeFunction(onNotice: EngineOptions["onNotice"]): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: NOTICE_FUNCTION,
    parameterTypes: [VARCHAR, BIGINT, VARCHAR],
    returnType: BOOLEAN,
    volatile: true,
    specialHandling: true,
    mainFunction(_info, chunk, output) {
      const count = chunk.rowCount;
      if (count > 0) {
        const texts = chunk.getColumnVector(2);
        onNotice?.({
          table: String(chunk.getColumnVector(0).getItem(0)),
          index: Number(chunk.getColumnVector(1).getItem(0)),
          count,
          text: (row) => textOrNull(texts.getItem(row)) ?? undefined,
        });
      }
      for (let row = 0; row < count; row++) output.setItem(row, true);
      output.flush();
    },
  });
}

function jsonTextsFunction(): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: JSON_TEXTS_FUNCTION,
    parameterTypes: [VARCHAR],
    returnType: VARCHAR,
    mainFunction(_info, chunk, output) {
      const [lines = []] = chunk.getColumns();
      for (let row = 0; row < chunk.rowCount; row++) {
        const line = textOrNull(lines[row]);
        output.setItem(row, line === null ? null : (jsonTexts(line) ?? null));
      }
      output.flush();
    },
  });
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

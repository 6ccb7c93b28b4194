/**
 * The only module that uses DuckDB: one engine per run, a connection for each table that is built. Results depend only on
 * the generated SQL and not on settings of the machine, and no extension is ever downloaded.
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
  /** In DuckDB's format, `2GB`. By default half of the machine's memory, at most 2 GB. */
  readonly memoryLimit?: string;
  /** DuckDB's spill folder. It creates and removes the folder, so nothing else may be in it. */
  readonly scratchFolder: string;
  /** Return rows in the order of their files. Takes more memory; false by default. */
  readonly inOrder?: boolean;
  /** Receives the rows that a query reports. Called by all connections, never concurrently. */
  readonly onNotice?: (rows: NoticedRows) => void;
  /** Allows `confine`: until then the engine's settings can be changed. */
  readonly isConfinable?: boolean;
}

/** A batch of rows that a query reports under one index; see codegen/duckdb/row-notices.ts. */
export interface NoticedRows {
  readonly table: string;
  readonly index: number;
  readonly count: number;
  /** The text reported for a row of the batch; only valid until the call returns. */
  text(row: number): string | undefined;
}

export interface Engine {
  connect(): Promise<Connection>;
  /**
   * Sandboxes the engine: SQL can no longer access other files or the network, load an extension or change a setting, and
   * errors have the form that `query` expects. Only for an engine created with `isConfinable`, and only once.
   */
  confine(files: readonly string[]): Promise<void>;
  close(): void;
}

export type Row = Readonly<Record<string, Json>>;

export interface Connection {
  /** Runs SQL without a result. */
  run(sql: string): Promise<void>;
  /** All rows; integers beyond 32 bits, decimals and times are text. For small results. */
  rows(sql: string): Promise<readonly Row[]>;
  /** The first rows of a user's query. Only for a confined engine. */
  query(sql: string, limit: number): Promise<QueryResult | QueryProblem>;
  /** Interrupts the running query, which then fails. */
  interrupt(): void;
  close(): void;
}

/**
 * Settings that results depend on. The disabled optimizer would push a filter into a materialized subquery, below the call
 * that reports rows, so that filtered rows would not be reported.
 */
export const ENGINE_SETTINGS: readonly string[] = [
  "SET GLOBAL TimeZone = 'UTC'",
  "SET GLOBAL disabled_optimizers = 'cte_filter_pusher'",
];

/** An in-memory engine. It must be closed: its threads keep the process alive. */
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

/** The default memory limit of an engine, in bytes. */
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
      // The driver's own objects would lose a column `__proto__`.
      return reader.getRowsJson().map((row) => Object.fromEntries(row.map((value, at) => [names[at] ?? "", value])));
    },
    query: (sql, limit) => runQuery(inner, sql, limit),
    interrupt: () => inner.interrupt(),
    close: () => inner.closeSync(),
  };
}

/** Volatile, so that DuckDB calls it exactly once for every row. */
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
        const table = String(chunk.getColumnVector(0).getItem(0));
        const indexes = chunk.getColumnVector(1);
        const texts = chunk.getColumnVector(2);
        for (let start = 0, end = 0; start < count; start = end) {
          const index = indexes.getItem(start);
          while (end < count && indexes.getItem(end) === index) end++;
          const first = start;
          onNotice?.({
            ...{ table, index: Number(index), count: end - start },
            text: (row) => textOrNull(texts.getItem(first + row)) ?? undefined,
          });
        }
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

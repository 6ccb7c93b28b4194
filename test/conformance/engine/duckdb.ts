/** DuckDB in memory with the settings of the runner, in the variations that must not change any result. */
import { BIGINT, BOOLEAN, DuckDBInstance, DuckDBScalarFunction, VARCHAR } from "@duckdb/node-api";
import { NOTICE_FUNCTION } from "../../../src/codegen/duckdb/row-notices.ts";
import { ENGINE_SETTINGS } from "../../../src/runner/duckdb.ts";

/** Integers beyond 32 bits, decimals and times are text. */
export type Cell = string | number | boolean | null;
export type Row = readonly Cell[];

export interface Engine {
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly Row[]>;
  /** The number of reported rows since the last call, by table and notice: `silver.t1 0`. */
  noticed(): ReadonlyMap<string, number>;
  close(): void;
}

export interface EngineOptions {
  readonly threads: number;
  /** Statements that configure the connection. */
  readonly settings: readonly string[];
}

export async function createEngine({ threads, settings }: EngineOptions): Promise<Engine> {
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  const connection = await instance.connect();
  for (const each of ENGINE_SETTINGS) await connection.run(each);
  await connection.run("CREATE SCHEMA lake");
  await connection.run("CREATE SCHEMA reference");
  for (const each of settings) await connection.run(each);
  let counts = new Map<string, number>();
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: NOTICE_FUNCTION,
      parameterTypes: [VARCHAR, BIGINT, VARCHAR],
      returnType: BOOLEAN,
      volatile: true,
      specialHandling: true,
      mainFunction(_info, chunk, output) {
        const [tables = [], indexes = []] = chunk.getColumns();
        for (let row = 0; row < chunk.rowCount; row++) {
          const notice = `${tables[row]} ${indexes[row]}`;
          counts.set(notice, (counts.get(notice) ?? 0) + 1);
          output.setItem(row, true);
        }
        output.flush();
      },
    }),
  );
  return {
    async run(sql) {
      await connection.run(sql);
    },
    async rows(sql) {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowsJson().map((row) => row.map(cell));
    },
    noticed() {
      const found = counts;
      counts = new Map();
      return found;
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function cell(value: unknown): Cell {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  throw new Error(`${JSON.stringify(value)} is no value of a column`);
}

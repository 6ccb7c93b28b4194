/** `run --engine spark`: finds Spark from the command line, medal.json and environment variables, in this order. */
import { join, relative } from "node:path";
import type { Environment } from "../config/environment.ts";
import type { SparkOptions } from "../runner/spark/engine.ts";
import type { Io } from "./io.ts";
import { packageRoot } from "./package-root.ts";

export const ENGINES = ["duckdb", "spark"] as const;

export interface EngineOptions {
  readonly engine: (typeof ENGINES)[number];
  readonly master?: string;
  /** In DuckDB's notation: `2GB`. */
  readonly memory?: string;
}

/** Valid values of `--master`; the schema of medal.json has the same rule. */
export const MASTER = /^(local(\[.+\])?|yarn|(spark|k8s):\/\/.+)$/;

/** `folder` is that of the program, absolute. */
export function sparkOptions(options: EngineOptions, environment: Environment, folder: string, io: Io): SparkOptions {
  const { master, python, conf = {} } = environment.spark;
  const log = join(folder, ".medal", `spark-${environment.name}.log`);
  return {
    master: options.master ?? master ?? "local[*]",
    // The same lookup as Spark's own commands.
    python: python ?? (io.env.PYSPARK_DRIVER_PYTHON || io.env.PYSPARK_PYTHON || PYTHON),
    settings: {
      ...Object.fromEntries(Object.entries(conf).map(([name, value]) => [name, String(value)])),
      ...(options.memory === undefined ? {} : { "spark.driver.memory": mebibytes(options.memory) }),
    },
    script: join(packageRoot(), "src/runner/spark/driver.py"),
    log,
    logName: relative(io.folder, log),
    env: io.env,
  };
}

const PYTHON = process.platform === "win32" ? "python" : "python3";

/** Converts `2GB` to Spark's notation, whose units are powers of 1024. */
function mebibytes(size: string): string {
  const [, number, prefix = "", binary] = /^([\d.]+)\s?([kmgt])(i?)b$/i.exec(size) ?? [];
  const bytes = Number(number) * (binary ? 1024 : 1000) ** ("kmgt".indexOf(prefix.toLowerCase()) + 1);
  return `${Math.max(1, Math.floor(bytes / 1024 ** 2))}m`;
}

/** The Python process with the one session that tests ask; judge.py is its other side. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Reply, type Request, startDriver } from "../../../src/runner/spark/driver.ts";
import { root } from "../paths.ts";
import { sparkPython } from "./install.ts";

export type Answer = Exclude<Reply, "ended">;

export interface Judge {
  /** Any number may be asked at a time. Fails where Spark has ended. */
  ask(request: Request): Promise<Answer>;
  stop(): Promise<void>;
}

/**
 * As small a Spark as there is: two cores, two partitions, no services; the compiler that starts quickly. Errors are short,
 * for Java sends longer ones in two packets, 40 ms apart, and no call of Python's looks for the line that it stands in.
 * Its own time zone has hours that there were twice, or not at all: whoever forgets to ask for UTC is noticed.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  "spark.databricks.delta.snapshotPartitions": "1",
  "spark.driver.bindAddress": "127.0.0.1",
  "spark.driver.extraJavaOptions":
    "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC -Xmn400m -XX:MaxJavaStackTraceDepth=16 " +
    "-Duser.timezone=America/Sao_Paulo",
  "spark.driver.host": "127.0.0.1",
  "spark.driver.memory": "2g",
  "spark.python.sql.dataFrameDebugging.enabled": "false",
  "spark.sql.shuffle.partitions": "2",
  "spark.sql.ui.retainedExecutions": "1",
  "spark.ui.enabled": "false",
  "spark.ui.retainedJobs": "1",
  "spark.ui.retainedStages": "1",
  "spark.ui.retainedTasks": "10",
};

/** The judge finds the driver that it goes on from. */
const ENVIRONMENT = {
  TZ: "UTC",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONPATH: `${root}/src/runner/spark`,
  SPARK_LOCAL_IP: "127.0.0.1",
};

/** Installs Spark where it is not yet, and starts it. */
export async function startJudge(): Promise<Judge> {
  const python = await sparkPython();
  const folder = mkdtempSync(join(tmpdir(), "medal-spark-"));
  const log = join(folder, "spark.log");
  const driver = await startDriver({
    python,
    script: `${root}/test/support/spark/judge.py`,
    master: "local[2]",
    settings: { ...SETTINGS, "spark.sql.warehouse.dir": join(folder, "warehouse"), "spark.local.dir": folder },
    folder,
    log,
    env: { ...process.env, ...ENVIRONMENT },
  });
  if ("problem" in driver) throw new Error(`Spark did not start: ${JSON.stringify(driver)}\n${endOf(log)}`);
  return {
    async ask(request) {
      const reply = await driver.ask(request);
      if (reply === "ended") throw new Error(`Spark has ended:\n${endOf(log)}`);
      return reply;
    },
    async stop() {
      await driver.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function endOf(log: string): string {
  return readFileSync(log, "utf8").slice(-10_000);
}

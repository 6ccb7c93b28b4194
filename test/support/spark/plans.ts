/** The physical plans of what notebooks do, as they were when they had run, from Spark's log of events. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startDriver } from "../../../src/runner/spark/driver.ts";
import { root } from "../paths.ts";
import { sparkPython } from "./install.ts";
import { LOAD } from "./lake.ts";

export interface PlanNode {
  /** `Scan csv `, `BroadcastHashJoin`, `InMemoryTableScan` */
  readonly nodeName: string;
  readonly simpleString: string;
  /** `Location` of a scan. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly metrics: readonly { readonly name: string; readonly accumulatorId: number }[];
  /** Of `InMemoryTableScan` the plan whose rows are kept. */
  readonly children: readonly PlanNode[];
}

/** What a notebook has done. */
export interface Trace {
  /** One for each action, in their order. */
  readonly plans: readonly PlanNode[];
  /** What the nodes of the plans have counted, by the accumulator's number. */
  readonly counted: ReadonlyMap<number, number>;
}

interface Event {
  readonly Event: string;
  readonly executionId?: number;
  readonly time?: number;
  readonly sparkPlanInfo?: PlanNode;
  readonly "Stage Info"?: { readonly Accumulables: readonly { readonly ID: number; readonly Value: unknown }[] };
}

/** Runs notebooks one after the other in one session. What each has done, by its name. */
export async function traceNotebooks(
  notebooks: ReadonlyMap<string, string>,
  lake: string,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Trace>> {
  const events = join(folder, "events");
  mkdirSync(events, { recursive: true });
  const driver = await startDriver({
    python: await sparkPython(),
    script: `${root}/src/runner/spark/driver.py`,
    master: "local[2]",
    settings: {
      "spark.driver.bindAddress": "127.0.0.1",
      "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
      "spark.driver.host": "127.0.0.1",
      "spark.eventLog.compress": "false",
      "spark.eventLog.dir": `file:${events}`,
      "spark.eventLog.enabled": "true",
      "spark.eventLog.rolling.enabled": "false",
      "spark.local.dir": folder,
      "spark.python.sql.dataFrameDebugging.enabled": "false",
      "spark.sql.warehouse.dir": join(folder, "warehouse"),
      "spark.ui.enabled": "false",
      ...settings,
    },
    folder,
    log: join(folder, "spark.log"),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", SPARK_LOCAL_IP: "127.0.0.1" },
  });
  if ("problem" in driver) throw new Error(`Spark did not start: ${JSON.stringify(driver)}`);
  const starts = new Map<string, number>();
  try {
    for (const [name, path] of notebooks) {
      starts.set(name, Date.now());
      const reply = await driver.ask({
        do: "run",
        path,
        parameters: { lake: `file:${lake}`, load: LOAD },
        settings: {},
        memory: {},
      });
      if (reply === "ended") throw new Error("Spark has ended");
      if ("error" in reply) throw new Error(`${name}: ${reply.error.trace}`);
    }
  } finally {
    await driver.stop();
  }
  return tracesOf(eventsIn(events), starts);
}

function eventsIn(folder: string): readonly Event[] {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  return files.flatMap((text) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
}

/** An action belongs to the notebook that started last before it. */
function tracesOf(events: readonly Event[], starts: ReadonlyMap<string, number>): ReadonlyMap<string, Trace> {
  const began = new Map<number, number>();
  const plans = new Map<number, PlanNode>();
  const counted = new Map<number, number>();
  for (const event of events) {
    const { executionId, sparkPlanInfo, time } = event;
    if (executionId !== undefined && sparkPlanInfo !== undefined) {
      if (time !== undefined) began.set(executionId, time);
      plans.set(executionId, sparkPlanInfo);
    }
    for (const { ID, Value } of event["Stage Info"]?.Accumulables ?? []) counted.set(ID, Number(Value));
  }
  const names = [...starts.keys()];
  return new Map(
    names.map((name, at) => {
      const from = starts.get(name) ?? 0;
      const to = starts.get(names[at + 1] ?? "") ?? Number.POSITIVE_INFINITY;
      const own = [...plans].filter(([id]) => (began.get(id) ?? 0) >= from && (began.get(id) ?? 0) < to);
      return [name, { plans: own.sort(([a], [b]) => a - b).map(([, plan]) => plan), counted }];
    }),
  );
}

/** The node and all below it, what is kept included. */
export function nodesOf(plan: PlanNode): readonly PlanNode[] {
  return [plan, ...plan.children.flatMap(nodesOf)];
}

/** What a node has counted under a name, `number of output rows`; 0 where it has not run. */
export function countedBy({ metrics }: PlanNode, name: string, { counted }: Trace): number {
  const metric = metrics.find((each) => each.name === name);
  return metric === undefined ? 0 : (counted.get(metric.accumulatorId) ?? 0);
}

/** How many files the newest version of a Delta table consists of: each version here is a whole one. */
export function filesOf(folder: string): number {
  const log = join(folder, "_delta_log");
  if (!existsSync(log)) throw new Error(`${folder} is no Delta table`);
  const versions = readdirSync(log).filter((name) => /^\d{20}\.json$/.test(name));
  const actions = readFileSync(join(log, versions.sort().at(-1) ?? ""), "utf8")
    .trimEnd()
    .split("\n");
  return actions.filter((action) => "add" in JSON.parse(action)).length;
}

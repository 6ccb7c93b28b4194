/**
 * `npm run bench:spark [-- SCALE]`: benchmarks the example's notebooks on a local Spark, in one session with the same
 * settings, alternating with two PySpark programs:
 *
 * - handwritten/notebook.py, which the example replaces: the same tables in Parquet, without checks and quarantines, so its
 *   row counts differ.
 * - handwritten/pipeline.py, optimized PySpark: the same tables, key checks and quarantines as the generated notebooks. Its
 *   tables must have the same row counts; its parameters name the file with line breaks in quotes.
 *
 * The generated notebooks run as in their job and in `medalc run --engine spark`, each as soon as its inputs are built, up
 * to four at a time; the pipeline does the same with its own threads. The replaced notebook runs sequentially. A round is
 * one daily run, which overwrites the tables of the previous round. The first round is a warm-up and not counted. Landing
 * the files is not measured. Exits with 1 if a limit is exceeded.
 */
import { deepStrictEqual } from "node:assert";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { bronzeFile } from "../src/codegen/shared/bronze-file.ts";
import { notebookPaths } from "../src/codegen/shared/notebooks.ts";
import { qualifiedName } from "../src/plan/program.ts";
import { createSlots, runTasks } from "../src/runner/dag.ts";
import { type Driver, startDriver } from "../src/runner/spark/driver.ts";
import { once } from "../test/support/lock.ts";
import { cache, root } from "../test/support/paths.ts";
import { sparkPython } from "../test/support/spark/install.ts";
import { LOAD } from "../test/support/spark/lake.ts";
import { templatesAsText } from "../test/support/templates.ts";
import { dataOf, exampleProgram, REFERENCE } from "./example.ts";
import { median, table } from "./measure.ts";

const SCALE = 5;
const ROUNDS = 3;
const TABLES_AT_A_TIME = 4;
/** The minimum time of the replaced notebook, as a multiple of the generated ones. */
const LEAST_FACTOR = 2;
/** The maximum time of the generated notebooks, as a multiple of the hand-written pipeline. */
const MOST_FACTOR = 1.1;

/** Required by the replaced notebook. */
const PACKAGES = ["pandas==2.2.3", "pyarrow==18.1.0"];

templatesAsText();
const { notebookFiles } = await import("../src/codegen/databricks/index.ts");
const program = exampleProgram();

/** In the order of odd rounds; even rounds run in reverse order. */
const CONTESTANTS = ["replaced", "medal", "pipeline"] as const;
type Contestant = (typeof CONTESTANTS)[number];

interface Round {
  readonly ms: number;
  /** Milliseconds by notebook, while up to three others run in parallel. */
  readonly times: Readonly<Record<string, number>>;
  /** CPU time of Java over all cores. */
  readonly cpuMs: number;
}

/** Prints the measurements; false if a limit is exceeded. */
async function benchSpark(scale: number): Promise<boolean> {
  const data = await dataOf(scale);
  const folder = mkdtempSync(join(cache, "bench/spark-"));
  try {
    const notebooks = prepare(data, folder);
    const driver = await start(folder);
    const rounds = new Map<Contestant, Round[]>(CONTESTANTS.map((each) => [each, []]));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const each of round % 2 === 0 ? CONTESTANTS : [...CONTESTANTS].reverse()) {
        const done = await runAll(driver, notebooks[each], join(folder, each));
        if (round > 0) rounds.get(each)?.push(done);
        console.error(`round ${round}, ${each}: ${seconds(done.ms)} s, ${seconds(done.cpuMs)} s of CPU`);
      }
    }
    await driver.stop();
    for (const { layer, name } of program.tables) {
      if (!existsSync(join(folder, "replaced", layer, name)))
        throw new Error(`the replaced notebook does not build ${layer}.${name}`);
    }
    deepStrictEqual(
      rowCounts(join(folder, "pipeline")),
      rowCounts(join(folder, "medal")),
      "the pipelines give different row counts",
    );
    return report(scale, rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The notebooks of each contestant by name, in execution order. Also prepares a folder for each with the files to read. */
function prepare(data: string, folder: string): Readonly<Record<Contestant, ReadonlyMap<string, string>>> {
  const places: Readonly<Record<string, string>> = {
    github: `${data}/http`,
    erp: `${data}/erp`,
    catalog: `${data}/catalog`,
    lists: REFERENCE,
  };
  for (const bronze of program.bronze) {
    const file = bronzeFile(bronze.object);
    const original = `${places[bronze.source]}/${file}`;
    for (const lake of ["medal", "pipeline"]) {
      link(original, `${folder}/${lake}/bronze/${bronze.name}/load=${LOAD}`, file);
    }
    if (bronze.object.kind === "table") {
      writeFileSync(`${folder}/replaced/bronze/olist_order_payments.csv`, asCsv(readFileSync(original, "utf8")));
    } else {
      link(original, `${folder}/replaced/bronze`, file);
    }
  }
  for (const { path, text } of notebookFiles(program, "")) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const paths = notebookPaths(program);
  const byHand = (name: string) => new Map([[name, join(import.meta.dirname, `handwritten/${name}.py`)]]);
  return {
    replaced: byHand("notebook"),
    medal: new Map(
      program.tables.map(qualifiedName).map((name) => [name, join(folder, "databricks", `${paths.get(name)}.py`)]),
    ),
    pipeline: byHand("pipeline"),
  };
}

function link(original: string, folder: string, file: string): void {
  mkdirSync(folder, { recursive: true });
  linkSync(original, join(folder, file));
}

/** Converts JSON Lines of texts to CSV, as Data Factory copies a table. */
function asCsv(lines: string): string {
  const rows = lines.trimEnd().split("\n");
  const objects = rows.map((row): Readonly<Record<string, string | null>> => JSON.parse(row));
  const names = Object.keys(objects[0] ?? {});
  return [names, ...objects.map((object) => names.map((name) => object[name] ?? ""))]
    .map((fields) => `${fields.join(",")}\n`)
    .join("");
}

/** Starts a session with the settings of `medalc run --engine spark` on this machine. */
async function start(folder: string): Promise<Driver> {
  const python = await sparkPython();
  const packages = await once(`${cache}/bench/python-${PACKAGES.join("-")}`, async (target) => {
    execFileSync(python, ["-m", "pip", "install", "--quiet", "--target", target, ...PACKAGES], { stdio: "inherit" });
  });
  const cores = availableParallelism();
  const log = join(cache, "bench/spark.log");
  const driver = await startDriver({
    python,
    script: join(import.meta.dirname, "spark.py"),
    master: `local[${cores}]`,
    settings: {
      "spark.databricks.delta.snapshotPartitions": "1",
      "spark.driver.bindAddress": "127.0.0.1",
      "spark.driver.host": "127.0.0.1",
      "spark.driver.maxResultSize": "0",
      "spark.driver.memory": "6g",
      "spark.local.dir": folder,
      "spark.sql.execution.arrow.pyspark.enabled": "true",
      "spark.sql.shuffle.partitions": String(2 * cores),
      "spark.sql.warehouse.dir": join(folder, "warehouse"),
      "spark.ui.enabled": "false",
    },
    folder,
    log,
    env: { ...process.env, PYTHONPATH: `${root}/src/runner/spark:${packages}`, SPARK_LOCAL_IP: "127.0.0.1" },
  });
  if ("problem" in driver) throw new Error(`Spark did not start: ${JSON.stringify(driver)}; see ${log}`);
  return driver;
}

async function runAll(driver: Driver, notebooks: ReadonlyMap<string, string>, lake: string): Promise<Round> {
  const times: Record<string, number> = {};
  const reads = new Map(program.tables.map((table) => [qualifiedName(table), table.reads]));
  const slots = createSlots(TABLES_AT_A_TIME);
  const before = await cpu(driver);
  const start = performance.now();
  await runTasks(
    [...notebooks].map(([name, path]) => ({
      name,
      needs: reads.get(name) ?? [],
      run: () =>
        slots(async () => {
          times[name] = await run(driver, name, path, lake);
        }),
    })),
  );
  return { ms: performance.now() - start, times, cpuMs: (await cpu(driver)) - before };
}

/** Runs a notebook and returns the time in milliseconds. */
async function run(driver: Driver, name: string, path: string, lake: string): Promise<number> {
  const start = performance.now();
  const parameters = { lake: `file:${lake}`, load: LOAD };
  const reply = await driver.ask({ do: "run", path, parameters, settings: {}, memory: {} });
  if (reply === "ended") throw new Error("the Spark process ended");
  if ("error" in reply) throw new Error(`${name}: ${reply.error.trace}`);
  return performance.now() - start;
}

async function cpu(driver: Driver): Promise<number> {
  const reply = await driver.ask({ do: "cpu" });
  return typeof reply === "object" && "result" in reply ? Number(reply.result) : 0;
}

/** The row count of each Delta table from the last version in its log, by its path in the lake. */
function rowCounts(lake: string): Readonly<Record<string, number>> {
  const logs = readdirSync(lake, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("_delta_log"));
  return Object.fromEntries(
    logs.sort().map((log) => {
      const versions = readdirSync(join(lake, log)).filter((name) => /^\d{20}\.json$/.test(name));
      const last = readFileSync(join(lake, log, versions.sort().at(-1) ?? ""), "utf8");
      const actions = last
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      const counts = actions.flatMap(({ add }) => (add ? [JSON.parse(add.stats).numRecords] : []));
      return [log.slice(0, -"/_delta_log".length), counts.reduce((sum, count) => sum + count, 0)];
    }),
  );
}

function report(scale: number, rounds: ReadonlyMap<Contestant, readonly Round[]>): boolean {
  const ms = (each: Contestant): number => median((rounds.get(each) ?? []).map((round) => round.ms));
  const cpuMs = (each: Contestant): number => median((rounds.get(each) ?? []).map((round) => round.cpuMs));
  const slower = ms("replaced") / ms("medal");
  const faster = ms("medal") / ms("pipeline");
  const rows = [
    ["replaced", "handwritten/notebook.py", `${slower.toFixed(2)} times medalc, at least ${LEAST_FACTOR}`],
    ["medal", "medalc notebooks", ""],
    ["pipeline", "handwritten/pipeline.py", `medalc takes ${faster.toFixed(2)} times as long, at most ${MOST_FACTOR}`],
  ] as const;
  console.log(
    table(
      [`Spark, scale ${scale}`, "s", "CPU s", ""],
      rows.map(([each, name, ratio]) => [name, seconds(ms(each)), seconds(cpuMs(each)), ratio]),
    ),
  );
  const ours = rounds.get("medal") ?? [];
  const notebooks = program.tables.map(qualifiedName).map((name) => {
    return [name, seconds(median(ours.map(({ times }) => times[name] ?? 0)))];
  });
  console.log(`\n${table(["medalc notebooks", "s"], notebooks)}`);
  return slower >= LEAST_FACTOR && faster <= MOST_FACTOR;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

const scale = Number(process.argv[2] ?? SCALE);
if (!(scale > 0)) {
  console.error("usage: npm run bench:spark -- [SCALE]");
  process.exit(64);
}
if (!(await benchSpark(scale))) process.exitCode = 1;

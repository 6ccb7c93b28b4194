/**
 * Spark in place of DuckDB: the notebooks that `medalc compile` emits for Databricks, run as they are in the lake's folder.
 * The order of the tables, the lock and what is said of each stay with the run.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { checkColumnNames } from "../../codegen/databricks/check.ts";
import { lakeRoot } from "../../codegen/databricks/environment.ts";
import { notebookFiles } from "../../codegen/databricks/index.ts";
import { notebookPaths } from "../../codegen/shared/notebooks.ts";
import { settingText } from "../../codegen/shared/settings.ts";
import type { EnvironmentValues } from "../../codegen/target.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { builtTables, type Program, qualifiedName } from "../../plan/program.ts";
import type { Span } from "../../source.ts";
import type { Built, Job } from "../build.ts";
import { memoryForSpark, memoryOf } from "../build-inputs.ts";
import { defaultMemory } from "../duckdb.ts";
import { failure } from "../errors.ts";
import { findTable } from "../inputs.ts";
import { folderName, type Lake } from "../lake.ts";
import type { CountedFile } from "../loads.ts";
import type { Lock } from "../lock.ts";
import { emptied } from "../rebuild.ts";
import { countsOf, warnings } from "../row-diagnostics.ts";
import { noticedOnSpark, problemOnSpark, sentence } from "./diagnostics.ts";
import { type Driver, type StartProblem, startDriver } from "./driver.ts";

/** Where Spark is and how it is set up. */
export interface SparkOptions {
  /** `local[*]`, `spark://host:7077` */
  readonly master: string;
  /** The Python interpreter that has pyspark: a path or a command. */
  readonly python: string;
  /** Spark's own settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** driver.py */
  readonly script: string;
  /** The file for all that Spark says. */
  readonly log: string;
  /** How messages name it. */
  readonly logName: string;
  /** What the process gets of the environment; secrets of programs are taken out. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface SparkEngine {
  /** `Spark 4.0.1` */
  readonly name: string;
  /** Runs the table's notebook. Throws a failure where it fails. */
  rebuild(job: Job): Promise<Built>;
  /** Stops Spark and waits for its end. */
  close(): Promise<void>;
}

interface Where {
  readonly program: Program;
  readonly params: EnvironmentValues["params"];
  readonly lake: Lake;
  readonly lock: Lock;
  readonly signal?: AbortSignal;
}

/**
 * Starts Spark; undefined where the run is stopped meanwhile. Throws a failure where there is no Spark, or where the
 * program has names that it does not take.
 */
export async function createSparkEngine(options: SparkOptions, where: Where): Promise<SparkEngine | undefined> {
  const { program, lake, lock, signal } = where;
  const problems = nameProblems(program);
  if (problems.length > 0) throw failure(...problems);
  const notebooks = await writeNotebooks(where);
  const folder = join(lake.scratchFolder, "spark");
  await mkdir(folder, { recursive: true });
  const settings = { ...settingsFor(options.master, folder), ...options.settings };
  const driver = await startDriver({ ...options, settings, folder, lock: lock.fd }, signal);
  if ("problem" in driver) {
    if (signal?.aborted) return undefined;
    throw failure(startProblem(driver, options));
  }
  const { version, stop } = driver;
  signal?.addEventListener("abort", stop);
  return {
    name: `Spark ${version}`,
    rebuild: (job) => rebuild(job, driver, notebooks.get(job.relation) ?? "", options.logName),
    close() {
      signal?.removeEventListener("abort", stop);
      return stop();
    },
  };
}

/** The notebooks name folders by the names of the tables, and Delta takes few marks in the names of columns. */
function nameProblems(program: Program): readonly Diagnostic[] {
  const relations = [
    ...program.bronze.map(({ name, span }) => ({ layer: "bronze", name, span })),
    ...program.tables.map(({ layer, name, span }) => ({ layer, name, span })),
  ];
  const folders = relations.filter(({ name }) => folderName(name) !== name);
  return [
    ...folders.map(({ layer, name, span }) => diagnostic("lake-folder-name", span, { name: `${layer}.${name}` })),
    ...checkColumnNames(program),
  ];
}

/** The path of each table's notebook. */
async function writeNotebooks({ program, params, lake }: Where): Promise<ReadonlyMap<string, string>> {
  const environment = { name: "", params };
  const isKnown = ["account", "container"].every((name) => settingText(program.lake.settings[name], environment));
  for (const { path, text } of notebookFiles(program, isKnown ? lakeRoot(program, environment) : "")) {
    const file = join(lake.scratchFolder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const paths = notebookPaths(program);
  return new Map(
    builtTables(program).map((table) => {
      const relation = qualifiedName(table);
      return [relation, join(lake.scratchFolder, "databricks", `${paths.get(relation)}.py`)];
    }),
  );
}

/**
 * Before the user's own. On one machine nothing is open to others and nothing lies about afterwards; and Spark's own
 * numbers of partitions, 200 and 50, which are meant for clusters, would take most of the time.
 */
function settingsFor(master: string, folder: string): Readonly<Record<string, string>> {
  const settings = { "spark.sql.warehouse.dir": join(folder, "warehouse") };
  const [isLocal, threads] = /^local(?:\[(\d+|\*))?/.exec(master) ?? [];
  if (isLocal === undefined) return settings;
  const cores = threads === "*" ? availableParallelism() : Number(threads ?? 1);
  return {
    ...settings,
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": `${Math.round(defaultMemory() / 2 ** 20)}m`,
    "spark.local.dir": folder,
    "spark.sql.shuffle.partitions": String(PARTITIONS_A_CORE * cores),
    "spark.ui.enabled": "false",
  };
}

const PARTITIONS_A_CORE = 2;

/** What Databricks' runtime 17.3 LTS has. */
const PACKAGES = "pyspark==4.0.1 delta-spark==4.0.1";

/** No place in the program is to blame. */
const NOWHERE: Span = { file: "", start: 0, end: 0 };

function startProblem(found: StartProblem, { python, master, logName: log }: SparkOptions): Diagnostic {
  const at = NOWHERE;
  switch (found.problem) {
    case "python":
      return diagnostic("spark-python-missing", at, { python });
    case "package":
      return diagnostic("spark-package-missing", at, { python, package: found.package, packages: PACKAGES });
    case "version": {
      const { what, found: version, oldest } = found;
      return diagnostic("spark-too-old", at, { what, version, oldest, python, packages: PACKAGES });
    }
    case "delta":
      return diagnostic("spark-delta-version", at, {
        spark: found.spark,
        delta: found.delta,
        python,
        packages: PACKAGES,
      });
    case "java":
      return diagnostic("spark-java-missing", at, {});
    case "start":
      return diagnostic("spark-not-started", at, { master, problem: sentence(found.message, found.message), log });
    default:
      return found satisfies never;
  }
}

/** What tells the notebook how many records the files have, so that it compares before it writes. */
const RECORDS_SETTING = "medalc.records";

/** What tells the notebook which load of each table it reads: the one that this run has found or landed. */
const LOADS_SETTING = "medalc.loads";

/** A file of a load as the notebook of a stored bronze table takes it. */
type NotebookFile = Pick<CountedFile, "load" | "at" | "path" | "file" | "placeholders" | "before">;

function loads({ inputs }: Job): Readonly<Record<string, string | readonly NotebookFile[]>> {
  return Object.fromEntries(
    inputs.flatMap(({ relation, bronze, loads }): (readonly [string, string | readonly NotebookFile[]])[] => {
      if (loads) return [[`bronze.${loads.plan.name}`, loads.files.map(notebookFile)]];
      return bronze ? [[relation, bronze.load.id]] : [];
    }),
  );
}

function notebookFile({ load, at, path, file, placeholders, before }: CountedFile): NotebookFile {
  return { load, at, path: urlOf(path), file, placeholders, ...(before === undefined ? {} : { before }) };
}

/** As Spark takes a path of this machine. */
function urlOf(path: string): string {
  return `file:${path}`;
}

/** By table; by file where a table is built from many. */
type RecordCounts = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** Fails with the same message about a file as a run on DuckDB, before Spark is asked. */
async function recordCounts({ inputs, context }: Job): Promise<RecordCounts> {
  const counts: Record<string, number | Record<string, number>> = {};
  for (const { relation, bronze, loads } of inputs) {
    if (bronze) counts[relation] = await context.files.count(bronze.plan, bronze.load.path);
    if (loads === undefined) continue;
    const ofFiles: Record<string, number> = {};
    for (const { path } of loads.files) ofFiles[urlOf(path)] = await context.files.count(loads.plan, path);
    counts[`bronze.${loads.plan.name}`] = ofFiles;
  }
  return counts;
}

async function rebuild(job: Job, driver: Driver, path: string, log: string): Promise<Built> {
  const { table, relation, connection, fingerprint, context } = job;
  const { program, lake } = context;
  const parameters = { lake: urlOf(lake.folder), load: "" };
  const settings = {
    [LOADS_SETTING]: JSON.stringify(loads(job)),
    [RECORDS_SETTING]: JSON.stringify(await recordCounts(job)),
  };
  const reply = await driver.ask({ do: "run", path, parameters, settings, memory: memoryForSpark(fingerprint) });
  if (reply === "ended") throw failure(diagnostic("spark-ended", table.span, { table: relation, log }));
  if ("error" in reply) throw failure(...problemOnSpark(reply.error, table, program, log, job.inputs));

  const where = { program, lake, readRows: connection.rows, comparesContents: () => false };
  const { snapshot: current } = await findTable(relation, table, where);
  const { snapshot: quarantined } = await findTable(`quarantine.${relation}`, table, where);
  const memory = memoryOf(current?.commitInfo);
  if (memory?.fingerprint !== fingerprint) throw failure(diagnostic("lake-conflict", table.span, { table: relation }));
  const noticed = await noticedOnSpark(table, memory.printed, quarantined, lake, connection);
  return {
    result: { relation, state: "ok", rows: memory.rows, bytes: memory.bytes, ...countsOf(noticed, table) },
    diagnostics: [...warnings(noticed, relation, table), ...emptied(job, memory.rows)],
  };
}

/**
 * A run on this machine: extract what the program's sources send, land it, build silver and gold. Loads and tables run
 * side by side as their order allows. What fails is reported with its place; what reads it is skipped; all else goes on.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SourceOverride } from "../config/environment.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { type Program, qualifiedName } from "../plan/program.ts";
import type { Span } from "../source.ts";
import { type BuildContext, buildTable, rebuildHere } from "./build.ts";
import { createSlots, runTasks, type Task } from "./dag.ts";
import { createEngine, type NoticedRows } from "./duckdb.ts";
import { isFailure } from "./errors.ts";
import { extractBronze } from "./extract/extract.ts";
import { createBronzeFiles } from "./inputs.ts";
import { createLake, type Lake } from "./lake.ts";
import { type Lock, type LockAnswer, takeLock } from "./lock.ts";
import { NO_COUNTS, type RelationResult, type RunEvent, type RunResult } from "./run-result.ts";
import type { SparkEngine, SparkOptions } from "./spark/engine.ts";

export interface RunOptions {
  readonly program: Program;
  /** Absolute; where relative paths of sources start. */
  readonly baseFolder: string;
  /** Absolute. */
  readonly lakeFolder: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** What stands in place of sources, by their names. */
  readonly sources: Readonly<Record<string, SourceOverride>>;
  /** The value of a secret by its name in the program. It is used to connect, and neither kept nor shown. */
  secret(name: string): string | undefined;
  /** `bronze.orders`, `silver.orders`: only these are landed or built, from what the lake has. All by default. */
  readonly select?: ReadonlySet<string>;
  readonly startedAt: Date;
  /** As DuckDB writes it, `2GB`. By default half of the machine's memory, 2 GB at the most. */
  readonly memoryLimit?: string;
  /** The number of cores by default. */
  readonly threads?: number;
  /** Fetch and build even what has not changed. */
  readonly full?: boolean;
  /** Compare the contents of files with what was recorded of them, besides their sizes. */
  readonly verify?: boolean;
  /** Builds silver and gold on Spark; on DuckDB by default. */
  readonly spark?: SparkOptions;
  /** Milliseconds before a source is tried again the first time; 500 by default. */
  readonly retryPause?: number;
  /** Milliseconds after which a source that nobody answers for counts as unreachable; 10,000 by default. */
  readonly patience?: number;
  /** Milliseconds in which a web server that has answered has to send something; 60,000 by default. */
  readonly silence?: number;
  onEvent(event: RunEvent): void;
  /** Stops the run: what is under way ends as skipped, its last version stays. */
  readonly signal?: AbortSignal;
}

const LOADS_AT_A_TIME = 4;
const TABLES_AT_A_TIME = { here: 2, onSpark: 4 };
const RETRY_PAUSE = 500;
const PATIENCE = 10_000;
const SILENCE = 60_000;

/**
 * Runs a program. The result says of each relation what became of it; it throws only for mistakes of ours. Another run
 * in the same lake is a diagnostic and nothing is done.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { program, lakeFolder } = options;
  const lake = createLake(lakeFolder);
  const lock = await takeLock(lake.lockFile);
  if (lock.kind !== "taken") return { relations: [], diagnostics: [lockProblem(lock, lake, program.span)] };
  const unfinished = unfinishedRun(lock, program.span);
  try {
    await rm(lake.scratchFolder, { recursive: true, force: true });
    await mkdir(lake.scratchFolder, { recursive: true });
    const spark = await startSpark(options, lake, lock);
    const { relations, diagnostics } = await runLocked(options, lake, spark).finally(() => spark?.close());
    return { relations, diagnostics: [...unfinished, ...diagnostics] };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { relations: [], diagnostics: [...unfinished, ...error.diagnostics, ...stopDiagnostics(options, [])] };
  } finally {
    await rm(lake.scratchFolder, { recursive: true, force: true });
    lock.release();
  }
}

function lockProblem(answer: Exclude<LockAnswer, Lock>, { folder, lockFile: file }: Lake, at: Span): Diagnostic {
  switch (answer.kind) {
    case "held":
      return diagnostic("lake-locked", at, { folder, owner: answer.owner });
    case "impossible":
      return diagnostic("lake-lock-failed", at, { folder, problem: answer.problem, file });
    default:
      return answer satisfies never;
  }
}

function unfinishedRun({ unfinished: owner }: Lock, at: Span): readonly Diagnostic[] {
  return owner === undefined ? [] : [diagnostic("lake-run-unfinished", at, { owner })];
}

/**
 * Spark, where the tables are to be built on it, before anything is extracted: where it cannot be had, nothing is done.
 * Undefined too where the run was stopped meanwhile. Throws a failure where there is no Spark.
 */
async function startSpark(options: RunOptions, lake: Lake, lock: Lock): Promise<SparkEngine | undefined> {
  if (options.spark === undefined) return undefined;
  options.onEvent({ kind: "starting", engine: `Spark at ${options.spark.master}` });
  // Only here, for it brings the templates of the notebooks.
  const { createSparkEngine } = await import("./spark/engine.ts");
  const engine = await createSparkEngine(options.spark, { ...options, lake, lock });
  if (engine !== undefined) options.onEvent({ kind: "ready", engine: engine.name });
  return engine;
}

type Outcome = { readonly result: RelationResult; readonly diagnostics: readonly Diagnostic[] };

async function runLocked(options: RunOptions, lake: Lake, spark: SparkEngine | undefined): Promise<RunResult> {
  const { program, select, startedAt, onEvent, verify = false } = options;
  const signal = options.signal ?? new AbortController().signal;
  const listeners = new Map<string, (rows: NoticedRows) => void>();
  const engine = await createEngine({
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit }),
    scratchFolder: join(lake.scratchFolder, "engine"),
    onNotice: (rows) => listeners.get(rows.table)?.(rows),
  });
  const context: BuildContext = {
    program,
    lake,
    engine,
    files: createBronzeFiles(lake.scratchFolder),
    listeners,
    startedAt,
    full: options.full ?? false,
    verify,
    isSelected: (relation) => select === undefined || select.has(relation),
    rebuild: spark?.rebuild ?? rebuildHere,
    onStop(listener) {
      signal.addEventListener("abort", listener);
      return () => signal.removeEventListener("abort", listener);
    },
  };
  const reach = { ...options, overrides: options.sources };
  const retry = {
    pause: options.retryPause ?? RETRY_PAUSE,
    patience: options.patience ?? PATIENCE,
    silence: options.silence ?? SILENCE,
    signal,
  };
  const loads = createSlots(LOADS_AT_A_TIME);
  const builds = createSlots(spark === undefined ? TABLES_AT_A_TIME.here : TABLES_AT_A_TIME.onSpark);

  const task = (
    relation: string,
    needs: readonly string[],
    work: () => Promise<Work>,
    slots: typeof loads,
  ): Task<Outcome> => ({
    name: relation,
    needs,
    run: (needed) => {
      const skip = needed.some(({ result }) => result.state === "failed" || result.state === "skipped");
      return slots(() => outcomeOf(relation, skip, work, { onEvent, signal }));
    },
  });
  const tasks = [
    ...program.bronze.map((bronze) => {
      const relation = `bronze.${bronze.name}`;
      return task(
        relation,
        [],
        () => extractBronze(bronze, { lake, startedAt, full: context.full, reach, retry, verify, onEvent }),
        loads,
      );
    }),
    ...program.tables.map((table) => {
      return task(qualifiedName(table), table.reads, () => buildTable(table, context), builds);
    }),
  ].filter(({ name }) => select === undefined || select.has(name));
  try {
    const outcomes = await runTasks(tasks);
    const relations = outcomes.map(({ result }) => result);
    const diagnostics = withoutRepeats(outcomes.flatMap((outcome) => outcome.diagnostics));
    return { relations, diagnostics: [...diagnostics, ...stopDiagnostics(options, relations)] };
  } finally {
    engine.close();
  }
}

/** What several tables say of one file is reported once. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [JSON.stringify(each), each])).values()];
}

/** No place in the program is to blame. */
const NOWHERE: Span = { file: "", start: 0, end: 0 };

/** Nothing where the signal came too late to stop anything. */
function stopDiagnostics(
  { program, select, signal }: RunOptions,
  relations: readonly RelationResult[],
): readonly Diagnostic[] {
  const count = select?.size ?? program.bronze.length + program.tables.length;
  const ended = relations.filter(({ state }) => state !== "skipped");
  if (signal?.aborted !== true || ended.length === count) return [];
  const done = ended.filter(({ state }) => state !== "failed").length;
  return [diagnostic("run-stopped", NOWHERE, { done, count })];
}

interface Work {
  readonly result: Omit<RelationResult, "seconds">;
  readonly diagnostics: readonly Diagnostic[];
}

async function outcomeOf(
  relation: string,
  skip: boolean,
  work: () => Promise<Work>,
  surroundings: Surroundings,
): Promise<Outcome> {
  const { onEvent, signal } = surroundings;
  const outcome = skip || signal.aborted ? notDone(relation, "skipped", []) : await timed(relation, work, surroundings);
  onEvent({ kind: "finished", ...outcome });
  return outcome;
}

interface Surroundings {
  readonly signal: AbortSignal;
  readonly onEvent: RunOptions["onEvent"];
}

async function timed(relation: string, work: () => Promise<Work>, { onEvent, signal }: Surroundings): Promise<Outcome> {
  onEvent({ kind: "started", relation });
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const { result, diagnostics } = await work();
    return { result: { ...result, seconds: seconds() }, diagnostics };
  } catch (error) {
    if (!isFailure(error)) throw error;
    // What broke off for being stopped has not failed.
    if (signal.aborted) return notDone(relation, "skipped", []);
    const { result, diagnostics } = notDone(relation, "failed", error.diagnostics);
    return { result: { ...result, seconds: seconds() }, diagnostics };
  }
}

function notDone(relation: string, state: "failed" | "skipped", diagnostics: readonly Diagnostic[]): Outcome {
  return { result: { relation, state, ...NO_COUNTS, bytes: 0, seconds: 0 }, diagnostics };
}

/**
 * A local run: extract from the program's sources, land the loads, build silver and gold. Loads and tables run in parallel
 * in dependency order. If one fails, the error is reported, the tables that read it are skipped, and the others continue.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SourceOverride } from "../config/environment.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { type BronzePlan, type Program, qualifiedName } from "../plan/program.ts";
import type { Span } from "../source.ts";
import { type BuildContext, buildTable } from "./build.ts";
import { createSlots, runTasks, type Task } from "./dag.ts";
import { createEngine, type Engine, type NoticedRows } from "./duckdb.ts";
import { isFailure, messageOf } from "./errors.ts";
import { extractBronze } from "./extract/extract.ts";
import { declaredOrigin } from "./extract/origin.ts";
import { createBronzeFiles } from "./inputs.ts";
import { createLake, type Lake } from "./lake.ts";
import { type Lock, type LockAnswer, takeLock } from "./lock.ts";
import { rebuildHere } from "./rebuild.ts";
import { removeOldLoads } from "./retention.ts";
import { recordRun } from "./run-record.ts";
import { NO_COUNTS, type RelationResult, type RunEvent, type RunResult } from "./run-result.ts";
import type { SparkEngine, SparkOptions } from "./spark/engine.ts";

export interface RunOptions {
  readonly program: Program;
  /** Absolute; relative paths of sources start here. */
  readonly baseFolder: string;
  /** Absolute. */
  readonly lakeFolder: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** Replacements of sources and their settings, by source name. */
  readonly sources: Readonly<Record<string, SourceOverride>>;
  /** The value of a secret by its name in the program. It is used to connect, and never stored or shown. */
  secret(name: string): string | undefined;
  /** `bronze.orders`, `silver.orders`: only these are landed or built; their inputs are read from the lake. All by default. */
  readonly select?: ReadonlySet<string>;
  readonly startedAt: Date;
  /** In DuckDB's format, `2GB`. By default half of the machine's memory, at most 2 GB. */
  readonly memoryLimit?: string;
  /** The number of cores by default. */
  readonly threads?: number;
  /** Also fetch and build what has not changed. */
  readonly full?: boolean;
  /** Bronze tables, such as `bronze.orders`, that start again: everything is fetched, and earlier loads no longer count. */
  readonly reload?: ReadonlySet<string>;
  /** Verify recorded checksums of files, not only their sizes. */
  readonly verify?: boolean;
  /** Builds silver and gold on Spark; on DuckDB by default. */
  readonly spark?: SparkOptions;
  /** Milliseconds before the first retry of a source; 500 by default. */
  readonly retryPause?: number;
  /** Milliseconds after which a source that does not respond counts as unreachable; 10,000 by default. */
  readonly patience?: number;
  /** Milliseconds within which a web server that has responded has to send data; 60,000 by default. */
  readonly silence?: number;
  onEvent(event: RunEvent): void;
  /** Stops the run: tables in progress end as skipped and keep their last version. */
  readonly signal?: AbortSignal;
}

const LOADS_AT_A_TIME = 4;
const TABLES_AT_A_TIME = { here: 2, onSpark: 4 };
const RETRY_PAUSE = 500;
const PATIENCE = 10_000;
const SILENCE = 60_000;

/**
 * Runs a program and returns the outcome of each relation. Throws only for bugs in medalc. If another run uses the lake,
 * nothing is done and the result has a diagnostic.
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
 * Starts Spark if the tables are built on it, before anything is extracted. Undefined without Spark, or if the run was
 * stopped meanwhile. Throws a failure if Spark cannot be started; then nothing has been done.
 */
async function startSpark(options: RunOptions, lake: Lake, lock: Lock): Promise<SparkEngine | undefined> {
  if (options.spark === undefined) return undefined;
  options.onEvent({ kind: "starting", engine: `Spark at ${options.spark.master}` });
  // Imported on demand, because it loads the templates of the notebooks.
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
  const reach = { ...options, overrides: options.sources };
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
    declaredOrigin: (bronze) => declaredOrigin(bronze, reach),
    rebuild: spark?.rebuild ?? rebuildHere,
    onStop(listener) {
      signal.addEventListener("abort", listener);
      return () => signal.removeEventListener("abort", listener);
    },
  };
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
        async () => {
          const reload = options.reload?.has(relation) ?? false;
          const extraction = { lake, startedAt, full: context.full, reload, reach, retry, verify, onEvent };
          const extracted = await extractBronze(bronze, extraction);
          if (bronze.stored === undefined) return extracted;
          const { table } = bronze.stored;
          const { result, diagnostics } = await builds(() => buildTable(table, context));
          const { contents } = extracted.result;
          return {
            result: contents === undefined ? result : { ...result, contents },
            diagnostics: [...extracted.diagnostics, ...diagnostics],
          };
        },
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
    const unremoved = await removeOldLoads(doneIn(program.bronze, relations), { ...options, lake });
    const unrecorded = await record(relations, engine, lake, startedAt);
    const after = [...unremoved, ...unrecorded, ...stopDiagnostics(options, relations)];
    return { relations, diagnostics: [...diagnostics, ...after] };
  } finally {
    engine.close();
  }
}

/** The bronze tables that a run has loaded, or found unchanged. */
function doneIn(bronze: readonly BronzePlan[], relations: readonly RelationResult[]): readonly BronzePlan[] {
  const done = new Set(relations.flatMap(({ relation, state }) => (isDone(state) ? [relation] : [])));
  return bronze.filter(({ name }) => done.has(`bronze.${name}`));
}

function isDone(state: RelationResult["state"]): boolean {
  return state === "ok" || state === "unchanged";
}

/** The tables are complete by now, so that a run fails in nothing else if it cannot be recorded. */
async function record(
  relations: readonly RelationResult[],
  engine: Engine,
  lake: Lake,
  startedAt: Date,
): Promise<readonly Diagnostic[]> {
  const connection = await engine.connect();
  try {
    await recordRun(connection, lake, startedAt, relations);
    return [];
  } catch (error) {
    return [diagnostic("run-not-recorded", NOWHERE, { folder: lake.runsFolder, problem: messageOf(error) })];
  } finally {
    connection.close();
  }
}

/** Several tables may report the same problem of one file. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [JSON.stringify(each), each])).values()];
}

/** For diagnostics without a place in the program. */
const NOWHERE: Span = { file: "", start: 0, end: 0 };

/** Empty if everything had finished when the run was stopped. */
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
    // Work that was interrupted by the stop has not failed.
    if (signal.aborted) return notDone(relation, "skipped", []);
    const { result, diagnostics } = notDone(relation, "failed", error.diagnostics);
    return { result: { ...result, seconds: seconds() }, diagnostics };
  }
}

function notDone(relation: string, state: "failed" | "skipped", diagnostics: readonly Diagnostic[]): Outcome {
  return { result: { relation, state, ...NO_COUNTS, bytes: 0, seconds: 0 }, diagnostics };
}

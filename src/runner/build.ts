/**
 * Builds one table. If none of its inputs has changed, it is left as it is; otherwise one query reads, converts and
 * computes its rows, which are checked and committed with the quarantine. Any failure before the commit leaves the last
 * version in place.
 */
import { createHash, randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { type BronzePlan, bronzeOfRecords, type Program, qualifiedName, type TablePlan } from "../plan/program.ts";
import { VERSION } from "../version.ts";
import { memoryOf } from "./build-inputs.ts";
import type { Snapshot } from "./delta/log.ts";
import { removeOldFiles } from "./delta/table.ts";
import type { Connection, Engine, NoticedRows } from "./duckdb.ts";
import { failure, isFailure, isSystemError, messageOf } from "./errors.ts";
import { isSameOrigin, originText } from "./extract/origin.ts";
import { type BronzeFiles, contentDamage, type FoundInput, type FoundTable, findInputs, findTable } from "./inputs.ts";
import type { Lake } from "./lake.ts";
import type { Origin } from "./load-record.ts";
import { hidingValues } from "./pii.ts";
import { countsOf } from "./row-diagnostics.ts";
import type { RelationResult } from "./run-result.ts";
import { noticedOnSpark } from "./spark/diagnostics.ts";

export interface BuildContext {
  readonly program: Program;
  readonly lake: Lake;
  readonly engine: Engine;
  readonly files: BronzeFiles;
  /** Receive the rows that a table's query reports while it runs, by table. */
  readonly listeners: Map<string, (rows: NoticedRows) => void>;
  readonly startedAt: Date;
  /** Also build what has not changed. */
  readonly full: boolean;
  /** Verify recorded checksums of files, not only their sizes. */
  readonly verify: boolean;
  /** Whether the run lands or builds a relation. */
  isSelected(relation: string): boolean;
  /** The origin that the program declares for a bronze table; undefined if it is unknown. */
  declaredOrigin(bronze: BronzePlan): Origin | undefined;
  /** Builds a table, on DuckDB or on Spark. */
  rebuild(job: Job): Promise<Built>;
  /** Calls the listener when the run is stopped; returns a function that removes the listener. */
  onStop(listener: () => void): () => void;
}

export interface Built {
  readonly result: Omit<RelationResult, "seconds">;
  readonly diagnostics: readonly Diagnostic[];
}

/** Builds a table if its inputs have changed. Throws a failure if it cannot be built. */
export async function buildTable(table: TablePlan, context: BuildContext): Promise<Built> {
  const { lake, engine } = context;
  const relation = qualifiedName(table);
  const connection = await engine.connect();
  const stopListening = context.onStop(() => connection.interrupt());
  let found: Found | undefined;
  try {
    found = await findAll(table, connection, context);
    return (await unchanged(found, table, connection, context)) ?? (await rebuilt(found, table, connection, context));
  } catch (error) {
    if (isFailure(error)) throw error;
    if (isSystemError(error)) {
      throw failure(diagnostic("lake-access", table.span, { relation, problem: messageOf(error) }));
    }
    // The cause may be a damaged file, which only its checksum shows.
    for (const input of found?.inputs ?? []) {
      const damage = await contentDamage(input, lake);
      if (damage !== undefined) throw failure(unreadable({ ...input, damage }, table, "--verify "));
    }
    throw failure(engineProblem(error, table, context));
  } finally {
    stopListening();
    connection.close();
  }
}

/** A table's inputs and its current state in the lake. */
interface Found {
  readonly inputs: readonly FoundInput[];
  readonly fingerprint: string;
  readonly current: FoundTable;
  /** Empty for a table without a quarantine. */
  readonly quarantined: FoundTable;
}

async function findAll(table: TablePlan, { rows }: Connection, context: BuildContext): Promise<Found> {
  const { program, lake, verify, isSelected } = context;
  const relation = qualifiedName(table);
  const where = { program, lake, readRows: rows };
  // Relations that this run lands or builds are verified there, once.
  const isVerifiedThere = (input: string) => isSelected(input) && !input.startsWith("loads.");
  const inputs = await findInputs(table, { ...where, comparesContents: (input) => verify && !isVerifiedThere(input) });
  checkOrigins(inputs, table, context);
  const own = { ...where, comparesContents: () => verify };
  const current = await findTable(relation, table, own);
  const quarantine = `quarantine.${relation}`;
  const quarantined = hasQuarantine(table, program) ? await findTable(quarantine, table, own) : {};
  for (const [name, { snapshot }] of [
    [relation, current],
    [quarantine, quarantined],
  ] as const) {
    if (snapshot !== undefined) await removeOldFiles(lake.tableFolder(name), snapshot);
  }
  return { inputs, fingerprint: fingerprintOf(table, program, inputs), current, quarantined };
}

/**
 * A bronze table that this run does not land is read as it is in the lake. Throws a failure if the program has declared
 * another source for it since: its rows would be those of the previous source.
 */
function checkOrigins(inputs: readonly FoundInput[], table: TablePlan, context: BuildContext): void {
  const problems = inputs.flatMap(({ relation, bronze }) => {
    const found = bronze?.load.facts.origin;
    if (bronze === undefined || found === undefined || context.isSelected(relation)) return [];
    const declared = context.declaredOrigin(bronze.plan);
    if (declared === undefined || isSameOrigin(found, declared)) return [];
    const params = { relation, found: originText(found), declared: originText(declared), table: qualifiedName(table) };
    return [diagnostic("load-other-origin", table.span, params)];
  });
  if (problems.length > 0) throw failure(...problems);
}

/** The result for an unchanged table; undefined if it has to be rebuilt. */
async function unchanged(
  { inputs, fingerprint, current, quarantined }: Found,
  table: TablePlan,
  connection: Connection,
  { program, lake, full }: BuildContext,
): Promise<Built | undefined> {
  const memory = memoryOf(current.snapshot?.commitInfo);
  const isWhole =
    !hasQuarantine(table, program) || memoryOf(quarantined.snapshot?.commitInfo)?.fingerprint === fingerprint;
  const isDamaged = current.damage !== undefined || quarantined.damage !== undefined;
  if (memory?.fingerprint !== fingerprint || !isWhole || isDamaged || full) return undefined;
  const { rows, bytes, printed } = memory;
  const counts =
    memory.counts ?? countsOf(await noticedOnSpark(table, printed, quarantined.snapshot, lake, connection), table);
  const relation = qualifiedName(table);
  return {
    result: { relation, state: "unchanged", rows, bytes, ...counts },
    diagnostics: inputs.flatMap(({ relation: input, damage: problem, loads }) => {
      if (problem === undefined) return [];
      const remedy = loads === undefined ? `\`medalc run --select +${relation}\` repairs it` : LOAD_REMEDY;
      return [diagnostic("lake-damaged", table.span, { relation: loads ? relation : input, problem, remedy })];
    }),
  };
}

/** Rebuilds the table. Throws a failure if an input is damaged or a check fails. */
async function rebuilt(
  { inputs, fingerprint, current, quarantined }: Found,
  table: TablePlan,
  connection: Connection,
  context: BuildContext,
): Promise<Built> {
  const { program, lake } = context;
  const relation = qualifiedName(table);
  const problems = inputs.flatMap((input) => (input.damage === undefined ? [] : [unreadable(input, table)]));
  if (problems.length > 0) throw failure(...problems);
  const tables = [
    [relation, current],
    [`quarantine.${relation}`, quarantined],
  ] as const;
  // An unreadable log cannot be continued: the table is created again.
  const unreadableTables = tables.filter(([, { snapshot, damage }]) => snapshot === undefined && damage !== undefined);
  const built = await withoutFolders(
    unreadableTables.map(([name]) => lake.tableFolder(name)),
    lake.scratchFolder,
    () =>
      context.rebuild({
        ...{ table, relation, inputs, fingerprint, connection, context },
        ...{ current: current.snapshot, quarantined: quarantined.snapshot },
      }),
  );
  if (!hasQuarantine(table, program))
    await rm(lake.tableFolder(`quarantine.${relation}`), { recursive: true, force: true });
  const repaired = tables.flatMap(([name, { damage: problem }]) => {
    if (problem === undefined) return [];
    return [diagnostic("lake-damaged", table.span, { relation: name, problem, remedy: "it was rebuilt" })];
  });
  return { result: built.result, diagnostics: [...repaired, ...built.diagnostics] };
}

/** Does the work with these folders moved away, and restores them if it fails. */
async function withoutFolders<Result>(
  folders: readonly string[],
  scratchFolder: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const moved: { readonly folder: string; readonly backup: string }[] = [];
  try {
    for (const folder of folders) {
      const backup = join(scratchFolder, `damaged-${randomUUID()}`);
      await rename(folder, backup);
      moved.push({ folder, backup });
    }
    return await work();
  } catch (error) {
    for (const { folder, backup } of moved) {
      await rm(folder, { recursive: true, force: true });
      await rename(backup, folder);
    }
    throw error;
  }
}

/** The source may no longer have what a load contains. */
const LOAD_REMEDY = "restore it from a backup, or delete the folders of this load and of later ones to load them again";

function unreadable({ relation, damage = "", loads }: FoundInput, table: TablePlan, option = ""): Diagnostic {
  if (loads !== undefined) {
    const hint = `${LOAD_REMEDY[0]?.toUpperCase()}${LOAD_REMEDY.slice(1)}.`;
    return diagnostic("lake-unreadable", table.span, { relation: qualifiedName(table), problem: damage }, { hint });
  }
  const hint = `\`medalc run ${option}--select +${qualifiedName(table)}\` repairs it and builds ${qualifiedName(table)}.`;
  return diagnostic("lake-unreadable", table.span, { relation, problem: damage }, { hint });
}

/** Everything needed to build a table. */
export interface Job {
  readonly table: TablePlan;
  readonly relation: string;
  readonly inputs: readonly FoundInput[];
  readonly fingerprint: string;
  readonly current: Snapshot | undefined;
  readonly quarantined: Snapshot | undefined;
  readonly connection: Connection;
  readonly context: BuildContext;
}

/** Whether a table has a quarantine table, even an empty one. */
export function hasQuarantine(table: TablePlan, program: Program): boolean {
  const quarantines = table.steps.some((step) => step.kind === "expect" && step.action === "quarantine");
  return quarantines || table.reads.some((relation) => bronzeOfRecords(relation, program) !== undefined);
}

/** Fingerprint of a table's plan, its inputs with their versions, and the version of medalc. */
function fingerprintOf(table: TablePlan, program: Program, inputs: readonly FoundInput[]): string {
  const bronze = table.reads.flatMap((relation) => bronzeOfRecords(relation, program) ?? []);
  const states = inputs.map(({ relation, state }) => [relation, state]);
  const text = JSON.stringify([VERSION, table, bronze, states], (key, value) => (key === "span" ? undefined : value));
  return createHash("sha256").update(text).digest("hex");
}

function engineProblem(error: unknown, table: TablePlan, { program }: BuildContext): Diagnostic {
  const message = messageOf(error).replace(/^[A-Z][A-Za-z ]* Error: /, "");
  const code = /^Out of Memory Error/.test(messageOf(error)) ? "run-out-of-memory" : "table-failed";
  return diagnostic(code, table.span, { table: qualifiedName(table), problem: hidingValues(message, table, program) });
}

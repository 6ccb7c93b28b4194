/** Builds a table's rows with DuckDB: one query writes them, checks follow, then table and quarantine are committed. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { LoadedInput, RelationInput, RelationInputs } from "../codegen/duckdb/relation-inputs.ts";
import { tableSql } from "../codegen/duckdb/table.ts";
import { duckdbString } from "../codegen/expressions/duckdb.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { type BronzePlan, qualifiedName, type TablePlan } from "../plan/program.ts";
import { STRING } from "../types.ts";
import { type BuildContext, type Built, hasQuarantine, type Job } from "./build.ts";
import { memoryOf, memoryText } from "./build-inputs.ts";
import type { Snapshot } from "./delta/log.ts";
import type { ColumnShape } from "./delta/schema.ts";
import { commitTable, type DeltaWrite, type WrittenFile, writeRows } from "./delta/table.ts";
import { failure, messageOf } from "./errors.ts";
import type { OnMalformed } from "./files/rewrite-json.ts";
import { dataFiles, type FoundInput, type ReadyFile } from "./inputs.ts";
import { checkKey } from "./keys.ts";
import { folderName } from "./lake.ts";
import { type Excess, excessProblem, findExcesses, loadsIn, reasonsText } from "./limits.ts";
import { createRowCollector, type RowCollector } from "./row-collector.ts";
import { countsOf, failedExpectation, warnings } from "./row-diagnostics.ts";
import { rowsText } from "./run-result.ts";

/** Builds a table on DuckDB. Throws a failure if a check fails. */
export async function rebuildHere(job: Job): Promise<Built> {
  const { table, relation, connection, context } = job;
  const { program } = context;
  const write: DeltaWrite = {
    ...versionOf(job, relation, job.current),
    ...(table.doc === undefined ? {} : { doc: table.doc }),
    columns: table.columns,
  };
  const { file, inputs, collector } = await writeTable(job, write);
  try {
    const noticed = collector.noticed();
    const { fingerprint } = job;
    const counts = countsOf(noticed, table);
    const memory = memoryText({ fingerprint, rows: file.rows, bytes: file.bytes, counts });
    const commit = async (version: DeltaWrite, written: WrittenFile) => {
      const committed = await commitTable(version, written, memory);
      if (!committed) throw failure(diagnostic("lake-conflict", table.span, { table: version.relation }));
    };
    const commitQuarantine = async (rows: string, expected?: number) => {
      const quarantine = versionOf(job, `quarantine.${relation}`, job.quarantined);
      const written = await writeRows(connection, rows, quarantine);
      if (expected !== undefined && written.rows !== expected) {
        const params = { relation: quarantine.relation, expected: rowsText(expected), found: written.rows };
        throw failure(diagnostic("rows-lost", table.span, { table: relation, ...params, done: "written" }));
      }
      await commit(quarantine, written);
    };
    const excesses = await findExcesses(noticed, {
      table,
      program,
      inputs,
      connection,
      rows: file.rows,
      recordsOf: collector.recordsOf,
      loads: loadsIn(job.inputs),
    });
    if (excesses.length > 0) {
      const rows = keptSql(collector);
      const problems: Diagnostic[] = [];
      for (const each of excesses) {
        const reasons = await reasonsText(each.source, excessRows(rows, [each]), connection);
        problems.push(excessProblem(each, reasons, table, job.inputs));
      }
      // The table keeps its last version; its quarantine gets the rows that exceeded the limit.
      await commitQuarantine(excessRows(rows, excesses));
      throw failure(...problems);
    }
    const problems = [
      ...noticed.flatMap((each) => failedExpectation(each, relation, program)),
      ...(await keyProblems(job, inputs, file)),
    ];
    if (problems.length > 0) throw failure(...problems);
    checkNulls(table, file);

    if (hasQuarantine(table, program)) await commitQuarantine(quarantineSql(collector), collector.kept());
    await commit(write, file);
    return {
      result: { relation, state: "ok", rows: file.rows, bytes: file.bytes, ...counts },
      diagnostics: [...warnings(noticed, relation, table), ...emptied(job, file.rows)],
    };
  } catch (error) {
    if (file.path !== undefined) await rm(file.path, { force: true });
    throw error;
  } finally {
    collector.discard();
  }
}

/** A warning if a table has lost all its rows. */
export function emptied({ table, relation, current }: Job, rows: number): readonly Diagnostic[] {
  const before = memoryOf(current?.commitInfo)?.rows ?? 0;
  if (rows > 0 || before === 0) return [];
  return [diagnostic("table-emptied", table.span, { table: relation, rows: rowsText(before) })];
}

const QUARANTINE_COLUMNS: readonly ColumnShape[] = [
  { name: "source", type: STRING, nullable: false, doc: "Whose row it is." },
  { name: "reason", type: STRING, nullable: false, doc: "Why it was rejected or quarantined." },
  { name: "record", type: STRING, nullable: true, doc: "The row as a JSON object; a malformed record as its text." },
];

function versionOf({ fingerprint, context }: Job, relation: string, current: Snapshot | undefined): DeltaWrite {
  const folder = context.lake.tableFolder(relation);
  return { folder, relation, columns: QUARANTINE_COLUMNS, current, at: context.startedAt, fingerprint };
}

interface Written {
  readonly file: WrittenFile;
  readonly inputs: RelationInputs;
  readonly collector: RowCollector;
}

/**
 * Writes the rows next to the table's files. If DuckDB fails to read a bronze file, finds records with a wrong number of
 * fields, or reads a different number of records than counted, the file is rewritten for it and everything is read again.
 */
async function writeTable(job: Job, write: DeltaWrite): Promise<Written> {
  const paths = job.inputs.flatMap(recordFiles).map(({ path }) => path);
  const rewritten = new Set<string>();
  for (;;) {
    try {
      const { unlike, ...written } = await writeOnce(job, write, rewritten);
      if (unlike.length === 0) return written;
      await discard(written);
      for (const path of unlike) rewritten.add(path);
    } catch (error) {
      const message = messageOf(error);
      if (!IS_READERS.test(message) || rewritten.size === paths.length) throw error;
      // Where the message does not name a file that DuckDB has read as it is, it may be any of them.
      const named = paths.filter((path) => !rewritten.has(path) && message.includes(path));
      for (const path of named.length > 0 ? named : paths) rewritten.add(path);
    }
  }
}

/** DuckDB's errors for files that it cannot read, and ours for files that it does not read in their order. */
const IS_READERS = /CSV Error|state machine reached an invalid state|utf-?8|unicode|read out of order/i;

async function discard({ file, collector }: Pick<Written, "file" | "collector">): Promise<void> {
  collector.discard();
  if (file.path !== undefined) await rm(file.path, { force: true });
}

/** A file of a bronze table whose records a table is built from. */
interface RecordFile {
  /** The bronze table. */
  readonly relation: string;
  readonly plan: BronzePlan;
  readonly path: string;
  /** Its number, where the table has several. */
  readonly number?: number;
}

function recordFiles({ relation, bronze, loads }: FoundInput): readonly RecordFile[] {
  if (bronze !== undefined) return [{ relation, plan: bronze.plan, path: bronze.load.path }];
  const { plan, files = [] } = loads ?? {};
  return plan === undefined
    ? []
    : files.map(({ path }, number) => ({ relation: `bronze.${plan.name}`, plan, path, number }));
}

/** `unlike`: bronze files that have to be rewritten, because DuckDB read them incorrectly. */
async function writeOnce(
  job: Job,
  write: DeltaWrite,
  rewritten: ReadonlySet<string>,
): Promise<Written & { readonly unlike: readonly string[] }> {
  const { table, relation, connection, context } = job;
  const collector = createRowCollector(join(context.lake.scratchFolder, `${folderName(relation)}.jsonl`));
  let file: WrittenFile | undefined;
  try {
    const inputs: Record<string, RelationInput> = {};
    const read: (readonly [file: RecordFile, ready: ReadyFile])[] = [];
    for (const found of job.inputs) {
      const ready: ReadyFile[] = [];
      for (const each of recordFiles(found)) {
        const onMalformed: OnMalformed = (reason, record) =>
          collector.malformed(each.relation, reason, record, each.number);
        const file = await context.files.ready(each.plan, each.path, rewritten.has(each.path), onMalformed);
        ready.push(file);
        read.push([each, file]);
      }
      inputs[found.relation] = relationInput(found, ready, context);
    }
    const { query, notices } = tableSql(table, context.program, inputs);
    collector.start(notices);
    // An error in here would get lost inside DuckDB.
    let problem: unknown;
    context.listeners.set(relation, (rows) => {
      try {
        if (problem === undefined) collector.notice(rows);
      } catch (error) {
        problem = error;
      }
    });
    file = await writeRows(connection, query, write);
    if (problem !== undefined) throw problem;
    const unlike = read.flatMap(([each, ready]) => (hasAll(each, ready, collector, table) ? [] : [each.path]));
    return { file, inputs, collector, unlike };
  } catch (error) {
    collector.discard();
    if (file?.path !== undefined) await rm(file.path, { force: true });
    throw error;
  } finally {
    context.listeners.delete(relation);
  }
}

function relationInput(
  { relation, bronze, loads, snapshot }: FoundInput,
  ready: readonly ReadyFile[],
  { lake }: BuildContext,
): RelationInput {
  const [first] = ready;
  if (bronze !== undefined && first !== undefined) return first.input;
  if (loads === undefined) return { kind: "delta", files: dataFiles(relation, snapshot, lake) };
  const files = ready.map(({ input, records }, number): LoadedInput => {
    const {
      load: id,
      at,
      file,
      placeholders,
      before,
    } = loads.files[number] ?? fail(`${relation} has no file ${number}`);
    return { input, records, fields: { ...placeholders, id, at, file }, ...(before === undefined ? {} : { before }) };
  });
  return { kind: "loads", files };
}

function fail(message: string): never {
  throw new Error(message);
}

/** Whether all records of a file were read. Throws a failure if the file has already been rewritten. */
function hasAll(
  { relation, number, path }: RecordFile,
  { records, isRewritten }: ReadyFile,
  collector: RowCollector,
  table: TablePlan,
): boolean {
  const { read, unlike, malformed } = collector.recordsOf(relation, number);
  if (read + malformed === records && unlike === 0) return true;
  if (!isRewritten) return false;
  const place = number === undefined ? relation : `${path} of ${relation}`;
  const params = { relation: place, expected: rowsText(records), found: read - unlike + malformed, done: "read" };
  throw failure(diagnostic("rows-lost", table.span, { table: qualifiedName(table), ...params }));
}

const NO_ROWS = "SELECT '' AS source, '' AS reason, '' AS record, 0 AS file WHERE FALSE";

function keptSql(collector: RowCollector): string {
  return collector.rows() ?? NO_ROWS;
}

/** Sorted, so that the same rows give the same file. */
function sortedSql(rows: string, condition = "TRUE"): string {
  return `SELECT source, reason, record FROM (${rows}) WHERE ${condition}\nORDER BY source, reason, record NULLS FIRST`;
}

function quarantineSql(collector: RowCollector): string {
  return sortedSql(keptSql(collector));
}

/** The rejected and quarantined rows that exceed a limit. */
function excessRows(rows: string, excesses: readonly Excess[]): string {
  const conditions = excesses.map(({ source, reason, load }) => {
    const isOfSource = `source = ${duckdbString(source)}`;
    if (load !== undefined) return `${isOfSource} AND list_contains([${load.files.join(", ")}], file)`;
    return reason === undefined ? isOfSource : `${isOfSource} AND reason = ${duckdbString(reason)}`;
  });
  return sortedSql(rows, conditions.join(" OR "));
}

/** The table's own keys are checked in the written file; keys of a bronze table once per run. */
async function keyProblems(job: Job, inputs: RelationInputs, file: WrittenFile): Promise<readonly Diagnostic[]> {
  const { table, relation, connection, context } = job;
  const own: RelationInput = { kind: "delta", files: file.path === undefined ? [] : [file.path] };
  const problems: Diagnostic[] = [];
  for (const check of table.keyChecks) {
    if (check.relation === relation && file.path === undefined) continue;
    const input = check.relation === relation ? own : inputs[check.relation];
    if (input === undefined) throw new Error(`${relation} does not read ${check.relation}`);
    const find = () => checkKey(check, table, context.program, input, connection);
    const problem = check.relation === relation ? await find() : await context.files.problemOf(check.relation, find);
    if (problem) problems.push(problem);
  }
  return problems;
}

/** The compiler has proved that a column is not null: a null in it is a bug in medalc and must not reach the lake. */
function checkNulls(table: TablePlan, file: WrittenFile): void {
  const wrong = table.columns.find(({ name, nullable }) => !nullable && file.nullColumns.includes(name));
  if (wrong) throw new Error(`${qualifiedName(table)}.${wrong.name} cannot be null, and is`);
}

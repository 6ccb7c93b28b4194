/** Builds a table's rows with DuckDB: one query writes them, checks follow, then table and quarantine are committed. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { RelationInput, RelationInputs } from "../codegen/duckdb/relation-inputs.ts";
import { tableSql } from "../codegen/duckdb/table.ts";
import { duckdbString } from "../codegen/expressions/duckdb.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { qualifiedName, type TablePlan } from "../plan/program.ts";
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
import { type Excess, excessProblem, findExcesses, reasonsText } from "./limits.ts";
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
    });
    if (excesses.length > 0) {
      const rows = excessRows(quarantineSql(collector), excesses);
      const problems: Diagnostic[] = [];
      for (const each of excesses) {
        problems.push(excessProblem(each, await reasonsText(each.source, rows, connection), table, job.inputs));
      }
      // The table keeps its last version; its quarantine gets the rows that exceeded the limit.
      await commitQuarantine(rows);
      throw failure(...problems);
    }
    const problems = [
      ...noticed.flatMap((each) => failedExpectation(each, relation, program)),
      ...(await keyProblems(job, inputs, file)),
    ];
    if (problems.length > 0) throw failure(...problems);
    checkNulls(table, file);

    if (hasQuarantine(table)) await commitQuarantine(quarantineSql(collector), collector.kept());
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
  const bronze = job.inputs.flatMap((each) => (each.bronze ? [each.relation] : []));
  const rewritten = new Set<string>();
  for (;;) {
    try {
      const { unlike, ...written } = await writeOnce(job, write, rewritten);
      if (unlike.length === 0) return written;
      await discard(written);
      for (const relation of unlike) rewritten.add(relation);
    } catch (error) {
      if (!IS_READERS.test(messageOf(error)) || rewritten.size === bronze.length) throw error;
      for (const relation of bronze) rewritten.add(relation);
    }
  }
}

/** DuckDB's errors for files that it cannot read. */
const IS_READERS = /CSV Error|state machine reached an invalid state|utf-?8|unicode/i;

async function discard({ file, collector }: Pick<Written, "file" | "collector">): Promise<void> {
  collector.discard();
  if (file.path !== undefined) await rm(file.path, { force: true });
}

/** `unlike`: bronze relations whose files have to be rewritten, because DuckDB read them incorrectly. */
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
    const bronze: (readonly [relation: string, ready: ReadyFile])[] = [];
    for (const found of job.inputs) {
      const onMalformed: OnMalformed = (reason, record) => collector.malformed(found.relation, reason, record);
      const ready = await readyOf(found, rewritten.has(found.relation), onMalformed, context);
      if (ready) bronze.push([found.relation, ready]);
      inputs[found.relation] = ready ? ready.input : deltaInput(found, context);
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
    const unlike = bronze.flatMap(([relation, ready]) => (hasAll(relation, ready, collector, table) ? [] : [relation]));
    return { file, inputs, collector, unlike };
  } catch (error) {
    collector.discard();
    if (file?.path !== undefined) await rm(file.path, { force: true });
    throw error;
  } finally {
    context.listeners.delete(relation);
  }
}

async function readyOf(
  { bronze }: FoundInput,
  rewritten: boolean,
  onMalformed: OnMalformed,
  { files }: BuildContext,
): Promise<ReadyFile | undefined> {
  return bronze && files.ready(bronze.plan, bronze.load.path, rewritten, onMalformed);
}

function deltaInput({ relation, snapshot }: FoundInput, { lake }: BuildContext): RelationInput {
  return { kind: "delta", files: dataFiles(relation, snapshot, lake) };
}

/** Whether all records of a file were read. Throws a failure if the file has already been rewritten. */
function hasAll(
  relation: string,
  { records, isRewritten }: ReadyFile,
  collector: RowCollector,
  table: TablePlan,
): boolean {
  const { read, unlike, malformed } = collector.recordsOf(relation);
  if (read + malformed === records && unlike === 0) return true;
  if (!isRewritten) return false;
  const params = { relation, expected: rowsText(records), found: read - unlike + malformed, done: "read" };
  throw failure(diagnostic("rows-lost", table.span, { table: qualifiedName(table), ...params }));
}

/** Sorted, so that the same rows give the same file. */
function quarantineSql(collector: RowCollector): string {
  const rows = collector.rows();
  if (rows === undefined) return "SELECT '' AS source, '' AS reason, '' AS record WHERE FALSE";
  return `SELECT source, reason, record FROM (${rows})\nORDER BY source, reason, record NULLS FIRST`;
}

/** The rejected and quarantined rows that exceed a limit. */
function excessRows(rows: string, excesses: readonly Excess[]): string {
  const conditions = excesses.map(({ source, reason }) => {
    const isOfSource = `source = ${duckdbString(source)}`;
    return reason === undefined ? isOfSource : `${isOfSource} AND reason = ${duckdbString(reason)}`;
  });
  return `SELECT * FROM (${rows}) WHERE ${conditions.join(" OR ")} ORDER BY source, reason, record NULLS FIRST`;
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

/**
 * Reads a Delta table's log at a version, and commits new versions. A commit creates one file that must not exist yet, by
 * linking a complete temporary file: it is atomic, and of two writers of the same version the second fails.
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { duckdbString } from "../../codegen/expressions/duckdb.ts";
import type { Row } from "../duckdb.ts";
import { isFileError, isSystemError, messageOf } from "../errors.ts";
import { syncFolder } from "../fsync.ts";
import { objectOf, textOf } from "../read-json.ts";
import { type Action, type AddFile, type CommitInfo, HASH_TAG, type Metadata, type Protocol } from "./actions.ts";
import { parseAction, parseSchema } from "./parse-action.ts";
import type { DeltaSchema } from "./schema.ts";

/** A table at a version. */
export interface Snapshot {
  readonly version: number;
  readonly metadata: Metadata;
  readonly schema: DeltaSchema;
  readonly files: readonly LiveFile[];
  /** Of this version, if its log entry still exists. */
  readonly commitInfo?: CommitInfo;
}

export interface LiveFile {
  /** Relative to the table's folder. */
  readonly path: string;
  /** As in the log. */
  readonly encodedPath: string;
  /** Bytes. */
  readonly size: number;
  /** Of its content, if medalc wrote the file. */
  readonly sha256?: string;
}

/** Reads rows with SQL; only needed for checkpoints of other tools. */
export type ReadRows = (sql: string) => Promise<readonly Row[]>;

/** Why a table cannot be read. */
export interface Unreadable {
  /** The problem in words. */
  readonly unreadable: string;
  /** `damaged`: its log has a gap or invalid content · `foreign`: another program uses an unsupported feature. */
  readonly reason: "damaged" | "foreign";
}

const LOG_FOLDER = "_delta_log";

/**
 * Reads the table in a folder at its newest or a given version. Undefined if there is no such table or version. A table
 * with unsupported features is not read. Throws an error of the file system if files exist but cannot be read.
 */
export async function readDelta(
  folder: string,
  readRows: ReadRows,
  wanted: number = Number.POSITIVE_INFINITY,
): Promise<Snapshot | Unreadable | undefined> {
  try {
    return await readLog(folder, readRows, wanted);
  } catch (error) {
    if (isPassing(error)) throw error;
    return { unreadable: `its log has ${messageOf(error)}`, reason: "damaged" };
  }
}

/** Whether an error has nothing to do with the content of the files. */
function isPassing(error: unknown): boolean {
  if (isSystemError(error)) return true;
  return /^INTERRUPT|Out of Memory|Permission denied|Too many open files/i.test(messageOf(error));
}

async function readLog(folder: string, readRows: ReadRows, wanted: number): Promise<Snapshot | Unreadable | undefined> {
  const entries = await logEntries(folder);
  const versions = [...entries.commits.keys(), ...entries.checkpoints.keys()].filter((each) => each <= wanted);
  const version = Math.max(...versions);
  if (versions.length === 0 || (Number.isFinite(wanted) && version !== wanted)) return undefined;
  const checkpoint = Math.max(-1, ...[...entries.checkpoints.keys()].filter((each) => each <= version));

  const state: State = { files: new Map() };
  if (checkpoint >= 0) {
    for (const action of await readCheckpoint(entries.checkpoints.get(checkpoint) ?? [], readRows))
      apply(state, action);
  }
  for (let each = checkpoint + 1; each <= version; each++) {
    const path = entries.commits.get(each);
    if (path === undefined) return { unreadable: `version ${each} is missing in its log`, reason: "damaged" };
    for (const action of await readCommit(path)) apply(state, action);
  }
  const last = entries.commits.get(version);
  const written = last === undefined ? [] : await readCommit(last);
  return snapshot(version, state, written.find((action) => action.commitInfo)?.commitInfo);
}

/** An entry of a table's log. */
export interface Commit {
  readonly version: number;
  /** When it was written, in milliseconds since 1970; undefined if it does not say. */
  readonly timestamp: number | undefined;
}

/** The versions in a table's log, the newest last; none if there is no table. Unreadable entries have no time. */
export async function commitsIn(folder: string): Promise<readonly Commit[]> {
  const { commits } = await logEntries(folder);
  const found = [...commits].map(async ([version, path]): Promise<Commit> => {
    try {
      const { commitInfo } = (await readCommit(path)).find((action) => action.commitInfo) ?? {};
      return { version, timestamp: commitInfo?.timestamp };
    } catch (error) {
      if (isPassing(error)) throw error;
      return { version, timestamp: undefined };
    }
  });
  return (await Promise.all(found)).sort((a, b) => a.version - b.version);
}

/** The newest version of the table in a folder, whatever it contains; -1 if there is none. */
export async function newestVersion(folder: string): Promise<number> {
  const { commits, checkpoints } = await logEntries(folder);
  return Math.max(-1, ...commits.keys(), ...checkpoints.keys());
}

/**
 * The paths, relative to the table's folder, of all files that the log in a folder names: those of all versions that it
 * still has, whatever became of them. Lines that are no action name none.
 */
export async function filesNamedByLog(folder: string, readRows: ReadRows): Promise<ReadonlySet<string>> {
  const { commits, checkpoints } = await logEntries(folder);
  const texts: string[] = [];
  for (const path of commits.values()) texts.push(...(await readFile(path, "utf8")).split("\n"));
  for (const paths of checkpoints.values()) {
    for (const text of await checkpointTexts(paths, readRows)) texts.push(text);
  }
  return new Set(texts.flatMap(pathsNamedIn));
}

function pathsNamedIn(text: string): readonly string[] {
  try {
    const action = objectOf(JSON.parse(text)) ?? {};
    return ["add", "remove", "cdc"].flatMap((kind) => {
      const path = textOf(objectOf(action[kind])?.path);
      return path === undefined || isElsewhere(decodedPath(path)) ? [] : [decodedPath(path)];
    });
  } catch {
    return [];
  }
}

/** Commits a version. False if another program has already committed it. */
export async function commitDelta(folder: string, version: number, actions: readonly Action[]): Promise<boolean> {
  const log = join(folder, LOG_FOLDER);
  await mkdir(log, { recursive: true });
  const target = join(log, commitName(version));
  const temporary = join(log, `.${commitName(version)}.${randomUUID()}.tmp`);
  const file = await open(temporary, "w");
  try {
    await file.writeFile(`${actions.map((action) => JSON.stringify(action)).join("\n")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, target);
  } catch (error) {
    if (isFileError(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(log);
  return true;
}

function commitName(version: number): string {
  return `${String(version).padStart(20, "0")}.json`;
}

interface LogEntries {
  readonly commits: ReadonlyMap<number, string>;
  /** A checkpoint may have several parts; only complete ones are listed. */
  readonly checkpoints: ReadonlyMap<number, readonly string[]>;
}

async function logEntries(folder: string): Promise<LogEntries> {
  const log = join(folder, LOG_FOLDER);
  const commits = new Map<number, string>();
  const parts = new Map<number, { readonly paths: string[]; readonly count: number }>();
  for (const name of (await readdirIfThere(log)).sort()) {
    const commit = /^(\d{20})\.json$/.exec(name);
    if (commit) commits.set(Number(commit[1]), join(log, name));
    const checkpoint = /^(\d{20})\.checkpoint(?:\.\d{10}\.(\d{10}))?\.parquet$/.exec(name);
    if (checkpoint) {
      const version = Number(checkpoint[1]);
      const known = parts.get(version) ?? { paths: [], count: Number(checkpoint[2] ?? 1) };
      known.paths.push(join(log, name));
      parts.set(version, known);
    }
  }
  const whole = [...parts].filter(([, { paths, count }]) => paths.length === count);
  return { commits, checkpoints: new Map(whole.map(([version, { paths }]) => [version, paths])) };
}

async function readdirIfThere(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isFileError(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

async function readCommit(path: string): Promise<readonly Action[]> {
  const text = await textOfEntry(path);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new Error(`no content in ${basename(path)}`);
  return lines.map((line, at) => {
    try {
      return parseAction(JSON.parse(line));
    } catch (error) {
      const problem = error instanceof SyntaxError ? "text that is not JSON" : messageOf(error);
      throw new Error(`${problem} in line ${at + 1} of ${basename(path)}`);
    }
  });
}

/** An entry with the name of a log file has to be a file. */
async function textOfEntry(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isFileError(error, "EISDIR")) throw new Error(`a folder instead of ${basename(path)}`);
    if (isFileError(error, "ENOENT")) throw new Error(`no ${basename(path)}`);
    if (isFileError(error, "ERR_FS_FILE_TOO_LARGE", "ERR_STRING_TOO_LONG")) {
      throw new Error(`more than can be read in ${basename(path)}`);
    }
    throw error;
  }
}

async function readCheckpoint(paths: readonly string[], readRows: ReadRows): Promise<readonly Action[]> {
  return (await checkpointTexts(paths, readRows)).map((text) => parseAction(JSON.parse(text)));
}

/** The actions as JSON. */
async function checkpointTexts(paths: readonly string[], readRows: ReadRows): Promise<readonly string[]> {
  const files = paths.map(duckdbString).join(", ");
  const rows = await readRows(
    `SELECT CAST(to_json(action) AS VARCHAR) AS text FROM read_parquet([${files}], union_by_name = true) AS action`,
  );
  return rows.map(({ text }) => String(text));
}

interface State {
  readonly files: Map<string, AddFile>;
  protocol?: Protocol;
  metadata?: Metadata;
}

function apply(state: State, { add, remove, metaData, protocol }: Action): void {
  if (remove) state.files.delete(remove.path);
  if (add) state.files.set(add.path, add);
  if (metaData) state.metadata = metaData;
  if (protocol) state.protocol = protocol;
}

function snapshot(version: number, state: State, commitInfo: CommitInfo | undefined): Snapshot | Unreadable {
  const { protocol, metadata } = state;
  if (protocol === undefined || metadata === undefined) {
    return { unreadable: "its log has no metadata", reason: "damaged" };
  }
  const feature = unknownFeature(protocol, metadata, [...state.files.values()]);
  if (feature !== undefined) return { unreadable: `it uses ${feature}`, reason: "foreign" };
  const schema = schemaOf(metadata);
  const files = [...state.files.values()].map(liveFile);
  return { version, metadata, schema, files, ...(commitInfo ? { commitInfo } : {}) };
}

function schemaOf({ schemaString }: Metadata): DeltaSchema {
  try {
    return parseSchema(schemaString);
  } catch {
    throw new Error("an invalid schema");
  }
}

function liveFile({ path, size, tags }: AddFile): LiveFile {
  const sha256 = tags?.[HASH_TAG];
  return { path: decodedPath(path), encodedPath: path, size, ...(sha256 === undefined ? {} : { sha256 }) };
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Error("a path that is none");
  }
}

/** What a reader of version 1 does not know, by its name. */
function unknownFeature(protocol: Protocol, metadata: Metadata, files: readonly AddFile[]): string | undefined {
  const mapping = metadata.configuration?.["delta.columnMapping.mode"] ?? "none";
  if (protocol.minReaderVersion === 3 && (protocol.readerFeatures ?? []).length > 0) {
    return `the reader features ${(protocol.readerFeatures ?? []).join(", ")}`;
  }
  if (protocol.minReaderVersion > 3) return `version ${protocol.minReaderVersion} of the reader protocol`;
  if (mapping !== "none") return "column mapping";
  if (metadata.partitionColumns.length > 0) return "partitions";
  if (files.some(({ deletionVector }) => deletionVector !== undefined)) return "deletion vectors";
  if (files.some(({ path }) => isElsewhere(decodedPath(path)))) return "files that are not in its folder";
  return undefined;
}

function isElsewhere(path: string): boolean {
  return /^([a-z][a-z0-9+.-]*:|[/\\])/i.test(path) || path.split(/[/\\]/).includes("..");
}

/** Writes the rows of a query as a new version of a Delta table. */
import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { duckdbString } from "../../codegen/expressions/duckdb.ts";
import { VERSION } from "../../version.ts";
import type { Connection } from "../duckdb.ts";
import { isFileError } from "../errors.ts";
import { sha256Of } from "../extract/fetcher.ts";
import { syncFile, syncFolder } from "../fsync.ts";
import { type Action, type AddFile, type CommitInfo, HASH_TAG, type Metadata, PROTOCOL } from "./actions.ts";
import { commitDelta, type Snapshot } from "./log.ts";
import { type ColumnShape, deltaSchema } from "./schema.ts";
import { deltaStatistics, unquotedName, type WrittenStatistics } from "./stats.ts";

/** How many versions of a table are kept, including the newest; files of older ones are removed. */
export const KEPT_VERSIONS = 5;

/** A version of a table to write. */
export interface DeltaWrite {
  readonly folder: string;
  /** `silver.orders` */
  readonly relation: string;
  readonly doc?: string;
  readonly columns: readonly ColumnShape[];
  /** The current table; undefined if it does not exist. */
  readonly current: Snapshot | undefined;
  /** The start of the run: the only time in the log. */
  readonly at: Date;
  /** Fingerprint of the inputs; part of the file names. */
  readonly fingerprint: string;
}

/** A written file that is not yet part of the table. */
export interface WrittenFile {
  /** Absolute; undefined if there are no rows, and so no file. */
  readonly path: string | undefined;
  readonly rows: number;
  /** Bytes. */
  readonly bytes: number;
  /** Columns that contain nulls. */
  readonly nullColumns: readonly string[];
  readonly add: AddFile | undefined;
}

/** Writes a query's rows next to the table's files. They become part of the table with `commitTable`. */
export function writeRows(connection: Connection, query: string, write: DeltaWrite): Promise<WrittenFile> {
  return writePart(connection, query, { ...write, version: nextVersion(write) });
}

/** A file for a version of a table. */
export type PartWrite = Pick<DeltaWrite, "folder" | "columns" | "at" | "fingerprint"> & { readonly version: number };

/** The same for a version of any kind. */
export async function writePart(connection: Connection, query: string, write: PartWrite): Promise<WrittenFile> {
  await mkdir(write.folder, { recursive: true });
  const name = partName(write.version, write.fingerprint);
  const path = join(write.folder, name);
  const [result] = await connection.rows(
    `COPY (${query}\n) TO ${duckdbString(path)} (FORMAT parquet, COMPRESSION zstd, RETURN_STATS)`,
  );
  const rows = Number(result?.count ?? 0);
  const bytes = Number(result?.file_size_bytes ?? 0);
  if (rows > 0) await checkFile(connection, path, rows, bytes);
  if (rows === 0) {
    await rm(path, { force: true });
    return { path: undefined, rows, bytes: 0, nullColumns: [], add: undefined };
  }
  await syncFile(path);
  const statistics = statisticsOf(result?.column_statistics);
  return {
    path,
    rows,
    bytes,
    nullColumns: write.columns.map((each) => each.name).filter((each) => hasNull(statistics.get(each))),
    add: {
      path: encodeURIComponent(name),
      partitionValues: {},
      size: bytes,
      modificationTime: write.at.getTime(),
      dataChange: true,
      stats: deltaStatistics(rows, write.columns, statistics),
      tags: { [HASH_TAG]: await sha256Of(path) },
    },
  };
}

/** Throws unless the file on disk has the rows and the size that DuckDB reported. */
async function checkFile(connection: Connection, path: string, rows: number, bytes: number): Promise<void> {
  const { size } = await stat(path);
  const [footer] = await connection.rows(`SELECT num_rows FROM parquet_file_metadata(${duckdbString(path)})`);
  const found = Number(footer?.num_rows);
  if (size === bytes && found === rows) return;
  throw new Error(`of ${rows} rows in ${bytes} bytes, ${found} rows in ${size} bytes were written`);
}

/** Makes the written rows the table. `memory` is what a later run has to know about this one. False after a conflict. */
export async function commitTable(write: DeltaWrite, file: WrittenFile, memory: string): Promise<boolean> {
  const { current, at } = write;
  const version = nextVersion(write);
  const commitInfo: CommitInfo = {
    timestamp: at.getTime(),
    operation: "WRITE",
    operationParameters: { mode: "Overwrite", partitionBy: "[]" },
    ...(current ? { readVersion: current.version } : {}),
    isBlindAppend: false,
    engineInfo: `medalc/${VERSION}`,
    operationMetrics: {
      numFiles: file.add ? "1" : "0",
      numOutputRows: String(file.rows),
      numOutputBytes: String(file.bytes),
    },
    userMetadata: memory,
  };
  const removed = (current?.files ?? []).map(({ encodedPath }): Action => {
    return { remove: { path: encodedPath, deletionTimestamp: at.getTime(), dataChange: true } };
  });
  const actions: Action[] = [
    { commitInfo },
    ...(current ? [] : [{ protocol: PROTOCOL }]),
    { metaData: metadata(write) },
    ...removed,
    ...(file.add ? [{ add: file.add }] : []),
  ];
  if (file.path !== undefined) await syncFolder(write.folder);
  return commitDelta(write.folder, version, actions);
}

/**
 * Removes files of medalc that no kept version needs: those of old versions and of interrupted runs. The file name contains
 * the version, and each version has its own file.
 */
export async function removeOldFiles(folder: string, current: Snapshot | undefined): Promise<void> {
  const newest = current?.version ?? -1;
  const live = new Set(current?.files.map(({ path }) => path));
  for (const name of await filesIn(folder)) {
    const version = versionOfPart(name);
    if (version === undefined || live.has(name)) continue;
    if (version >= newest || version <= newest - KEPT_VERSIONS) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
  await removeUncommittedLog(folder);
}

/** Removes log entries that were not committed. */
async function removeUncommittedLog(folder: string): Promise<void> {
  const log = join(folder, "_delta_log");
  for (const name of await filesIn(log)) {
    if (name.startsWith(".") && name.endsWith(".tmp")) await rm(join(log, name), { recursive: true, force: true });
  }
}

function nextVersion({ current }: DeltaWrite): number {
  return current === undefined ? 0 : current.version + 1;
}

function partName(version: number, fingerprint: string): string {
  return `part-${String(version).padStart(10, "0")}-${fingerprint.slice(0, 16)}.zstd.parquet`;
}

/** Removes files of interrupted runs, which have no version yet; of a table that only grows. */
export async function removeUncommitted(folder: string, nextVersion: number): Promise<void> {
  for (const name of await filesIn(folder)) {
    const version = versionOfPart(name);
    if (version !== undefined && version >= nextVersion) await rm(join(folder, name), { force: true });
  }
  await removeUncommittedLog(folder);
}

function versionOfPart(name: string): number | undefined {
  const parts = /^part-(\d{10})-[0-9a-f]{16}\.zstd\.parquet$/.exec(name);
  return parts ? Number(parts[1]) : undefined;
}

export function metadata({ relation, doc, columns, current, at, fingerprint }: DeltaWrite): Metadata {
  return {
    id: current?.metadata.id ?? uuid(`${relation} ${at.toISOString()} ${fingerprint}`),
    name: relation,
    ...(doc === undefined ? {} : { description: doc }),
    format: { provider: "parquet", options: {} },
    schemaString: JSON.stringify(deltaSchema(columns)),
    partitionColumns: [],
    configuration: {},
    createdTime: current?.metadata.createdTime ?? at.getTime(),
  };
}

/** A UUID derived from a text, not a random one. */
function uuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join("-");
}

/** Converts a map, which DuckDB returns as a list of entries whose values are maps again. */
function statisticsOf(value: unknown): ReadonlyMap<string, WrittenStatistics> {
  return new Map(
    entriesOf(value).map(([name, inner]) => [
      unquotedName(name),
      Object.fromEntries(entriesOf(inner).map(([key, text]) => [key, String(text)])),
    ]),
  );
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: { readonly key: unknown; readonly value: unknown }) => [String(entry.key), entry.value]);
}

function hasNull(statistics: WrittenStatistics | undefined): boolean {
  return statistics?.null_count !== undefined && statistics.null_count !== "0";
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isFileError(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

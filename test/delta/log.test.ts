import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Action, AddFile, Protocol } from "../../src/runner/delta/actions.ts";
import { commitDelta, readDelta, type Snapshot } from "../../src/runner/delta/log.ts";
import {
  commitTable,
  type DeltaWrite,
  KEPT_VERSIONS,
  removeOldFiles,
  writeRows,
} from "../../src/runner/delta/table.ts";
import { type Connection, createEngine, type Engine } from "../../src/runner/duckdb.ts";
import { type Row, readTable } from "../runner/project.ts";
import { temporaryFolder } from "../support/io.ts";

let engine: Engine;
let connection: Connection;

beforeAll(async () => {
  engine = await createEngine({
    threads: 1,
    scratchFolder: join("/tmp", `medalc-delta-${process.pid}`),
    inOrder: true,
  });
  connection = await engine.connect();
});

afterAll(() => {
  connection.close();
  engine.close();
});

const COLUMNS = [
  { name: "id", type: { kind: "int" }, nullable: false, doc: "Whose it is." },
  { name: "a b,'\"é", type: { kind: "decimal", precision: 20, scale: 2 }, nullable: true },
] as const;

async function snapshotOf(folder: string): Promise<Snapshot | undefined> {
  const found = await readDelta(folder, connection.rows);
  if (found !== undefined && "unreadable" in found) throw new Error(found.unreadable);
  return found;
}

/** Writes a new version of a table, from SQL with two columns. */
async function write(folder: string, values: string, hour = 0): Promise<boolean> {
  const current = await snapshotOf(folder);
  const version: DeltaWrite = {
    folder,
    relation: "silver.t",
    doc: "A table.",
    columns: COLUMNS,
    current,
    at: new Date(Date.UTC(2026, 0, 31, hour)),
    fingerprint: String(hour).padStart(64, "a"),
  };
  const query = `SELECT CAST(id AS INTEGER) AS id, CAST(x AS DECIMAL(20,2)) AS "a b,'""é" FROM (${values}) AS t(id, x)`;
  const file = await writeRows(connection, query, version);
  return commitTable(version, file, JSON.stringify({ hour }));
}

async function rowsOf(folder: string, version?: number): Promise<readonly Row[] | undefined> {
  return (await readTable(folder, connection, version))?.rows;
}

function logOf(folder: string, version: number): readonly Action[] {
  const name = `${String(version).padStart(20, "0")}.json`;
  const text = readFileSync(join(folder, "_delta_log", name), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line): Action => JSON.parse(line));
}

function editLog(folder: string, version: number, edit: (action: Action) => Action): void {
  const actions = logOf(folder, version).map((action) => `${JSON.stringify(edit(action))}\n`);
  writeFileSync(join(folder, "_delta_log", `${String(version).padStart(20, "0")}.json`), actions.join(""));
}

it("reads what it has written, including names and nullability", async () => {
  const folder = temporaryFolder();
  expect(await write(folder, "VALUES (1, 1.5), (2, NULL), (3, 123456789012345678.99)")).toBe(true);
  const table = await readTable(folder, connection);
  expect(table?.schema).toBe("id integer, a b,'\"é decimal(20,2)?");
  expect(table?.rows).toEqual([
    ["1", "1.50"],
    ["2", null],
    ["3", "123456789012345678.99"],
  ]);
  expect(table?.snapshot).toMatchObject({ version: 0, metadata: { name: "silver.t", description: "A table." } });
  expect(table?.snapshot.schema.fields[0]?.metadata).toEqual({ comment: "Whose it is." });
  expect(table?.snapshot.commitInfo).toMatchObject({ userMetadata: '{"hour":0}', operation: "WRITE" });
  expect(readdirSync(join(folder, "_delta_log"))).toEqual(["00000000000000000000.json"]);
});

it("requires only reader version 1", async () => {
  const folder = temporaryFolder();
  await write(folder, "VALUES (1, 1)");
  const [info, protocol, metadata, add] = logOf(folder, 0);
  expect(info).toHaveProperty("commitInfo");
  expect(protocol).toEqual({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } });
  expect(metadata).toMatchObject({ metaData: { partitionColumns: [], configuration: {} } });
  expect(add).toMatchObject({ add: { dataChange: true, partitionValues: {} } });
});

it("a version replaces all rows, and older ones can still be read", async () => {
  const folder = temporaryFolder();
  await write(folder, "VALUES (1, 1)", 0);
  await write(folder, "VALUES (2, 2), (3, 3)", 1);
  await write(folder, "SELECT 1, 1 WHERE FALSE", 2);
  await write(folder, "VALUES (4, 4)", 3);
  expect(await rowsOf(folder, 0)).toEqual([["1", "1.00"]]);
  expect(await rowsOf(folder, 1)).toEqual([
    ["2", "2.00"],
    ["3", "3.00"],
  ]);
  expect(await rowsOf(folder, 2)).toEqual([]);
  expect(await rowsOf(folder)).toEqual([["4", "4.00"]]);
  expect(await readDelta(folder, connection.rows, 4)).toBeUndefined();
  const ids = new Set(
    await Promise.all(
      [0, 1, 2, 3].map(async (version) => (await readTable(folder, connection, version))?.snapshot.metadata.id),
    ),
  );
  expect(ids.size).toBe(1);
});

it("there is no table without a log, or with only an unfinished file", async () => {
  const folder = temporaryFolder();
  expect(await readDelta(join(folder, "nowhere"), connection.rows)).toBeUndefined();
  mkdirSync(join(folder, "_delta_log"));
  writeFileSync(join(folder, "_delta_log", ".00000000000000000000.json.77.tmp"), '{"proto');
  expect(await readDelta(folder, connection.rows)).toBeUndefined();
});

it("the second of two writers of a version gets an error, and changes nothing", async () => {
  const folder = temporaryFolder();
  await write(folder, "VALUES (1, 1)");
  const before = readFileSync(join(folder, "_delta_log", "00000000000000000000.json"), "utf8");
  expect(await commitDelta(folder, 0, [{ remove: { path: "x", deletionTimestamp: 0, dataChange: true } }])).toBe(false);
  expect(readFileSync(join(folder, "_delta_log", "00000000000000000000.json"), "utf8")).toBe(before);
  const results = await Promise.all(
    [1, 2, 3, 4].map((writer) =>
      commitDelta(folder, 1, [{ remove: { path: `${writer}`, deletionTimestamp: 0, dataChange: true } }]),
    ),
  );
  expect(results.filter((each) => each)).toHaveLength(1);
  expect(readdirSync(join(folder, "_delta_log"))).toHaveLength(2);
});

it("only files of kept versions remain, and files of other programs are kept", async () => {
  const folder = temporaryFolder();
  for (let hour = 0; hour < KEPT_VERSIONS + 3; hour++) await write(folder, `VALUES (${hour}, 0)`, hour);
  const newest = KEPT_VERSIONS + 2;
  const leftover = `part-${String(newest + 1).padStart(10, "0")}-0123456789abcdef.zstd.parquet`;
  for (const name of [leftover, "theirs.parquet", "_delta_log/.00000000000000000009.json.77.tmp"]) {
    writeFileSync(join(folder, name), "x");
  }
  await removeOldFiles(folder, await snapshotOf(folder));
  const versions = readdirSync(folder)
    .map((name) => /^part-(\d+)/.exec(name)?.[1])
    .filter((each) => each !== undefined);
  expect(versions.map(Number).sort()).toEqual(
    Array.from({ length: KEPT_VERSIONS }, (_, back) => newest - KEPT_VERSIONS + 1 + back),
  );
  expect(existsSync(join(folder, "theirs.parquet"))).toBe(true);
  expect(readdirSync(join(folder, "_delta_log")).filter((name) => name.startsWith("."))).toEqual([]);
  for (let back = 0; back < KEPT_VERSIONS; back++) {
    expect(await rowsOf(folder, newest - back)).toEqual([[String(newest - back), "0.00"]]);
  }
});

/** Writes a checkpoint in the format of other programs, with one row per action. Removes the log entries up to it. */
async function checkpoint(folder: string, version: number, parts = 1): Promise<void> {
  const live = new Map<string, AddFile>();
  let rest: Action = {};
  for (let each = 0; each <= version; each++) {
    for (const { add, remove, metaData, protocol } of logOf(folder, each)) {
      if (remove) live.delete(remove.path);
      if (add) live.set(add.path, add);
      rest = { ...rest, ...(metaData ? { metaData } : {}), ...(protocol ? { protocol } : {}) };
    }
  }
  const rows: readonly Action[] = [
    ...(rest.protocol ? [{ protocol: rest.protocol }] : []),
    ...(rest.metaData ? [{ metaData: rest.metaData }] : []),
    ...[...live.values()].map((add) => ({ add })),
  ];
  const json = join(folder, "checkpoint.json");
  writeFileSync(json, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const columns = `{
    protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)',
    metaData: 'STRUCT(id VARCHAR, name VARCHAR, format STRUCT(provider VARCHAR, options MAP(VARCHAR, VARCHAR)), schemaString VARCHAR, partitionColumns VARCHAR[], configuration MAP(VARCHAR, VARCHAR), createdTime BIGINT)',
    add: 'STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, stats VARCHAR)'
  }`;
  const digits = String(version).padStart(20, "0");
  for (let part = 1; part <= parts; part++) {
    const number = (value: number) => String(value).padStart(10, "0");
    const name =
      parts === 1 ? `${digits}.checkpoint.parquet` : `${digits}.checkpoint.${number(part)}.${number(parts)}.parquet`;
    const rowsOfPart = `SELECT * EXCLUDE n FROM (SELECT *, row_number() OVER () AS n FROM read_json('${json}', format = 'newline_delimited', columns = ${columns})) WHERE n % ${parts} = ${part % parts}`;
    await connection.run(`COPY (${rowsOfPart}) TO '${join(folder, "_delta_log", name)}' (FORMAT parquet)`);
  }
  rmSync(json);
  for (let each = 0; each <= version; each++) {
    rmSync(join(folder, "_delta_log", `${String(each).padStart(20, "0")}.json`));
  }
}

it.each([1, 2])("reads on from a checkpoint in %i files, when the log before it is gone", async (parts) => {
  const folder = temporaryFolder();
  for (let hour = 0; hour < 3; hour++) await write(folder, `VALUES (${hour}, 0)`, hour);
  await checkpoint(folder, 2, parts);
  const table = await readTable(folder, connection);
  expect(table?.rows).toEqual([["2", "0.00"]]);
  expect(table?.schema).toBe("id integer, a b,'\"é decimal(20,2)?");
  expect(table?.snapshot.commitInfo).toBeUndefined();
  expect(await write(folder, "VALUES (3, 0)", 3)).toBe(true);
  expect(await rowsOf(folder)).toEqual([["3", "0.00"]]);
  expect(await readDelta(folder, connection.rows, 1)).toBeUndefined();
});

it("a feature that only a checkpoint names is detected", async () => {
  const folder = temporaryFolder();
  await write(folder, "VALUES (1, 1)");
  editLog(folder, 0, unknown["column mapping"] ?? expect.fail());
  await checkpoint(folder, 0);
  expect(await readDelta(folder, connection.rows)).toEqual({ unreadable: "it uses column mapping", reason: "foreign" });
});

it("a checkpoint with a missing file is ignored", async () => {
  const folder = temporaryFolder();
  await write(folder, "VALUES (1, 1)");
  const log = join(folder, "_delta_log");
  writeFileSync(join(log, "00000000000000000000.checkpoint.0000000001.0000000002.parquet"), "x");
  expect(await rowsOf(folder)).toEqual([["1", "1.00"]]);
});

it("a log with a gap is not read", async () => {
  const folder = temporaryFolder();
  for (let hour = 0; hour < 3; hour++) await write(folder, `VALUES (${hour}, 0)`, hour);
  rmSync(join(folder, "_delta_log", "00000000000000000001.json"));
  expect(await readDelta(folder, connection.rows)).toEqual({
    unreadable: "version 1 is missing in its log",
    reason: "damaged",
  });
  renameSync(
    join(folder, "_delta_log", "00000000000000000000.json"),
    join(folder, "_delta_log", "00000000000000000001.json"),
  );
  expect(await readDelta(folder, connection.rows)).toEqual({
    unreadable: "version 0 is missing in its log",
    reason: "damaged",
  });
});

const READER_3: Protocol = {
  minReaderVersion: 3,
  minWriterVersion: 7,
  readerFeatures: ["timestampNtz", "v2Checkpoint"],
  writerFeatures: [],
};

const unknown: Readonly<Record<string, (action: Action) => Action>> = {
  "the reader features timestampNtz, v2Checkpoint": (action) => (action.protocol ? { protocol: READER_3 } : action),
  "version 4 of the reader protocol": (action) =>
    action.protocol ? { protocol: { ...READER_3, minReaderVersion: 4 } } : action,
  "column mapping": (action) =>
    action.metaData
      ? { metaData: { ...action.metaData, configuration: { "delta.columnMapping.mode": "name" } } }
      : action,
  partitions: (action) => (action.metaData ? { metaData: { ...action.metaData, partitionColumns: ["id"] } } : action),
  "deletion vectors": (action) =>
    action.add ? { add: { ...action.add, deletionVector: { storageType: "u" } } } : action,
};

it.each(Object.entries(unknown))("a table that uses %s is not read", async (name, edit) => {
  const folder = temporaryFolder();
  await write(folder, "VALUES (1, 1)");
  editLog(folder, 0, edit);
  expect(await readDelta(folder, connection.rows)).toEqual({ unreadable: `it uses ${name}`, reason: "foreign" });
});

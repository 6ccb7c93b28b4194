/** Projects for tests of runs: files in a temporary folder, a lake next to them, and functions to inspect it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { duckdbName, duckdbString } from "../../src/codegen/expressions/duckdb.ts";
import type { Program } from "../../src/plan/program.ts";
import { readDelta, type Snapshot } from "../../src/runner/delta/log.ts";
import { type Connection, createEngine } from "../../src/runner/duckdb.ts";
import { createLake } from "../../src/runner/lake.ts";
import { type RunOptions, run } from "../../src/runner/run.ts";
import type { RelationResult, RunResult } from "../../src/runner/run-result.ts";
import { planOf } from "../support/compile.ts";

export type Row = readonly (string | null)[];

export interface LakeTable {
  readonly snapshot: Snapshot;
  /** `id integer, note string?`: the columns in the Delta log. */
  readonly schema: string;
  /** Values in DuckDB's text format, in the order of the files. */
  readonly rows: readonly Row[];
}

export interface Project {
  readonly folder: string;
  readonly lakeFolder: string;
  program: Program;
  /** Writes files of the source, such as `a.csv`. */
  write(files: Readonly<Record<string, string | Buffer>>): void;
  /** Each run starts an hour after the previous one. */
  run(options?: Partial<RunOptions>): Promise<RunResult>;
  /** A table of the lake, at its newest version by default; undefined if it does not exist. */
  table(relation: string, version?: number): Promise<LakeTable | undefined>;
  /** The sorted rows of a table, which has to exist. */
  rows(relation: string): Promise<readonly Row[]>;
  remove(): Promise<void>;
}

/** The start of every program: a source `files` with the folder `in`. */
export const PROJECT = `project shop { lake = adls { account: "shop", container: "lake" } }
source files = file { path: "in/" }
`;

/**
 * Creates a project. `text` is appended to `PROJECT`, unless it declares a project. Has to be removed after the test.
 */
export async function createProject(
  text: string,
  files: Readonly<Record<string, string | Buffer>> = {},
): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "medalc-run-"));
  const lakeFolder = join(folder, ".medal", "lake");
  const engine = await createEngine({ threads: 1, scratchFolder: join(folder, "engine"), inOrder: true });
  const connection = await engine.connect();
  let runs = 0;
  const project: Project = {
    folder,
    lakeFolder,
    program: programOf(text),
    write(files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, "in", path)), { recursive: true });
        writeFileSync(join(folder, "in", path), content);
      }
    },
    run: (options = {}) =>
      run({
        program: project.program,
        baseFolder: folder,
        lakeFolder,
        params: {},
        sources: {},
        secret: () => undefined,
        startedAt: new Date(Date.UTC(2026, 0, 31, 6 + runs++)),
        threads: 1,
        retryPause: 1,
        onEvent: () => undefined,
        ...options,
      }),
    table: (relation, version) => readTable(createLake(lakeFolder).tableFolder(relation), connection, version),
    async rows(relation) {
      const table = await project.table(relation);
      if (table === undefined) throw new Error(`there is no ${relation}`);
      return sortedRows(table.rows);
    },
    async remove() {
      connection.close();
      engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  project.write(files);
  return project;
}

export function programOf(text: string): Program {
  return planOf(/^project\b/m.test(text) ? text : PROJECT + text);
}

/** Reads a Delta table from its folder. Throws if it cannot be read. */
export async function readTable(
  folder: string,
  connection: Connection,
  version?: number,
): Promise<LakeTable | undefined> {
  const snapshot = await readDelta(folder, connection.rows, version);
  if (snapshot === undefined) return undefined;
  if ("unreadable" in snapshot) throw new Error(snapshot.unreadable);
  const names = snapshot.schema.fields.map(({ name }) => name);
  // A leading byte order mark would be dropped.
  const texts = names.map((name) => `'=' || CAST(${duckdbName(name)} AS VARCHAR) AS ${duckdbName(name)}`).join(", ");
  const rows: Row[] = [];
  for (const { path } of snapshot.files) {
    const found = await connection.rows(`SELECT ${texts} FROM read_parquet(${duckdbString(join(folder, path))})`);
    for (const row of found) rows.push(names.map((name) => (row[name] === null ? null : String(row[name]).slice(1))));
  }
  const schema = snapshot.schema.fields.map(({ name, type, nullable }) => `${name} ${type}${nullable ? "?" : ""}`);
  return { snapshot, schema: schema.join(", "), rows };
}

export function sortedRows(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** `silver.orders ok, gold.orders skipped` */
export function states({ relations }: RunResult): string {
  return relations.map(({ relation, state }) => `${relation} ${state}`).join(", ");
}

/** The diagnostics, each as `code: message`. */
export function messages({ diagnostics }: Pick<RunResult, "diagnostics">): readonly string[] {
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

export function resultOf({ relations }: RunResult, relation: string): RelationResult {
  const found = relations.find((each) => each.relation === relation);
  if (found === undefined) throw new Error(`${relation} was not run`);
  return found;
}

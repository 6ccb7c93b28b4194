/** Stored bronze tables built from loads that tests write, without sources: a lake, and the build of each table. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { duckdbString } from "../../src/codegen/expressions/duckdb.ts";
import { bronzeFile } from "../../src/codegen/shared/bronze-file.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { builtTables, type Program, qualifiedName } from "../../src/plan/program.ts";
import { type BuildContext, buildTable } from "../../src/runner/build.ts";
import { createEngine, type NoticedRows } from "../../src/runner/duckdb.ts";
import { isFailure } from "../../src/runner/errors.ts";
import { createBronzeFiles } from "../../src/runner/inputs.ts";
import { createLake } from "../../src/runner/lake.ts";
import { rebuildHere } from "../../src/runner/rebuild.ts";
import type { RelationResult } from "../../src/runner/run-result.ts";
import { programOf, type Row, readTable, sortedRows } from "./project.ts";

export interface WrittenLoad {
  /** `20260131T060000Z` */
  readonly id: string;
  readonly from?: string;
  readonly to?: string;
  /** True by default; an interrupted load has no record. */
  readonly isComplete?: boolean;
  /** By path at the source; of a table or a collection the text of its only file. */
  readonly files: string | Readonly<Record<string, string | Buffer>>;
}

export interface StoredLake {
  readonly folder: string;
  readonly program: Program;
  write(bronze: string, ...loads: readonly WrittenLoad[]): void;
  remove(bronze: string, load: string): void;
  /** Builds tables in their order: all by default. */
  build(options?: { readonly only?: readonly string[]; readonly full?: boolean; readonly verify?: boolean }): Promise<{
    readonly results: readonly Omit<RelationResult, "seconds">[];
    readonly diagnostics: readonly Diagnostic[];
  }>;
  rows(relation: string): Promise<readonly Row[]>;
  /** Queries a table by its name, `t` of `bronze.t`. */
  query(sql: string, relation: string): Promise<readonly Json[]>;
  close(): void;
}

type Json = Readonly<Record<string, unknown>>;

/** The sources `db` (tables) and `files` (patterns). */
export const SOURCES = `project shop { lake = adls { account: "shop", container: "lake" } }
secret pw = keyvault("kv", "pw")
source db = postgres { host: "h", database: "d", user: "u", password: secret.pw }
source files = file { path: "in/" }
`;

export async function createStoredLake(text: string, threads = 2): Promise<StoredLake> {
  const folder = mkdtempSync(join(tmpdir(), "medalc-stored-"));
  const program = programOf(SOURCES + text);
  const lake = createLake(join(folder, "lake"));
  const listeners = new Map<string, (rows: NoticedRows) => void>();
  const engine = await createEngine({
    threads,
    scratchFolder: join(folder, "engine"),
    onNotice: (rows) => listeners.get(rows.table)?.(rows),
  });
  let builds = 0;
  return {
    folder: lake.folder,
    program,
    write(bronze, ...loads) {
      const plan = program.bronze.find(({ name }) => name === bronze);
      if (plan === undefined) throw new Error(`there is no bronze.${bronze}`);
      for (const { id, from, to, files, isComplete = true } of loads) {
        const load = join(lake.loadsFolder(bronze), `load=${id}`);
        const texts = typeof files === "string" ? { [bronzeFile(plan.object)]: files } : files;
        const listed = Object.entries(texts).map(([path, text]) => {
          mkdirSync(dirname(join(load, path)), { recursive: true });
          writeFileSync(join(load, path), text);
          return { file: path, path, bytes: Buffer.byteLength(text) };
        });
        const bytes = listed.reduce((total, each) => total + each.bytes, 0);
        const list = typeof files === "string" ? {} : { files: listed };
        if (isComplete) writeFileSync(join(load, "_load.json"), JSON.stringify({ bytes, from, to, ...list }));
      }
    },
    remove: (bronze, load) => rmSync(join(lake.loadsFolder(bronze), `load=${load}`), { recursive: true }),
    async build({ only, full = false, verify = false } = {}) {
      mkdirSync(lake.scratchFolder, { recursive: true });
      const context: BuildContext = {
        ...{ program, lake, engine, listeners, full, verify },
        files: createBronzeFiles(lake.scratchFolder),
        startedAt: new Date(Date.UTC(2026, 5, 1, builds++)),
        isSelected: () => true,
        rebuild: rebuildHere,
        declaredOrigin: () => undefined,
        onStop: () => () => undefined,
      };
      const results: Omit<RelationResult, "seconds">[] = [];
      const diagnostics: Diagnostic[] = [];
      for (const table of builtTables(program)) {
        if (only !== undefined && !only.includes(qualifiedName(table))) continue;
        try {
          const built = await buildTable(table, context);
          results.push(built.result);
          diagnostics.push(...built.diagnostics);
        } catch (error) {
          if (!isFailure(error)) throw error;
          diagnostics.push(...error.diagnostics);
        }
      }
      rmSync(lake.scratchFolder, { recursive: true, force: true });
      return { results, diagnostics };
    },
    async rows(relation) {
      const connection = await engine.connect();
      const table = await readTable(lake.tableFolder(relation), connection);
      connection.close();
      if (table === undefined) throw new Error(`there is no ${relation}`);
      return sortedRows(table.rows);
    },
    async query(sql, relation) {
      const connection = await engine.connect();
      const files = duckdbString(join(lake.tableFolder(relation), "*.parquet"));
      const found = await connection.rows(
        `WITH ${relation.replace(/^\w+\./, "")} AS (SELECT * FROM read_parquet(${files})) ${sql}`,
      );
      connection.close();
      return found;
    },
    close() {
      engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

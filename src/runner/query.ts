/** Queries the lake with SQL: an in-memory database in which every table of the program is a view of its current version. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { relationSql } from "../codegen/duckdb/table.ts";
import { duckdbName } from "../codegen/expressions/duckdb.ts";
import { builtTables, type Program, qualifiedName } from "../plan/program.ts";
import { type Connection, createEngine } from "./duckdb.ts";
import type { QueryProblem, QueryResult } from "./duckdb-query.ts";
import { isFailure } from "./errors.ts";
import { createBronzeFiles, type FoundInput } from "./inputs.ts";
import { createLake } from "./lake.ts";
import { countOf, findReadable, inputOf, lakeColumns, type Reading, readingFailure } from "./show.ts";

export interface QueryOptions {
  /** Absolute. */
  readonly lakeFolder: string;
  readonly program: Program;
  readonly sql: string;
  /** The maximum number of rows. */
  readonly limit: number;
}

export interface Queried {
  readonly result: QueryResult | QueryProblem;
  /** The relations that exist as views, and those of the program that are not in the lake. */
  readonly views: readonly string[];
  readonly missing: readonly string[];
  /** By bronze relation that has any: how many records of its file are no rows of it. */
  readonly rejected: Readonly<Record<string, number>>;
}

const LAYERS = ["bronze", "silver", "gold"];
const SCHEMAS = [...LAYERS, ...LAYERS.map((layer) => `quarantine.${layer}`)];

/** Throws a failure if a table of the lake cannot be read. */
export async function queryLake({ lakeFolder, program, sql, limit }: QueryOptions): Promise<Queried> {
  const scratchFolder = await mkdtemp(join(tmpdir(), "medalc-"));
  const engine = await createEngine({
    scratchFolder: join(scratchFolder, "engine"),
    inOrder: true,
    isConfinable: true,
  });
  try {
    const connection = await engine.connect();
    await connection.run("ATTACH ':memory:' AS quarantine");
    for (const schema of SCHEMAS) {
      await connection.run(`CREATE SCHEMA ${schema}`);
    }
    const lake = createLake(lakeFolder);
    const bronzeFiles = createBronzeFiles(scratchFolder);
    const views: string[] = [];
    const missing: string[] = [];
    const rejected: Record<string, number> = {};
    const files: string[] = [];
    const readings: Reading[] = [];
    for (const relation of relationsIn(sql, program)) {
      let found: FoundInput | undefined;
      try {
        found = await findReadable(relation, program, lake, connection);
        const { input, records } = await inputOf(found, lake, bronzeFiles);
        const view = relationSql(relation, lakeColumns(relation, program), program, input);
        await createView(relation, view, connection);
        // It reads the whole file, so it is only done for what the query names by its layer.
        if (records !== undefined && /\bbronze\b/i.test(sql)) {
          const count = records - (await countOf(`FROM (${view})`, connection));
          if (count > 0) rejected[relation] = count;
        }
        files.push(...("files" in input ? input.files : [input.path]));
        readings.push({ relation, found, program, lake });
        views.push(relation);
      } catch (error) {
        const explained = await readingFailure(error, { relation, found, program, lake });
        if (!isFailure(explained) || explained.diagnostics.some(({ code }) => code !== "table-not-built")) {
          throw explained;
        }
        missing.push(relation);
      }
    }
    await engine.confine(files);
    const result = await connection.query(sql, limit);
    if ("kind" in result && result.mayBeOfFiles) await throwDamage(result, readings);
    return { result, views, missing, rejected };
  } finally {
    engine.close();
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

/** Throws the failure of the first relation whose files are not what was written, where a query failed for that. */
async function throwDamage({ message }: QueryProblem, readings: readonly Reading[]): Promise<void> {
  for (const reading of readings) {
    const explained = await readingFailure(new Error(message), reading);
    if (isFailure(explained)) throw explained;
  }
}

/** Those that the text may name, so that a query does not look at a thousand tables to read one; all where it names none. */
function relationsIn(sql: string, program: Program): readonly string[] {
  const text = sql.toLowerCase();
  const all = relationsOf(program);
  const named = all.filter((relation) => text.includes(relation.slice(relation.lastIndexOf(".") + 1).toLowerCase()));
  return named.length === 0 ? all : named;
}

function relationsOf(program: Program): readonly string[] {
  return [
    ...program.bronze.map(({ name }) => `bronze.${name}`),
    ...program.tables.map(qualifiedName),
    ...builtTables(program).map((table) => `quarantine.${qualifiedName(table)}`),
  ];
}

/** `quarantine.silver.orders` is a view of the schema `silver` in the database `quarantine`. */
async function createView(relation: string, sql: string, connection: Connection): Promise<void> {
  const [, database = "", schema = "", name = ""] = /^(quarantine\.)?(\w+)\.(.*)$/s.exec(relation) ?? [];
  await connection.run(`CREATE VIEW ${database}${schema}.${duckdbName(name)} AS ${sql}`);
}

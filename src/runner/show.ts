/** Rows of a relation in the lake, as text for people. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RelationInput } from "../codegen/duckdb/relation-inputs.ts";
import { relationSql } from "../codegen/duckdb/table.ts";
import { duckdbName } from "../codegen/expressions/duckdb.ts";
import { bronzeFile } from "../codegen/shared/bronze-file.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import { duckdbText } from "../functions/canonical-text.ts";
import { type Program, qualifiedName } from "../plan/program.ts";
import type { Span } from "../source.ts";
import { STRING, type Type } from "../types.ts";
import { type Connection, createEngine } from "./duckdb.ts";
import { failure } from "./errors.ts";
import { fileName, newestLoad } from "./extract/land.ts";
import { type BronzeFiles, createBronzeFiles, dataFiles, readTable } from "./inputs.ts";
import { createLake, type Lake } from "./lake.ts";

export interface ShowOptions {
  /** Absolute. */
  readonly lakeFolder: string;
  /** `gold.orders`, `silver.orders`, `bronze.orders` (the rows that fit its columns), `quarantine.silver.orders` */
  readonly relation: string;
  /** How many rows at the most. */
  readonly limit: number;
  readonly program: Program;
}

export interface ShownColumn {
  readonly name: string;
  readonly type: Type;
}

export interface ShownTable {
  readonly columns: readonly ShownColumn[];
  /** Each value as text, null where there is none: decimals with all digits, `2018-01-31`, `2018-01-31T10:00:00.000000Z`. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** How many rows there are in all. */
  readonly total: number;
}

/**
 * The first rows of a relation in the order of its file. Throws a failure (`table-not-built`, `delta-unsupported`) where
 * it is not in the lake or cannot be read. The relation must be one of the program's.
 */
export async function showTable({ lakeFolder, relation, limit, program }: ShowOptions): Promise<ShownTable> {
  const scratchFolder = await mkdtemp(join(tmpdir(), "medalc-"));
  const engine = await createEngine({ scratchFolder: join(scratchFolder, "engine"), inOrder: true });
  try {
    const connection = await engine.connect();
    const files = createBronzeFiles(scratchFolder);
    const { input, columns } = await findRelation(relation, program, createLake(lakeFolder), connection, files);
    const rows = relationSql(relation, columns, program, input);
    const texts = columns.map(({ name, type }) => `${shownText(duckdbName(name), type)} AS ${duckdbName(name)}`);
    const shown = await connection.rows(`SELECT ${texts.join(", ")} FROM (${rows}) LIMIT ${limit}`);
    const [count] = await connection.rows(`SELECT count(*) AS total FROM (${rows})`);
    connection.close();
    return {
      columns,
      rows: shown.map((row) => columns.map(({ name }) => textOrNull(row[name]))),
      total: Number(count?.total),
    };
  } finally {
    engine.close();
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

interface Found {
  readonly input: RelationInput;
  readonly columns: readonly ShownColumn[];
}

const QUARANTINE_COLUMNS = ["source", "reason", "record"].map((name): ShownColumn => ({ name, type: STRING }));

async function findRelation(
  relation: string,
  program: Program,
  lake: Lake,
  connection: Connection,
  files: BronzeFiles,
): Promise<Found> {
  const missing = (span: Span) =>
    failure(diagnostic("table-not-built", span, { relation, name: relation.replace("quarantine.", "") }));
  const bronze = program.bronze.find(({ name }) => `bronze.${name}` === relation);
  if (bronze) {
    const load = await newestLoad(lake.tableFolder(relation), fileName(bronzeFile(bronze.object)));
    if (load === undefined) throw missing(bronze.span);
    return { input: await files.input(bronze, load.path, false, () => undefined), columns: bronze.columns };
  }
  const table = program.tables.find((each) => relation.endsWith(qualifiedName(each)));
  if (table === undefined) throw new Error(`the program has no ${relation}`);
  const snapshot = await readTable(relation, table, lake, connection.rows);
  if (snapshot === undefined) throw missing(table.span);
  return {
    input: { kind: "delta", files: dataFiles(relation, snapshot, lake) },
    columns: relation.startsWith("quarantine.") ? QUARANTINE_COLUMNS : table.columns,
  };
}

function shownText(column: string, type: Type): string {
  return type.kind === "binary" ? `base64(${column})` : duckdbText(type, column);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

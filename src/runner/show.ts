/** Rows of a relation in the lake, as text for people. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RelationInput } from "../codegen/duckdb/relation-inputs.ts";
import { relationSql } from "../codegen/duckdb/table.ts";
import { duckdbName } from "../codegen/expressions/duckdb.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { duckdbText } from "../functions/canonical-text.ts";
import { type Program, qualifiedName, type TablePlan } from "../plan/program.ts";
import type { Span } from "../source.ts";
import { STRING, type Type } from "../types.ts";
import { createEngine } from "./duckdb.ts";
import { failure, isFailure, isSystemError, messageOf } from "./errors.ts";
import {
  type BronzeFiles,
  contentDamage,
  createBronzeFiles,
  dataFiles,
  type FoundInput,
  findRelation,
} from "./inputs.ts";
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
 * The first rows of a relation in the order of its file. Throws a failure where it is not in the lake or cannot be read.
 * The relation must be one of the program's.
 */
export async function showTable({ lakeFolder, relation, limit, program }: ShowOptions): Promise<ShownTable> {
  const lake = createLake(lakeFolder);
  const span = spanOf(relation, program);
  const scratchFolder = await mkdtemp(join(tmpdir(), "medalc-"));
  const engine = await createEngine({ scratchFolder: join(scratchFolder, "engine"), inOrder: true });
  let found: FoundInput | undefined;
  try {
    const connection = await engine.connect();
    const where = { program, lake, readRows: connection.rows, comparesContents: () => false };
    found = await findRelation(relation, where, { span });
    const name = relation.replace("quarantine.", "");
    if (found === undefined) throw failure(diagnostic("table-not-built", span, { relation, name }));
    if (found.damage !== undefined) throw failure(unreadable(relation, found.damage, span));
    const { input, columns } = await toShow(found, program, lake, createBronzeFiles(scratchFolder));
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
  } catch (error) {
    if (isFailure(error)) throw error;
    if (isSystemError(error)) {
      throw failure(diagnostic("lake-access", span, { relation, problem: messageOf(error) }));
    }
    // What the engine stumbles over may be what was changed in a file, which only shows by its content.
    const damage = found && (await contentDamage(found, lake));
    throw damage === undefined ? error : failure(unreadable(relation, damage, span));
  } finally {
    engine.close();
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

function spanOf(relation: string, { bronze, tables }: Program): Span {
  const plan = bronze.find(({ name }) => `bronze.${name}` === relation) ?? tables.find((each) => isOf(relation, each));
  if (plan === undefined) throw new Error(`the program has no ${relation}`);
  return plan.span;
}

function isOf(relation: string, table: TablePlan): boolean {
  return [qualifiedName(table), `quarantine.${qualifiedName(table)}`].includes(relation);
}

function unreadable(relation: string, problem: string, span: Span): Diagnostic {
  const hint = `\`medalc run --verify --select ${relation.replace("quarantine.", "")}\` repairs it.`;
  return diagnostic("lake-unreadable", span, { relation, problem }, { hint });
}

interface ToShow {
  readonly input: RelationInput;
  readonly columns: readonly ShownColumn[];
}

const QUARANTINE_COLUMNS = ["source", "reason", "record"].map((name): ShownColumn => ({ name, type: STRING }));

async function toShow(
  { relation, bronze, snapshot }: FoundInput,
  program: Program,
  lake: Lake,
  files: BronzeFiles,
): Promise<ToShow> {
  if (bronze) {
    const input = await files.input(bronze.plan, bronze.load.path, false, () => undefined);
    return { input, columns: bronze.plan.columns };
  }
  const table = program.tables.find((each) => qualifiedName(each) === relation);
  return {
    input: { kind: "delta", files: dataFiles(relation, snapshot, lake) },
    columns: table?.columns ?? QUARANTINE_COLUMNS,
  };
}

function shownText(column: string, type: Type): string {
  return type.kind === "binary" ? `base64(${column})` : duckdbText(type, column);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

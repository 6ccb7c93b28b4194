/** Reads rows of a table in the lake for `medalc show`: filtered, sorted, a page of them, as text. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CsvInput, DeltaInput, JsonInput } from "../codegen/duckdb/relation-inputs.ts";
import { expressionText, orderText, type Rows } from "../codegen/duckdb/rows.ts";
import { relationSql } from "../codegen/duckdb/table.ts";
import { duckdbName } from "../codegen/expressions/duckdb.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { duckdbText } from "../functions/canonical-text.ts";
import {
  type Expr,
  type Program,
  qualifiedName,
  type SortKeyExpr,
  type TablePlan,
  type Typed,
} from "../plan/program.ts";
import { QUARANTINE_COLUMNS } from "../semantics/check/query.ts";
import type { Span } from "../source.ts";
import type { Type } from "../types.ts";
import { type Connection, createEngine } from "./duckdb.ts";
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
import { findVersion, type WantedVersion } from "./versions.ts";

export interface ShowOptions {
  /** Absolute. */
  readonly lakeFolder: string;
  /** `gold.orders`, `silver.orders`, `bronze.orders` (the rows that fit its columns), `quarantine.silver.orders` */
  readonly relation: string;
  readonly program: Program;
  /** The names of the columns, in order; all of them by default. */
  readonly columns?: readonly string[];
  /** Of the relation's columns. */
  readonly where?: Expr;
  /** The order in the files by default. */
  readonly order?: readonly SortKeyExpr[];
  /** The number of rows to skip. */
  readonly offset?: number;
  /** The maximum number of rows. */
  readonly limit: number;
  /** The newest version by default. Only of a relation that is stored as a Delta table. */
  readonly version?: WantedVersion;
}

export interface ShownColumn extends Typed {
  readonly name: string;
}

export interface ShownTable {
  readonly columns: readonly ShownColumn[];
  /** Each value as text, null where there is none: decimals with all digits, `2018-01-31`, `2018-01-31T10:00:00.000000Z`. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** How many rows of the relation there are, or of those that `where` keeps. */
  readonly total: number;
  /** Of a bronze relation: how many records of its file are no rows of it. */
  readonly rejected?: number;
}

/** Throws a failure where the relation is not in the lake or cannot be read. It and the columns must be the program's. */
export async function showTable(options: ShowOptions): Promise<ShownTable> {
  const { lakeFolder, relation, program, where, order = [], offset = 0, limit } = options;
  const lake = createLake(lakeFolder);
  const scratchFolder = await mkdtemp(join(tmpdir(), "medalc-"));
  const engine = await createEngine({ scratchFolder: join(scratchFolder, "engine"), inOrder: true });
  let found: FoundInput | undefined;
  try {
    const connection = await engine.connect();
    const columns = lakeColumns(relation, program);
    found = await (options.version === undefined
      ? findReadable(relation, program, lake, connection)
      : findVersion(options.version, {
          ...{ relation, columns, lake, readRows: connection.rows },
          span: planOf(relation, program).span,
        }));
    const { input, records } = await inputOf(found, lake, createBronzeFiles(scratchFolder));
    const select = relationSql(relation, columns, program, input);
    const rows: Rows = {
      from: `(${select})`,
      columns: columns.map((column) => ({ ...column, sql: duckdbName(column.name) })),
    };
    const shown = options.columns?.flatMap((name) => columns.find((each) => each.name === name) ?? []) ?? columns;
    const texts = shown.map(({ name, type }) => `${shownText(duckdbName(name), type)} AS ${duckdbName(name)}`);
    const kept = `FROM ${rows.from}${where === undefined ? "" : ` WHERE ${expressionText(where, rows)}`}`;
    const ordered = order.length === 0 ? "" : ` ORDER BY ${orderText(order, rows)}`;
    // In a subquery: otherwise ORDER BY would refer to the columns that are converted to text.
    const page = `SELECT * ${kept}${ordered} LIMIT ${limit} OFFSET ${offset}`;
    const values = await connection.rows(`SELECT ${texts.join(", ")} FROM (${page})`);
    const total = await countOf(kept, connection);
    const rejected = records && records - (where === undefined ? total : await countOf(`FROM (${select})`, connection));
    connection.close();
    return {
      columns: shown,
      rows: values.map((row) => shown.map(({ name }) => textOrNull(row[name]))),
      total,
      ...(rejected === undefined ? {} : { rejected }),
    };
  } catch (error) {
    throw await readingFailure(error, { relation, found, program, lake });
  } finally {
    engine.close();
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

/** The columns that a relation of the program has in the lake. */
export function lakeColumns(relation: string, program: Program): readonly ShownColumn[] {
  if (relation.startsWith("quarantine.")) return QUARANTINE_COLUMNS;
  return planOf(relation, program).columns;
}

/** Finds a relation in the lake. Throws a failure if it is missing or damaged. */
export async function findReadable(
  relation: string,
  program: Program,
  lake: Lake,
  connection: Connection,
): Promise<FoundInput> {
  const { span } = planOf(relation, program);
  const surroundings = { program, lake, readRows: connection.rows, comparesContents: () => false };
  const found = await findRelation(relation, surroundings, { span });
  const name = relation.replace("quarantine.", "");
  if (found === undefined) throw failure(diagnostic("table-not-built", span, { relation, name }));
  if (found.damage !== undefined) throw failure(unreadable(relation, found.damage, span));
  return found;
}

/** The input for DuckDB of a relation. `records`: the number of records in the file of a bronze relation. */
export async function inputOf(
  found: FoundInput,
  lake: Lake,
  files: BronzeFiles,
): Promise<{ readonly input: CsvInput | JsonInput | DeltaInput; readonly records?: number }> {
  const { relation, bronze, snapshot } = found;
  if (bronze === undefined) return { input: { kind: "delta", files: dataFiles(relation, snapshot, lake) } };
  const { input, records } = await files.ready(bronze.plan, bronze.load.path, true, () => undefined);
  return { input, records };
}

/** How many rows the rest of a query, `FROM …`, gives. */
export async function countOf(rest: string, connection: Connection): Promise<number> {
  const [count] = await connection.rows(`SELECT count(*) AS total ${rest}`);
  return Number(count?.total);
}

export interface Reading {
  readonly relation: string;
  /** Undefined where it was not found yet. */
  readonly found: FoundInput | undefined;
  readonly program: Program;
  readonly lake: Lake;
}

/** The failure that explains an error while reading a relation; otherwise the error itself. */
export async function readingFailure(error: unknown, { relation, found, program, lake }: Reading): Promise<unknown> {
  if (isFailure(error)) return error;
  const { span } = planOf(relation, program);
  if (isSystemError(error)) return failure(diagnostic("lake-access", span, { relation, problem: messageOf(error) }));
  // The cause may be a damaged file, which only its checksum shows.
  const damage = found && (await contentDamage(found, lake));
  if (damage !== undefined) return failure(unreadable(relation, damage, span));
  const text = messageOf(error);
  if (/^Out of Memory Error: /.test(text)) {
    return failure(diagnostic("run-out-of-memory", span, { table: relation, problem: withoutKind(text) }));
  }
  // Of a file whose content is not on record.
  if (IS_OF_FILE.test(text)) return failure(unreadable(relation, withoutKind(text), span));
  return error;
}

/** What DuckDB says of files that it cannot read. */
const IS_OF_FILE =
  /^(?:IO|Invalid|Invalid Input|Serialization) Error: .*(?:\bfile\b|parquet|magic bytes|TProtocolException)/i;

function withoutKind(text: string): string {
  return text.replace(/^[A-Z][A-Za-z ]*: /, "");
}

function planOf(relation: string, { bronze, tables }: Program): Pick<TablePlan, "columns" | "span"> {
  const name = relation.replace(/^quarantine\./, "");
  const plan =
    bronze.find((each) => `bronze.${each.name}` === name) ?? tables.find((each) => qualifiedName(each) === name);
  if (plan === undefined) throw new Error(`the program has no ${relation}`);
  return plan;
}

function unreadable(relation: string, problem: string, span: Span): Diagnostic {
  const hint = `\`medalc run --verify --select ${relation.replace("quarantine.", "")}\` repairs it.`;
  return diagnostic("lake-unreadable", span, { relation, problem }, { hint });
}

function shownText(column: string, type: Type): string {
  return type.kind === "binary" ? `base64(${column})` : duckdbText(type, column);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

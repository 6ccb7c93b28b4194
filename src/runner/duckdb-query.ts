/** Runs a user's query on DuckDB: a single SELECT; returns its rows as plain values, or its error with the position. */
import { type DuckDBConnection, DuckDBTypeId, type Json, StatementType } from "@duckdb/node-api";

/** A JSON value; values without an exact JSON form (decimals, long numbers, times, inf) are text. */
export type QueryValue = string | number | boolean | null;

export interface QueryColumn {
  readonly name: string;
  /** As DuckDB writes it: `DECIMAL(10,2)`. */
  readonly type: string;
  readonly isNumber: boolean;
}

export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly (readonly QueryValue[])[];
  /** Whether the result has no more rows. */
  readonly isComplete: boolean;
}

/** What is wrong with a query. `position` is the byte offset in its text. */
export interface QueryProblem {
  readonly kind: "not-a-select" | "refused" | "sql";
  readonly message: string;
  readonly position?: number;
  /** Similar names. */
  readonly candidates?: readonly string[];
  /** The engine failed while it read, so that a file may be other than it was written. */
  readonly mayBeOfFiles?: boolean;
}

/** DuckDB's errors that come from the text of a query or its values, and not from the files. */
const OF_THE_TEXT: ReadonlySet<string> = new Set([
  ...["Binder", "Catalog", "Conversion", "Constraint", "Decimal", "Dependency", "Divide by Zero", "Invalid type"],
  ...["Mismatch Type", "Not implemented", "Out of Range", "Parameter Not Allowed", "Parser", "Permission", "Syntax"],
]);

/** The first rows of a query, or what is wrong with it, on a connection that reports errors as JSON. */
export async function runQuery(
  connection: DuckDBConnection,
  sql: string,
  limit: number,
): Promise<QueryResult | QueryProblem> {
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) {
      return { kind: "not-a-select", message: `expected one SELECT statement, found ${statements.count} statements` };
    }
    const prepared = await statements.prepare(0);
    if (prepared.statementType !== StatementType.SELECT) {
      const type = StatementType[prepared.statementType];
      return { kind: "not-a-select", message: `expected a SELECT statement, found ${type}` };
    }
    const reader = await prepared.streamAndReadUntil(limit + 1);
    const columns = reader.deduplicatedColumnNames().map((name, index) => {
      const type = reader.columnType(index);
      return { name, type: type.toString(), isNumber: NUMBERS.has(type.typeId), typeId: type.typeId };
    });
    const rows = reader.getRowsJson();
    return {
      columns: columns.map(({ typeId: _, ...column }) => column),
      rows: rows
        .slice(0, limit)
        .map((row) => columns.map(({ typeId }, index) => plainValue(row[index] ?? null, typeId))),
      isComplete: rows.length <= limit,
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return problemOf(error, sql);
  }
}

const NUMBERS: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DECIMAL,
]);

const INSTANTS: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.TIMESTAMP, DuckDBTypeId.TIMESTAMP_TZ]);

/** How doubles that are not JSON numbers are written. */
const NOT_FINITE: ReadonlyMap<Json, string> = new Map([
  ["Infinity", "inf"],
  ["-Infinity", "-inf"],
  ["NaN", "nan"],
]);

function plainValue(value: Json, typeId: DuckDBTypeId): QueryValue {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value !== "string") return JSON.stringify(value);
  if (typeId === DuckDBTypeId.DECIMAL || !NUMBERS.has(typeId)) return INSTANTS.has(typeId) ? instantText(value) : value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : (NOT_FINITE.get(value) ?? value);
}

/** `2018-01-31 10:00:00+00` as `2018-01-31T10:00:00.000000Z`. */
function instantText(text: string): string {
  const [, date, time, fraction = ""] = /^(.*) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?:\+00)?$/.exec(text) ?? [];
  return date === undefined ? text : `${date}T${time}.${fraction.padEnd(6, "0")}Z`;
}

interface DuckDBProblem {
  readonly exception_type: string;
  readonly exception_message: string;
  readonly position?: string;
  readonly candidates?: string;
}

function problemOf(error: Error, sql: string): QueryProblem {
  const start = error.message.indexOf("{");
  let problem: DuckDBProblem;
  try {
    problem = JSON.parse(error.message.slice(start));
  } catch {
    // For a text without a statement the binding throws an error that is not JSON.
    const isEmpty = withoutComments(sql).trim() === "";
    return isEmpty ? { kind: "not-a-select", message: "the query is empty" } : { kind: "sql", message: error.message };
  }
  const [message = ""] = problem.exception_message.split("\n");
  return {
    kind: problem.exception_type === "Permission" ? "refused" : "sql",
    message,
    ...(OF_THE_TEXT.has(problem.exception_type) ? {} : { mayBeOfFiles: true }),
    ...(problem.position === undefined ? {} : { position: Number(problem.position) }),
    ...(problem.candidates === undefined
      ? {}
      : { candidates: problem.candidates.split(",").map((each) => each.trim()) }),
  };
}

function withoutComments(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*.*?\*\//gs, "").replaceAll(";", "");
}

/** Extracts tables from PostgreSQL: a streamed COPY, every value as the database's own text. */
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { postgresName, textsQuery, unusedName } from "../../codegen/shared/postgres-query.ts";
import { sourceError } from "./failures.ts";
import { checkLines, type Fetched, type FetchRequest, writeMeasured } from "./fetcher.ts";
import { linesOf } from "./lines.ts";
import { beginRange } from "./postgres-range.ts";
import { createRowSum, type RangeFetched, type RangeRequest, tailOf } from "./range.ts";
import { withRetries } from "./retry.ts";
import type { ReachedSource } from "./sources.ts";

type Postgres = Extract<ReachedSource, { readonly kind: "postgres" }>;

/** Makes texts independent of the settings of the server and the user. */
const SETTINGS = [
  "SET datestyle = 'ISO, YMD'",
  "SET intervalstyle = 'iso_8601'",
  "SET timezone = 'UTC'",
  "SET extra_float_digits = 1",
  "SET bytea_output = 'hex'",
  "SET default_transaction_read_only = on",
];

export async function fetchFromPostgres(source: Postgres, request: FetchRequest): Promise<Fetched> {
  const { previous, retry } = request;
  const fetched = await withRetries(
    () => connected(source, request, (client, table) => copyRows(client, table, request)),
    retry,
  );
  return fetched.sha256 === previous?.facts.sha256 ? "unchanged" : fetched;
}

/** The rows of a range, and the highest value that bounds it, of one snapshot. */
export function fetchRangeFromPostgres(
  source: Postgres,
  request: FetchRequest,
  range: RangeRequest,
): Promise<RangeFetched> {
  const fetchOnce = async (client: pg.Client, table: Table): Promise<RangeFetched> => {
    const { highest, condition, tailCondition } = await beginRange(client, table, table.columns, range);
    const facts = await copyRows(client, { ...table, condition }, request);
    const sum = createRowSum();
    const tail = client.query(copyTo(copyStatement({ ...table, condition: tailCondition })));
    for await (const line of linesOf(tail)) sum.add(line);
    checkLines(sum.rows().rows, tail.rowCount, "rows");
    await client.query("COMMIT");
    return { ...facts, highest, tail: tailOf(sum, range, highest) };
  };
  return withRetries(() => connected(source, request, fetchOnce), request.retry);
}

export interface Table {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** Only the rows for which this SQL condition is true. */
  readonly condition?: string;
}

async function connected<Result>(
  source: Postgres,
  { object, columns, retry }: FetchRequest,
  work: (client: pg.Client, table: Table) => Promise<Result>,
): Promise<Result> {
  if (object.kind !== "table") throw new Error(`PostgreSQL has no ${object.kind}`);
  const { schema, table } = object;
  const names = columns.map(({ name }) => name);
  checkNames(schema, table, names);
  const client = await connect(source, retry.patience);
  const stop = () => void client.end();
  retry.signal.addEventListener("abort", stop);
  try {
    for (const setting of SETTINGS) await client.query(setting);
    return await work(client, { schema, table, columns: names });
  } finally {
    retry.signal.removeEventListener("abort", stop);
    await client.end().catch(() => undefined);
  }
}

async function copyRows(client: pg.Client, table: Table, { path, onBytes }: FetchRequest) {
  const rows = client.query(copyTo(copyStatement(table)));
  const { lines, ...facts } = await writeMeasured(rows, path, onBytes);
  checkLines(lines, rows.rowCount, "rows");
  return { ...facts, records: lines };
}

/** PostgreSQL silently truncates longer names. */
const LONGEST_NAME = 63;

/**
 * JSON has no control characters, so with two of them as quote and delimiter nothing is ever quoted, and each line is the
 * JSON itself. The alias for the whole row is a name that no column has.
 */
export function copyStatement({ schema, table, columns, condition }: Table): string {
  const row = postgresName(unusedName("row", columns));
  const where = condition === undefined ? "" : ` WHERE ${condition}`;
  const rows = `SELECT row_to_json(${row})::text FROM (${textsQuery(schema, table, columns)}${where}) AS ${row}`;
  return `COPY (${rows}) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02', ENCODING 'UTF8')`;
}

function checkNames(schema: string, table: string, columns: readonly string[]): void {
  const isTooLong = (name: string) => Buffer.byteLength(name) > LONGEST_NAME || name.includes("\0");
  if ([schema, table].some(isTooLong)) throw sourceError({ kind: "object" }, "the name is too long for PostgreSQL");
  const column = columns.find(isTooLong);
  if (column !== undefined) throw sourceError({ kind: "column" }, `column "${column}" does not exist`);
}

/** The TLS options of a connection, by `sslmode`. A server on this machine is reached without a network, so without TLS. */
function tlsOf({ host, sslmode }: Postgres): pg.ClientConfig["ssl"] {
  if (["localhost", "127.0.0.1", "::1"].includes(host) || host.startsWith("/")) return false;
  switch (sslmode) {
    case "disable":
      return false;
    case "require":
      return { host, rejectUnauthorized: false };
    case "verify-ca":
      return { host, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    default:
      // Node verifies against `host`; without it, an IP address would be taken for `localhost`.
      return { host, rejectUnauthorized: true };
  }
}

async function connect(source: Postgres, patience: number): Promise<pg.Client> {
  const { host, port, database, user, password } = source;
  const client = new pg.Client({
    ...{ host, port, database, user, password },
    ssl: tlsOf(source),
    connectionTimeoutMillis: patience,
    application_name: "medalc",
    keepAlive: true,
  });
  // An error of an idle connection is reported by its next use.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const isTimeout = error instanceof Error && error.message === "timeout expired";
    if (!isTimeout) throw error;
    throw sourceError({ kind: "timeout" }, `no response from ${host}:${port} within ${patience / 1000} seconds`);
  }
  return client;
}

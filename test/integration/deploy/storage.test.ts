import { rootCertificates, setDefaultCACertificates } from "node:tls";
import { expect, it } from "vitest";
import { createRecords } from "../../../src/deploy/services/records.ts";
import { connectContainer, createStorage } from "../../../src/deploy/services/storage.ts";
import { checkStorage } from "../../../src/deploy/services/storage-doctor.ts";
import { containerObject, problemOf, startLake } from "../../deploy/services/lake.ts";
import type { Fault } from "../../fakes/http.ts";
import { startSecureStorage } from "../../fakes/storage.ts";

const lake = await startLake();

it("has a container as an object with its mark", async () => {
  const container = lake.connect();
  const name = container.client.containerName;
  const storage = createStorage(container);
  expect(await storage.read([])).toEqual([]);
  await storage.write(containerObject(name));
  await storage.write(containerObject(name));
  const id = { service: "storage", kind: "container", name };
  expect(await storage.read([])).toEqual([{ ...id, body: {}, needs: [], project: "olist" }]);
});

it("marks a container that was there, and leaves it with its data when it takes the mark off", async () => {
  const container = lake.connect({ project: "São Paulo" });
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

it("removes the files of the table that is named, and no others", async () => {
  const container = lake.connect();
  const { client } = container;
  await client.create();
  const names = ["gold/orders/_delta_log/0.json", "gold/orders/a.parquet", "gold/orders_2/a.parquet", "gold/x"];
  names.push("quarantine/gold/orders/a.parquet");
  for (const name of names) await client.getBlockBlobClient(name).upload("rows", 4);
  const table = (name: string) => ({ service: "storage", kind: "table", name }) as const;
  const storage = createStorage(container);
  const read = await storage.read([table("gold.orders"), table("gold.items")]);
  expect(read.map(({ name }) => name)).toEqual([client.containerName, "gold.orders"]);
  await storage.remove(table("gold.orders"));
  const left: string[] = [];
  for await (const { name } of client.listBlobsFlat()) left.push(name);
  expect(left).toEqual(["gold/orders_2/a.parquet", "gold/x"]);
  for (const name of ["", "gold", "gold.", "gold/orders", "..gold", ".medalc.olist", "quarantine.gold"]) {
    await expect(storage.remove(table(name))).rejects.toThrow("is no table");
  }
});

it("keeps records whole, apart for each project, whatever its name", async () => {
  const records = await lake.records({ project: "../olist" });
  expect(records.pathOf("current.json")).toBe(".medalc/%2E%2E%2Folist/current.json");
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

it("has no records where there is no container", async () => {
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

it("says what is wrong with a service that stays busy, does not answer or refuses", async () => {
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

it("is checked before a deployment, without a write", async () => {
  const container = lake.connect();
  const name = container.client.containerName;
  lake.faults.restart();
  expect(await checkStorage(container)).toEqual([
    { kind: "fine", what: `container ${name}`, detail: "is not there yet: the first deployment creates it" },
  ]);
  await createStorage(container).write(containerObject(name));
  expect(await checkStorage(container)).toMatchObject([
    { kind: "fine", detail: "is there and can be read" },
    { kind: "fine", what: `roles on ${name}`, detail: "allow to write" },
  ]);
  expect(await createRecords(container).read("lease")).toBeUndefined();

  lake.faults.restart();
  lake.faults.at(2, {
    kind: "answer",
    answer: { status: 403, headers: { "x-ms-error-code": "AuthorizationPermissionMismatch" } },
  });
  const [, roles] = await checkStorage(container);
  expect(roles?.kind === "wrong" && roles.problems[0]?.hint).toContain("Storage Blob Data Contributor");
  lake.faults.restart();
});

it("sends tokens of Entra by TLS, and by nothing else", async () => {
  const claims = {
    aud: "https://storage.azure.com",
    iss: "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
  };
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "none", typ: "JWT" })}.${part({ ...claims, nbf: now - 60, iat: now - 60, exp: now + 600 })}.x`;
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 600_000 }) };
  const signal = new AbortController().signal;
  const usual = { container: "lake", project: "olist", credential, signal, pause: 1 };

  await using secure = await startSecureStorage();
  setDefaultCACertificates([...rootCertificates, secure.certificate]);
  const storage = createStorage(connectContainer({ ...usual, url: secure.url }));
  await storage.write(containerObject("lake"));
  expect(await storage.read([])).toHaveLength(1);

  const { length } = lake.storage.log;
  expect(() => connectContainer({ ...usual, url: lake.storage.url })).toThrow("no address that a token may be sent to");
  expect(lake.storage.log).toHaveLength(length);
});

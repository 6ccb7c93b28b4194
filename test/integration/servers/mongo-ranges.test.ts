/** What is new in collections of a real server with MongoDB's protocol: values of each type, mixed types, and missing ones. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BSON, type Collection, Double, Long, MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createLoading, type Loading } from "../../runner/loading.ts";
import { type MongoServer, startMongo } from "../../support/servers/mongo.ts";

let server: MongoServer;
let client: MongoClient;
beforeAll(async () => {
  server = await startMongo();
  client = await MongoClient.connect(server.uri);
}, 120_000);
afterAll(async () => {
  await client?.close();
  await server?.stop();
});

const PROGRAM = (load: string, type: string) => `project shop { lake = adls { account: "shop", container: "lake" } }
secret uri = keyvault("shop-kv", "uri")
source store = mongodb { uri: secret.uri, database: "olist_data" }
bronze t from store.collection("t") {
  load ${load}
  id: int
  at: ${type}
}
`;

async function ranged(type: string, documents: readonly BSON.Document[], load = "append by at") {
  const collection: Collection = client.db(server.database).collection("t");
  await collection.drop().catch(() => undefined);
  if (documents.length > 0) await collection.insertMany([...documents]);
  const loading = createLoading(PROGRAM(load, type));
  onTestFinished(() => loading.remove());
  return Object.assign(loading, { collection, next: () => loading.load("t", { secret: () => server.uri }) });
}

/** The ids of the documents that the newest load contains. */
function newest({ lake, folders }: Loading): readonly unknown[] {
  const text = readFileSync(join(lake.loadsFolder("t"), folders("t").at(-1) ?? "", "t.jsonl"), "utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).id);
}

const date = (text: string) => new Date(text);

it.each<readonly [string, unknown, string, unknown]>([
  ["int", 7, "7", 8],
  ["long", Long.fromString("9223372036854775806"), "9223372036854775806", Long.fromString("9223372036854775807")],
  ["int", new Double(7), "7", 9],
  ["decimal(10,2)", 0.3, "0.30", 0.31],
  ["decimal(10,2)", -5, "-5.00", 12.25],
  ["timestamp", date("1969-12-31T23:59:59.999Z"), "1969-12-31T23:59:59.999000Z", date("2026-01-31T06:00:00Z")],
  ["date", date("2026-01-31T00:00:00Z"), "2026-01-31", date("2026-02-01T00:00:00Z")],
  ["date", "2026-01-31", "2026-01-31", "2026-02-01"],
  ["timestamp", "2026-01-31T06:00:00Z", "2026-01-31T06:00:00.000000Z", "2026-01-31T06:00:01Z"],
  ["timestamp", "2026-01-31 06:00:00.123", "2026-01-31T06:00:00.123000Z", "2026-01-31 06:00:00.124"],
])("%s: %s is %s", async (type, first, text, second) => {
  const t = await ranged(type, [{ id: 1, at: first }]);
  expect(await t.next()).toBe(`ok 1 row, at to ${text}`);
  expect(await t.next()).toBe("unchanged");
  await t.collection.insertMany([
    { id: 2, at: second },
    { id: 3, at: second },
  ]);
  expect(await t.next()).toContain(`ok 3 rows, at ${text} to `);
  expect(newest(t)).toEqual([1, 2, 3]);
  expect(await t.next()).toBe("unchanged");
  await t.collection.insertOne({ id: 4, at: second });
  expect(await t.next()).toContain("ok 3 rows");
  expect(newest(t)).toEqual([2, 3, 4]);
});

it("documents without a value, or with one that the type does not have, are part of each load", async () => {
  const t = await ranged("int", [
    { id: 1 },
    { id: 2, at: null },
    { id: 3, at: -(2 ** 40) },
    { id: 4, at: 2 ** 40 },
    { id: 5, at: 5 },
  ]);
  expect(await t.next()).toBe("ok 5 rows, at to 5");
  expect(await t.next()).toBe("unchanged");
  await t.collection.insertOne({ id: 6, at: 6 });
  expect(await t.next()).toBe("ok 6 rows, at 5 to 6");
  await t.collection.insertOne({ id: 7 });
  expect(await t.next()).toBe("ok 6 rows, at 6 to 6");
  expect(newest(t)).toEqual([1, 2, 3, 4, 6, 7]);
});

it("an empty collection, then only missing values, then values", async () => {
  const t = await ranged("int", [{ id: 1 }]);
  expect(await t.next()).toBe("ok 1 row");
  expect(await t.next()).toBe("unchanged");
  await t.collection.insertOne({ id: 2, at: 1 });
  expect(await t.next()).toBe("ok 2 rows, at to 1");
  await t.collection.deleteMany({});
  expect(await t.next()).toContain(
    "source-went-back: the source store went back: the highest at of bronze.t is no value now, and was 1",
  );
});

it.each<readonly [string, readonly unknown[], string]>([
  ["timestamp", [date("2026-01-31T06:00:00Z"), "2026-01-31T06:00:00Z"], "the date 2026-01-31T06:00:00Z"],
  ["timestamp", ["2026-01-31T06:00:00Z", "2026-01-31T06:00:00.5Z"], 'the string "2026-01-31T06:00:00Z"'],
  ["timestamp", ["2026-01-31T06:00:00Z", "31/01/2026"], 'the string "31/01/2026"'],
  ["timestamp", ["2026-01-31T06:00:00+02:00"], 'the string "2026-01-31T06:00:00+02:00"'],
  ["timestamp", [5], "the number 5"],
  ["date", [date("2026-01-31T06:00:00Z")], "the date 2026-01-31T06:00:00Z"],
  ["int", [1, "2"], 'the string "2"'],
  ["int", [1, 1.5, 2], "the number 1.5"],
  ["int", [1, true], "the value true"],
])("%s: %j have no order", async (type, values, found) => {
  const t = await ranged(
    type,
    values.map((at, id) => ({ id, at })),
  );
  const said = await t.next();
  expect(said).toContain("source-column-type: the source store does not have the order of bronze.t: at is ");
  expect(said).toContain(found);
  expect(t.folders("t")).toEqual([]);
});

it("lag: documents that become visible late are loaded", async () => {
  const t = await ranged("timestamp", [{ id: 1, at: date("2026-01-31T06:00:00Z") }], "append by at lag 1 hour");
  await t.next();
  await t.collection.insertMany([
    { id: 2, at: date("2026-01-31T05:00:00Z") },
    { id: 3, at: date("2026-01-31T04:59:59.999Z") },
  ]);
  expect(await t.next()).toBe("ok 2 rows, at 2026-01-31T05:00:00.000000Z to 2026-01-31T06:00:00.000000Z");
  expect(newest(t)).toEqual([1, 2]);
});

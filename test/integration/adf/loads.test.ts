/**
 * The pipelines of Data Factory against real databases: several loads in a row, of which the rows that count are compared
 * with what the source has.
 */
import { BSON, MongoClient } from "mongodb";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LOADS } from "../../codegen/adf/loads.ts";
import { emitted, gitObjects } from "../../codegen/adf/support.ts";
import { contextOf, programOf } from "../../codegen/support/compile.ts";
import { createContainer } from "../../support/factory/container.ts";
import type { Value } from "../../support/factory/expressions.ts";
import { type FactoryWorld, runPipeline } from "../../support/factory/run.ts";
import { type MongoServer, startMongo } from "../../support/servers/mongo.ts";
import { type PostgresServer, startPostgres } from "../../support/servers/postgres.ts";

const objects = gitObjects(emitted(programOf(LOADS), contextOf({})));

let postgres: PostgresServer;
let admin: pg.Client;
let mongo: MongoServer;
let client: MongoClient;

beforeAll(async () => {
  [postgres, mongo] = await Promise.all([startPostgres(), startMongo()]);
  admin = await postgres.admin();
  client = await MongoClient.connect(mongo.uri);
  // Not the zone of the texts: nothing may depend on it.
  await admin.query("SET timezone = 'America/Sao_Paulo'");
});

afterAll(async () => {
  await admin.end();
  await client.close();
  await Promise.all([postgres.stop(), mongo.stop()]);
});

interface LoadRecord {
  readonly id: string;
  readonly mode: string;
  readonly records: number;
  readonly from?: string;
  readonly to?: string;
}

/** How the service writes a date of BSON is not documented: each form that readers know has to work. */
type DateForm = "relaxed" | "canonical" | "milliseconds" | "text";

function createWorld(dateForm: DateForm = "relaxed") {
  const clock = { time: Date.parse("2026-03-15T06:00:00Z") };
  const container = createContainer(() => clock.time);
  const world: FactoryWorld = {
    objects,
    container,
    now: () => new Date(clock.time),
    postgres: async (query) => (await admin.query(query)).rows,
    async mongodb(collection, { filter = "{}", cursorMethods }) {
      const { project, sort, limit = 0 } = Object(cursorMethods);
      const parsed = (text: string): BSON.Document => BSON.EJSON.parse(text, { relaxed: false });
      const found = client
        .db(mongo.database)
        .collection(collection)
        .find(parsed(String(filter)), { limit, ...(sort ? { sort: parsed(sort) } : {}) })
        .project(parsed(project ?? "{}"));
      return (await found.toArray()).map((document) => written(document, dateForm));
    },
  };
  const folder = (table: string) => `bronze/${table}/load=`;
  const records = (table: string): readonly LoadRecord[] =>
    [...container.files]
      .filter(([path]) => path.startsWith(folder(table)) && path.endsWith("/_load.json"))
      .map(([path, { content }]) => ({
        id: path.slice(folder(table).length).split("/")[0] ?? "",
        ...JSON.parse(content),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  const rows = (table: string, id: string): readonly Readonly<Record<string, unknown>>[] =>
    [...container.files]
      .filter(([path]) => path.startsWith(`${folder(table)}${id}/`) && !path.includes("/_"))
      .flatMap(([, { content }]) => content.split("\n").filter((line) => line !== ""))
      .map((line) => JSON.parse(line));
  return {
    ...{ container, world, records, rows },
    async load(pipeline: string, table: string, parameters: Readonly<Record<string, Value>> = {}) {
      clock.time += 3_600_000;
      const id = new Date(clock.time).toISOString().replace(/[-:]|\.000/g, "");
      await runPipeline(world, pipeline, { load: id, tables: [itemOf(pipeline, table)], ...parameters });
      return id;
    },
    /** The rows that count, by the rules of docs/language/time.md: a later load replaces the range that it contains. */
    appended(table: string, numberIn: (row: Readonly<Record<string, unknown>>) => number) {
      const all = records(table);
      const since = all.slice(all.findLastIndex(({ from }) => from === undefined));
      return since.flatMap((load, index) => {
        const before = Math.min(...since.slice(index + 1).map(({ from }) => Number(from)));
        return rows(table, load.id).filter((row) => !(numberIn(row) >= before));
      });
    },
  };
}

function itemOf(pipeline: string, table: string): Value {
  const { tables } = Object(objects.find(({ name }) => name === pipeline)?.properties.parameters);
  const item = tables.defaultValue.find((each: { readonly table: string }) => each.table === table);
  if (item === undefined) throw new Error(`${pipeline} has no ${table}`);
  return item;
}

function written(document: BSON.Document, form: DateForm): string {
  if (form !== "text" && form !== "milliseconds")
    return BSON.EJSON.stringify(document, { relaxed: form === "relaxed" });
  const dates = Object.entries(document).map(([name, value]) => {
    if (!(value instanceof Date)) return [name, value];
    return [name, form === "text" ? value.toISOString() : { $date: value.getTime() }];
  });
  return JSON.stringify(Object.fromEntries(dates));
}

it("loads added rows of PostgreSQL once, late ones too, and nothing if nothing is new", async () => {
  await admin.query("CREATE TABLE clicks (id integer, url text)");
  const { load, records, rows, appended } = createWorld();
  const run = (parameters = {}) => load("pl_ingest_erp_range", "clicks", parameters);
  const source = async () =>
    (await admin.query("SELECT id::text, url::text FROM clicks ORDER BY clicks.id, clicks.url")).rows;
  const counted = () =>
    [...appended("clicks", ({ id }) => Number(id))].sort(
      (a, b) => Number(a.id) - Number(b.id) || (String(a.url) < String(b.url) ? -1 : 1),
    );

  await run();
  expect(records("clicks")).toMatchObject([{ mode: "append by id: long", records: 0 }]);
  await admin.query("INSERT INTO clicks SELECT n, 'a' FROM generate_series(1, 100) AS n");
  const first = await run();
  expect(records("clicks").at(-1)).toEqual({
    id: first,
    bytes: -1,
    mode: "append by id: long",
    records: 100,
    to: "100",
  });
  // Equal rows, one with the highest value, a late one within the lag, and new ones.
  await admin.query("INSERT INTO clicks VALUES (100, 'a'), (100, 'a'), (95, 'late'), (101, 'b')");
  const second = await run();
  expect(records("clicks").at(-1)).toMatchObject({ from: "90", to: "101", records: 15 });
  expect(counted()).toEqual(await source());
  // The first load after the last new row has another range; then nothing is new.
  await run();
  const before = records("clicks");
  await run();
  expect(records("clicks")).toEqual(before);
  expect(counted()).toEqual(await source());
  // What arrives late is loaded although no value is higher.
  await admin.query("INSERT INTO clicks VALUES (93, 'late')");
  await run();
  expect(records("clicks").length).toBe(before.length + 1);
  expect(counted()).toEqual(await source());
  // A repeated run has nothing to do.
  const all = records("clicks");
  await run({ load: second });
  expect(records("clicks")).toEqual(all);
  expect(rows("clicks", second)).toHaveLength(15);
});

it("fails if PostgreSQL's table goes back, until it is loaded again", async () => {
  await admin.query("CREATE TABLE ledger (position numeric(12,2), note text)");
  await admin.query("INSERT INTO ledger VALUES (-0.5, 'a'), (12.25, 'b')");
  const { load, records, container } = createWorld();
  const run = (parameters = {}) => load("pl_ingest_erp_range", "ledger", parameters);
  await run();
  await run();
  expect(records("ledger").map(({ from, to }) => [from, to])).toEqual([
    [undefined, "12.25"],
    ["12.25", "12.25"],
  ]);
  await admin.query("DELETE FROM ledger WHERE note = 'b'");
  const before = [...container.files];
  await expect(run()).rejects.toThrow(
    'bronze.ledger: the highest value of the column at the source is -0.50, below 12.25, up to which it has been loaded. If that is right, run the pipeline with the parameter reload set to ["ledger"]',
  );
  expect([...container.files]).toEqual(before);
  await run({ reload: ["bronze.ledger"] });
  expect(records("ledger").at(-1)).toMatchObject({ to: "-0.50", records: 1 });
  expect(records("ledger").at(-1)).not.toHaveProperty("from");
  await admin.query("DELETE FROM ledger");
  await expect(run()).rejects.toThrow("is missing, below -0.50");
});

it.each(["timestamp", "timestamptz"])("loads changed rows of PostgreSQL by a %s", async (type) => {
  await admin.query("DROP TABLE IF EXISTS payments");
  await admin.query(
    `CREATE TABLE payments (order_id text, sequential int, value numeric(10,2), is_void bool, updated_at ${type})`,
  );
  const { load, records, rows } = createWorld();
  const run = () => load("pl_ingest_erp_range", "payments");
  const insert = (id: string, time: string) =>
    admin.query("INSERT INTO payments VALUES ($1, 1, 1, false, ($2)::timestamptz AT TIME ZONE $3)", [
      ...[id, time, type === "timestamp" ? "UTC" : "America/Sao_Paulo"],
    ]);
  await insert("a", "2026-03-01T00:00:00.000001Z");
  await insert("b", "2026-03-01T10:00:00.123456Z");
  const first = await run();
  expect(records("payments").at(-1)).toMatchObject({ to: "2026-03-01T10:00:00.123456Z", records: 2 });
  await insert("late", "2026-03-01T08:00:00.123456Z");
  await insert("too late", "2026-03-01T08:00:00.123455Z");
  await insert("c", "2026-03-02T00:00:00Z");
  await admin.query("INSERT INTO payments VALUES ('none', 1, 1, false, NULL), ('never', 1, 1, false, 'infinity')");
  const second = await run();
  expect(records("payments").at(-1)).toMatchObject({
    mode: "changes by updated_at: timestamp",
    from: "2026-03-01T08:00:00.123456Z",
    to: "2026-03-02T00:00:00.000000Z",
  });
  const ids = (load: string) => rows("payments", load).map(({ order_id }) => order_id);
  expect(ids(first)).toEqual(["a", "b"]);
  expect(ids(second).sort()).toEqual(["b", "c", "late", "never", "none"]);
  expect(Object.keys(rows("payments", second)[0] ?? {})).not.toContain("loaded_at");
});

it("loads rows of PostgreSQL by a date, again on the same day", async () => {
  await admin.query("CREATE TABLE rates (day date, rate numeric(10,4))");
  await admin.query("INSERT INTO rates VALUES ('2026-03-01', 1), ('2026-03-02', 2)");
  const { load, records } = createWorld();
  await load("pl_ingest_erp_range", "rates");
  await admin.query("INSERT INTO rates VALUES ('2026-03-02', 3)");
  await load("pl_ingest_erp_range", "rates");
  expect(records("rates").map(({ from, to, records }) => [from, to, records])).toEqual([
    [undefined, "2026-03-02", 2],
    ["2026-03-01", "2026-03-02", 3],
  ]);
});

it("refuses a column of PostgreSQL that has another order, and text that is no value in a record", async () => {
  await admin.query(
    "CREATE TABLE odd (id double precision, url text); DROP TABLE clicks; ALTER TABLE odd RENAME TO clicks",
  );
  const { load, container } = createWorld();
  const run = () => load("pl_ingest_erp_range", "clicks");
  await expect(run()).rejects.toThrow("the highest value of the column at the source is of the type double precision");
  await admin.query("ALTER TABLE clicks ALTER id TYPE bigint; INSERT INTO clicks VALUES (1, 'a')");
  const record = (to: string) => JSON.stringify({ bytes: -1, mode: "append by id: long", to });
  for (const to of ["1'; DROP TABLE clicks; --", "1\\'; DROP TABLE clicks; --", "x", "1) OR (1=1"]) {
    container.write("bronze/clicks/load=20260314T000000Z/_load.json", record(to));
    await expect(run()).rejects.toThrow("invalid input syntax for type numeric");
  }
  expect((await admin.query("SELECT * FROM clicks")).rows).toHaveLength(1);
});

it.each<DateForm>(["relaxed", "canonical", "milliseconds", "text"])(
  "loads changed documents of MongoDB whose dates are written as %s",
  async (form) => {
    const products = client.db(mongo.database).collection("products");
    await products.deleteMany({});
    const { load, records, rows } = createWorld(form);
    const run = () => load("pl_ingest_catalog_range_time", "products");
    const at = (time: string) => new Date(`2026-03-${time}Z`);
    await run();
    await products.insertMany([
      { sku: "a", changed: at("01T00:00:00.001") },
      { sku: "b", changed: at("01T10:00:00.120") },
    ]);
    const first = await run();
    expect(records("products").at(-1)).toMatchObject({ to: "2026-03-01T10:00:00.120000Z", records: 2 });
    await products.insertMany([
      { sku: "late", changed: at("01T09:30:00.120") },
      { sku: "too late", changed: at("01T09:30:00.119") },
      { sku: "c", changed: at("02T00:00:00.000") },
      { sku: "none" },
      { sku: "null", changed: null },
    ]);
    const second = await run();
    expect(records("products").at(-1)).toMatchObject({
      from: "2026-03-01T09:30:00.120000Z",
      to: "2026-03-02T00:00:00.000000Z",
      records: 5,
    });
    const skus = (load: string) => rows("products", load).map(({ sku }) => sku);
    expect(skus(first)).toEqual(["a", "b"]);
    expect(skus(second).sort()).toEqual(["b", "c", "late", "none", "null"]);
    await run();
    const before = records("products");
    await run();
    expect(records("products")).toEqual(before);
    await products.deleteMany({ sku: "c" });
    await expect(run()).rejects.toThrow("is 2026-03-01T10:00:00.120000Z, below 2026-03-02T00:00:00.000000Z");
    await products.insertOne({ sku: "text", changed: "2026-03-03T00:00:00Z" });
    await expect(run()).rejects.toThrow("not all of them are BSON dates");
  },
);

it("loads added documents of MongoDB by a number and by a date", async () => {
  const database = client.db(mongo.database);
  await database.collection("views").insertMany([
    { n: 1, page: "a" },
    { n: BSON.Long.fromNumber(7), page: "b" },
  ]);
  await database.collection("prices").insertMany([{ day: new Date("2026-03-01"), price: 1.5 }]);
  const { load, records, appended } = createWorld("canonical");
  const run = async () => {
    await load("pl_ingest_catalog_range_number", "views");
    await load("pl_ingest_catalog_range_date", "prices");
  };
  await run();
  await database.collection("views").insertMany([
    { n: 6, page: "late" },
    { n: 9, page: "c" },
  ]);
  await database.collection("prices").insertMany([{ day: new Date("2026-03-02"), price: 2.5 }]);
  await run();
  expect(records("views").map(({ from, to, records }) => [from, to, records])).toEqual([
    [undefined, "7", 2],
    ["5", "9", 3],
  ]);
  const inner = (value: unknown) => Number(Object.values(Object(value))[0]);
  expect(
    appended("views", ({ n }) => inner(n))
      .map(({ page }) => page)
      .sort(),
  ).toEqual(["a", "b", "c", "late"]);
  expect(records("prices").map(({ from, to, records }) => [from, to, records])).toEqual([
    [undefined, "2026-03-01", 1],
    ["2026-03-01", "2026-03-02", 2],
  ]);
  // Above what a double has exactly.
  const long = (text: string) => BSON.Long.fromString(text);
  await database.collection("views").insertMany([
    { n: 10000000001, page: "d" },
    { n: 12.0, page: "e" },
  ]);
  await load("pl_ingest_catalog_range_number", "views");
  await database.collection("views").insertOne({ n: long("9007199254740993"), page: "f" });
  await load("pl_ingest_catalog_range_number", "views");
  await database.collection("views").insertOne({ n: long("9223372036854775807"), page: "g" });
  await load("pl_ingest_catalog_range_number", "views");
  await load("pl_ingest_catalog_range_number", "views");
  expect(
    records("views")
      .slice(2)
      .map(({ from, to, records }) => [from, to, records]),
  ).toEqual([
    ["7", "10000000001", 4],
    ["9999999999", "9007199254740993", 2],
    ["9007199254740991", "9223372036854775807", 2],
    ["9223372036854775805", "9223372036854775807", 1],
  ]);
  await database.collection("views").deleteMany({ n: long("9223372036854775807") });
  await expect(run()).rejects.toThrow("is 9007199254740993, below 9223372036854775807");
  await database.collection("views").deleteMany({});
  await database.collection("views").insertOne({ n: 1.5, page: "d" });
  await expect(run()).rejects.toThrow("is 1.5, which is no whole number");
  await database.collection("views").insertOne({ n: "12", page: "d" });
  await expect(run()).rejects.toThrow("not all of them are numbers");
});

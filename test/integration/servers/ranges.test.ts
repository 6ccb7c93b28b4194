/** What is new in tables of a real PostgreSQL: bounds, texts of each type, late rows, nulls, and sources that go back. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { countedFiles } from "../../../src/runner/loads.ts";
import { createLoading, type Loading } from "../../runner/loading.ts";
import { programOf } from "../../runner/project.ts";
import { type PostgresServer, startPostgres } from "../../support/servers/postgres.ts";

let server: PostgresServer;
let admin: pg.Client;
beforeAll(async () => {
  server = await startPostgres();
  admin = await server.admin();
}, 60_000);
afterAll(async () => {
  await admin?.end();
  await server?.stop();
});

const program = (load: string, columns: string) => `project shop { lake = adls { account: "shop", container: "lake" } }
secret password = keyvault("shop-kv", "password")
source erp = postgres { host: "127.0.0.1", database: "erp", user: "ingest", password: secret.password }
bronze t from erp.table("public.t") {
  load ${load}
  ${columns}
}
`;

/** Loads of a new table `t`. */
async function ranged(
  definition: string,
  load: string,
  columns: string,
): Promise<Loading & { next(): Promise<string> }> {
  await admin.query("DROP TABLE IF EXISTS t");
  await admin.query(`CREATE TABLE t (${definition}); GRANT SELECT ON t TO ingest`);
  const loading = createLoading(program(load, columns));
  onTestFinished(() => loading.remove());
  return Object.assign(loading, { next: () => loading.load("t", options()) });
}

const options = () =>
  ({
    overrides: { erp: { kind: "settings", settings: { port: server.port } } },
    secret: () => server.password,
  }) as const;

/** The ids of the rows that the newest load contains. */
function newest({ lake, folders }: Loading): readonly (string | null)[] {
  const load = folders("t").findLast((each) => each.startsWith("load="));
  const text = readFileSync(join(lake.loadsFolder("t"), load ?? "", "public.t.jsonl"), "utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).id)
    .sort();
}

it("everything first, then what is new, each row of the highest value again, and nothing for an unchanged source", async () => {
  const t = await ranged("id int, at int", "append by at", "id: int\n  at: int");
  await admin.query("INSERT INTO t VALUES (1, 10), (2, 20), (3, 20)");
  expect(await t.next()).toBe("ok 3 rows, at to 20");
  expect(await t.next()).toBe("unchanged");
  await admin.query("INSERT INTO t VALUES (4, 20), (5, 30)");
  expect(await t.next()).toBe("ok 4 rows, at 20 to 30");
  expect(newest(t)).toEqual(["2", "3", "4", "5"]);
  expect(await t.next()).toBe("unchanged");
  // Committed late, with the highest value.
  await admin.query("INSERT INTO t VALUES (6, 30)");
  expect(await t.next()).toBe("ok 2 rows, at 30 to 30");
  expect(await t.next()).toBe("unchanged");
  await admin.query("UPDATE t SET id = 7 WHERE id = 6");
  expect(await t.next()).toBe("ok 2 rows, at 30 to 30");
  expect(await t.counted("t")).toEqual(["06 public.t < 20", "08 public.t < 30", "12 public.t"]);
});

it("an equal row twice, and the order of the rows, are told apart as they should be", async () => {
  const t = await ranged("id int, at int", "append by at", "id: int\n  at: int");
  await admin.query("INSERT INTO t VALUES (1, 10), (2, 10)");
  await t.next();
  await admin.query("DELETE FROM t; INSERT INTO t VALUES (2, 10), (1, 10)");
  expect(await t.next()).toBe("unchanged");
  await admin.query("INSERT INTO t VALUES (1, 10)");
  expect(await t.next()).toBe("ok 3 rows, at 10 to 10");
});

it("lag: late rows are loaded, and the range is loaded again", async () => {
  const t = await ranged("id int, at timestamptz", "append by at lag 2 hours", "id: int\n  at: timestamp");
  await admin.query("INSERT INTO t VALUES (1, '2026-01-31 00:00Z'), (2, '2026-01-31 12:00:00.000001+01')");
  expect(await t.next()).toBe("ok 2 rows, at to 2026-01-31T11:00:00.000001Z");
  expect(await t.next()).toBe("unchanged");
  await admin.query("INSERT INTO t VALUES (3, '2026-01-31 09:00:00.000001Z'), (4, '2026-01-31 09:00Z')");
  expect(await t.next()).toBe("ok 2 rows, at 2026-01-31T09:00:00.000001Z to 2026-01-31T11:00:00.000001Z");
  expect(newest(t)).toEqual(["2", "3"]);
  t.program = programOf(program("append by at lag 3 hours", "id: int\n  at: timestamp"));
  expect(await t.next()).toBe("ok 3 rows, at 2026-01-31T08:00:00.000001Z to 2026-01-31T11:00:00.000001Z");
  expect(await t.next()).toBe("unchanged");
});

it.each([
  ["smallint", "int", "7", "7", "8"],
  ["bigint", "long", "9223372036854775806", "9223372036854775806", "9223372036854775807"],
  ["int", "decimal(10,2)", "-5", "-5.00", "6"],
  ["bigint", "decimal(38,2)", "-9223372036854775808", "-9223372036854775808.00", "9223372036854775807"],
  ["numeric(10,2)", "decimal(12,4)", "-0.05", "-0.0500", "99999999.99"],
  ["numeric", "decimal(10,2)", "1.5", "1.50", "1.51"],
  ["numeric(20,0)", "long", "12", "12", "13"],
  ["date", "date", "'0001-01-01'", "0001-01-01", "'9999-12-31'"],
  ["timestamp", "timestamp", "'1969-12-31 23:59:59.999999'", "1969-12-31T23:59:59.999999Z", "'1970-01-01'"],
  ["timestamptz", "timestamp", "'2026-03-29 02:30:00+02'", "2026-03-29T00:30:00.000000Z", "'2026-03-29 02:30:00+01'"],
  ["money_domain", "decimal(10,2)", "1.25", "1.25", "2"],
])("%s as %s: %s is %s", async (type, declared, first, text, second) => {
  await admin.query("DROP DOMAIN IF EXISTS money_domain CASCADE; CREATE DOMAIN money_domain AS numeric(10,2)");
  const t = await ranged(`id int, at ${type}`, "append by at", `id: int\n  at: ${declared}`);
  await admin.query(`INSERT INTO t VALUES (1, ${first})`);
  expect(await t.next()).toBe(`ok 1 row, at to ${text}`);
  expect(await t.next()).toBe("unchanged");
  await admin.query(`INSERT INTO t VALUES (2, ${second}), (3, ${second})`);
  expect(await t.next()).toContain(`ok 3 rows, at ${text} to `);
  expect(newest(t)).toEqual(["1", "2", "3"]);
  expect(await t.next()).toBe("unchanged");
});

it.each([
  ["text", "timestamp", "at is text at the source, and timestamp here"],
  ["varchar(10)", "date", "at is character varying(10) at the source, and date here"],
  ["double precision", "decimal(10,2)", "at is double precision at the source, and decimal(10,2) here"],
  ["timestamp", "date", "at is timestamp without time zone at the source, and date here"],
  ["date", "timestamp", "at is date at the source, and timestamp here"],
  ["int", "date", "at is integer at the source, and date here"],
  ["numeric(10,3)", "decimal(10,2)", "at is numeric(10,3) at the source, and decimal(10,2) here"],
  ["numeric(10,2)", "long", "at is numeric(10,2) at the source, and long here"],
])("%s cannot be loaded by %s", async (type, declared, problem) => {
  const t = await ranged(`id int, at ${type}`, "append by at", `id: int\n  at: ${declared}`);
  expect(await t.next()).toBe(`source-column-type: the source erp does not have the order of bronze.t: ${problem}`);
  expect(t.folders("t")).toEqual([]);
});

it.each([
  ["decimal(10,2)", "1.005"],
  ["int", "1.5"],
])("numeric without a scale has a value that %s would round", async (declared, value) => {
  const t = await ranged("id int, at numeric", "append by at", `id: int\n  at: ${declared}`);
  await admin.query(`INSERT INTO t VALUES (1, 1), (2, 'NaN'), (3, ${value})`);
  expect(await t.next()).toContain(`at is numeric with the value ${value} at the source, and ${declared} here`);
});

it("rows without a value, or with one that the type does not have, are part of each load", async () => {
  const t = await ranged("id int, at timestamptz", "append by at", "id: int\n  at: timestamp");
  await admin.query(
    "INSERT INTO t VALUES (1, NULL), (2, 'infinity'), (3, '-infinity'), (4, '2026-01-31Z'), (5, '0044-03-15 BC')",
  );
  expect(await t.next()).toBe("ok 5 rows, at to 2026-01-31T00:00:00.000000Z");
  expect(await t.next()).toBe("unchanged");
  await admin.query("INSERT INTO t VALUES (6, '2026-02-01Z')");
  expect(await t.next()).toContain("ok 6 rows, at 2026-01-31T00:00:00.000000Z to 2026-02-01");
  await admin.query("INSERT INTO t VALUES (7, NULL)");
  expect(await t.next()).toContain("ok 6 rows");
  expect(newest(t)).toEqual(["1", "2", "3", "5", "6", "7"]);
});

it("a table without rows or without values is loaded from the start each time that it changes", async () => {
  const t = await ranged("id int, at int", "changes by at", "id: int\n  at: int\n  key id");
  expect(await t.next()).toBe("ok 0 rows");
  expect(await t.next()).toBe("unchanged");
  await admin.query("INSERT INTO t VALUES (1, NULL)");
  expect(await t.next()).toBe("ok 1 row");
  expect(await t.next()).toBe("unchanged");
  await admin.query("INSERT INTO t VALUES (2, 5)");
  expect(await t.next()).toBe("ok 2 rows, at to 5");
  expect(t.record("t").from).toBeUndefined();
});

it("a source that goes back: nothing is loaded, until it is reloaded", async () => {
  const t = await ranged("id int, at int", "append by at", "id: int\n  at: int");
  await admin.query("INSERT INTO t VALUES (1, 10), (2, 20)");
  await t.next();
  await admin.query("DELETE FROM t WHERE id = 2");
  const back =
    "source-went-back: the source erp went back: the highest at of bronze.t is 10 now, and was 20 in the last load";
  expect(await t.next()).toBe(back);
  await admin.query("TRUNCATE t");
  expect(await t.next()).toBe(back.replace("is 10 now", "is no value now"));
  expect(t.folders("t")).toHaveLength(1);
  await admin.query("INSERT INTO t VALUES (3, 5)");
  expect(await t.load("t", { ...options(), reload: true })).toBe("ok 1 row, at to 5");
  expect(await t.next()).toBe("unchanged");
  await admin.query("INSERT INTO t VALUES (4, 6)");
  expect(await t.next()).toBe("ok 2 rows, at 5 to 6");
});

it("another database or column starts again; its values are never used", async () => {
  const t = await ranged("id int, at int", "append by at", "id: int\n  at: int");
  await admin.query("INSERT INTO t VALUES (1000, 10)");
  await t.next();
  const restarted = "load-restarted: bronze.t was loaded from the start, and the loads before no longer count: ";
  t.program = programOf(program("append by id", "id: int\n  at: int"));
  expect(await t.load("t", options())).toBe(`ok 1 row, id to 1000\n${restarted}it is loaded in another way`);
  await admin.query("DROP DATABASE IF EXISTS other");
  await admin.query("CREATE DATABASE other");
  const elsewhere = {
    overrides: { erp: { kind: "settings", settings: { port: server.port, database: "other" } } },
  } as const;
  expect(await t.load("t", { ...options(), ...elsewhere })).toContain("source-object-missing");
  const stand = { overrides: { erp: { kind: "folder", folder: "in" } } } as const;
  t.write({ "public.t.jsonl": '{"id":"1","at":"1"}\n' });
  expect(await t.load("t", stand)).toBe(`ok 1 row, id to 1\n${restarted}its source is another one`);
  expect(await t.load("t", options())).toContain(restarted);
});

it("full to append to changes to full", async () => {
  const t = await ranged("id int, at int", "full", "id: int\n  at: int\n  key id");
  await admin.query("INSERT INTO t VALUES (1, 10)");
  expect(await t.next()).toBe("ok");
  const as = async (load: string) => {
    t.program = programOf(program(load, "id: int\n  at: int\n  key id"));
    return t.next();
  };
  expect(await as("append by at")).toBe("ok 1 row, at to 10");
  await admin.query("INSERT INTO t VALUES (2, 20)");
  expect(await as("append by at")).toBe("ok 2 rows, at 10 to 20");
  expect(await as("changes by at")).toContain("ok 2 rows, at to 20\nload-restarted");
  await admin.query("INSERT INTO t VALUES (3, 30)");
  expect(await as("changes by at")).toBe("ok 2 rows, at 20 to 30");
  expect(await as("full")).toBe("ok");
  expect(newest(t)).toEqual(["1", "2", "3"]);
});

it("a column that is missing at the source", async () => {
  const t = await ranged("id int", "append by at", "id: int\n  at: int");
  expect(await t.next()).toMatch(/^source-column-missing: bronze.t reads at, which its source does not have/);
});

it("a damaged load is replaced by its range; a damaged first one by everything", async () => {
  const t = await ranged("id int, at int", "append by at", "id: int\n  at: int");
  for (const at of [10, 20, 30]) {
    await admin.query("INSERT INTO t VALUES ($1, $1)", [at]);
    await t.next();
  }
  const damage = async (index: number) => {
    const [file] = (await countedFiles(t.plan("t"), t.lake)).slice(index);
    writeFileSync(file?.path ?? "", "");
  };
  await damage(1);
  expect(await t.next()).toMatch(/^ok 3 rows, at 10 to 30\nlake-damaged: .*it was fetched again$/);
  expect(await t.counted("t")).toEqual(["06 public.t < 10", "09 public.t"]);
  expect(t.folders("t")[0]).toBe("damaged=20260131T070000Z");
  await damage(0);
  expect(await t.next()).toMatch(/^ok 3 rows, at to 30\nlake-damaged/);
  expect(await t.counted("t")).toEqual(["10 public.t"]);
  expect(await t.next()).toBe("unchanged");
});

it("rows that are written while a load is read belong to the next load", async () => {
  const t = await ranged("id int, at int", "append by at", "id: int\n  at: int");
  await admin.query("INSERT INTO t SELECT i, i FROM generate_series(1, 200000) AS i");
  let written = false;
  const first = t.load("t", {
    ...options(),
    onEvent: ({ kind }) => {
      if (kind !== "progress" || written) return;
      written = true;
      void admin.query("INSERT INTO t VALUES (0, 200000), (200001, 200001)");
    },
  });
  expect(await first).toBe("ok 200000 rows, at to 200000");
  expect(await t.next()).toBe("ok 3 rows, at 200000 to 200001");
  expect(newest(t)).toEqual(["0", "200000", "200001"]);
});

it("names of any characters, and values in parameters only", async () => {
  await admin.query(`DROP TABLE IF EXISTS "t'; --"; CREATE TABLE "t'; --" ("a""b'" int, source int, row int)`);
  await admin.query(`GRANT SELECT ON "t'; --" TO ingest; INSERT INTO "t'; --" VALUES (1, 2, 3)`);
  const text = program("append by `a\"b'`", "`a\"b'`: int\n  source: int\n  row: int").replace(
    "public.t",
    "public.t'; --",
  );
  const loading = createLoading(text);
  onTestFinished(() => loading.remove());
  expect(await loading.load("t", options())).toBe("ok 1 row, a\"b' to 1");
  expect(await loading.load("t", options())).toBe("unchanged");
});

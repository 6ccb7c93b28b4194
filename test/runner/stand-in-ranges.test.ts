/** Ranges of tables whose database is replaced by a folder: the same loads as from the database. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { columnValue, withoutExtendedJson } from "../../src/runner/extract/column-value.ts";
import { type WatermarkType, watermarkText } from "../../src/runner/watermark.ts";
import { createLoading } from "./loading.ts";

const PROGRAM = (load: string, columns: string) => `project shop { lake = adls { account: "shop", container: "lake" } }
secret password = keyvault("shop-kv", "password")
source erp = postgres { host: "127.0.0.1", database: "erp", user: "ingest", password: secret.password }
bronze t from erp.table("public.t") {
  load ${load}
  ${columns}
}
`;
const STAND_IN = { overrides: { erp: { kind: "folder", folder: "in" } } } as const;
const row = (id: number, at: unknown) => `${JSON.stringify({ id: String(id), at })}\n`;

function standIn(load: string, type: string, content: string) {
  const loading = createLoading(PROGRAM(load, `id: int\n  at: ${type}\n  key id`), { "public.t.jsonl": content });
  onTestFinished(() => loading.remove());
  return Object.assign(loading, { next: () => loading.load("t", STAND_IN) });
}

it("the records of a range, byte for byte, as the database would send them", async () => {
  const t = standIn("append by at", "int", row(1, "10") + row(2, "20") + row(3, null));
  expect(await t.next()).toBe("ok 3 rows, at to 20");
  expect(await t.next()).toBe("unchanged");
  t.write({ "public.t.jsonl": row(3, null) + row(2, "20") + row(1, "10") });
  expect(await t.next()).toBe("unchanged");
  t.write({
    "public.t.jsonl": `${row(1, "10") + row(2, "20")}${row(3, null)}{"at": 30.0,"id":4}\n${row(5, "30")}not json\n`,
  });
  expect(await t.next()).toBe("ok 5 rows, at 20 to 30");
  expect((await t.lines("t")).slice(3)).toEqual([
    '{"id":"2","at":"20"}',
    '{"id":"3","at":null}',
    '{"at": 30.0,"id":4}',
    '{"id":"5","at":"30"}',
    "not json",
  ]);
  expect(await t.counted("t")).toEqual(["06 public.t < 20", "09 public.t"]);
  expect(t.folders("t")).toEqual(["load=20260131T060000Z", "load=20260131T090000Z"]);
});

it("a file that goes back loads nothing until it is reloaded", async () => {
  const t = standIn("changes by at lag 1 day", "date", row(1, "2026-01-31"));
  await t.next();
  t.write({ "public.t.jsonl": row(1, "2026-01-30") });
  expect(await t.next()).toBe(
    "source-went-back: the source erp went back: the highest at of bronze.t is 2026-01-30 now, and was 2026-01-31 in the last load",
  );
  expect(await t.load("t", { ...STAND_IN, reload: true })).toBe("ok 1 row, at to 2026-01-30");
  rmSync(join(t.folder, "in/public.t.jsonl"));
  expect(await t.next()).toContain("source-object-missing");
});

it("an array of objects, in any layout", async () => {
  const t = standIn("append by at", "int", '[\n{"id": 1,\n "at": 1},\n{"id": 2, "at": 2}]');
  expect(await t.next()).toBe("ok 2 rows, at to 2");
  expect((await t.lines("t")).map((line) => JSON.parse(line))).toEqual([
    { id: 1, at: 1 },
    { id: 2, at: 2 },
  ]);
  t.write({ "public.t.jsonl": '[{"id": 1}, 5]' });
  expect(await t.next()).toMatch(/^source-json-invalid: bronze.t cannot be read as JSON: line 1: /);
});

const TIMESTAMP: WatermarkType = { kind: "timestamp" };

it.each<readonly [string, WatermarkType, string | undefined]>([
  ["+007", { kind: "int" }, "7"],
  [" -12\t", { kind: "int" }, "-12"],
  ["1.0", { kind: "int" }, undefined],
  ["", { kind: "int" }, undefined],
  [".005", { kind: "decimal", precision: 5, scale: 2 }, "0.01"],
  ["-1.005", { kind: "decimal", precision: 5, scale: 2 }, "-1.01"],
  ["5.", { kind: "decimal", precision: 5, scale: 2 }, "5.00"],
  ["999.999", { kind: "decimal", precision: 5, scale: 2 }, undefined],
  [".", { kind: "decimal", precision: 5, scale: 2 }, undefined],
  ["1e3", { kind: "decimal", precision: 5, scale: 2 }, undefined],
  ["2018-01-31", { kind: "date" }, "2018-01-31"],
  ["2018-1-31", { kind: "date" }, undefined],
  ["2018-01-31 23:59", TIMESTAMP, "2018-01-31T23:59:00.000000Z"],
  ["2018-01-31T23:59:58Z", TIMESTAMP, "2018-01-31T23:59:58.000000Z"],
  ["2018-01-31 23:59:58.1234569", TIMESTAMP, "2018-01-31T23:59:58.123456Z"],
  ["2018-01-31 23:59:58+02:00", TIMESTAMP, "2018-01-31T21:59:58.000000Z"],
  ["2018-01-31 23:59:58-0230", TIMESTAMP, "2018-02-01T02:29:58.000000Z"],
  ["2018-01-31 23:59:58+14", TIMESTAMP, "2018-01-31T09:59:58.000000Z"],
  ["2018-01-31 23:59:58+15", TIMESTAMP, undefined],
  ["2018-01-31 23:59Z", TIMESTAMP, undefined],
  ["2018-01-31 24:00:00", TIMESTAMP, undefined],
  ["2018-02-30 00:00:00", TIMESTAMP, undefined],
  ['{"$date":"2018-01-31T00:00:00Z"}', { kind: "date" }, "2018-01-31"],
  ['{"$date":"2018-01-31T00:00:01Z"}', { kind: "date" }, undefined],
  ['{"$date":{"$numberLong":"0"}}', TIMESTAMP, "1970-01-01T00:00:00.000000Z"],
  ['{"$date":-1}', TIMESTAMP, "1969-12-31T23:59:59.999000Z"],
  ['{"$numberDecimal":"1.50"}', { kind: "decimal", precision: 5, scale: 2 }, "1.50"],
  ['{"a":1}', { kind: "int" }, undefined],
])("%j as %j is %s, as when the table is built", (text, type, expected) => {
  const value = columnValue(withoutExtendedJson(text), type);
  expect(value === undefined ? undefined : watermarkText(value, type)).toBe(expected);
});

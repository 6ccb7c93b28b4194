/** Stored bronze tables built by their notebooks on a real Spark, from the loads of a lake as Data Factory leaves it. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { notebookFiles } from "../../../src/codegen/databricks/index.ts";
import { createStoredLake, SOURCES, type StoredLake } from "../../runner/stored.ts";
import { planOf } from "../../support/compile.ts";
import { differences } from "../../support/spark/compare.ts";
import { localRows } from "../../support/spark/engines.ts";
import { INSTALLED_AND_RUN, INTERPRETED, type Row, type Spark, startSpark } from "../../support/spark/session.ts";

const TABLES = `bronze payments from db.table("public.payments") {
  load changes by at deleted when is_void
  id:      int
  value:   decimal(10,2)
  is_void: bool?
  at:      timestamp
  key id
}
bronze clicks from db.table("public.clicks") {
  load append by n
  n:   int
  url: string?
  reject at most 100%
}
bronze rides from files.csv("rides/{month}/*.csv") {
  load files
  id:    string?
  a:     int
  month: int       = load.month
  file:  string    = load.file
  row:   long      = load.row
  at:    timestamp = load.at
  load:  string    = load.id
  reject at most 100%
}
bronze docs from files.json("docs/**/*.json") {
  load full
  id:  int
  row: long = load.row
  reject at most 1 row
}
silver paid {
  from bronze.payments
  select { id, value }
}
`;

const folder = mkdtempSync(join(tmpdir(), "medal-stored-"));
const lake = join(folder, "lake");
const [FIRST, SECOND, THIRD] = ["20260101T060000Z", "20260102T060000Z", "20260103T060000Z"] as const;
let spark: Spark;
let here: StoredLake;

beforeAll(async () => {
  here = await createStoredLake(TABLES);
  spark = await startSpark();
  for (const { path, text } of notebookFiles(planOf(SOURCES + TABLES), "")) write(join(folder, path), text);
}, INSTALLED_AND_RUN);
afterAll(async () => {
  here.close();
  await spark?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Without a record the load is not complete. */
function land(
  table: string,
  load: string,
  record: object | undefined,
  files: Readonly<Record<string, string | Buffer>>,
): void {
  const place = join(lake, "bronze", table, `load=${load}`);
  for (const [path, text] of Object.entries(files)) write(join(place, path), text);
  if (record !== undefined) write(join(place, "_load.json"), JSON.stringify(record));
}

function build(table: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
  const notebook = join(folder, "databricks/notebooks", `${table}.py`);
  return spark.run(notebook, { lake: `file:${lake}`, load: "", ...parameters }, INTERPRETED);
}

const lines = (...records: readonly (object | string)[]): string =>
  records.map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join("\n");

/** The values of rows in their order, separated by bars. */
async function rows(table: string, ...columns: readonly string[]): Promise<readonly string[]> {
  const found: readonly Row[] = await spark.texts(join(lake, table));
  return found.map((row) => columns.map((name) => row[name] ?? "null").join(" | ")).sort();
}

/** DuckDB builds the same rows, and rejects the same, from the same loads. */
async function expectAlike(table: string): Promise<void> {
  cpSync(join(lake, "bronze", table), join(here.folder, "bronze", table), { recursive: true });
  const { diagnostics } = await here.build({ only: [`bronze.${table}`] });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  for (const [relation, place] of [
    [`bronze.${table}`, `parsed/${table}`],
    [`quarantine.bronze.${table}`, `quarantine/bronze/${table}`],
  ] as const) {
    const [found, wanted] = [
      await spark.texts(join(lake, place)),
      await localRows(here.program, here.folder, relation),
    ];
    expect(differences(found, wanted), relation).toEqual([]);
  }
}

const rejected = (table: string) => rows(`quarantine/bronze/${table}`, "reason", "record");

it("has of each key the newest version, if it is not deleted", { timeout: INSTALLED_AND_RUN }, async () => {
  const at = (second: number): string => `2026-01-01T00:00:0${second}Z`;
  const file = "public.payments.jsonl";
  land(
    "payments",
    FIRST,
    { to: at(1) },
    {
      [file]: lines(
        { id: "1", value: "1.00", is_void: "false", at: at(1) },
        { id: "2", value: "1.00", is_void: null, at: at(1) },
        { id: "3", value: "1.00", is_void: "true", at: at(1) },
      ),
    },
  );
  land(
    "payments",
    SECOND,
    { from: at(1), to: at(2) },
    {
      [file]: lines(
        // Two versions of one time: the last one counts.
        { id: "1", value: "2.00", is_void: "false", at: at(1) },
        { id: "1", value: "3.00", is_void: "false", at: at(1) },
        { id: "2", value: "1.00", is_void: "true", at: at(2) },
        { id: "3", value: "4.00", is_void: null, at: at(2) },
        { id: "x", value: "1.00", at: at(2) },
        "no object",
      ),
    },
  );
  // A late version, with the lower time, changes nothing.
  land(
    "payments",
    THIRD,
    { from: at(1), to: at(2) },
    {
      [file]: lines({ id: "1", value: "9.00", is_void: "false", at: at(0) }),
    },
  );
  await build("bronze/payments");
  await build("silver/paid");
  expect(await rows("silver/paid", "id", "value")).toEqual(["1 | 3.00", "3 | 4.00"]);
  expect(await rows("parsed/payments", "id", "value", "is_void", "at")).toEqual([
    "1 | 3.00 | false | 2026-01-01T00:00:01.000000Z",
    "3 | 4.00 | null | 2026-01-01T00:00:02.000000Z",
  ]);
  expect(await rejected("payments")).toEqual([
    `id is not int | {"id":"x","value":"1.00","is_void":null,"at":"${at(2)}"}`,
    "malformed record | no object",
  ]);
  await expectAlike("payments");
  // A run that has chosen an earlier load does not see later ones.
  await build("bronze/payments", { newest_load: FIRST });
  expect(await rows("parsed/payments", "id", "value")).toEqual(["1 | 1.00", "2 | 1.00"]);
});

it("has of appended rows those that no later load contains", { timeout: INSTALLED_AND_RUN }, async () => {
  const file = "public.clicks.jsonl";
  land(
    "clicks",
    FIRST,
    { to: "3" },
    {
      [file]: lines({ n: "1", url: "a" }, { n: "3", url: "b" }, { n: null, url: "none" }, { n: "x" }, "!"),
    },
  );
  land(
    "clicks",
    SECOND,
    { from: "2", to: "4" },
    {
      [file]: lines({ n: "3", url: "b2" }, { n: "4" }, { n: null, url: "none" }),
    },
  );
  land("clicks", THIRD, { from: "4", to: "4" }, { [file]: lines({ n: "4" }, { n: "4" }, { n: null, url: "none" }) });
  await build("bronze/clicks");
  expect(await rows("parsed/clicks", "n", "url")).toEqual(["1 | a", "3 | b2", "4 | null", "4 | null"]);
  await expectAlike("clicks");
  // A record without a value is in every load and counts in the last; one whose text is no value is in no other load.
  expect(await rejected("clicks")).toEqual([
    "malformed record | !",
    `n is missing | {"n":null,"url":"none"}`,
    `n is not int | {"n":"x","url":null}`,
  ]);
});

it("has the newest version of each file, by its own header", { timeout: INSTALLED_AND_RUN }, async () => {
  land(
    "rides",
    FIRST,
    { bytes: -1 },
    {
      "rides/1/a b.csv": "id,a\n1,1\n\n2,x\n3,3\n",
      "rides/y/c.csv": "a,id,z\n1,1,1\n",
      "rides/2/b%20c+ü.csv": 'a,id\r\n1,"q\n""uote"\r\n2,y,z\r\n7,e\r\n',
      "notes.csv": "no ride",
    },
  );
  land("rides", SECOND, { bytes: -1 }, { "rides/1/a b.csv": "\n\na,id\n5,5", "rides/3/h.csv": '"a","id"\n1,"1"\n' });
  land("rides", THIRD, undefined, { "rides/1/a b.csv": "incomplete" });
  await build("bronze/rides");
  expect(await rows("parsed/rides", "file", "row", "id", "a", "month", "at", "load")).toEqual([
    `rides/1/a b.csv | 1 | 5 | 5 | 1 | 2026-01-02T06:00:00.000000Z | ${SECOND}`,
    `rides/2/b%20c+ü.csv | 1 | q\n"uote | 1 | 2 | 2026-01-01T06:00:00.000000Z | ${FIRST}`,
    `rides/2/b%20c+ü.csv | 3 | e | 7 | 2 | 2026-01-01T06:00:00.000000Z | ${FIRST}`,
    `rides/3/h.csv | 1 | 1 | 1 | 3 | 2026-01-02T06:00:00.000000Z | ${SECOND}`,
  ]);
  await expectAlike("rides");
  const of = `"month":"y","file":"rides/y/c.csv","row":"1","at":"2026-01-01T06:00:00.000000Z","load":"${FIRST}"`;
  expect(await rejected("rides")).toEqual(["malformed record | 2,y,z", `month is not int | {"id":"1","a":"1",${of}}`]);
});

it("reads the files that a record lists, arrays and lines, and has a limit for each load", {
  timeout: INSTALLED_AND_RUN,
}, async () => {
  const names = { "x%3a.json": "docs/x:.json", "d/y.json": "docs/d/y.json", "e.json": "docs/e.json", z: "docs/z.json" };
  const files = Object.entries(names).map(([file, path]) => ({ file, path, bytes: -1 }));
  land("docs", FIRST, { bytes: 0 }, { "docs/old.json": '{"id":0}' });
  land(
    "docs",
    SECOND,
    { bytes: 0, files },
    {
      "x%3a.json": '[{"id":1},\n{"id":2}]',
      "d/y.json": '\n{"id":3}\n{"id":"q"}',
      "e.json": "",
      z: '{"id":4} x\n{"id":5}',
    },
  );
  await expect(build("bronze/docs")).rejects.toThrow(
    `bronze.docs: 2 of 6 rows were rejected, more than 1 row: id is not int (1), malformed record (1); load ${SECOND}`,
  );
  expect(await rejected("docs")).toEqual([`id is not int | {"id":"q","row":"2"}`, 'malformed record | {"id":4} x']);
  land("docs", SECOND, { bytes: 0, files }, { z: '{"id":4}\n{"id":5}' });
  await build("bronze/docs");
  expect(await rows("parsed/docs", "id", "row")).toEqual(["1 | 1", "2 | 2", "3 | 1", "4 | 1", "5 | 2"]);
  await expectAlike("docs");
});

/** Stored bronze tables, built from the files of their loads. */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { messages, type Row } from "./project.ts";
import { createStoredLake, type StoredLake } from "./stored.ts";

async function lakeOf(text: string, threads?: number): Promise<StoredLake> {
  const lake = await createStoredLake(text, threads);
  onTestFinished(() => lake.close());
  return lake;
}

const lines = (...records: readonly object[]) => records.map((each) => `${JSON.stringify(each)}\n`).join("");
const id = (hour: number) => `20260131T${String(hour).padStart(2, "0")}0000Z`;

it("the rows of all loads of `append`, each once: a range that is loaded again replaces what was known of it", async () => {
  const lake = await lakeOf(
    'bronze clicks from db.table("public.clicks") { load append by n, n: int, url: string, at: timestamp = load.at }',
  );
  lake.write(
    "clicks",
    { id: id(6), to: "3", files: lines({ n: "1", url: "a" }, { n: "2", url: "b" }, { n: "3", url: "c" }) },
    { id: id(7), from: "3", to: "4", files: lines({ n: "3", url: "c" }, { n: "3", url: "c" }, { n: "4", url: "d" }) },
  );
  const { results, diagnostics } = await lake.build();
  expect(messages({ diagnostics })).toEqual([]);
  expect(results).toMatchObject([{ relation: "bronze.clicks", state: "ok", rows: 5, rejected: 0 }]);
  const [first, second] = ["2026-01-31 06:00:00+00", "2026-01-31 07:00:00+00"];
  expect(await lake.rows("bronze.clicks")).toEqual([
    ["1", "a", first],
    ["2", "b", first],
    ["3", "c", second],
    ["3", "c", second],
    ["4", "d", second],
  ]);
  expect(await lake.build()).toMatchObject({ results: [{ state: "unchanged", rows: 5 }] });
});

it("`append`: a record without a value counts in the last load only, one whose value is invalid in each", async () => {
  const lake = await lakeOf(
    'bronze t from db.table("public.t") { load append by n, n: int, a: string, reject at most 100% }',
  );
  const bad = [{ n: null, a: "missing" }, { n: "x", a: "invalid" }, { a: "absent" }];
  lake.write(
    "t",
    { id: id(6), to: "3", files: `${lines({ n: "1", a: "a" }, ...bad)}not an object\n` },
    { id: id(7), from: "2", to: "3", files: lines({ n: "2", a: "b" }, ...bad) },
    { id: id(8), from: "3", to: "3", files: lines({ n: "3", a: "c" }, ...bad) },
  );
  const { results, diagnostics } = await lake.build();
  expect(results).toMatchObject([{ rows: 3, rejected: 6 }]);
  expect(messages({ diagnostics })).toEqual([
    "rows-rejected: bronze.t rejected 6 rows of its loads that did not fit the columns",
  ]);
  const record = (n: string | null, a: string) => JSON.stringify({ n, a });
  expect(await lake.rows("quarantine.bronze.t")).toEqual(
    [
      ["bronze.t", "malformed record", "not an object"],
      ["bronze.t", "n is missing", record(null, "absent")],
      ["bronze.t", "n is missing", record(null, "missing")],
      ["bronze.t", "n is not int", record("x", "invalid")],
      ["bronze.t", "n is not int", record("x", "invalid")],
      ["bronze.t", "n is not int", record("x", "invalid")],
    ].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );
});

it("`append` has bounds of every type", async () => {
  const types = {
    i: ["int", "5", "4", "6"],
    l: ["long", "9007199254740993", "9007199254740992", "9007199254740994"],
    d: ["decimal(10,2)", "10.50", "10.49", "10.51"],
    day: ["date", "2026-01-31", "2026-01-30", "2026-02-01"],
    at: ["timestamp", "2026-01-31T06:00:00.000001Z", "2026-01-31T06:00:00Z", "2026-01-31T06:00:00.000002Z"],
  } as const;
  const declarations = Object.entries(types).map(
    ([name, [type]]) => `bronze ${name} from db.table("public.${name}") { load append by c, c: ${type}, a: string }`,
  );
  const lake = await lakeOf(declarations.join("\n"));
  for (const [name, [, bound, below, above]] of Object.entries(types)) {
    const records = (a: string) => lines(...[bound, below, above].map((c) => ({ c, a })));
    lake.write(
      name,
      { id: id(6), files: records("old") },
      { id: id(7), from: bound, files: lines({ c: bound, a: "new" }) },
    );
  }
  await lake.build();
  for (const name of Object.keys(types)) {
    expect(
      (await lake.rows(`bronze.${name}`)).map(([, a]) => a),
      name,
    ).toEqual(["old", "new"]);
  }
});

const CHANGES = `bronze p from db.table("public.p") {
  load changes by v deleted when gone
  id: int
  v: int
  gone: bool?
  a: string
  key id
}
silver p {
  from bronze.p
  select { id, a }
}`;

it("`changes`: of each key the newest version, ties by load, then place; a deleted key has no row", async () => {
  const lake = await lakeOf(CHANGES);
  const row = (id: number, v: number, a: string, gone: boolean | null = false) => ({ id, v, gone, a });
  lake.write("p", {
    id: id(6),
    files: lines(row(1, 5, "one"), row(2, 5, "two"), row(3, 5, "three"), row(4, 5, "old"), row(4, 5, "four")),
  });
  await lake.build();
  expect(await lake.rows("bronze.p")).toEqual([
    ["1", "5", "false", "one"],
    ["2", "5", "false", "two"],
    ["3", "5", "false", "three"],
    ["4", "5", "false", "four"],
  ]);
  lake.write("p", {
    id: id(7),
    from: "5",
    files: lines(
      row(1, 4, "late"),
      row(2, 6, "gone", true),
      row(3, 5, "tie", null),
      row(4, 7, "x", true),
      row(4, 8, "back"),
    ),
  });
  const { results } = await lake.build();
  expect(results).toMatchObject([
    { relation: "bronze.p", state: "ok", rows: 3 },
    { relation: "silver.p", state: "ok", rows: 3 },
  ]);
  expect(await lake.rows("silver.p")).toEqual([
    ["1", "one"],
    ["3", "tie"],
    ["4", "back"],
  ]);
  // Readers have no rejected rows of their own.
  expect(existsSync(join(lake.folder, "quarantine/silver"))).toBe(false);
  expect(readdirSync(lake.folder).sort()).toEqual(["bronze", "parsed", "quarantine", "silver"]);
});

const RIDES = `bronze rides from files.csv("rides/{month}/{part}.csv") {
  load files
  id: int
  note: string?
  month: date = load.month
  part: int? = load.part
  file: string = load.file
  load: string = load.id
  place: long = load.row
  at: timestamp = load.at
  reject at most 50%
}`;

it("`files`: for each path the newest load; columns of the load, converted like values of the file", async () => {
  const lake = await lakeOf(RIDES);
  lake.write(
    "rides",
    {
      id: id(6),
      files: { "rides/2026-01-01/1.csv": "id,note\n1,a\n2,\n", "rides/2026-01-01/2.csv": "note,id\nb,3\n" },
    },
    {
      id: id(7),
      from: "x",
      files: {
        "rides/2026-01-01/1.csv": 'id,note\n1,"a"\n',
        "rides/2026-02-01/3.csv": 'id,more,note\n4,,""\n5,,"c\nd"\n',
      },
    },
  );
  const { results, diagnostics } = await lake.build();
  expect(messages({ diagnostics })).toEqual([]);
  expect(results).toMatchObject([{ rows: 4, rejected: 0 }]);
  const [six, seven] = [6, 7].map((hour) => [id(hour), `2026-01-31 0${hour}:00:00+00`]);
  const row = (
    n: string,
    note: string | null,
    day: string,
    part: string,
    [load = "", at = ""]: readonly string[] = [],
    place: string,
  ) => [n, note, day, part, `rides/${day}/${part}.csv`, load, place, at] as Row;
  expect(await lake.rows("bronze.rides")).toEqual([
    row("1", "a", "2026-01-01", "1", seven, "1"),
    row("3", "b", "2026-01-01", "2", six, "1"),
    row("4", "", "2026-02-01", "3", seven, "1"),
    row("5", "c\nd", "2026-02-01", "3", seven, "2"),
  ]);
});

it("a placeholder that does not fit its column rejects the rows of its files, and names the column", async () => {
  const lake = await lakeOf(RIDES.replace("50%", "100%"));
  lake.write("rides", {
    id: id(6),
    files: { "rides/2026-13-01/x.csv": "id,note\n1,a\n2,b\n", "rides/2026-01-01/7.csv": "id,note\nx,a\n" },
  });
  const { results } = await lake.build();
  expect(results).toMatchObject([{ rows: 0, rejected: 3 }]);
  const quarantine = await lake.rows("quarantine.bronze.rides");
  expect(quarantine.map(([, reason]) => reason)).toEqual([
    "id is not int",
    "month is not date; part is not int",
    "month is not date; part is not int",
  ]);
  expect(JSON.parse(quarantine[0]?.[2] ?? "")).toEqual({
    ...{ id: "x", note: "a", month: "2026-01-01", part: "7", file: "rides/2026-01-01/7.csv" },
    ...{ load: id(6), place: "1", at: "2026-01-31T06:00:00.000000Z" },
  });
});

const PLACES = (kind: string) => `bronze t from files.${kind}("*.${kind}") {
  load files
  n: int
  file: string = load.file
  place: long = load.row
  key (file, place)
  reject at most 100%
}`;

it("`load.row` is the place in the file, whatever DuckDB drops or the file has to be rewritten for", async () => {
  const lake = await lakeOf(PLACES("csv"));
  const text = (skip: string, at: number) =>
    `n,m\n${Array.from({ length: 9 }, (_, index) => (index + 1 === at ? skip : `${index + 1},m`)).join("\n")}\n`;
  lake.write("t", {
    id: id(6),
    files: {
      "plain.csv": text("4,m", 4),
      "short.csv": text("4", 4),
      "long.csv": text("4,m,", 4),
      "quoted.csv": text('4,"m,m"', 4),
      "quoted-short.csv": text('"4"', 4),
      "spanning.csv": text('4,"a\nb"', 4),
      "broken.csv": text('4,"a"b', 4),
      "bytes.csv": Buffer.from(text("4,\u00ff", 4), "latin1"),
      "blank.csv": text("4,m\n", 4),
      "crlf.csv": text("4,m", 4).replaceAll("\n", "\r\n"),
    },
  });
  const { results } = await lake.build();
  expect(results).toMatchObject([{ rows: 85, rejected: 5 }]);
  for (const [n, file, place] of await lake.rows("bronze.t")) expect([file, place]).toEqual([file, n]);
});

it("`load.row` counts malformed lines and elements of arrays, and no blank lines", async () => {
  const lake = await lakeOf(PLACES("json"));
  const list = [1, 2, 3, 4].map((n) => `{"n":${n}}`);
  lake.write("t", {
    id: id(6),
    files: {
      "lines.json": `${list.join("\n")}\n`,
      "blank.json": `\n${list.join("\n \n")}`,
      "malformed.json": ["oops", "[]", ...list.slice(2)].join("\n"),
      "bytes.json": Buffer.from(['{"n":1}', '{"n":2,"m":"\u00ff"}', ...list.slice(2)].join("\n"), "latin1"),
      "array.json": `[${list.join(",")}]`,
      "nested.json": list.map((each) => each.replace("}", ',"m":[1.50,{}]}')).join("\n"),
    },
  });
  const { results } = await lake.build();
  expect(results).toMatchObject([{ rows: 21, rejected: 3 }]);
  for (const [n, file, place] of await lake.rows("bronze.t")) expect([file, place]).toEqual([file, n]);
});

it("places stay right in large files, read by several threads that need not keep any order", async () => {
  const lake = await lakeOf(PLACES("csv"), 4);
  // DuckDB splits a file every 8 MB.
  const records = 50_000;
  const filler = "x".repeat(400);
  const text = (more: string) => `n,m\n${Array.from({ length: records }, (_, at) => `${at + 1},${more}\n`).join("")}`;
  const [plain, quoted] = [text(filler), text(`"${filler},"`)];
  lake.write("t", {
    id: id(6),
    files: { "a.csv": plain, "b.csv": quoted, "c.csv": plain, "d.csv": quoted, "e.csv": "n,m\n1,m\n" },
  });
  const { results } = await lake.build();
  expect(results).toMatchObject([{ rows: 4 * records + 1, rejected: 0 }]);
  expect(await lake.query("SELECT count(*) AS wrong FROM t WHERE n <> place", "bronze.t")).toEqual([{ wrong: "0" }]);
}, 30_000);

it("limits apply to each load that counts; the message names the load and the ways out", async () => {
  const lake = await lakeOf(
    'bronze t from files.csv("*.csv") { load files, n: int, reject at most 20% }\nsilver t { from bronze.t }',
  );
  const text = (good: number, bad: number) => `n\n${"1\n".repeat(good)}${"x\n".repeat(bad)}`;
  lake.write("t", { id: id(6), files: { "a.csv": text(8, 2), "b.csv": text(90, 0) } });
  expect(await lake.build()).toMatchObject({ results: [{ rows: 98, rejected: 2 }, { rows: 98 }] });
  lake.write("t", { id: id(7), from: id(6), files: { "c.csv": text(6, 4), "d.csv": text(10, 1) } });
  const failed = await lake.build({ only: ["bronze.t"] });
  const folder = join(lake.folder, "bronze/t", `load=${id(7)}`);
  expect(failed.diagnostics).toMatchObject([
    {
      code: "load-rejected",
      message: `load ${id(7)} of bronze.t had 5 of 21 rows rejected, more than 20%, so bronze.t keeps its last version; most often: n is not int (5)`,
      hint: `\`medalc show quarantine.bronze.t\` shows the rejected rows. Fix the columns of bronze.t, allow more with \`reject at most …\`, or delete the folder ${folder}, so that the data is loaded again.`,
    },
  ]);
  expect(await lake.rows("quarantine.bronze.t")).toHaveLength(5);
  expect(await lake.rows("bronze.t")).toHaveLength(98);
  // A newer version of the file that has the wrong rows replaces them.
  lake.write("t", { id: id(8), from: id(7), files: { "c.csv": text(7, 0) } });
  expect(await lake.build()).toMatchObject({ results: [{ rows: 115, rejected: 3 }, { rows: 115 }] });
  lake.remove("t", id(8));
  lake.remove("t", id(7));
  expect(await lake.build()).toMatchObject({ results: [{ rows: 98, rejected: 2 }, { rows: 98 }] });
});

it("without a limit, a load whose records are all rejected is too much; superseded records are no part of it", async () => {
  const lake = await lakeOf('bronze t from db.table("public.t") { load append by n, n: int, a: int }');
  lake.write(
    "t",
    { id: id(6), files: lines({ n: 1, a: "x" }, { n: 1, a: "x" }, { n: 2, a: 1 }, { n: 3, a: 1 }) },
    { id: id(7), from: "2", files: lines({ n: 2, a: 1 }) },
  );
  const { diagnostics } = await lake.build();
  expect(messages({ diagnostics })).toEqual([
    `load-rejected: load ${id(6)} of bronze.t had all 2 rows rejected, so bronze.t keeps its last version; most often: a is not int (2)`,
  ]);
});

it("keys of `append` and `files` are checked when the table is built", async () => {
  const lake = await lakeOf('bronze t from files.csv("*.csv") { load files, n: int, key n }');
  lake.write("t", { id: id(6), files: { "a.csv": "n\n1\n2\n", "b.csv": "n\n2\n" } });
  const { diagnostics } = await lake.build();
  expect(messages({ diagnostics })).toEqual([
    "duplicate-key: bronze.t has 1 value of n more than once (n 2), so bronze.t keeps its last version",
  ]);
});

it("a file that is damaged is reported with its load, and what to do", async () => {
  const lake = await lakeOf('bronze t from files.csv("*.csv") { load files, n: int }');
  lake.write(
    "t",
    { id: id(6), files: { "a.csv": "n\n1\n" } },
    { id: id(7), from: id(6), files: { "b.csv": "n\n2\n" } },
  );
  await lake.build();
  writeFileSync(join(lake.folder, "bronze/t", `load=${id(6)}`, "a.csv"), "n\n");
  const unchanged = await lake.build();
  expect(unchanged.results).toMatchObject([{ state: "unchanged", rows: 2 }]);
  expect(messages(unchanged)).toEqual([
    `lake-damaged: bronze.t in the lake was damaged: a.csv has 2 bytes instead of 4 in load ${id(6)}; restore it from a backup, or delete the folders of this load and of later ones to load them again`,
  ]);
  const failed = await lake.build({ full: true });
  expect(messages(failed)).toEqual([
    `lake-unreadable: bronze.t in the lake is damaged and cannot be read: a.csv has 2 bytes instead of 4 in load ${id(6)}`,
  ]);
  expect(await lake.rows("bronze.t")).toHaveLength(2);
});

it("a damaged Delta table is built again", async () => {
  const lake = await lakeOf('bronze t from files.csv("*.csv") { load files, n: int }');
  lake.write("t", { id: id(6), files: { "a.csv": "n\n1\n" } });
  await lake.build();
  const folder = join(lake.folder, "parsed/t");
  for (const name of readdirSync(folder)) if (name.endsWith(".parquet")) rmSync(join(folder, name));
  const { results, diagnostics } = await lake.build();
  expect(results).toMatchObject([{ state: "ok", rows: 1 }]);
  expect(diagnostics.map(({ code }) => code)).toEqual(["lake-damaged"]);
  expect(await lake.rows("bronze.t")).toEqual([["1"]]);
});

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createProject, messages, type Project, programOf, resultOf, states } from "./project.ts";

const PROGRAM = `bronze orders from files.csv("orders.csv") { id: int, shop: string, price: decimal(10,2)  key id }
bronze shops from files.csv("shops.csv") { shop: string, city: string?  key shop }
silver orders { from bronze.orders  expect "priced": price > 0.00 else quarantine }
silver shops { from bronze.shops  distinct  key shop }
gold lines {
  from silver.orders as o  left join one silver.shops as s on s.shop == o.shop  select { o.id, o.price, s.city }
}
gold total { from silver.orders  group { total = sum(price) } }
`;

const FILES = {
  "orders.csv": "id,shop,price\n1,a,1.50\n2,b,2.00\n3,a,0.00\nx,a,1\n",
  "shops.csv": "shop,city\na,Rio\nb,\n",
};

async function projectOf(text = PROGRAM, files: Readonly<Record<string, string>> = FILES): Promise<Project> {
  const project = await createProject(text, files);
  onTestFinished(() => project.remove());
  return project;
}

const ALL_OK = "bronze.orders ok, bronze.shops ok, silver.orders ok, silver.shops ok, gold.lines ok, gold.total ok";
const ALL_UNCHANGED = ALL_OK.replaceAll(" ok", " unchanged");

it("unchanged tables are not built again, and their counts are reported again", async () => {
  const project = await projectOf();
  const first = await project.run();
  expect(states(first)).toBe(ALL_OK);
  expect(resultOf(first, "silver.orders")).toMatchObject({ rows: 2, rejected: 1, quarantined: 1, warned: 0 });
  const second = await project.run();
  expect(states(second)).toBe(ALL_UNCHANGED);
  expect(resultOf(second, "silver.orders")).toMatchObject({ rows: 2, rejected: 1, quarantined: 1, warned: 0 });
  expect((await project.table("silver.orders"))?.snapshot.version).toBe(0);
  expect(readdirSync(join(project.lakeFolder, "bronze", "orders"))).toEqual(["load=20260131T060000Z"]);
});

it("a new modification time alone is not a change", async () => {
  const project = await projectOf();
  await project.run();
  project.write(FILES);
  expect(states(await project.run())).toBe(ALL_UNCHANGED);
});

it("after a change only its dependents are built again", async () => {
  const project = await projectOf();
  await project.run();
  project.write({ "shops.csv": "shop,city\na,Natal\nb,\n" });
  expect(states(await project.run())).toBe(
    "bronze.orders unchanged, bronze.shops ok, silver.orders unchanged, silver.shops ok, gold.lines ok, gold.total unchanged",
  );
  expect(await project.rows("gold.lines")).toEqual([
    ["1", "1.50", "Natal"],
    ["2", "2.00", null],
  ]);
  expect(readFileSync(join(project.lakeFolder, "bronze/shops/load=20260131T070000Z/shops.csv"), "utf8")).toContain(
    "Natal",
  );
});

it("a table whose program has changed is built again; a comment changes nothing", async () => {
  const project = await projectOf();
  await project.run();
  project.program = programOf(`// A comment.\n${PROGRAM.replace("total = sum(price)", "total = sum(price) * 2")}`);
  expect(states(await project.run())).toBe(ALL_UNCHANGED.replace("gold.total unchanged", "gold.total ok"));
  expect(await project.rows("gold.total")).toEqual([["7.00"]]);
});

it("--full fetches and builds everything, and older versions can still be read", async () => {
  const project = await projectOf();
  await project.run();
  const result = await project.run({ full: true });
  expect(states(result)).toBe(ALL_OK);
  expect(readdirSync(join(project.lakeFolder, "bronze", "orders"))).toHaveLength(2);
  expect((await project.table("silver.orders"))?.snapshot.version).toBe(1);
  expect((await project.table("silver.orders", 0))?.rows).toHaveLength(2);
});

it("a table that another program has written to is built again", async () => {
  const project = await projectOf();
  await project.run();
  const log = join(project.lakeFolder, "gold/total/_delta_log");
  const info = { commitInfo: { timestamp: 0, operation: "OPTIMIZE", engineInfo: "other/1" } };
  writeFileSync(join(log, "00000000000000000001.json"), `${JSON.stringify(info)}\n`);
  expect(states(await project.run())).toBe(ALL_UNCHANGED.replace("gold.total unchanged", "gold.total ok"));
  expect((await project.table("gold.total"))?.snapshot.version).toBe(2);
});

it("a missing quarantine is recreated", async () => {
  const project = await projectOf();
  await project.run();
  const before = await project.rows("quarantine.silver.orders");
  rmSync(join(project.lakeFolder, "quarantine"), { recursive: true });
  const result = await project.run();
  expect(resultOf(result, "silver.orders").state).toBe("ok");
  expect(await project.rows("quarantine.silver.orders")).toEqual(before);
});

it("a table that no longer rejects rows loses its quarantine", async () => {
  const project = await projectOf(
    'bronze a from files.csv("shops.csv") { shop: string }\nsilver a { from bronze.a }\ngold a { from silver.a  expect "x": shop != "a" else quarantine }',
  );
  await project.run();
  expect(await project.rows("quarantine.gold.a")).toEqual([["gold.a", "x", '{"shop":"a"}']]);
  project.program = programOf(
    'bronze a from files.csv("shops.csv") { shop: string }\nsilver a { from bronze.a }\ngold a { from silver.a }',
  );
  await project.run();
  expect(await project.table("quarantine.gold.a")).toBeUndefined();
  expect(await project.rows("gold.a")).toEqual([["a"], ["b"]]);
});

it("expectation-failed: the last version is kept, dependents are skipped, the rest is built", async () => {
  const project = await projectOf(PROGRAM.replace("else quarantine", "else fail"), {
    ...FILES,
    "orders.csv": "id,shop,price\n1,a,1.50\n",
  });
  expect(states(await project.run())).toBe(ALL_OK);
  project.write({ "orders.csv": "id,shop,price\n1,a,0.00\n2,a,-1\n3,a,9\n", "shops.csv": "shop,city\nz,Recife\n" });
  const result = await project.run();
  expect(states(result)).toBe(
    "bronze.orders ok, bronze.shops ok, silver.orders failed, silver.shops ok, gold.lines skipped, gold.total skipped",
  );
  expect(messages(result)).toEqual([
    'expectation-failed: silver.orders has 2 rows that failed the expectation "priced" (id 1), so it keeps its last version',
  ]);
  expect(await project.rows("silver.orders")).toEqual([["1", "a", "1.50"]]);
  expect(await project.rows("gold.total")).toEqual([["1.50"]]);
  expect(await project.rows("silver.shops")).toEqual([["z", "Recife"]]);
  const files = readdirSync(join(project.lakeFolder, "silver/orders")).filter((name) => name.endsWith(".parquet"));
  expect(files).toHaveLength(1);
});

it("duplicate-key: of a source, reported by every table that reads it, whichever of them is built", async () => {
  const project = await projectOf(
    `bronze a from files.csv("a.csv") { id: int  key id }
silver first { from bronze.a }
silver second { from bronze.a }`,
    { "a.csv": "id\n1\n1\n" },
  );
  const reported = (table: string) =>
    `duplicate-key: bronze.a has 1 value of id more than once (id 1), so silver.${table} keeps its last version`;
  expect(messages(await project.run({ select: new Set(["bronze.a", "silver.second"]) }))).toEqual([reported("second")]);
  expect(messages(await project.run())).toEqual([reported("first"), reported("second")]);
  project.write({ "a.csv": "id\n1\n2\n" });
  expect(states(await project.run())).toBe("bronze.a ok, silver.first ok, silver.second ok");
});

it("duplicate-key: of a source with several columns, without personal data", async () => {
  const project = await projectOf(
    `bronze a from files.csv("a.csv") { id: int, part: int, who: string @pii  key (id, part, who) }
bronze b from files.csv("b.csv") { who: string @pii  key who }
silver a { from bronze.a }
silver b { from bronze.b }
gold c { from silver.a  select { id, part }  key id }`,
    { "a.csv": "id,part,who\n1,1,ann\n1,1,ann\n1,2,bob\n2,1,eve\n", "b.csv": "who\nann\nann\nbob\nbob\n" },
  );
  const result = await project.run();
  expect(messages(result)).toEqual([
    "duplicate-key: bronze.a has 1 value of (id, part, who) more than once (id 1, part 1), so silver.a keeps its last version",
    "duplicate-key: bronze.b has 2 values of who more than once, so silver.b keeps its last version",
  ]);
  expect(result.diagnostics[0]?.hint).toBe(
    "`distinct on (id, part, who) latest by …` keeps one row of each, if that is what you want.",
  );
});

it("rejected rows do not violate a key", async () => {
  const project = await projectOf(undefined, { ...FILES, "orders.csv": "id,shop,price\n1,a,1\n1,a,x\n1,,1\n1,a\n" });
  expect(resultOf(await project.run(), "silver.orders")).toMatchObject({ state: "ok", rows: 1, rejected: 3 });
});

it.each([
  ["text that is not a number", "who as int", "not int: "],
  ["number that is out of range", "pieces * 2147483647", "Overflow"],
  ["decimal that does not fit", "amount as decimal(3,0)", ""],
])("table-failed: a %s is told, but not of a person", async (_, expression, reported) => {
  const text = (tag: string) =>
    `bronze a from files.csv("a.csv") { who: string ${tag}, pieces: int ${tag}, amount: decimal(10,2) ${tag} }
silver a { from bronze.a  derive { x = ${expression} } }`;
  const project = await projectOf(text(""), {
    "a.csv": "who,pieces,amount\nit's \"7,12345,98765.43\n".replaceAll('"', ""),
  });
  const shown = messages(await project.run());
  expect(shown).toEqual([expect.stringMatching(/^table-failed: silver\.a could not be built: .*(it's|12345|98765)/)]);
  expect(shown[0]).toContain(reported);
  project.program = programOf(text("@pii"));
  const hidden = messages(await project.run());
  expect(hidden).toEqual([expect.stringMatching(/^table-failed: silver\.a could not be built: .*…/)]);
  expect(hidden[0]).toContain(reported);
  expect(hidden[0]).not.toMatch(/it's|12345|98765/);
});

it("run-out-of-memory: is reported as such", async () => {
  const rows = Array.from({ length: 60_000 }, (_, at) => `${at},${"x".repeat(50)}${at}`);
  const project = await projectOf(
    'bronze a from files.csv("a.csv") { id: int, name: string }\nsilver a { from bronze.a  distinct on name latest by id }',
    { "a.csv": ["id,name", ...rows, ""].join("\n") },
  );
  const result = await project.run({ memoryLimit: "4MB" });
  expect(states(result)).toBe("bronze.a ok, silver.a failed");
  expect(messages(result)).toEqual([expect.stringMatching(/^run-out-of-memory: silver\.a needs more memory/)]);
});

it("table-not-built: --select reads what the lake has, and reports what is missing", async () => {
  const project = await projectOf();
  const none = await project.run({ select: new Set(["gold.total"]) });
  expect(states(none)).toBe("gold.total failed");
  expect(messages(none)).toEqual(["table-not-built: silver.orders is not in the lake yet"]);
  await project.run();
  project.write({ "orders.csv": "id,shop,price\n1,a,7\n" });
  const some = await project.run({ select: new Set(["silver.orders", "gold.total"]) });
  expect(states(some)).toBe("silver.orders unchanged, gold.total unchanged");
  const landed = await project.run({ select: new Set(["bronze.orders", "gold.total"]) });
  expect(states(landed)).toBe("bronze.orders ok, gold.total unchanged");
  expect(states(await project.run({ select: new Set(["silver.orders", "gold.total"]) }))).toBe(
    "silver.orders ok, gold.total ok",
  );
  expect(await project.rows("gold.total")).toEqual([["7.00"]]);
});

it("source-object-missing, source-column-missing, source-column-twice: dependents fail, the rest is built", async () => {
  const project = await projectOf(undefined, { "shops.csv": FILES["shops.csv"] });
  const result = await project.run();
  expect(states(result)).toBe(
    "bronze.orders failed, bronze.shops ok, silver.orders skipped, silver.shops ok, gold.lines skipped, gold.total skipped",
  );
  expect(messages(result)).toEqual([
    `source-object-missing: bronze.orders reads ${project.folder}/in/orders.csv, which the source files does not have`,
  ]);
  project.write({ "orders.csv": "id,price,id\n1,2,3\n" });
  expect(messages(await project.run())).toEqual([
    "source-column-missing: bronze.orders reads shop, which orders.csv does not have; its first line is `id,price,id`",
    "source-column-twice: the source of bronze.orders sends the column id twice",
  ]);
});

it("lake-locked: the second of two concurrent runs does nothing", async () => {
  const project = await projectOf();
  const results = await Promise.all([project.run(), project.run()]);
  const [done, refused] = results.toSorted((a, b) => b.relations.length - a.relations.length);
  expect(done && states(done)).toBe(ALL_OK);
  expect(refused?.relations).toEqual([]);
  expect(refused && messages(refused)).toEqual([
    expect.stringContaining(
      `lake-locked: another run is using the lake ${project.lakeFolder}: process ${process.pid} on ${hostname()}, since 20`,
    ),
  ]);
  expect(states(await project.run())).toBe(ALL_UNCHANGED);
});

it.each([
  ["a process of this machine", JSON.stringify({ host: hostname(), pid: process.pid, since: "2026-01-31T06:00:00Z" })],
  ["an earlier version", JSON.stringify({ host: "far-away", pid: 1, started: "1" })],
  ["a machine that broke down", '{"host":"la'],
  ["something else", "\u0000\u0001garbage"],
  ["a list", "[1]"],
])("what %s has left in the lock's file holds up nobody", async (_, left) => {
  const project = await projectOf();
  mkdirSync(project.lakeFolder, { recursive: true });
  writeFileSync(join(project.lakeFolder, ".lock"), `${left}\n`);
  const result = await project.run();
  expect(states(result)).toBe(ALL_OK);
  expect(messages(result)).not.toContainEqual(expect.stringMatching(/^lake-/));
  expect(readFileSync(join(project.lakeFolder, ".lock"), "utf8")).toBe("");
});

it("lake-run-unfinished: a killed run of another machine is reported", async () => {
  const project = await projectOf();
  mkdirSync(project.lakeFolder, { recursive: true });
  const owner = { host: "container-1", pid: 7, since: "2026-01-31T06:00:00.000Z" };
  writeFileSync(join(project.lakeFolder, ".lock"), JSON.stringify(owner));
  const result = await project.run();
  expect(states(result)).toBe(ALL_OK);
  expect(messages(result)).toContain(
    "lake-run-unfinished: the last run in this lake was on another machine and did not finish properly: process 7 on container-1, since 2026-01-31T06:00:00.000Z",
  );
  expect(messages(await project.run())).toEqual([]);
});

it("lake-lock-failed: something else has the name of the lock, or of the lake", async () => {
  const project = await projectOf();
  mkdirSync(join(project.lakeFolder, ".lock"), { recursive: true });
  expect(messages(await project.run())).toEqual([
    expect.stringMatching(/^lake-lock-failed: the lake .* cannot be locked: EISDIR: /),
  ]);
  rmSync(project.lakeFolder, { recursive: true });
  writeFileSync(project.lakeFolder, "");
  expect(messages(await project.run())).toEqual([
    expect.stringMatching(/^lake-lock-failed: the lake .* cannot be locked: EEXIST: /),
  ]);
});

it("leftovers of interrupted runs are removed, and nothing else", async () => {
  const project = await projectOf();
  await project.run();
  const left = [
    ".tmp/engine/duckdb_temp_storage-0.tmp",
    "bronze/orders/load=20260131T055959Z.partial/orders.csv",
    "silver/orders/part-0000000001-0123456789abcdef.zstd.parquet",
    "silver/orders/_delta_log/.00000000000000000001.json.77.tmp",
  ];
  const kept = ["notes.txt", "silver/orders/notes.txt", "bronze/orders/notes.partial/a"];
  for (const path of [...left, ...kept]) {
    mkdirSync(join(project.lakeFolder, path, ".."), { recursive: true });
    writeFileSync(join(project.lakeFolder, path), "x");
  }
  expect(states(await project.run())).toBe(ALL_UNCHANGED);
  expect(left.filter((path) => existsSync(join(project.lakeFolder, path)))).toEqual([]);
  expect(kept.filter((path) => existsSync(join(project.lakeFolder, path)))).toEqual(kept);
  expect(existsSync(join(project.lakeFolder, ".tmp"))).toBe(false);
});

it("run-stopped: tables not started are skipped, and the next run builds them", async () => {
  const project = await projectOf();
  const stop = new AbortController();
  const result = await project.run({ signal: stop.signal, onEvent: () => stop.abort() });
  expect(states(result)).toMatch(
    /, silver\.orders skipped, silver\.shops skipped, gold\.lines skipped, gold\.total skipped$/,
  );
  expect(messages(result)).toEqual([
    expect.stringMatching(/^run-stopped: the run was stopped after [0-2] of 6 tables$/),
  ]);
  expect(states(await project.run())).toMatch(/silver\.orders ok, silver\.shops ok, gold\.lines ok, gold\.total ok$/);
});

it("lake-conflict: a version committed by another program meanwhile is kept", async () => {
  const project = await projectOf();
  await project.run();
  project.write({ "shops.csv": "shop,city\na,Natal\n" });
  const table = join(project.lakeFolder, "gold/lines");
  const log = join(table, "_delta_log/00000000000000000001.json");
  const theirs = `${JSON.stringify({ commitInfo: { timestamp: 0, operation: "WRITE", engineInfo: "other/1" } })}\n`;
  // Rows are only written after the previous version was read, so this is the right moment.
  const watcher = watch(table, (_, name) => {
    if (name?.startsWith("part-0000000001") && !existsSync(log)) writeFileSync(log, theirs);
  });
  onTestFinished(() => watcher.close());
  const result = await project.run();
  expect(messages(result)).toEqual([
    "lake-conflict: gold.lines was changed by another program while it was being built",
  ]);
  expect(readFileSync(log, "utf8")).toBe(theirs);
  const parts = readdirSync(table).filter((name) => name.endsWith(".parquet"));
  expect(parts).toHaveLength(1);
  expect(states(await project.run())).toContain("gold.lines ok");
});

it("delta-unsupported: a table changed by another program to unsupported features is kept and reported", async () => {
  const project = await projectOf();
  await project.run();
  const log = join(project.lakeFolder, "silver/orders/_delta_log/00000000000000000001.json");
  const protocol = { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["deletionVectors"] };
  writeFileSync(log, `${JSON.stringify({ protocol })}\n`);
  const result = await project.run();
  expect(messages(result)).toEqual([
    "delta-unsupported: silver.orders in the lake cannot be read: it uses the reader features deletionVectors",
  ]);
  expect(result.diagnostics[0]?.hint).toContain(join(project.lakeFolder, "silver/orders"));
  expect(states(result)).toContain("silver.orders failed");
});

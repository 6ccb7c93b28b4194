/** Loads of several files, of files that are added, and of files that contain changes. */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { countedFiles } from "../../src/runner/loads.ts";
import { createLoading, type Loading } from "./loading.ts";
import { programOf } from "./project.ts";

const RIDES =
  'bronze rides from files.csv("rides/{month}/*.csv") {\n  load files\n  id: int, month: string = load.month\n}\n';
const ALL = 'bronze rides from files.csv("rides/*.csv") {\n  load full\n  id: int\n}\n';

function loading(text: string, files: Readonly<Record<string, string>> = {}): Loading {
  const created = createLoading(text, files);
  onTestFinished(() => created.remove());
  return created;
}

it("load files: only files that are new or have changed", async () => {
  const rides = loading(RIDES, { "rides/01/a.csv": "id\n1\n", "rides/01/b.csv": "id\n2\n" });
  expect(await rides.load("rides")).toBe("ok 2 files");
  expect(await rides.load("rides")).toBe("unchanged");
  utimesSync(join(rides.folder, "in/rides/01/a.csv"), 1, 1);
  expect(await rides.load("rides")).toBe("unchanged");
  rides.write({ "rides/01/b.csv": "id\n3\n", "rides/02/c.csv": "id\n4\n" });
  expect(await rides.load("rides")).toBe("ok 2 files");
  expect(await rides.counted("rides")).toEqual(["06 rides/01/a.csv", "09 rides/01/b.csv", "09 rides/02/c.csv"]);
  expect(await rides.lines("rides")).toEqual(["id", "1", "id", "3", "id", "4"]);
  expect(rides.record("rides")).toMatchObject({ mode: "files", from: "20260131T060000Z" });
  expect((await countedFiles(rides.plan("rides"), rides.lake)).map(({ placeholders }) => placeholders)).toEqual([
    { month: "01" },
    { month: "01" },
    { month: "02" },
  ]);
});

it("load files: a file that disappears stays, also if none is left, and comes back as it is", async () => {
  const rides = loading(RIDES, { "rides/01/a.csv": "id\n1\n", "rides/01/b.csv": "id\n2\n" });
  await rides.load("rides");
  rmSync(join(rides.folder, "in/rides/01/a.csv"));
  expect(await rides.load("rides")).toBe("unchanged");
  rmSync(join(rides.folder, "in/rides"), { recursive: true });
  expect(await rides.load("rides")).toBe("unchanged");
  expect(await rides.lines("rides")).toEqual(["id", "1", "id", "2"]);
  rides.write({ "rides/01/a.csv": "id\n9\n" });
  expect(await rides.load("rides")).toBe("ok 1 file");
  expect(await rides.lines("rides")).toEqual(["id", "2", "id", "9"]);
});

it("without any file: source-object-missing, and nothing lands", async () => {
  const rides = loading(RIDES, { "rides/a.csv": "id\n1\n" });
  const missing =
    "source-object-missing: bronze.rides reads in/rides/{month}/*.csv, which the source files does not have";
  expect((await rides.load("rides")).replace(`${rides.folder}/`, "")).toBe(missing);
  expect(rides.folders("rides")).toEqual([]);
  rides.write({ "rides/1/a.csv": "id\n1\n" });
  expect(await rides.load("rides")).toBe("ok 1 file");
  rmSync(join(rides.folder, "in/rides"), { recursive: true });
  expect((await rides.load("rides", { reload: true })).replace(`${rides.folder}/`, "")).toBe(missing);
});

it("--reload: everything at the source, and earlier loads no longer count", async () => {
  const rides = loading(RIDES, { "rides/1/a.csv": "id\n1\n", "rides/1/b.csv": "id\n2\n" });
  await rides.load("rides");
  rmSync(join(rides.folder, "in/rides/1/a.csv"));
  expect(await rides.load("rides", { reload: true })).toBe("ok 1 file");
  expect(await rides.counted("rides")).toEqual(["07 rides/1/b.csv"]);
  expect(await rides.load("rides", { full: true })).toBe("unchanged");
});

it("load full of a pattern: all files, if any of them changed, appeared or vanished", async () => {
  const rides = loading(ALL, { "rides/a.csv": "id\n1\n", "rides/b.csv": "id\n2\n" });
  expect(await rides.load("rides")).toBe("ok 2 files");
  expect(await rides.load("rides")).toBe("unchanged");
  rides.write({ "rides/b.csv": "id\n3\n" });
  expect(await rides.load("rides")).toBe("ok 2 files");
  expect(await rides.lines("rides")).toEqual(["id", "1", "id", "3"]);
  rmSync(join(rides.folder, "in/rides/a.csv"));
  expect(await rides.load("rides")).toBe("ok 1 file");
  expect(await rides.load("rides")).toBe("unchanged");
  rides.write({ "rides/c.csv": "id\n4\n" });
  expect(await rides.load("rides")).toBe("ok 2 files");
  expect(await rides.counted("rides")).toEqual(["11 rides/b.csv", "11 rides/c.csv"]);
  rmSync(join(rides.folder, "in/rides/b.csv"));
  rmSync(join(rides.folder, "in/rides/c.csv"));
  expect(await rides.load("rides")).toBe(
    "ok 0 files\nsource-without-rows: bronze.rides has no rows in this load; the load before had 2 files",
  );
  expect(await rides.counted("rides")).toEqual([]);
});

it("patterns: folders, hidden names, and names that a lake cannot have", async () => {
  const names = [
    "a b.csv",
    "é😀.csv",
    "quote'\"s.csv",
    "100%.csv",
    "q?.csv",
    "[x].csv",
    "a:b.csv",
    "x\ny.csv",
    "-.csv",
    "tail .csv",
    "a%2fb.csv",
  ];
  const deep = loading(
    'bronze deep from files.csv("**/*.csv") {\n  load files\n  id: int, file: string = load.file\n}\n',
    {
      "top.csv": "",
      "x/y/z/low.csv": "",
      "_hidden.csv": "",
      ".dot.csv": "",
      "_archive/a.csv": "",
      "x/.git/a.csv": "",
      "x/not.json": "",
      "folder.csv/inside.csv": "",
      ...Object.fromEntries(names.map((name) => [`odd/${name}`, ""])),
    },
  );
  await deep.load("deep");
  const found = await countedFiles(deep.plan("deep"), deep.lake);
  const expected = ["folder.csv/inside.csv", ...names.map((name) => `odd/${name}`), "top.csv", "x/y/z/low.csv"];
  expect(found.map(({ file }) => file)).toEqual(
    expected.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  expect(new Set(found.map(({ path }) => path)).size).toBe(found.length);
  for (const { path } of found) expect(path.slice(deep.folder.length)).not.toMatch(/[?*[\]"\n:]|%2f/);
});

it("symbolic links: followed within the folder, once; an error where they lead out", async () => {
  const all = loading('bronze all from files.csv("**/*.csv") {\n  load files\n  id: int\n}\n', {
    "a/x.csv": "id\n1\n",
  });
  const at = (path: string) => join(all.folder, "in", path);
  symlinkSync(at("a"), at("b"));
  symlinkSync(at(""), at("a/loop"));
  symlinkSync(at("gone"), at("dangling.csv"));
  expect(await all.load("all")).toBe("ok 2 files");
  expect(await all.counted("all")).toEqual(["06 a/x.csv", "06 b/x.csv"]);
  writeFileSync(join(all.folder, "..", "medalc-outside.csv"), "secret\n");
  symlinkSync(join(all.folder, "..", "medalc-outside.csv"), at("out.csv"));
  expect(await all.load("all")).toContain("source-outside-folder: bronze.all must not be read from outside");
  rmSync(at("out.csv"));
  mkdirSync(join(all.folder, "..", "medalc-outside"), { recursive: true });
  symlinkSync(join(all.folder, "..", "medalc-outside"), at("c"));
  expect(await all.load("all")).toContain("c is outside the folder");
});

it("names that are not UTF-8 are reported", async () => {
  const all = loading('bronze all from files.csv("*.csv") {\n  load files\n  id: int\n}\n', { "a.csv": "" });
  const folder = Buffer.from(join(all.folder, "in/"));
  writeFileSync(Buffer.concat([folder, Buffer.from([0xe9, 0x2e, 0x63, 0x73, 0x76])]), "");
  expect(await all.load("all")).toMatch(/^source-content-unexpected: .*the name "�\.csv" in .*is not UTF-8$/);
});

it("a single path: each version is a load, of which the newest counts", async () => {
  const one = loading('bronze one from files.csv("one.csv") {\n  load files\n  id: int\n}\n', { "one.csv": "id\n1\n" });
  expect(await one.load("one")).toBe("ok 1 file");
  expect(await one.load("one")).toBe("unchanged");
  one.write({ "one.csv": "id\n2\n" });
  expect(await one.load("one")).toBe("ok 1 file");
  expect(await one.counted("one")).toEqual(["08 one.csv"]);
  rmSync(join(one.folder, "in/one.csv"));
  expect(await one.load("one")).toContain("source-object-missing");
});

it("load changes of a file: every version counts, until it is reloaded", async () => {
  const text = 'bronze v from files.csv("v.csv") {\n  load changes by n\n  id: int, n: int\n  key id\n}\n';
  const versions = loading(text, { "v.csv": "id,n\n1,1\n" });
  expect(await versions.load("v")).toBe("ok");
  expect(await versions.load("v")).toBe("unchanged");
  versions.write({ "v.csv": "id,n\n2,2\n" });
  expect(await versions.load("v")).toBe("ok");
  expect(await versions.counted("v")).toEqual(["06 v.csv", "08 v.csv"]);
  expect(await versions.load("v", { reload: true })).toBe("ok");
  expect(await versions.counted("v")).toEqual(["09 v.csv"]);
});

it("a load full with columns of the load stays as it is with --full", async () => {
  const at = loading('bronze t from files.csv("t.csv") { id: int, at: timestamp = load.at }\n', { "t.csv": "id\n1\n" });
  expect(await at.load("t")).toBe("ok");
  expect(await at.load("t", { full: true })).toBe("unchanged");
  expect(await at.load("t", { reload: true })).toBe("ok");
});

it("two loads that begin in one second are two loads", async () => {
  const rides = loading(RIDES, { "rides/1/a.csv": "id\n1\n" });
  const startedAt = new Date(Date.UTC(2026, 0, 31, 6));
  await rides.load("rides", { startedAt });
  rides.write({ "rides/1/b.csv": "id\n2\n" });
  await rides.load("rides", { startedAt });
  expect((await countedFiles(rides.plan("rides"), rides.lake)).map(({ load, at }) => [load, at])).toEqual([
    ["20260131T060000Z", "2026-01-31T06:00:00.000000Z"],
    ["20260131T060001Z", "2026-01-31T06:00:01.000000Z"],
  ]);
});

it("what an interrupted run left behind does not count, and is removed", async () => {
  const rides = loading(RIDES, { "rides/1/a.csv": "id\n1\n", "rides/1/b.csv": "id\n2\n" });
  await rides.load("rides");
  const folder = rides.lake.loadsFolder("rides");
  mkdirSync(join(folder, "load=20260131T070000Z.partial/rides/1"), { recursive: true });
  writeFileSync(join(folder, "load=20260131T070000Z.partial/rides/1/c.csv"), "id\n");
  // Killed between the record and the last step of a copy by another tool.
  mkdirSync(join(folder, "load=20260131T080000Z/rides/1"), { recursive: true });
  writeFileSync(join(folder, "load=20260131T080000Z/rides/1/a.csv"), "id\n7\n");
  expect(await rides.load("rides")).toBe("unchanged");
  expect(await rides.lines("rides")).toEqual(["id", "1", "id", "2"]);
  expect(rides.folders("rides")).toEqual(["load=20260131T060000Z", "load=20260131T080000Z"]);
});

it("damage: only the damaged file is fetched again", async () => {
  const rides = loading(RIDES, { "rides/1/a.csv": "id\n1\n", "rides/1/b.csv": "id\n2\n" });
  await rides.load("rides");
  const [a] = await countedFiles(rides.plan("rides"), rides.lake);
  appendFileSync(a?.path ?? "", "9\n");
  expect(await rides.load("rides")).toBe(
    "ok 1 file\nlake-damaged: bronze.rides in the lake was damaged: a.csv has 7 bytes instead of 5; it was fetched again",
  );
  expect(await rides.counted("rides")).toEqual(["06 rides/1/b.csv", "07 rides/1/a.csv"]);
  expect(await rides.load("rides")).toBe("unchanged");
  const [b] = await countedFiles(rides.plan("rides"), rides.lake);
  writeFileSync(b?.path ?? "", "id\n3\n");
  expect(await rides.load("rides")).toBe("unchanged");
  expect(await rides.load("rides", { verify: true })).toContain(
    "the content of b.csv was changed; it was fetched again",
  );
  expect(await rides.lines("rides")).toEqual(["id", "1", "id", "2"]);
});

it("damage of a file that is gone at the source: nothing changes, and it is said how to go on", async () => {
  const rides = loading(RIDES, { "rides/1/a.csv": "id\n1\n", "rides/1/b.csv": "id\n2\n" });
  await rides.load("rides");
  const [a] = await countedFiles(rides.plan("rides"), rides.lake);
  rmSync(a?.path ?? "");
  rmSync(join(rides.folder, "in/rides/1/a.csv"));
  rides.write({ "rides/1/c.csv": "id\n3\n" });
  expect(await rides.load("rides")).toMatch(/^lake-unreadable: .*a\.csv is missing/);
  expect(rides.folders("rides")).toEqual(["load=20260131T060000Z"]);
});

it("a damaged record is said, and a full load of a pattern replaces it", async () => {
  const rides = loading(ALL, { "rides/a.csv": "id\n1\n" });
  await rides.load("rides");
  writeFileSync(join(rides.lake.loadsFolder("rides"), "load=20260131T060000Z/_load.json"), "{");
  expect(await rides.load("rides")).toBe(
    "ok 1 file\nlake-damaged: bronze.rides in the lake was damaged: its record _load.json is damaged; it was fetched again",
  );
  expect(await rides.lines("rides")).toEqual(["id", "1"]);
});

it("another pattern or mode starts again, and says so", async () => {
  const rides = loading(RIDES, { "rides/1/a.csv": "id\n1\n", "rides/b.csv": "id\n2\n" });
  await rides.load("rides");
  rides.program = programOf(RIDES.replace("rides/{month}/*.csv", "{month}/*.csv"));
  const restarted = "load-restarted: bronze.rides was loaded from the start, and the loads before no longer count: ";
  expect(await rides.load("rides")).toBe(`ok 1 file\n${restarted}its source is another one`);
  expect(await rides.counted("rides")).toEqual(["07 rides/b.csv"]);
  rides.program = programOf(RIDES.replace("load files", "load full").replace("rides/{month}/*.csv", "{month}/*.csv"));
  expect(await rides.load("rides")).toBe("unchanged");
  rides.write({ "rides/c.csv": "id\n3\n" });
  expect(await rides.load("rides")).toBe("ok 2 files");
  rides.program = programOf(RIDES.replace("rides/{month}/*.csv", "{month}/*.csv"));
  expect(await rides.load("rides")).toBe("unchanged");
  rides.write({ "rides/d.csv": "id\n4\n" });
  expect(await rides.load("rides")).toBe("ok 1 file");
  expect(await rides.counted("rides")).toEqual(["09 rides/b.csv", "09 rides/c.csv", "11 rides/d.csv"]);
});

it("a single file that becomes a pattern: its loads are not files of the pattern", async () => {
  const rides = loading('bronze rides from files.csv("rides/a.csv") { id: int }\n', { "rides/a.csv": "id\n1\n" });
  await rides.load("rides");
  rides.program = programOf(ALL);
  await expect(rides.counted("rides")).rejects.toThrow("load 20260131T060000Z is of another file");
  expect(await rides.load("rides")).toBe("ok 1 file");
  expect(await rides.counted("rides")).toEqual(["07 rides/a.csv"]);
});

it("a file that changes while it is copied is copied again", async () => {
  const rides = loading(RIDES, { "rides/1/a.csv": "id\n1\n" });
  const from = join(rides.folder, "in/rides/1/a.csv");
  let changes = 0;
  const onEvent = () => undefined;
  const write = setInterval(() => {
    if (++changes < 40) writeFileSync(from, `id\n${"x".repeat(changes)}\n`);
  }, 1);
  onTestFinished(() => clearInterval(write));
  await rides.load("rides", { onEvent });
  const files = await countedFiles(rides.plan("rides"), rides.lake);
  for (const { path, facts } of files) expect(readFileSync(path).length).toBe(facts.bytes);
});

it("files that are renamed are other files", async () => {
  const rides = loading(RIDES, { "rides/1/a.csv": "id\n1\n" });
  await rides.load("rides");
  renameSync(join(rides.folder, "in/rides/1"), join(rides.folder, "in/rides/2"));
  expect(await rides.load("rides")).toBe("ok 1 file");
  expect(await rides.counted("rides")).toEqual(["06 rides/1/a.csv", "07 rides/2/a.csv"]);
});

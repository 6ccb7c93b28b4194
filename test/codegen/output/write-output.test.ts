import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeFs, type OutputFs } from "../../../src/cli/output-fs.ts";
import { type WriteOptions, type WriteResult, writeOutput } from "../../../src/cli/write-output.ts";
import type { OutputFile } from "../../../src/codegen/files.ts";
import { manifest } from "../../../src/codegen/manifest.ts";

let folder = "";
let out = "";

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/medal-output-`);
  out = `${folder}/out`;
});

afterEach(() => rmSync(folder, { recursive: true }));

type Texts = Readonly<Record<string, string>>;

/** An output with its manifest. */
function output(texts: Texts): readonly OutputFile[] {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text, from: ["project"] }));
  return [...files, manifest("shop", files)];
}

function write(files: readonly OutputFile[], folder: string, options: Partial<WriteOptions> = {}): WriteResult {
  return writeOutput(files, folder, { project: "shop", ...options });
}

function textsOf(files: readonly OutputFile[]): Texts {
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

/** All files in a folder, by path; an empty folder ends with a slash. */
function contentOf(path: string, prefix = ""): Texts {
  const entries = readdirSync(path, { withFileTypes: true });
  if (entries.length === 0 && prefix !== "") return { [prefix]: "" };
  return Object.assign(
    {},
    ...entries.map((entry) =>
      entry.isDirectory()
        ? contentOf(`${path}/${entry.name}`, `${prefix}${entry.name}/`)
        : { [`${prefix}${entry.name}`]: readFileSync(`${path}/${entry.name}`, "utf8") },
    ),
  );
}

function put(path: string, text: string): void {
  mkdirSync(dirname(`${out}/${path}`), { recursive: true });
  writeFileSync(`${out}/${path}`, text);
}

const codesOf = (result: WriteResult): readonly string[] => result.diagnostics.map(({ code }) => code);

const old = output({ "a.txt": "a\n", "b/same.txt": "same\n", "b/stale.txt": "stale\n", "c/d/stale.txt": "deep\n" });
const next = output({ "a.txt": "A\n", "b/same.txt": "same\n", "e/f/new.txt": "new\n" });

it("writes an output into a folder that does not exist", () => {
  expect(write(old, out)).toEqual({
    diagnostics: [],
    written: ["a.txt", "b/same.txt", "b/stale.txt", "c/d/stale.txt", "manifest.json"],
    removed: [],
  });
  expect(contentOf(out)).toEqual(textsOf(old));
});

it("replaces changed files, removes stale ones with their empty folders, and keeps the rest", () => {
  write(old, out);
  put("c/mine.txt", "mine\n");
  const longAgo = new Date("2001-01-01T00:00:00Z");
  utimesSync(`${out}/b/same.txt`, longAgo, longAgo);
  expect(write(next, out)).toEqual({
    diagnostics: [],
    written: ["a.txt", "e/f/new.txt", "manifest.json"],
    removed: ["b/stale.txt", "c/d/stale.txt"],
  });
  expect(contentOf(out)).toEqual({ ...textsOf(next), "c/mine.txt": "mine\n" });
  expect(statSync(`${out}/b/same.txt`).mtime).toEqual(longAgo);
});

it("touches nothing if nothing changed", () => {
  write(old, out);
  const longAgo = new Date("2001-01-01T00:00:00Z");
  for (const { path } of old) utimesSync(`${out}/${path}`, longAgo, longAgo);
  expect(write(old, out)).toEqual({ diagnostics: [], written: [], removed: [] });
  for (const { path } of old) expect(statSync(`${out}/${path}`).mtime).toEqual(longAgo);
});

it("writes nothing if a foreign file is in the way", () => {
  put("e/f/new.txt", "not ours\n");
  const result = write(next, out);
  expect(codesOf(result)).toEqual(["output-foreign-file"]);
  expect(result.diagnostics[0]?.message).toContain("e/f/new.txt");
  expect(contentOf(out)).toEqual({ "e/f/new.txt": "not ours\n" });
  expect(codesOf(write(next, out, { force: true }))).toEqual(["output-foreign-file"]);
});

it("adopts a file whose content is exactly what it would write", () => {
  put("e/f/new.txt", "new\n");
  expect(write(next, out).written).toEqual(["a.txt", "b/same.txt", "manifest.json"]);
});

it("writes nothing if its own files were changed manually, unless forced", () => {
  write(old, out);
  put("a.txt", "edited\n");
  put("b/stale.txt", "edited too\n");
  const before = contentOf(out);
  const result = write(next, out);
  expect(result.diagnostics.map(({ code, message }) => [code, message.split(" ")[0]])).toEqual([
    ["output-edited", "a.txt"],
    ["output-edited", "b/stale.txt"],
  ]);
  expect(contentOf(out)).toEqual(before);
  expect(codesOf(write(next, out, { force: true }))).toEqual([]);
  expect(contentOf(out)).toEqual(textsOf(next));
});

it("restores manually deleted files, also stale ones are not required", () => {
  write(old, out);
  rmSync(`${out}/b`, { recursive: true });
  expect(codesOf(write(next, out))).toEqual([]);
  expect(contentOf(out)).toEqual(textsOf(next));
});

it("does not follow links out of the folder", () => {
  mkdirSync(`${folder}/elsewhere`);
  mkdirSync(out);
  symlinkSync(`${folder}/elsewhere`, `${out}/e`);
  expect(codesOf(write(next, out))).toEqual(["output-foreign-file"]);
  rmSync(`${out}/e`);
  symlinkSync(`${folder}/elsewhere/a.txt`, `${out}/a.txt`);
  expect(codesOf(write(next, out))).toEqual(["output-foreign-file"]);
  rmSync(`${out}/a.txt`);
  symlinkSync(`${folder}/elsewhere`, `${out}/.medalc`);
  expect(codesOf(write(next, out))).toEqual(["output-foreign-file"]);
  expect(readdirSync(`${folder}/elsewhere`)).toEqual([]);
});

it("does not remove through a link what an old manifest lists", () => {
  write(old, out);
  rmSync(`${out}/c`, { recursive: true });
  mkdirSync(`${folder}/elsewhere/d`, { recursive: true });
  writeFileSync(`${folder}/elsewhere/d/stale.txt`, "deep\n");
  symlinkSync(`${folder}/elsewhere`, `${out}/c`);
  expect(codesOf(write(next, out))).toEqual([]);
  expect(existsSync(`${folder}/elsewhere/d/stale.txt`)).toBe(true);
});

it.each([
  ["no JSON", "{"],
  ["JSON of somebody else", '{ "name": "app" }'],
  ["a version that it does not know", '{ "version": 2, "files": [] }'],
  ["a project without a name", '{ "version": 1, "project": 1, "files": [] }'],
  ["a path out of the folder", '{ "version": 1, "files": [{ "path": "../a.txt", "sha256": "" }] }'],
  ["an absolute path", '{ "version": 1, "files": [{ "path": "/a.txt", "sha256": "" }] }'],
])("leaves a manifest alone that is %s", (_, text) => {
  put("manifest.json", text);
  expect(codesOf(write(next, out))).toEqual(["output-foreign-file"]);
  expect(contentOf(out)).toEqual({ "manifest.json": text });
});

it.each(["manifest.json", ".medalc/journal.json"])("output-other-project: heeds whom %s names", (path) => {
  put(path, manifest("warehouse", []).text);
  const before = contentOf(out);
  for (const force of [false, true]) {
    const { diagnostics, ...changes } = write(next, out, { force });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "the output folder belongs to the project warehouse, not to shop",
    ]);
    expect(changes).toEqual({ written: [], removed: [] });
  }
  expect(contentOf(out)).toEqual(before);
});

it("continues with an output whose manifest names no project yet", () => {
  write(old, out);
  const { project: _, ...unnamed } = JSON.parse(contentOf(out)["manifest.json"] ?? "");
  put("manifest.json", JSON.stringify(unnamed));
  expect(codesOf(write(next, out))).toEqual([]);
  expect(contentOf(out)).toEqual(textsOf(next));
});

it("renames a file if only the case of its name changed", () => {
  write(output({ "Gold.sql": "same\n" }), out);
  expect(codesOf(write(output({ "gold.sql": "same\n" }), out))).toEqual([]);
  expect(Object.keys(contentOf(out)).sort()).toEqual(["gold.sql", "manifest.json"]);
});

it("reports what cannot be written", () => {
  writeFileSync(out, "a file\n");
  expect(codesOf(write(next, out))).toEqual(["unwritable-file"]);
  expect(readFileSync(out, "utf8")).toBe("a file\n");
});

const changing = ["write", "rename", "removeFile", "makeFolder", "removeEmptyFolder", "removeFolder"] as const;

/** A file system on which the change with this number fails; `steps` counts the changes. */
function failingAt(number: number, failure: () => Error, forGood: boolean): { readonly fs: OutputFs; steps: number } {
  const state = { fs: { ...nodeFs }, steps: 0 };
  for (const name of changing) {
    const change: (...args: never[]) => unknown = nodeFs[name];
    Object.assign(state.fs, {
      [name]: (...args: never[]) => {
        state.steps += 1;
        if (forGood ? state.steps >= number : state.steps === number) throw failure();
        return change(...args);
      },
    });
  }
  return state;
}

const killed = (): Error => new Error("killed");
const diskFull = (): Error =>
  Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC", syscall: "write", path: "p" });

/** Writes with a failure at each change in turn, and calls back with the result of each. */
function withEachFailure(
  failure: () => Error,
  forGood: boolean,
  judge: (result: WriteResult | undefined) => void,
): void {
  const count = failingAt(Infinity, failure, forGood);
  write(old, out);
  write(next, out, { fs: count.fs });
  expect(count.steps).toBeGreaterThan(10);
  for (let number = 1; number <= count.steps; number++) {
    rmSync(out, { recursive: true });
    write(old, out);
    put("c/mine.txt", "mine\n");
    let result: WriteResult | undefined;
    try {
      result = write(next, out, { fs: failingAt(number, failure, forGood).fs });
    } catch (error) {
      expect(error).toEqual(killed());
    }
    judge(result);
  }
}

/** Each file is either from the last output or from this one, and other files are unchanged. */
function expectWholeFiles(): void {
  for (const [path, text] of Object.entries(contentOf(out))) {
    if (path.startsWith(".medalc/") || path.endsWith("/")) continue;
    const expected = path === "c/mine.txt" ? ["mine\n"] : [textsOf(old)[path], textsOf(next)[path]];
    expect(expected, path).toContain(text);
  }
}

it.each([
  ["the same output", next],
  ["the output before", old],
  ["no file at all", output({})],
  ["another output", output({ "a.txt": "third\n", "g/new.txt": "third\n" })],
])("finishes with %s after it was killed at any change", (_, following) => {
  withEachFailure(killed, true, (result) => {
    expect(result).toBeUndefined();
    expectWholeFiles();
    expect(codesOf(write(following, out))).toEqual([]);
    expect(contentOf(out)).toEqual({ ...textsOf(following), "c/mine.txt": "mine\n" });
  });
});

it("completes after being killed repeatedly", () => {
  withEachFailure(killed, true, () => {
    for (let number = 1; ; number++) {
      try {
        write(next, out, { fs: failingAt(number, killed, true).fs });
        break;
      } catch {
        expectWholeFiles();
      }
    }
    expect(contentOf(out)).toEqual({ ...textsOf(next), "c/mine.txt": "mine\n" });
  });
});

it("keeps the last output if there is no room for the next", () => {
  let untouched = 0;
  withEachFailure(diskFull, false, (result) => {
    expect(result && codesOf(result)).toEqual(["unwritable-file"]);
    expectWholeFiles();
    const isUntouched =
      !existsSync(`${out}/.medalc`) && readFileSync(`${out}/manifest.json`, "utf8") === old.at(-1)?.text;
    if (isUntouched) {
      untouched += 1;
      expect(contentOf(out)).toEqual({ ...textsOf(old), "c/mine.txt": "mine\n" });
    }
    expect(codesOf(write(next, out))).toEqual([]);
    expect(contentOf(out)).toEqual({ ...textsOf(next), "c/mine.txt": "mine\n" });
  });
  expect(untouched).toBeGreaterThanOrEqual(next.length);
});

it("still rejects a manually changed file after it was killed", () => {
  withEachFailure(killed, true, () => {
    put("a.txt", "edited\n");
    expect(codesOf(write(next, out))).toEqual(["output-edited"]);
  });
});

import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { emitAll } from "../../../src/codegen/emit.ts";
import type { OutputFile } from "../../../src/codegen/files.ts";
import { targets } from "../../../src/codegen/registry.ts";
import type { Target } from "../../../src/codegen/target.ts";
import { diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { contextOf, exampleContext, exampleProgram, programOf } from "../support/compile.ts";

const program = programOf(`
  project p { lake = adls { account: "acc", container: "lake" } }
  source web = http { base_url: "https://example.com/" }
  bronze a from web.csv("a.csv") { x: int }
  gold t { from bronze.a }
`);
const context = contextOf({});

function target(id: string, files: Readonly<Record<string, string>>, overrides: Partial<Target> = {}): Target {
  const emitted = Object.entries(files).map(([path, text]): OutputFile => ({ path, text, from: ["gold.t"] }));
  return { id, applies: () => true, check: () => [], emit: () => emitted, ...overrides };
}

it("lists each target once", () => {
  expect(new Set(targets.map(({ id }) => id)).size).toBe(targets.length);
});

it("emits the files of all targets that apply, sorted, with a manifest", () => {
  const { files, diagnostics } = emitAll(program, context, {
    targets: [
      target("x", { "x/b.txt": "b\n", "x/a.txt": "ä\n" }),
      target("n", { "n/n.txt": "n\n" }, { applies: () => false }),
      target("w", { "w/w.txt": "w\n" }),
    ],
  });
  expect(diagnostics).toEqual([]);
  expect(files.map(({ path }) => path)).toEqual(["manifest.json", "w/w.txt", "x/a.txt", "x/b.txt"]);
  expect(JSON.parse(files[0]?.text ?? "")).toEqual({
    version: 1,
    project: "p",
    files: [
      { path: "w/w.txt", sha256: createHash("sha256").update("w\n").digest("hex"), bytes: 2, from: ["gold.t"] },
      { path: "x/a.txt", sha256: createHash("sha256").update("ä\n").digest("hex"), bytes: 3, from: ["gold.t"] },
      { path: "x/b.txt", sha256: createHash("sha256").update("b\n").digest("hex"), bytes: 2, from: ["gold.t"] },
    ],
  });
});

it("emits nothing if a target reports an error, but continues after a warning", () => {
  const finding = (code: "output-edited" | "warned"): Target =>
    target(
      "x",
      { "x/a.txt": "a\n" },
      {
        check: () => [
          {
            ...diagnostic("output-edited", program.span, { path: "" }),
            severity: code === "warned" ? "warning" : "error",
          },
        ],
      },
    );
  expect(emitAll(program, context, { targets: [finding("output-edited")] }).files).toEqual([]);
  const warned = emitAll(program, context, { targets: [finding("warned")] });
  expect(warned.files).toHaveLength(2);
  expect(warned.diagnostics).toHaveLength(1);
});

it.each([
  ["the same path", "y/a.txt", "y/a.txt"],
  ["paths that only differ in case", "y/A.txt", "y/a.txt"],
  ["a file and a folder", "y", "y/a.txt"],
  ["a file and a folder that differ in case", "Y/a.txt", "y"],
])("refuses two targets that write %s", (_, first, second) => {
  const { files, diagnostics } = emitAll(program, context, {
    targets: [target("one", { [first]: "1\n" }), target("two", { [second]: "2\n" })],
  });
  expect(files).toEqual([]);
  expect(diagnostics.map(({ code, span }) => [code, span])).toEqual([["output-path-twice", program.tables[0]?.span]]);
});

it("points at the declaration that a file comes from, or at the project", () => {
  const emitting = (from: string): Target =>
    target("x", {}, { emit: () => ["a", "A"].map((path) => ({ path, text: "\n", from: [from] })) });
  const placeFor = (from: string): unknown =>
    emitAll(program, context, { targets: [emitting(from)] }).diagnostics[0]?.span;
  expect(placeFor("source.web")).toEqual(program.sources[0]?.span);
  expect(placeFor("bronze.a")).toEqual(program.bronze[0]?.span);
  expect(placeFor("project")).toEqual(program.span);
});

it.each(["/a", "a//b", "../a", "a/./b", "a\\b", "c:/a", "a\n"])("takes the path %j for a bug of the target", (path) => {
  expect(() => emitAll(program, context, { targets: [target("x", { [path]: "a\n" })] })).toThrow("the target x");
});

it.each(["a", "a\r\n", ""])("takes the text %j for a bug of the target", (text) => {
  expect(() => emitAll(program, context, { targets: [target("x", { a: text })] })).toThrow("LF");
});

it.each([
  ["ac", "lake", "storage-account-name"],
  ["Account", "lake", "storage-account-name"],
  ["acc'--", "lake", "storage-account-name"],
  ["acc", "la", "storage-container-name"],
  ["acc", "la--ke", "storage-container-name"],
  ["acc", "lake-", "storage-container-name"],
])("refuses the lake %s/%s", (account, container, code) => {
  const lake = programOf(`
    param account: string
    project p { lake = adls { account: param.account, container: "${container}" } }
  `);
  const { files, diagnostics } = emitAll(lake, contextOf({ account }), { targets: [] });
  expect(files).toEqual([]);
  expect(diagnostics.map((each) => each.code)).toEqual([code]);
});

it.each(["a/b", "a\\b", "a*", "a?", "[a]", "{a}", "a^", "a:b", "a#b", "100%", " a", "a ", ".a", "a."])(
  "refuses to name a folder of the lake %j",
  (name) => {
    const named = programOf(`
      project p { lake = adls { account: "acc", container: "lake" } }
      source web = http { base_url: "https://example.com/" }
      bronze \`${name}\` from web.csv("a.csv") { x: int }
      silver \`${name}\` { from bronze.\`${name}\` }
    `);
    const { diagnostics } = emitAll(named, context, { targets: [] });
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      `lake-folder-name: bronze.${name} cannot be stored in the lake: its name is not a valid folder name`,
      `lake-folder-name: silver.${name} cannot be stored in the lake: its name is not a valid folder name`,
    ]);
  },
);

it("points at the param that an invalid name of any environment comes from", () => {
  const lake = programOf(`
    param account: string
    project p { lake = adls { account: param.account, container: "lake" } }
  `);
  const good = { name: "dev", params: { account: "good" } };
  const bad = { name: "prod", params: { account: "BAD" } };
  const { diagnostics } = emitAll(lake, { environment: good, environments: [good, bad] }, { targets: [] });
  expect(diagnostics.map(({ span }) => span)).toEqual([lake.params[0]?.span]);
});

it("emits the example, byte for byte the same each time", () => {
  const first = emitAll(exampleProgram(), exampleContext);
  expect(first.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(emitAll(exampleProgram(), exampleContext)).toEqual(first);
});

/** The list of errors that `compile` reports and `check` does not. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { onlyCompile } from "../../src/cli/only-compile.ts";
import { emitAll } from "../../src/codegen/emit.ts";
import type { Target } from "../../src/codegen/target.ts";
import { exampleContext, exampleProgram } from "../codegen/support/compile.ts";
import { medalc, temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

const PROGRAM = `project shop { lake = adls { account: "shoplake", container: "lake" } ingest = datafactory { name: "shop-df" } }
param limit: int = 1
source web = http { base_url: "https://shop.example/" }
bronze a from web.csv("a.csv") { id: int }
`;

interface Scenario {
  readonly program?: string;
  readonly medalJson?: string;
  /** Options of `compile`. */
  readonly options?: string;
  /** Changes the folder of the project after a first compile. */
  readonly change?: (folder: string) => void;
}

const append = (path: string, text: string): void => writeFileSync(path, readFileSync(path, "utf8") + text);

const SCENARIOS: Readonly<Record<Exclude<keyof typeof onlyCompile, "output-path-twice">, Scenario>> = {
  "unknown-environment": { options: "--env nowhere" },
  "config-unknown-param": { options: "--param limits=1" },
  "config-param-type": { options: "--param limit=one" },
  "config-missing-param": {
    program: PROGRAM.replace("int = 1", "int"),
    medalJson: '{ "environments": { "dev": {} } }',
  },
  "output-edited": { change: (folder) => append(join(folder, "out/adf/factory/shop-df.json"), " ") },
  "output-foreign-file": { change: (folder) => writeFileSync(join(folder, "out/manifest.json"), "mine") },
  "output-other-project": { change: renameProject },
  "unwritable-file": { options: "--out a.medal/out" },
};

function renameProject(folder: string): void {
  const path = join(folder, "a.medal");
  writeFileSync(path, readFileSync(path, "utf8").replace("project shop", "project other"));
}

const codesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^.*?error ([a-z-]+)/gm)].map(([, code]) => code ?? "");

it.each(Object.entries(SCENARIOS))("%s is an error of compile only", async (code, scenario) => {
  const { program = PROGRAM, medalJson = "{}", options = "", change } = scenario;
  const folder = temporaryFolder({ "a.medal": program, "medal.json": medalJson });
  if (change) {
    expect((await medalc("compile", { folder })).err).toBe("");
    change(folder);
  }
  const compiled = await medalc(`compile ${options}`, { folder });
  expect(codesIn(compiled.out + compiled.err)).toEqual([code]);
  const checked = await medalc("check", { folder });
  expect(codesIn(checked.out + checked.err)).toEqual([]);
});

it("output-path-twice needs two targets with the same path", () => {
  const target: Target = {
    ...{ id: "again", check: () => [], applies: () => true },
    emit: () => [{ path: "adf/x.json", text: "{}\n", from: [] }],
  };
  const { diagnostics } = emitAll(exampleProgram(), exampleContext, { targets: [target, target] });
  expect(diagnostics.map(({ code }) => code)).toEqual(["output-path-twice"]);
});

/** The modules of the project that a module imports, itself included. */
function reached(path: string, found: Set<string> = new Set()): ReadonlySet<string> {
  if (found.has(path)) return found;
  found.add(path);
  const text = readFileSync(path, "utf8");
  for (const [, type, name = ""] of text.matchAll(/(?:^import (type )?.*?from |import\()"(\.[^"]+\.ts)"/gms)) {
    if (type === undefined) reached(join(dirname(path), name), found);
  }
  return found;
}

const codesOf = (path: string): readonly string[] =>
  [...readFileSync(path, "utf8").matchAll(/diagnostic\(\s*"([a-z-]+)"/g)].map(([, code]) => code ?? "");

it("lists every diagnostic of the modules that only compile uses", () => {
  const [compiling, checking] = ["compile", "check"].map((name) => reached(`${root}/src/cli/commands/${name}.ts`));
  const own = [...(compiling ?? [])].filter((each) => !checking?.has(each));
  const codes = [...new Set(own.flatMap(codesOf))];
  expect(codes).toContain("output-edited");
  expect(codes.filter((code) => !(code in onlyCompile))).toEqual([]);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { cruise, type ICruiseOptions } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { expect, it } from "vitest";
import { root } from "../support/paths.ts";

const options = await extractOptions(`${root}/.dependency-cruiser.mjs`);

async function violations(extra: ICruiseOptions): Promise<readonly string[]> {
  const { output } = await cruise(["src"], { ...options, ...extra }, options.enhancedResolveOptions);
  if (typeof output === "string") throw new Error(output);
  if (output.summary.totalCruised < 2) throw new Error("nothing was cruised");
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

it("no phase imports a later one, nothing is circular, the core runs in a browser", async () => {
  expect(await violations({ baseDir: root })).toEqual([]);
});

it("the rules detect what they forbid, including imports of types", async () => {
  const folder = mkdtempSync(`${tmpdir()}/layers-`);
  const files = {
    "src/source.ts": "",
    "src/parser/back.ts": 'import type { check } from "../semantics/check.ts";',
    "src/semantics/check.ts": 'import "../semantics/typed.ts"; import { readFileSync } from "node:fs";',
    "src/semantics/typed.ts": 'export type * from "../source.ts";',
    "src/plan/one.ts": 'import { two } from "./two.ts";',
    "src/plan/two.ts": 'const { one } = await import("./one.ts");',
    "src/cli/show.ts": 'import "@duckdb/node-api";',
    "src/elsewhere/file.ts": 'import "../source.ts";',
  };
  try {
    for (const [path, text] of Object.entries({ ...files, "node_modules/@duckdb/node-api/index.js": "" })) {
      mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
      writeFileSync(`${folder}/${path}`, text);
    }
    expect(await violations({ baseDir: folder })).toEqual(
      expect.arrayContaining([
        "no-later-phase-than-src-parser: src/parser/back.ts -> src/semantics/check.ts",
        "core-imports-no-node-module: src/semantics/check.ts -> fs",
        "no-cycle: src/plan/one.ts -> src/plan/two.ts",
        "one-door-to-duckdb: src/cli/show.ts -> node_modules/@duckdb/node-api/index.js",
        "every-file-has-a-layer: src/elsewhere/file.ts -> src/source.ts",
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

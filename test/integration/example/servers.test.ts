/** The whole example against a web server, PostgreSQL and a MongoDB-compatible server, run with the command line. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../support/paths.ts";
import { type Sources, startAll } from "../../support/servers/all.ts";
import { expectedRelations, expectRows, type Shown } from "./expected.ts";

const sample = `${root}/examples/data/sample`;
const folder = mkdtempSync(join(tmpdir(), "medalc-example-"));
let sources: Sources;

async function medalc(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [`${root}/bin/medalc.js`, ...args], {
    cwd: folder,
    env: { ...process.env, ...sources.secrets },
    maxBuffer: 1 << 30,
  });
  return stdout;
}

async function statesOfRun(): Promise<readonly string[]> {
  const answer: { readonly tables: readonly { readonly state: string }[] } = JSON.parse(
    await medalc("run", "--env", "it", "--json"),
  );
  return answer.tables.map((each) => each.state);
}

beforeAll(async () => {
  sources = await startAll(sample);
  cpSync(`${root}/examples/ecommerce.medal`, `${folder}/ecommerce.medal`);
  cpSync(`${root}/examples/reference`, `${folder}/reference`, { recursive: true });
  writeFileSync(`${folder}/medal.json`, JSON.stringify({ environments: { it: sources.environment } }));
  expect(new Set(await statesOfRun())).toEqual(new Set(["ok"]));
});

afterAll(async () => {
  await sources?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it.each(expectedRelations(`${sample}/expected`))("%s is what the generator expects, row by row", async (relation) => {
  const shown: Shown = JSON.parse(await medalc("show", relation, "--env", "it", "--json", "--limit", "1000000"));
  expectRows(shown, `${sample}/expected`, relation);
});

it("a second run finds nothing to do", async () => {
  expect(new Set(await statesOfRun())).toEqual(new Set(["unchanged"]));
});

/** Unusual bronze files in a local run; test/integration/spark reads the same files with Spark. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bronzeFiles } from "../support/bronze/files.ts";
import { program, tables, unlike, writeFiles } from "../support/bronze/program.ts";
import { localRows, runHere } from "../support/spark/engines.ts";

const folder = mkdtempSync(join(tmpdir(), "medal-awkward-"));
const lake = join(folder, "lake");

beforeAll(async () => {
  const files = join(folder, "files");
  mkdirSync(files);
  writeFiles(files);
  await runHere(program, {}, lake, { files });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const [name, file] of Object.entries(bronzeFiles)) {
  it(`a local run reads ${name}`, async () => {
    const rows = await localRows(program, lake, `silver.${tables.get(file)}`);
    const quarantined = await localRows(program, lake, `quarantine.silver.${tables.get(file)}`);
    expect(unlike(file, file, rows, quarantined)).toEqual([]);
  });
}

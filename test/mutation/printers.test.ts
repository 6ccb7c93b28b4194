import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { root } from "../support/paths.ts";

const execute = promisify(execFile);

// Modules are imported again for every guard, which only works in Node itself.
it("vectors and programs detect the removal of any guard of the DuckDB printers", async () => {
  const run = execute(process.execPath, ["test/mutation/run.ts", "--printers"], { cwd: root });
  const { stdout } = await run.catch((error) => error);
  expect(stdout).toMatch(/^duckdb: \d+ guards of the printers, all of them noticed when they are gone$/m);
}, 300_000);

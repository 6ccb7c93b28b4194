/**
 * Golden files: outputs stored under `test/golden` and compared completely. A golden that no test compares fails the
 * run.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "vitest";
import { root } from "./paths.ts";
import { leaveNote } from "./run-notes.ts";

/**
 * Compares a text with the file `test/golden/<path>`. `npm run golden:accept` updates the files and deletes those that
 * no test compares; review `git diff test/golden` before committing. For unit tests only, because that run starts no
 * servers.
 */
export function expectGolden(path: string, text: string): void {
  const file = `${root}/test/golden/${path}`;
  leaveNote({ kind: "golden", path });
  if (process.env.MEDAL_GOLDEN === "accept") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  const known = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (known === text) return;
  const accept = "if the change is intended: npm run golden:accept && git diff test/golden";
  if (known === undefined) expect.fail(`there is no test/golden/${path}; ${accept}`);
  expect(text, `test/golden/${path} differs; ${accept}`).toBe(known);
}

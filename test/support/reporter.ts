/**
 * Adds to vitest's summary: missing validators, goldens that no test compares (an error; deleted when goldens are
 * accepted), and a line `N passed, N failed`.
 */
import { readdirSync, rmSync } from "node:fs";
import type { Reporter, TestModule, Vitest } from "vitest/node";
import { root } from "./paths.ts";
import { type Note, readNotes } from "./run-notes.ts";

export default class ClosingReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): Promise<void> {
    const file = `${root}/${this.#vitest?.config.env?.MEDAL_TEST_NOTES}`;
    const notes = readNotes(file);
    rmSync(file, { force: true });

    const judges = new Set(notes.flatMap((note) => (note.kind === "absent-judge" ? [note.name] : [])));
    if (judges.size > 0) say(`judges that were not asked: ${[...judges].sort().join(", ")}`);

    const { passed, failed } = count(modules, errors);
    if (failed === 0 && (await isWholeUnitRun(modules, this.#vitest))) {
      for (const path of orphanedGoldens(notes)) judgeOrphan(path);
    }
    say(`${passed} passed, ${failed} failed`);
  }
}

/** A module that failed outside of its tests, and every error outside of a module, count as one failure each. */
function count(modules: readonly TestModule[], errors: readonly unknown[]): { passed: number; failed: number } {
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const brokenModules = modules.filter((module) => module.errors().length > 0);
  return {
    passed: states.filter((state) => state === "passed").length,
    failed: states.filter((state) => state === "failed").length + brokenModules.length + errors.length,
  };
}

/** Whether all unit tests ran: otherwise a golden that was not compared may still have a test. */
async function isWholeUnitRun(modules: readonly TestModule[], vitest: Vitest | undefined): Promise<boolean> {
  if (vitest === undefined || vitest.config.testNamePattern !== undefined) return false;
  const ran = new Set(modules.filter((module) => module.project.name === "unit").map((module) => module.moduleId));
  const specifications = await vitest.globTestSpecifications();
  return specifications.every(({ project, moduleId }) => project.name !== "unit" || ran.has(moduleId)) && ran.size > 0;
}

function orphanedGoldens(notes: readonly Note[]): readonly string[] {
  const compared = new Set(notes.flatMap((note) => (note.kind === "golden" ? [note.path] : [])));
  let files: string[];
  try {
    files = readdirSync(`${root}/test/golden`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(`${root}/test/golden/`.length));
  } catch {
    return [];
  }
  return files.filter((path) => !compared.has(path)).sort();
}

function judgeOrphan(path: string): void {
  if (process.env.MEDAL_GOLDEN === "accept") {
    rmSync(`${root}/test/golden/${path}`);
    say(`deleted test/golden/${path}: no test compares it`);
    return;
  }
  say(`FAILED: no test compares test/golden/${path}; npm run golden:accept deletes it`);
  process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * Installs and builds what the tests of a project need, before the first of them: it takes minutes on a new machine,
 * which must not count against a test's timeout. Later runs find it done.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { root } from "./paths.ts";
import { python } from "./python.ts";
import { ferretdb } from "./servers/mongo.ts";
import { sparkPython } from "./spark/install.ts";

interface Part {
  readonly name: string;
  readonly prepare: () => Promise<unknown>;
}

/** Tests that run `bin/medalc.js` use the current sources. */
const command: Part = {
  name: "the command medalc, built from src",
  prepare: () => promisify(execFile)(process.execPath, [`${root}/scripts/build.ts`]),
};

const judges: Part = { name: "Python tools that check the output", prepare: python };

const needed: Readonly<Record<string, readonly Part[]>> = {
  unit: [command, judges],
  property: [judges],
  integration: [
    command,
    judges,
    { name: "FerretDB, built from its Go module", prepare: ferretdb },
    { name: "Spark and Delta Lake", prepare: sparkPython },
  ],
};

/** Faster parts existed already. */
const WORTH_SAYING_MS = 2_000;
const STILL_AT_WORK_MS = 20_000;

/** Called by vitest before the first test file of a project. */
export async function setup({ name }: TestProject): Promise<void> {
  for (const part of needed[name] ?? []) await prepared(part);
}

async function prepared({ name, prepare }: Part): Promise<void> {
  const start = performance.now();
  const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  const say = (text: string): void => void process.stdout.write(`set-up: ${name}: ${text}\n`);
  const announce = setTimeout(() => say("installing"), WORTH_SAYING_MS);
  const progress = setInterval(() => say(`still installing, ${seconds()}`), STILL_AT_WORK_MS);
  try {
    await prepare();
    if (performance.now() - start >= WORTH_SAYING_MS) say(`ready after ${seconds()}`);
  } catch (cause) {
    throw new Error(`set-up: ${name} could not be installed`, { cause });
  } finally {
    clearTimeout(announce);
    clearInterval(progress);
  }
}

/** The Python tools that validate outputs, in one virtual environment with pinned versions. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { once } from "./lock.ts";
import { cache, root } from "./paths.ts";

const execute = promisify(execFile);

/** Contains the T-SQL parser's library; its other dependencies are not needed. */
const WITHOUT_DEPENDENCIES = ["mssql-cli==1.0.0"];

let environment: Promise<string> | undefined;

/**
 * Returns the path of a Python interpreter with the packages of `requirements.txt`. The first call on a machine creates
 * the environment (a minute, network); call it in a `beforeAll`. Run tools as modules: `python -m ruff`.
 */
export function python(): Promise<string> {
  environment ??= createEnvironment();
  return environment;
}

async function createEnvironment(): Promise<string> {
  const requirements = `${root}/test/support/requirements.txt`;
  const wanted = readFileSync(requirements, "utf8") + WITHOUT_DEPENDENCIES.join("\n");
  const hash = createHash("sha256").update(wanted).digest("hex").slice(0, 16);
  const folder = await once(`${cache}/python/${hash}`, async (folder) => {
    const interpreter = `${folder}/bin/python`;
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await execute("python3", ["-m", "venv", folder]);
    await execute(interpreter, [...install, "--requirement", requirements]);
    await execute(interpreter, [...install, "--no-deps", ...WITHOUT_DEPENDENCIES]);
  });
  return `${folder}/bin/python`;
}

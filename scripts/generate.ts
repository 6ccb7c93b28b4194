/** Runs every generator; with --check each only checks that its output is up to date. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const generators = readdirSync(folder).filter((name) => /^generate-.*\.ts$/.test(name));

for (const name of generators.sort()) {
  const { status } = spawnSync(process.execPath, [`${folder}${name}`, ...process.argv.slice(2)], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}

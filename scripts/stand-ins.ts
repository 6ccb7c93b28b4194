/**
 * `npm run stand-ins -- FOLDER`: runs fakes of the Azure services on this machine until it is stopped, to deploy the example
 * to. Writes the example into the folder, with an environment `here` in medal.json, and prints how to use it in a shell.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { root } from "../test/support/paths.ts";
import { templatesAsText } from "../test/support/templates.ts";

// The fakes validate requests with parts of the compiler.
templatesAsText();
const { DATA_FACTORY_CONTRIBUTOR, READER } = await import("../test/fakes/arm.ts");
const { startAz } = await import("../test/fakes/az.ts");
const { startCloudOn } = await import("../test/fakes/cloud.ts");
const { startSecureStorage } = await import("../test/fakes/storage.ts");

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error("usage: npm run stand-ins -- FOLDER");
const folder = resolve(process.env.INIT_CWD ?? ".", given);

const storage = await startSecureStorage();
const cloud = await startCloudOn(storage);
// Whoever deploys may also read the roles that a run needs.
cloud.arm.allow(DATA_FACTORY_CONTRIBUTOR, READER);
const stop = async (): Promise<void> => {
  await cloud[Symbol.asyncDispose]();
  process.exit();
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
endWithNpm(stop);
mkdirSync(folder, { recursive: true });
const az = await startAz(cloud.entra, `${folder}/bin`);
rmSync(`${folder}/bin/medalc`, { force: true });
symlinkSync(`${root}/bin/medalc.js`, `${folder}/bin/medalc`);
cpSync(`${root}/examples/ecommerce.medal`, `${folder}/ecommerce.medal`);
const { environments } = JSON.parse(readFileSync(`${root}/examples/medal.json`, "utf8"));
const here = { ...environments.dev, azure: cloud.azure };
writeFileSync(`${folder}/medal.json`, `${JSON.stringify({ environments: { here } }, null, 2)}\n`);
writeFileSync(`${folder}/certificate.pem`, storage.certificate);
const variables = {
  ...az.env,
  PATH: `${folder}/bin:${root}/node_modules/.bin:$PATH`,
  NODE_EXTRA_CA_CERTS: `${folder}/certificate.pem`,
};
const lines = Object.entries(variables).map(([name, value]) => `export ${name}="${value}"`);
writeFileSync(`${folder}/env.sh`, `${lines.join("\n")}\n`);
process.stdout.write(`Fake Azure services are running until you press Ctrl-C. In another shell:

  . ${folder}/env.sh
  cd ${folder}
  medalc doctor
  medalc plan
  medalc deploy
`);

/** Killing npm ends neither its shell nor the processes that it started. */
function endWithNpm(end: () => unknown): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const npm = Number(execFileSync("ps", ["-o", "ppid=", "-p", String(shell)], { encoding: "utf8" }));
  const timer = setInterval(() => {
    if (isAlive(shell) && isAlive(npm)) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

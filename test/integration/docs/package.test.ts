/** The tarball of `npm pack` works by itself, without the clone and without a registry. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../support/paths.ts";

let home = "";
/** A folder in which npm has installed the tarball, with linked dependencies because there is no network. */
let folder = "";
let files: readonly string[] = [];

beforeAll(() => {
  home = mkdtempSync(`${tmpdir()}/medalc-package-`);
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", home];
  const [packed] = JSON.parse(
    execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  folder = `${home}/folder`;
  const installed = `${folder}/node_modules/medalc`;
  mkdirSync(`${folder}/node_modules/.bin`, { recursive: true });
  execFileSync("tar", ["-xzf", `${home}/${packed.filename}`, "-C", home]);
  execFileSync("mv", [`${home}/package`, installed]);
  files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  symlinkSync("../medalc/bin/medalc.js", `${folder}/node_modules/.bin/medalc`);
  const { dependencies } = JSON.parse(readFileSync(`${installed}/package.json`, "utf8"));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(`${folder}/node_modules/${name}`), { recursive: true });
    symlinkSync(`${root}/node_modules/${name}`, `${folder}/node_modules/${name}`);
  }
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(line: string, cwd = folder) {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, npm_config_offline: "true" };
  const { status, stdout, stderr } = spawnSync("bash", ["-c", line], { cwd, encoding: "utf8", env });
  return { status, out: stdout, err: stderr };
}

it("contains what the command needs, but no tests or sources", () => {
  for (const path of [
    "dist/LICENSES.txt",
    "schemas/medal.schema.json",
    "src/runner/spark/driver.py",
    "docs/ci.md",
    "LICENSE",
  ]) {
    expect(files).toContain(path);
  }
  for (const path of files) expect(path).not.toMatch(/^(test|scripts|bench|\.cache|docs\/decisions)\/|^src\/.*\.ts$/);
});

it("starts a project, and every command that it prints or writes works", () => {
  const started = run("npx --no-install medalc init bikes");
  expect(started).toMatchObject({ status: 0, err: "Next: npx medalc check bikes, npx medalc run bikes\n" });
  const [, ...next] = started.err.trim().split(/(?:^Next: |, )/);
  expect(next).toHaveLength(2);
  for (const line of next) expect(run(line), line).toMatchObject({ status: 0 });

  const { $schema } = JSON.parse(readFileSync(`${folder}/bikes/medal.json`, "utf8"));
  expect(existsSync(`${folder}/bikes/${$schema}`)).toBe(true);
  const readme = readFileSync(`${folder}/bikes/README.md`, "utf8");
  const lines = [...readme.matchAll(/^npx medalc .*$/gm)].map(([line]) => line);
  const offline = lines.filter((line) => !/ (doctor|plan|deploy) /.test(line));
  expect(offline).toHaveLength(lines.length - 3);
  for (const line of offline) expect(run(line, `${folder}/bikes`), line).toMatchObject({ status: 0 });
  expect(existsSync(`${folder}/bikes/out/manifest.json`)).toBe(true);
});

it("explains, queries, and loads the packages that only some commands need", () => {
  expect(run("npx medalc explain fan-out")).toMatchObject({ status: 0, out: expect.stringMatching(/^# fan-out\n/) });
  expect(run('npx medalc query "select count(*) as n from silver.orders" bikes --csv')).toMatchObject({
    status: 0,
    out: "n\n5\n",
  });
  // Without a login there is no plan, and the error says so: the Azure packages are installed.
  const { status, out, err } = run("AZURE_TOKEN_CREDENTIALS=EnvironmentCredential npx medalc doctor bikes");
  expect(status).toBe(1);
  expect(`${out}${err}`).not.toMatch(/because of a bug|Cannot find/);
});

it("is private, so that it cannot be published under a name that others may own", () => {
  expect(JSON.parse(readFileSync(`${root}/package.json`, "utf8"))).toMatchObject({ private: true });
});

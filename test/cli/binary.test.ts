import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

const PROGRAM = `project shop {
  lake = adls { account: "shop", container: "shop" }
}
source web = http { base_url: "https://shop.example/" }
bronze orders from web.csv("orders.csv") {
  id: int
}
silver orders {
  from bronze.orders
  distinct
}
`;

function run(args: readonly string[], folder: string, nodeArgs: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, `${root}/bin/medalc.js`, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

it("answers on standard output and exits with the code", () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM });
  expect(run(["check"], folder)).toEqual({
    status: 0,
    stdout: "Check passed: 1 bronze, 1 silver, 0 gold\n",
    stderr: "",
  });
  expect(run(["check", "nowhere"], folder)).toMatchObject({ status: 64 });
  expect(run(["explain", "config-secret"], folder).stdout).toMatch(/^# config-secret\n/);
});

it("validates medal.json with the function that the build generated from its schema", () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "medal.json": '{"environments": {"dev": {"lake": 1}}}' });
  const { status, stdout } = run(["check"], folder);
  expect(status).toBe(1);
  expect(stdout).toContain("medal.json:1:35: error config-invalid: environments.dev.lake must be string");
});

it("contains the licences of bundled packages and data", () => {
  const npm = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" });
  expect(npm.stdout, npm.stderr).toContain('"dist/LICENSES.txt"');
  const licenses = readFileSync(`${root}/dist/LICENSES.txt`, "utf8");
  expect(licenses).toContain(readFileSync(`${root}/src/time-zones.LICENSE.txt`, "utf8"));
  expect(licenses).toMatch(/^commander\n\n\(The MIT License\)$/m);
});

it("prints nothing when its reader goes away", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM });
  const command = `"${process.execPath}" "${root}/bin/medalc.js" explain config-secret | head -n 1`;
  const { stdout, stderr } = spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "# config-secret\n", stderr: "" });
});

/** Throws this where nothing can catch it, as soon as a command runs and uncaught errors are reported. */
function throwing(code: string): string {
  return `data:text/javascript,process.on("newListener",(name)=>{if(name==="uncaughtException")setTimeout(()=>{${code}},1000)})`;
}

it.each(['throw new Error("broken")', 'Promise.reject(new Error("broken"))'])(
  "reports %s in an event handler as a bug",
  (code) => {
    const folder = temporaryFolder({ "shop.medal": PROGRAM });
    const broken = run(["check", "--watch"], folder, ["--import", throwing(code)]);
    expect(broken.status).toBe(70);
    expect(broken.stderr).toMatch(
      /^medalc 0\.1\.0 crashed because of a bug: broken\nPlease report it [^\n]*--debug\n$/m,
    );
    expect(broken.stderr).not.toMatch(/^ +at /m);
    expect(run(["check", "--watch", "--debug"], folder, ["--import", throwing(code)]).stderr).toMatch(/^ +at /m);
  },
);

it("reports an error of the network in an event handler as a diagnostic", () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM });
  const reset = 'throw Object.assign(new Error("read ECONNRESET"),{code:"ECONNRESET",syscall:"read"})';
  const { status, stdout, stderr } = run(["check", "--watch"], folder, ["--import", throwing(reset)]);
  expect({ status, stdout }).toMatchObject({ status: 1, stdout: expect.stringContaining("error network-access:") });
  expect(`${stdout}${stderr}`).not.toMatch(/^ +at |because of a bug/m);
});

it("reports a bug outside of every command", () => {
  const broken = 'data:text/javascript,process.stdout.write=()=>{throw new Error("broken")}';
  const { status, stderr } = run(["--version"], temporaryFolder(), ["--import", broken]);
  expect({ status, stderr }).toMatchObject({ status: 70, stderr: expect.stringContaining("because of a bug: broken") });
});

it("names the required Node version", () => {
  const older = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.20.2"})';
  expect(run(["check"], temporaryFolder(), ["--import", older])).toEqual({
    status: 64,
    stdout: "",
    stderr: "medalc needs Node 22 or newer; this is Node 20.20.2\n",
  });
});

it("--watch checks again after every change, until it is interrupted", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM });
  const child = spawn(process.execPath, [`${root}/bin/medalc.js`, "check", "--watch"], { cwd: folder });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  child.stdout.on("data", (data) => {
    out += data;
  });
  const printed = async (text: string) => {
    await expect.poll(() => out, { timeout: 10_000 }).toContain(text);
    out = "";
  };
  await printed("Check passed");
  appendFileSync(`${folder}/shop.medal`, "gold totals {\n  from silver.order\n}\n");
  await printed("error unknown-relation");
  // Editors save by replacing the file.
  writeFileSync(`${folder}/new`, PROGRAM);
  renameSync(`${folder}/new`, `${folder}/shop.medal`);
  await printed("Check passed");
  const ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

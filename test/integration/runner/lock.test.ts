/** The lock of a lake: never two holders, whichever process is killed, and no lock file that has to be removed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { takeLock } from "../../../src/runner/lock.ts";
import { createProject, PROJECT, type Project } from "../../runner/project.ts";
import { root } from "../../support/paths.ts";

/** Each process has four contenders. */
const PROCESSES = 6;
const TAKES = 600;
const KILLS = 30;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medalc-lock-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The log lines of holders, in order; the last may be incomplete. */
function linesOf(log: string): readonly (readonly string[])[] {
  const text = readFileSync(log, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "));
}

it(`only one of ${4 * PROCESSES} contenders holds the lock, in ${TAKES} acquisitions with ${KILLS} kills`, {
  timeout: 300_000,
}, async () => {
  const lock = join(folder, "lake", ".lock");
  const log = join(folder, "log");
  writeFileSync(log, "");
  const start = () => {
    const script = `${root}/test/integration/runner/lock-contender.ts`;
    return spawn(process.execPath, [script, lock, log], { stdio: ["ignore", "ignore", "inherit"] });
  };
  const processes: ChildProcess[] = Array.from({ length: PROCESSES }, start);
  const takes = () => new Set(linesOf(log).map(([take]) => take)).size;
  let kills = 0;
  while (takes() < TAKES) {
    await sleep(20);
    if (kills >= KILLS || takes() < (TAKES / KILLS) * kills) continue;
    // Kill the current holder.
    const holder = Number(linesOf(log).at(-1)?.[0]?.split(".")[0]);
    const at = processes.findIndex(({ pid }) => pid === holder);
    if (at === -1) continue;
    processes[at]?.kill("SIGKILL");
    processes[at] = start();
    kills++;
  }
  for (const child of processes) {
    expect(child.exitCode).toBe(null);
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
  expect(kills).toBe(KILLS);

  const over = new Set<string | undefined>();
  let holder: string | undefined;
  const doubles: string[] = [];
  for (const [take, what] of linesOf(log)) {
    // A holder that released the lock, or lost it to another one, must not write again.
    if (over.has(take)) doubles.push(`${take} ${what} after ${holder}`);
    if (take !== holder) over.add(holder);
    if (what === "releases") over.add(take);
    holder = take;
  }
  expect(doubles).toEqual([]);
  expect(readdirSync(join(folder, "lake"))).toEqual([".lock"]);
  const after = await takeLock(lock);
  expect(after.kind).toBe("taken");
});

it("the lock is released when its process is killed, and names its holder until then", async () => {
  const lock = join(folder, ".lock");
  const log = join(folder, "log");
  const script = `const { takeLock } = await import(${JSON.stringify(`${root}/src/runner/lock.ts`)});
    console.log((await takeLock(${JSON.stringify(lock)})).kind);
    setInterval(() => undefined, 1000);`;
  writeFileSync(log, "");
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  expect(String((await once(child.stdout, "data"))[0])).toBe("taken\n");
  expect(await takeLock(lock)).toEqual({
    kind: "held",
    owner: expect.stringMatching(new RegExp(`^process ${child.pid} on .+, since 20\\d\\d-.*Z$`)),
  });
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  expect((await takeLock(lock)).kind).toBe("taken");
});

const PROGRAM = `bronze orders from files.csv("orders.csv") { id: int, price: int  key id }
${Array.from({ length: 12 }, (_, at) => `silver orders_${at} { from bronze.orders  where id % 12 == ${at} }`).join("\n")}
`;

/** Runs the command in the project and waits until it ends. */
async function medalc(project: Project, ...args: readonly string[]) {
  const child = spawn(process.execPath, [`${root}/bin/medalc.js`, ...args], { cwd: project.folder });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  await once(child, "close");
  return { exitCode: child.exitCode, output };
}

it("one of several concurrent commands runs, the others name it, and rows can be shown meanwhile", {
  timeout: 120_000,
}, async () => {
  const orders = Array.from({ length: 20_000 }, (_, id) => `${id},1`);
  const project = await createProject(PROGRAM, { "orders.csv": ["id,price", ...orders, ""].join("\n") });
  try {
    writeFileSync(join(project.folder, "shop.medal"), PROJECT + PROGRAM);
    mkdirSync(project.lakeFolder, { recursive: true });
    expect((await medalc(project, "run")).exitCode).toBe(0);
    const runs = await Promise.all(Array.from({ length: 4 }, () => medalc(project, "run", "--full")));
    const shows = await Promise.all([medalc(project, "run", "--full"), medalc(project, "show", "silver.orders_3")]);
    for (const { exitCode, output } of runs) {
      if (exitCode !== 0)
        expect({ exitCode, output }).toMatchObject({
          exitCode: 4,
          output: expect.stringContaining("another run is using the lake"),
        });
    }
    expect(runs.some(({ exitCode }) => exitCode === 0)).toBe(true);
    expect(shows.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(shows[1]?.output).toContain("of 1667 of silver.orders_3");
    expect(await project.rows("silver.orders_3")).toHaveLength(1667);
  } finally {
    await project.remove();
  }
});

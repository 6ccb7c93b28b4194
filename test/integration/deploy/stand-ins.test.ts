/** However the stand-ins are stopped, nothing of them is left. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { root } from "../../support/paths.ts";

interface Process {
  readonly pid: number;
  readonly parent: number;
}

function processes(): readonly Process[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,stat="], { encoding: "utf8" }).trim().split("\n");
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith("Z"))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

/** A process and all that it started. */
function familyOf(pid: number): readonly number[] {
  const all = processes();
  const found = [pid];
  for (const each of found) for (const { pid: own, parent } of all) if (parent === each) found.push(own);
  return found;
}

async function started(child: ChildProcess): Promise<void> {
  for await (const chunk of child.stdout ?? []) if (String(chunk).includes("until you press Ctrl-C")) return;
  throw new Error("the stand-ins did not start");
}

it.each([
  ["SIGINT", "node"],
  ["SIGTERM", "node"],
  ["SIGHUP", "node"],
  ["SIGKILL", "node"],
  ["SIGTERM", "npm"],
  ["SIGKILL", "npm"],
] as const)("nothing is left after %s to %s", async (signal, whom) => {
  const folder = mkdtempSync(`${tmpdir()}/medalc-stand-ins-`);
  const [command, args] =
    whom === "npm"
      ? ["npm", ["run", "--silent", "stand-ins", "--", folder]]
      : [process.execPath, [`${root}/scripts/stand-ins.ts`, folder]];
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await started(child);
    const family = familyOf(child.pid ?? 0);
    expect(family.length).toBeGreaterThan(1);
    child.kill(signal);
    const left = (): readonly number[] => processes().flatMap(({ pid }) => (family.includes(pid) ? [pid] : []));
    for (let tries = 0; tries < 150 && left().length > 0; tries++) await sleep(100);
    expect(left()).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

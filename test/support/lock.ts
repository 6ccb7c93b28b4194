/** Runs work once across processes: virtual environments, servers to build, generated data. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` unless an earlier run completed it for this folder; other processes wait. Interrupted work is repeated in
 * an empty folder. Name the folder by a hash of the inputs.
 */
export async function once(folder: string, work: (folder: string) => Promise<void>): Promise<string> {
  const done = `${folder}.done`;
  const lock = `${folder}.lock`;
  mkdirSync(dirname(folder), { recursive: true });
  while (!existsSync(done)) {
    if (!takeLock(lock)) {
      await sleep(100);
      continue;
    }
    try {
      if (existsSync(done)) break;
      rmSync(folder, { recursive: true, force: true });
      await work(folder);
      writeFileSync(done, "");
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return folder;
}

/** Removes a lock whose owner has ended, so that the next attempt can acquire it. */
function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (!ownerLives(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function ownerLives(lock: string): boolean {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    // The file is empty between its creation and the write of the process ID: its owner is running.
    return owner === 0 || process.kill(owner, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

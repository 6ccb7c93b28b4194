/** Work that is done once, however many processes want it: venvs, servers to build, data to generate. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` unless an earlier run has finished it for this folder; the others wait. Work that was cut off is begun anew
 * in an emptied folder. Give it a folder of its own, named by a hash of what it is made from.
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

/** A lock whose owner is dead is removed, so that the next try may take it. */
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
    // Between its creation and the write of the number the file is empty: somebody is at work.
    return owner === 0 || process.kill(owner, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

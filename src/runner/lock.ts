/**
 * One run at a time in a lake: a file that names the process. Of a process that is gone the file is a leftover and is
 * taken over; it is complete from the moment it is there.
 */
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { isFileError } from "./errors.ts";

/** Who holds the lock, as its file says. */
interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When the process started, by the system's own count, where it tells: a number may be given to another process. */
  readonly started: string | undefined;
}

export interface Lock {
  release(): Promise<void>;
}

/** The lock, or the process that has it: `process 4711 on laptop`. */
export async function takeLock(path: string): Promise<Lock | { readonly heldBy: string }> {
  const own: Owner = { host: hostname(), pid: process.pid, started: await startOf(process.pid) };
  const text = `${JSON.stringify(own)}\n`;
  const temporary = `${besides(path)}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, text);
  try {
    for (;;) {
      if (await linked(temporary, path)) {
        await removeBesides(path);
        return { release: () => rm(path, { force: true }) };
      }
      const found = await readOwner(path);
      if (found === undefined) continue;
      if (found.owner && (await isAlive(found.owner)))
        return { heldBy: `process ${found.owner.pid} on ${found.owner.host}` };
      await removeLeftover(path, found.text);
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A file of this process beside the lock, without the ending. */
function besides(path: string): string {
  return `${path}.${hostname()}.${process.pid}`;
}

/** What processes of this machine have left beside the lock when they were killed. */
async function removeBesides(path: string): Promise<void> {
  const prefix = `${basename(path)}.${hostname()}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const [, pid] = /^(\d+)\.(?:tmp|old)$/.exec(name.slice(prefix.length)) ?? [];
    if (pid !== undefined && !hasProcess(Number(pid))) await rm(join(dirname(path), name), { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isFileError(error, "EEXIST")) return false;
    throw error;
  }
}

/** Moves the file away and looks whether it still is the leftover; if another process was faster, its file goes back. */
async function removeLeftover(path: string, text: string): Promise<void> {
  const aside = `${besides(path)}.old`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isFileError(error, "ENOENT")) return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) !== text) await linked(aside, path);
  await rm(aside, { force: true });
}

/** What the file says; a text that is no owner's was damaged and is a leftover too. */
async function readOwner(path: string): Promise<{ readonly owner?: Owner; readonly text: string } | undefined> {
  try {
    const text = await readFile(path, "utf8");
    return /^\{.*\}\n$/.test(text) ? { owner: JSON.parse(text), text } : { text };
  } catch (error) {
    if (isFileError(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Of another machine nothing can be known, so its process counts as alive. */
async function isAlive({ host, pid, started }: Owner): Promise<boolean> {
  if (host !== hostname()) return true;
  return hasProcess(pid) && (await startOf(pid)) === started;
}

function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (isFileError(error, "ESRCH")) return false;
    if (isFileError(error, "EPERM")) return true;
    throw error;
  }
}

/** Only Linux tells when a process started without another program's help. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name stands in parentheses and may hold anything; the start is the 20th field behind it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch (error) {
    if (isFileError(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}

/**
 * Allows one run at a time in a lake, with an exclusive lock of the operating system on a file. The system releases the
 * lock when the process ends for any reason, so there are no stale locks. The content of the file only tells others who
 * holds the lock; the file itself is never removed, because the lock belongs to the file and not to its name.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "./errors.ts";
import { integerOf, parsedObject, textOf } from "./read-json.ts";

export interface Lock {
  readonly kind: "taken";
  /** The open file. The lock lasts until it is closed here and in every process that inherited it. */
  readonly fd: number;
  /** A run on another machine that, according to the file, did not release the lock: killed, or still running. */
  readonly unfinished: string | undefined;
  release(): void;
}

export type LockAnswer =
  | Lock
  /** `process 4711 on laptop, since 2026-01-31T06:00:00.000Z` */
  | { readonly kind: "held"; readonly owner: string }
  /** The file cannot be locked by anyone. */
  | { readonly kind: "impossible"; readonly problem: string };

/**
 * The locked range. On Windows others cannot read a locked range, so it is a byte far behind the text; macOS can lock
 * only whole files.
 */
const REGION = process.platform === "win32" ? ([2 ** 40, 1] as const) : ([0, 0] as const);

export async function takeLock(path: string): Promise<LockAnswer> {
  let fd: number | undefined;
  try {
    const { tryLock } = await import("fs-native-extensions");
    await mkdir(dirname(path), { recursive: true });
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
    if (!fstatSync(fd).isFile()) throw new Error(`${path} is not a file`);
    if (tryLock(fd, ...REGION)) return taken(fd, path);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    return { kind: "impossible", problem: messageOf(error) };
  }
  closeSync(fd);
  return { kind: "held", owner: await ownerOf(path) };
}

function taken(fd: number, path: string): Lock {
  const before = ownerIn(path);
  // Without awaiting in between, so that the time without a named owner is short.
  ftruncateSync(fd);
  const own = { host: hostname(), pid: process.pid, since: new Date().toISOString() };
  writeSync(fd, `${JSON.stringify(own)}\n`, 0);
  return {
    kind: "taken",
    fd,
    unfinished: before === undefined || before.host === own.host ? undefined : before.text,
    release() {
      try {
        ftruncateSync(fd);
      } finally {
        closeSync(fd);
      }
    },
  };
}

const ATTEMPTS = 5;
const PAUSE_MS = 20;

/** A process that has just acquired the lock may not have written its name yet. */
async function ownerOf(path: string): Promise<string> {
  for (let each = 0; each < ATTEMPTS; each++) {
    const owner = ownerIn(path);
    if (owner !== undefined) return owner.text;
    await sleep(PAUSE_MS);
  }
  return "an unknown process";
}

/** Undefined if the file is empty or damaged. */
function ownerIn(path: string): { readonly host: string; readonly text: string } | undefined {
  try {
    const owner = parsedObject(readFileSync(path, "utf8"));
    const [host, since, pid] = [textOf(owner?.host), textOf(owner?.since), integerOf(owner?.pid)];
    if (host === undefined || since === undefined || pid === undefined) return undefined;
    return { host, text: `process ${pid} on ${host}, since ${since}` };
  } catch {
    return undefined;
  }
}

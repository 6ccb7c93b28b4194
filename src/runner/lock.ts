/**
 * One run at a time in a lake: an exclusive lock of the operating system on a file of it. The system releases it when
 * the process ends, however it ends, so there are no stale locks and nothing is ever taken over. What stands in the
 * file only tells others who has the lock; the file itself is never removed, for a lock is on a file and not on a name.
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
  /** The open file. The lock lasts until it is closed here and in every process that got it. */
  readonly fd: number;
  /** The run of another machine that has not released the lock, as the file says: it was killed, or is still at work. */
  readonly unfinished: string | undefined;
  release(): void;
}

export type LockAnswer =
  | Lock
  /** `process 4711 on laptop, since 2026-01-31T06:00:00.000Z` */
  | { readonly kind: "held"; readonly owner: string }
  /** There is no lock to be had, whoever asks. */
  | { readonly kind: "impossible"; readonly problem: string };

/**
 * What is locked. Windows keeps others from reading what is locked, so there it is a byte far behind the text; macOS
 * locks whole files only.
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
  // Without a break in between, so that hardly anybody sees a lock without an owner.
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

const TRIES = 5;
const PAUSE_MS = 20;

/** Who has just taken the lock may not have written yet who it is. */
async function ownerOf(path: string): Promise<string> {
  for (let each = 0; each < TRIES; each++) {
    const owner = ownerIn(path);
    if (owner !== undefined) return owner.text;
    await sleep(PAUSE_MS);
  }
  return "it does not say which process";
}

/** Undefined where nobody is named, or the text is damaged. */
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

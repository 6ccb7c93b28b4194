/**
 * Injects a fault into one file system call of this process: calls of all functions of `node:fs` that a command may use
 * are counted if their path is inside a folder, and the call with a given number fails.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

export interface FsCall {
  /** `readFileSync`, `promises.open`, `FileHandle.sync` */
  readonly name: string;
  /** Relative to the folder. */
  readonly path: string;
}

export interface FsFault {
  /** The index among the calls inside the folder, from 0. */
  readonly at: number;
  readonly code: string;
}

export interface FaultyFs extends Disposable {
  readonly calls: readonly FsCall[];
}

/** Calls that handle system errors themselves, or are part of another call. */
const UNTOUCHED = new Set(["existsSync", "exists", "realpathSync.native", "createReadStream", "createWriteStream"]);

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Active until it is disposed. */
export function faultyFs(folder: string, fault?: FsFault): FaultyFs {
  const calls: FsCall[] = [];
  const undo: (() => void)[] = [];
  const descriptors = new Map<unknown, string>();

  /** The error of this call, if it is the one that fails. */
  const count = (name: string, target: unknown): Error | undefined => {
    const path = typeof target === "string" ? target : descriptors.get(target);
    if (path === undefined || !path.startsWith(folder)) return undefined;
    calls.push({ name, path: path.slice(folder.length) });
    if (fault === undefined || calls.length - 1 !== fault.at) return undefined;
    const syscall = name.replace(/^.*\.|Sync$|File/g, "").toLowerCase();
    const message = `${fault.code}: injected by the test, ${syscall} '${path}'`;
    return Object.assign(new Error(message), { code: fault.code, syscall, errno: -1, path });
  };
  const patch = (owner: object, key: string, name: string, kind: "sync" | "promise" | "callback"): void => {
    const original: unknown = Reflect.get(owner, key);
    if (typeof original !== "function" || UNTOUCHED.has(name)) return;
    const replaced: AnyFunction = function (...args) {
      const target = name.startsWith("FileHandle.") ? this : args[0];
      const error = count(name, target);
      if (error !== undefined && kind === "sync") throw error;
      if (error !== undefined && kind === "promise") return Promise.reject(error);
      if (error !== undefined) {
        const callback = args.at(-1);
        if (typeof callback === "function") queueMicrotask(() => callback(error));
        return undefined;
      }
      const result = Reflect.apply(original, this, args);
      const path = typeof target === "string" ? target : undefined;
      if (path !== undefined && key === "openSync") descriptors.set(result, path);
      if (path !== undefined && name === "promises.open" && result instanceof Promise) {
        return result.then((handle) => {
          descriptors.set(handle, path);
          return handle;
        });
      }
      return result;
    };
    Object.assign(replaced, original);
    Reflect.set(owner, key, replaced);
    undo.push(() => Reflect.set(owner, key, original));
  };

  for (const key of Object.keys(fs)) {
    if (key.endsWith("Sync")) patch(fs, key, key, "sync");
    else if (["open", "read", "write", "close", "fsync", "stat", "lstat", "readdir", "mkdir", "rm"].includes(key)) {
      patch(fs, key, key, "callback");
    }
  }
  for (const key of Object.keys(fs.promises)) patch(fs.promises, key, `promises.${key}`, "promise");
  for (const key of ["read", "write", "writeFile", "readFile", "appendFile", "sync", "datasync", "stat", "truncate"]) {
    patch(handlePrototype, key, `FileHandle.${key}`, "promise");
  }
  syncBuiltinESMExports();
  return {
    calls,
    [Symbol.dispose]() {
      for (const restore of undo.reverse()) restore();
      syncBuiltinESMExports();
    },
  };
}

const handle = await fs.promises.open(import.meta.filename);
const handlePrototype: object = Object.getPrototypeOf(handle);
await handle.close();

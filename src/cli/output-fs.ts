/** What writing an output asks of a file system; tests put failures into it. Paths are absolute. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

export interface OutputFs {
  /** What is at the path itself; a link is `other`, wherever it leads. */
  kindOf(path: string): "file" | "folder" | "other" | "nothing";
  read(path: string): Buffer;
  write(path: string, text: string): void;
  /** Replaces a file at the new path. */
  rename(path: string, to: string): void;
  removeFile(path: string): void;
  /** With its parents; no matter whether it is there. */
  makeFolder(path: string): void;
  /** Whether it was empty and is gone. */
  removeEmptyFolder(path: string): boolean;
  /** With all that is in it; no matter whether it is there. */
  removeFolder(path: string): void;
}

export const nodeFs: OutputFs = {
  kindOf(path) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return "nothing";
    if (stats.isFile()) return "file";
    return stats.isDirectory() ? "folder" : "other";
  },
  read: (path) => readFileSync(path),
  write: (path, text) => writeFileSync(path, text),
  rename: (path, to) => renameSync(path, to),
  removeFile: (path) => unlinkSync(path),
  makeFolder,
  removeEmptyFolder(path) {
    try {
      rmdirSync(path);
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST"))
        return false;
      throw error;
    }
  },
  removeFolder: (path) => rmSync(path, { recursive: true, force: true }),
};

/** Not `recursive: true`, which never ends where a system says of a new folder in one that is there that it is not. */
function makeFolder(path: string): void {
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST" && statSync(path).isDirectory()))
      throw error;
  }
}

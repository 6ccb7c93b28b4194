/** The file system operations for writing an output; tests inject failures. Paths are absolute. */
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { slicesOf } from "./text-slices.ts";

export interface OutputFs {
  /** The kind of the entry at the path; symbolic links are not followed and are `other`. */
  kindOf(path: string): "file" | "folder" | "other" | "nothing";
  read(path: string): Buffer;
  write(path: string, text: string): void;
  /** Renames a file, replacing an existing one. */
  rename(path: string, to: string): void;
  removeFile(path: string): void;
  /** Creates a folder and its parents, if necessary. */
  makeFolder(path: string): void;
  /** Removes a folder if it is empty; whether it did. */
  removeEmptyFolder(path: string): boolean;
  /** Removes a folder with its contents, if it exists. */
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
  write,
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

function write(path: string, text: string): void {
  const file = openSync(path, "w");
  try {
    for (const slice of slicesOf(text)) writeFileSync(file, slice);
  } finally {
    closeSync(file);
  }
}

/**
 * Not `recursive: true`, which loops forever if a system reports that a new folder in an existing one does not exist.
 */
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

/** The compiler's host for the local file system. */
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve, sep } from "node:path";
import type { CompilerHost, FileProblem } from "./host.ts";
import { type DecodedText, isMissing, readTextFile } from "./read-text.ts";

/** Folders that are never searched for programs. */
const SKIPPED = new Set(["node_modules", "dist", "out"]);

/** Only files with these extensions are read, checked before and after resolving links, so that no other file is quoted in a message. */
const READ_KINDS: ReadonlySet<string> = new Set([".medal", ".json"]);

/**
 * Relative paths start at `folder`, which is absolute. Only files inside the folder `project` are read: neither an import
 * nor a symbolic link may lead out of it.
 */
export function createNodeHost(folder: string, project = "."): CompilerHost {
  const reader = createProjectReader(resolve(folder, project));
  return {
    readFile(path) {
      const read = reader(resolve(folder, path));
      return read !== undefined && "text" in read ? read.text : read;
    },
    listPrograms(path) {
      return programsBelow(resolve(folder, path), path === "." ? "" : `${path.replace(/\/+$/, "")}/`).sort();
    },
    isFolder(path) {
      return isFolder(resolve(folder, path));
    },
  };
}

/** A broken link is reported as an error and not as a missing file. */
function isLinkToNowhere(path: string): boolean {
  try {
    return readlinkSync(path) !== "" && statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

export type ProjectReader = (path: string) => DecodedText | FileProblem | undefined;

/** Reads programs and configuration files of a project by absolute path. */
export function createProjectReader(project: string): ProjectReader {
  const realFolders = new Map<string, string>();
  const realFolder = (folder: string): string => {
    const real = realFolders.get(folder) ?? realpathSync.native(folder);
    realFolders.set(folder, real);
    return real;
  };
  /** What a path leads to. The links of folders are followed once for all files in them. */
  const located = (path: string): { readonly real: string; readonly stats: Stats } => {
    const stats = lstatSync(path);
    if (!stats.isSymbolicLink()) return { real: join(realFolder(dirname(path)), basename(path)), stats };
    const real = realpathSync.native(path);
    return { real, stats: statSync(real) };
  };
  return (path) => {
    if (!isWithin(project, path)) return OUTSIDE;
    try {
      const { real, stats } = located(path);
      if (!isWithin(realFolder(project), real)) return OUTSIDE;
      const kind = extname(path).toLowerCase();
      if (!READ_KINDS.has(kind) || extname(real).toLowerCase() !== kind) {
        return stats.isDirectory() ? undefined : { kind: "not-readable", detail: "its name does not end in .medal" };
      }
      return stats.isDirectory() ? undefined : readTextFile(real, stats);
    } catch (error) {
      if (isMissing(error) && !isLinkToNowhere(path)) return undefined;
      throw error;
    }
  };
}

const OUTSIDE: FileProblem = { kind: "outside-project", detail: "it is outside the project's folder" };

/** Whether a path is inside a folder or the folder itself; both absolute and without `..`. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** A subfolder with its own `medal.json` is another project. */
function programsBelow(folder: string, prefix: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".")) return [];
    if (!entry.isDirectory()) return entry.name.endsWith(".medal") ? [`${prefix}${entry.name}`] : [];
    const below = `${folder}/${entry.name}`;
    if (SKIPPED.has(entry.name) || existsSync(`${below}/medal.json`)) return [];
    return programsBelow(below, `${prefix}${entry.name}/`);
  });
}

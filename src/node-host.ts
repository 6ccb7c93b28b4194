/** The compiler's host on a file system. */
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { CompilerHost } from "./host.ts";

/** Folders that hold no programs of the project, whatever their files are called. */
const SKIPPED = new Set(["node_modules", "dist", "out"]);

/** What the system says where there is no file; a file that is there and cannot be read is no missing one. */
const NOTHING_THERE: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG"]);

/** Paths are taken from `folder`, which is absolute; what they are called stays as it was asked for. */
export function createNodeHost(folder: string): CompilerHost {
  const absolute = (path: string): string => (isAbsolute(path) ? path : `${folder}/${path}`);
  return {
    readFile(path) {
      try {
        const text = readFileSync(absolute(path), "utf8");
        return text.startsWith("\ufeff") ? text.slice(1) : text;
      } catch (error) {
        const isNothing = error instanceof Error && "code" in error && NOTHING_THERE.has(error.code);
        if (isNothing && !isLinkToNowhere(absolute(path))) return undefined;
        throw error;
      }
    },
    listPrograms(path) {
      return programsBelow(absolute(path), path === "." ? "" : `${path.replace(/\/+$/, "")}/`).sort();
    },
    isFolder(path) {
      return statSync(absolute(path), { throwIfNoEntry: false })?.isDirectory() ?? false;
    },
  };
}

/** A link that leads nowhere is not missing: somebody meant something by it. */
function isLinkToNowhere(path: string): boolean {
  try {
    return readlinkSync(path) !== "" && statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

/** A folder below that has a `medal.json` of its own is another project. */
function programsBelow(folder: string, prefix: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".")) return [];
    if (!entry.isDirectory()) return entry.name.endsWith(".medal") ? [`${prefix}${entry.name}`] : [];
    const below = `${folder}/${entry.name}`;
    if (SKIPPED.has(entry.name) || existsSync(`${below}/medal.json`)) return [];
    return programsBelow(below, `${prefix}${entry.name}/`);
  });
}

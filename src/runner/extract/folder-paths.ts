/** The files of a folder that a pattern stands for. */
import { isUtf8 } from "node:buffer";
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isWithin } from "../../node-host.ts";
import { patternRegExp } from "../../semantics/path-pattern.ts";
import { isFileError } from "../errors.ts";
import { comparePaths } from "../loads.ts";
import { sourceError } from "./failures.ts";

/**
 * The paths in their order. A name that starts with `_` or `.` is ignored unless the pattern's part starts with it too. A
 * symbolic link is followed within `within`, and is an error where it leads out of it.
 */
export async function pathsOf(
  { folder, within }: { readonly folder: string; readonly within: string },
  pattern: string,
): Promise<readonly string[]> {
  const root = await realpath(within);
  const found = new Set<string>();
  const whole = patternRegExp(pattern);

  /** `above`: the real paths of the folders on the way, so that a link to one of them is not followed again. */
  async function search(path: string, parts: readonly string[], above: readonly string[]): Promise<void> {
    const [part = "", ...rest] = parts;
    if (part === "**") await search(path, rest, above);
    const matching = part === "**" ? undefined : patternRegExp(part);
    for (const entry of await entriesOf(join(folder, path))) {
      const { name } = entry;
      if (/^[_.]/.test(name) && !(part !== "**" && part.startsWith(name.charAt(0)))) continue;
      if (matching?.test(name) === false) continue;
      const below = path === "" ? name : `${path}/${name}`;
      const kind = await kindOf(below, entry);
      if (kind === undefined) continue;
      if (kind.folder === undefined) {
        if (rest.length === 0 && part !== "**" && whole.test(below)) found.add(below);
      } else if (!above.includes(kind.folder)) {
        const next = part === "**" ? parts : rest;
        if (next.length > 0) await search(below, next, [...above, kind.folder]);
      }
    }
  }

  /** The real path of a folder, nothing for a file, undefined for what vanished meanwhile. */
  async function kindOf(path: string, entry: Dirent): Promise<{ readonly folder?: string } | undefined> {
    if (entry.isFile()) return {};
    try {
      const real = await realpath(join(folder, path));
      const stats = await stat(real);
      if (entry.isSymbolicLink() && !isWithin(root, real))
        throw sourceError({ kind: "outside" }, `${path} is outside the folder ${within}`);
      if (stats.isDirectory()) return { folder: real };
      if (stats.isFile()) return {};
    } catch (error) {
      if (isFileError(error, "ENOENT", "ELOOP")) return undefined;
      throw error;
    }
    throw sourceError({ kind: "outside" }, `${path} is not a regular file`);
  }

  const start = await realpath(folder);
  if (!isWithin(root, start)) throw sourceError({ kind: "outside" }, `${folder} is outside the folder ${within}`);
  await search("", pattern.split("/"), [start]);
  return [...found].sort(comparePaths);
}

/** The entries of a folder; none if it is not there. */
async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    const names = await readdir(folder, { encoding: "buffer" });
    const wrong = names.find((name) => !isUtf8(name));
    if (wrong !== undefined)
      throw sourceError({ kind: "content" }, `the name ${JSON.stringify(wrong.toString())} in ${folder} is not UTF-8`);
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isFileError(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

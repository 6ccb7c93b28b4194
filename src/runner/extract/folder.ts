/** Copies files from a local folder. */
import { constants, type Stats } from "node:fs";
import { copyFile, realpath, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { isWithin } from "../../node-host.ts";
import type { FileFacts } from "../load-record.ts";
import { sourceError } from "./failures.ts";
import { type Fetched, type FetchRequest, type PreviousLoad, sha256Of } from "./fetcher.ts";
import { withRetries } from "./retry.ts";
import { standInPath } from "./sources.ts";

interface Folder {
  readonly folder: string;
  /** Nothing outside this folder is read, after resolving symbolic links. */
  readonly within: string;
}

type FolderRequest = Pick<FetchRequest, "object" | "path" | "retry" | "onBytes">;

/** A file with the same size and times as in the previous load counts as unchanged; with other times its content is compared. */
export async function fetchFromFolder(source: Folder, request: FetchRequest): Promise<Fetched> {
  const from = await regularFile(source, standInPath(request.object));
  if (request.previous && (await isUnchanged(from, request.previous))) return "unchanged";
  return copyChecked(from, request);
}

/** A copy of the file of an object that did not change while it was read. */
export async function copyStable(source: Folder, request: FolderRequest): Promise<CopiedFile> {
  return copyChecked(await regularFile(source, standInPath(request.object)), request);
}

/** The real path of a file. Throws if it is outside the folder, or is not a file. */
export async function regularFile({ folder, within }: Folder, path: string): Promise<string> {
  // The real path is what is read: a symbolic link must not lead out of the folder.
  const named = join(folder, path);
  const from = await realpath(named);
  const outside = (why: string) => sourceError({ kind: "outside" }, `${relative(folder, named)} ${why}`);
  if (!isWithin(await realpath(within), from)) throw outside(`is outside the folder ${within}`);
  const stats = await stat(from);
  if (!stats.isFile() && !stats.isDirectory()) throw outside("is not a regular file");
  return from;
}

/** Whether a file is the one of a load, by its size and times, or else its content. */
export async function isUnchanged(from: string, { path, facts }: PreviousLoad): Promise<boolean> {
  const now = factsOf(await stat(from));
  if (facts.bytes !== now.bytes) return false;
  if (facts.modified === now.modified && facts.changed === now.changed) return true;
  return (await sha256Of(from)) === (await sha256Of(path));
}

type CopiedFile = FileFacts & Required<Pick<FileFacts, "modified" | "changed" | "sha256">>;

/** The copy shares its blocks with the original if the file system supports it. */
export async function copyChecked(
  from: string,
  { path, retry, onBytes }: Pick<FetchRequest, "path" | "retry" | "onBytes">,
): Promise<CopiedFile> {
  return withRetries(async () => {
    const facts = factsOf(await stat(from));
    await rm(path, { force: true });
    await copyFile(from, path, constants.COPYFILE_FICLONE);
    const after = factsOf(await stat(from));
    const { size } = await stat(path);
    if (size !== facts.bytes || after.modified !== facts.modified || after.bytes !== facts.bytes) {
      throw sourceError({ kind: "interrupted", retry: "answered" }, "the file changed while it was being read");
    }
    onBytes(facts.bytes);
    return { ...facts, sha256: await sha256Of(path) };
  }, retry);
}

function factsOf({ size: bytes, mtimeMs: modified, ctimeMs: changed }: Stats) {
  return { bytes, modified, changed };
}

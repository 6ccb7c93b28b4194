/** Files in a folder: copied as they are. */
import { constants } from "node:fs";
import { copyFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { bronzeFile } from "../../codegen/shared/bronze-file.ts";
import { isWithin } from "../../node-host.ts";
import { type Fetched, type FetchRequest, sha256Of } from "./fetcher.ts";

interface OutsideError extends Error {
  readonly isOutside: true;
}

function outside(message: string): OutsideError {
  return Object.assign(new Error(message), { isOutside: true as const });
}

export function isOutside(error: unknown): error is OutsideError {
  return error instanceof Error && "isOutside" in error;
}

/**
 * A file of the same size and time as the one that was copied last is taken for the same. One of another time is
 * compared. The copy shares its blocks with the original where the file system can.
 */
export async function fetchFromFolder(
  { folder, within }: { readonly folder: string; readonly within: string },
  request: FetchRequest,
): Promise<Fetched> {
  const { object, path, previous, onBytes } = request;
  const name = object.kind === "csv" || object.kind === "json" ? object.path : bronzeFile(object);
  // The real path is what is read: a symbolic link must not lead out of the folder.
  const from = await realpath(join(folder, name));
  if (!isWithin(await realpath(within), from)) throw outside(`${name} leads out of the folder ${within}`);
  const stats = await stat(from);
  if (!stats.isFile() && !stats.isDirectory()) throw outside(`${name} is no regular file`);
  const { size: bytes, mtimeMs: modified } = stats;
  if (previous?.facts.bytes === bytes) {
    if (previous.facts.modified === modified) return "unchanged";
    if ((await sha256Of(from)) === (await sha256Of(previous.path))) return "unchanged";
  }
  await copyFile(from, path, constants.COPYFILE_FICLONE);
  onBytes(bytes);
  return { bytes, modified, sha256: await sha256Of(path) };
}

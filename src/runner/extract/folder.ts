/** Files in a folder: copied as they are. */
import { constants } from "node:fs";
import { copyFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { bronzeFile } from "../../codegen/shared/bronze-file.ts";
import { type Fetched, type FetchRequest, sha256Of } from "./fetcher.ts";

/**
 * A file of the same size and time as the one that was copied last is taken for the same. One of another time is
 * compared. The copy shares its blocks with the original where the file system can.
 */
export async function fetchFromFolder(folder: string, request: FetchRequest): Promise<Fetched> {
  const { object, path, previous, onBytes } = request;
  const from = join(folder, object.kind === "csv" || object.kind === "json" ? object.path : bronzeFile(object));
  const { size: bytes, mtimeMs: modified } = await stat(from);
  if (previous?.facts.bytes === bytes) {
    if (previous.facts.modified === modified) return "unchanged";
    if ((await sha256Of(from)) === (await sha256Of(previous.path))) return "unchanged";
  }
  await copyFile(from, path, constants.COPYFILE_FICLONE);
  onBytes(bytes);
  return { bytes, modified, sha256: await sha256Of(path) };
}

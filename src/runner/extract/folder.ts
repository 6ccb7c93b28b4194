/** Copies files from a local folder. */
import { constants, type Stats } from "node:fs";
import { copyFile, realpath, rm, stat } from "node:fs/promises";
import { relative } from "node:path";
import { isWithin } from "../../node-host.ts";
import { sourceError } from "./failures.ts";
import { type Fetched, type FetchRequest, sha256Of } from "./fetcher.ts";
import { withRetries } from "./retry.ts";
import { standInFile } from "./sources.ts";

/**
 * A file with the same size and times as in the previous load counts as unchanged; with other times its content is compared.
 * The copy shares its blocks with the original if the file system supports it.
 */
export async function fetchFromFolder(
  { folder, within }: { readonly folder: string; readonly within: string },
  request: FetchRequest,
): Promise<Fetched> {
  const { object, path, previous, retry, onBytes } = request;
  const named = standInFile(folder, object);
  // The real path is what is read: a symbolic link must not lead out of the folder.
  const from = await realpath(named);
  const outside = (why: string) => sourceError({ kind: "outside" }, `${relative(folder, named)} ${why}`);
  if (!isWithin(await realpath(within), from)) throw outside(`is outside the folder ${within}`);
  const stats = await stat(from);
  if (!stats.isFile() && !stats.isDirectory()) throw outside("is not a regular file");
  const before = factsOf(stats);
  if (previous?.facts.bytes === before.bytes) {
    const { modified, changed } = previous.facts;
    if (modified === before.modified && changed === before.changed) return "unchanged";
    if ((await sha256Of(from)) === (await sha256Of(previous.path))) return "unchanged";
  }
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

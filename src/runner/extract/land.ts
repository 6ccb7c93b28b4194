/** Landing: what a source sends becomes a load of a bronze table, atomically, and only if it is new. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LOAD_MARKER } from "../../codegen/shared/bronze-file.ts";
import { fileDamage } from "../damage.ts";
import { syncFile, syncFolder } from "../fsync.ts";
import { foldersIn } from "../lake.ts";
import type { FileFacts, LoadFacts } from "../load-record.ts";
import { completeLoads, type LoadOf, loadIds } from "../loads.ts";
import type { PreviousLoad } from "./fetcher.ts";

/** A load of a bronze table that has one file. */
export interface Load extends PreviousLoad {
  /** `20260131T060000Z` */
  readonly id: string;
  /** What is wrong with its record `_load.json`; then no facts about the load are known. */
  readonly recordDamage?: string;
}

/** The end of the name of a folder that is not a load yet, or no longer. */
export const PARTIAL = ".partial";

/** The newest load of a table that contains everything; `file` is the name of its file. */
export async function newestLoad(folder: string, file: string): Promise<Load | undefined> {
  const load = (await completeLoads(folder)).findLast(({ facts }) => facts.from === undefined);
  return load && withFile(load, file);
}

export function withFile({ id, folder, facts, recordDamage }: LoadOf, file: string): Load {
  return { id, path: join(folder, file), facts, ...(recordDamage === undefined ? {} : { recordDamage }) };
}

/** What is wrong with the file of a load; undefined if nothing is. */
export async function loadDamage({ path, facts, recordDamage }: Load, contents: boolean): Promise<string | undefined> {
  return recordDamage ?? recordedDamage(path, facts, contents);
}

/** What is wrong with a file, compared with what was recorded of it; undefined if nothing is. */
export function recordedDamage(
  path: string,
  { bytes, sha256 }: Pick<FileFacts, "bytes" | "sha256">,
  contents: boolean,
): Promise<string | undefined> {
  return fileDamage(path, { ...(bytes < 0 ? {} : { bytes }), ...(sha256 === undefined ? {} : { sha256 }) }, contents);
}

/** A load that was found to be damaged before a new one is landed. */
export interface DamagedLoad {
  readonly load: LoadOf;
  readonly damage: string;
  /** The path at the source of the damaged file; undefined if the record is damaged. */
  readonly path?: string;
}

/** The load to land. */
export interface Landing {
  /** The folder of the table's loads. */
  readonly folder: string;
  /** The start of the run. */
  readonly at: Date;
}

/**
 * Fetches into a temporary folder that is renamed to the load when it is complete. Undefined if there is nothing new.
 * `fetch` returns the record of the load; the files that it names, or else `file`, are in the folder.
 */
export async function land(
  { folder, at }: Landing,
  file: string,
  fetch: (partial: string) => Promise<LoadFacts | "unchanged">,
): Promise<LoadOf | undefined> {
  await removePartialLoads(folder);
  const id = nextId(at, (await loadIds(folder)).at(-1));
  const partial = join(folder, `load=${id}${PARTIAL}`);
  await mkdir(partial, { recursive: true });
  try {
    const facts = await fetch(partial);
    if (facts === "unchanged") return undefined;
    await writeFile(join(partial, LOAD_MARKER), `${JSON.stringify(facts)}\n`);
    const files = facts.files?.map((each) => each.file) ?? [file];
    for (const each of files) await syncFile(join(partial, each));
    for (const each of new Set(files.flatMap(foldersAbove))) await syncFolder(join(partial, each));
    await syncFolder(partial);
    const complete = join(folder, `load=${id}`);
    await rename(partial, complete);
    await syncFolder(folder);
    return { id, folder: complete, facts };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** `a/b` and `a` of `a/b/c.csv`. */
function foldersAbove(file: string): readonly string[] {
  const folder = dirname(file);
  return folder === "." ? [] : [folder, ...foldersAbove(folder)];
}

/** Whether the recorded contents of two loads are known to be equal. */
export function isSameContent(a: FileFacts, b: FileFacts): boolean {
  return a.sha256 !== undefined && a.sha256 === b.sha256;
}

/** Removes a damaged load whose content was landed again. */
export async function removeLoad({ folder }: LoadOf): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await syncFolder(dirname(folder));
}

/** Keeps a damaged load whose range was landed again, under a name that no longer counts: `damaged=20260131T060000Z`. */
export async function keepDamaged({ id, folder }: LoadOf): Promise<void> {
  const kept = join(dirname(folder), `damaged=${id}`);
  await rm(kept, { recursive: true, force: true });
  await rename(folder, kept);
  await syncFolder(dirname(folder));
}

/** Removes what interrupted runs left behind. */
export async function removePartialLoads(folder: string): Promise<void> {
  for (const name of await foldersIn(folder)) {
    if (name.startsWith("load=") && name.endsWith(PARTIAL))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Always later than the previous load, even if the clock was set back. */
function nextId(at: Date, previous: string | undefined): string {
  const id = idOf(at.getTime());
  if (previous === undefined || id > previous) return id;
  const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(previous) ?? [];
  const iso = `${date}T${time}`.replace(/^(....)(..)(..)T(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z");
  return idOf(Date.parse(iso) + 1000);
}

function idOf(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** Landing: a source's file becomes a load of a bronze table, atomically, and only if it is new. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LOAD_MARKER } from "../../codegen/shared/bronze-file.ts";
import { fileDamage } from "../damage.ts";
import { syncFile, syncFolder } from "../fsync.ts";
import { foldersIn } from "../lake.ts";
import { type LoadFacts, type Origin, readRecord } from "../load-record.ts";
import { loadIds } from "../loads.ts";
import type { Fetched, PreviousLoad } from "./fetcher.ts";
import { isSameOrigin } from "./origin.ts";

/** A load of a bronze table in the lake. */
export interface Load extends PreviousLoad {
  /** `20260131T060000Z` */
  readonly id: string;
  /** What is wrong with its record `_load.json`; then no facts about the load are known. */
  readonly recordDamage?: string;
}

/** The end of the name of a folder that is not a load yet, or no longer. */
export const PARTIAL = ".partial";

/** The newest complete load of a table that contains everything; `file` is the name of its file. */
export async function newestLoad(folder: string, file: string): Promise<Load | undefined> {
  for (const id of (await loadIds(folder)).toReversed()) {
    const load = join(folder, `load=${id}`);
    const record = await readRecord(join(load, LOAD_MARKER));
    if (record !== undefined && record.facts.from === undefined) return { id, path: join(load, file), ...record };
  }
  return undefined;
}

/** What is wrong with the file of a load; undefined if nothing is. */
export async function loadDamage({ path, facts, recordDamage }: Load, contents: boolean): Promise<string | undefined> {
  if (recordDamage !== undefined) return recordDamage;
  const { bytes, sha256 } = facts;
  return fileDamage(path, { ...(bytes < 0 ? {} : { bytes }), ...(sha256 === undefined ? {} : { sha256 }) }, contents);
}

/** The newest load, found to be damaged before a new one is landed. */
export interface DamagedLoad {
  readonly load: Load;
  readonly damage: string;
}

/**
 * Checks the newest load before another is landed: a damaged load must not be compared with the source. With `contents`
 * its checksum is checked too.
 */
export async function findDamage(folder: string, file: string, contents: boolean): Promise<DamagedLoad | undefined> {
  const load = await newestLoad(folder, file);
  const damage = load && (await loadDamage(load, contents));
  return load === undefined || damage === undefined ? undefined : { load, damage };
}

/** The load to land. */
export interface Landing {
  /** The table's folder. */
  readonly folder: string;
  readonly file: string;
  readonly at: Date;
  readonly origin: Origin;
  /** Fetch even what has not changed. */
  readonly full: boolean;
  readonly damaged: DamagedLoad | undefined;
}

/**
 * Fetches into a temporary folder that is renamed to the load when it is complete. The source is compared only with a load
 * of the same origin, because etags, sizes and times say nothing about another file. If the newest load is damaged, the
 * file is fetched again, and the damaged load is removed if its recorded content is the same.
 */
export async function land(
  { folder, file, at, origin, full, damaged }: Landing,
  fetch: (path: string, previous: PreviousLoad | undefined) => Promise<Fetched>,
): Promise<{ readonly load: Load; readonly isNew: boolean; readonly previous: Load | undefined }> {
  await removePartialLoads(folder);
  const newest = await newestLoad(folder, file);
  const isComparable = !full && damaged === undefined && isSameOrigin(newest?.facts.origin, origin);
  const previous = isComparable ? newest : undefined;
  const id = nextId(at, (await loadIds(folder)).at(-1));
  const partial = join(folder, `load=${id}${PARTIAL}`);
  await mkdir(partial, { recursive: true });
  try {
    const fetched = await fetch(join(partial, file), previous);
    if (fetched === "unchanged") {
      if (previous === undefined) throw new Error("unchanged without a previous load");
      return { load: previous, isNew: false, previous };
    }
    const facts: LoadFacts = { ...fetched, origin };
    await writeFile(join(partial, LOAD_MARKER), `${JSON.stringify(facts)}\n`);
    await syncFile(join(partial, file));
    await syncFolder(partial);
    const complete = join(folder, `load=${id}`);
    await rename(partial, complete);
    if (damaged !== undefined && isSameContent(damaged.load.facts, facts)) {
      await rm(join(folder, `load=${damaged.load.id}`), { recursive: true, force: true });
    }
    await syncFolder(folder);
    return { load: { id, path: join(complete, file), facts }, isNew: true, previous: newest };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Whether the recorded contents of two loads are known to be equal. */
export function isSameContent(a: LoadFacts, b: LoadFacts): boolean {
  return a.sha256 !== undefined && a.sha256 === b.sha256;
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

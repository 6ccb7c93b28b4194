/** Landing: a source's file becomes a load of a bronze table, whole or not at all, and only if it is new. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isFileError } from "../errors.ts";
import { syncFile, syncFolder } from "../fsync.ts";
import { foldersIn } from "../lake.ts";
import type { Fetched, LoadFacts, PreviousLoad } from "./fetcher.ts";

/** A load of a bronze table in the lake. */
export interface Load extends PreviousLoad {
  /** `20260131T060000Z` */
  readonly id: string;
}

/** Readers of data folders pass over names that begin with an underscore. */
const FACTS_FILE = "_load.json";
const PARTIAL = ".partial";

/** The newest complete load of a table whose file has this name. */
export async function newestLoad(folder: string, file: string): Promise<Load | undefined> {
  const loads = (await foldersIn(folder)).filter((name) => /^load=\d{8}T\d{6}Z$/.test(name));
  const newest = loads.at(-1);
  if (newest === undefined) return undefined;
  const id = newest.slice("load=".length);
  return { id, path: join(folder, newest, file), facts: await readFacts(join(folder, newest, FACTS_FILE)) };
}

/** Fetches into a folder that becomes the load when everything is there. */
export async function land(
  folder: string,
  file: string,
  at: Date,
  fetch: (path: string, previous: PreviousLoad | undefined) => Promise<Fetched>,
): Promise<{ readonly load: Load; readonly isNew: boolean }> {
  await removePartialLoads(folder);
  const previous = await newestLoad(folder, file);
  const id = nextId(at, previous?.id);
  const partial = join(folder, `load=${id}${PARTIAL}`);
  await mkdir(partial, { recursive: true });
  try {
    const facts = await fetch(join(partial, file), previous);
    if (facts === "unchanged") {
      if (previous === undefined) throw new Error("nothing was there to be unchanged");
      return { load: previous, isNew: false };
    }
    await writeFile(join(partial, FACTS_FILE), `${JSON.stringify(facts)}\n`);
    await syncFile(join(partial, file));
    await syncFolder(partial);
    const complete = join(folder, `load=${id}`);
    await rename(partial, complete);
    await syncFolder(folder);
    return { load: { id, path: join(complete, file), facts }, isNew: true };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** What runs that were cut off have left. */
export async function removePartialLoads(folder: string): Promise<void> {
  for (const name of await foldersIn(folder)) {
    if (name.startsWith("load=") && name.endsWith(PARTIAL))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Later than the load before, whatever the clock says. */
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

/** A load that something else has landed has no facts: then nothing is known to be unchanged. */
async function readFacts(path: string): Promise<LoadFacts> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (isFileError(error, "ENOENT")) return { bytes: -1 };
    throw error;
  }
}

/** The name of a bronze table's file in a folder: one name, whatever the object at the source is called. */
export function fileName(name: string): string {
  const encoded = name.replace(/[/\\\0]/g, (mark) => `%${mark.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return encoded === "." || encoded === ".." ? `%2e${encoded.slice(1)}` : encoded;
}

/** Loads several files: all that match a pattern, or with `load files` those that are new or have changed. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { SourceObject } from "../../plan/program.ts";
import { failure, isFileError } from "../errors.ts";
import { folderName } from "../lake.ts";
import type { LoadedFile } from "../load-record.ts";
import { comparePaths, filesOf, type LoadOf } from "../loads.ts";
import { fetchedAgain, notFetchedAgain } from "./damaged-loads.ts";
import { sourceError } from "./failures.ts";
import type { Fetched, FetchRequest, PreviousLoad } from "./fetcher.ts";
import { type DamagedLoad, land } from "./land.ts";
import { commonFacts, type Landed, type LoadContext, startsAgain } from "./load-context.ts";

type FileObject = Extract<SourceObject, { readonly path: string }>;

export interface FileSource {
  /** The files at the source, in their order. Undefined without a pattern. */
  paths(): Promise<readonly string[] | undefined>;
  fetch(request: FetchRequest): Promise<Fetched>;
}

export async function loadFiles(context: LoadContext, object: FileObject, source: FileSource): Promise<Landed> {
  const { bronze, damaged, loads, file } = context;
  const isFull = bronze.load.kind === "full";
  const restarts = startsAgain(context);
  const known = restarts ? new Map<string, KnownFile>() : await knownFiles(context, object);
  const listed = await source.paths();
  const paths = listed ?? [object.path];
  if (listed?.length === 0 && (restarts || known.size === 0))
    throw sourceError({ kind: "object" }, "no file matches the pattern");
  const fetched: LoadedFile[] = [];
  const same: string[] = [];
  let gone = 0;
  const load = await land(context, file, async (partial) => {
    let bytes = 0;
    const fetchInto = async (path: string, previous: PreviousLoad | undefined): Promise<void> => {
      const name = listed === undefined ? file : fileInLake(path);
      const target = join(partial, name);
      await mkdir(dirname(target), { recursive: true });
      const request = {
        ...context.request,
        object: { ...object, path },
        path: target,
        previous,
        onBytes: (count: number) => context.request.onBytes(bytes + count),
      };
      try {
        const facts = await source.fetch(request);
        if (facts === "unchanged") return void same.push(path);
        bytes += facts.bytes;
        fetched.push({ ...facts, file: name, path });
      } catch (error) {
        // Of a pattern's files one may vanish after the folder was listed.
        if (listed === undefined || !isFileError(error, "ENOENT")) throw error;
        gone++;
      }
    };
    for (const path of paths) await fetchInto(path, known.get(path)?.previous);
    const isSameSet = same.length === known.size && damaged.length === 0;
    if (fetched.length === 0 && !restarts && (isFull ? isSameSet : damaged.length === 0)) return "unchanged";
    // A full load contains its unchanged files too.
    if (isFull) for (const path of same.splice(0)) await fetchInto(path, undefined);
    if (isFull && fetched.length + gone === 0 && restarts) throw sourceError({ kind: "object" }, "all files vanished");
    const lost = restarts || isFull ? [] : damaged.filter((each) => !isReplaced(each, fetched));
    if (lost.length > 0) throw failure(...lost.map((each) => notFetchedAgain(bronze, each)));
    const files = [...fetched].sort((a, b) => comparePaths(a.path, b.path));
    const from = restarts || isFull ? undefined : loads.at(-1)?.id;
    return { bytes, ...commonFacts(context), ...(from === undefined ? {} : { from }), files };
  });
  if (load === undefined) return { load, diagnostics: [] };
  return {
    load,
    diagnostics: [...damaged.map((each) => fetchedAgain(bronze, each)), ...emptied(context, load, known.size)],
    contents: fetched.length === 1 ? "1 file" : `${fetched.length} files`,
  };
}

interface KnownFile {
  /** Undefined for a damaged file: it is fetched again. */
  readonly previous: PreviousLoad | undefined;
}

/** The files that count, by their path at the source. */
async function knownFiles({ counted, damaged }: LoadContext, object: FileObject): Promise<Map<string, KnownFile>> {
  const known = new Map<string, KnownFile>();
  for (const { load } of counted) {
    if (load.recordDamage !== undefined) continue;
    for (const each of await filesOf(object, load)) {
      const isDamaged = damaged.some(({ load: { id }, path }) => id === load.id && path === each.path);
      const previous = { path: join(load.folder, each.file), facts: each };
      known.set(each.path, { previous: isDamaged ? undefined : previous });
    }
  }
  return known;
}

/** Whether the file of a damaged load was fetched again; its record is not known if it is itself damaged. */
function isReplaced({ path }: DamagedLoad, fetched: readonly LoadedFile[]): boolean {
  return path !== undefined && fetched.some((each) => each.path === path);
}

/** The path of a file in the folder of its load: Spark ignores names that start with an underscore or a dot. */
export function fileInLake(path: string): string {
  return path
    .split("/")
    .map((part) => folderName(part).replace(/^_/, "%5f"))
    .join("/");
}

/** A warning if a full load has no files and the one before had some. */
function emptied({ bronze }: LoadContext, { facts }: LoadOf, before: number): readonly Diagnostic[] {
  if (bronze.load.kind !== "full" || facts.files?.length !== 0 || before === 0) return [];
  const rows = before === 1 ? "1 file" : `${before} files`;
  return [diagnostic("source-without-rows", bronze.span, { relation: `bronze.${bronze.name}`, rows })];
}

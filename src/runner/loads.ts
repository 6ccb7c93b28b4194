/** The loads of a bronze table in the lake, and which of their files and rows count; see docs/language/time.md. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { bronzeFile, LOAD_MARKER } from "../codegen/shared/bronze-file.ts";
import { modeText } from "../codegen/shared/load-mode.ts";
import { objectPath } from "../codegen/shared/source-object.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { BronzePlan, SourceObject } from "../plan/program.ts";
import { isPattern, patternRegExp } from "../semantics/path-pattern.ts";
import { failure } from "./errors.ts";
import { foldersIn, type Lake } from "./lake.ts";
import { type FileFacts, type LoadedFile, type LoadRecord, readRecord } from "./load-record.ts";
import { watermarkOf, watermarkText, watermarkType } from "./watermark.ts";

/** A complete load of a bronze table. */
export interface LoadOf extends LoadRecord {
  /** Its name: `20260131T060000Z`. */
  readonly id: string;
  /** The absolute path of its folder. */
  readonly folder: string;
}

/** A file of a load whose rows count, all or some of them. */
export interface CountedFile {
  /** The name of the load: `20260131T060000Z`. */
  readonly load: string;
  /** When the load began: `2026-01-31T06:00:00.000000Z`. */
  readonly at: string;
  /** The absolute path in the lake. */
  readonly path: string;
  /** The path at the source; of a table or a collection its name. */
  readonly file: string;
  /** The values of the placeholders of the path's pattern. */
  readonly placeholders: Readonly<Record<string, string>>;
  /**
   * Of `load append`: only rows whose `C` is below this text count. Records without a value in `C` count only where it
   * is absent.
   */
  readonly before?: string;
  readonly facts: FileFacts;
}

/** The names of loads in a table's folder, complete or not, the newest last. */
export async function loadIds(folder: string): Promise<readonly string[]> {
  const names = (await foldersIn(folder)).filter((name) => /^load=\d{8}T\d{6}Z$/.test(name));
  return names.map((name) => name.slice("load=".length));
}

/** The complete loads in a table's folder, the newest last. */
export async function completeLoads(folder: string): Promise<readonly LoadOf[]> {
  const loads = (await loadIds(folder)).map(async (id): Promise<LoadOf | undefined> => {
    const load = join(folder, `load=${id}`);
    const record = await readRecord(join(load, LOAD_MARKER));
    return record && { id, folder: load, ...record };
  });
  return (await Promise.all(loads)).filter((load) => load !== undefined);
}

/**
 * The files that count in a bronze table, in the order of their loads, then of their paths at the source. Throws a failure
 * if the record of a load that may count is damaged.
 */
export async function countedFiles(bronze: BronzePlan, lake: Lake): Promise<readonly CountedFile[]> {
  const relation = `bronze.${bronze.name}`;
  const loads = await completeLoads(lake.loadsFolder(bronze.name));
  const counted = countedLoads(bronze, loads);
  const problem = counted.map(({ load }) => load.recordDamage ?? missingList(bronze.object, load)).find(isText);
  if (problem !== undefined) {
    const hint = `\`medalc run --select ${relation}\` repairs it.`;
    throw failure(diagnostic("lake-unreadable", bronze.span, { relation, problem }, { hint }));
  }
  const newest = bronze.load.kind === "files" ? await newestPaths(bronze, counted) : undefined;
  const files: CountedFile[] = [];
  for (const { load, before } of counted) {
    for (const each of await filesOf(bronze.object, load)) {
      if (newest !== undefined && newest.get(each.path) !== load.id) continue;
      files.push({
        load: load.id,
        at: startOf(load.id),
        path: join(load.folder, each.file),
        file: each.path,
        placeholders: placeholdersIn(bronze.object, each.path),
        ...(before === undefined ? {} : { before }),
        facts: each,
      });
    }
  }
  return files;
}

/** A load whose rows count, below a bound where later loads contain the rest of its range. */
export interface CountedLoad {
  readonly load: LoadOf;
  readonly before?: string;
}

/**
 * The loads that count: from the newest that contains everything, as long as they mean what the program says. A load whose
 * range later loads contain as a whole is left out. All loads are complete, the newest last.
 */
export function countedLoads(
  bronze: Pick<BronzePlan, "load" | "columns">,
  loads: readonly LoadOf[],
): readonly CountedLoad[] {
  const mode = modeText(bronze);
  const first = loads.findLastIndex((load) => load.recordDamage !== undefined || isStart(load, mode));
  const since = loads.slice(Math.max(first, 0));
  const other = since.findIndex((load, index) => index > 0 && !continues(load, mode));
  const counted = other === -1 ? since : since.slice(0, other);
  return bronze.load.kind === "append" ? withBounds(bronze, counted) : counted.map((load) => ({ load }));
}

/** Whether a load contains everything that the source had, so that earlier loads no longer count. */
function isStart({ facts }: LoadOf, mode: string | undefined): boolean {
  // Data Factory does not record what a load of files continues.
  return facts.from === undefined && (mode !== "files" || facts.mode !== undefined);
}

/** Whether a load adds to the loads before it in the mode of the program. */
function continues({ facts }: LoadOf, mode: string | undefined): boolean {
  return mode !== undefined && (facts.mode === undefined || facts.mode === mode);
}

/** The bound of a load is the lowest value with which a later load begins. */
function withBounds(
  { load: { kind, ...load }, columns }: Pick<BronzePlan, "load" | "columns">,
  loads: readonly LoadOf[],
): readonly CountedLoad[] {
  const column = "by" in load ? columns.find(({ name }) => name === load.by) : undefined;
  if (column === undefined) throw new Error(`load ${kind} has no column`);
  const type = watermarkType(column.type);
  const counted: CountedLoad[] = [];
  let before: bigint | undefined;
  for (const each of loads.toReversed()) {
    const { from: text } = each.facts;
    const from = text === undefined ? undefined : watermarkOf(text, type);
    const isDamaged = text !== undefined && from === undefined;
    if (before === undefined || from === undefined || from < before) {
      const bound = before === undefined ? {} : { before: watermarkText(before, type) };
      counted.push({
        load: isDamaged ? { ...each, recordDamage: `its record ${LOAD_MARKER} is damaged` } : each,
        ...bound,
      });
    }
    if (from !== undefined && (before === undefined || from < before)) before = from;
  }
  return counted.reverse();
}

function isText(text: string | undefined): text is string {
  return text !== undefined;
}

/** Before its path was a pattern, a table had loads of another single file, which is none of the pattern's. */
function missingList(object: SourceObject, { id, facts }: LoadOf): string | undefined {
  const isListed = facts.files !== undefined || facts.bytes < 0;
  return isListed || !("path" in object) || !isPattern(object.path)
    ? undefined
    : `load ${id} is of another file, from before its path was ${object.path}`;
}

/** The files of a load, in the order of their paths. */
export async function filesOf(object: SourceObject, { folder, facts }: LoadOf): Promise<readonly LoadedFile[]> {
  if (facts.files !== undefined) return [...facts.files].sort((a, b) => comparePaths(a.path, b.path));
  if (!("path" in object) || !isPattern(object.path)) {
    return [{ ...facts, file: bronzeFile(object), path: objectPath(object) }];
  }
  // Data Factory does not list the files that it copied; they lie where they lay at the source.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const pattern = patternRegExp(object.path);
  return paths
    .map((path) => path.slice(folder.length + 1).replaceAll("\\", "/"))
    .filter((path) => pattern.test(path))
    .sort(comparePaths)
    .map((path) => ({ bytes: -1, file: path, path }));
}

/** The order of the characters' code points, as in every engine. */
export function comparePaths(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function placeholdersIn(object: SourceObject, path: string): Readonly<Record<string, string>> {
  if (!("path" in object) || !isPattern(object.path)) return {};
  return { ...patternRegExp(object.path).exec(path)?.groups };
}

/** Of each path the newest load that contains it. */
export async function newestPaths(
  { object }: Pick<BronzePlan, "object">,
  counted: readonly CountedLoad[],
): Promise<ReadonlyMap<string, string>> {
  const newest = new Map<string, string>();
  for (const { load } of counted) for (const { path } of await filesOf(object, load)) newest.set(path, load.id);
  return newest;
}

/** When a load began, as its name says: `2026-01-31T06:00:00.000000Z`. */
export function startOf(id: string): string {
  return id.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6.000000Z");
}

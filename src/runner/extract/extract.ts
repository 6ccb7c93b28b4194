/** One bronze table: from its source to a load in the lake. */
import { bronzeFile } from "../../codegen/shared/bronze-file.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { BronzePlan, SourceObject } from "../../plan/program.ts";
import { codeOf, failure, isFailure, isFileError, isSystemError, messageOf } from "../errors.ts";
import type { Lake } from "../lake.ts";
import { NO_COUNTS, type RelationResult, type RunEvent } from "../run-result.ts";
import type { Fetched, FetchRequest } from "./fetcher.ts";
import { fetchFromFolder, isOutside } from "./folder.ts";
import { fetchFromHttp, isHttpError } from "./http.ts";
import { type DamagedLoad, fileName, findDamage, isSameContent, type Load, land } from "./land.ts";
import { fetchFromMongoDb, isCollectionMissing } from "./mongodb.ts";
import { fetchFromPostgres } from "./postgres.ts";
import { scrubbed } from "./redact.ts";
import type { RetryOptions } from "./retry.ts";
import { type Reach, type ReachedSource, reachSource } from "./sources.ts";

export interface ExtractContext {
  readonly lake: Lake;
  readonly startedAt: Date;
  readonly reach: Reach;
  readonly retry: Omit<RetryOptions, "onRetry">;
  /** Whether the content of the newest load is compared with its record, besides its size. */
  readonly verify: boolean;
  onEvent(event: RunEvent): void;
}

/** Lands what the source sends, where it is new. Throws a failure where the source cannot be read. */
export async function extractBronze(
  bronze: BronzePlan,
  { lake, startedAt, reach, retry, verify, onEvent }: ExtractContext,
): Promise<{ readonly result: Omit<RelationResult, "seconds">; readonly diagnostics: readonly Diagnostic[] }> {
  const relation = `bronze.${bronze.name}`;
  const plan = reach.program.sources.find(({ name }) => name === bronze.source);
  if (plan === undefined) throw new Error(`${relation} has no source`);
  const source = reachSource(plan, reach);
  const { object, columns } = bronze;
  const request: Omit<FetchRequest, "path" | "previous"> = {
    object,
    columns,
    retry: {
      ...retry,
      onRetry: (problem, pause) =>
        onEvent({ kind: "retrying", relation, problem: scrubbed(messageOf(problem), source), seconds: pause / 1000 }),
    },
    onBytes: (bytes) => onEvent({ kind: "progress", relation, bytes }),
  };
  const folder = lake.tableFolder(relation);
  const file = fileName(bronzeFile(object));
  let damaged: DamagedLoad | undefined;
  try {
    damaged = await findDamage(folder, file, verify);
    const { load, isNew } = await land(folder, file, startedAt, damaged, (path, previous) =>
      fetchFrom(source, { ...request, path, previous }),
    );
    const state = isNew ? "ok" : "unchanged";
    return {
      result: { relation, state, ...NO_COUNTS, bytes: Math.max(0, load.facts.bytes) },
      diagnostics: damaged === undefined ? [] : [fetchedAgain(bronze, damaged, load)],
    };
  } catch (error) {
    const isReplaced = reach.overrides[plan.name]?.kind === "folder";
    const problems = problemsOf(error, () => problemOf(error, bronze, source, isReplaced), bronze, lake);
    throw failure(...problems, ...(damaged === undefined ? [] : [notFetchedAgain(bronze, damaged, folder)]));
  }
}

function problemsOf(
  error: unknown,
  ofSource: () => Diagnostic,
  { name, span }: BronzePlan,
  lake: Lake,
): readonly Diagnostic[] {
  if (isFailure(error)) return error.diagnostics;
  return isErrorIn(lake, error)
    ? [diagnostic("lake-access", span, { relation: `bronze.${name}`, problem: messageOf(error) })]
    : [ofSource()];
}

/** Whether it is the lake that the file system refuses, and not what a source has. */
function isErrorIn({ folder }: Lake, error: unknown): boolean {
  return error instanceof Error && isSystemError(error) && "path" in error && String(error.path).startsWith(folder);
}

function fetchedAgain({ name, span }: BronzePlan, { load: before, damage }: DamagedLoad, load: Load): Diagnostic {
  const remedy = isSameContent(before.facts, load.facts)
    ? "it was fetched again"
    : `it was fetched again, but its source has changed: what the load ${before.id} held cannot be restored from it`;
  return diagnostic("lake-damaged", span, { relation: `bronze.${name}`, problem: damage, remedy });
}

function notFetchedAgain({ name, span }: BronzePlan, { load, damage }: DamagedLoad, folder: string): Diagnostic {
  const hint = `Run again when the source can be read, or restore the file from a backup. To go on with the load before it, remove ${folder}/load=${load.id}.`;
  return diagnostic("lake-unreadable", span, { relation: `bronze.${name}`, problem: damage }, { hint });
}

function fetchFrom(source: ReachedSource, request: FetchRequest): Promise<Fetched> {
  switch (source.kind) {
    case "folder":
      return fetchFromFolder(source, request);
    case "http":
      return fetchFromHttp(source.baseUrl, request);
    case "postgres":
      return fetchFromPostgres(source, request);
    case "mongodb":
      return fetchFromMongoDb(source, request);
    default:
      return source satisfies never;
  }
}

const UNDEFINED_TABLE = ["42P01", "3F000"];
const UNDEFINED_COLUMN = "42703";

/** `isReplaced`: medal.json puts a folder in place of the source. */
function problemOf(error: unknown, bronze: BronzePlan, source: ReachedSource, isReplaced: boolean): Diagnostic {
  const relation = `bronze.${bronze.name}`;
  const code = codeOf(error);
  const isMissing =
    isFileError(error, "ENOENT", "ENOTDIR", "EISDIR", ...UNDEFINED_TABLE) ||
    isCollectionMissing(error) ||
    (isHttpError(error) && (error.status === 404 || error.status === 410));
  if (isMissing) {
    const object = objectText(bronze.object, source);
    const hint = `medal.json lets a folder stand in place of the source; put the file there, or mend the folder's path.`;
    const params = { relation, object, source: bronze.source };
    return diagnostic("source-object-missing", bronze.span, params, isReplaced ? { hint } : {});
  }
  if (isOutside(error)) {
    return diagnostic("source-outside-folder", bronze.span, {
      relation,
      source: bronze.source,
      problem: error.message,
    });
  }
  const column = bronze.columns.find(({ name }) => messageOf(error).includes(`"${name}"`));
  if (code === UNDEFINED_COLUMN && column) {
    return diagnostic("source-column-missing", column.span, { relation, name: column.name });
  }
  const problem = scrubbed(messageOf(error), source);
  return diagnostic("source-unreachable", bronze.span, { relation, source: bronze.source, problem });
}

function objectText(object: SourceObject, source: ReachedSource): string {
  if (source.kind === "folder") {
    const isFile = object.kind === "csv" || object.kind === "json";
    return `${source.folder}/${isFile ? object.path : bronzeFile(object)}`;
  }
  switch (object.kind) {
    case "csv":
    case "json":
      return object.path;
    case "table":
      return `the table ${object.schema}.${object.table}`;
    case "collection":
      return `the collection ${object.collection}`;
    default:
      return object satisfies never;
  }
}

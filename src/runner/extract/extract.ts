/** Extracts one bronze table from its source and lands it as a load in the lake. */
import { bronzeFile } from "../../codegen/shared/bronze-file.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { BronzePlan } from "../../plan/program.ts";
import { failure, isFailure, isSystemError, messageOf } from "../errors.ts";
import { csvFacts } from "../files/csv-facts.ts";
import { contentProblem } from "../files/file-problem.ts";
import { isInvalidJson } from "../files/json-array.ts";
import { jsonFacts } from "../files/json-facts.ts";
import { countArray } from "../files/rewrite-json.ts";
import type { Lake } from "../lake.ts";
import { NO_COUNTS, type RelationResult, type RunEvent, rowsText } from "../run-result.ts";
import type { Fetched, FetchRequest, PreviousLoad } from "./fetcher.ts";
import { fetchFromFolder } from "./folder.ts";
import { fetchFromHttp } from "./http.ts";
import { type DamagedLoad, findDamage, isSameContent, type Load, land } from "./land.ts";
import { fetchFromMongoDb } from "./mongodb.ts";
import { originOf } from "./origin.ts";
import { fetchFromPostgres } from "./postgres.ts";
import { scrubbed } from "./redact.ts";
import type { RetryOptions } from "./retry.ts";
import { sourceDiagnostic } from "./source-diagnostic.ts";
import { type Reach, type ReachedSource, reachSource } from "./sources.ts";

export interface ExtractContext {
  readonly lake: Lake;
  readonly startedAt: Date;
  /** Fetch even what has not changed. */
  readonly full: boolean;
  readonly reach: Reach;
  readonly retry: Omit<RetryOptions, "onRetry">;
  /** Also compare the content of the newest load with its record, not only its size. */
  readonly verify: boolean;
  onEvent(event: RunEvent): void;
}

/** Lands the data of the source if it is new. Throws a failure if the source cannot be read. */
export async function extractBronze(
  bronze: BronzePlan,
  { lake, startedAt, full, reach, retry, verify, onEvent }: ExtractContext,
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
  const folder = lake.loadsFolder(bronze.name);
  const file = bronzeFile(object);
  let damaged: DamagedLoad | undefined;
  try {
    const origin = originOf(source, object, columns, reach.baseFolder);
    damaged = await findDamage(folder, file, verify);
    const { load, isNew, previous } = await land(
      { folder, file, at: startedAt, origin, full, damaged },
      (path, previous) => fetchFrom(source, { ...request, path, previous }),
    );
    const state = isNew ? "ok" : "unchanged";
    return {
      result: { relation, state, ...NO_COUNTS, bytes: Math.max(0, load.facts.bytes) },
      diagnostics: [
        ...(damaged === undefined ? [] : [fetchedAgain(bronze, damaged, load)]),
        ...(isNew ? await withoutRows(bronze, load, previous) : []),
      ],
    };
  } catch (error) {
    const isReplaced = reach.overrides[plan.name]?.kind === "folder";
    const problems = isFailure(error)
      ? error.diagnostics
      : [sourceDiagnostic(error, { bronze, plan, source, isReplaced, lakeFolder: lake.folder })];
    throw failure(...problems, ...(damaged === undefined ? [] : [notFetchedAgain(bronze, damaged, folder)]));
  }
}

function fetchedAgain({ name, span }: BronzePlan, { load: before, damage }: DamagedLoad, load: Load): Diagnostic {
  const remedy = isSameContent(before.facts, load.facts)
    ? "it was fetched again"
    : `it was fetched again, but its source has changed, so the rows of load ${before.id} cannot be restored from it`;
  return diagnostic("lake-damaged", span, { relation: `bronze.${name}`, problem: damage, remedy });
}

function notFetchedAgain({ name, span }: BronzePlan, { load, damage }: DamagedLoad, folder: string): Diagnostic {
  const hint = `Run again when the source can be read, or restore the file from a backup. To continue with the previous load, delete ${folder}/load=${load.id}.`;
  return diagnostic("lake-unreadable", span, { relation: `bronze.${name}`, problem: damage }, { hint });
}

/** No header is longer, so that a larger file has rows and need not be counted. */
const MOST_BYTES_WITHOUT_ROWS = 2 ** 21;

/** A warning if a load has no rows and the previous one had some. */
async function withoutRows(
  bronze: BronzePlan,
  load: PreviousLoad,
  previous: PreviousLoad | undefined,
): Promise<readonly Diagnostic[]> {
  if (previous === undefined || load.facts.bytes > MOST_BYTES_WITHOUT_ROWS) return [];
  if (contentProblem(bronze, load.path) !== undefined || (await rowsIn(bronze, load.path)) !== 0) return [];
  const rows = (await rowsIn(bronze, previous.path)) ?? 0;
  if (rows === 0) return [];
  return [diagnostic("source-without-rows", bronze.span, { relation: `bronze.${bronze.name}`, rows: rowsText(rows) })];
}

/** How many rows a file has, malformed ones too; undefined if it is missing or no JSON of a form that is read. */
async function rowsIn({ object }: BronzePlan, path: string): Promise<number | undefined> {
  try {
    if (object.kind === "csv") return (await csvFacts(path)).records;
    const { form, records } = await jsonFacts(path);
    return form === "array" ? await countArray(path) : records;
  } catch (error) {
    if (isInvalidJson(error) || isSystemError(error)) return undefined;
    throw error;
  }
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

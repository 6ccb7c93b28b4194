/** Extracts one bronze table from its source and lands it as a load in the lake. */
import { bronzeFile } from "../../codegen/shared/bronze-file.ts";
import { modeText } from "../../codegen/shared/load-mode.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { BronzePlan } from "../../plan/program.ts";
import { isPattern } from "../../semantics/path-pattern.ts";
import { failure, isFailure, messageOf } from "../errors.ts";
import type { Lake } from "../lake.ts";
import { completeLoads, countedLoads, type LoadOf } from "../loads.ts";
import { NO_COUNTS, type RelationResult, type RunEvent } from "../run-result.ts";
import { findDamaged, notFetchedAgain } from "./damaged-loads.ts";
import type { Fetched, FetchRequest } from "./fetcher.ts";
import { fetchFromFolder } from "./folder.ts";
import { pathsOf } from "./folder-paths.ts";
import { fetchFromHttp } from "./http.ts";
import type { DamagedLoad } from "./land.ts";
import type { Landed, LoadContext } from "./load-context.ts";
import { loadFiles } from "./load-files.ts";
import { loadRange } from "./load-range.ts";
import { loadWhole } from "./load-whole.ts";
import { fetchFromMongoDb, fetchRangeFromMongoDb } from "./mongodb.ts";
import { isSameOrigin, originOf } from "./origin.ts";
import { fetchFromPostgres, fetchRangeFromPostgres } from "./postgres.ts";
import type { RangeFetched, RangeRequest } from "./range.ts";
import { scrubbed } from "./redact.ts";
import type { RetryOptions } from "./retry.ts";
import { sourceDiagnostic } from "./source-diagnostic.ts";
import { type Reach, type ReachedSource, reachSource } from "./sources.ts";
import { fetchRangeFromFolder } from "./stand-in.ts";

export interface ExtractContext {
  readonly lake: Lake;
  readonly startedAt: Date;
  /** Fetch even what has not changed, where that does not change a row. */
  readonly full: boolean;
  /** Start again: fetch everything, so that earlier loads no longer count. */
  readonly reload: boolean;
  readonly reach: Reach;
  readonly retry: Omit<RetryOptions, "onRetry">;
  /** Also compare the contents of the loads that count with their records, not only their sizes. */
  readonly verify: boolean;
  onEvent(event: RunEvent): void;
}

/** Lands the data of the source if it is new. Throws a failure if the source cannot be read. */
export async function extractBronze(
  bronze: BronzePlan,
  { lake, startedAt, full, reload, reach, retry, verify, onEvent }: ExtractContext,
): Promise<{ readonly result: Omit<RelationResult, "seconds">; readonly diagnostics: readonly Diagnostic[] }> {
  const relation = `bronze.${bronze.name}`;
  const plan = reach.program.sources.find(({ name }) => name === bronze.source);
  if (plan === undefined) throw new Error(`${relation} has no source`);
  const source = reachSource(plan, reach);
  const { object } = bronze;
  const columns = bronze.columns.filter(({ fromLoad }) => fromLoad === undefined);
  let damaged: readonly DamagedLoad[] = [];
  try {
    const folder = lake.loadsFolder(bronze.name);
    const loads = await completeLoads(folder);
    const counted = countedLoads(bronze, loads);
    damaged = await findDamaged(bronze, counted, verify);
    const origin = originOf(source, object, columns, reach.baseFolder);
    const mode = modeText(bronze);
    const last = bronze.load.kind === "full" ? counted.at(-1)?.load : loads.at(-1);
    const context: LoadContext = {
      ...{ bronze, source, folder, origin, mode, loads, counted, damaged, reload },
      file: bronzeFile(object),
      at: startedAt,
      change: last && changeSince(last, origin, mode),
      // Fetching an unchanged source again would change the columns that come from the load.
      full: full && bronze.stored === undefined,
      request: {
        object,
        columns,
        retry: {
          ...retry,
          onRetry: (problem, pause) =>
            onEvent({
              ...{ kind: "retrying", relation, seconds: pause / 1000 },
              problem: scrubbed(messageOf(problem), source),
            }),
        },
        onBytes: (bytes) => onEvent({ kind: "progress", relation, bytes }),
      },
    };
    const { load, diagnostics, contents } = await loadFrom(context);
    const bytes = (load ?? counted.at(-1)?.load)?.facts.bytes ?? 0;
    return {
      result: {
        ...{ relation, state: load === undefined ? "unchanged" : "ok", ...NO_COUNTS },
        bytes: Math.max(0, bytes),
        ...(contents === undefined ? {} : { contents }),
      },
      diagnostics: [...restarted(context, load), ...diagnostics],
    };
  } catch (error) {
    const isReplaced = reach.overrides[plan.name]?.kind === "folder";
    const problems = isFailure(error)
      ? error.diagnostics
      : [sourceDiagnostic(error, { bronze, plan, source, isReplaced, lakeFolder: lake.folder })];
    const unreported = damaged.filter((each) => !problems.some(({ message }) => message.includes(each.damage)));
    throw failure(...problems, ...unreported.map((each) => notFetchedAgain(bronze, each)));
  }
}

/** Why a load cannot be continued: it is from elsewhere, or it means something else. */
function changeSince({ facts, recordDamage }: LoadOf, origin: LoadContext["origin"], mode: string | undefined) {
  if (recordDamage !== undefined) return undefined;
  if (!isSameOrigin(facts.origin, origin)) return "origin";
  return mode !== undefined && facts.mode !== undefined && facts.mode !== mode ? "mode" : undefined;
}

/** Says that earlier loads no longer count, where they would have. */
function restarted({ bronze, change, counted, reload }: LoadContext, load: LoadOf | undefined): readonly Diagnostic[] {
  if (load === undefined || reload || change === undefined || counted.length === 0) return [];
  if (bronze.load.kind === "full") return [];
  const reason = change === "origin" ? "its source is another one" : "it is loaded in another way";
  return [diagnostic("load-restarted", bronze.span, { relation: `bronze.${bronze.name}`, reason })];
}

function loadFrom(context: LoadContext): Promise<Landed> {
  const { bronze, source } = context;
  const { object, load } = bronze;
  const fetch = (request: FetchRequest) => fetchFrom(source, request);
  const isRange = load.kind === "append" || load.kind === "changes";
  if (!("path" in object)) {
    return isRange
      ? loadRange(context, (request, range) => fetchRange(source, request, range))
      : loadWhole(context, fetch);
  }
  if (!isPattern(object.path) && load.kind !== "files") return loadWhole(context, fetch);
  return loadFiles(context, object, {
    fetch,
    paths: async () => (source.kind === "folder" && isPattern(object.path) ? pathsOf(source, object.path) : undefined),
  });
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

function fetchRange(source: ReachedSource, request: FetchRequest, range: RangeRequest): Promise<RangeFetched> {
  switch (source.kind) {
    case "folder":
      return fetchRangeFromFolder(source, request, range);
    case "postgres":
      return fetchRangeFromPostgres(source, request, range);
    case "mongodb":
      return fetchRangeFromMongoDb(source, request, range);
    case "http":
      throw new Error("an HTTP server has no ranges of rows");
    default:
      return source satisfies never;
  }
}

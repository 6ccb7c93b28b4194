/**
 * Downloads files from an HTTP server. A file is fetched only when it may have changed. An interrupted download is
 * resumed only if the server confirms that the file has not changed; otherwise it is restarted.
 */
import { open } from "node:fs/promises";
import { splitBaseUrl, urlPath } from "../../codegen/shared/file-url.ts";
import { contentProblem } from "./content.ts";
import { type FailureRule, type SourceError, sourceError } from "./failures.ts";
import { createMeter, type Fetched, type FetchRequest, type Meter } from "./fetcher.ts";
import { get, type HttpAnswer, placeOf } from "./http-request.ts";
import { type HttpVersion, isAllThere, isUnchanged, partProblem, retryAfter, versionOf } from "./http-version.ts";
import { LONGEST_WAIT, withRetries } from "./retry.ts";

/** Bytes that have to arrive within `silence`: a slower download counts as stalled. */
const LEAST_BYTES = 1024;

/** The state of a download across retries. */
interface Received {
  meter: Meter;
  version: HttpVersion;
  url: URL | undefined;
  /** False once the server has sent another range than the requested one. */
  mayResume: boolean;
  /** Whether a conditional request may be sent, which the server can answer with 304 Not Modified. */
  mayBeUnchanged: boolean;
}

/** The URL of a file. Throws a source error if the base URL is invalid. */
export function fileUrl(baseUrl: string, path: string): URL {
  const base = splitBaseUrl(baseUrl);
  if ("problem" in base) throw sourceError({ kind: "address" }, `base_url ${base.problem}`);
  return new URL(`${base.folder}${urlPath(path)}${base.query}`);
}

export async function fetchFromHttp(baseUrl: string, request: FetchRequest): Promise<Fetched> {
  const { object, previous, retry, onBytes } = request;
  if (object.kind !== "csv" && object.kind !== "json") throw new Error(`an HTTP server has no ${object.kind}`);
  const url = fileUrl(baseUrl, object.path);
  const received: Received = {
    meter: createMeter(onBytes),
    version: {},
    url: undefined,
    mayResume: true,
    mayBeUnchanged: previous?.facts.etag !== undefined || previous?.facts.lastModified !== undefined,
  };
  const outcome = await withRetries(() => fetchRest(url, received, request), retry);
  if (outcome === "unchanged") return outcome;
  const problem = await contentProblem(request.path, request);
  if (problem !== undefined) throw sourceError({ kind: "content" }, problem);
  const { etag, lastModified } = received.version;
  const facts = {
    ...received.meter.facts(),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(received.url === undefined ? {} : { answeredBy: placeOf(received.url) }),
  };
  return facts.sha256 === previous?.facts.sha256 ? "unchanged" : facts;
}

/** Downloads what is missing. After a failure `received` holds what has already been downloaded. */
async function fetchRest(url: URL, received: Received, request: FetchRequest): Promise<"whole" | "unchanged"> {
  const { retry, previous } = request;
  const from = received.meter.bytes();
  const condition = from > 0 && received.mayResume ? received.version.condition : undefined;
  const facts = received.mayBeUnchanged ? previous?.facts : undefined;
  const watch = createWatch(retry.silence);
  try {
    const answer = await get(url, {
      patience: retry.patience,
      signal: AbortSignal.any([retry.signal, watch.signal]),
      headers: (at) => {
        if (condition !== undefined) return { range: `bytes=${from}-`, "if-range": condition };
        // Etags and times are only valid for the URL that sent them.
        if (facts === undefined || placeOf(at) !== facts.answeredBy) return {};
        if (facts.etag !== undefined) return { "if-none-match": facts.etag };
        return facts.lastModified === undefined ? {} : { "if-modified-since": facts.lastModified };
      },
    });
    watch.answered();
    try {
      if (condition !== undefined) return await resume(answer, from, received, request, watch);
      if (answer.status === 304) {
        if (facts !== undefined && isUnchanged(facts, answer.headers)) return "unchanged";
        received.mayBeUnchanged = false;
        throw sourceError(
          { kind: "answer", retry: "answered" },
          "the server returned 304 Not Modified, but the file has changed",
        );
      }
      return await start(answer, received, request, watch);
    } finally {
      answer.discard();
    }
  } catch (error) {
    // If the watch aborted the request, its reason is the more precise error.
    throw watch.signal.aborted && !retry.signal.aborted ? watch.signal.reason : error;
  } finally {
    watch.end();
  }
}

/** Downloads the file from the start. */
async function start(answer: HttpAnswer, received: Received, request: FetchRequest, watch: Watch): Promise<"whole"> {
  if (answer.status !== 200 && answer.status !== 203) throw statusError(answer);
  received.meter = createMeter(request.onBytes);
  received.version = versionOf(answer.headers, answer.isEncoded);
  received.url = answer.url;
  await write(answer, received, request, watch);
  return "whole";
}

/** Downloads the rest of a file from byte `from`, or all of it if the file has changed. */
async function resume(
  answer: HttpAnswer,
  from: number,
  received: Received,
  request: FetchRequest,
  watch: Watch,
): Promise<"whole"> {
  const { version } = received;
  const startOver = (problem: string): SourceError => {
    received.mayResume = false;
    return sourceError({ kind: "interrupted", retry: "answered" }, problem);
  };
  switch (answer.status) {
    case 206: {
      const problem = partProblem(version, from, answer.headers);
      if (problem !== undefined)
        throw startOver(`the server answered the request for the rest of the file with ${problem}`);
      await write(answer, received, request, watch);
      return "whole";
    }
    case 416:
      if (isAllThere(version, from, answer.headers)) return "whole";
      throw startOver("the server rejected the range for the rest of the file");
    case 412:
      throw startOver("the file changed during the download");
    default:
      return start(answer, received, request, watch);
  }
}

/** Appends the body to the file and counts the bytes, so that the download can be resumed from there. */
async function write(
  answer: HttpAnswer,
  { meter, version: { total } }: Received,
  { path }: FetchRequest,
  watch: Watch,
): Promise<void> {
  const file = await open(path, "a");
  try {
    await file.truncate(meter.bytes());
    for await (const chunk of answer.body()) {
      await file.writeFile(chunk);
      meter.add(chunk);
      watch.bytes(chunk.length);
    }
  } finally {
    await file.close();
  }
  if (total !== undefined && meter.bytes() !== total) {
    const problem = `the server announced ${total} bytes and sent ${meter.bytes()}`;
    throw sourceError({ kind: "interrupted", retry: "answered" }, problem);
  }
}

/** Aborts a request when the server is silent for too long. */
interface Watch {
  readonly signal: AbortSignal;
  answered(): void;
  bytes(count: number): void;
  end(): void;
}

function createWatch(silence: number): Watch {
  const controller = new AbortController();
  const seconds = silence / 1000;
  // Only a download that has started is worth resuming.
  let problem = sourceError({ kind: "timeout" }, `no response within ${seconds} seconds`);
  let count = 0;
  const timer = setTimeout(() => controller.abort(problem), silence);
  return {
    signal: controller.signal,
    answered() {
      problem = sourceError(
        { kind: "timeout", retry: "answered" },
        `the download stalled: less than ${LEAST_BYTES} bytes in ${seconds} seconds`,
      );
      timer.refresh();
    },
    bytes(more) {
      count += more;
      if (count < LEAST_BYTES) return;
      count = 0;
      timer.refresh();
    },
    end: () => clearTimeout(timer),
  };
}

const RETRIED_STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

/** The kind of failure that a status without a file means. */
function ruleOfStatus(status: number): FailureRule {
  if (status === 401 || status === 407) return { kind: "login" };
  if (status === 403) return { kind: "access" };
  if (status === 404 || status === 410) return { kind: "object" };
  if (RETRIED_STATUSES.includes(status)) return { kind: "unavailable", retry: "answered" };
  return { kind: status >= 500 ? "unavailable" : "answer" };
}

/** Success statuses without a complete file. */
const WITHOUT_FILE: Readonly<Record<number, string>> = {
  202: ": the file is not ready yet",
  204: ": the response has no content",
  205: ": the response has no content",
  206: " to a request for the whole file",
};

function statusError({ status, statusText, headers }: HttpAnswer): SourceError {
  const wait = retryAfter(headers, Date.now());
  const problem = `the server returned ${`${status} ${statusText}`.trim()}${WITHOUT_FILE[status] ?? ""}`;
  const later = wait > LONGEST_WAIT ? `, and asks to retry after ${Math.ceil(wait / 1000)} seconds` : "";
  return sourceError(ruleOfStatus(status), problem + later, wait);
}

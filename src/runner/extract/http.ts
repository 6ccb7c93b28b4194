/** Files of an HTTP server: fetched once, gone on with where they broke off, and only when they have changed. */
import { open } from "node:fs/promises";
import { codeOf } from "../errors.ts";
import { createMeter, type Fetched, type FetchRequest, type LoadFacts, type Meter } from "./fetcher.ts";
import { isTransient, withRetries } from "./retry.ts";

/** Milliseconds without a byte after which a connection counts as lost. */
const SILENCE = 60_000;

/** The server's answer was no file. */
export interface HttpError extends Error {
  readonly status: number;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter: number;
}

export function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && "status" in error && "retryAfter" in error;
}

/** What has come of the file so far, and how the server names this state of it. */
interface Received {
  meter: Meter;
  validator: { readonly etag?: string; readonly lastModified?: string };
}

export async function fetchFromHttp(baseUrl: string, request: FetchRequest): Promise<Fetched> {
  const { object, previous, retry } = request;
  if (object.kind !== "csv" && object.kind !== "json") throw new Error(`an HTTP server has no ${object.kind}`);
  const url = new URL(object.path, baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
  const received: Received = { meter: createMeter(request.onBytes), validator: {} };
  const fetched = await withRetries(() => fetchRest(url, received, request), worthRetry, retry);
  if (fetched === "unchanged") return fetched;
  return fetched.sha256 === previous?.facts.sha256 ? "unchanged" : fetched;
}

function worthRetry(error: unknown): number | undefined {
  if (isHttpError(error)) {
    return error.status === 408 || error.status === 429 || error.status >= 500 ? error.retryAfter : undefined;
  }
  const lost = error instanceof Error && (error.name === "TimeoutError" || error.message === "terminated");
  return lost || isTransient(codeOf(error)) ? 0 : undefined;
}

/** Fetches what is missing. After a failure `received` says what there is already. */
async function fetchRest(url: URL, received: Received, request: FetchRequest): Promise<Fetched> {
  const { path, previous, retry, onBytes } = request;
  const silence = new AbortController();
  let problem = new Error("no answer for a minute");
  const watch = setTimeout(() => silence.abort(problem), SILENCE);
  try {
    const response = await fetch(url, {
      headers: headersFor(received, previous?.facts),
      signal: AbortSignal.any([retry.signal, silence.signal]),
    });
    // Only what has begun is worth going on with.
    problem = new DOMException("nothing more for a minute", "TimeoutError");
    if (response.status === 304) return "unchanged";
    if (!response.ok || response.body === null) throw await httpError(response);
    const goesOn = response.status === 206 && startsAt(response, received.meter.bytes());
    if (response.status === 206 && !goesOn) throw await httpError(response, 502);
    if (!goesOn) {
      received.meter = createMeter(onBytes);
      received.validator = validatorOf(response);
    }
    const file = await open(path, goesOn ? "a" : "w");
    try {
      for await (const chunk of response.body) {
        // Counted when it is written, so that the file can be gone on with at the count.
        await file.writeFile(chunk);
        received.meter.add(chunk);
        watch.refresh();
      }
    } finally {
      await file.close();
    }
    return { ...received.meter.facts(), ...received.validator };
  } finally {
    clearTimeout(watch);
  }
}

/** A part is only asked for where the server can say that the file is still the same. */
function headersFor({ meter, validator }: Received, previous: LoadFacts | undefined): Record<string, string> {
  const own = { "accept-encoding": "identity" };
  const unchanged = validator.etag ?? validator.lastModified;
  if (meter.bytes() > 0 && unchanged !== undefined) {
    return { ...own, range: `bytes=${meter.bytes()}-`, "if-range": unchanged };
  }
  return {
    ...own,
    ...(previous?.etag === undefined ? {} : { "if-none-match": previous.etag }),
    ...(previous?.lastModified === undefined ? {} : { "if-modified-since": previous.lastModified }),
  };
}

/** A weak etag only says that two files mean the same, which is too little to put parts of them together. */
function validatorOf({ headers }: Response): Received["validator"] {
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  return {
    ...(etag === null || etag.startsWith("W/") ? {} : { etag }),
    ...(lastModified === null ? {} : { lastModified }),
  };
}

function startsAt({ headers }: Response, bytes: number): boolean {
  return headers.get("content-range")?.startsWith(`bytes ${bytes}-`) ?? false;
}

async function httpError(response: Response, status = response.status): Promise<HttpError> {
  await response.body?.cancel();
  const seconds = Number(response.headers.get("retry-after") ?? 0);
  const retryAfter = Number.isFinite(seconds) ? Math.min(seconds, 60) * 1000 : 0;
  return Object.assign(new Error(`the server answers ${response.status} ${response.statusText}`.trim()), {
    status,
    retryAfter,
  });
}

/** A real web server for a folder that can misbehave. */
import { createReadStream, type Stats, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface HttpOptions {
  /** The number of requests per path that fail with 503 before one succeeds. */
  readonly failures?: number;
  /** The number of bodies per path that break off, and after how many bytes. */
  readonly cut?: { readonly times: number; readonly afterBytes: number };
  /** Milliseconds to wait before each chunk of a body. */
  readonly slow?: number;
  /** Answer range requests with the whole file. */
  readonly ignoreRanges?: boolean;
}

export interface HttpServer {
  /** Ends with a slash. */
  readonly url: string;
  /** The requests and responses so far. */
  readonly requests: readonly HttpRequest[];
  stop(): Promise<void>;
}

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly status: number;
}

const PIECE = 64 * 1024;

/** Serves the files in a folder on a free port. */
export async function startHttpServer(folder: string, options: HttpOptions = {}): Promise<HttpServer> {
  const requests: HttpRequest[] = [];
  const failed = new Map<string, number>();
  const cut = new Map<string, number>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = fileAt(folder, path);
    const begin = (status: number, headers: Record<string, string | number> = {}) => {
      requests.push({ method: request.method ?? "", path, range: request.headers.range, status });
      response.writeHead(status, headers);
    };

    if (request.method !== "GET" && request.method !== "HEAD") {
      begin(405, { Allow: "GET, HEAD" });
    } else if (counted(failed, path, options.failures ?? 0)) {
      begin(503, { "Retry-After": 0 });
    } else if (file === undefined) {
      begin(404);
    } else {
      const validators = { ETag: etagOf(file.stats), "Last-Modified": file.stats.mtime.toUTCString() };
      const size = file.stats.size;
      const range = options.ignoreRanges ? undefined : rangeOf(request, validators, size);
      if (request.headers["if-none-match"] === validators.ETag) {
        begin(304, validators);
      } else if (range === "unsatisfiable") {
        begin(416, { "Content-Range": `bytes */${size}` });
      } else {
        const { start, end } = range ?? { start: 0, end: size };
        begin(range === undefined ? 200 : 206, {
          ...validators,
          "Accept-Ranges": options.ignoreRanges ? "none" : "bytes",
          "Content-Type": "application/octet-stream",
          "Content-Length": end - start,
          ...(range === undefined ? {} : { "Content-Range": `bytes ${start}-${end - 1}/${size}` }),
        });
        if (request.method === "GET" && end > start) {
          const limit = counted(cut, path, options.cut?.times ?? 0) ? options.cut?.afterBytes : undefined;
          await sendBody(response, file.path, start, end, limit, options.slow ?? 0);
        }
      }
    }
    response.end();
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    requests,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

/** Counts up to `most`: whether this request is one of them. */
function counted(counts: Map<string, number>, path: string, most: number): boolean {
  const before = counts.get(path) ?? 0;
  counts.set(path, before + 1);
  return before < most;
}

function fileAt(folder: string, path: string): { readonly path: string; readonly stats: Stats } | undefined {
  if (path.split("/").includes("..")) return undefined;
  const file = join(folder, path);
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() ? { path: file, stats } : undefined;
}

function etagOf(stats: Stats): string {
  return `"${stats.size.toString(16)}-${Math.floor(stats.mtimeMs).toString(16)}"`;
}

/** The requested range of bytes with an exclusive end; undefined without one. */
function rangeOf(
  request: IncomingMessage,
  validators: { readonly ETag: string; readonly "Last-Modified": string },
  size: number,
): { readonly start: number; readonly end: number } | "unsatisfiable" | undefined {
  const condition = request.headers["if-range"];
  if (condition !== undefined && condition !== validators.ETag && condition !== validators["Last-Modified"])
    return undefined;
  const parts = /^bytes=([0-9]*)-([0-9]*)$/.exec(request.headers.range ?? "");
  const [, first = "", last = ""] = parts ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  return start < end ? { start, end } : "unsatisfiable";
}

/** Sends the bytes, or closes the connection after `limit` of them. */
async function sendBody(
  response: ServerResponse,
  path: string,
  start: number,
  end: number,
  limit: number | undefined,
  slow: number,
): Promise<void> {
  const stop = Math.min(end, start + (limit ?? Number.POSITIVE_INFINITY));
  if (stop > start) {
    for await (const piece of createReadStream(path, { start, end: stop - 1, highWaterMark: PIECE })) {
      if (slow > 0) await sleep(slow);
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
    }
  }
  if (stop === end) return;
  // Flush before the connection is closed, otherwise the client receives fewer bytes.
  await new Promise<void>((sent) => response.write("", () => sent()));
  response.destroy();
}

/** Resolves when the buffer has room again, or the connection is closed. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once("drain", resolve);
    response.once("close", resolve);
  });
}

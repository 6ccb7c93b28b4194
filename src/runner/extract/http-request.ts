/** An HTTP GET request that follows redirects and decompresses the body. */
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { sourceError } from "./failures.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** The URL after redirects. */
  readonly url: URL;
  /** Whether the server compressed the body although `identity` was requested. */
  readonly isEncoded: boolean;
  /** The bytes of the file. Throws if the response is incomplete. */
  body(): AsyncIterable<Uint8Array>;
  /** Closes the connection without reading the body. */
  discard(): void;
}

export interface HttpRequestOptions {
  /** The request headers for the address and each redirect. */
  headers(url: URL): Readonly<Record<string, string>>;
  /** The connection timeout in milliseconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
}

const MOST_REDIRECTS = 10;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

export async function get(address: URL, options: HttpRequestOptions): Promise<HttpAnswer> {
  let url = address;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const answer = await getOnce(url, options);
    if (!REDIRECTS.includes(answer.status)) return answer;
    answer.discard();
    url = redirectOf(answer);
  }
  throw sourceError(
    { kind: "answer" },
    `the server redirected more than ${MOST_REDIRECTS} times, the last time to ${placeOf(url)}`,
  );
}

function redirectOf({ status, headers: { location }, url }: HttpAnswer): URL {
  if (location === undefined || !URL.canParse(location, url)) {
    throw sourceError({ kind: "answer" }, `the server returned ${status} without a valid redirect address`);
  }
  const to = new URL(location, url);
  const refused = (why: string) => sourceError({ kind: "answer" }, `the server redirected to ${placeOf(to)}, ${why}`);
  if (to.protocol !== "http:" && to.protocol !== "https:") throw refused("which is not an HTTP address");
  if (url.protocol === "https:" && to.protocol === "http:") throw refused("which is not encrypted");
  // A redirect must not supply credentials.
  to.username = "";
  to.password = "";
  to.hash = "";
  return to;
}

/** An address for a message, without its query, which may hold a signature. */
export function placeOf({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

function getOnce(url: URL, { headers, patience, signal }: HttpRequestOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const own = { accept: "*/*", "accept-encoding": "identity", connection: "close", "user-agent": "medalc" };
    const request = send(url, { headers: { ...own, ...headers(url) }, signal });
    const unanswered = sourceError(
      { kind: "timeout", retry: "unanswered" },
      `no connection to ${url.host} within ${patience / 1000} seconds`,
    );
    const connecting = setTimeout(() => request.destroy(unanswered), patience);
    const stopWaiting = (): void => clearTimeout(connecting);
    request.once("socket", (socket) =>
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", stopWaiting),
    );
    request.once("close", stopWaiting);
    // Errors after the response has started, such as bytes after its end.
    let late: Error | undefined;
    request.on("error", (error) => {
      late = error;
      reject(error);
    });
    request.once("response", (response) => {
      stopWaiting();
      resolve(answerOf(url, response, () => late));
    });
    request.end();
  });
}

function answerOf(url: URL, response: IncomingMessage, late: () => Error | undefined): HttpAnswer {
  const { headers } = response;
  const encoding = (headers["content-encoding"] ?? "").trim().toLowerCase();
  const isEncoded = encoding !== "" && encoding !== "identity";
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? "",
    headers,
    url,
    isEncoded,
    async *body() {
      yield* isEncoded ? decoded(response, encoding) : received(response);
      if (!response.complete)
        throw sourceError({ kind: "interrupted", retry: "answered" }, "the response was interrupted");
      const error = late();
      if (error) throw error;
    },
    discard: () => void response.destroy(),
  };
}

/** Bytes that arrived before the connection broke are still buffered, and are kept. */
async function* received(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* response;
  } catch (error) {
    for (let chunk = response.read(); chunk !== null; chunk = response.read()) yield chunk;
    throw error;
  }
}

function decoded(response: IncomingMessage, encoding: string): Readable {
  const decoders = { gzip: createGunzip, "x-gzip": createGunzip, deflate: createInflate, br: createBrotliDecompress };
  const [, decoder] = Object.entries(decoders).find(([name]) => name === encoding) ?? [];
  if (decoder === undefined) {
    response.destroy();
    throw sourceError({ kind: "answer" }, `the server compressed the file as ${encoding}, which is not supported`);
  }
  // Errors reach the reader of the stream.
  return pipeline(response, decoder(), () => undefined);
}

/** One GET over HTTP: the answer after redirects, with its body as the server keeps the file. */
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { sourceError } from "./failures.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** Where the answer came from in the end. */
  readonly url: URL;
  /** Whether the server compressed the body for the way, although it was asked not to. */
  readonly isEncoded: boolean;
  /** The bytes of the file. Throws where they do not come to their proper end. */
  body(): AsyncIterable<Uint8Array>;
  /** Ends the connection without reading the body. */
  discard(): void;
}

export interface HttpRequestOptions {
  /** The headers for each address on the way. */
  headers(url: URL): Readonly<Record<string, string>>;
  /** Milliseconds in which a connection has to come about. */
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
    `the server redirects more than ${MOST_REDIRECTS} times, the last time to ${placeOf(url)}`,
  );
}

function redirectOf({ status, headers: { location }, url }: HttpAnswer): URL {
  if (location === undefined || !URL.canParse(location, url)) {
    throw sourceError({ kind: "answer" }, `the server answers ${status} without a valid address to redirect to`);
  }
  const to = new URL(location, url);
  const refused = (why: string) => sourceError({ kind: "answer" }, `the server redirects to ${placeOf(to)}, ${why}`);
  if (to.protocol !== "http:" && to.protocol !== "https:") throw refused("which is not read over HTTP");
  if (url.protocol === "https:" && to.protocol === "http:")
    throw refused("which is not encrypted as the address before");
  // Nobody signs in on the word of a redirect.
  to.username = "";
  to.password = "";
  to.hash = "";
  return to;
}

/** An address in a message: its query may hold a signature. */
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
    // After the answer has begun: bytes after its end, for one.
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
      if (!response.complete) throw sourceError({ kind: "interrupted", retry: "answered" }, "the answer broke off");
      const error = late();
      if (error) throw error;
    },
    discard: () => void response.destroy(),
  };
}

/** What had come before a connection broke is still in the buffer, and is worth keeping. */
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
    throw sourceError({ kind: "answer" }, `the server compresses the file as ${encoding}, which is not supported`);
  }
  // The reader sees what goes wrong.
  return pipeline(response, decoder(), () => undefined);
}

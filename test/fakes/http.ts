/**
 * A server on 127.0.0.1 in place of a service: it counts and logs the requests, fails those that a test asks it to fail
 * and hands the others to the service's function. What a service does is told in the files beside this one.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeRequest {
  readonly method: string;
  /** As it came over the wire. */
  readonly target: string;
  /** The segments of the path, each decoded once, as services do it. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
}

/** What the service does; `url` is the server's own, for links. A throw is answered with 500. */
export type FakeService = (request: FakeRequest, url: string) => FakeAnswer | Promise<FakeAnswer>;

export type Fault =
  /** This answer, and nothing is done. */
  | { readonly kind: "answer"; readonly answer: FakeAnswer }
  /** Nothing is done and no answer comes. */
  | { readonly kind: "hang" }
  /** The connection breaks before anything is done. */
  | { readonly kind: "reset" }
  /** It is done, and the connection breaks before the answer. */
  | { readonly kind: "lost" }
  /** Something happens in the world just before: a token expires, another deployer writes, the process is killed. */
  | { readonly kind: "meanwhile"; run(): void | Promise<void> };

/** Which requests fail, counted from 1 over all servers that share the plan. */
export interface Faults {
  /** Lets request k fail; k is counted from the last `restart`. */
  at(k: number, fault: Fault): void;
  /** Lets request k and all after it fail. */
  from(k: number, fault: Fault): void;
  /**
   * Lets every request fail that fits, `PUT /subscriptions/…` or `master: CREATE …`, until the last `restart`; a function
   * says for each of them how.
   */
  on(pattern: RegExp, fault: Fault | (() => Fault | undefined)): void;
  /** Counts from 1 again, without faults. */
  restart(): void;
  /** How many requests have come. */
  count(): number;
  /** Called by a server for each request, with what it says. */
  next(request: string): Fault | undefined;
}

export function createFaults(): Faults {
  const planned = new Map<number, Fault>();
  const patterns = new Map<RegExp, Fault | (() => Fault | undefined)>();
  let lasting: { readonly from: number; readonly fault: Fault } | undefined;
  let count = 0;
  return {
    at: (k, fault) => void planned.set(k, fault),
    from: (k, fault) => {
      lasting = { from: k, fault };
    },
    on: (pattern, fault) => void patterns.set(pattern, fault),
    restart: () => {
      count = 0;
      lasting = undefined;
      planned.clear();
      patterns.clear();
    },
    count: () => count,
    next: (request) => {
      count += 1;
      const [, fitting] = [...patterns].find(([pattern]) => pattern.test(request)) ?? [];
      const told = typeof fitting === "function" ? fitting() : fitting;
      return planned.get(count) ?? told ?? (lasting && count >= lasting.from ? lasting.fault : undefined);
    },
  };
}

export interface LoggedRequest {
  readonly method: string;
  /** As it came over the wire, with the query. */
  readonly target: string;
  readonly body: string;
  /** Undefined while there is none: the request hangs, or its connection broke. */
  status: number | undefined;
}

export interface FakeServer extends AsyncDisposable {
  /** `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  /** In the order in which they came. */
  readonly log: readonly LoggedRequest[];
  /** The most requests that were open at one time. */
  mostAtOnce(): number;
  /** How many requests are at work, whether somebody waits for their answers or not; those that hang are not. */
  atWork(): number;
  close(): Promise<void>;
}

export async function startServer(service: FakeService, faults: Faults = createFaults()): Promise<FakeServer> {
  const log: LoggedRequest[] = [];
  let open = 0;
  let most = 0;
  let working = 0;
  let url = "";

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url: target = "", headers } = incoming;
    const fault = faults.next(`${method} ${target}`);
    open += 1;
    most = Math.max(most, open);
    response.on("close", () => {
      open -= 1;
    });
    const logged: LoggedRequest = { method, target, body: await textOf(incoming), status: undefined };
    log.push(logged);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "reset") return void response.destroy();
    if (fault?.kind === "meanwhile") await fault.run();
    const answer = fault?.kind === "answer" ? fault.answer : await answerOf(service, { ...logged, headers }, url);
    if (fault?.kind === "lost") return void response.destroy();
    logged.status = answer.status;
    send(response, answer);
  };

  const server = createServer((incoming, response) => {
    working += 1;
    serve(incoming, response)
      .catch(() => response.destroy())
      .finally(() => {
        working -= 1;
      });
  });
  await new Promise<void>((done, fail) => server.once("error", fail).listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  };
  return { url, log, mostAtOnce: () => most, atWork: () => working, close, [Symbol.asyncDispose]: close };
}

async function answerOf(
  service: FakeService,
  { method, target, headers, body }: LoggedRequest & { readonly headers: IncomingHttpHeaders },
  url: string,
): Promise<FakeAnswer> {
  try {
    // Not `new URL`, which would resolve `..` and so hide what was sent.
    const [path = "", query = ""] = target.split("?", 2);
    const segments = path.split("/").slice(1).map(decodeURIComponent);
    return await service({ method, target, path: segments, query: new URLSearchParams(query), headers, body }, url);
  } catch (error) {
    return { status: 500, body: { error: { code: "InternalServerError", message: String(error) } } };
  }
}

function send(response: ServerResponse, { status, headers, body }: FakeAnswer): void {
  const type = typeof body === "string" ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(status, { ...(body === undefined ? {} : { "content-type": type }), ...headers });
  response.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

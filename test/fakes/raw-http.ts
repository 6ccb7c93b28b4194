/** A web server on 127.0.0.1 that writes its answers byte by byte, so that they can break every rule of HTTP. */
import { createServer, type Socket } from "node:net";

export interface RawRequest {
  /** The path and the query as they came over the wire. */
  readonly target: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Counted from 1. */
  readonly count: number;
}

export interface RawAnswer {
  /** `200 OK` by default. */
  readonly status?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
  /** Send the body in chunks, `open` without the chunk that ends it. */
  readonly chunked?: "closed" | "open";
  /** In place of all the above. */
  readonly raw?: string;
  /** Once everything is sent: close the connection (the default), break it, or leave it open in silence. */
  readonly end?: "close" | "reset" | "hang";
  /** Send the body in pieces of one byte, with so many milliseconds between two of them. */
  readonly trickle?: number;
}

export interface RawServer extends AsyncDisposable {
  /** Ends with a slash. */
  readonly url: string;
  readonly requests: readonly RawRequest[];
  /** Answers requests from now on, and counts them from 1. */
  answer(answers: (request: RawRequest) => RawAnswer): void;
  close(): Promise<void>;
}

export async function startRawServer(answers: (request: RawRequest) => RawAnswer): Promise<RawServer> {
  let answerTo = answers;
  let requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    let head = "";
    socket.on("data", (chunk) => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      const request = requestOf(head, requests.length + 1);
      head = "";
      requests.push(request);
      send(socket, answerTo(request));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  };
  return {
    url: `http://127.0.0.1:${address.port}/`,
    get requests() {
      return requests;
    },
    answer(answers) {
      answerTo = answers;
      requests = [];
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function requestOf(head: string, count: number): RawRequest {
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.filter((line) => line !== "").map((line) => line.split(/:\s*(.*)/s, 2));
  return {
    target: first.split(" ")[1] ?? "",
    headers: Object.fromEntries(headers.map(([name = "", value = ""]) => [name.toLowerCase(), value])),
    count,
  };
}

function send(socket: Socket, answer: RawAnswer): void {
  const { status = "200 OK", headers = {}, chunked, raw, trickle } = answer;
  const body = Buffer.from(answer.body ?? "");
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (chunked !== undefined) fields.push("Transfer-Encoding: chunked\r\n");
  socket.write(raw ?? `HTTP/1.1 ${status}\r\n${fields.join("")}\r\n`);
  if (trickle !== undefined) {
    let at = 0;
    const timer = setInterval(() => {
      if (socket.destroyed || at === body.length) return clearInterval(timer);
      socket.write(body.subarray(at, ++at));
    }, trickle);
    return;
  }
  if (raw === undefined) {
    if (chunked === undefined) socket.write(body);
    else socket.write(Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]));
    if (chunked === "closed") socket.write("0\r\n\r\n");
  }
  // What was written has to leave before the connection breaks.
  if (answer.end === "reset") socket.write("", () => setTimeout(() => socket.resetAndDestroy(), 20));
  else if (answer.end !== "hang") socket.end();
}

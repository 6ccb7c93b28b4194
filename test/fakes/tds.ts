/**
 * The wire of a SQL server (MS-TDS 7.4) on loopback: prelogin, login with a token of Entra, batches. What the batches do
 * is told in `tds-pool.ts`. It counts them, and logins, as requests of the fault plan.
 */
import { createServer, type Socket } from "node:net";
import { createFaults, type Fault, type Faults } from "./http.ts";

export interface SqlError {
  readonly number: number;
  readonly message: string;
}

/** All values are text. */
export interface ResultSet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface SqlService {
  /** What a login is refused with; undefined where it is let in. */
  login(token: string, database: string): SqlError | undefined;
  /** The result sets of a batch, or what stops it. */
  batch(text: string, database: string): readonly ResultSet[] | SqlError;
}

export interface TdsServer extends AsyncDisposable {
  readonly port: number;
  /** `master: SELECT 1`, and `login master`, in the order in which they came. */
  readonly log: readonly string[];
  /** Connections that are open. */
  open(): number;
  /** Breaks all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** An answer that fails a request: the status is none of SQL's, so the body tells. */
export function sqlFault(number: number, message: string): Fault {
  return { kind: "answer", answer: { status: 0, body: { number, message } satisfies SqlError } };
}

export async function startTds(service: SqlService, faults: Faults = createFaults()): Promise<TdsServer> {
  const log: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    serve(socket, service, faults, log).catch(() => socket.destroy());
  });
  await new Promise<void>((done, fail) => server.once("error", fail).listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async (): Promise<void> => {
    cut();
    await new Promise<void>((done) => server.close(() => done()));
  };
  return { port: address.port, log, open: () => sockets.size, cut, close, [Symbol.asyncDispose]: close };
}

/** Kinds of packets. */
const BATCH = 1;
const RESPONSE = 4;
const LOGIN = 16;
const PRELOGIN = 18;

async function serve(socket: Socket, service: SqlService, faults: Faults, log: string[]): Promise<void> {
  let database = "master";
  for await (const { kind, payload } of messages(socket)) {
    if (kind === PRELOGIN) {
      send(socket, prelogin());
      continue;
    }
    const login = kind === LOGIN ? loginOf(payload) : undefined;
    if (login === undefined && kind !== BATCH) throw new Error(`a packet of kind ${kind} is not served`);
    if (login !== undefined) database = login.database || "master";
    const text = login === undefined ? batchOf(payload) : "";
    const said = login === undefined ? `${database}: ${text}` : `login ${database}`;
    log.push(said);

    const fault = faults.next(said);
    if (fault?.kind === "hang") continue;
    if (fault?.kind === "reset") return void socket.destroy();
    if (fault?.kind === "meanwhile") await fault.run();
    const outcome = isAnswer(fault) ?? (login ? service.login(login.token, database) : service.batch(text, database));
    if (fault?.kind === "lost") return void socket.destroy();
    if (outcome !== undefined && "number" in outcome) {
      send(socket, [errorToken(outcome), doneToken(DONE_ERROR)]);
      if (login !== undefined) return void socket.end();
    } else if (login !== undefined) {
      send(socket, [loginAck(), featureAck(), doneToken(0)]);
    } else {
      send(socket, batchAnswer(outcome ?? []));
    }
  }
}

function isAnswer(fault: Fault | undefined): SqlError | undefined {
  if (fault?.kind !== "answer") return undefined;
  const body = Object(fault.answer.body);
  return { number: Number(body.number ?? 50000), message: String(body.message ?? "a fault") };
}

interface Message {
  readonly kind: number;
  readonly payload: Buffer;
}

/** Packets put together: 8 bytes of header, of which the second says whether it is the last one. */
async function* messages(socket: Socket): AsyncGenerator<Message> {
  let rest = Buffer.alloc(0);
  let payload: Buffer[] = [];
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 8 && rest.length >= rest.readUInt16BE(2)) {
      const length = rest.readUInt16BE(2);
      payload.push(rest.subarray(8, length));
      const [kind, status] = [rest.readUInt8(0), rest.readUInt8(1)];
      rest = rest.subarray(length);
      if ((status & 1) === 0) continue;
      yield { kind, payload: Buffer.concat(payload) };
      payload = [];
    }
  }
}

const LONGEST_PAYLOAD = 4088;

function send(socket: Socket, tokens: readonly Buffer[]): void {
  const payload = Buffer.concat(tokens);
  for (let at = 0, id = 1; at === 0 || at < payload.length; at += LONGEST_PAYLOAD, id++) {
    const part = payload.subarray(at, at + LONGEST_PAYLOAD);
    const header = Buffer.alloc(8);
    header.writeUInt8(RESPONSE, 0);
    header.writeUInt8(at + LONGEST_PAYLOAD >= payload.length ? 1 : 0, 1);
    header.writeUInt16BE(part.length + 8, 2);
    header.writeUInt8(id & 0xff, 6);
    socket.write(Buffer.concat([header, part]));
  }
}

/** No encryption, and tokens of Entra are asked for. */
function prelogin(): readonly Buffer[] {
  const options: readonly (readonly [id: number, value: readonly number[]])[] = [
    [0, [12, 0, 0, 0, 0, 0]],
    [1, [2]],
    [4, [0]],
    [6, [1]],
  ];
  let at = options.length * 5 + 1;
  const head: number[] = [];
  for (const [id, value] of options) {
    head.push(id, at >> 8, at & 0xff, value.length >> 8, value.length & 0xff);
    at += value.length;
  }
  return [Buffer.from([...head, 0xff, ...options.flatMap(([, value]) => value)])];
}

interface Login {
  readonly token: string;
  readonly database: string;
}

function loginOf(payload: Buffer): Login {
  const text = (at: number): string => {
    const from = payload.readUInt16LE(at);
    return payload.toString("utf16le", from, from + payload.readUInt16LE(at + 2) * 2);
  };
  let token = "";
  // The pointer to the features stands where the extension is said to be.
  let at = payload.readUInt32LE(payload.readUInt16LE(56));
  while (at < payload.length && payload.readUInt8(at) !== 0xff) {
    const length = payload.readUInt32LE(at + 1);
    const isToken = payload.readUInt8(at) === 0x02;
    if (isToken) token = payload.toString("utf16le", at + 10, at + 10 + payload.readUInt32LE(at + 6));
    at += 5 + length;
  }
  return { token, database: text(68) };
}

function batchOf(payload: Buffer): string {
  return payload.toString("utf16le", payload.readUInt32LE(0));
}

/** With its length, as most tokens are. */
function token(kind: number, body: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head.writeUInt8(kind, 0);
  head.writeUInt16LE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** With its length in characters before it, in one byte or two. */
function counted(text: string, bytes: 1 | 2): Buffer {
  const head = Buffer.alloc(bytes);
  head.writeUIntLE(text.length, 0, bytes);
  return Buffer.concat([head, Buffer.from(text, "utf16le")]);
}

function loginAck(): Buffer {
  return token(0xad, Buffer.concat([Buffer.from([1, 0x74, 0, 0, 4]), counted("fake", 1), Buffer.from([12, 0, 0, 0])]));
}

function featureAck(): Buffer {
  return Buffer.from([0xae, 0x02, 0, 0, 0, 0, 0xff]);
}

const DONE_MORE = 1;
const DONE_ERROR = 2;

function doneToken(status: number): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt8(0xfd, 0);
  body.writeUInt16LE(status, 1);
  return body;
}

function errorToken({ number, message }: SqlError): Buffer {
  const head = Buffer.alloc(6);
  head.writeInt32LE(number, 0);
  head.writeUInt8(1, 4);
  head.writeUInt8(16, 5);
  return token(0xaa, Buffer.concat([head, counted(message, 2), counted("fake", 1), counted("", 1), Buffer.alloc(4)]));
}

function batchAnswer(sets: readonly ResultSet[]): readonly Buffer[] {
  if (sets.length === 0) return [doneToken(0)];
  return sets.flatMap((set, index) => [
    columnsToken(set.columns),
    ...set.rows.map(rowToken),
    doneToken(index < sets.length - 1 ? DONE_MORE : 0),
  ]);
}

/** Each an `nvarchar(max)`. */
function columnsToken(columns: readonly string[]): Buffer {
  const count = Buffer.alloc(3);
  count.writeUInt8(0x81, 0);
  count.writeUInt16LE(columns.length, 1);
  const type = [0, 0, 0, 0, 1, 0, 0xe7, 0xff, 0xff, 0x09, 0x04, 0xd0, 0x00, 0x34];
  return Buffer.concat([count, ...columns.flatMap((name) => [Buffer.from(type), counted(name, 1)])]);
}

function rowToken(values: readonly (string | null)[]): Buffer {
  return Buffer.concat([Buffer.from([0xd1]), ...values.map(longValue)]);
}

/** In parts: the length of all, one part with its length, the end. */
function longValue(value: string | null): Buffer {
  if (value === null) return Buffer.alloc(8, 0xff);
  const text = Buffer.from(value, "utf16le");
  const all = Buffer.alloc(8);
  all.writeBigUInt64LE(BigInt(text.length), 0);
  const part = Buffer.alloc(4);
  part.writeUInt32LE(text.length, 0);
  return Buffer.concat(text.length === 0 ? [all, Buffer.alloc(4)] : [all, part, text, Buffer.alloc(4)]);
}

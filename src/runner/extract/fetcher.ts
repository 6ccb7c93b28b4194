/** What the kinds of sources have in common: each writes one file, and says what is to be remembered of it. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Column, SourceObject } from "../../plan/program.ts";
import { sourceError } from "./failures.ts";
import type { RetryOptions } from "./retry.ts";

/** Where a load came from. */
export type Origin =
  /** Relative to the program's folder where it lies below it, so that a project may be moved. */
  | { readonly kind: "file"; readonly path: string }
  /** Without values of the query that may open something. */
  | { readonly kind: "http"; readonly url: string }
  | {
      readonly kind: "postgres";
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly schema: string;
      readonly table: string;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: "mongodb";
      /** `mongodb://a:27017,b:27017`, without user, password and options. */
      readonly server: string;
      readonly database: string;
      readonly collection: string;
    };

/** What is kept beside a load, to know the next time whether anything has changed. */
export interface LoadFacts {
  readonly bytes: number;
  /** Of a database: how many rows or documents it says that it has sent; as many lines are in the file. */
  readonly records?: number;
  /** Where the load came from. A load of unknown origin is not compared with anything. */
  readonly origin?: Origin;
  readonly sha256?: string;
  /** Of a copied file: when its content and its entry in the file system were last changed, in milliseconds since 1970. */
  readonly modified?: number;
  readonly changed?: number;
  /** As the server gave them. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** The address that the server's answer came from in the end, without its query. */
  readonly answeredBy?: string;
}

/** The newest load of a table. */
export interface PreviousLoad {
  /** The path of its file. */
  readonly path: string;
  readonly facts: LoadFacts;
}

export interface FetchRequest {
  readonly object: SourceObject;
  /** The declared columns. */
  readonly columns: readonly Pick<Column, "name">[];
  /** The file to write. */
  readonly path: string;
  readonly previous: PreviousLoad | undefined;
  readonly retry: RetryOptions;
  /** How many bytes there are by now. */
  onBytes(bytes: number): void;
}

/** A file that is the same as last time need not be written. */
export type Fetched = Omit<LoadFacts, "origin"> | "unchanged";

/** The bytes that have come, counted and hashed. */
export interface Meter {
  add(chunk: Uint8Array): void;
  readonly facts: () => { readonly bytes: number; readonly sha256: string };
  bytes(): number;
}

export function createMeter(onBytes: (bytes: number) => void): Meter {
  const hash = createHash("sha256");
  let bytes = 0;
  return {
    add(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
      onBytes(bytes);
    },
    facts: () => ({ bytes, sha256: hash.copy().digest("hex") }),
    bytes: () => bytes,
  };
}

/** Fewer or more lines in the file than rows that the source has sent; not a fault of the source. */
export function checkLines(lines: number, sent: number, what: string): void {
  if (lines === sent) return;
  throw sourceError({ kind: "interrupted", retry: "answered" }, `${sent} ${what} were sent, and ${lines} arrived`);
}

/** Writes a stream of lines to a file, and checks that all of it is on the disk. */
export async function writeMeasured(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<{ readonly bytes: number; readonly sha256: string; readonly lines: number }> {
  const meter = createMeter(onBytes);
  let lines = 0;
  await pipeline(
    chunks,
    async function* (passing: AsyncIterable<Uint8Array>) {
      for await (const chunk of passing) {
        meter.add(chunk);
        for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) lines++;
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  const facts = meter.facts();
  const { size } = await stat(path);
  if (size !== facts.bytes) throw new Error(`of ${facts.bytes} bytes ${size} were written`);
  return { ...facts, lines };
}

/** Bytes up to which a file is read at once, which takes a fraction of the time that a stream takes to set up. */
const READ_AT_ONCE = 2 ** 22;

const LF = 0x0a;

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size <= READ_AT_ONCE) hash.update(await file.readFile());
    else await pipeline(file.createReadStream({ highWaterMark: 1 << 20, autoClose: false }), hash);
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

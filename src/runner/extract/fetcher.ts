/** What all kinds of sources share: each writes one file and returns facts about it for the next run. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Column, SourceObject } from "../../plan/program.ts";
import type { LoadFacts } from "../load-record.ts";
import { sourceError } from "./failures.ts";
import type { RetryOptions } from "./retry.ts";

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
  /** Reports the number of bytes received so far. */
  onBytes(bytes: number): void;
}

/** `unchanged`: the file is the same as in the previous load, so it is not written. */
export type Fetched = Omit<LoadFacts, "origin"> | "unchanged";

/** Counts and hashes the received bytes. */
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

/** Throws if the file does not have one line for each row that the source sent. */
export function checkLines(lines: number, sent: number, what: string): void {
  if (lines === sent) return;
  throw sourceError({ kind: "interrupted", retry: "answered" }, `${sent} ${what} were sent, and ${lines} arrived`);
}

/** Writes a stream of lines to a file, and checks that all of it was written. */
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
  if (size !== facts.bytes) throw new Error(`${size} of ${facts.bytes} bytes were written`);
  return { ...facts, lines };
}

/** Files up to this size are read at once, which is much faster than setting up a stream. */
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

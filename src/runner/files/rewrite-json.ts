/**
 * Rewrites a JSON file as lines that DuckDB cannot misread: the place of an object in the file, a byte 1, and the object with
 * every value as a string.
 */
import { isUtf8 } from "node:buffer";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { arrayObjects, invalidJson } from "./json-array.ts";
import { jsonTexts } from "./json-texts.ts";
import { KEPT_OF_LONGER, LONGEST_RECORD, TOO_LONG } from "./limits.ts";

export interface Rewritten {
  readonly records: number;
  /** Bytes of the longest line that was written. */
  readonly longest: number;
}

/** Takes a record that cannot be read, with the reason. */
export type OnMalformed = (reason: string, record: string) => void;

export const MALFORMED = "malformed record";

/** The array as JSON lines. Throws `InvalidJson` where it is not an array of JSON objects. */
export function rewriteArray(from: string, to: string): Promise<Rewritten> {
  async function* lines(): AsyncGenerator<string> {
    let place = 0;
    for await (const object of arrayLines(from)) yield numbered(++place, object);
  }
  return writeLines(lines(), to);
}

function numbered(place: number, object: string): string {
  return `${place}\u0001${object}`;
}

/** How many objects the array has. Throws as `rewriteArray` does. */
export async function countArray(from: string): Promise<number> {
  let count = 0;
  for await (const _ of arrayLines(from)) count++;
  return count;
}

async function* arrayLines(from: string): AsyncGenerator<string> {
  for await (const { bytes, line } of arrayObjects(from)) {
    const texts = isUtf8(bytes) ? jsonTexts(bytes.toString("utf8")) : undefined;
    if (texts === undefined) throw invalidJson(line, "an element of the array is not a JSON object in UTF-8");
    yield texts;
  }
}

/** JSON lines without those that are no object. */
export function rewriteLines(from: string, to: string, onMalformed: OnMalformed): Promise<Rewritten> {
  async function* lines(): AsyncGenerator<string> {
    let place = 0;
    for await (const { bytes, isWhole } of linesOf(from)) {
      const text = bytes.toString("utf8");
      if (/^[ \t\r]*$/.test(text)) continue;
      place++;
      const texts = isWhole && isUtf8(bytes) ? jsonTexts(text) : undefined;
      if (texts === undefined) onMalformed(isWhole ? MALFORMED : TOO_LONG, text);
      else yield numbered(place, texts);
    }
  }
  return writeLines(lines(), to);
}

async function writeLines(lines: AsyncIterable<string>, to: string): Promise<Rewritten> {
  let records = 0;
  let longest = 0;
  await pipeline(async function* () {
    let text: string[] = [];
    let size = 0;
    for await (const line of lines) {
      records++;
      longest = Math.max(longest, Buffer.byteLength(line));
      text.push(line, "\n");
      size += line.length;
      if (size < BUFFERED) continue;
      yield text.join("");
      text = [];
      size = 0;
    }
    yield text.join("");
  }, createWriteStream(to));
  return { records, longest };
}

const BUFFERED = 1 << 18;
const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The lines without their line breaks. Of one that is too long: its first bytes. */
async function* linesOf(path: string): AsyncGenerator<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  let parts: Buffer[] = [];
  let size = 0;
  let isFirst = true;
  const line = () => {
    let bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    if (isFirst && bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) bytes = bytes.subarray(3);
    if (bytes.at(-1) === CR) bytes = bytes.subarray(0, -1);
    const isWhole = size <= LONGEST_RECORD;
    parts = [];
    size = 0;
    isFirst = false;
    return isWhole ? { bytes, isWhole } : { bytes: bytes.subarray(0, KEPT_OF_LONGER), isWhole };
  };
  const add = (bytes: Buffer) => {
    if (size <= LONGEST_RECORD) parts.push(bytes);
    size += bytes.length;
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      add(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    if (start < chunk.length) add(Buffer.from(chunk.subarray(start)));
  }
  if (size > 0) yield line();
}

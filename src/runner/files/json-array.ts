/** A file that is one JSON array, object by object, whatever its size and layout. */
import { createReadStream } from "node:fs";
import { LONGEST_RECORD } from "./limits.ts";

const LF = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACES: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

export interface ArrayObject {
  readonly bytes: Buffer;
  /** Where it begins, counted from 1. */
  readonly line: number;
}

/** What is wrong with a file; `line` is where. */
export interface InvalidJson extends Error {
  readonly invalidJson: true;
}

export function invalidJson(line: number, problem: string): InvalidJson {
  return Object.assign(new Error(`line ${line}: ${problem}`), { invalidJson: true as const });
}

export function isInvalidJson(error: unknown): error is InvalidJson {
  return error instanceof Error && "invalidJson" in error;
}

type Place = keyof typeof PROBLEMS | "object";

/** The objects of the array. Throws `InvalidJson` where the file is anything but one array of what looks like objects. */
export async function* arrayObjects(path: string): AsyncGenerator<ArrayObject> {
  let place = "array" as Place;
  let depth = 0;
  let inText = false;
  let escaped = false;
  let line = 1;
  let position = 0;
  let begun = 1;
  /** Of an object that began in a chunk before. */
  let parts: Buffer[] = [];
  let size = 0;

  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let at = 0; at < chunk.length; at++, position++) {
      const byte = chunk[at] ?? 0;
      if (byte === LF) line++;
      if (place === "object") {
        if (inText) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inText = false;
        } else if (byte === QUOTE) inText = true;
        else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
        else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && --depth === 0) {
          yield { bytes: Buffer.concat([...parts, chunk.subarray(start, at + 1)]), line: begun };
          parts = [];
          size = 0;
          place = "after";
        }
        continue;
      }
      if (SPACES.includes(byte) || (position < BYTE_ORDER_MARK.length && BYTE_ORDER_MARK[position] === byte)) continue;
      if (place === "array" && byte === OPEN_LIST) place = "first";
      else if ((place === "first" || place === "next") && byte === OPEN_OBJECT) {
        place = "object";
        depth = 1;
        start = at;
        begun = line;
      } else if ((place === "first" || place === "after") && byte === CLOSE_LIST) place = "end";
      else if (place === "after" && byte === COMMA) place = "next";
      else throw invalidJson(line, PROBLEMS[place]);
    }
    if (place === "object") {
      parts.push(Buffer.from(chunk.subarray(start)));
      size += chunk.length - start;
      if (size > LONGEST_RECORD) throw invalidJson(begun, `an object is longer than ${LONGEST_RECORD} bytes`);
    }
  }
  if (place === "object") throw invalidJson(begun, "the file ends within this object");
  if (place !== "end") throw invalidJson(line, "the file ends before the `]` of the array");
}

const PROBLEMS = {
  array: "the file does not begin with an array",
  first: "an element of the array is not an object",
  next: "an element of the array is not an object",
  after: "there is no comma between two objects",
  end: "something follows the `]` of the array",
};

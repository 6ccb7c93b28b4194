/**
 * Reads text files of users. Anything other than a regular file of limited size with valid UTF-8 is rejected with a reason;
 * a named pipe or a device is never opened.
 */
import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import type { FileProblem } from "./host.ts";

/** Larger files are rejected unread: programs and configuration files are written manually. */
export const LARGEST_TEXT_FILE = 32 * 1024 * 1024;

export interface DecodedText {
  /** Without the byte order mark. */
  readonly text: string;
  readonly hasByteOrderMark: boolean;
}

/** Error codes for missing files. An existing file that cannot be read is not missing. */
const MISSING: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && MISSING.has(error.code);
}

/** The text of a file; `stats` are those of its path. Throws the system's error if it cannot be accessed. */
export function readTextFile(path: string, stats: Stats): DecodedText | FileProblem {
  const problem = kindProblem(stats);
  if (problem !== undefined) return problem;
  // Non-blocking, because the file may have been replaced by a pipe.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const opened = fstatSync(file);
    return kindProblem(opened) ?? decoded(file, opened.size);
  } finally {
    closeSync(file);
  }
}

function kindProblem(stats: Stats): FileProblem | undefined {
  if (!stats.isFile()) return { kind: "not-readable", detail: `it is ${kindOf(stats)}, not a regular file` };
  return stats.size > LARGEST_TEXT_FILE ? tooLarge() : undefined;
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a named pipe";
  return stats.isSocket() ? "a socket" : "a device";
}

function tooLarge(): FileProblem {
  return { kind: "not-readable", detail: `it is larger than ${LARGEST_TEXT_FILE / 1024 / 1024} MB` };
}

/** Some files (in /proc, or growing ones) are larger than their reported size. */
function decoded(file: number, size: number): DecodedText | FileProblem {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.max(4096, size - total + 1));
    const count = readSync(file, chunk, 0, chunk.length, null);
    // Room was left: a regular file has ended.
    if (total === 0 && count === size && size > 0) return decodeText(chunk.subarray(0, count));
    if (count === 0) return decodeText(Buffer.concat(chunks, total));
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > LARGEST_TEXT_FILE) return tooLarge();
  }
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Decodes bytes; if they are not valid UTF-8, describes what they are. */
export function decodeText(bytes: Buffer): DecodedText | FileProblem {
  const wide = wideEncodingOf(bytes);
  if (wide !== undefined) return { kind: "not-utf8", detail: `it is encoded in ${wide}` };
  if (!isUtf8(bytes)) return { kind: "not-utf8", detail: placeOfInvalidByte(bytes) };
  const hasByteOrderMark = bytes.subarray(0, 3).equals(UTF8_MARK);
  return { text: bytes.toString("utf8", hasByteOrderMark ? 3 : 0), hasByteOrderMark };
}

/** Recognises UTF-16 and UTF-32 by their byte order mark or, without one, by the zero bytes of ASCII characters. */
function wideEncodingOf(bytes: Buffer): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "UTF-32" : "UTF-16";
  if (a === 0xfe && b === 0xff) return "UTF-16";
  const start = bytes.subarray(0, 1000);
  if (!start.includes(0)) return undefined;
  let [even, odd] = [0, 0];
  for (const [at, byte] of start.entries()) if (byte === 0) at % 2 === 0 ? even++ : odd++;
  const half = start.length / 2;
  if (even + odd > start.length * 0.6) return "UTF-32";
  const isWide =
    start.length >= 2 && ((odd > half * 0.6 && even < half * 0.1) || (even > half * 0.6 && odd < half * 0.1));
  return isWide ? "UTF-16" : undefined;
}

/** Describes where the first invalid character starts. */
function placeOfInvalidByte(bytes: Buffer): string {
  let [start, end] = [0, bytes.length];
  // Binary search; each cut is moved to the start of a character.
  while (end - start > LONGEST_CHARACTER) {
    const middle = startOfCharacter(bytes, (start + end) >> 1);
    if (middle <= start) break;
    if (isUtf8(bytes.subarray(start, middle))) start = middle;
    else end = middle;
  }
  for (let length = 1; length <= LONGEST_CHARACTER && start + length <= bytes.length; length++) {
    if (!isUtf8(bytes.subarray(start, start + length))) continue;
    start += length;
    length = 0;
  }
  let line = 1;
  let lineStart = 0;
  for (let at = bytes.indexOf(10); at !== -1 && at < start; at = bytes.indexOf(10, at + 1)) {
    line++;
    lineStart = at + 1;
  }
  const byte = (bytes[start] ?? 0).toString(16).toUpperCase().padStart(2, "0");
  return `byte ${start + 1} (0x${byte}), in line ${line} at byte ${start - lineStart + 1}, is not UTF-8`;
}

const LONGEST_CHARACTER = 4;

function startOfCharacter(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && at - start < LONGEST_CHARACTER && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}

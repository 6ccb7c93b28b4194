/**
 * How many records a bronze file has, counted in its bytes. This shares no code with the readers of the file, neither
 * DuckDB nor csv-records.ts, so that a record that a reader drops shows: a table is built only where both agree.
 */
import { isUtf8 } from "node:buffer";
import { open } from "node:fs/promises";

export interface RecordCount {
  /** Lines that are not blank, and the header; of CSV a line break inside of quotes ends no record. */
  readonly records: number;
  /** Bytes of the longest record. */
  readonly longest: number;
  /** There is a quote in the file, wherever that is. */
  readonly hasQuote: boolean;
  /** The file has a blank line: before the first record, or after it. */
  readonly blank: "none" | "inside" | "first";
  /**
   * Every line ends in the same way and every byte is part of a character that readers agree on: valid UTF-8, no NUL, no
   * carriage return outside of a line break or quotes.
   */
  readonly isRegular: boolean;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;

/** What the two formats have of their own. */
interface Format {
  /** A quote at the start of a field hides line breaks up to the next one that is not doubled. */
  readonly hasQuotes: boolean;
  /** A line of nothing but spaces and tabs is blank too. */
  readonly skipsSpace: boolean;
}

const FORMATS: Readonly<Record<"csv" | "json", Format>> = {
  csv: { hasQuotes: true, skipsSpace: false },
  json: { hasQuotes: false, skipsSpace: true },
};

/** Counts the records of a file, in pieces of so many bytes. */
export async function countRecords(
  path: string,
  format: keyof typeof FORMATS,
  pieceSize: number = PIECE,
): Promise<RecordCount> {
  const counter = createCounter(FORMATS[format]);
  for await (const { bytes, isLast } of characterPieces(path, pieceSize)) counter.push(bytes, isLast);
  return counter.end();
}

const PIECE = 1 << 20;

/** The file in pieces that end with a whole character, with what ends it by itself. Bytes are only good until the next. */
async function* characterPieces(
  path: string,
  size: number,
): AsyncGenerator<{ readonly bytes: Buffer; readonly isLast: boolean }> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(size + LONGEST_CHARACTER);
    let kept = 0;
    let isFirst = true;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, size);
      const bytes = buffer.subarray(0, kept + bytesRead);
      const end = bytesRead === 0 ? bytes.length : wholeEnd(bytes);
      const start = isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
      if (end > start) yield { bytes: bytes.subarray(start, end), isLast: bytesRead === 0 };
      if (bytesRead === 0) return;
      if (end > 0) isFirst = false;
      kept = bytes.length - end;
      bytes.copy(buffer, 0, end);
    }
  } finally {
    await file.close();
  }
}

const LONGEST_CHARACTER = 4;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Where the last character that is there in whole ends; a CR may belong to a LF that has not come yet. */
function wholeEnd(bytes: Buffer): number {
  if (bytes.at(-1) === CR) return bytes.length - 1;
  for (let back = 1; back < LONGEST_CHARACTER && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

interface Counter {
  push(bytes: Buffer, isLast: boolean): void;
  end(): RecordCount;
}

function createCounter({ hasQuotes, skipsSpace }: Format): Counter {
  let records = 0;
  let longest = 0;
  let blank: RecordCount["blank"] = "none";
  let isRegular = true;
  let hasQuote = false;
  let hasLf = false;
  let hasCrlf = false;
  /** Of the record that has not ended: its bytes before this piece, and whether there is anything but space in it. */
  let length = 0;
  let isBlank = true;
  let place: "start" | "bare" | "quoted" | "closing" = "start";

  const endRecord = (size: number) => {
    if (isBlank) {
      if (blank !== "first") blank = records === 0 ? "first" : "inside";
    } else {
      records++;
      if (size > longest) longest = size;
    }
    length = 0;
    isBlank = true;
    place = "start";
  };

  /** Of a piece in which no quote can hide a line break: from line break to line break. */
  const pushLines = (bytes: Buffer, isLast: boolean) => {
    let start = 0;
    let cr = bytes.indexOf(CR);
    for (let lf = bytes.indexOf(LF); ; lf = bytes.indexOf(LF, start)) {
      const next = lf === -1 ? bytes.length : lf;
      let end = next;
      if (cr !== -1 && cr < next) {
        if (cr === next - 1 && (lf !== -1 || isLast)) {
          end = cr;
          hasCrlf = true;
        } else {
          isRegular = false;
          if (lf !== -1 && bytes[next - 1] === CR) end = next - 1;
        }
        cr = bytes.indexOf(CR, next);
      } else if (lf !== -1) hasLf = true;
      if (isBlank && end > start) isBlank = skipsSpace && isSpace(bytes, start, end);
      if (lf === -1) {
        length += end - start;
        return;
      }
      endRecord(length + end - start);
      start = next + 1;
    }
  };

  const pushQuoted = (bytes: Buffer, isLast: boolean) => {
    let start = -length;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (place === "quoted") {
        const quote = byte === QUOTE ? at : bytes.indexOf(QUOTE, at);
        if (quote === -1) break;
        at = quote;
        place = "closing";
        continue;
      }
      if (place === "closing" && byte === QUOTE) {
        place = "quoted";
        continue;
      }
      if (byte === LF) {
        const isCrlf = at > 0 && bytes[at - 1] === CR;
        if (isCrlf) hasCrlf = true;
        else hasLf = true;
        endRecord(at - start - (isCrlf ? 1 : 0));
        start = at + 1;
        continue;
      }
      if (byte === CR && (bytes[at + 1] === LF || (isLast && at + 1 === bytes.length))) continue;
      isBlank = false;
      if (byte === CR) isRegular = false;
      if (byte === COMMA) place = "start";
      else if (place === "start" && byte === QUOTE) place = "quoted";
      else place = "bare";
    }
    length = bytes.length - start;
  };

  return {
    push(bytes, isLast) {
      if (isRegular) isRegular = isUtf8(bytes) && !bytes.includes(0);
      const isQuoted = hasQuotes && bytes.includes(QUOTE);
      hasQuote ||= isQuoted;
      const isLines = !isQuoted && place !== "quoted" && place !== "closing";
      if (!isLines) return pushQuoted(bytes, isLast);
      pushLines(bytes, isLast);
      if (hasQuotes && bytes.length > 0) {
        const last = bytes.at(-1);
        place = last === COMMA || last === LF ? "start" : "bare";
      }
    },
    end() {
      if (length > 0) endRecord(length);
      return { records, longest, hasQuote, blank, isRegular: isRegular && !(hasLf && hasCrlf) };
    },
  };
}

function isSpace(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== CR) return false;
  }
  return true;
}

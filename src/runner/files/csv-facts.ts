/** What has to be known of a CSV file before DuckDB reads it: its header, and how far DuckDB may be trusted with it. */
import { type FileHandle, open } from "node:fs/promises";
import type { CsvInput } from "../../codegen/duckdb/relation-inputs.ts";
import { createCsvReader, recordOf } from "./csv-records.ts";
import { LONGEST_RECORD } from "./limits.ts";
import { countRecords } from "./record-count.ts";

export interface CsvFacts {
  readonly header: readonly string[];
  /** `doubtful`: DuckDB may take the file for something else than it is, so it has to be written anew first. */
  readonly form: CsvInput["form"] | "doubtful";
  /** Records below the header. */
  readonly records: number;
  /** Bytes of the longest record. */
  readonly longest: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;

/** Looks through the file in pieces of so many bytes. The header of an empty file is empty. */
export async function csvFacts(path: string, pieceSize: number = PIECE): Promise<CsvFacts> {
  const { records, longest, hasQuote, blank, isRegular } = await countRecords(path, "csv", pieceSize);
  const file = await open(path);
  try {
    const header = await headerOf(file, pieceSize);
    // Of a file of one column DuckDB takes an empty line for a record, and one before the header for the header.
    const isOdd =
      !isRegular || longest > LONGEST_RECORD || blank === "first" || (blank === "inside" && header.length === 1);
    const form = isOdd ? "doubtful" : hasQuote ? await quotedForm(file, pieceSize, header.length) : "plain";
    return { header, form, records: Math.max(0, records - 1), longest };
  } finally {
    await file.close();
  }
}

async function headerOf(file: FileHandle, pieceSize: number): Promise<readonly string[]> {
  const reader = createCsvReader();
  for await (const { bytes, end, isLast } of pieces(file, pieceSize)) {
    const [record] = [...reader.push(Buffer.from(bytes.subarray(0, end))), ...(isLast ? reader.end() : [])];
    if (record !== undefined) return recordOf(record.bytes).fields.map((field) => field?.toString("utf8") ?? "");
  }
  return [];
}

async function quotedForm(file: FileHandle, pieceSize: number, fieldCount: number): Promise<CsvFacts["form"]> {
  const look = createLook(fieldCount);
  for await (const piece of pieces(file, pieceSize)) {
    if (look.isDoubtful(piece)) return "doubtful";
  }
  return look.form();
}

/** A part of the file: the bytes before `end`. The few behind it begin the next part. */
interface Piece {
  readonly bytes: Buffer;
  readonly end: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

const PIECE = 1 << 20;
const SEEN_AHEAD = 2;

/** The bytes of a piece are only good until the next. */
async function* pieces(file: FileHandle, size: number): AsyncGenerator<Piece> {
  const buffer = Buffer.allocUnsafe(size);
  for (let position = 0; ; position += size - SEEN_AHEAD) {
    const { bytesRead } = await file.read(buffer, 0, size, position);
    const isLast = bytesRead < size;
    const bytes = buffer.subarray(0, bytesRead);
    yield { bytes, end: isLast ? bytesRead : size - SEEN_AHEAD, isFirst: position === 0, isLast };
    if (isLast) return;
  }
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A line that is longer is not looked at. */
const LONGEST_LINE = 1 << 16;

interface Look {
  /**
   * Goes on through the file. True where a quote neither begins a text behind a comma or a line break, nor ends one
   * before them, nor is doubled in one, or a text does not end: DuckDB then guesses what the texts are, and may drop some
   * without a word. True as well where a record may end with a comma that it has too many.
   */
  isDoubtful(piece: Piece): boolean;
  form(): CsvInput["form"];
}

function createLook(fieldCount: number): Look {
  /** In a text; and behind a quote in it, which ends it or is the first of two. */
  let inside = false;
  let afterQuote = false;
  let hasSpans = false;
  let before = LF;
  /** The line that the piece before has begun; undefined where it is too long, or begins in a text. */
  let begun: Buffer | undefined = Buffer.alloc(0);

  return {
    isDoubtful({ bytes, end, isFirst, isLast }) {
      const first = isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
      const commas = createCommaEnds(bytes, isLast);
      let comma = commas.from(first);
      /** Where the last text ended that goes over the end of a line. */
      let spanEnd = -1;
      let spans = false;

      const endsDoubtful = (comma: number): boolean => {
        const start = bytes.lastIndexOf(LF, comma) + 1;
        if (spanEnd >= start) return true;
        const line =
          start > 0
            ? bytes.subarray(start, comma + 1)
            : begun && Buffer.concat([begun, bytes.subarray(first, comma + 1)]);
        return line === undefined || countFields(line) === fieldCount + 1;
      };

      let at = first;
      while (at < end) {
        if (afterQuote) {
          afterQuote = false;
          const next = bytes[at];
          if (next === QUOTE) {
            at++;
            continue;
          }
          if (next !== COMMA && next !== LF && next !== CR) return true;
          inside = false;
          if (spans) spanEnd = at;
        }
        if (inside) {
          while (at < end && bytes[at] !== QUOTE) {
            if (bytes[at] === LF || bytes[at] === CR) spans = true;
            at++;
          }
          hasSpans ||= spans;
          if (at < end) afterQuote = true;
          at++;
          continue;
        }
        const found = bytes[at + 1] === QUOTE && bytes[at] !== QUOTE ? at + 1 : bytes.indexOf(QUOTE, at);
        const quote = found === -1 || found >= end ? end : found;
        if (comma < at) comma = commas.from(at);
        for (; comma < quote; comma = commas.from(comma + 1)) {
          if (endsDoubtful(comma)) return true;
        }
        if (quote === end) break;
        const previous = quote === first ? before : bytes[quote - 1];
        if (previous !== COMMA && previous !== LF) return true;

        inside = true;
        spans = false;
        at = quote + 1;
      }

      before = bytes[end - 1] ?? before;
      const start = bytes.lastIndexOf(LF, end - 1) + 1;
      if (inside || spanEnd >= start || end - start > LONGEST_LINE) begun = undefined;
      else if (start > 0) begun = Buffer.from(bytes.subarray(start, end));
      else begun &&= Buffer.concat([begun, bytes.subarray(first, end)]);
      return isLast && inside && !afterQuote;
    },
    form: () => (hasSpans ? "spanning" : "quoted"),
  };
}

/** Of a line whose quotes are in place. */
function countFields(line: Buffer): number {
  let count = 1;
  let inside = false;
  for (const byte of line) {
    if (byte === QUOTE) inside = !inside;
    else if (byte === COMMA && !inside) count++;
  }
  return count;
}

/** The commas before the end of a line, or of the file. */
function createCommaEnds(bytes: Buffer, isLast: boolean): { from(at: number): number } {
  const ends = bytes.includes(CR) ? [",\n", ",\r\n"] : [",\n"];
  const last = isLast && bytes.at(-1) === COMMA ? bytes.length - 1 : Number.POSITIVE_INFINITY;
  return {
    from(at) {
      const found = ends.map((end) => bytes.indexOf(end, at)).filter((each) => each !== -1);
      return Math.min(...found, last >= at ? last : Number.POSITIVE_INFINITY);
    },
  };
}

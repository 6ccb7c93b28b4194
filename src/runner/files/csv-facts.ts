/** What has to be known of a CSV file before DuckDB reads it: its header, and how far DuckDB may be trusted with it. */
import { type FileHandle, open } from "node:fs/promises";
import type { CsvInput } from "../../codegen/duckdb/inputs.ts";
import { createCsvReader, recordOf } from "./csv-records.ts";

export interface CsvFacts {
  readonly header: readonly string[];
  /**
   * `doubtful`: a record may have a comma too many at its end, or no end, so the file has to be written anew first.
   */
  readonly form: CsvInput["form"] | "doubtful";
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;

/** Looks through the file, at half a gigabyte a second or faster. The header of an empty file is empty. */
export async function csvFacts(path: string): Promise<CsvFacts> {
  const file = await open(path);
  try {
    const header = await headerOf(file);
    return { header, form: await formOf(file, header.length) };
  } finally {
    await file.close();
  }
}

async function headerOf(file: FileHandle): Promise<readonly string[]> {
  const reader = createCsvReader();
  for await (const { bytes, isLast } of pieces(file, 0)) {
    const [record] = [...reader.push(bytes), ...(isLast ? reader.end() : [])];
    if (record !== undefined) return record.fields.map((field) => field?.toString("utf8") ?? "");
  }
  return [];
}

async function formOf(file: FileHandle, fieldCount: number): Promise<CsvFacts["form"]> {
  const quotes = await quotesOf(file);
  if (quotes === "none") return "plain";
  if (quotes === "misplaced") return "doubtful";
  if (await somePiece(file, LONGEST_LINE, (piece) => hasDoubtfulEnd(piece, fieldCount))) return "doubtful";
  return (await somePiece(file, 1, createQuoteWatch())) ? "spanning" : "quoted";
}

/**
 * Whether every quote begins a text behind a comma or a line break, ends one before them, or is doubled in one, and every
 * text ends. Where not, DuckDB guesses what the texts are, and drops one that does not end without a word.
 */
async function quotesOf(file: FileHandle): Promise<"none" | "in place" | "misplaced"> {
  let isNone = true;
  let inside = false;
  let mayEnd = false;
  let before = LF;
  for await (const { bytes, isFirst } of pieces(file, 0)) {
    const start = isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
    for (let at = start; at < bytes.length; ) {
      if (mayEnd) {
        mayEnd = false;
        const next = bytes[at];
        if (next === QUOTE) {
          at++;
          continue;
        }
        if (next !== COMMA && next !== LF && next !== CR) return "misplaced";
        inside = false;
      }
      const quote = bytes.indexOf(QUOTE, at);
      if (quote === -1) break;
      isNone = false;
      const previous = quote === start ? before : bytes[quote - 1];
      if (!inside && previous !== COMMA && previous !== LF) return "misplaced";
      mayEnd = inside;
      inside = true;
      at = quote + 1;
    }
    before = bytes.at(-1) ?? before;
  }
  if (inside && !mayEnd) return "misplaced";
  return isNone ? "none" : "in place";
}

interface Piece {
  readonly bytes: Buffer;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

const PIECE = 1 << 20;

/** The file in pieces, each beginning with the end of the one before it. The bytes are only good until the next. */
async function* pieces(file: FileHandle, overlap: number): AsyncGenerator<Piece> {
  const buffer = Buffer.allocUnsafe(PIECE);
  for (let position = 0; ; position += PIECE - overlap) {
    const { bytesRead } = await file.read(buffer, 0, PIECE, position);
    const isLast = bytesRead < PIECE;
    yield { bytes: buffer.subarray(0, bytesRead), isFirst: position === 0, isLast };
    if (isLast) return;
  }
}

async function somePiece(file: FileHandle, overlap: number, test: (piece: Piece) => boolean): Promise<boolean> {
  for await (const piece of pieces(file, overlap)) {
    if (test(piece)) return true;
  }
  return false;
}

/** Lines up to this length are seen whole in one piece. */
const LONGEST_LINE = 1 << 16;

/** Whether a record may end with a comma that it has too many, for all that can be seen of the line it ends in. */
function hasDoubtfulEnd({ bytes, isFirst, isLast }: Piece, fieldCount: number): boolean {
  const isDoubtful = (comma: number): boolean => {
    const before = bytes.lastIndexOf(LF, comma);
    if (before === -1 && !isFirst) return comma >= LONGEST_LINE;
    return isDoubtfulLine(bytes.subarray(before + 1, comma + 1), fieldCount);
  };
  for (const end of bytes.includes(CR) ? [",\n", ",\r\n"] : [",\n"]) {
    for (let at = bytes.indexOf(end); at !== -1; at = bytes.indexOf(end, at + 1)) {
      if (isDoubtful(at)) return true;
    }
  }
  return isLast && bytes.at(-1) === COMMA && isDoubtful(bytes.length - 1);
}

/**
 * A line with a comma at its end. As a record it would have a field too many; or it is the end of a record whose
 * beginning is not seen. A line that begins a text which goes on in the next one ends no record.
 */
function isDoubtfulLine(line: Buffer, fieldCount: number): boolean {
  const { fields, broken } = recordOf(line);
  const text = line.toString("latin1");
  const quotes = text.replaceAll(/[^"]/g, "").length;
  if (quotes % 2 === 0) return !broken && fields.length === fieldCount + 1;
  const endsText = /^(?:[^"]|"")*"(?:,|$)/.test(text);
  const beginsText = /(?:^|,)"(?:[^"]|"")*$/.test(text);
  return endsText || !beginsText;
}

/** With more quotes than one in so many bytes, looking at each takes longer than is won by reading in parallel. */
const SPARSE = 1000;

/**
 * For pieces that share one byte: whether a quoted text goes over the end of a line, or a quote stands where none may,
 * so that nobody can say where texts end. Or whether there are too many to tell quickly.
 */
function createQuoteWatch(): (piece: Piece) => boolean {
  let inside = false;
  let before = LF;
  let start = 0;
  return ({ bytes, isFirst, isLast }) => {
    if (isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) start = BYTE_ORDER_MARK.length;
    let at = start;
    let texts = 0;
    const end = isLast ? bytes.length : bytes.length - 1;
    while (at < end) {
      if (!inside) {
        const opening = bytes.indexOf(QUOTE, at);
        if (opening === -1 || opening >= end) break;
        const previous = opening === start ? before : bytes[opening - 1];
        if ((previous !== COMMA && previous !== LF) || ++texts > PIECE / SPARSE) return true;
        inside = true;
        at = opening + 1;
        continue;
      }
      while (at < end && bytes[at] !== QUOTE) {
        if (bytes[at] === LF || bytes[at] === CR) return true;
        at++;
      }
      if (at >= end) break;
      const next = bytes[at + 1];
      if (next === QUOTE) at += 2;
      else if (next === undefined || next === COMMA || next === LF || next === CR) {
        inside = false;
        at += 1;
      } else return true;
    }
    // A doubled quote may reach over the end; then the next piece begins behind it.
    start = Math.max(0, at - end);
    before = bytes[end + start - 1] ?? LF;
    return isLast && inside;
  };
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

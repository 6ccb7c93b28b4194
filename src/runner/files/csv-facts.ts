/** What has to be known of a CSV file before DuckDB reads it: its header, and how far DuckDB may be trusted with it. */
import { type FileHandle, open } from "node:fs/promises";
import type { CsvInput } from "../../codegen/duckdb/inputs.ts";
import { createCsvReader, recordOf } from "./csv-records.ts";

export interface CsvFacts {
  readonly header: readonly string[];
  /** `doubtful`: a record may have a comma too many at its end, so the file has to be written anew first. */
  readonly form: CsvInput["form"] | "doubtful";
}

const PIECE = 1 << 20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;

/** Looks through the file as far as it must. The header of an empty file is empty. */
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
  if (!(await somePiece(file, 0, ({ bytes }) => bytes.includes(QUOTE)))) return "plain";
  const doubt = (piece: Piece) => hasDoubtfulEnd(piece, fieldCount);
  return (await somePiece(file, LONGEST_LINE, doubt)) ? "doubtful" : "quoted";
}

interface Piece {
  readonly bytes: Buffer;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

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

/**
 * Whether a line ends with a comma and is not, as it stands, a record with all its fields. One that goes on a field
 * begun in an earlier line is in doubt too; one inside such a field ends no record, so it does not matter what it is.
 */
function hasDoubtfulEnd({ bytes, isFirst, isLast }: Piece, fieldCount: number): boolean {
  let start = isFirst ? 0 : undefined;
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(LF, at);
    const end = found !== -1 ? found : isLast ? bytes.length : undefined;
    if (end === undefined) return false;
    const last = bytes[end - 1] === CR ? end - 2 : end - 1;
    if (
      bytes[last] === COMMA &&
      !(start === undefined ? end < LONGEST_LINE : isWhole(bytes.subarray(start, last + 1), fieldCount))
    ) {
      return true;
    }
    start = end + 1;
    at = end + 1;
  }
  return false;
}

function isWhole(line: Buffer, fieldCount: number): boolean {
  const { fields, broken } = recordOf(line);
  return !broken && fields.length === fieldCount;
}

/** A CSV file written anew so that DuckDB cannot misread it. For files that it would misread, or does not read at all. */
import { isUtf8 } from "node:buffer";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createCsvReader, type RawRecord, recordOf } from "./csv-records.ts";

/**
 * Writes the records that have as many fields as the header, every text that was quoted in quotes, every null as nothing;
 * the text of each other record goes to `onMalformed`.
 */
export async function checkCsv(from: string, to: string, onMalformed: (record: string) => void): Promise<void> {
  const reader = createCsvReader();
  let fieldCount: number | undefined;
  const written = (records: readonly RawRecord[]): Buffer => {
    const lines: Buffer[] = [];
    for (const { bytes, isWhole } of records) {
      const line = isWhole && isUtf8(bytes) ? checkedRecord(bytes) : undefined;
      fieldCount ??= line?.fieldCount;
      if (line?.fieldCount === fieldCount && line !== undefined) lines.push(...line.parts, LF);
      else onMalformed(bytes.toString("utf8").replace(/\r?\n$/, ""));
    }
    return Buffer.concat(lines);
  };
  await pipeline(
    createReadStream(from, { highWaterMark: 1 << 20 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) yield written(reader.push(chunk));
      yield written(reader.end());
    },
    createWriteStream(to),
  );
}

const COMMA = Buffer.from(",");
const LF = Buffer.from("\n");
const QUOTE = Buffer.from('"');

/** A record as it is to be written; undefined for a broken one. One without quotes can stay as it is. */
function checkedRecord(bytes: Buffer): { readonly parts: readonly Buffer[]; readonly fieldCount: number } | undefined {
  if (!bytes.includes(QUOTE) && !bytes.includes(CR)) return { parts: [bytes], fieldCount: countCommas(bytes) + 1 };
  const { fields, broken } = recordOf(bytes);
  if (broken) return undefined;
  return {
    parts: fields.flatMap((field, index) => [...(index > 0 ? [COMMA] : []), ...quoted(field)]),
    fieldCount: fields.length,
  };
}

const CR = 0x0d;

function countCommas(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(COMMA); at !== -1; at = bytes.indexOf(COMMA, at + 1)) count++;
  return count;
}

function quoted(field: Buffer | undefined): readonly Buffer[] {
  if (field === undefined) return [];
  if (!field.includes(QUOTE)) return [QUOTE, field, QUOTE];
  return [QUOTE, Buffer.from(field.toString("latin1").replaceAll('"', '""'), "latin1"), QUOTE];
}

/** JSON lines with one kind of line break, for files that have several, which DuckDB does not read. */
export async function checkLines(from: string, to: string): Promise<void> {
  await pipeline(
    createReadStream(from, { encoding: "latin1", highWaterMark: 1 << 20 }),
    async function* (chunks: AsyncIterable<string>) {
      let rest = "";
      for await (const chunk of chunks) {
        // A carriage return may belong to a line feed that has not come yet.
        const text = rest + chunk;
        const end = text.endsWith("\r") ? text.length - 1 : text.length;
        rest = text.slice(end);
        yield Buffer.from(oneLineBreak(text.slice(0, end)), "latin1");
      }
      yield Buffer.from(oneLineBreak(rest), "latin1");
    },
    createWriteStream(to),
  );
}

/** Of a lone carriage return JSON only knows as white space. */
function oneLineBreak(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll("\r", " ");
}

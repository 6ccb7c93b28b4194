/** A CSV file written anew so that DuckDB cannot misread it. For files that it would misread, or does not read at all. */
import { isUtf8 } from "node:buffer";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createCsvReader, type RawRecord, recordOf } from "./csv-records.ts";
import { KEPT_OF_LONGER, TOO_LONG } from "./limits.ts";
import { MALFORMED, type OnMalformed, type Rewritten } from "./rewrite-json.ts";

/**
 * Writes the records that have as many fields as the header, each with its place in the file as an additional first field,
 * every quoted text in quotes, and every null as nothing. The text of each other record goes to `onMalformed`. DuckDB binds
 * columns by position, so the names in the header do not matter.
 */
export async function rewriteCsv(
  from: string,
  to: string,
  fieldCount: number,
  onMalformed: OnMalformed,
): Promise<Rewritten> {
  const reader = createCsvReader();
  let count = -1;
  let longest = 0;
  const written = (records: readonly RawRecord[]): Buffer => {
    const lines: Buffer[] = [];
    for (const { bytes, isWhole } of records) {
      if (++count === 0) {
        lines.push(
          Buffer.from(
            `${Array(fieldCount + 1)
              .fill("h")
              .join(",")}\n`,
          ),
        );
        continue;
      }
      const line = isWhole && isUtf8(bytes) ? checkedRecord(bytes) : undefined;
      if (line?.fieldCount === fieldCount) {
        lines.push(Buffer.from(`${count},`), ...line.parts, LF);
        longest = Math.max(longest, NUMBER_BYTES + 2 * bytes.length + 2 * fieldCount);
      } else if (isWhole) onMalformed(MALFORMED, bytes.toString("utf8"));
      else onMalformed(TOO_LONG, bytes.subarray(0, KEPT_OF_LONGER).toString("utf8"));
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
  return { records: Math.max(0, count), longest };
}

/** Of the longest number, with the comma. */
const NUMBER_BYTES = 20;

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

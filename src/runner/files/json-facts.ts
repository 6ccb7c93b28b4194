/** What has to be known of a JSON file before it is read: JSON lines, or one array of objects. */
import { open } from "node:fs/promises";
import { LONGEST_RECORD } from "./limits.ts";
import { countRecords } from "./record-count.ts";

export interface JsonFacts {
  /**
   * `lines`: DuckDB reads it as it is · `doubtful`: JSON lines with bytes that DuckDB may misread · `array` · `pretty`:
   * an object that goes over several lines, which is neither.
   */
  readonly form: "lines" | "doubtful" | "array" | "pretty";
  /** Lines that are not blank. */
  readonly records: number;
  /** Bytes of the longest line. */
  readonly longest: number;
}

export async function jsonFacts(path: string): Promise<JsonFacts> {
  const { records, longest, isRegular } = await countRecords(path, "json");
  const start = await firstLineOf(path);
  if (start.startsWith("[")) return { form: "array", records, longest };
  // No object ends so, and whoever prints objects over several lines ends the first line so.
  if (/^\{(.*[,:[{])?$/s.test(start)) return { form: "pretty", records, longest };
  return { form: isRegular && longest <= LONGEST_RECORD ? "lines" : "doubtful", records, longest };
}

const FIRST_BYTES = 1 << 16;

/** The first line that is not blank, without the white space around it; of a long one its beginning. */
async function firstLineOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(FIRST_BYTES);
    for (let position = 0; ; position += FIRST_BYTES) {
      const { bytesRead } = await file.read(bytes, 0, FIRST_BYTES, position);
      const text = bytes.toString(
        "latin1",
        position === 0 && bytes.readUIntBE(0, 3) === BYTE_ORDER_MARK ? 3 : 0,
        bytesRead,
      );
      const line = text.replace(/^[ \t\r\n]+/, "");
      const end = line.indexOf("\n");
      // Where the line does not end in these bytes nothing is known of its end.
      if (line !== "")
        return end === -1 && bytesRead === FIRST_BYTES
          ? `${line}…`
          : line.slice(0, end === -1 ? undefined : end).replace(/[ \t\r]+$/, "");
      if (bytesRead < FIRST_BYTES) return "";
    }
  } finally {
    await file.close();
  }
}

const BYTE_ORDER_MARK = 0xefbbbf;

/** How many rows a bronze file has, malformed ones too, without an engine. */
import { createReadStream } from "node:fs";
import type { SourceObject } from "../../plan/program.ts";
import { createCsvReader } from "./csv-records.ts";

/** Counts up to `most` rows and then looks no further. Zero where there is no such file. */
export async function countRecords(
  kind: SourceObject["kind"],
  path: string,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const isCsv = kind === "csv";
  const counter = isCsv ? csvCounter() : lineCounter();
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      if (counter.push(chunk) >= most) return most;
    }
  } catch {
    return 0;
  }
  return Math.min(most, counter.end());
}

interface Counter {
  /** Gives the rows so far. */
  push(chunk: Buffer): number;
  end(): number;
}

function csvCounter(): Counter {
  const reader = createCsvReader();
  let records = 0;
  const rows = () => Math.max(0, records - 1);
  return {
    push(chunk) {
      records += reader.push(chunk).length;
      return rows();
    },
    end() {
      records += reader.end().length;
      return rows();
    },
  };
}

const LF = 0x0a;
const BLANK: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d]);

/** Lines that are more than white space. */
function lineCounter(): Counter {
  let lines = 0;
  let isBlank = true;
  return {
    push(chunk) {
      for (const byte of chunk) {
        if (byte === LF) isBlank = true;
        else if (isBlank && !BLANK.has(byte)) {
          isBlank = false;
          lines++;
        }
      }
      return lines;
    },
    end: () => lines,
  };
}

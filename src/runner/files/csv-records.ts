/** CSV as in RFC 4180, record by record, whatever the pieces it comes in. Exact where DuckDB is not, and many times slower. */
import { KEPT_OF_LONGER, LONGEST_RECORD } from "./limits.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export interface CsvRecord {
  /** Undefined for a field that is empty and not quoted. */
  readonly fields: readonly (Buffer | undefined)[];
  /** There is something between a closing quote and the end of its field, or no closing quote. */
  readonly broken: boolean;
}

/** A record as it stands in the file, without its line break. */
export interface RawRecord {
  readonly bytes: Buffer;
  /** False where it is too long to be one, as after a quote that never ends; then these are its first bytes. */
  readonly isWhole: boolean;
}

export interface CsvReader {
  /** The records that end in what has come so far. Records end with LF or CRLF; an empty line is none. */
  push(chunk: Buffer): readonly RawRecord[];
  /** The last record, where it has no line break. */
  end(): readonly RawRecord[];
}

export function createCsvReader(): CsvReader {
  /** Of the record that has not ended yet. */
  let rest: Buffer = Buffer.alloc(0);
  let dropped = false;
  /** How far it was looked at, and where in a field that is. */
  let at = 0;
  let place: "start" | "text" | "plain" = "start";
  let isStart = true;

  const take = (isEnd: boolean): readonly RawRecord[] => {
    const records: RawRecord[] = [];
    let from = 0;
    const emit = (to: number) => {
      // Of a text that does not end the line break at the end of the file is none of its own.
      const last = place === "text" && rest[to - 1] === LF ? to - 1 : to;
      const bytes = rest.subarray(from, rest[last - 1] === CR ? last - 1 : last);
      if (bytes.length > 0) records.push({ bytes, isWhole: !dropped && bytes.length <= LONGEST_RECORD });
      dropped = false;
    };
    while (at < rest.length) {
      if (place === "start") {
        place = rest[at] === QUOTE ? "text" : "plain";
        if (place === "text") at++;
      } else if (place === "text") {
        const quote = rest.indexOf(QUOTE, at);
        at = quote === -1 ? rest.length : quote;
        if (quote === -1) break;
        if (quote + 1 === rest.length && !isEnd) break;
        if (rest[quote + 1] !== QUOTE) place = "plain";
        at += place === "plain" ? 1 : 2;
      } else {
        while (at < rest.length && rest[at] !== COMMA && rest[at] !== LF) at++;
        if (at === rest.length) break;
        place = "start";
        if (rest[at] === LF) {
          emit(at);
          from = at + 1;
        }
        at++;
      }
    }
    if (isEnd) emit(rest.length);
    rest = isEnd ? Buffer.alloc(0) : rest.subarray(from);
    at -= from;
    return records;
  };
  return {
    push(chunk) {
      if (rest.length > LONGEST_RECORD) {
        // What is kept of it only tells which it was; a quote at its end may be the first of two.
        const kept = rest.subarray(0, KEPT_OF_LONGER);
        const unseen = rest.subarray(at);
        rest = Buffer.concat([kept, unseen]);
        at = kept.length;
        dropped = true;
      }
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (isStart && rest.length < BYTE_ORDER_MARK.length) return [];
      if (isStart && rest.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) {
        rest = rest.subarray(BYTE_ORDER_MARK.length);
      }
      isStart = false;
      return take(false);
    },
    end: () => take(true),
  };
}

/** The quote that closes the one at `open`; of two in a row neither does. */
function closingQuote(bytes: Buffer, open: number): number | undefined {
  for (let at = bytes.indexOf(QUOTE, open + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 2)) {
    if (bytes[at + 1] !== QUOTE) return at;
  }
  return undefined;
}

/** The fields of a record. */
export function recordOf(raw: Buffer): CsvRecord {
  const fields: (Buffer | undefined)[] = [];
  let broken = false;
  let at = 0;
  for (;;) {
    const start = at;
    if (raw[at] === QUOTE) {
      const closing = closingQuote(raw, at);
      at = endOfField(raw, closing === undefined ? raw.length : closing + 1);
      broken ||= closing === undefined || at !== closing + 1;
      fields.push(unquoted(raw.subarray(start + 1, closing ?? raw.length)));
    } else {
      at = endOfField(raw, at);
      fields.push(at === start ? undefined : raw.subarray(start, at));
    }
    if (at >= raw.length) return { fields, broken };
    at++;
  }
}

function endOfField(bytes: Buffer, from: number): number {
  const comma = bytes.indexOf(COMMA, from);
  return comma === -1 ? bytes.length : comma;
}

function unquoted(field: Buffer): Buffer {
  return field.includes('""') ? Buffer.from(field.toString("latin1").replaceAll('""', '"'), "latin1") : field;
}

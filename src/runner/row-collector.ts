/** Rows that a table's query has noticed: counted, and those for the quarantine kept in a file until it is written. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import type { Notice } from "../codegen/duckdb/row-notices.ts";
import { duckdbString } from "../codegen/expressions/duckdb.ts";
import type { NoticedRow } from "./duckdb.ts";

/** What was noticed under one index. */
export interface Noticed {
  readonly notice: Notice;
  readonly count: number;
  /** The first record, for a message. */
  readonly example: string | undefined;
}

export interface SetAside {
  /** Records that could not even be read as fields. */
  malformed(relation: string, record: string): void;
  /** The same where they are kept elsewhere. */
  countMalformed(relation: string, count: number): void;
  /** From now on rows are noticed by a query with these notices. */
  start(notices: readonly Notice[]): void;
  notice(row: NoticedRow): void;
  /** SQL for the rows that are kept: `source`, `reason`, `record`. Undefined where there is none. */
  rows(): string | undefined;
  /** In the order of the notices. */
  noticed(): readonly Noticed[];
  /** Removes the file. */
  discard(): void;
}

const BUFFERED = 1 << 20;

/** DuckDB's own limit for a JSON object; above it, it has to be told. */
const USUAL_LINE = 16_000_000;

/** `path` is of the file, in a folder that is there; it is made when the first row comes. */
export function createSetAside(path: string): SetAside {
  let notices: readonly Notice[] = [];
  const counts: number[] = [];
  const examples: (string | undefined)[] = [];
  const unread = new Map<string, number>();
  let file: number | undefined;
  let buffer: string[] = [];
  let buffered = 0;
  let longest = 0;

  const flush = () => {
    file ??= openSync(path, "w");
    writeSync(file, buffer.join(""));
    buffer = [];
    buffered = 0;
  };
  const keep = (source: string, reason: string, record: string | null) => {
    const line = `${JSON.stringify({ source, reason, record })}\n`;
    longest = Math.max(longest, 4 * line.length);
    buffer.push(line);
    buffered += line.length;
    if (buffered >= BUFFERED) flush();
  };
  const countMalformed = (relation: string, count: number) => {
    unread.set(relation, (unread.get(relation) ?? 0) + count);
  };
  return {
    malformed(relation, record) {
      countMalformed(relation, 1);
      keep(relation, "malformed record", record);
    },
    countMalformed,
    start(list) {
      notices = list;
    },
    notice({ index, reason, record }) {
      const notice = notices[index];
      if (notice === undefined) throw new Error(`there is no notice ${index}`);
      counts[index] = (counts[index] ?? 0) + 1;
      examples[index] ??= record ?? undefined;
      const isKept = notice.kind === "rejected" || notice.expectation.action === "quarantine";
      if (isKept) keep(notice.relation, reason ?? "", record);
    },
    rows() {
      if (buffered > 0) flush();
      if (file === undefined) return undefined;
      const columns = "columns = {source: 'VARCHAR', reason: 'VARCHAR', record: 'VARCHAR'}";
      const size = `maximum_object_size = ${Math.max(USUAL_LINE, longest)}`;
      return `SELECT source, reason, record FROM read_json(${duckdbString(path)}, format = 'newline_delimited', ${size}, ${columns})`;
    },
    noticed: () =>
      notices.map((notice, index) => {
        const more = notice.kind === "rejected" ? (unread.get(notice.relation) ?? 0) : 0;
        return { notice, count: (counts[index] ?? 0) + more, example: examples[index] };
      }),
    discard() {
      if (file !== undefined) closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

/** Rows that a table's query has noticed: counted, and those for the quarantine kept in a file until it is written. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import type { Notice } from "../codegen/duckdb/row-notices.ts";
import { duckdbString } from "../codegen/expressions/duckdb.ts";
import type { NoticedRows } from "./duckdb.ts";

/** What was noticed under one index. */
export interface Noticed {
  readonly notice: Notice;
  readonly count: number;
  /** The first record, for a message. */
  readonly example: string | undefined;
}

export interface RowCollector {
  /** A record of a relation that could not even be read as fields; `file` is the number of its file, of several. */
  malformed(relation: string, reason: string, record: string, file?: number): void;
  /** From now on rows are noticed by a query with these notices. */
  start(notices: readonly Notice[]): void;
  notice(rows: NoticedRows): void;
  /** SQL for the rows that are kept: `source`, `reason`, `record`, and `file`, the number of the file, of several. */
  rows(): string | undefined;
  /** How many rows are kept. */
  kept(): number;
  /** What became of the records of a bronze relation, or of one of its files. */
  recordsOf(relation: string, file?: number): Records;
  /** In the order of the notices; those that only differ in their file are one. */
  noticed(): readonly Noticed[];
  /** Removes the file. */
  discard(): void;
}

export interface Records {
  /** Rows that the query has read. */
  readonly read: number;
  /** Of those, rows that have not as many fields as the header. */
  readonly unlike: number;
  /** Records that did not come to the query. */
  readonly malformed: number;
  /** Rows and malformed records that are in the quarantine. */
  readonly rejected: number;
  /** Rows that a later load contains again. */
  readonly superseded: number;
}

const BUFFERED = 1 << 20;

/** DuckDB's own limit for a JSON object; above it, it has to be told. */
const USUAL_LINE = 16_000_000;

/** `path` is of the file, in a folder that is there; it is made when the first row comes. */
export function createRowCollector(path: string): RowCollector {
  let notices: readonly Notice[] = [];
  const counts: number[] = [];
  const examples: (string | undefined)[] = [];
  /** Of malformed records, and of the notices of records, by `placeOf`. */
  const unread = new Map<string, number>();
  const indexes = new Map<string, number[]>();
  let file: number | undefined;
  let buffer: string[] = [];
  let buffered = 0;
  let longest = 0;
  let kept = 0;

  const flush = () => {
    file ??= openSync(path, "w");
    writeWhole(file, Buffer.from(buffer.join("")));
    buffer = [];
    buffered = 0;
  };
  const keep = (line: string) => {
    kept++;
    longest = Math.max(longest, line.length);
    buffer.push(line, "\n");
    buffered += line.length;
    if (buffered >= BUFFERED) flush();
  };
  const countOf = (kind: Notice["kind"], relation: string, file: number | undefined) =>
    (indexes.get(placeOf(kind, relation, file)) ?? []).reduce((total, index) => total + (counts[index] ?? 0), 0);
  const unreadOf = (relation: string, file?: number) => unread.get(placeOf("malformed", relation, file)) ?? 0;
  return {
    malformed(relation, reason, record, file) {
      for (const place of placesOf("malformed", relation, file)) unread.set(place, (unread.get(place) ?? 0) + 1);
      keep(JSON.stringify({ source: relation, reason, record, file }));
    },
    start(list) {
      notices = list;
      indexes.clear();
      list.forEach((notice, index) => {
        if (notice.kind === "failed") return;
        for (const place of placesOf(notice.kind, notice.relation, notice.file)) {
          const found = indexes.get(place) ?? [];
          indexes.set(place, found);
          found.push(index);
        }
      });
    },
    notice({ index, count, text }) {
      const notice = notices[index];
      if (notice === undefined) throw new Error(`there is no notice ${index}`);
      counts[index] = (counts[index] ?? 0) + count;
      if (notice.kind === "rejected" || (notice.kind === "failed" && notice.expectation.action === "quarantine")) {
        for (let row = 0; row < count; row++) keep(text(row) ?? "");
      } else if (notice.kind === "failed") examples[index] ??= text(0);
    },
    rows() {
      if (buffered > 0) flush();
      if (file === undefined) return undefined;
      const columns = "columns = {source: 'VARCHAR', reason: 'VARCHAR', record: 'VARCHAR', file: 'INTEGER'}";
      // A character has four bytes at most; DuckDB sets its buffer by the size.
      const size = `maximum_object_size = ${Math.max(USUAL_LINE, 4 * longest + 1)}`;
      return `SELECT source, reason, record, file FROM read_json(${duckdbString(path)}, format = 'newline_delimited', ${size}, ${columns})`;
    },
    kept: () => kept,
    recordsOf: (relation, file) => ({
      read: countOf("read", relation, file),
      unlike: countOf("malformed", relation, file),
      malformed: unreadOf(relation, file),
      rejected: countOf("rejected", relation, file) + unreadOf(relation, file),
      superseded: countOf("superseded", relation, file),
    }),
    noticed: () =>
      notices.flatMap((notice, index): readonly Noticed[] => {
        const { kind, relation } = notice;
        if (kind === "failed") return [{ notice, count: counts[index] ?? 0, example: examples[index] }];
        if ((notice.file ?? 0) > 0) return [];
        const more = kind === "rejected" ? unreadOf(relation) : 0;
        return [{ notice: { kind, relation }, count: countOf(kind, relation, undefined) + more, example: undefined }];
      }),
    discard() {
      if (file !== undefined) closeSync(file);
      file = undefined;
      rmSync(path, { force: true });
    },
  };
}

/** A file of a relation, or with all of them the relation. */
function placeOf(kind: Notice["kind"], relation: string, file: number | undefined): string {
  return `${kind} ${file ?? ""} ${relation}`;
}

function placesOf(kind: Notice["kind"], relation: string, file: number | undefined): readonly string[] {
  const all = placeOf(kind, relation, undefined);
  return file === undefined ? [all] : [all, placeOf(kind, relation, file)];
}

/** A write may take fewer bytes than it is given, as where a disk is nearly full; the next one then says why. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

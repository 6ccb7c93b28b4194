/** Writes tables to files in chunks, and records where the dirt is. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Kind, Row } from "./dirt.ts";
import { encodingOf } from "./encode.ts";
import type { Table } from "./tables/table.ts";

/** One kind of dirt in one file. */
export interface DirtEntry extends Kind {
  readonly table: string;
  readonly file: string;
  /** The number of affected rows. */
  readonly count: number;
  /** The first ones: the line of the file where the row starts, from 1, and the row's key. */
  readonly places: readonly { readonly line: number; readonly key: string }[];
}

/** A complete list would grow with the data. */
const MOST_PLACES = 20;

/** Buffers text and writes it to a file in large chunks. `close` must be called. */
export function createFileWriter(path: string): { write(text: string): void; close(): void } {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  let piece = "";
  const flush = () => {
    if (piece !== "") writeSync(file, piece);
    piece = "";
  };
  return {
    write(text) {
      piece += text;
      if (piece.length > 1_000_000) flush();
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

/** Writes a table's file. Each row is also passed to `onRow`, with its text in the file. */
export function writeTable(
  folder: string,
  table: Table,
  onRow: (row: Row, text: string) => void,
): { readonly rows: number; readonly dirt: readonly DirtEntry[] } {
  const { head, encode } = encodingOf(table);
  const found = new Map(
    table.kinds.map((kind) => [kind.kind, { count: 0, places: [] as DirtEntry["places"][number][] }]),
  );
  const file = createFileWriter(join(folder, table.file));
  file.write(head);
  let line = 1 + lineEnds(head);
  let rows = 0;
  for (const row of table.rows()) {
    const text = encode(row);
    file.write(text);
    onRow(row, text);
    for (const kind of row.dirt) {
      const entry = found.get(kind);
      if (entry === undefined) throw new Error(`${table.name} has no kind of dirt that is called ${kind}`);
      entry.count++;
      if (entry.places.length < MOST_PLACES) entry.places.push({ line, key: row.key });
    }
    line += lineEnds(text);
    rows++;
  }
  file.close();
  const dirt = table.kinds.map(({ kind, outcome, what, reason }) => {
    const { count, places } = found.get(kind) ?? { count: 0, places: [] };
    return {
      table: table.name,
      file: table.file,
      kind,
      outcome,
      what,
      ...(reason === undefined ? {} : { reason }),
      count,
      places,
    };
  });
  return { rows, dirt };
}

function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

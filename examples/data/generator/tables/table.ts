/** What a source holds: the rows of one bronze table, dirt included. */
import { type Kind, type Row, type Strewn, strew } from "../dirt.ts";
import type { World } from "../world.ts";

export interface Table {
  /** As the program calls it. */
  readonly name: string;
  /** Below the folder of the data. */
  readonly file: string;
  readonly columns: readonly string[];
  readonly format: Format;
  readonly kinds: readonly Kind[];
  rows(): Iterable<Row>;
}

export type Format =
  /** RFC 4180; `quoted`: every field that is there stands in quotes, else only those that need them. */
  | { readonly kind: "csv"; readonly quoted?: boolean; readonly crlf?: boolean; readonly byteOrderMark?: boolean }
  /** One object a line; `document` puts MongoDB's id before the columns, and leaves absent ones out. */
  | { readonly kind: "json"; readonly document?: boolean };

/** A table of `count` clean rows with dirt strewn on them. `kinds` is the dirt that the clean rows bring along. */
export function createTable(
  world: World,
  table: Omit<Table, "rows"> & { readonly count: number; readonly strewn: readonly Strewn[]; clean(): Iterable<Row> },
): Table {
  const { name, file, columns, format, kinds, count, strewn, clean } = table;
  const rows = () => strew(world.seed, name, count, clean(), strewn);
  return { name, file, columns, format, kinds: [...kinds, ...strewn], rows };
}

/** A source table: the rows of one bronze table, including dirt. */
import { type AddedDirt, addDirt, type Kind, type Row } from "../dirt.ts";
import type { World } from "../world.ts";

export interface Table {
  /** The name in the program. */
  readonly name: string;
  /** Relative to the folder of the data. */
  readonly file: string;
  readonly columns: readonly string[];
  readonly format: Format;
  readonly kinds: readonly Kind[];
  rows(): Iterable<Row>;
}

export type Format =
  /** RFC 4180; `quoted`: every non-null field is in quotes, otherwise only if necessary. */
  | { readonly kind: "csv"; readonly quoted?: boolean; readonly crlf?: boolean; readonly byteOrderMark?: boolean }
  /** One object per line; `document` adds MongoDB's ID before the columns, and omits missing ones. */
  | { readonly kind: "json"; readonly document?: boolean };

/** A table of `count` clean rows to which dirt is added. `kinds` lists the dirt that the clean rows already have. */
export function createTable(
  world: World,
  table: Omit<Table, "rows"> & { readonly count: number; readonly added: readonly AddedDirt[]; clean(): Iterable<Row> },
): Table {
  const { name, file, columns, format, kinds, count, added, clean } = table;
  const rows = () => addDirt(world.seed, name, count, clean(), added);
  return { name, file, columns, format, kinds: [...kinds, ...added], rows };
}

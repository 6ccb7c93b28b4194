/** Rows as bytes of their file: CSV as in RFC 4180, or a JSON object a line. */
import type { Row, Values } from "./dirt.ts";
import { hashOf, id } from "./random.ts";
import type { Table } from "./tables/table.ts";

export interface Encoding {
  /** What stands before the first row. */
  readonly head: string;
  /** The row's text, its line end included. */
  encode(row: Row): string;
}

export function encodingOf({ columns, format }: Table): Encoding {
  if (format.kind === "csv") {
    const end = format.crlf ? "\r\n" : "\n";
    const line = (values: Values) => values.map((value) => field(value, format.quoted ?? false)).join(",") + end;
    return { head: (format.byteOrderMark ? "\uFEFF" : "") + line(columns), encode: ({ values }) => line(values) };
  }
  const document = format.document ?? false;
  return {
    head: "",
    encode({ values, key }) {
      const pairs = columns.map((column, place) => [column, values[place] ?? null] as const);
      const present = document ? pairs.filter(([, value]) => value !== null) : pairs;
      const objectId = { $oid: id(0, hashOf("documents"), hashOf(key)).slice(0, 24) };
      return `${JSON.stringify({ ...(document ? { _id: objectId } : {}), ...Object.fromEntries(present) })}\n`;
    },
  };
}

/** Nothing at all is null; the empty text stands in quotes. */
function field(value: string | null, quoted: boolean): string {
  if (value === null) return "";
  return quoted || value === "" || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

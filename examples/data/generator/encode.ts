/** Encodes rows as file content: CSV according to RFC 4180, or one JSON object per line. */
import type { Row, Values } from "./dirt.ts";
import { hashOf, id } from "./random.ts";
import type { Table } from "./tables/table.ts";

export interface Encoding {
  /** The content before the first row. */
  readonly head: string;
  /** The row's text, including its line break. */
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

/** An empty field is null; the empty text is in quotes. */
function field(value: string | null, quoted: boolean): string {
  if (value === null) return "";
  return quoted || value === "" || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

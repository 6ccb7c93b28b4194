/**
 * The range of a MongoDB collection. The query returns at least the documents of the range; each one's value is then
 * compared exactly, because the database compares doubles and decimals, and we their texts.
 */
import { BSON, type Collection, type Filter } from "mongodb";
import { rangeOf, type WatermarkType, watermarkText } from "../watermark.ts";
import { columnValue, withoutExtendedJson } from "./column-value.ts";
import { columnTypeError, type RangeRequest } from "./range.ts";

export interface RangedCollection {
  readonly highest: bigint | undefined;
  readonly filter: Filter<BSON.Document>;
  /** The value of a document; undefined if it has none, so that the document is part of each load. */
  value(document: BSON.Document): bigint | undefined;
}

/** How the values of the column are stored. All are of one kind, because documents of different kinds have no order. */
type Stored =
  | { readonly kind: "number" }
  | { readonly kind: "date" }
  | { readonly kind: "string"; readonly form: Form };

/** The form of dates in strings. Strings of one form have the order of their dates. */
interface Form {
  readonly separator: string;
  readonly digits: number;
  readonly end: string;
}

export async function beginRange(
  collection: Collection,
  relaxedJson: (value: unknown) => string,
  request: RangeRequest,
): Promise<RangedCollection> {
  const { column, type, from } = request;
  const textOf = (value: unknown) => textIn(relaxedJson(value));
  const most = async (filter: Filter<BSON.Document>, direction: 1 | -1): Promise<unknown> => {
    const options = { sort: { [column]: direction }, promoteLongs: false, projection: { [column]: 1 } } as const;
    return (await collection.findOne(filter, options))?.[column];
  };
  const last = await most({ [column]: { $ne: null } }, -1);
  const first = await most({ [column]: { $ne: null } }, 1);
  if (last === undefined || first === undefined) {
    request.onHighest(undefined);
    return { highest: undefined, filter: {}, value: () => undefined };
  }
  const stored = storedAs(last, request, textOf);
  const checked = (value: unknown): bigint | undefined => {
    const text = textOf(value);
    const found = columnValue(text, type);
    if (found === undefined && !isOutside(value, type)) throw columnTypeError(request, described(value, text));
    if (!isSameKind(stored, storedAs(value, request, textOf)))
      throw columnTypeError(request, `${described(last, textOf(last))} and ${described(value, text)}`);
    return found;
  };
  checked(first);
  const { lowest, highest: top } = rangeOf(type);
  const bounds = { $gte: bound(lowest, stored, type, -1), $lte: bound(top, stored, type, 1) };
  const highest = checked(last) ?? checkedOrNone(await most({ [column]: bounds }, -1), checked);
  request.onHighest(highest);
  return {
    highest,
    filter:
      from === undefined
        ? {}
        : {
            $or: [
              { [column]: { $gte: bound(from, stored, type, -1) } },
              // No value, one that the type does not have, and one of another kind.
              { [column]: { $not: { $gte: bounds.$gte } } },
            ],
          },
    value(document) {
      const value: unknown = document[column];
      return value === undefined || value === null ? undefined : checked(value);
    },
  };
}

function checkedOrNone(value: unknown, checked: (value: unknown) => bigint | undefined): bigint | undefined {
  return value === undefined ? undefined : checked(value);
}

/** The text that the table reads of a value. */
function textIn(json: string): string {
  const value: unknown = json.startsWith('"') ? JSON.parse(json) : json;
  return withoutExtendedJson(String(value));
}

function storedAs(value: unknown, request: RangeRequest, textOf: (value: unknown) => string): Stored {
  const isTime = request.type.kind === "date" || request.type.kind === "timestamp";
  if (isTime && value instanceof Date) return { kind: "date" };
  if (isTime && typeof value === "string") {
    const form = formOf(value);
    if (form !== undefined) return { kind: "string", form };
  }
  if (!isTime && isNumber(value)) return { kind: "number" };
  throw columnTypeError(request, described(value, textOf(value)));
}

function isNumber(value: unknown): boolean {
  return (
    typeof value === "number" ||
    BSON.Long.isLong(value) ||
    value instanceof BSON.Decimal128 ||
    value instanceof BSON.Double ||
    value instanceof BSON.Int32
  );
}

const FORM = /^\d{4}-\d\d-\d\d(?:([T ])\d\d:\d\d:\d\d(?:\.(\d{1,6}))?(Z?))?$/;

function formOf(text: string): Form | undefined {
  const found = FORM.exec(text);
  if (found === null) return undefined;
  const [, separator = "", fraction = "", end = ""] = found;
  return { separator, digits: fraction.length, end };
}

function isSameKind(a: Stored, b: Stored): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind !== "string" || b.kind !== "string") return true;
  return a.form.separator === b.form.separator && a.form.digits === b.form.digits && a.form.end === b.form.end;
}

/** A number or a date that the declared type does not have, such as NaN: it has no place in the order. */
function isOutside(value: unknown, type: WatermarkType): boolean {
  if (value instanceof Date) return value.getTime() < FIRST || value.getTime() > LAST;
  if (!isNumber(value)) return false;
  const number = Number(String(value));
  const { lowest, highest } = rangeOf(type);
  const unit = type.kind === "decimal" ? 10 ** type.scale : 1;
  return !(number >= Number(lowest) / unit && number <= Number(highest) / unit);
}

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** The value as the database has it; what cannot be exact is a little lower or higher, by `direction`. */
function bound(value: bigint, stored: Stored, type: WatermarkType, direction: 1 | -1): unknown {
  if (stored.kind === "number") {
    if (type.kind !== "decimal") return BSON.Long.fromBigInt(value);
    const number = Number(value) / 10 ** type.scale;
    return new BSON.Double(number + direction * (Math.abs(number) * 2 ** -50 + 10 ** -type.scale));
  }
  const text = watermarkText(value, type);
  if (stored.kind === "date") {
    return new Date(text.length === 10 ? `${text}T00:00:00Z` : text.replace(/(\.\d{3})\d+/, "$1"));
  }
  const { separator, digits, end } = stored.form;
  const day = text.slice(0, 10);
  if (separator === "") return day;
  const time = text.length === 10 ? "00:00:00.000000" : text.slice(11, 26);
  return `${day}${separator}${digits === 0 ? time.slice(0, 8) : time.slice(0, 9 + digits)}${end}`;
}

/** A value for a message. */
function described(value: unknown, text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  if (typeof value === "string") return `the string ${JSON.stringify(shown)}`;
  if (value instanceof Date) return `the date ${shown}`;
  if (isNumber(value)) return `the number ${shown}`;
  return Array.isArray(value) ? "a list" : `the value ${shown}`;
}

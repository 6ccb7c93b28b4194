/**
 * The range of a table whose database is replaced by a folder: of the records in its file, those that the database would
 * send. The file is the table's content at this moment.
 */
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { arrayObjects } from "../files/json-array.ts";
import { jsonFacts } from "../files/json-facts.ts";
import { jsonTexts } from "../files/json-texts.ts";
import { columnValue, withoutExtendedJson } from "./column-value.ts";
import { type FetchRequest, writeMeasured } from "./fetcher.ts";
import { copyStable } from "./folder.ts";
import { linesOf } from "./lines.ts";
import { createRowSum, type RangeFetched, type RangeRequest, tailOf } from "./range.ts";
import type { ReachedSource } from "./sources.ts";

type Folder = Extract<ReachedSource, { readonly kind: "folder" }>;

export async function fetchRangeFromFolder(
  source: Folder,
  request: FetchRequest,
  range: RangeRequest,
): Promise<RangeFetched> {
  const whole = `${request.path}.whole`;
  const { modified, changed } = await copyStable(source, { ...request, path: whole });
  const { form } = await jsonFacts(whole);
  const records = form === "array" ? elementsOf : linesIn;
  let highest: bigint | undefined;
  for await (const record of records(whole)) {
    const value = valueIn(record, range);
    if (value !== undefined && (highest === undefined || value > highest)) highest = value;
  }
  range.onHighest(highest);
  const next = highest === undefined ? undefined : range.nextFrom(highest);
  const sum = createRowSum();
  async function* chosen(): AsyncGenerator<Buffer> {
    for await (const record of records(whole)) {
      const value = valueIn(record, range);
      if (value === undefined || next === undefined || value >= next) sum.add(record);
      if (value === undefined || range.from === undefined || value >= range.from) yield Buffer.concat([record, LF]);
    }
  }
  const { lines, ...facts } = await writeMeasured(chosen(), request.path, request.onBytes);
  await rm(whole);
  return { ...facts, records: lines, modified, changed, highest, tail: tailOf(sum, range, highest) };
}

const LF = Buffer.from("\n");

async function* linesIn(path: string): AsyncGenerator<Buffer> {
  for await (const line of linesOf(createReadStream(path))) {
    // A blank line is not a record.
    if (!/^[ \t\r]*$/.test(line.toString("latin1"))) yield line;
  }
}

async function* elementsOf(path: string): AsyncGenerator<Buffer> {
  // In JSON, line breaks are only between values.
  for await (const { bytes } of arrayObjects(path)) yield Buffer.from(bytes.toString("utf8").replace(/[\r\n]/g, " "));
}

/** Undefined for a record that is malformed, or has no value of the column's type. */
function valueIn(record: Buffer, { column, type }: RangeRequest): bigint | undefined {
  const texts = jsonTexts(record.toString("utf8").replace(/^\uFEFF/, ""));
  if (texts === undefined) return undefined;
  const values: Readonly<Record<string, string | null>> = JSON.parse(texts);
  const text = Object.hasOwn(values, column) ? values[column] : undefined;
  return typeof text === "string" ? columnValue(withoutExtendedJson(text), type) : undefined;
}

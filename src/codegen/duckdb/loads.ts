/**
 * SQL for the records of all files of a bronze table's loads. Files of one form are read together. What is the same for all
 * records of a file, such as the time of its load, is converted once for each file and joined to its records.
 */
import type { BronzeColumn, BronzePlan } from "../../plan/program.ts";
import { duckdbName, duckdbString, duckdbType } from "../expressions/duckdb.ts";
import { csvRows, FILE, hasLongRecords, PLACE, type TextRows } from "./csv.ts";
import { jsonRows } from "./json.ts";
import type { QueryBuilder } from "./query.ts";
import type { LoadedInput, LoadsInput } from "./relation-inputs.ts";
import { type ConvertedColumn, converted, missingText, type Records } from "./values.ts";

const MALFORMED = duckdbName("malformed");
const RAW = duckdbName("raw");
const NUMBER = duckdbName("file number");
const BEFORE = duckdbName("before");
/** How many records the files before it in its group have, and how many it has itself. */
const OFFSET = duckdbName("offset");
const RECORDS = duckdbName("records");
const ROW = duckdbName("row");

export function loadRows(query: QueryBuilder, bronze: BronzePlan, { files }: LoadsInput): Records {
  const columns = bronze.stored?.columns ?? bronze.columns;
  const relation = `loads.${bronze.name}`;
  const ofData = columns.filter(({ fromLoad }) => fromLoad === undefined);
  const ofFile = columns.filter(({ fromLoad }) => fromLoad !== undefined && fromLoad !== "row");
  const withPlace = columns.some(({ fromLoad }) => fromLoad === "row");

  const groups = groupsOf(files);
  const texts = textRows(query, relation, groups, { columns: ofData, withPlace });
  const data = converted(query, relation, { ...texts, columns: ofData });
  const facts = fileFacts(query, `${relation} files`, groups, { columns: ofFile, by: boundedColumn(bronze) });
  const row = withPlace
    ? `, CASE WHEN ${PLACE} - ${OFFSET} BETWEEN 1 AND ${RECORDS} THEN ${PLACE} - ${OFFSET} ELSE error('records were read out of order') END AS ${ROW}`
    : "";
  const from = query.add(relation, `SELECT *${row} FROM ${data.from} JOIN ${facts.from} ON ${FILE} = ${NUMBER}`);

  const found = new Map([...data.columns, ...facts.columns].map((each) => [each.column.name, each]));
  const all = columns.map((column): ConvertedColumn => {
    const text = `CAST(${ROW} AS VARCHAR)`;
    return found.get(column.name) ?? { column, text, value: ROW, emptyIsNull: false };
  });
  const superseded = supersededText(bronze, all, files, texts.malformed);
  return {
    from,
    columns: all,
    malformed: texts.malformed,
    ...(texts.raw === undefined ? {} : { raw: texts.raw }),
    files: { count: files.length, number: FILE, ...(superseded === undefined ? {} : { superseded }) },
  };
}

/** Files that DuckDB reads with the same options, with their numbers. */
type Group = readonly { readonly number: number; readonly file: LoadedInput }[];

function groupsOf(files: readonly LoadedInput[]): readonly Group[] {
  const groups = new Map<string, { readonly number: number; readonly file: LoadedInput }[]>();
  files.forEach((file, number) => {
    const { path, longest: _, ...form } = file.input;
    const key = JSON.stringify([form, hasLongRecords(file.input) ? path : ""]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push({ number, file });
  });
  return [...groups.values()];
}

type GroupTexts = Pick<TextRows, "text" | "emptyIsNull" | "malformed" | "raw" | "isColumn"> & { readonly from: string };

/** The texts of all files. */
function textRows(
  query: QueryBuilder,
  relation: string,
  groups: readonly Group[],
  { columns, withPlace }: { readonly columns: readonly BronzeColumn[]; readonly withPlace: boolean },
): GroupTexts {
  const names = new Map(columns.map(({ name }, index) => [name, duckdbName(`text ${index}`)]));
  const read = groups.map((group) => ({ group, rows: groupRows(query, relation, group, columns, withPlace) }));
  // In a plain file a missing text cannot be distinguished from an empty one; where all are plain, that is left for later.
  const emptyIsNull = read.every(({ rows }) => rows.emptyIsNull);
  const isWellFormed = read.every(({ rows }) => rows.malformed === "FALSE");
  const hasRaw = read.some(({ rows }) => rows.raw !== undefined);
  const selects = read.map(({ group, rows }) => {
    const texts = columns.map(({ name }) => {
      const text = rows.emptyIsNull && !emptyIsNull ? `nullif(${rows.text(name)}, '')` : rows.text(name);
      return `${text} AS ${names.get(name)}`;
    });
    const numbers = group.map(({ number }) => number);
    const number = numbers.length === 1 ? `${numbers[0]}` : `[${numbers.join(", ")}][${FILE} + 1]`;
    const list = [
      ...texts,
      ...(isWellFormed ? [] : [`${rows.malformed} AS ${MALFORMED}`]),
      ...(hasRaw ? [`${rows.raw ?? "NULL"} AS ${RAW}`] : []),
      ...(withPlace ? [PLACE] : []),
      `${number} AS ${FILE}`,
    ];
    return `SELECT ${list.join(", ")} FROM (${rows.select})`;
  });
  const none = [...names.values()].map((name) => `CAST(NULL AS VARCHAR) AS ${name}`);
  const empty = `SELECT ${[...none, ...(withPlace ? [`0 AS ${PLACE}`] : []), `0 AS ${FILE}`].join(", ")} WHERE FALSE`;
  return {
    from: query.add(`${relation} texts`, selects.length === 0 ? empty : selects.join("\nUNION ALL ")),
    text: (column) => names.get(column) ?? "NULL",
    isColumn: true,
    emptyIsNull,
    malformed: isWellFormed ? "FALSE" : MALFORMED,
    ...(hasRaw ? { raw: RAW } : {}),
  };
}

function groupRows(
  query: QueryBuilder,
  relation: string,
  group: Group,
  columns: readonly BronzeColumn[],
  withPlace: boolean,
): TextRows {
  const [first] = group;
  if (first === undefined) throw new Error("a group has a file");
  const paths = group.map(({ file }) => file.input.path);
  const longest = Math.max(...group.map(({ file }) => file.input.longest));
  const reading = { paths, withFile: group.length > 1, withPlace };
  const { input } = first.file;
  return input.kind === "csv"
    ? csvRows({ ...input, longest }, reading)
    : jsonRows(query, relation, { ...input, longest }, columns, reading);
}

/** One row for each file: its number, the values of the columns that come from it, its bound, where its records begin. */
function fileFacts(
  query: QueryBuilder,
  hint: string,
  groups: readonly Group[],
  { columns, by }: { readonly columns: readonly BronzeColumn[]; readonly by: BronzeColumn | undefined },
): { readonly from: string; readonly columns: readonly ConvertedColumn[] } {
  const fields = [...new Set(columns.map(({ fromLoad = "" }) => fromLoad))];
  const rows = groups.flatMap((group) => {
    let offset = 0;
    return group.map(({ number, file: { input, records, fields: texts, before } }) => {
      const values = fields.map((field) => textOrNull(texts[field]));
      const place = [String(offset), String(records)];
      // The records of a numbered file have their own places.
      if (!input.isNumbered) offset += records;
      return `(${[number, ...place, textOrNull(before), ...values].join(", ")})`;
    });
  });
  const names = [NUMBER, OFFSET, RECORDS, BEFORE, ...fields.map((field) => duckdbName(`load ${field}`))];
  const none = `SELECT ${names.map((name) => `NULL AS ${name}`).join(", ")} WHERE FALSE`;
  const list = names.map((name, index) => {
    const type = index < 3 ? "BIGINT" : name === BEFORE && by !== undefined ? duckdbType(by.type) : "VARCHAR";
    return `CAST(${name} AS ${type}) AS ${name}`;
  });
  const source = rows.length === 0 ? `(${none})` : `(VALUES ${rows.join(",\n")}) AS files(${names.join(", ")})`;
  const from = query.add(hint, `SELECT ${list.join(", ")} FROM ${source}`);
  const text = (name: string) => duckdbName(`load ${columns.find((each) => each.name === name)?.fromLoad}`);
  const values = converted(query, hint, { from, columns, text, isColumn: true, emptyIsNull: false }, "load ");
  // Whole, so that it is computed once and not for every record.
  return { ...values, from: query.add(`${hint} whole`, `SELECT * FROM ${values.from}`, true) };
}

function textOrNull(text: string | undefined): string {
  return text === undefined ? "NULL" : duckdbString(text);
}

/** The column that bounds limit. */
function boundedColumn({ load, columns }: BronzePlan): BronzeColumn | undefined {
  return load.kind === "append" ? columns.find(({ name }) => name === load.by) : undefined;
}

/**
 * SQL: whether a later load contains a record again: its column `C` has no text, or a value that is not below the bound. A
 * record whose text is no value is rejected in every load that has it, and so is one that is malformed.
 */
function supersededText(
  bronze: BronzePlan,
  columns: readonly ConvertedColumn[],
  files: readonly LoadedInput[],
  malformed: string,
): string | undefined {
  if (files.every(({ before }) => before === undefined)) return undefined;
  const by = columns.find(({ column }) => column.name === boundedColumn(bronze)?.name);
  if (by === undefined) throw new Error(`bronze.${bronze.name} has no column with bounds`);
  return `CASE WHEN ${BEFORE} IS NULL OR ${malformed} THEN FALSE WHEN ${by.value} IS NULL THEN ${missingText(by)} ELSE ${by.value} >= ${BEFORE} END`;
}

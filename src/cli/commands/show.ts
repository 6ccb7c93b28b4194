/** `medalc show TABLE`: prints rows of a table. */
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { nameHint } from "../../diagnostics/suggest.ts";
import { isFailure, messageOf } from "../../runner/errors.ts";
import { lakeColumns, type ShownTable, showTable } from "../../runner/show.ts";
import type { WantedVersion } from "../../runner/versions.ts";
import { checkQuery } from "../../semantics/check/query.ts";
import type { SourceFile } from "../../source.ts";
import { isNumeric, typeText } from "../../types.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { jsonValue } from "../json-value.ts";
import { type LocalOptions, loadCheckedLocal } from "../local-lake.ts";
import { counted } from "../pluralize.ts";
import { type RowsFormat, rejectedNote, rowsText } from "../rows-answer.ts";
import { findRelation, missingTable, shownRelations, tableAndPath } from "../table-argument.ts";

export interface ShowOptions extends Omit<LocalOptions, "path">, RowsFormat {
  /** The table and the path of the program, in any order. */
  readonly args: readonly string[];
  readonly path?: string;
  readonly limit: number;
  readonly offset: number;
  readonly columns?: readonly string[];
  /** A condition in Medal. */
  readonly where?: string;
  /** Sort keys in Medal, like those of `sort`. */
  readonly sort?: string;
  /** The number of an earlier version. */
  readonly version?: number;
  /** The time of an earlier version. */
  readonly at?: Date;
}

export async function show(options: ShowOptions, io: Io): Promise<CommandResult> {
  const { table, path, isMissing } = tableAndPath(options.args, options.path, io);
  if (isMissing) return { diagnostics: [missingTable("show", table)], sources: new Map() };
  const { diagnostics, sources, ready, checked } = await loadCheckedLocal({ ...options, path }, io);
  const relation = ready === undefined ? undefined : findRelation(table, shownRelations(ready.program));
  if (ready === undefined || checked === undefined || relation === undefined) return { diagnostics, sources };
  if (typeof relation !== "string") return { diagnostics: [...diagnostics, relation], sources };

  const texts = {
    ...(options.where === undefined ? {} : { where: { path: "--where", text: options.where } }),
    ...(options.sort === undefined ? {} : { sort: { path: "--sort", text: options.sort } }),
  };
  const conditions: readonly SourceFile[] = Object.values(texts);
  const all = new Map([...sources, ...conditions.map((file): [string, SourceFile] => [file.path, file])]);
  const { program, environment } = ready;
  const query = checkQuery(relation, texts, checked);
  const unknown = unknownColumns(
    options.columns,
    relation,
    lakeColumns(relation, program).map(({ name }) => name),
  );
  const version = wantedVersion(options);
  const isFile = program.bronze.some(({ name, stored }) => `bronze.${name}` === relation && stored === undefined);
  const unversioned = version && isFile ? [diagnostic("version-of-file", COMMAND_LINE, { relation })] : [];
  const found = [...diagnostics, ...query.diagnostics, ...unknown, ...unversioned];
  if (hasErrors(found)) return { diagnostics: found, sources: all };
  try {
    const shown = await showTable({
      lakeFolder: environment.lake,
      relation,
      program,
      ...(options.columns ? { columns: options.columns } : {}),
      ...(query.where ? { where: query.where } : {}),
      order: query.order,
      offset: options.offset,
      limit: options.limit,
      ...(version ? { version } : {}),
    });
    return { diagnostics: found, sources: all, ...answerOf(relation, shown, options, io) };
  } catch (error) {
    if (isFailure(error)) return { diagnostics: [...found, ...error.diagnostics], sources: all };
    // A checked expression can still fail at run time, for example with a division by zero.
    const [first] = conditions;
    if (first === undefined) throw error;
    const span = { file: first.path, start: 0, end: first.text.length };
    const problem = messageOf(error).replace(/^[A-Z][A-Za-z ]* Error: /, "");
    return { diagnostics: [...found, diagnostic("query-failed", span, { problem })], sources: all };
  }
}

function wantedVersion({ version, at }: ShowOptions): WantedVersion | undefined {
  if (version !== undefined) return { kind: "number", version };
  return at && { kind: "at", at };
}

function unknownColumns(
  names: readonly string[] | undefined,
  relation: string,
  known: readonly string[],
): readonly Diagnostic[] {
  const unknown = (names ?? []).filter((each) => !known.includes(each));
  return unknown.map((name) =>
    diagnostic("unknown-column", COMMAND_LINE, { relation, name }, nameHint(name, known, "Its columns:")),
  );
}

function answerOf(
  relation: string,
  { columns, rows, total, rejected }: ShownTable,
  options: ShowOptions,
  io: Io,
): Pick<CommandResult, "answer" | "closing"> {
  const { text, hint } = rowsText(
    columns.map(({ name, type }) => ({ name, isNumber: isNumeric(type) })),
    rows,
    options,
    io.stdout,
  );
  const end = options.offset + rows.length;
  const which = `${relation}${options.where === undefined ? "" : " that match"}`;
  const page =
    rows.length === total
      ? `${counted(total, "row")} of ${which}`
      : rows.length === 0
        ? `no rows at offset ${options.offset}: ${counted(total, "row")} of ${which}`
        : `rows ${options.offset + 1} to ${end} of ${total} of ${which}`;
  const notes = [
    ...(end < total && rows.length > 0 ? [`use --offset ${end} for the next rows`] : []),
    ...(hint === undefined ? [] : [hint]),
    ...(rejected ? [rejectedNote(rejected, relation)] : []),
  ];
  return {
    answer: {
      text,
      data: {
        table: relation,
        columns: columns.map(({ name, type }) => ({ name, type: typeText(type) })),
        rows: rows.map((row) =>
          Object.fromEntries(columns.map(({ name, type }, index) => [name, jsonValue(row[index] ?? null, type)])),
        ),
        total,
        ...(rejected === undefined ? {} : { rejected }),
      },
    },
    closing: [page, ...notes].join("; "),
  };
}

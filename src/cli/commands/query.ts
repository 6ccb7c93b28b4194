/** `medalc query SQL`: runs SQL over the current versions of the lake's tables. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { fileProblem } from "../../diagnostics/file-problem.ts";
import { nameHint } from "../../diagnostics/suggest.ts";
import { decodeText } from "../../read-text.ts";
import type { QueryProblem, QueryResult } from "../../runner/duckdb-query.ts";
import { isFailure } from "../../runner/errors.ts";
import { type Queried, queryLake } from "../../runner/query.ts";
import type { SourceFile, Span } from "../../source.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { type LocalOptions, loadLocal } from "../local-lake.ts";
import { counted } from "../pluralize.ts";
import { type RowsFormat, rejectedNote, rowsText } from "../rows-answer.ts";

export interface QueryOptions extends LocalOptions, RowsFormat {
  /** `-` is standard input. */
  readonly sql: string;
  /** By default all rows for CSV, and a limited number for a table. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 1000;
const NO_LIMIT = 999_999_999;

export async function query(options: QueryOptions, io: Io): Promise<CommandResult> {
  const { diagnostics, sources, ready } = await loadLocal(options, io);
  if (ready === undefined) return { diagnostics, sources };
  const path = options.sql === "-" ? "<stdin>" : "query";
  const read = options.sql === "-" ? decodeText(await io.readStdin()) : { text: options.sql };
  if (!("text" in read)) {
    return { diagnostics: [fileProblem(path, read, { file: path, start: 0, end: 0 })], sources };
  }
  const { text } = read;
  const file: SourceFile = { path, text };
  const all = new Map([...sources, [file.path, file]]);
  const limit = options.limit ?? (options.csv === true ? NO_LIMIT : DEFAULT_LIMIT);
  try {
    const queried = await queryLake({ lakeFolder: ready.environment.lake, program: ready.program, sql: text, limit });
    const { result } = queried;
    if ("kind" in result) return { diagnostics: [...diagnostics, diagnosticOf(result, file, queried)], sources: all };
    return { diagnostics, sources: all, ...answerOf(result, queried.rejected, options, io) };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { diagnostics: [...diagnostics, ...error.diagnostics], sources: all };
  }
}

function answerOf(
  { columns, rows, isComplete }: QueryResult,
  rejected: Queried["rejected"],
  options: QueryOptions,
  io: Io,
): Pick<CommandResult, "answer" | "closing"> {
  const cells = rows.map((row) => row.map((value) => (value === null ? null : String(value))));
  const { text, hint } = rowsText(columns, cells, options, io.stdout);
  const count = isComplete ? counted(rows.length, "row") : `first ${counted(rows.length, "row")}; use --limit for more`;
  return {
    answer: {
      text,
      data: {
        columns: columns.map(({ name, type }) => ({ name, type })),
        rows: rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]))),
        complete: isComplete,
        ...(Object.keys(rejected).length === 0 ? {} : { rejected }),
      },
    },
    closing: [
      count,
      ...(hint === undefined ? [] : [hint]),
      ...Object.entries(rejected).map(([relation, records]) => rejectedNote(records, relation)),
    ].join("; "),
  };
}

function diagnosticOf(problem: QueryProblem, file: SourceFile, { views, missing }: Queried): Diagnostic {
  const whole: Span = { file: file.path, start: 0, end: file.text.length };
  const span = problem.position === undefined ? whole : spanAt(problem.position, file);
  switch (problem.kind) {
    case "not-a-select":
      return diagnostic("query-not-select", span, { problem: problem.message });
    case "refused":
      return diagnostic("query-refused", span, { problem: problem.message });
    case "sql": {
      const written = relationAt(file.text, span.start);
      const relation = missing.find((each) => each === written);
      if (relation !== undefined) {
        return diagnostic("table-not-built", span, { relation, name: relation.replace("quarantine.", "") });
      }
      const isTable = /^Table with name/.test(problem.message);
      const columns = /column/.test(problem.message) ? (problem.candidates ?? []) : [];
      const hint = isTable
        ? nameHint(written, views, views.length > MOST_LISTED ? undefined : "The tables are")
        : nameHint(written, columns.map(unquoted), "Its columns are");
      const message = isTable ? `the lake has no table ${written}` : problem.message;
      return diagnostic("query-failed", span, { problem: message }, hint);
    }
    default:
      return problem.kind satisfies never;
  }
}

/** The number of names in a hint. */
const MOST_LISTED = 20;

function unquoted(name: string): string {
  return name.replaceAll('"', "");
}

/** The span of the word at DuckDB's byte offset. */
function spanAt(position: number, { path, text }: SourceFile): Span {
  const start = Buffer.from(text).subarray(0, position).toString("utf8").length;
  const word = /^(?:"(?:[^"]|"")*"|[\w.]+|\S)/.exec(text.slice(start))?.[0] ?? "";
  return { file: path, start, end: start + word.length };
}

/** `gold.orders` for `gold."orders"` */
function relationAt(text: string, start: number): string {
  const name = /^(?:(?:"(?:[^"]|"")*"|[^\s"(),;.]+)\.?)+/.exec(text.slice(start))?.[0] ?? "";
  return unquoted(name);
}

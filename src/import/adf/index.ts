/**
 * Imports Data Factory's git layout as a program: sources, bronze tables, the schedule, and notices about the rest.
 *
 * `factory.ts` reads the files; `copies.ts` follows the pipelines to their Copy activities, evaluating expressions with
 * `expression.ts`; `tables.ts` turns copies into sources and tables, using `connectors/`; `program.ts` names them and prints
 * the text. Principles:
 * - Nothing in a factory is an error: what cannot be imported becomes a notice with its file and JSON path.
 * - Unknown values are never guessed: a setting without a value becomes a param, a table without columns gets a comment.
 * - Texts of the factory pass `isSafe` before they are written: a plain-text secret is never copied.
 */
import { format } from "../../format/format.ts";
import { copiesOf } from "./copies.ts";
import { readFactory } from "./factory.ts";
import { factorySettings, neverImported, unused, unusedGlobals } from "./not-imported.ts";
import { type Notice, ordered, withoutSecrets } from "./notices.ts";
import { comment } from "./print.ts";
import { noticeText, writeProgram } from "./program.ts";
import { scheduleOf } from "./schedule.ts";
import { createIsSafe } from "./secrets.ts";
import { tablesOf } from "./tables.ts";

export { FOLDERS } from "./factory.ts";
export type { Notice } from "./notices.ts";
export { noticeText } from "./program.ts";

export interface Imported {
  /** The program, formatted. */
  readonly text: string;
  readonly sources: number;
  readonly bronze: number;
  /** Sorted by file. */
  readonly notices: readonly Notice[];
}

/**
 * @param files texts by their paths below the factory's folder: `pipeline/pl_ingest.json`
 * @param fallbackName for the project of a factory without a name
 */
export function importAdf(files: ReadonlyMap<string, string>, fallbackName: string): Imported {
  const factory = readFactory(files);
  const isSafe = createIsSafe(factory);
  const copies = copiesOf(factory);
  const tables = tablesOf(factory, copies.runs, isSafe);
  const { schedule, notices: ofSchedule } = scheduleOf(factory, copies, tables.pipelines);
  const written = writeProgram({ ...tables, factory, schedule, isSafe, fallbackName });
  const known = [
    ...[...factory.notices, ...copies.notices, ...tables.notices, ...ofSchedule],
    ...[...neverImported(factory), ...factorySettings(factory), ...unusedGlobals(factory)],
  ];
  const rest = unused(factory, copies, [...known, ...written.notices]);
  const apart = ordered([...known, ...rest].map((each) => withoutSecrets(each, isSafe)));
  const program = [written.text, apart.map((each) => comment(noticeText(each))).join("")].join("\n");
  const formatted = format({ path: "imported.medal", text: program });
  if (formatted === undefined) throw new Error("the imported program has syntax errors");
  return {
    text: formatted,
    sources: written.sources,
    bronze: written.bronze,
    notices: ordered([...apart, ...written.notices]),
  };
}

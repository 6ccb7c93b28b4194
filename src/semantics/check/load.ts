/** How a bronze table is loaded, and the columns that come from the load instead of the data. */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { closest } from "../../diagnostics/suggest.ts";
import { isLoadMode, type Lag as LagClause, type LoadClause, loadModes, type Name } from "../../parser/ast.ts";
import { LONG, STRING, sameType, TIMESTAMP, type Type, typeText } from "../../types.ts";
import type { Signature, SourceObject } from "../model.ts";
import { isPattern, loadFields, placeholdersOf } from "../path-pattern.ts";
import type { Scope } from "../scope.ts";
import type { BronzeColumn, Lag, Load } from "../typed.ts";
import type { CheckContext } from "./context.ts";
import { checkCondition } from "./expression.ts";
import { instantiate } from "./pipeline.ts";
import { suggested } from "./values.ts";

/** The table that a clause belongs to. */
export interface LoadedTable {
  /** `bronze.orders` */
  readonly relation: string;
  readonly columns: readonly BronzeColumn[];
  readonly key: readonly string[] | undefined;
  /** Undefined if it is unknown. */
  readonly object: SourceObject | undefined;
  readonly signature: Signature;
}

export const FULL: Load = { kind: "full" };

/** How the table is loaded. After an error that was reported: as if there were no clause. */
export function checkLoad(clause: LoadClause | undefined, table: LoadedTable, context: CheckContext): Load {
  if (clause === undefined || clause.mode.text === "") return FULL;
  const { text: mode, span } = clause.mode;
  if (!isLoadMode(mode)) {
    const hint = { hint: HABITS[mode.toLowerCase()] ?? suggested(closest(mode, loadModes)).hint ?? LOAD_HINT };
    context.report(diagnostic("unknown-load", span, { name: mode, known: loadModes.join(", ") }, hint));
    return FULL;
  }
  const { deletedWhen, lag } = clause;
  const isRange = mode === "append" || mode === "changes";
  if (deletedWhen !== undefined && mode !== "changes")
    misplaced("`deleted when`", mode, "only a change can delete a row: `load changes by …`", clause, context);
  const isFile = table.object !== undefined && "path" in table.object;
  if (lag !== undefined && (!isRange || isFile)) {
    const why = isRange ? "a file is always read as a whole" : "a lag is subtracted from a column: `load append by …`";
    misplaced("`lag`", mode, why, clause, context);
  }
  if (clause.by !== undefined && !isRange)
    misplaced("`by`", mode, "only `load append` and `load changes` have a column", clause, context);
  const objectProblem = table.object && problemOf(mode, table.object);
  if (objectProblem !== undefined)
    context.report(
      diagnostic("load-not-possible", clause.span, { mode, object: table.object?.kind ?? "" }, { hint: objectProblem }),
    );
  switch (mode) {
    case "full":
    case "files":
      return objectProblem === undefined ? { kind: mode } : FULL;
    case "append":
    case "changes": {
      const by = watermark(clause, table, context);
      if (by === undefined || objectProblem !== undefined) return FULL;
      const checkedLag = lag && !isFile && checkLag(lag, by, context);
      const common = { by: by.name, ...(checkedLag ? { lag: checkedLag } : {}) };
      if (mode === "append") return { kind: "append", ...common };
      if (table.key === undefined) {
        context.report(diagnostic("load-without-key", clause.span, { relation: table.relation }));
        return FULL;
      }
      const deleted = deletedWhen && checkCondition(deletedWhen, { ...context, scope: scopeOf(table.signature) });
      return { kind: "changes", ...common, key: table.key, ...(deleted ? { deletedWhen: deleted } : {}) };
    }
    default:
      return mode satisfies never;
  }
}

const LOAD_HINT =
  "`load append by C` loads rows that are added, `load changes by C` rows that change, `load files` new files, `load full` everything.";

const CHANGES = "For rows that change, write `load changes by updated_at`, with the column that says when.";

/** What other tools call a mode. */
const HABITS: Readonly<Record<string, string>> = {
  incremental:
    "For rows that are only added, write `load append by id`; for rows that change, `load changes by updated_at`.",
  cdc: CHANGES,
  delta: CHANGES,
  merge: CHANGES,
  upsert: CHANGES,
  overwrite: "Write `load full`, or leave it out: it is the default.",
  snapshot: "Write `load full`, or leave it out: it is the default.",
  stream: "Streams cannot be read yet.",
};

function misplaced(option: string, mode: string, hint: string, { span }: LoadClause, context: CheckContext): void {
  context.report(diagnostic("load-option-unused", span, { option, mode }, { hint }));
}

/** Why an object cannot be loaded in this mode, and what to do; undefined if it can. */
function problemOf(mode: Load["kind"], object: SourceObject): string | undefined {
  const isFile = "path" in object;
  if (mode === "files" && !isFile)
    return "Only files are loaded by file. Write `load append by …` or `load changes by …`.";
  if (mode === "append" && isFile) {
    return "A file cannot be asked for its new rows. Write `load files` for files that are added, or `load changes by …` for files that contain changes.";
  }
  return undefined;
}

/** Types with the same order in every source and engine. */
const ORDERED: readonly Type["kind"][] = ["int", "long", "decimal", "date", "timestamp"];

function watermark(
  { by, mode }: LoadClause,
  { relation, columns }: LoadedTable,
  context: CheckContext,
): BronzeColumn | undefined {
  if (by === undefined) {
    context.report(diagnostic("load-without-column", mode.span, { mode: mode.text }));
    return undefined;
  }
  if (by.text === "") return undefined;
  const column = columns.find(({ name }) => name === by.text);
  if (column === undefined) {
    const names = columns.map(({ name }) => name);
    context.report(
      diagnostic("unknown-column", by.span, { relation, name: by.text }, suggested(closest(by.text, names))),
    );
    return undefined;
  }
  if (column.type.kind === "error") return undefined;
  const problem = watermarkProblem(column);
  if (problem === undefined) return column;
  const related = [{ span: column.span, message: "it is declared here" }];
  context.report(diagnostic("load-column", by.span, { column: by.text, problem }, { related }));
  return undefined;
}

function watermarkProblem({ type, nullable, fromLoad }: BronzeColumn): string | undefined {
  if (fromLoad !== undefined) return "it comes from the load, so the source does not have it";
  if (!ORDERED.includes(type.kind)) return `it is ${typeText(type)}, and its type must be one of ${ORDERED.join(", ")}`;
  return nullable ? "it may be null, and a row without a value would never be loaded" : undefined;
}

const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  seconds: 1,
  minute: 60,
  minutes: 60,
  hour: 3600,
  hours: 3600,
  day: 86_400,
  days: 86_400,
};
const MOST_SECONDS = 3660 * 86_400;

function checkLag(lag: LagClause, by: BronzeColumn, context: CheckContext): Lag | undefined {
  const report = (detail: string) =>
    context.report(diagnostic("invalid-argument", lag.span, { name: "`lag`", detail }));
  const { text } = lag.number;
  const isTime = by.type.kind === "timestamp" || by.type.kind === "date";
  if (!isTime) {
    if (lag.unit === undefined && /^\d{1,18}$/.test(text)) return { kind: "number", amount: text };
    report(`a whole number without a unit, because ${by.name} is ${typeText(by.type)}`);
    return undefined;
  }
  const unit = SECONDS[lag.unit?.text ?? ""];
  const seconds = Number(text) * (unit ?? 0);
  const isWhole = by.type.kind !== "date" || seconds % 86_400 === 0;
  if (unit !== undefined && Number.isInteger(seconds) && seconds <= MOST_SECONDS && isWhole)
    return { kind: "duration", seconds };
  report(
    by.type.kind === "date"
      ? `a number of days, such as \`2 days\`, because ${by.name} is a date`
      : "a time such as `30 minutes`, `2 hours` or `3 days`",
  );
  return undefined;
}

function scopeOf(signature: Signature): Scope {
  const name = signature.relation.slice("bronze.".length);
  const { entries, grain } = instantiate(signature, name, 0);
  return {
    entries,
    grain,
    nextAttribute: signature.attributeCount,
    aliases: new Map([[name, signature]]),
    open: signature.open,
  };
}

const FIELD_TYPES: Readonly<Record<(typeof loadFields)[number], Type>> = {
  at: TIMESTAMP,
  id: STRING,
  file: STRING,
  row: LONG,
};

/** Reports a column that takes a field that its load does not have, or has with another type. */
export function checkFieldOfLoad(
  field: Name,
  column: BronzeColumn,
  object: SourceObject | undefined,
  typeSpan: Name["span"],
  context: CheckContext,
): void {
  if (field.text === "" || object === undefined) return;
  const placeholders = "path" in object && isPattern(object.path) ? placeholdersOf(object.path) : [];
  if (placeholders.includes(field.text)) return;
  const known = [...loadFields, ...placeholders];
  const found = loadFields.find((each) => each === field.text);
  if (found === undefined) {
    const params = { name: field.text, known: known.map((each) => `load.${each}`).join(", ") };
    context.report(diagnostic("unknown-load-field", field.span, params, suggested(closest(field.text, known))));
    return;
  }
  const expected = FIELD_TYPES[found];
  if (column.type.kind === "error" || (sameType(column.type, expected) && !column.nullable)) return;
  const detail = `load.${found} is ${typeText(expected)}, not ${typeText(column.type, column.nullable)}`;
  const fix = {
    fix: { title: `Declare it as ${typeText(expected)}`, edits: [{ span: typeSpan, text: typeText(expected) }] },
  };
  context.report(diagnostic("invalid-type", typeSpan, { detail }, fix));
}

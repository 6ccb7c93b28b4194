/** The questions of a mutant, put together: one query asks all that have the same text, each with a row of its own. */
import type { Engine } from "../../src/functions/entry.ts";
import { typeText } from "../../src/types.ts";
import type { Case } from "../functions/cases.ts";
import type { Position, Row } from "../functions/positions.ts";
import { isFailure } from "../functions/vectors/vector.ts";
import { type AskedText, textOf } from "./text.ts";

export interface Sheet {
  readonly text: AskedText;
  /** What the text is of; with the others it has text and types in common. */
  readonly first: Case;
  /** More than one only where each row is a question. */
  readonly cases: readonly Case[];
  readonly rows: readonly Row[];
}

/** In conditions and below aggregates the text is the same as in the first of these; those that fail are asked in two. */
const POSITIONS: readonly Position[] = [
  "column",
  "constant",
  "mixed",
  "nested",
  "operand",
  "rows",
  "filtered",
  "one row",
  "nulls",
  "nothing",
];
const FAILING: readonly Position[] = ["column", "constant", "rows"];

/** By engine and cases, which the mutants of a template have in common. */
const made = new Map<Engine, WeakMap<readonly Case[], readonly Sheet[]>>();

export function sheetsOf(engine: Engine, cases: readonly Case[]): readonly Sheet[] {
  const known = made.get(engine) ?? new WeakMap<readonly Case[], readonly Sheet[]>();
  made.set(engine, known);
  const sheets = known.get(cases) ?? makeSheets(engine, cases);
  known.set(cases, sheets);
  return sheets;
}

function makeSheets(engine: Engine, cases: readonly Case[]): readonly Sheet[] {
  const sheets = new Map<string, { text: AskedText; cases: Case[] }>();
  const ordered = POSITIONS.flatMap((position) => cases.filter((each) => each.position === position));
  for (const [at, asked] of ordered.entries()) {
    const { expr, rows, where, outcome, position } = asked;
    if (isFailure(outcome) && !FAILING.includes(position)) continue;
    const text = textOf(engine, asked);
    const types = Object.entries(rows[0] ?? {}).map(([name, { type }]) => `${name} ${typeText(type)}`);
    const alone = isFailure(outcome) || expr.kind === "aggregate" || where !== undefined || rows.length > 1;
    const key = alone ? `alone ${at}` : [text.expr, typeText(expr.type), ...types].join("\n");
    const sheet = sheets.get(key);
    if (sheet === undefined) sheets.set(key, { text, cases: [asked] });
    else if (types.length > 0) sheet.cases.push(asked);
  }
  const all = [...sheets.values()].flatMap(({ text, cases: own }): readonly Sheet[] => {
    const [first] = own;
    return first === undefined
      ? []
      : [{ text, first, cases: own, rows: own.length === 1 ? first.rows : own.flatMap(({ rows }) => rows) }];
  });
  return all.toSorted((a, b) => b.cases.length - a.cases.length);
}

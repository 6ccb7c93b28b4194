/** Combines the questions of a mutant: one query for all that have the same code, with a row for each. */
import type { Engine } from "../../src/functions/entry.ts";
import { typeText } from "../../src/types.ts";
import type { Case } from "../functions/cases.ts";
import type { Position, Row } from "../functions/positions.ts";
import { isFailure } from "../functions/vectors/vector.ts";
import { type AskedText, textOf } from "./text.ts";

export interface Sheet {
  readonly text: AskedText;
  /** The code belongs to this case; the others have the same code and types. */
  readonly first: Case;
  /** More than one only if each row is a question. */
  readonly cases: readonly Case[];
  readonly rows: readonly Row[];
}

/** Conditions and aggregate arguments have the same code as the first of these; those that fail are tested in two. */
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

/** Cached by engine and cases, which the mutants of a template share. */
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

/** Runs test cases on Spark, for many mutants per query. */
import type { Case } from "../functions/cases.ts";
import { problemOf, sparkRows } from "../support/spark/expressions.ts";
import { type SheetAnswer, startSpark } from "../support/spark/session.ts";
import { type Sheet, sheetsOf } from "./batched-queries.ts";
import type { Mutant } from "./mutants.ts";
import { sameText, textOf, textUnder } from "./text.ts";

/** The number of mutants per batch. */
const BATCH = 100;

/** The mutants that no vector detects. Each round runs one more question for the remaining ones. */
export async function survivorsOnSpark(mutants: readonly Mutant[]): Promise<readonly Mutant[]> {
  const spark = await startSpark();
  let open = mutants.map((mutant) => ({ mutant, sheets: changedSheets(mutant) }));
  const survivors: Mutant[] = [];
  for (let round = 0; open.length > 0; round++) {
    survivors.push(
      ...open.filter(({ sheets }) => sheets !== undefined && sheets.length <= round).map(({ mutant }) => mutant),
    );
    const asked = open.flatMap(({ mutant, sheets }) => {
      const sheet = sheets?.[round];
      return sheet === undefined ? [] : [{ mutant, sheets, sheet }];
    });
    const left: typeof open = [];
    for (let at = 0; at < asked.length; at += BATCH) {
      const batch = asked.slice(at, at + BATCH);
      const answers = await spark.sheets(batch.map(({ mutant, sheet }) => request(mutant, sheet)));
      left.push(...batch.filter(({ sheet }, index) => isRight(sheet, answers[index])));
    }
    open = left;
  }
  await spark.stop();
  return survivors;
}

/** Undefined if the mutant cannot be printed, which counts as detected. */
function changedSheets(mutant: Mutant): readonly Sheet[] | undefined {
  const changed: Sheet[] = [];
  for (const sheet of sheetsOf("spark", mutant.cases)) {
    const text = textUnder(mutant, sheet.first);
    if (text === undefined) return undefined;
    if (!sameText(text, sheet.text)) changed.push(sheet);
  }
  return changed;
}

function request(mutant: Mutant, { first, rows }: Sheet) {
  const { expr, where } = textUnder(mutant, first) ?? textOf("spark", first);
  return {
    text: expr,
    rows: sparkRows(rows, 0),
    aggregate: first.expr.kind === "aggregate",
    ...(where === undefined ? {} : { where }),
  };
}

function isRight({ cases, first }: Sheet, answer: SheetAnswer | undefined): boolean {
  if (answer === undefined) return false;
  if ("error" in answer) return problemOf(first, answer) === undefined;
  return (
    answer.values.length === cases.length &&
    cases.every((each: Case, at) => {
      return problemOf(each, { type: answer.type, value: answer.values[at] ?? null }) === undefined;
    })
  );
}

/** Asks Spark the questions that mutants change, many mutants to a query. */
import type { Case } from "../functions/cases.ts";
import { problemOf, sparkRows } from "../support/spark/expressions.ts";
import { type SheetAnswer, startSpark } from "../support/spark/session.ts";
import { type Sheet, sheetsOf } from "./batched-queries.ts";
import type { Mutant } from "./mutants.ts";
import { sameText, textOf, textUnder } from "./text.ts";

/** So many mutants are asked about at a time. */
const BATCH = 100;

/** The mutants that no vector notices. Each round asks one question more about those that are left. */
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

/** Undefined where the mutant cannot be printed, which is noticed. */
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

/** Runs test cases on DuckDB until one detects the mutant. */
import { numberText } from "../../src/codegen/expressions/numbers.ts";
import type { Case } from "../functions/cases.ts";
import { failureOf } from "../functions/failures.ts";
import { type Answer, createDuckdb, sameValue, tableOf, typeName } from "../functions/support.ts";
import { isFailure } from "../functions/vectors/vector.ts";
import { type Sheet, sheetsOf } from "./batched-queries.ts";
import type { Mutant } from "./mutants.ts";
import { sameText, textUnder } from "./text.ts";

/** The mutants that no vector detects. */
export async function survivorsOnDuckdb(mutants: readonly Mutant[]): Promise<readonly Mutant[]> {
  const duckdb = await createDuckdb();
  const survivors: Mutant[] = [];
  for (const mutant of mutants) if (!(await isDetected(mutant, duckdb))) survivors.push(mutant);
  duckdb.close();
  return survivors;
}

type Duckdb = Awaited<ReturnType<typeof createDuckdb>>;

async function isDetected(mutant: Mutant, duckdb: Duckdb): Promise<boolean> {
  for (const sheet of sheetsOf("duckdb", mutant.cases)) {
    const text = textUnder(mutant, sheet.first);
    if (text === undefined) return true;
    if (sameText(text, sheet.text)) continue;
    const answers = await duckdb.column(
      { sql: text.expr, type: sheet.first.expr.type },
      tableOf(sheet.rows, text.where),
    );
    if (!isRight(sheet, answers)) return true;
  }
  return false;
}

function isRight({ cases, first }: Sheet, answers: readonly Answer[] | string): boolean {
  if (typeof answers === "string" || isFailure(first.outcome)) {
    return typeof answers === "string" && failureOf("duckdb", answers) === first.outcome;
  }
  return answers.length === cases.length && cases.every((each, at) => isOutcome(each, answers[at]));
}

function isOutcome({ expr, outcome }: Case, answer: Answer | undefined): boolean {
  if (answer === undefined || isFailure(outcome)) return false;
  const value = outcome.value === null ? null : numberText(outcome);
  return answer.type === typeName(expr.type) && sameValue(expr.type, answer.value, value);
}

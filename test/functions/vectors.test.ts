import { afterAll, beforeAll, expect, it } from "vitest";
import { duckdbExpression } from "../../src/codegen/expressions/duckdb.ts";
import { numberText } from "../../src/codegen/expressions/numbers.ts";
import { typeText } from "../../src/types.ts";
import { type Case, cases } from "./cases.ts";
import { failureOf } from "./failures.ts";
import { createDuckdb, sameValue, tableOf, typeName } from "./support.ts";
import { isFailure } from "./vectors/vector.ts";

let duckdb: Awaited<ReturnType<typeof createDuckdb>>;
beforeAll(async () => {
  duckdb = await createDuckdb();
});
afterAll(() => duckdb.close());

for (const [name, own] of Map.groupBy(cases, ({ fn }) => fn)) {
  it(`${name} matches its vectors on DuckDB in all positions`, async () => {
    expect(own.flatMap(typeProblems)).toEqual([]);
    const problems = await Promise.all(own.map(problemsOf));
    expect(problems.flat()).toEqual([]);
  });
}

/** Checks that the type is that of the vector, and the null rule. */
function typeProblems({ shown, position, expr, outcome }: Case): readonly string[] {
  if (isFailure(outcome) || (position !== "constant" && position !== "rows")) return [];
  const [type, wanted] = [typeText(expr.type), typeText(outcome.type)];
  return [
    ...(type === wanted ? [] : [`${shown} is of type ${type}, not ${wanted}`]),
    ...(outcome.value === null && !expr.nullable ? [`${shown} says it is never null`] : []),
  ];
}

async function problemsOf({ shown, position, expr, rows, where, outcome }: Case): Promise<readonly string[]> {
  const answer = await duckdb.attempt(expr, tableOf(rows, where && duckdbExpression(where)));
  const asked = `${shown} (${position})`;
  if (answer.failed) {
    const failure = failureOf("duckdb", String(answer.value));
    return failure === outcome ? [] : [`${asked} fails: ${failure}; expected: ${shownOutcome(outcome)}`];
  }
  if (isFailure(outcome)) return [`${asked} is ${answer.value}, expected: ${outcome}`];
  const value = outcome.value === null ? null : numberText(outcome);
  return [
    ...(sameValue(expr.type, answer.value, value) ? [] : [`${asked} is ${answer.value}, not ${value}`]),
    ...(answer.type === typeName(expr.type)
      ? []
      : [`${asked} has the type ${answer.type}, not ${typeName(expr.type)}`]),
  ];
}

function shownOutcome(outcome: Case["outcome"]): string {
  return isFailure(outcome) ? outcome : String(outcome.value);
}

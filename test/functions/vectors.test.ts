import { afterAll, beforeAll, expect, it } from "vitest";
import { numberText } from "../../src/codegen/expressions/numbers.ts";
import { typeText } from "../../src/types.ts";
import { aggregateCases, type Case, castCases, scalarCases } from "./cases.ts";
import { createDuckdb, rowOf, sameValue, typeName } from "./support.ts";
import { FAILS } from "./vectors/vector.ts";

let duckdb: Awaited<ReturnType<typeof createDuckdb>>;
beforeAll(async () => {
  duckdb = await createDuckdb();
});
afterAll(() => duckdb.close());

for (const [name, cases] of Map.groupBy([...scalarCases, ...aggregateCases, ...castCases], ({ fn }) => fn)) {
  it(`${name} gives what its vectors say on DuckDB, with constants and with columns`, async () => {
    expect(cases.flatMap(typeProblems)).toEqual([]);
    const problems = await Promise.all(cases.map(problemsOf));
    expect(problems.flat()).toEqual([]);
  });
}

/** That the type is what the vector says, and the null rule right. */
function typeProblems({ shown, expr, outcome }: Case): readonly string[] {
  if (outcome === FAILS || shown.includes(" of columns")) return [];
  const [type, wanted] = [typeText(expr.type), typeText(outcome.type)];
  return [
    ...(type === wanted ? [] : [`${shown} is of type ${type}, not ${wanted}`]),
    ...(outcome.value === null && !expr.nullable ? [`${shown} says it is never null`] : []),
  ];
}

async function problemsOf({ shown, expr, rows, outcome }: Case): Promise<readonly string[]> {
  const from = rows.map(rowOf).join(" UNION ALL ");
  const answer = await duckdb.attempt(expr, from);
  if (answer.failed !== (outcome === FAILS)) return [`${shown}: ${answer.value}`];
  if (outcome === FAILS) return [];
  const value = outcome.value === null ? null : numberText(outcome);
  return [
    ...(sameValue(expr.type, answer.value, value) ? [] : [`${shown} is ${answer.value}, not ${value}`]),
    ...(answer.type === typeName(expr.type)
      ? []
      : [`${shown} has the type ${answer.type}, not ${typeName(expr.type)}`]),
  ];
}

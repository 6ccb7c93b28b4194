/** The vectors of the function catalogue on a real Spark: the same values and types as everywhere. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { numberText } from "../../../src/codegen/expressions/numbers.ts";
import { sparkExpression, sparkTypeName } from "../../../src/codegen/expressions/spark.ts";
import { aggregateCases, type Case, castCases, scalarCases } from "../../functions/cases.ts";
import { exampleCases } from "../../functions/example-cases.ts";
import { sameValue } from "../../functions/support.ts";
import { FAILS } from "../../functions/vectors/vector.ts";
import {
  INSTALLED_AND_RUN,
  type Spark,
  type SparkAnswer,
  type SparkCase,
  startSpark,
} from "../../support/spark/session.ts";

/** So many expressions are asked for at a time. */
const BATCH = 80;

const cases = [...scalarCases, ...castCases, ...aggregateCases, ...exampleCases];
const problems = new Map<string, string[]>(cases.map(({ fn }) => [fn, []]));
let spark: Spark;

beforeAll(async () => {
  spark = await startSpark();
  for (let at = 0; at < cases.length; at += BATCH) {
    const batch = cases.slice(at, at + BATCH);
    const answers = await spark.evaluate(batch.map(sparkCase));
    for (const [index, each] of batch.entries()) problems.get(each.fn)?.push(...problemsOf(each, answers[index]));
  }
}, INSTALLED_AND_RUN);
afterAll(() => spark?.stop());

function sparkCase({ expr, rows, outcome }: Case, index: number): SparkCase {
  const own = (name: string) => `case${index}_${name}`;
  return {
    text: sparkExpression(expr, { column: ({ name }) => `F.col("${own(name)}")` }),
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [own(name), sparkExpression(value)])),
    ),
    fails: outcome === FAILS,
  };
}

/** An error of the analysis is none of the values': Spark did not understand the expression. */
function problemsOf({ shown, expr, outcome }: Case, answer: SparkAnswer | undefined): readonly string[] {
  if (answer === undefined) return [`${shown} got no answer`];
  if ("error" in answer) return outcome === FAILS && !answer.analysis ? [] : [`${shown}: ${answer.error}`];
  if (outcome === FAILS) return [`${shown} is ${answer.value}, and should fail`];
  const value = outcome.value === null ? null : numberText(outcome);
  const type = sparkTypeName(expr.type).replace("long", "bigint");
  return [
    ...(sameValue(expr.type, answer.value, value) ? [] : [`${shown} is ${answer.value}, not ${value}`]),
    ...(answer.type === type ? [] : [`${shown} has the type ${answer.type}, not ${type}`]),
  ];
}

for (const [fn, found] of problems) {
  it(`${fn} gives what its vectors and examples say on Spark, with constants and with columns`, () => {
    expect(found).toEqual([]);
  });
}

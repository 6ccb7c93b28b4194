/** The vectors of the function catalogue on a real Spark: the same values, types and failures as everywhere. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Case, cases as vectors } from "../../functions/cases.ts";
import { exampleCases } from "../../functions/example-cases.ts";
import { aggregateOf } from "../../functions/support.ts";
import { isFailure, long } from "../../functions/vectors/vector.ts";
import { printed, problemOf, sparkCase, sparkRows } from "../../support/spark/expressions.ts";
import { INSTALLED_AND_RUN, type Spark, startSpark } from "../../support/spark/session.ts";

/** So many expressions are asked for at a time. */
const BATCH = 80;

/** What fails is asked for alone, so of each overload only one wherever it does not stand by itself. */
const failing = new Set<string>();
function isAsked({ fn, overload, position, outcome }: Case): boolean {
  if (!isFailure(outcome) || position === "constant" || position === "column") return true;
  const key = `${fn} ${overload} ${position} ${outcome}`;
  return failing.size < failing.add(key).size;
}

const cases = [...vectors.filter(isAsked), ...exampleCases];
const problems = new Map<string, string[]>(cases.map(({ fn }) => [fn, []]));
const COUNT = aggregateOf("count", []);
let spark: Spark;

beforeAll(async () => {
  spark = await startSpark();
  const [conditions, values] = split(cases, isCondition);
  const [columns, others] = split(values, ({ position }) => position === "column");
  for (const batch of batches(columns)) await ask(batch, true);
  for (const batch of batches(others)) await ask(batch, false);
  const [kept, dropped] = split(conditions, ({ outcome }) => !isFailure(outcome) && outcome.value === "1");
  for (const batch of batches(kept)) await askTogether(batch, true);
  for (const batch of batches(dropped)) await askTogether(batch, false);
}, INSTALLED_AND_RUN);
afterAll(() => spark?.stop());

/** Whether the question is if a condition keeps its row; one that fails is asked for its value. */
function isCondition({ position, outcome }: Case): boolean {
  return position === "filter" && !isFailure(outcome);
}

async function ask(batch: readonly Case[], compiled: boolean): Promise<void> {
  const answers = await spark.evaluate(
    batch.map((each, index) => sparkCase(each, index)),
    compiled,
  );
  for (const [index, each] of batch.entries()) note(each, problemOf(each, answers[index]));
}

/** Many conditions in one: a row that all of them keep, or that all of them drop. Where it is not, each is asked for itself. */
async function askTogether(batch: readonly Case[], keep: boolean): Promise<void> {
  const conditions = batch.flatMap(({ where }, index) => (where ? `(${printed(where, index)})` : []));
  const row = Object.assign({}, ...batch.flatMap(({ rows }, index) => sparkRows(rows, index)));
  const where = conditions.join(keep ? " & " : " | ");
  const count = { text: 'F.count("*")', aggregate: true, rows: [row], where, fails: false };
  const [answer] = await spark.evaluate([count], true);
  if (problemOf({ expr: COUNT, outcome: long(keep ? 1 : 0) }, answer) !== undefined) await ask(batch, true);
}

function batches(all: readonly Case[]): readonly (readonly Case[])[] {
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, at) => all.slice(at * BATCH, (at + 1) * BATCH));
}

function split(all: readonly Case[], is: (each: Case) => boolean): readonly [readonly Case[], readonly Case[]] {
  return [all.filter(is), all.filter((each) => !is(each))];
}

function note({ fn, shown, position }: Case, problem: string | undefined): void {
  if (problem !== undefined) problems.get(fn)?.push(`${shown} (${position}): ${problem}`);
}

for (const [fn, found] of problems) {
  it(`${fn} gives what its vectors and examples say on Spark, wherever it stands`, () => {
    expect(found).toEqual([]);
  });
}

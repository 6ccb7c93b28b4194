/** Removes each guard of the printers in turn; vectors, stored cases and generated programs have to detect it. */
import type { Engine } from "../../src/functions/entry.ts";
import { createEngine } from "../conformance/engine/duckdb.ts";
import { caseOf, type Case as Given, sample } from "../conformance/generate/program.ts";
import { storedCases } from "../conformance/stored-cases.ts";
import { cases } from "../functions/cases.ts";
import { startSpark } from "../support/spark/session.ts";
import { survivorsOnDuckdb } from "./duckdb.ts";
import { type Guard, guardsOf } from "./guards.ts";
import { importerWithout } from "./import-without-guard.ts";
import type { Mutant } from "./mutants.ts";
import { survivorsOnSpark } from "./spark.ts";

const SEED = 1;
const PROGRAMS = 300;

/** The number of programs per batch on Spark. */
const BATCH = 60;

const kept: readonly Given[] = storedCases().map(({ given }) => given);
const generated: readonly Given[] = sample(SEED, PROGRAMS).map(caseOf);

interface GuardMutant extends Mutant {
  readonly guard: Guard;
  readonly importWithout: ReturnType<typeof importerWithout>;
}

/** The guards whose removal nothing detects. */
export async function undetectedGuards(engine: Engine): Promise<readonly Guard[]> {
  const mutants = await Promise.all(guardsOf(engine).map((guard) => mutantOf(guard, engine)));
  const survivorsOf = engine === "duckdb" ? survivorsOnDuckdb : survivorsOnSpark;
  const survived = new Set<Mutant>(await survivorsOf(mutants.filter(isOfExpressions)));
  const open = mutants.filter((mutant) => !isOfExpressions(mutant) || survived.has(mutant));
  const left = await (engine === "duckdb" ? leftOnDuckdb(open) : leftOnSpark(open));
  return left.map(({ guard }) => guard);
}

async function mutantOf(guard: Guard, engine: Engine): Promise<GuardMutant> {
  const importWithout = importerWithout(guard);
  const { textOf } = await importWithout<typeof import("./text.ts")>("test/mutation/text.ts");
  return {
    ...{ engine, place: guard.file, template: guard.text, key: guard.what, what: guard.what, mutated: guard.without },
    ...{ guard, importWithout, cases, textOf: (asked, index) => textOf(engine, asked, index) },
  };
}

const isOfExpressions = ({ guard }: GuardMutant): boolean => guard.file.includes("/expressions/");

async function leftOnDuckdb(mutants: readonly GuardMutant[]): Promise<readonly GuardMutant[]> {
  const left: GuardMutant[] = [];
  for (const mutant of mutants) {
    const path = "test/conformance/judge.ts";
    const { createJudge } = await mutant.importWithout<typeof import("../conformance/judge.ts")>(path);
    const judge = await createJudge();
    let isDetected = false;
    for (const [at, given] of [...kept, ...generated].entries()) {
      const verdict = await judge.judge(given, at < kept.length).catch(() => undefined);
      isDetected = verdict === undefined || verdict.problems.length > 0;
      if (isDetected) break;
    }
    if (!isDetected) left.push(mutant);
    judge.close();
  }
  return left;
}

async function leftOnSpark(mutants: readonly GuardMutant[]): Promise<readonly GuardMutant[]> {
  const spark = await startSpark();
  const duckdb = await createEngine({ threads: 1, settings: [] });
  const batches = [
    kept.map((given) => ({ given, way: "compiled" as const, split: false })),
    ...Array.from({ length: Math.ceil(PROGRAMS / BATCH) }, (_, at) =>
      generated.slice(at * BATCH, (at + 1) * BATCH).map((given) => ({ given, way: "plain" as const, split: false })),
    ),
  ];
  const left: GuardMutant[] = [];
  for (const mutant of mutants) {
    const path = "test/conformance/on-spark.ts";
    const { createSparkJudge } = await mutant.importWithout<typeof import("../conformance/on-spark.ts")>(path);
    const judge = createSparkJudge(spark, duckdb);
    let isDetected = false;
    for (const batch of batches) {
      const verdicts = await judge.judge(batch).catch(() => undefined);
      isDetected = verdicts === undefined || verdicts.some(({ problems }) => problems.length > 0);
      if (isDetected) break;
    }
    if (!isDetected) left.push(mutant);
  }
  duckdb.close();
  await spark.stop();
  return left;
}

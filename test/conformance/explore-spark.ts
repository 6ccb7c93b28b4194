/** Judges many generated programs on Spark in batches and minimises the findings. */
import type { Program } from "../../src/plan/program.ts";
import { type Finding, lawOf } from "./explore.ts";
import { minimise } from "./generate/minimise.ts";
import { caseOf, sample } from "./generate/program.ts";
import type { Question, SparkJudge, SparkVerdict, Way } from "./on-spark.ts";

/** Most often with as few of Spark's features as possible, for speed. */
const WAYS: readonly Way[] = ["plain", "scattered", "plain", "plain", "compiled", "plain", "scattered", "plain"];

/** Every n-th program is split into parts. */
const SPLIT_EVERY = 5;

/** The number of programs per batch. */
const BATCH = 100;

export interface SparkTally {
  readonly accepted: readonly Program[];
  /** Tables with the same result on both engines. */
  readonly same: number;
  /** Why programs were not compared completely. */
  readonly ended: readonly string[];
  readonly findings: readonly Finding[];
}

/** `report` receives progress: batches take minutes, and minimising a finding, with one question at a time, many. */
export async function exploreOnSpark(
  judge: SparkJudge,
  seed: number,
  programs: number,
  report: (line: string) => void = () => {},
): Promise<SparkTally> {
  const seeds = sample(seed, programs);
  const questions = seeds.map(
    (each, at): Question => ({
      given: caseOf(each),
      way: WAYS[at % WAYS.length] ?? "plain",
      split: at % SPLIT_EVERY === 0,
    }),
  );
  const verdicts: SparkVerdict[] = [];
  for (let at = 0; at < questions.length; at += BATCH) {
    verdicts.push(...(await judge.judge(questions.slice(at, at + BATCH))));
    report(`seed ${seed}: ${verdicts.length} of ${programs} programs`);
  }
  const findings: Finding[] = [];
  for (const [index, { problems }] of verdicts.entries()) {
    const [found, question] = [seeds[index], questions[index]];
    if (problems.length === 0 || found === undefined || question === undefined) continue;
    report(`seed ${seed}, program ${index}, ${question.way}: ${problems.join("; ")}; minimising`);
    const law = lawOf(problems[0] ?? "");
    const problemsOf = async (given: Question["given"]): Promise<readonly string[]> => {
      const [verdict] = await judge.judge([{ ...question, given }]);
      return verdict?.problems ?? [];
    };
    const small = caseOf(
      await minimise(found, async (smaller) => (await problemsOf(caseOf(smaller))).some((each) => lawOf(each) === law)),
    );
    findings.push({ seed, index, problems: [`${question.way} on Spark`, ...(await problemsOf(small))], small });
  }
  return {
    accepted: verdicts.flatMap(({ program }) => program ?? []),
    same: verdicts.reduce((sum, each) => sum + each.same, 0),
    ended: verdicts.flatMap(({ ended }) => ended ?? []),
    findings,
  };
}

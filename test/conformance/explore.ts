/** Many generated programs, judged one after the other; what is found is made small. */
import { minimise } from "./generate/minimise.ts";
import { type Case, caseOf, sample } from "./generate/program.ts";
import type { Judge, Verdict } from "./judge.ts";
import { hasWitness } from "./witness.ts";

export interface Exploration {
  readonly seed: number;
  readonly programs: number;
  /** Every so many programs one is built in all the ways that must make no difference; 1 for all. */
  readonly thoroughEvery: number;
  /** Data sets to try for each program that is refused for what it counts; 0 to let them be. */
  readonly witnesses: number;
}

/** Something that does not hold, in the smallest program that shows it. */
export interface Finding {
  readonly seed: number;
  /** Which program of the seed it was, from 0. */
  readonly index: number;
  readonly problems: readonly string[];
  readonly small: Case;
}

export interface Tally {
  readonly programs: number;
  readonly accepted: number;
  /** Programs by the codes they were refused with, `fan-out, merged-values`. */
  readonly refused: ReadonlyMap<string, number>;
  /** Tables of accepted programs by what became of them. */
  readonly tables: ReadonlyMap<string, number>;
  /** Of the programs that are refused for what they count: on how many some data shows why. */
  readonly counted: number;
  readonly witnessed: number;
  readonly findings: readonly Finding[];
}

/** The codes of programs that are refused because a sum might be wrong, and for nothing else. */
const COUNTING: ReadonlySet<string> = new Set(["fan-out", "merged-values"]);

export async function explore(judge: Judge, { seed, programs, thoroughEvery, witnesses }: Exploration): Promise<Tally> {
  const refused = new Map<string, number>();
  const tables = new Map<string, number>();
  const findings: Finding[] = [];
  let [accepted, counted, witnessed] = [0, 0, 0];
  const others = sample(seed + 1_000_000, witnesses);
  for (const [index, seeds] of sample(seed, programs).entries()) {
    const thorough = index % thoroughEvery === 0;
    const verdict = await judgeSafely(judge, caseOf(seeds), thorough);
    if (verdict.codes.length === 0) accepted++;
    else add(refused, verdict.codes.join(", "));
    for (const kind of verdict.tables) add(tables, kind);
    if (witnesses > 0 && verdict.codes.length > 0 && verdict.codes.every((code) => COUNTING.has(code))) {
      counted++;
      if (await hasWitness(seeds, others, judge.engine)) witnessed++;
    }
    const [law] = verdict.problems.map(lawOf);
    if (law === undefined) continue;
    const small = caseOf(
      await minimise(seeds, async (smaller) => {
        const { problems } = await judgeSafely(judge, caseOf(smaller), thorough);
        return problems.some((each) => lawOf(each) === law);
      }),
    );
    const { problems } = await judgeSafely(judge, small, thorough);
    findings.push({ seed, index, problems, small });
  }
  return { programs, accepted, refused, tables, counted, witnessed, findings };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** What a problem begins with. */
export const lawOf = (problem: string): string => problem.slice(0, problem.indexOf(":"));

/** A program on which the compiler itself breaks is a finding as well. */
async function judgeSafely(judge: Judge, given: Case, thorough: boolean): Promise<Verdict> {
  try {
    return await judge.judge(given, thorough);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { codes: [], problems: [`crash: ${reason}`], tables: [] };
  }
}

/** The finding as text: what to read, and what to keep as a case. */
export function findingText({ seed, index, problems, small }: Finding): string {
  const kept = JSON.stringify({ rows: small.rows, ...(small.split ? { split: small.split } : {}), codes: [] });
  return [`seed ${seed}, program ${index}:`, ...problems, "", small.text, kept, ""].join("\n");
}

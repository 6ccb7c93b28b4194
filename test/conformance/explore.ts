/** Judges many generated programs and minimises the findings. */
import { minimise } from "./generate/minimise.ts";
import { type Case, caseOf, sample } from "./generate/program.ts";
import type { Judge, Verdict } from "./judge.ts";
import { type Refused, refusals, type Shown, witness } from "./refusal-witness.ts";

export interface Exploration {
  readonly seed: number;
  readonly programs: number;
  /** Every n-th program is built in all variations; 1 for all. */
  readonly thoroughEvery: number;
  /** Whether to search for data that shows why a program is rejected because of its sums. */
  readonly witnesses: boolean;
}

/** A violation in the smallest program that shows it. */
export interface Finding {
  readonly seed: number;
  /** The index of the program for the seed, from 0. */
  readonly index: number;
  readonly problems: readonly string[];
  readonly small: Case;
}

export interface Tally {
  readonly programs: number;
  readonly accepted: number;
  /** The number of programs by the codes that rejected them: `fan-out, merged-values`. */
  readonly refused: ReadonlyMap<string, number>;
  /** The number of tables of accepted programs by result. */
  readonly tables: ReadonlyMap<string, number>;
  /** The sums of programs that are rejected only because of sums, by how they were shown to be wrong. */
  readonly shown: ReadonlyMap<Shown, number>;
  readonly findings: readonly Finding[];
}

export async function explore(judge: Judge, { seed, programs, thoroughEvery, witnesses }: Exploration): Promise<Tally> {
  const refused = new Map<string, number>();
  const tables = new Map<string, number>();
  const shown = new Map<Shown, number>();
  const findings: Finding[] = [];
  let accepted = 0;
  for (const [index, seeds] of sample(seed, programs).entries()) {
    const ask = async (given: Case): Promise<Judged> => {
      const verdict = await judgeSafely(judge, given, index % thoroughEvery === 0);
      return witnesses ? withWitnesses(verdict, given, judge) : { ...verdict, shown: [] };
    };
    const judged = await ask(caseOf(seeds));
    if (judged.codes.length === 0) accepted++;
    else add(refused, judged.codes.join(", "));
    for (const kind of judged.tables) add(tables, kind);
    for (const how of judged.shown) add(shown, how);
    const [law] = judged.problems.map(lawOf);
    if (law === undefined) continue;
    const small = caseOf(
      law === UNSHOWN
        ? seeds
        : await minimise(seeds, async (smaller) => {
            const { problems } = await ask(caseOf(smaller));
            return problems.some((each) => lawOf(each) === law);
          }),
    );
    const { problems } = await ask(small);
    findings.push({ seed, index, problems, small });
  }
  return { programs, accepted, refused, tables, shown, findings };
}

/** Not minimised, because each attempt needs a whole search. */
const UNSHOWN = "refused";

interface Judged extends Verdict {
  readonly shown: readonly Shown[];
}

/** The verdict, with the rejected sums that nothing shows to be wrong. */
async function withWitnesses(verdict: Verdict, { text }: Case, { engine }: Judge): Promise<Judged> {
  const shown: Shown[] = [];
  const problems = [...verdict.problems];
  for (const each of refusals(text)) {
    const how = await witness(each, engine);
    shown.push(how);
    if (how === "not at all") problems.push(`${UNSHOWN}: ${nameOf(each)}, and no data shows why`);
  }
  return { ...verdict, problems, shown };
}

function nameOf({ code, column, program }: Refused): string {
  return `${column} of ${program.tables.at(-1)?.name} (${code})`;
}

function add<T>(counts: Map<T, number>, name: T): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The law that a problem starts with. */
export const lawOf = (problem: string): string => problem.slice(0, problem.indexOf(":"));

/** A crash of the compiler is a finding as well. */
async function judgeSafely(judge: Judge, given: Case, thorough: boolean): Promise<Verdict> {
  try {
    return await judge.judge(given, thorough);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { codes: [], problems: [`crash: ${reason}`], tables: [] };
  }
}

/** The finding as text: to read, and to store as a case. */
export function findingText({ seed, index, problems, small }: Finding): string {
  const kept = JSON.stringify({ rows: small.rows, ...(small.split ? { split: small.split } : {}), codes: [] });
  return [`seed ${seed}, program ${index}:`, ...problems, "", small.text, kept, ""].join("\n");
}

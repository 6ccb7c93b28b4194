/** Many generated programs, judged one after the other; what is found is made small. */
import { minimise } from "./generate/minimise.ts";
import { type Case, caseOf, sample } from "./generate/program.ts";
import type { Judge, Verdict } from "./judge.ts";
import { type Refused, refusals, type Shown, witness } from "./refusal-witness.ts";

export interface Exploration {
  readonly seed: number;
  readonly programs: number;
  /** Every so many programs one is built in all the ways that must make no difference; 1 for all. */
  readonly thoroughEvery: number;
  /** Whether to look for data on which what is refused is wrong, where a program is refused for what it counts. */
  readonly witnesses: boolean;
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
  /** The sums of programs that are refused for what they count and for nothing else, by how it was shown. */
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

/** Not made smaller: it takes a whole search to say of a program that nothing shows it. */
const UNSHOWN = "refused";

interface Judged extends Verdict {
  readonly shown: readonly Shown[];
}

/** The verdict together with what nothing shows to be wrong, though it is refused. */
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

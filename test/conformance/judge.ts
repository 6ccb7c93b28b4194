/** Checks all laws on a generated program and its rows. */
import { plan } from "../../src/compile.ts";
import type { Program } from "../../src/plan/program.ts";
import { checkText } from "./check.ts";
import { buildTables, type Failed, type Outcome, type Outcomes } from "./engine/build.ts";
import { createEngine, type Engine } from "./engine/duckdb.ts";
import type { Case } from "./generate/program.ts";
import { violatedProperties } from "./inferred-properties.ts";
import { splitProblems, textProblems, type Variation, variationProblems } from "./laws.ts";
import { createReference } from "./reference/run.ts";
import { sameRows } from "./same-rows.ts";

export interface Verdict {
  /** The codes of the errors; none for an accepted program. */
  readonly codes: readonly string[];
  /** The violated laws, in words; each starts with the law and a colon. */
  readonly problems: readonly string[];
  /** The results of the tables. */
  readonly tables: readonly Outcome["kind"][];
}

export interface Judge {
  /**
   * `thorough`: also builds the tables in all variations that must make no difference, which takes three times as long.
   */
  judge(given: Case, thorough: boolean): Promise<Verdict>;
  /** The engine that it uses. */
  readonly engine: Engine;
  close(): void;
}

export async function createJudge(): Promise<Judge> {
  const engine = await createEngine({ threads: 1, settings: [] });
  const plain = await createEngine({ threads: 1, settings: ["PRAGMA disable_optimizer"] });
  const parallel = await createEngine({
    threads: 2,
    settings: ["SET preserve_insertion_order = false", "PRAGMA verify_parallelism"],
  });
  const variations: readonly Variation[] = [
    { name: "order", engine, reversed: true },
    { name: "optimizer", engine: plain },
    { name: "threads", engine: parallel },
  ];
  return {
    judge: (given, thorough) => judge(given, engine, thorough ? variations : []),
    engine,
    close() {
      for (const each of [engine, plain, parallel]) each.close();
    },
  };
}

async function judge(given: Case, engine: Engine, variations: readonly Variation[]): Promise<Verdict> {
  const result = checkText(given.text);
  const errors = result.diagnostics.filter(({ severity }) => severity === "error");
  const codes = [...new Set(errors.map(({ code }) => code))].sort();
  const program = plan(result);
  if (program === undefined) return { codes, problems: [], tables: [] };
  const outcomes = await buildTables(program, given.rows, engine);
  const problems = [
    ...textProblems(given.text, program),
    ...violatedProperties(result.checked, outcomes),
    ...(await referenceProblems(program, outcomes, engine)),
    ...(await splitProblems(given, outcomes, engine)),
    ...(await variationProblems(given, program, outcomes, variations)),
  ];
  return { codes, problems, tables: [...outcomes.values()].map(({ kind }) => kind) };
}

/** Differences from the reference, and wrong counts that it detects. */
async function referenceProblems(program: Program, outcomes: Outcomes, engine: Engine): Promise<readonly string[]> {
  const reference = await createReference(program, engine);
  const problems: string[] = [];
  for (const [relation, outcome] of outcomes) {
    if (isInvalidSql(outcome)) problems.push(`sql: ${relation}: ${outcome.reason}`);
    if (outcome.kind !== "built") break;
    const built = await reference.build(outcome.plan).catch(failureOfEngine);
    // The reference also computes unused values, which may not fit their types.
    if (built === undefined) break;
    const { rows, failing, miscounts } = built;
    if (!sameRows(outcome.rows, rows)) problems.push(`steps: ${relation} differs from the reference`);
    if (failing.join() !== outcome.failing.join()) {
      problems.push(`expect: ${relation} notices ${outcome.failing.join()} rows, not ${failing.join()}`);
    }
    for (const { column, aggregate, what } of miscounts) {
      problems.push(`grain: ${aggregate} in ${relation}.${column}: ${what}`);
    }
  }
  return problems;
}

/** Errors of the engine about a value; all others are about the generated SQL. */
const OF_VALUES = /^(Conversion|Out of Range|Invalid Input) Error/;

/** Whether the engine rejected the generated SQL itself. */
export function isInvalidSql(outcome: Outcome): outcome is Failed & { readonly kind: "error" } {
  return outcome.kind === "error" && !OF_VALUES.test(outcome.reason);
}

/** Undefined for an error of the engine about a value; rethrows other errors. */
export function failureOfEngine(error: unknown): undefined {
  if (error instanceof Error && OF_VALUES.test(error.message)) return undefined;
  throw error;
}

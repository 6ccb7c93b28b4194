/**
 * Shows on data why a sum is rejected: rows for which it would count a value twice, or one value for several. Many data
 * sets are generated for a program. If none shows it, its conditions may never be true or its functions never return
 * suitable values; the compiler does not look into them, so it is sufficient to show it with other functions and
 * constants.
 */
import fc from "fast-check";
import { lower } from "../../src/plan/lower.ts";
import { type Program, qualifiedName, type TablePlan } from "../../src/plan/program.ts";
import type { Span } from "../../src/source.ts";
import { checkText } from "./check.ts";
import { isUnique, loadBronze, places } from "./engine/build.ts";
import type { Engine } from "./engine/duckdb.ts";
import type { Rows } from "./generate/bronze.ts";
import { createChoices } from "./generate/choices.ts";
import { denseRowsFor, rowsFor } from "./generate/data.ts";
import { failureOfEngine } from "./judge.ts";
import type { Miscount } from "./reference/counting.ts";
import { createReference, type ReferenceTable } from "./reference/run.ts";
import { constantTexts, uninterpreted } from "./uninterpreted.ts";
import { inWorlds, rowsInWorlds } from "./worlds.ts";

/** The errors that reject a program because a sum might be wrong, and how it would be. */
const WRONG: Readonly<Record<string, Miscount["what"]>> = {
  "fan-out": "a value is counted twice",
  "merged-values": "several values are counted as one",
  "overlapping-groups": "what is added up counts again",
};

/**
 * `with other functions`: on data, with other functions and constants in the program (`uninterpreted.ts`). `not at
 * all`: no such data exists, or none was found.
 */
export type Shown = "on data" | "with other functions" | "not at all";

/** A rejected sum, and the program that ends with it. */
export interface Refused {
  readonly code: string;
  readonly column: string;
  readonly program: Program;
}

/** Deterministic lists of decision numbers. */
function numbers(length: number, numRuns: number): readonly (readonly number[])[] {
  const list = fc.array(fc.nat({ max: 9999 }), { minLength: length, maxLength: length, size: "max" });
  return fc.sample(fc.noBias(list), { seed: 1, numRuns });
}

const DATA = numbers(1500, 256);
/** The number of data sets to try first: usually one of them is sufficient. */
const FIRST = 16;

/** The number of data sets with only the constants that replace others. */
const DENSE = 64;

/** Replacements of values: one constant for all, one of two for all, and mixtures. */
const OTHERS = [Array<number>(300).fill(0), Array<number>(300).fill(1), ...numbers(300, 30)];

/** The maximum number of runs of a search. */
const MOST_RUNS = 150;

/** Finds out how the rejected sum can be shown to be wrong. */
export async function witness(refused: Refused, engine: Engine): Promise<Shown> {
  const worlds = DATA.map((numbers) => rowsFor(refused.program, numbers));
  if (await isShown(refused, worlds.slice(0, FIRST), engine)) return "on data";
  if (await isShown(refused, worlds.slice(FIRST), engine)) return "on data";
  const dense = DATA.slice(0, DENSE).map((numbers) => denseRowsFor(refused.program, constantTexts, numbers));
  for (const numbers of OTHERS) {
    const choices = createChoices(numbers);
    const program = uninterpreted(refused.program, () => choices.pick(["constant", "either", "value"]));
    for (const data of [dense, worlds]) {
      if (await isShown({ ...refused, program }, data, engine)) return "with other functions";
    }
  }
  return "not at all";
}

/** The sums that a program is rejected for; none if it has other errors as well. */
export function refusals(text: string): readonly Refused[] {
  const { checked, diagnostics } = checkText(text);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0 || !errors.every(({ code }) => code in WRONG)) return [];
  // If a program has only such errors, every expression has a type, and the program can be run.
  const program = lower(checked);
  return errors.map(({ code, span }) => ({ code, ...endingAt(span, program) }));
}

/** The program up to the `group` with this aggregate, and the aggregate's column. */
function endingAt(place: Span, program: Program): Pick<Refused, "column" | "program"> {
  for (const table of program.tables) {
    for (const [at, step] of table.steps.entries()) {
      if (step.kind !== "group") continue;
      const found = step.aggregates.find(({ span }) => span.start <= place.start && place.end <= span.end);
      if (found === undefined) continue;
      const columns = step.scope.map((each) => ({ ...each, tags: [], span: step.span }));
      const last = { ...table, steps: table.steps.slice(0, at + 1), columns, keyChecks: [] };
      return { column: found.name, program: upTo(last, program) };
    }
  }
  throw new Error("a refused sum is in no group");
}

/** The program that ends with this table, and only what it reads. */
function upTo(last: TablePlan, { tables, bronze, ...rest }: Program): Program {
  const needed = new Set(last.reads);
  const before = tables.slice(
    0,
    tables.findIndex((each) => qualifiedName(each) === qualifiedName(last)),
  );
  const kept: TablePlan[] = [last];
  for (const table of before.toReversed()) {
    if (!needed.has(qualifiedName(table))) continue;
    for (const each of table.reads) needed.add(each);
    kept.unshift(table);
  }
  return { ...rest, bronze: bronze.filter(({ name }) => needed.has(`bronze.${name}`)), tables: kept };
}

/**
 * Whether some of these data sets show it. One run covers all of them; if it fails or some may, the sets are bisected
 * until one remains.
 */
async function isShown(refused: Refused, worlds: readonly Rows[], engine: Engine): Promise<boolean> {
  // Without its `take`, which a run of many data sets does not have, a data set may not show it.
  const takes = refused.program.tables.some(({ steps }) => steps.some(({ kind }) => kind === "take"));
  if (takes) {
    for (const world of worlds.slice(0, MOST_RUNS)) if (await showsIt(refused, world, engine)) return true;
    return false;
  }
  const inAll = { ...refused, program: inWorlds(refused.program) };
  let runs = 0;
  const among = async (some: readonly Rows[]): Promise<boolean> => {
    const [first, ...others] = some;
    if (first === undefined || ++runs > MOST_RUNS) return false;
    if (others.length === 0) return showsIt(refused, first, engine);
    const tables = await run(inAll.program, rowsInWorlds(some), engine);
    if (tables !== undefined && !isWrong(inAll, tables)) return false;
    const half = Math.ceil(some.length / 2);
    return (await among(some.slice(0, half))) || (await among(some.slice(half)));
  };
  return among(worlds);
}

function isWrong({ code, column }: Refused, built: readonly ReferenceTable[]): boolean {
  const miscounts = built.at(-1)?.miscounts ?? [];
  return miscounts.some((each) => each.column === column && each.what === WRONG[code]);
}

/** Whether the sum is wrong on these rows, and nothing fails the run before it. */
async function showsIt(refused: Refused, rows: Rows, engine: Engine): Promise<boolean> {
  const built = await run(refused.program, rows, engine);
  if (built === undefined || !isWrong(refused, built)) return false;
  return refused.program.tables.every((table, at) => {
    const { rows = [], failing = [] } = built[at] ?? {};
    const expectations = table.steps.filter((step) => step.kind === "expect");
    const keys = table.keyChecks.filter(({ relation }) => relation === qualifiedName(table));
    return (
      expectations.every(({ action }, index) => action !== "fail" || failing[index] === 0) &&
      keys.every(({ columns }) => isUnique(rows, places(table.columns, columns)))
    );
  });
}

/** The tables of the program; undefined if a value does not fit its type. */
async function run(program: Program, rows: Rows, engine: Engine): Promise<readonly ReferenceTable[] | undefined> {
  await loadBronze(program.bronze, rows, engine);
  const reference = await createReference(program, engine);
  const built: ReferenceTable[] = [];
  try {
    for (const table of program.tables) built.push(await reference.build(table));
  } catch (error) {
    return failureOfEngine(error);
  }
  return built;
}

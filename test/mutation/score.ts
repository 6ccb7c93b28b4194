/** What the vectors notice of the mutants of an engine, and what they do not. */
import type { Engine } from "../../src/functions/entry.ts";
import { sheetsOf } from "./batched-queries.ts";
import { type Equivalent, equivalents } from "./equivalents.ts";
import type { Mutant } from "./mutants.ts";
import { sameText, textUnder } from "./text.ts";

/** The share of mutants that may survive. */
export const LIMIT = 0.02;

export interface Score {
  readonly mutants: number;
  /** Those that change nothing, as test/mutation/equivalents.ts says. */
  readonly equivalent: number;
  readonly survivors: readonly Mutant[];
  /** Lines of that file that no mutant is left for. */
  readonly outdated: readonly Equivalent[];
}

/** A widening is only left out where a vector has one. */
export function isMutant(mutant: Mutant): boolean {
  if (!/^\{~.*for \{/.test(mutant.what)) return true;
  return sheetsOf(mutant.engine, mutant.cases).some(({ first, text }) => {
    const mutated = textUnder(mutant, first);
    return mutated === undefined || !sameText(mutated, text);
  });
}

export function scoreOf(engine: Engine, mutants: readonly Mutant[], survived: readonly Mutant[]): Score {
  const own = equivalents.filter((each) => each.engine === engine);
  const isOf = ({ place, what }: Equivalent, mutant: Mutant) => place.test(mutant.place) && what.test(mutant.what);
  const survivors = survived.filter((mutant) => !own.some((each) => isOf(each, mutant)));
  return {
    mutants: mutants.length,
    equivalent: survived.length - survivors.length,
    survivors,
    outdated: own.filter((each) => !survived.some((mutant) => isOf(each, mutant))),
  };
}

export function share({ mutants, equivalent, survivors }: Score): number {
  return survivors.length / (mutants - equivalent);
}

/** A survivor for people: where, what is gone, and the text that no vector tells from the right one. */
export function shownMutant({ engine, place, what, mutated }: Mutant): string {
  return `${place} on ${engine}: ${what}\n    ${mutated}`;
}

/** The mutation score of an engine: which mutants the vectors detect. */
import type { Engine } from "../../src/functions/entry.ts";
import { sheetsOf } from "./batched-queries.ts";
import { type Equivalent, equivalents } from "./equivalents.ts";
import type { Mutant } from "./mutants.ts";
import { sameText, textUnder } from "./text.ts";

/** The maximum share of surviving mutants. */
export const LIMIT = 0.02;

export interface Score {
  readonly mutants: number;
  /** Mutants that change nothing, as listed in test/mutation/equivalents.ts. */
  readonly equivalent: number;
  readonly survivors: readonly Mutant[];
  /** Entries of that list that match no mutant. */
  readonly outdated: readonly Equivalent[];
}

/** Whether the mutant counts: a widening can only be removed where a vector has one. */
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

/**
 * Describes a surviving mutant: its location, the change, and the code that no vector distinguishes from the original.
 */
export function shownMutant({ engine, place, what, mutated }: Mutant): string {
  return `${place} on ${engine}: ${what}\n    ${mutated}`;
}

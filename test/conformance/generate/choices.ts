/**
 * Decisions read off a list of numbers: the same list gives the same decisions, and where it ends the first option is
 * taken. Options stand with the simplest first, so a shorter list of smaller numbers is a simpler program: that is what
 * makes a found program shrink.
 */
export interface Choices {
  /** One of the options; there must be one. */
  pick<T>(options: readonly T[]): T;
  /** 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** True in so many of a hundred cases; false where the list has ended. */
  chance(percent: number): boolean;
  /** Some of the options, each in so many of a hundred cases, in their order. */
  some<T>(options: readonly T[], percent: number): readonly T[];
}

export function createChoices(numbers: readonly number[]): Choices {
  let at = 0;
  const below = (limit: number): number => (numbers[at++] ?? 0) % Math.max(limit, 1);
  const chance = (percent: number): boolean => below(100) >= 100 - percent;
  return {
    below,
    chance,
    pick(options) {
      const chosen = options[below(options.length)];
      if (chosen === undefined) throw new Error("nothing to choose from");
      return chosen;
    },
    some: (options, percent) => options.filter(() => chance(percent)),
  };
}

/**
 * Decisions read from a list of numbers: the same list gives the same decisions, and after its end the first option is
 * taken. Options are ordered by simplicity, so that a shorter list of smaller numbers is a simpler program, which lets
 * findings shrink.
 */
export interface Choices {
  /** One of the options, which must not be empty. */
  pick<T>(options: readonly T[]): T;
  /** From 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** True with this probability; false after the end of the list. */
  chance(percent: number): boolean;
  /** A subset of the options, each with this probability, in their order. */
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

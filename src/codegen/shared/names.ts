/**
 * Generates safe, unique names from declarations, whose own names may contain anything: a letter followed by letters, digits
 * and underscores, at most 55, case-insensitively unique. Every service and file system accepts them.
 */
const LONGEST_NAME = 55;

export interface Names {
  /** Returns an unused name: `take("ds", "erp", "table")` is `ds_erp_table`. */
  take(...words: readonly string[]): string;
}

/** The names of one kind of object. Deterministic: the same calls return the same names. */
export function createNames(): Names {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return {
    take(...words) {
      const preferred = safeName(words.join("_"));
      let name = preferred;
      let count = counts.get(preferred.toLowerCase()) ?? 1;
      while (taken.has(name.toLowerCase())) {
        count += 1;
        const suffix = `_${count}`;
        name = preferred.slice(0, LONGEST_NAME - suffix.length) + suffix;
      }
      counts.set(preferred.toLowerCase(), count);
      taken.add(name.toLowerCase());
      return name;
    },
  };
}

/** Removes accents and replaces other characters by underscores: `São Paulo's` is `Sao_Paulo_s`. */
export function safeName(name: string): string {
  const letters = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/_+$/, "")
    .slice(0, LONGEST_NAME);
  return /^[A-Za-z]/.test(letters) ? letters : `x_${letters}`.slice(0, LONGEST_NAME);
}

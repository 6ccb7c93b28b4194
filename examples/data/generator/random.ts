/** Reproducible random numbers: 32-bit integer hashing, without state shared between rows. */

/** Hashes integers to 32 well-distributed bits. */
export function hash(...numbers: readonly number[]): number {
  let bits = 0x9e3779b9;
  for (const number of numbers) {
    bits = Math.imul(bits ^ number, 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    bits ^= bits >>> 16;
  }
  return bits >>> 0;
}

/** The hash of a name, so that every table and purpose has its own numbers. */
export function hashOf(name: string): number {
  return hash(...Array.from(name, (character) => character.codePointAt(0) ?? 0));
}

export interface Random {
  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** An integer from `first` to `last`, inclusive. */
  between(first: number, last: number): number;
  /** A number from 0 up to, not including, 1. */
  share(): number;
  chance(probability: number): boolean;
  /** Like `share`, but small numbers are more likely. */
  skewed(): number;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** The random numbers of one row, which depend only on the arguments. */
export function createRandom(seed: number, purpose: number, row: number): Random {
  let state = hash(seed, purpose, row);
  const share = () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(share() * limit);
  return {
    share,
    skewed: () => share() * share(),
    below,
    between: (first, last) => first + below(last - first + 1),
    chance: (probability) => share() < probability,
    pick: (list) => list[below(list.length)] ?? list[0],
  };
}

/** An ID of 32 hexadecimal characters. */
export function id(seed: number, purpose: number, row: number): string {
  let text = "";
  for (let part = 0; part < 4; part++) text += hash(seed, purpose, row, part).toString(16).padStart(8, "0");
  return text;
}

/** Permutes `0 … count - 1` without storing the permutation. */
export function createShuffle(seed: number, purpose: string, count: number): (row: number) => number {
  const offset = hash(seed, hashOf(purpose)) % count;
  let step = Math.floor(count * (0.3 + 0.4 * (hash(seed, hashOf(purpose), 1) / 2 ** 32)));
  while (greatestCommonDivisor(step, count) !== 1) step++;
  return (row) => (row * step + offset) % count;
}

/**
 * Distributes the rows of a table to classes: each class gets exactly its number of rows, no row is in two classes. If
 * there are not enough rows, the last classes get none.
 */
export function createClasses<Name>(
  seed: number,
  purpose: string,
  count: number,
  sizes: Iterable<readonly [Name, number]>,
): (row: number) => Name | undefined {
  const shuffle = createShuffle(seed, purpose, count);
  const limits: { readonly name: Name; readonly end: number }[] = [];
  let end = 0;
  for (const [name, size] of sizes) {
    end += size;
    limits.push({ name, end });
  }
  return (row) => {
    const place = shuffle(row);
    return place < end ? limits.find((limit) => place < limit.end)?.name : undefined;
  };
}

/** The number of rows for a share of `count`; at least one. */
export function some(count: number, share: number): number {
  return Math.max(1, Math.round(count * share));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

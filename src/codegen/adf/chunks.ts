/** Splits a list, in its order, into parts that keep within a number of items and a total weight. */
export function chunks<T>(
  items: readonly T[],
  limit: { readonly count: number; readonly weight: number },
  weigh: (item: T) => number,
): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let part: T[] = [];
  let total = 0;
  for (const item of items) {
    const weight = weigh(item);
    if (part.length > 0 && (part.length === limit.count || total + weight > limit.weight)) {
      parts.push(part);
      part = [];
      total = 0;
    }
    part.push(item);
    total += weight;
  }
  return part.length === 0 ? parts : [...parts, part];
}

/** Suggests the known name that a misspelled name most likely means. */

/** Names with more edits are considered different, however long they are. */
const MOST_EDITS = 5;

/**
 * The maximum number of comparisons per check: comparing thousands of unknown names with thousands of known ones would
 * take minutes, and the problem of such a program is not its spelling.
 */
const MOST_COMPARISONS = 200_000;
let comparisonsLeft = MOST_COMPARISONS;

/** Has to be called at the start of a check, so that its suggestions do not depend on previous checks. */
export function beginSuggestions(): void {
  comparisonsLeft = MOST_COMPARISONS;
}

/** The maximum number of names in a hint. */
const MOST_LISTED = 30;

/** `a, b, c`; long lists are truncated: `a, b and 3 more`. */
export function listText(names: Iterable<string>): string {
  const all = [...names];
  if (all.length <= MOST_LISTED + 1) return all.join(", ");
  return `${all.slice(0, MOST_LISTED).join(", ")} and ${all.length - MOST_LISTED} more`;
}

/**
 * The candidate nearest to `name`: one that differs only in case, otherwise the one with the fewest edits (an
 * insertion, deletion, replacement or swap of adjacent characters), at most a third of the name's length. The first of
 * equally near ones. Undefined if none is near.
 */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  const lower = name.toLowerCase();
  let limit = Math.min(Math.max(1, Math.floor(name.length / 3)), MOST_EDITS);
  let best: string | undefined;
  for (const candidate of candidates) {
    if (comparisonsLeft <= 0) return best;
    comparisonsLeft--;
    const other = candidate.toLowerCase();
    if (other === lower) return candidate;
    if (name.length < 2 || Math.abs(other.length - lower.length) > limit) continue;
    const edits = editDistance(lower, other, limit);
    if (edits > limit) continue;
    best = candidate;
    limit = edits - 1;
  }
  return best;
}

/**
 * A hint with the nearest candidate; if none is near, the list of candidates after `lead` (`Its columns:`), if given.
 * Without a hint the result has no properties, so that it can be spread.
 */
export function nameHint(name: string, candidates: Iterable<string>, lead?: string): { readonly hint?: string } {
  const known = [...candidates];
  const near = closest(name, known);
  if (near !== undefined) return { hint: `Did you mean \`${near}\`?` };
  return lead === undefined || known.length === 0 ? {} : { hint: `${lead} ${listText(known)}.` };
}

/** The edit distance (optimal string alignment); above `limit`, any number above it. */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let smallest = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(
        cell(last, column) + 1,
        cell(current, column - 1) + 1,
        cell(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits = Math.min(edits, cell(beforeLast, column - 2) + 1);
      current.push(edits);
      smallest = Math.min(smallest, edits);
    }
    if (smallest > limit) return smallest;
    beforeLast = last;
    last = current;
  }
  return cell(last, b.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

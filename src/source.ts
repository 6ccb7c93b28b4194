/** Source texts and places in them. Everything that is said to a user points here. */

/** One text file of a program: a `.medal` file or its `medal.json`. */
export interface SourceFile {
  /** Path as shown to the user, `/`-separated, relative to the working folder where possible. */
  readonly path: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets, `[start, end)`, in the file at `file`. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A place as people count it: both numbers start at 1; the column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The smallest span that covers both; both must lie in one file. */
export function cover(first: Span, last: Span): Span {
  return { file: first.file, start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
}

const lineStarts = new WeakMap<SourceFile, readonly number[]>();

/** Offsets at which the file's lines start; the first is 0. Computed once a file. */
export function startsOfLines(file: SourceFile): readonly number[] {
  const known = lineStarts.get(file);
  if (known) return known;
  const starts = [0];
  for (let at = file.text.indexOf("\n"); at !== -1; at = file.text.indexOf("\n", at + 1)) starts.push(at + 1);
  lineStarts.set(file, starts);
  return starts;
}

/** The line and column of an offset. */
export function positionAt(file: SourceFile, offset: number): Position {
  const starts = startsOfLines(file);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

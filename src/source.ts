/** Source files and positions in them. */

/** A text file of a project: a `.medal` file or `medal.json`. */
export interface SourceFile {
  /** The displayed path: `/`-separated, relative to the working folder if possible. */
  readonly path: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets, `[start, end)`, in the file at `file`. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A position for people: line and column start at 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The smallest span that covers two spans of the same file. */
export function cover(first: Span, last: Span): Span {
  return { file: first.file, start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
}

const lineStarts = new WeakMap<SourceFile, readonly number[]>();

/** The offsets of the line starts; the first is 0. Cached per file. */
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

/** Source texts with marks around relevant parts, so that tests need no offsets. */

/** The text without its `«…»` marks, and the ranges of the marked parts, in order of their starts. */
export function markedPlaces(marked: string): {
  readonly text: string;
  readonly places: readonly string[];
  /** Half-open offsets into `text`. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
} {
  let text = "";
  const open: { start: number; end: number }[] = [];
  const ranges: { start: number; end: number }[] = [];
  for (const character of marked) {
    if (character === "«") {
      const range = { start: text.length, end: text.length };
      open.push(range);
      ranges.push(range);
    } else if (character === "»") {
      const range = open.pop();
      if (range === undefined) throw new Error("a mark is closed that was not opened");
      range.end = text.length;
    } else text += character;
  }
  if (open.length > 0) throw new Error("a mark is not closed");
  return { text, ranges, places: ranges.map(({ start, end }) => text.slice(start, end)) };
}

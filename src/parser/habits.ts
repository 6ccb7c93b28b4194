/**
 * What other languages write differently all over a file: each such habit is told once, and its fix mends every place.
 * Inside of what had to be told as a whole, as a `CASE … END`, it is not told at all, but mended along.
 */
import type { CodeFix, Diagnostic, TextEdit } from "../diagnostics/diagnostic.ts";
import { holdsSecret } from "../diagnostics/secrets.ts";
import { positionAt, type SourceFile, startsOfLines } from "../source.ts";

/** One place of a habit. */
export interface Habit {
  /** The same for all places of one habit. */
  readonly key: string;
  readonly found: Diagnostic;
}

/** A range of the text of which everything was said. */
export interface Told {
  readonly start: number;
  readonly end: number;
  /** Its fix mends the whole range, and its hint shows what comes out. */
  readonly by?: Diagnostic;
}

/** Longer texts are not shown in a hint. */
const LONGEST_SHOWN = 100;

/** The diagnostics of the grammar and the habits, each once. */
export function tellOnce(
  file: SourceFile,
  habits: readonly Habit[],
  ranges: readonly Told[],
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  const inside = new Map<Told, TextEdit[]>();
  const places = new Map<string, Diagnostic[]>();
  const waiting = ranges.toSorted((a, b) => b.start - a.start || a.end - b.end);
  /** The ranges around the habit that is looked at, and such as have ended; the innermost is the last. */
  let around: Told[] = [];
  for (const { key, found } of habits.toSorted((a, b) => a.found.span.start - b.found.span.start)) {
    const { start, end } = found.span;
    for (let next = waiting.at(-1); next && next.start <= start; next = waiting.at(-1)) {
      around = around.filter((each) => each.end > start);
      around.push(next);
      waiting.pop();
    }
    const enclosing = around.filter((each) => each.end >= end);
    const range = enclosing.findLast((each) => each.by) ?? enclosing.at(-1);
    if (range) listed(inside, range).push(...(found.fix?.edits ?? []));
    else listed(places, key).push(found);
  }
  const rewritten = new Map<Diagnostic, Diagnostic>();
  for (const range of ranges)
    if (range.by) rewritten.set(range.by, mendedAlong(file, range, range.by, inside.get(range) ?? []));
  return [...onceALine(file, [...places.values()]), ...diagnostics.map((each) => rewritten.get(each) ?? each)];
}

/** Each habit at its first place; of those that are told on one line the first tells of all. */
function onceALine(file: SourceFile, habits: readonly (readonly Diagnostic[])[]): readonly Diagnostic[] {
  const lines = new Map<number, Diagnostic[]>();
  for (const places of habits) {
    const line = lineOf(file, places[0]?.span.start ?? 0);
    const known = listed(lines, line);
    for (const each of places) known.push(each);
  }
  return [...lines].map(([line, places]) => told(file, line, places));
}

function told(file: SourceFile, line: number, places: readonly Diagnostic[]): Diagnostic {
  const sorted = places.toSorted((a, b) => a.span.start - b.span.start);
  const [first] = sorted;
  if (!first) throw new Error("a habit without a place");
  if (sorted.length === 1) return first;
  const edits = sorted.flatMap((each) => each.fix?.edits ?? []);
  const here = sorted.filter((each) => lineOf(file, each.span.start) === line);
  const range = { start: startsOfLines(file)[line - 1] ?? 0, end: startsOfLines(file)[line] ?? file.text.length };
  const onLine = edits.filter(({ span }) => span.start >= range.start && span.end <= range.end);
  const text = here.length > 1 ? shown(file, range, onLine) : undefined;
  const others = sorted.length - here.length;
  const hints = [
    ...(text === undefined ? [first.hint ?? ""] : [`Write \`${text}\`.`]),
    ...(others > 0 ? [`Also in ${others === 1 ? "one more place" : `${others} more places`} in this file.`] : []),
  ];
  const hint = hints.filter((each) => each !== "").join(" ");
  return {
    ...first,
    ...(hint === "" ? {} : { hint }),
    ...(edits.length === 0 ? {} : { fix: { title: `Use Medal syntax in ${edits.length} places`, edits } }),
  };
}

function listed<Key, Value>(lists: Map<Key, Value[]>, key: Key): Value[] {
  const known = lists.get(key) ?? [];
  lists.set(key, known);
  return known;
}

function lineOf(file: SourceFile, offset: number): number {
  return positionAt(file, offset).line;
}

function mendedAlong(file: SourceFile, range: Told, by: Diagnostic, along: readonly TextEdit[]): Diagnostic {
  if (!by.fix) return by;
  const own = by.fix.edits;
  // An edit of its own may take in the place of a habit.
  const others = along.filter(
    ({ span }) => !own.some((each) => span.start < each.span.end && each.span.start < span.end),
  );
  const fix: CodeFix = { ...by.fix, edits: [...own, ...others] };
  const text = shown(file, range, fix.edits);
  return { ...by, fix, ...(text === undefined ? {} : { hint: `Write \`${text}\`.` }) };
}

/** The range as the edits make it; undefined where that is too long to show. */
function shown(file: SourceFile, { start, end }: Told, edits: readonly TextEdit[]): string | undefined {
  if (end - start > 2 * LONGEST_SHOWN) return undefined;
  let text = file.text.slice(start, end);
  for (const { span, text: put } of edits.toSorted((a, b) => b.span.start - a.span.start)) {
    text = text.slice(0, span.start - start) + put + text.slice(span.end - start);
  }
  const line = text.trim();
  return line.length > LONGEST_SHOWN || /[`\n]/.test(line) || holdsSecret(line)
    ? undefined
    : line.replaceAll(/\s+/g, " ");
}

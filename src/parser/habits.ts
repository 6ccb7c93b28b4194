/**
 * Habits: syntax of other languages that occurs throughout a file. Each habit is reported once, with a fix for all places.
 * Within something that is reported as a whole, such as `CASE … END`, it is not reported but included in that fix.
 */
import type { CodeFix, Diagnostic, TextEdit } from "../diagnostics/diagnostic.ts";
import { holdsSecret } from "../diagnostics/secrets.ts";
import { positionAt, type SourceFile, startsOfLines } from "../source.ts";

/** One place of a habit. */
export interface Habit {
  /** The same for all places of a habit. */
  readonly key: string;
  readonly found: Diagnostic;
}

/** A range of the text that needs no further diagnostics. */
export interface ReportedRange {
  readonly start: number;
  readonly end: number;
  /** The diagnostic whose fix replaces the whole range and whose hint shows the result. */
  readonly by?: Diagnostic;
}

/** Longer results are not shown in a hint. */
const LONGEST_SHOWN = 100;

/** The diagnostics of the grammar, and one for each habit. */
export function mergeHabits(
  file: SourceFile,
  habits: readonly Habit[],
  ranges: readonly ReportedRange[],
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  const inside = new Map<ReportedRange, TextEdit[]>();
  const places = new Map<string, Diagnostic[]>();
  const waiting = ranges.toSorted((a, b) => b.start - a.start || a.end - b.end);
  /** The ranges that contain the current habit, and some that have ended; the innermost is the last. */
  let around: ReportedRange[] = [];
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
    if (range.by) rewritten.set(range.by, withNestedEdits(file, range, range.by, inside.get(range) ?? []));
  return [...onceALine(file, [...places.values()]), ...diagnostics.map((each) => rewritten.get(each) ?? each)];
}

/** One diagnostic for each habit at its first place; habits with the same first line share one. */
function onceALine(file: SourceFile, habits: readonly (readonly Diagnostic[])[]): readonly Diagnostic[] {
  const lines = new Map<number, Diagnostic[]>();
  for (const places of habits) {
    const line = lineOf(file, places[0]?.span.start ?? 0);
    const known = listed(lines, line);
    for (const each of places) known.push(each);
  }
  return [...lines].map(([line, places]) => diagnosticFor(file, line, places));
}

function diagnosticFor(file: SourceFile, line: number, places: readonly Diagnostic[]): Diagnostic {
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

function withNestedEdits(
  file: SourceFile,
  range: ReportedRange,
  by: Diagnostic,
  along: readonly TextEdit[],
): Diagnostic {
  if (!by.fix) return by;
  const own = by.fix.edits;
  // One of its own edits may contain the place of a habit.
  const others = along.filter(
    ({ span }) => !own.some((each) => span.start < each.span.end && each.span.start < span.end),
  );
  const fix: CodeFix = { ...by.fix, edits: [...own, ...others] };
  const text = shown(file, range, fix.edits);
  return { ...by, fix, ...(text === undefined ? {} : { hint: `Write \`${text}\`.` }) };
}

/** The range after the edits; undefined if it is too long to show. */
function shown(file: SourceFile, { start, end }: ReportedRange, edits: readonly TextEdit[]): string | undefined {
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

/**
 * One diagnostic per mistake: habits from other languages, unfinished lines, and each token of the example corrupted in
 * turn.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import type { Diagnostic, TextEdit } from "../../src/diagnostics/diagnostic.ts";
import { lex } from "../../src/parser/lex.ts";
import { root } from "../support/paths.ts";
import { memoryHost } from "./checking.ts";
import { HABITS_BASE, habits } from "./habits.table.ts";

function errorsIn(text: string): readonly Diagnostic[] {
  return check(memoryHost({ "a.medal": text }), ["a.medal"]).diagnostics.filter((each) => each.severity === "error");
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((changed, { span, text: put }) => changed.slice(0, span.start) + put + changed.slice(span.end), text);
}

it.each(habits)("%s", (text, code, fix) => {
  const found = errorsIn(HABITS_BASE + text);
  expect(found.map((each) => each.code)).toEqual([code]);
  expect(found[0]?.hint ?? found[0]?.fix?.title ?? found[0]?.message).toBe(fix);
});

it("a fix leaves no error where it was applied", () => {
  let fixes = 0;
  for (const [text] of habits) {
    const before = HABITS_BASE + text;
    for (const { fix, code } of errorsIn(before)) {
      if (fix === undefined) continue;
      fixes++;
      const after = errorsIn(applied(before, fix.edits));
      expect(
        after.map((each) => each.code),
        `${text} ${code}: ${fix.title}`,
      ).not.toContain(code);
    }
  }
  expect(fixes).toBeGreaterThan(30);
});

it("removing, duplicating or swapping a token of the example gives few diagnostics", () => {
  const text = readFileSync(`${root}/examples/ecommerce.medal`, "utf8");
  const { tokens } = lex({ path: "a.medal", text });
  const counts: number[] = [];
  for (let at = 0; at + 1 < tokens.length; at += 23) {
    const [token, next] = [tokens[at], tokens[at + 1]];
    if (!token || !next) continue;
    const end = token.start + token.image.length;
    const nextEnd = next.start + next.image.length;
    const spoilt = [
      text.slice(0, token.start) + text.slice(end),
      `${text.slice(0, end)} ${token.image}${text.slice(end)}`,
      text.slice(0, token.start) + next.image + text.slice(end, next.start) + token.image + text.slice(nextEnd),
      // Unfinished: nothing follows on its line.
      text.slice(0, end) + text.slice(text.indexOf("\n", end)),
    ];
    for (const each of spoilt) counts.push(errorsIn(each).length);
  }
  const sorted = counts.toSorted((a, b) => a - b);
  expect(counts.length).toBeGreaterThan(100);
  expect(sorted[Math.floor(sorted.length * 0.5)]).toBeLessThanOrEqual(1);
  expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThanOrEqual(2);
  expect(sorted.at(-1)).toBeLessThanOrEqual(8);
}, 60_000);

/**
 * Turns text into a tree: `lex.ts` makes the tokens, `grammar.ts` the tree. Looks at one file only and not at names or
 * types. Never throws: any text results in a tree.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { sorted } from "../diagnostics/diagnostic.ts";
import { positionAt, type SourceFile } from "../source.ts";
import type { Module, Step } from "./ast.ts";
import { MedalParser } from "./grammar.ts";
import { mergeHabits } from "./habits.ts";
import { lex } from "./lex.ts";

export interface ParseResult {
  readonly module: Module;
  /** In source order. */
  readonly diagnostics: readonly Diagnostic[];
}

let parser: MedalParser | undefined;

/** Parses one file. Spans are in UTF-16 units of `file.text`. Linear in its length. */
export function parse(file: SourceFile): ParseResult {
  parser ??= new MedalParser();
  const { tokens, comments, diagnostics, habits } = lex(file);
  const result = parser.read(file, tokens, comments);
  const found = mergeHabits(file, [...habits, ...result.habits], result.reported, [
    ...diagnostics,
    ...result.diagnostics,
  ]);
  return { module: result.module, diagnostics: withoutStrays(file, sorted(found)) };
}

/** The rest of a line after an error is not a step, which is not reported as another error. */
function withoutStrays(file: SourceFile, found: readonly Diagnostic[]): readonly Diagnostic[] {
  if (found.length < 2) return found;
  let lastLine = 0;
  return found.filter(({ code, message, span }) => {
    const { line } = positionAt(file, span.start);
    const isStray = line === lastLine && code === "unexpected-token" && message.startsWith("expected a step or `}`");
    lastLine = line;
    return !isStray;
  });
}

/** Parses a separate text as what follows `where` or `sort` in a table. */
export function parseStep<Kind extends "where" | "sort">(
  kind: Kind,
  file: SourceFile,
): { readonly step: Extract<Step, { kind: Kind }>; readonly diagnostics: readonly Diagnostic[] } {
  parser ??= new MedalParser();
  const { tokens, diagnostics, habits } = lex(file);
  const result = parser.readStep(kind, file, tokens);
  const found = mergeHabits(file, [...habits, ...result.habits], result.reported, [
    ...diagnostics,
    ...result.diagnostics,
  ]);
  return { step: result.step, diagnostics: sorted(found) };
}

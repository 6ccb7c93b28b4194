/** `check --fix`: applies the automatic fixes of a program until none is left that reduces its errors. */
import { readFileSync, realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import { type CheckResult, check } from "../compile.ts";
import { COMMAND_LINE } from "../config/environment.ts";
import { type CodeFix, type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { compatibleFixes, type Texts, withEdits } from "../diagnostics/fixes.ts";
import { lineDiff } from "../format/line-diff.ts";
import type { CompilerHost } from "../host.ts";
import type { Io } from "./io.ts";
import { writeWhole } from "./write-file.ts";

export interface FixedProgram {
  readonly fixed: readonly AppliedFix[];
  /** The number of fixes that were tried and caused other errors. */
  readonly rejected: number;
  /** The new texts of the changed files. */
  readonly changed: Texts;
  readonly diff: string;
}

export interface AppliedFix {
  readonly file: string;
  readonly code: string;
  readonly title: string;
}

/** Fixes can uncover other errors, so several rounds may be needed; more than this means that fixes undo each other. */
const MOST_ROUNDS = 20;

interface Candidate extends CodeFix {
  readonly found: Diagnostic;
}

/** Applies the fixes to the files in a folder, in memory only. */
export function fixProgram(first: CheckResult, folder: string, host: CompilerHost, io: Io): FixedProgram {
  const original = ownTexts(first, folder, io);
  const paths = [...first.sources.keys()];
  const rejected = new Set<string>();
  const fixed: AppliedFix[] = [];
  let state: State = { texts: original, result: first };

  /** The state with the fixes that reduce the errors; a fix that does not is found by bisection. */
  const improved = (before: State, fixes: readonly Candidate[]): State => {
    if (fixes.length === 0) return before;
    const texts = withEdits(
      before.texts,
      fixes.flatMap(({ edits }) => edits),
    );
    const result = check(overlay(host, texts), paths, before.result);
    const solved = fixes.filter(({ found }) => found.severity === "error").length;
    if (errorsIn(result) <= errorsIn(before.result) - solved) {
      fixed.push(...fixes.map(({ found, title }) => ({ file: found.span.file, code: found.code, title })));
      return { texts, result };
    }
    if (fixes.length === 1) {
      for (const fix of fixes) rejected.add(keyOf(fix, before.texts));
      return before;
    }
    const half = fixes.slice(0, Math.ceil(fixes.length / 2));
    const after = improved(before, half);
    // The applied edits have moved the positions of the other fixes, which wait for the next round.
    return after === before ? improved(before, fixes.slice(half.length)) : after;
  };

  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { texts, result } = state;
    const candidates = result.diagnostics
      .flatMap((found): readonly Candidate[] => (found.fix === undefined ? [] : [{ ...found.fix, found }]))
      .filter(({ edits }) => edits.length > 0 && edits.every(({ span }) => texts.has(span.file)))
      .filter((fix) => !rejected.has(keyOf(fix, texts)));
    const next = improved(state, compatibleFixes(candidates));
    if (next === state) break;
    state = next;
  }
  const changed = new Map([...state.texts].filter(([path, text]) => text !== original.get(path)));
  const diff = [...changed].map(([path, text]) => lineDiff(path, original.get(path) ?? "", text)).join("");
  return { fixed, rejected: rejected.size, changed, diff };
}

/** Writes the texts. A file that changed after it was checked is not overwritten. */
export function writeFixed(changed: Texts, sources: CheckResult["sources"], io: Io): readonly Diagnostic[] {
  return [...changed].flatMap(([path, text]) => {
    const now = readFileSync(resolve(io.folder, path), "utf8");
    const mark = now.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
    if (now.slice(mark.length) !== sources.get(path)?.text) {
      return [diagnostic("unwritable-file", COMMAND_LINE, { path, problem: "it was changed in the meantime" })];
    }
    return writeWhole(path, mark + text, io);
  });
}

const BYTE_ORDER_MARK = "\ufeff";

/** A host that reads these texts instead of the files. */
export function overlay(host: CompilerHost, texts: Texts): CompilerHost {
  return { ...host, readFile: (path) => texts.get(path) ?? host.readFile(path) };
}

interface State {
  readonly texts: Texts;
  readonly result: CheckResult;
}

function errorsIn({ diagnostics }: CheckResult): number {
  return diagnostics.filter(({ severity }) => severity === "error").length;
}

/** Identifies a fix across rounds, independent of its position. */
function keyOf({ found, title, edits }: Candidate, texts: Texts): string {
  const replaced = edits.map(({ span, text }) => [texts.get(span.file)?.slice(span.start, span.end), text]);
  return JSON.stringify([found.code, found.message, title, replaced]);
}

/** The files inside the project folder, after following links. No other file is ever changed. */
function ownTexts({ sources }: CheckResult, folder: string, io: Io): Texts {
  const root = realpathSync(resolve(io.folder, folder)) + sep;
  const own = [...sources].filter(([path]) => realpathSync(resolve(io.folder, path)).startsWith(root));
  return new Map(own.map(([path, { text }]) => [path, text]));
}

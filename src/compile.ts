/**
 * The compiler's front end: reads and parses, binds and checks; `plan` then lowers a program without errors. Each phase
 * returns a value and its diagnostics; only this file decides when to stop.
 */
import { type Diagnostic, diagnostic, hasErrors, sorted } from "./diagnostics/diagnostic.ts";
import { fileProblem } from "./diagnostics/file-problem.ts";
import { holdsSecret } from "./diagnostics/secrets.ts";
import { beginSuggestions } from "./diagnostics/suggest.ts";
import type { CompilerHost } from "./host.ts";
import { type ParseResult, parse } from "./parser/parse.ts";
import { lower } from "./plan/lower.ts";
import type { Program } from "./plan/program.ts";
import { bind } from "./semantics/bind.ts";
import type { ProgramMemory } from "./semantics/check/incremental.ts";
import { checkProgram } from "./semantics/check/program.ts";
import type { CheckedProgram } from "./semantics/model.ts";
import { plainSecrets } from "./semantics/plain-secrets.ts";
import { positionAt, type SourceFile, type Span } from "./source.ts";

export interface CheckResult {
  /** All files that were read, by path. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Sorted by file and location. */
  readonly diagnostics: readonly Diagnostic[];
  /** Partial if there are errors. */
  readonly checked: CheckedProgram;
  /** Reused by the next check of the program. */
  readonly memory: { readonly files: ReadonlyMap<string, ParsedFile>; readonly program: ProgramMemory };
}

interface ParsedFile extends ParseResult {
  readonly file: SourceFile;
}

/**
 * Checks the program that consists of these files and everything they import. The paths must exist in the host. With
 * the result of an earlier check, only what has changed is read and checked again, with the same result.
 */
export function check(host: CompilerHost, paths: readonly string[], before?: CheckResult): CheckResult {
  beginSuggestions();
  const { files, diagnostics, missing } = load(host, paths, before?.memory.files ?? new Map());
  const modules = [...files.values()].map((each) => each.module);
  const bound = bind(modules);
  const start: Span = modules[0]?.span ?? { file: paths[0] ?? "", start: 0, end: 0 };
  const checked = checkProgram(bound.bindings, { ...start, end: start.start }, before?.memory.program);
  // The declarations of a missing file are not known, so names that may be in it are not reported as unknown.
  const known = missing ? checked.diagnostics.filter(({ code }) => !isAboutAbsence(code)) : checked.diagnostics;
  const found = withoutBrokenLines(withoutUnnamed(known), files);
  return {
    sources: new Map([...files].map(([path, { file }]) => [path, file])),
    diagnostics: sorted([...diagnostics, ...bound.diagnostics, ...found]).filter(isFirstOfSecret),
    checked: checked.program,
    memory: { files, program: checked.memory },
  };
}

/** The plan of a program without errors; otherwise undefined. */
export function plan(result: CheckResult): Program | undefined {
  return hasErrors(result.diagnostics) ? undefined : lower(result.checked);
}

/** Syntax errors after which the rest of the line is not parsed as intended. */
const BREAKS_LINE: ReadonlySet<Diagnostic["code"]> = new Set([
  "unexpected-token",
  "unexpected-character",
  "unterminated-text",
  "chained-comparison",
]);

/** For a line with such an error, only that error is reported, because the rest may not be what was written. */
function withoutBrokenLines(
  found: readonly Diagnostic[],
  files: ReadonlyMap<string, ParsedFile>,
): readonly Diagnostic[] {
  const broken = new Set<string>();
  for (const { file, diagnostics } of files.values()) {
    for (const { code, span, choices } of diagnostics) {
      if (BREAKS_LINE.has(code) || choices !== undefined) broken.add(lineKey(file, span.start));
    }
  }
  if (broken.size === 0) return found;
  return found.filter(({ code, severity, span }) => {
    const file = files.get(span.file)?.file;
    return (
      severity !== "error" || code === "missing-from" || file === undefined || !broken.has(lineKey(file, span.start))
    );
  });
}

/** For a column without a name, errors in its expression are not reported: `a == 1` was meant to be `a = 1`. */
function withoutUnnamed(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const unnamed = found.filter(({ code }) => code === "unnamed-column").map(({ span }) => span);
  if (unnamed.length === 0) return found;
  const starts = new Set(unnamed.map(({ file, start }) => `${start} ${file}`));
  return found.filter(({ code, span }) => code !== "unknown-column" || !starts.has(`${span.start} ${span.file}`));
}

function lineKey(file: SourceFile, offset: number): string {
  return `${positionAt(file, offset).line} ${file.path}`;
}

function isAboutAbsence(code: Diagnostic["code"]): boolean {
  return code === "missing-project" || code.startsWith("unknown-");
}

/** A plain secret in a setting that requires a secret is reported once, with the setting's name. */
function isFirstOfSecret(each: Diagnostic, at: number, all: readonly Diagnostic[]): boolean {
  if (each.code !== "secret-in-program") return true;
  const before = all[at - 1];
  return before?.code !== "plain-secret" || before.span.start !== each.span.start;
}

interface Loaded {
  /** By path, in reading order. */
  readonly files: ReadonlyMap<string, ParsedFile>;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether a file could not be read. */
  readonly missing: boolean;
}

function load(host: CompilerHost, paths: readonly string[], before: ReadonlyMap<string, ParsedFile>): Loaded {
  const files = new Map<string, ParsedFile>();
  const diagnostics: Diagnostic[] = [];
  let missing = false;
  /** Grows during the loop: imports are added after the requested files. */
  const pending = paths.map((path): { readonly path: string; readonly from: Span } => {
    const normal = normalPath(path);
    return { path: normal, from: { file: normal, start: 0, end: 0 } };
  });
  for (const next of pending) {
    if (files.has(next.path)) continue;
    const text = host.readFile(next.path);
    if (typeof text !== "string") {
      missing = true;
      diagnostics.push(
        text === undefined
          ? diagnostic("import-not-found", next.from, { path: next.path })
          : fileProblem(next.path, text, next.from),
      );
      continue;
    }
    const last = before.get(next.path);
    const parsed = last?.file.text === text ? last : parseFile(next.path, text);
    files.set(next.path, parsed);
    diagnostics.push(...parsed.diagnostics);
    for (const each of parsed.module.declarations) {
      if (each.kind !== "import" || each.path.value === "" || holdsSecret(each.path.value)) continue;
      pending.push({ path: beside(next.path, each.path.value), from: each.path.span });
    }
  }
  return { files, diagnostics, missing };
}

function parseFile(path: string, text: string): ParsedFile {
  const file: SourceFile = { path, text };
  const { module, diagnostics } = parse(file);
  return { file, module, diagnostics: [...diagnostics, ...plainSecrets(file, module)] };
}

function beside(file: string, relative: string): string {
  const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "";
  return normalPath(relative.startsWith("/") || folder === "" ? relative : `${folder}/${relative}`);
}

/** Normalizes `.` and `a/..`, so that each file has one path. */
function normalPath(path: string): string {
  if (!/(^|\/)\.{1,2}(\/|$)|\/\/|.\/$/.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== ".." && parts.at(-1) !== "") parts.pop();
    else if (part !== "." && (part !== "" || parts.length === 0)) parts.push(part);
  }
  return parts.join("/");
}

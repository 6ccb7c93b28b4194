/**
 * The compiler's front on one screen: read and parse, bind, check; then, where there was no error, lower.
 * Each phase returns a value and what it found; only this file decides to stop.
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
  /** Every file that was read, by its path. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** By file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Partial where there are errors. */
  readonly checked: CheckedProgram;
  /** For the next check of the program. */
  readonly memory: { readonly files: ReadonlyMap<string, ParsedFile>; readonly program: ProgramMemory };
}

interface ParsedFile extends ParseResult {
  readonly file: SourceFile;
}

/**
 * Checks the program that starts at these files: they and all that they import. The paths must exist in the host.
 * With the result of an earlier check, only what changed since is read again and only what it reaches checked again; what
 * comes out is the same.
 */
export function check(host: CompilerHost, paths: readonly string[], before?: CheckResult): CheckResult {
  beginSuggestions();
  const { files, diagnostics, missing } = load(host, paths, before?.memory.files ?? new Map());
  const modules = [...files.values()].map((each) => each.module);
  const bound = bind(modules);
  const start: Span = modules[0]?.span ?? { file: paths[0] ?? "", start: 0, end: 0 };
  const checked = checkProgram(bound.bindings, { ...start, end: start.start }, before?.memory.program);
  // What a file that is not there would have declared is not unknown.
  const known = missing ? checked.diagnostics.filter(({ code }) => !isAboutAbsence(code)) : checked.diagnostics;
  const found = withoutBrokenLines(withoutUnnamed(known), files);
  return {
    sources: new Map([...files].map(([path, { file }]) => [path, file])),
    diagnostics: sorted([...diagnostics, ...bound.diagnostics, ...found]).filter(isFirstOfSecret),
    checked: checked.program,
    memory: { files, program: checked.memory },
  };
}

/** The plan of a program without errors; undefined where there are some. */
export function plan(result: CheckResult): Program | undefined {
  return hasErrors(result.diagnostics) ? undefined : lower(result.checked);
}

/** What stops the grammar, so that the rest of its line is read as something else than what was meant. */
const BREAKS_LINE: ReadonlySet<Diagnostic["code"]> = new Set([
  "unexpected-token",
  "unexpected-character",
  "unterminated-text",
  "chained-comparison",
]);

/** Of a line that could not be read only that is said, for whatever is checked there may not be what was written. */
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

/** Of a column without a name what it reads is not judged: `a == 1` was meant to be `a = 1`. */
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

/** A plain secret in a setting that takes only a secret is said with the setting's name, and that is enough. */
function isFirstOfSecret(each: Diagnostic, at: number, all: readonly Diagnostic[]): boolean {
  if (each.code !== "secret-in-program") return true;
  const before = all[at - 1];
  return before?.code !== "plain-secret" || before.span.start !== each.span.start;
}

interface Loaded {
  /** By path, in the order of reading. */
  readonly files: ReadonlyMap<string, ParsedFile>;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether a file could not be read. */
  readonly missing: boolean;
}

function load(host: CompilerHost, paths: readonly string[], before: ReadonlyMap<string, ParsedFile>): Loaded {
  const files = new Map<string, ParsedFile>();
  const diagnostics: Diagnostic[] = [];
  let missing = false;
  /** Grows while it is worked through: behind the files asked for come those that they import. */
  const wanted = paths.map((path): { readonly path: string; readonly from: Span } => {
    const normal = normalPath(path);
    return { path: normal, from: { file: normal, start: 0, end: 0 } };
  });
  for (const next of wanted) {
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
      wanted.push({ path: beside(next.path, each.path.value), from: each.path.span });
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

/** Without `.` and without `a/..`, so that one file has one path. */
function normalPath(path: string): string {
  if (!/(^|\/)\.{1,2}(\/|$)|\/\/|.\/$/.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== ".." && parts.at(-1) !== "") parts.pop();
    else if (part !== "." && (part !== "" || parts.length === 0)) parts.push(part);
  }
  return parts.join("/");
}

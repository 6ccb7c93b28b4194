/**
 * The compiler's front on one screen: read and parse, bind, check; then, where there was no error, lower.
 * Each phase returns a value and what it found; only this file decides to stop.
 */
import { type Diagnostic, diagnostic, hasErrors, sorted } from "./diagnostics/diagnostic.ts";
import type { CompilerHost } from "./host.ts";
import type { Module } from "./parser/ast.ts";
import { parse } from "./parser/parse.ts";
import { lower } from "./plan/lower.ts";
import type { Program } from "./plan/program.ts";
import { bind } from "./semantics/bind.ts";
import { checkProgram } from "./semantics/check/program.ts";
import type { CheckedProgram } from "./semantics/model.ts";
import type { SourceFile, Span } from "./source.ts";

export interface CheckResult {
  /** Every file that was read, by its path. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** By file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Partial where there are errors. */
  readonly checked: CheckedProgram;
}

/**
 * Checks the program that starts at these files: they and all that they import. The paths must exist in the host.
 */
export function check(host: CompilerHost, paths: readonly string[]): CheckResult {
  const { sources, modules, diagnostics } = load(host, paths);
  const bound = bind(modules);
  const start: Span = modules[0]?.span ?? { file: paths[0] ?? "", start: 0, end: 0 };
  const checked = checkProgram(bound.bindings, { ...start, end: start.start });
  return {
    sources,
    diagnostics: sorted([...diagnostics, ...bound.diagnostics, ...checked.diagnostics]),
    checked: checked.program,
  };
}

/** The plan of a program without errors; undefined where there are some. */
export function plan(result: CheckResult): Program | undefined {
  return hasErrors(result.diagnostics) ? undefined : lower(result.checked);
}

interface Loaded {
  readonly sources: ReadonlyMap<string, SourceFile>;
  readonly modules: readonly Module[];
  readonly diagnostics: readonly Diagnostic[];
}

function load(host: CompilerHost, paths: readonly string[]): Loaded {
  const sources = new Map<string, SourceFile>();
  const modules: Module[] = [];
  const diagnostics: Diagnostic[] = [];
  /** Grows while it is worked through: behind the files asked for come those that they import. */
  const wanted = paths.map((path): { readonly path: string; readonly from: Span } => {
    const normal = normalPath(path);
    return { path: normal, from: { file: normal, start: 0, end: 0 } };
  });
  for (const next of wanted) {
    if (sources.has(next.path)) continue;
    const text = host.readFile(next.path);
    if (text === undefined) {
      diagnostics.push(diagnostic("import-not-found", next.from, { path: next.path }));
      continue;
    }
    const file: SourceFile = { path: next.path, text };
    sources.set(next.path, file);
    const parsed = parse(file);
    modules.push(parsed.module);
    diagnostics.push(...parsed.diagnostics);
    for (const each of parsed.module.declarations) {
      if (each.kind !== "import" || each.path.value === "") continue;
      wanted.push({ path: beside(next.path, each.path.value), from: each.path.span });
    }
  }
  return { sources, modules, diagnostics };
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

/** Compiles programs in memory. */
import { expect } from "vitest";
import { type CheckResult, check, plan } from "../../src/compile.ts";
import { renderText } from "../../src/diagnostics/render-text.ts";
import type { CompilerHost } from "../../src/host.ts";
import type { Program } from "../../src/plan/program.ts";

/** A host with these files. */
export function createMemoryHost(files: Readonly<Record<string, string>>): CompilerHost {
  const paths = Object.keys(files).sort();
  return {
    readFile: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    listPrograms: (folder) =>
      paths.filter((path) => path.endsWith(".medal") && (folder === "." || path.startsWith(`${folder}/`))),
    isFolder: (path) => path === "." || paths.some((each) => each.startsWith(`${path}/`)),
  };
}

/** Checks a program of one file, `main.medal`. */
export function checkText(text: string): CheckResult {
  return check(createMemoryHost({ "main.medal": text }), ["main.medal"]);
}

/** The plan of a valid program of one file. */
export function planOf(text: string): Program {
  const result = checkText(text);
  const program = plan(result);
  if (program === undefined) {
    expect.fail(
      `the program is wrong:\n${renderText(result.diagnostics, result.sources, { color: false, width: 120 })}`,
    );
  }
  return program;
}

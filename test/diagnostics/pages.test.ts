import { expect, it } from "vitest";
import { emitAll } from "../../src/codegen/emit.ts";
import { check, plan } from "../../src/compile.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { SHOP } from "../semantics/checking.ts";
import { createMemoryHost } from "../support/compile.ts";
import { diagnosticPages } from "../support/diagnostic-pages.ts";

const MEDAL = /```medal\n([\s\S]*?)```/g;

/** Caused by files in an output folder, not by a program. */
const NOT_OF_PROGRAMS: ReadonlySet<string> = new Set(["output-foreign-file", "output-other-project"]);

function blocksUnder(heading: string): readonly (readonly [code: string, block: string])[] {
  return diagnosticPages().flatMap(({ code, sections }) =>
    NOT_OF_PROGRAMS.has(code)
      ? []
      : [...(sections.get(heading) ?? "").matchAll(MEDAL)].map((match) => [code, match[1] ?? ""] as const),
  );
}

/** The diagnostics of a program: those of the check and, without errors, of the targets. */
function diagnosticsOf(text: string): readonly Diagnostic[] {
  const result = check(createMemoryHost({ "main.medal": text }), ["main.medal"]);
  const program = plan(result);
  if (program === undefined) return result.diagnostics;
  const params = Object.fromEntries(program.params.map(({ name, value }) => [name, value ?? valueFor(name)]));
  const environment = { name: "dev", params };
  const emitted = emitAll(program, { environment, environments: [environment] });
  return [...result.diagnostics, ...emitted.diagnostics];
}

function valueFor(param: string): string {
  return param === "databricks_workspace" ? "https://adb-1234567890123456.7.azuredatabricks.net" : "value";
}

/** A code block is a program, or a part of one. */
function variantsOf(block: string): readonly string[] {
  const [project = "", ...rest] = SHOP.split("\n");
  const withoutProject = rest.join("\n");
  return [block, `${SHOP}\n${block}`, `${withoutProject}\n${block}`, `${project}\n${block}`];
}

it.each(blocksUnder("Example"))("the example of %s causes it", (code, block) => {
  const codes = variantsOf(block).flatMap((text) => diagnosticsOf(text).map((each) => each.code));
  expect(codes).toContain(code);
});

it.each(blocksUnder("What to do"))("what to do about %s is right", (_, block) => {
  const errors = variantsOf(block).map((text) => diagnosticsOf(text).filter((each) => each.severity === "error"));
  expect(errors.toSorted((a, b) => a.length - b.length)[0]).toEqual([]);
});

/** The pages of syntax diagnostics: each example causes its code, and its fix removes it. */
import { expect, it } from "vitest";
import { syntaxCatalog } from "../../src/diagnostics/catalog/syntax.ts";
import { diagnosticPages } from "../support/diagnostic-pages.ts";
import { parseText } from "./support.ts";

function codesIn(markdown: string | undefined): readonly string[] {
  const text = /```medal\n([\s\S]*?)```/.exec(markdown ?? "")?.[1] ?? "";
  expect(text).not.toBe("");
  return parseText(text).diagnostics.map((each) => each.code);
}

it.each(Object.keys(syntaxCatalog))("the page of %s shows it, and the way out of it", (code) => {
  const page = diagnosticPages().find((each) => each.code === code);
  expect(new Set(codesIn(page?.sections.get("Example")))).toEqual(new Set([code]));
  expect(codesIn(page?.sections.get("What to do"))).toEqual([]);
});

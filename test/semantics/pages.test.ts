/** The pages of the checker's diagnostics: each example causes its code, and its fix removes it. */
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { namesCatalog } from "../../src/diagnostics/catalog/names.ts";
import { relationsCatalog } from "../../src/diagnostics/catalog/relations.ts";
import { typesCatalog } from "../../src/diagnostics/catalog/types.ts";
import { diagnosticPages } from "../support/diagnostic-pages.ts";
import { memoryHost, SHOP } from "./checking.ts";

const codes = Object.keys({ ...namesCatalog, ...typesCatalog, ...relationsCatalog });
const [project = "", ...rest] = SHOP.split("\n");

function codesIn(markdown: string | undefined, code: string): readonly string[] {
  const text = /```medal\n([\s\S]*?)```/.exec(markdown ?? "")?.[1] ?? "";
  expect(text).not.toBe("");
  const own = /^project /m.test(text) || code === "missing-project";
  const file = [...(own ? [] : [project]), ...(own ? [] : rest), text].join("\n");
  return check(memoryHost({ "page.medal": file }), ["page.medal"]).diagnostics.map((each) => each.code);
}

it.each(codes)("the page of %s shows it, and the way out of it", (code) => {
  const page = diagnosticPages().find((each) => each.code === code);
  expect(codesIn(page?.sections.get("Example"), code)).toContain(code);
  const after = codesIn(page?.sections.get("What to do"), code);
  expect(after.filter((each) => each !== "key-checked-at-run-time" || each === code)).toEqual([]);
});

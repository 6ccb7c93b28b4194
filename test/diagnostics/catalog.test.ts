import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configCatalog } from "../../src/diagnostics/catalog/config.ts";
import { deployCatalog } from "../../src/diagnostics/catalog/deploy.ts";
import type { CatalogEntry } from "../../src/diagnostics/catalog/entry.ts";
import { catalog } from "../../src/diagnostics/catalog/index.ts";
import { namesCatalog } from "../../src/diagnostics/catalog/names.ts";
import { planCatalog } from "../../src/diagnostics/catalog/plan.ts";
import { relationsCatalog } from "../../src/diagnostics/catalog/relations.ts";
import { runCatalog } from "../../src/diagnostics/catalog/run.ts";
import { syntaxCatalog } from "../../src/diagnostics/catalog/syntax.ts";
import { targetsCatalog } from "../../src/diagnostics/catalog/targets.ts";
import { typesCatalog } from "../../src/diagnostics/catalog/types.ts";
import { diagnosticPages } from "../support/diagnostic-pages.ts";
import { root } from "../support/paths.ts";

const parts: readonly object[] = [
  syntaxCatalog,
  namesCatalog,
  typesCatalog,
  relationsCatalog,
  configCatalog,
  targetsCatalog,
  runCatalog,
  planCatalog,
  deployCatalog,
];
const entries: readonly (readonly [string, CatalogEntry])[] = Object.entries(catalog);

it("codes are unique across the catalogue", () => {
  expect(parts.flatMap(Object.keys).sort()).toEqual(Object.keys(catalog).sort());
});

it("codes are kebab-case", () => {
  for (const [code] of entries) expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
});

it("a message starts in lower case and has no full stop, so that it can follow a location and a code", () => {
  for (const [code, { message }] of entries) expect(message, code).toMatch(/^[^A-Z\s][^\n]*[^.!\s]$/);
});

it("a hint is a sentence", () => {
  for (const [code, { hint }] of entries) if (hint !== undefined) expect(hint, code).toMatch(/^[A-Z`{][^\n]*[.?]$/);
});

it("every code has a page and every page a code", () => {
  expect(diagnosticPages().map(({ code }) => code)).toEqual(Object.keys(catalog).sort());
});

it("every page has the meaning of the code, an example, the reason and the fix", () => {
  for (const { code, title, sections } of diagnosticPages()) {
    expect(title).toBe(`# ${code}`);
    expect([...sections.keys()], code).toEqual(["Example", "Why", "What to do"]);
    for (const [heading, text] of sections) expect(text, `${code}: ${heading}`).not.toBe("");
  }
});

it("a test mentions every code", () => {
  const texts = readdirSync(`${root}/test`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|md|medal|expected|txt|json)$/.test(entry.name))
    .filter((entry) => !entry.parentPath.includes("/golden"))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"))
    .join("\n");
  const untested = Object.keys(catalog).filter((code) => !new RegExp(`\\b${code}\\b(?!-)`).test(texts));
  expect(untested).toEqual([]);
});

/** An incremental check has the same result as a fresh one, with less work. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type CheckResult, check } from "../../src/compile.ts";
import { parse } from "../../src/parser/parse.ts";
import { memoryHost, SHOP } from "./checking.ts";

type Files = Readonly<Record<string, string>>;

/** The example, with one file per declaration. */
function exampleFiles(): Files {
  const text = readFileSync("examples/ecommerce.medal", "utf8");
  const { module } = parse({ path: "ecommerce.medal", text });
  return Object.fromEntries(
    module.declarations.map(({ span }, at) => [`${at}.medal`, `${text.slice(span.start, span.end)}\n`]),
  );
}

function checkFiles(files: Files, before?: CheckResult): CheckResult {
  return check(memoryHost(files), Object.keys(files), before);
}

/** The result of a check, without what it caches for the next one. */
function resultOf({ sources, diagnostics, checked }: CheckResult) {
  return { sources, diagnostics, checked };
}

function tableOf(result: CheckResult, relation: string) {
  return [...result.checked.bronze, ...result.checked.tables].find((each) => each.signature.relation === relation);
}

const example = exampleFiles();
const names = Object.keys(example);
const words = [...new Set(Object.values(example).flatMap((text) => text.match(/\w+|[^\w\s]/g) ?? []))];

/** Replaces or removes one word of a file; or removes or restores the file. */
const edit = fc.record({
  file: fc.constantFrom(...names),
  place: fc.nat(),
  word: fc.oneof(fc.constantFrom(...words), fc.constant("")),
  whole: fc.constantFrom("keep", "keep", "keep", "keep", "remove", "restore"),
});

function edited(
  files: Files,
  { file, place, word, whole }: typeof edit extends fc.Arbitrary<infer E> ? E : never,
): Files {
  if (whole === "restore") return { ...files, [file]: example[file] ?? "" };
  const { [file]: text, ...others } = files;
  if (text === undefined || whole === "remove") return others;
  const found = [...text.matchAll(/\w+|[^\w\s]/g)];
  const match = found[place % Math.max(found.length, 1)];
  if (!match) return others;
  return { ...files, [file]: text.slice(0, match.index) + word + text.slice(match.index + match[0].length) };
}

it("after any edits the result equals that of a fresh check", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      let files = example;
      let last = checkFiles(files);
      for (const each of edits) {
        files = edited(files, each);
        last = checkFiles(files, last);
        // Vitest's own comparison takes ten times as long.
        expect(isDeepStrictEqual(resultOf(last), resultOf(checkFiles(files)))).toBe(true);
      }
    }),
    { seed: 20_260_214, numRuns: 40 },
  );
});

const chain = {
  "shop.medal": SHOP,
  "a.medal": "silver a {\n  from bronze.orders\n  key order_id\n}\n",
  "b.medal": "silver b {\n  from silver.a\n}\n",
  "c.medal": "gold c {\n  from silver.b\n  select { order_id, weight }\n}\n",
  "other.medal": "gold other {\n  from bronze.items\n}\n",
};

it("checks only the readers of a changed table again", () => {
  const before = checkFiles(chain);
  const after = checkFiles({ ...chain, "b.medal": "silver b {\n  from silver.a\n  where weight > 1.0\n}\n" }, before);
  for (const relation of ["bronze.orders", "bronze.items", "silver.a", "gold.other"]) {
    expect(tableOf(after, relation), relation).toBe(tableOf(before, relation));
  }
  for (const relation of ["silver.b", "gold.c"]) {
    expect(tableOf(after, relation), relation).not.toBe(tableOf(before, relation));
  }
});

it("keeps the locations of a path from the source correct if a table on it moved", () => {
  const wrong = { ...chain, "c.medal": "gold c {\n  from silver.b\n  select { order_idd }\n}\n" };
  const moved = { ...wrong, "a.medal": `// A comment.\n${wrong["a.medal"]}` };
  const after = checkFiles(moved, checkFiles(wrong));
  expect(after.diagnostics.map((each) => each.code)).toContain("unknown-column");
  expect(resultOf(after)).toEqual(resultOf(checkFiles(moved)));
});

it("checks everything again if an enum, a function or a source changed", () => {
  const before = checkFiles(chain);
  const after = checkFiles({ ...chain, "shop.medal": SHOP.replace("open, paid", "open, sent, paid") }, before);
  expect(tableOf(after, "gold.c")).not.toBe(tableOf(before, "gold.c"));
  expect(tableOf(after, "gold.other")).not.toBe(tableOf(before, "gold.other"));
});

it("reuses the tables if a file with an enum was rewritten, but not the enum", () => {
  const sizes = { ...chain, "sizes.medal": "enum Size { small }\n" };
  const before = checkFiles(sizes);
  const after = checkFiles({ ...sizes, "sizes.medal": "enum Size { small }\n// And large?\n" }, before);
  expect(tableOf(after, "gold.c")).toBe(tableOf(before, "gold.c"));
});

it("suggests the current names", () => {
  const wrong = { ...chain, "d.medal": "gold d {\n  from silver.aa\n}\n" };
  const renamed = { ...wrong, "a.medal": "silver aaa {\n  from bronze.orders\n}\n" };
  const after = checkFiles(renamed, checkFiles(wrong));
  expect(resultOf(after)).toEqual(resultOf(checkFiles(renamed)));
});

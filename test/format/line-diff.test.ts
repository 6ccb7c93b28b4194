import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { lineDiff } from "../../src/format/line-diff.ts";
import { temporaryFolder } from "../support/io.ts";

it("is empty if nothing changed", () => {
  expect(lineDiff("a", "x\n", "x\n")).toBe("");
});

it("shows three lines of context", () => {
  const before = "1\n2\n3\n4\n5\n6\n7\n8\n";
  expect(lineDiff("shop.medal", before, before.replace("5\n", "five\n"))).toBe(
    "--- shop.medal\n+++ shop.medal\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n",
  );
});

it("shows distant changes in separate hunks", () => {
  const before = Array.from({ length: 30 }, (_, index) => `${index}\n`).join("");
  const diff = lineDiff("a", before, before.replace("3\n", "").replace("27\n", "27\nnew\n"));
  expect(diff.match(/^@@ .*$/gm)).toEqual(["@@ -1,7 +1,6 @@", "@@ -26,5 +25,6 @@"]);
});

it("shows a missing newline at the end of the file", () => {
  expect(lineDiff("a", "x", "x\n")).toBe("--- a\n+++ a\n@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+x\n");
});

it("is fast for two long texts without common lines", () => {
  const text = (mark: string) => Array.from({ length: 20_000 }, (_, index) => `${mark}${index}\n`).join("");
  expect(lineDiff("a", text("x"), text("y")).split("\n")).toHaveLength(40_004);
});

it("git apply turns the first text into the second with it", () => {
  const folder = temporaryFolder();
  const text = fc.array(fc.constantFrom("a\n", "b\n", "c\n", "\n"), { maxLength: 30 }).map((lines) => lines.join(""));
  fc.assert(
    fc.property(text, text, fc.boolean(), (before, after, withoutEnd) => {
      const last = withoutEnd ? `${after}x` : after;
      fc.pre(before !== last && before !== "" && last !== "");
      writeFileSync(`${folder}/a`, before);
      const { status, stderr } = spawnSync("git", ["apply", "-p0", "--unidiff-zero", "-"], {
        cwd: folder,
        input: lineDiff("a", before, last),
        encoding: "utf8",
      });
      expect(status, stderr).toBe(0);
      expect(readFileSync(`${folder}/a`, "utf8")).toBe(last);
    }),
    { numRuns: 100 },
  );
});

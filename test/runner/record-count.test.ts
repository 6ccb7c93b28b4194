/** Record counts of a file's bytes, compared with independent readers. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { createCsvReader } from "../../src/runner/files/csv-records.ts";
import { countRecords } from "../../src/runner/files/record-count.ts";

const folder = mkdtempSync(join(tmpdir(), "medalc-count-"));
const path = join(folder, "file");
afterAll(() => rmSync(folder, { recursive: true }));

async function count(content: string | Buffer, format: "csv" | "json", pieceSize?: number) {
  writeFileSync(path, content);
  return countRecords(path, format, pieceSize);
}

it.each([
  ["", { records: 0, longest: 0, hasQuote: false, blank: "none", isRegular: true }],
  ["\ufeff", { records: 0, longest: 0, hasQuote: false, blank: "none", isRegular: true }],
  ["a,b\n1,2\n", { records: 2, longest: 3, hasQuote: false, blank: "none", isRegular: true }],
  ["a,b\r\n1,2\r\n3,é", { records: 3, longest: 4, hasQuote: false, blank: "none", isRegular: true }],
  ["\na\n\n1\n", { records: 2, longest: 1, hasQuote: false, blank: "first", isRegular: true }],
  ["a\n\n1\n\n", { records: 2, longest: 1, hasQuote: false, blank: "inside", isRegular: true }],
  ['a,b\n"1\n\n2",3\n4,5"\n6,7\n', { records: 4, longest: 8, hasQuote: true, blank: "none", isRegular: true }],
  ['a\n"1', { records: 2, longest: 2, hasQuote: true, blank: "none", isRegular: true }],
  ["a\n1\r\n", { records: 2, longest: 1, hasQuote: false, blank: "none", isRegular: false }],
  ["a\n1\r2\n", { records: 2, longest: 3, hasQuote: false, blank: "none", isRegular: false }],
  ["a\n1\0\n", { records: 2, longest: 2, hasQuote: false, blank: "none", isRegular: false }],
  ["a\n  \n", { records: 2, longest: 2, hasQuote: false, blank: "none", isRegular: true }],
] as const)("counts the records of %j as CSV", async (text, wanted) => {
  expect(await count(text, "csv")).toEqual(wanted);
});

it("counts lines of JSON with any quotes, but no blank lines", async () => {
  expect(await count('{"a":"\n\t \r\n{}"\n\n"', "json")).toMatchObject({ records: 3, isRegular: false });
});

it("detects invalid UTF-8 at any chunk boundary", async () => {
  for (const size of [8, 9, 10, 11, 12]) {
    expect(await count(Buffer.from("a,ééé😀\n1,€€€\n", "utf8"), "csv", size)).toMatchObject({ isRegular: true });
    expect(await count(Buffer.from("a,éé\n1,\xe9\n", "latin1"), "csv", size)).toMatchObject({ isRegular: false });
  }
});

const PARTS = ['"', '""', ",", "\n", "\r\n", "\r", '","', '"a",', "x", "é", "  "];

it("counts as many records as the CSV reader finds, for any chunks", async () => {
  const files = fc.array(fc.constantFrom(...PARTS), { maxLength: 40 }).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(files, fc.integer({ min: 4, max: 60 }), async (text, size) => {
      const reader = createCsvReader();
      const found = [...reader.push(Buffer.from(text)), ...reader.end()];
      const whole = await count(text, "csv");
      expect(whole.records).toBe(found.length);
      expect(await count(text, "csv", size)).toEqual(whole);
      expect(whole.longest).toBeGreaterThanOrEqual(Math.max(0, ...found.map(({ bytes }) => bytes.length)));
    }),
    { numRuns: 2000 },
  );
});

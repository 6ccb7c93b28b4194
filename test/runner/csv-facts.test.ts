/** The properties of a CSV file detected before it is read, compared with a plain reader of RFC 4180. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { csvFacts } from "../../src/runner/files/csv-facts.ts";

const folder = mkdtempSync(join(tmpdir(), "medalc-facts-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function factsOf(text: string, pieceSize?: number) {
  const path = join(folder, "a.csv");
  writeFileSync(path, text);
  return csvFacts(path, pieceSize);
}

it("distinguishes files without quotes, with quotes, and with texts over several lines", async () => {
  expect(await factsOf("a,b\n1,2\n")).toMatchObject({ header: ["a", "b"], form: "plain" });
  expect(await factsOf('\ufeff"a",b\r\n"1, or",""\r\n')).toMatchObject({ header: ["a", "b"], form: "quoted" });
  expect(await factsOf('a,b\n"say ""so""\n",2\n')).toMatchObject({ header: ["a", "b"], form: "spanning" });
  expect(await factsOf("")).toMatchObject({ header: [], form: "plain" });
});

it.each([
  ["an extra comma in a file with quotes", 'a,b\n"1",2,\n', "doubtful"],
  ["the same at the end of the file", 'a,b\n"1",2,', "doubtful"],
  ["the same in a file with carriage returns", 'a,b\r\n"1",2,\r\n', "doubtful"],
  ["the same in a file without quotes, which DuckDB reads with an extra field", "a,b\n1,2,\n", "plain"],
  ["an empty last field", 'a,b\n"1",\n', "quoted"],
  ["a comma at the end of a line inside a text", 'a,b\n"1,\n2",3\n', "spanning"],
  ["a quote in the middle of a field", 'a,b\n5"10,2\n', "doubtful"],
  ["text after a closing quote", 'a,b\n"1"x,2\n', "doubtful"],
  ["an unclosed text", 'a,b\n1,"2\n', "doubtful"],
  ["a text that ends with the file", 'a,b\n1,"2"', "quoted"],
])("%s", async (_, text, form) => {
  expect((await factsOf(text)).form).toBe(form);
});

it("gives the same result for any chunks", async () => {
  const characters = fc.constantFrom('"', '""', ",", ",\n", "\n", "\r\n", '","', "x", "long text", '"a",');
  const files = fc.array(characters, { maxLength: 40 }).map((parts) => `a,b\n${parts.join("")}`);
  await fc.assert(
    fc.asyncProperty(files, fc.integer({ min: 8, max: 60 }), async (text, size) => {
      const whole = await factsOf(text);
      const seen = await factsOf(text, size);
      // A line that spans chunks may be reported as doubtful without being so, but never the other way round.
      if (seen.form !== "doubtful") expect(seen).toEqual(whole);
      if (whole.form === "doubtful") expect(seen.form).toBe("doubtful");
    }),
    { numRuns: 500 },
  );
});

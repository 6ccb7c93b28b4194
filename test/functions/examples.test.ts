import { afterAll, beforeAll, expect, it } from "vitest";
import { catalog } from "../../src/functions/catalog.ts";
import { exampleCases } from "./example-cases.ts";
import { createDuckdb, tableOf } from "./support.ts";

let duckdb: Awaited<ReturnType<typeof createDuckdb>>;
beforeAll(async () => {
  duckdb = await createDuckdb();
});
afterAll(() => duckdb.close());

for (const [name, cases] of Map.groupBy(exampleCases, ({ fn }) => fn)) {
  it(`the examples of ${name} are true`, async () => {
    for (const { shown, expr, rows } of cases) {
      const [answer] = await duckdb.evaluate([expr], tableOf(rows));
      expect(`${shown}: ${answer?.value}`).toBe(`${shown}: true`);
    }
  });
}

it("every entry that programs can write has an example", () => {
  const without = catalog.filter(({ name, examples }) => name !== "widen" && examples.length === 0);
  expect(without.map(({ name }) => name)).toEqual([]);
});

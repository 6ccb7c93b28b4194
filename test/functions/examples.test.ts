import { afterAll, beforeAll, expect, it } from "vitest";
import { catalog } from "../../src/functions/catalog.ts";
import type { FunctionEntry } from "../../src/functions/entry.ts";
import type { Expr } from "../../src/semantics/typed.ts";
import { planOf } from "../support/compile.ts";
import { createDuckdb } from "./support.ts";

let duckdb: Awaited<ReturnType<typeof createDuckdb>>;
beforeAll(async () => {
  duckdb = await createDuckdb();
});
afterAll(() => duckdb.close());

const PROGRAM = `project examples { lake = adls { account: "examples", container: "lake" } }
source files = file { path: "in/" }
bronze one from files.json("one.jsonl") { n: int }
`;

/** The examples of an entry, written into a program and checked as any other. */
function compiled(entry: FunctionEntry): readonly Expr[] {
  const columns = entry.examples.map((example, index) => `e${index} = ${example}`).join("\n");
  const step = entry.kind === "aggregate" ? `group { ${columns} }` : `derive { ${columns} }`;
  const steps = planOf(`${PROGRAM}silver examples { from bronze.one ${step} }`).tables[0]?.steps ?? [];
  return steps.flatMap((each) => {
    if (each.kind === "group") return each.aggregates.map((column) => column.value);
    return each.kind === "derive" ? each.columns.map((column) => column.value) : [];
  });
}

for (const entry of catalog.filter(({ examples }) => examples.length > 0)) {
  it(`the examples of ${entry.name} are true`, async () => {
    const answers = await duckdb.evaluate(compiled(entry), "SELECT unnest([1, 2, 4]) AS n");
    expect(answers.map(({ value }, index) => `${entry.examples[index]}: ${value}`)).toEqual(
      entry.examples.map((example) => `${example}: true`),
    );
  });
}

it("every entry that programs can write has an example", () => {
  const without = catalog.filter(({ name, examples }) => name !== "widen" && examples.length === 0);
  expect(without.map(({ name }) => name)).toEqual([]);
});

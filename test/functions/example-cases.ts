/** The examples of the docs as expressions, each of which is true on every engine. */
import { catalog } from "../../src/functions/catalog.ts";
import type { FunctionEntry } from "../../src/functions/entry.ts";
import type { Expr } from "../../src/semantics/typed.ts";
import { planOf } from "../support/compile.ts";
import type { Case } from "./cases.ts";
import { bool, int } from "./vectors/vector.ts";

const PROGRAM = `project examples { lake = adls { account: "examples", container: "lake" } }
source files = file { path: "in/" }
bronze one from files.json("one.jsonl") { n: int }
`;

/** Examples of aggregates use three rows, all others one. */
export const exampleCases: readonly Case[] = catalog.flatMap((entry) =>
  compiled(entry).map((expr, index): Case => {
    const rows = (entry.kind === "aggregate" ? [1, 2, 4] : [1]).map((n) => ({ n: int(n) }));
    return {
      fn: entry.name,
      overload: 0,
      position: "column",
      shown: entry.examples[index] ?? "",
      expr,
      rows,
      outcome: bool(true),
    };
  }),
);

/** The examples of an entry, compiled in a program. */
function compiled({ examples, kind }: FunctionEntry): readonly Expr[] {
  if (examples.length === 0) return [];
  const columns = examples.map((example, index) => `e${index} = ${example}`).join("\n");
  const step = kind === "aggregate" ? `group { ${columns} }` : `derive { ${columns} }`;
  const steps = planOf(`${PROGRAM}silver examples { from bronze.one ${step} }`).tables[0]?.steps ?? [];
  return steps.flatMap((each) => {
    if (each.kind === "group") return each.aggregates.map((column) => column.value);
    return each.kind === "derive" ? each.columns.map((column) => column.value) : [];
  });
}

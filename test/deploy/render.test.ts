import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { emitAll } from "../../src/codegen/emit.ts";
import type { Bundle } from "../../src/deploy/deployment-record.ts";
import { desiredObjects } from "../../src/deploy/desired/objects.ts";
import { propertiesOf } from "../../src/deploy/json.ts";
import { keyOf } from "../../src/deploy/object.ts";
import { createPlan, type PlanInput, type Planned } from "../../src/deploy/plan.ts";
import { renderPlan } from "../../src/deploy/render.ts";
import { tableFacts } from "../../src/deploy/table-facts.ts";
import { exampleContext, programOf } from "../codegen/support/compile.ts";
import { expectGolden } from "../support/golden.ts";
import { root } from "../support/paths.ts";
import { deployed } from "./support.ts";

function stackOf(text: string) {
  const program = programOf(text);
  const desired = desiredObjects(program, exampleContext.environment, emitAll(program, exampleContext).files);
  return { desired, tables: tableFacts(program) };
}

const example = readFileSync(`${root}/examples/ecommerce.medal`, "utf8");
const before = stackOf(example);
const lastBundle: Bundle = {
  version: 1,
  project: "olist",
  environment: "prod",
  objects: before.desired,
  tables: before.tables,
};

function planned(input: Partial<PlanInput>): Planned {
  const actual = deployed(before.desired);
  return createPlan({
    project: "olist",
    environment: "prod",
    ...before,
    actual,
    lastBundle,
    adopt: new Set(),
    ...input,
  });
}

/** The example with a column of another type, without its last table. */
const after = stackOf(
  example
    .replace("answer_hours = elapsed_seconds", "answer_days  = elapsed_seconds")
    .replace("div 3600", "div 86400")
    .replace("    answer_hours\n", "    answer_days\n")
    .replace("items   = count()\n    sold ", "items   = count_distinct(product_id)\n    sold ")
    .replace(/\/\/\/ The ten sellers[\s\S]*$/, ""),
);

const actual = deployed(before.desired).map((each) => {
  const key = keyOf(each);
  if (key === "synapse/view/gold.customers") {
    return {
      ...each,
      project: undefined,
      body: { text: "CREATE OR ALTER VIEW [gold].[customers] AS SELECT 1 AS [one];\n" },
    };
  }
  if (key !== "adf/pipeline/pl_ingest_erp") return each;
  const text = JSON.stringify(each.body).replace('"retry":3', '"retry":1');
  return { ...each, body: propertiesOf({ ...propertiesOf(JSON.parse(text)), description: "Changed on a Friday." }) };
});

it("shows changes, effects on data, manual changes and blockers", () => {
  const { plan, diagnostics } = planned({ ...after, actual });
  expect(diagnostics.map(({ code }) => code)).toEqual(["plan-unmarked"]);
  expectGolden("deploy/plan.txt", renderPlan(plan));
});

it("reports that there are no changes", () => {
  expect(renderPlan(planned({}).plan)).toBe(
    "No changes. prod is up to date.\n\nPlan: 0 to add, 0 to change, 0 to destroy.\n",
  );
});

it("shows a first deployment in the order of its services", () => {
  expectGolden("deploy/first.txt", renderPlan(planned({ actual: [], lastBundle: undefined }).plan));
});

it("colors lines by their signs", () => {
  const text = renderPlan(planned({ ...after, actual }).plan, { paint: (sign, line) => `<${sign}>${line}` });
  expect(text).toContain("<->  - view gold.top_sellers");
});

it("removes control characters of service responses from terminal output", () => {
  const hostile = deployed(before.desired).map((each) =>
    keyOf(each) === "adf/pipeline/pl_ingest_erp"
      ? { ...each, body: { description: "\u001b[2Jgone\u202e", activities: "\u0007\n\u001b[1A" } }
      : each,
  );
  const text = renderPlan(planned({ actual: hostile }).plan);
  expect(text).toContain("description: \ufffd[2Jgone\ufffd → Copies");
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
});

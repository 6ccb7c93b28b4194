import { expect, it } from "vitest";
import { savedPlanText } from "../../src/deploy/deploy-plan.ts";
import type { Bundle } from "../../src/deploy/deployment-record.ts";
import { type DesiredObject, keyOf } from "../../src/deploy/object.ts";
import { createPlan } from "../../src/deploy/plan.ts";
import { renderPlan } from "../../src/deploy/render.ts";
import type { TableFacts } from "../../src/deploy/table-facts.ts";
import { deployed } from "./support.ts";

const COUNT = 1000;

/** A thousand tables in a chain, each with a notebook, a view and a part in one of 30 pipelines. */
function objectsOf(text: (at: number) => string): readonly DesiredObject[] {
  const tables = Array.from({ length: COUNT }, (_, at) => `gold.t${at}`);
  const base = { needs: [], tables: [], file: "" } as const;
  const notebooks = tables.map((table, at): DesiredObject => {
    const body = { language: "PYTHON", text: `${text(at)}\n${"# a line of a notebook like many others\n".repeat(80)}` };
    return { ...base, service: "databricks", kind: "notebook", name: `/n/${table}`, body, tables: [table] };
  });
  const views = tables.map((table): DesiredObject => {
    const body = { text: `CREATE OR ALTER VIEW ${table} AS\n${"    [column],\n".repeat(40)}` };
    return { ...base, service: "synapse", kind: "view", name: table, body, tables: [table] };
  });
  const pipelines = Array.from({ length: 30 }, (_, at): DesiredObject => {
    const part = notebooks.slice(at * 34, (at + 1) * 34);
    const activities = part.map(({ name }) => ({ name: name.slice(3), policy: { retry: 1 }, dependsOn: [] }));
    return { ...base, service: "adf", kind: "pipeline", name: `pl${at}`, body: { activities }, needs: part.map(keyOf) };
  });
  const needs = pipelines.map(keyOf);
  const trigger: DesiredObject = { ...base, service: "adf", kind: "trigger", name: "tr", body: {}, needs, runs: true };
  return [...notebooks, ...views, ...pipelines, trigger];
}

const tables = Array.from({ length: COUNT }, (_, at): TableFacts => {
  const reads = at === 0 ? [] : [`gold.t${at - 1}`];
  return { name: `gold.t${at}`, columns: [{ name: "a", type: "int" }], keys: [["a"]], reads, definition: "d" };
});

/** Seconds of processor time, which others on the machine do not lengthen by waiting. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Well under a second; the bounds leave room for slow machines. */
it("plans a thousand tables in milliseconds", () => {
  const before = objectsOf((at) => `a = ${at}`);
  const desired = objectsOf((at) => `a = ${at % 10 === 0 ? at + 1 : at}`);
  const lastBundle: Bundle = { version: 1, project: "p", environment: "prod", objects: before, tables };
  const now = tables.map((each, at) => (at % 10 === 0 ? { ...each, definition: "e" } : each));
  const actual = deployed(before, "p");

  const start = processorSeconds();
  const usual = { project: "p", environment: "prod", desired, actual, lastBundle, adopt: new Set<string>() };
  const { plan, diagnostics } = createPlan({ ...usual, tables: now });
  const seconds = processorSeconds() - start;

  expect(diagnostics).toEqual([]);
  expect(plan.changes).toHaveLength(COUNT / 10);
  expect(plan.changes[0]?.effects[0]?.after).toHaveLength(COUNT - 1);
  expect(plan.steps).toHaveLength(COUNT / 10 + 2);
  expect(seconds).toBeLessThan(5);
});

it("plans a first deployment of a thousand tables as fast, with its text and JSON", () => {
  const desired = objectsOf((at) => `a = ${at}`);
  const start = processorSeconds();
  const adopt = new Set<string>();
  const { plan } = createPlan({
    project: "p",
    environment: "prod",
    desired,
    actual: [],
    lastBundle: undefined,
    adopt,
    tables,
  });
  expect(renderPlan(plan)).toContain(`Plan: ${desired.length} to add`);
  const place = {
    cloud: "public",
    storage: { url: "https://p.blob.core.windows.net", container: "p", state: "s" },
  } as const;
  expect(savedPlanText({ place, plan }).length).toBeGreaterThan(1000);
  const seconds = processorSeconds() - start;
  expect(seconds).toBeLessThan(5);
});

import { expect, it } from "vitest";
import { databricksTarget } from "../../../src/codegen/databricks/index.ts";
import { contextOf, programOf } from "../support/compile.ts";

function codesOf(settings: string, rest = "", params: Readonly<Record<string, string>> = {}): readonly string[] {
  const program = programOf(`
project shop {
  lake    = adls { account: "shoplake", container: "lake" }
  compute = databricks { ${settings} }
}
source files = http { base_url: "https://example.com/" }
bronze sales from files.csv("sales.csv") { id: long, \`order id\`: string }
${rest}`);
  return databricksTarget.check(program, contextOf(params)).map(({ code, message }) => `${code}: ${message}`);
}

const workspace = `workspace: "https://adb-1.2.azuredatabricks.net"`;

it("finds nothing wrong in what Databricks takes", () => {
  expect(codesOf(workspace)).toEqual([]);
  expect(
    codesOf(`workspace: "adb-1.2.azuredatabricks.net/", runtime: "18.1", node: "Standard_E8", workers: 0..0`),
  ).toEqual([]);
});

it("refuses a runtime that is none, or has no Spark 4", () => {
  for (const runtime of ["newest", "15.4 LTS", "16.4 LTS", "17.3.x-scala2.13"]) {
    expect(codesOf(`${workspace}, runtime: "${runtime}"`)).toEqual([
      `databricks-runtime: the Databricks runtime ${runtime} cannot run the notebooks`,
    ]);
  }
});

it("refuses what names no machine size, no workspace and no number of workers", () => {
  expect(codesOf(`${workspace}, node: "8 cores"`)).toEqual(["databricks-node: 8 cores is not a valid node type"]);
  expect(codesOf(`workspace: "my workspace"`)).toEqual([
    "databricks-workspace: my workspace is not the URL of a Databricks workspace",
  ]);
  for (const workers of ["4..1", "many", "-1", ""]) {
    expect(
      codesOf(`${workspace}, workers: param.workers`, `param workers: string = "${workers}"`, { workers }),
    ).toEqual([`databricks-workers: ${workers} is not a valid number of workers`]);
  }
});

it("refuses names of columns that Delta does not take, but not in bronze", () => {
  expect(codesOf(workspace, "silver t { from bronze.sales  select { a = `order id` } }")).toEqual([]);
  expect(codesOf(workspace, "silver t { from bronze.sales }")).toEqual([
    "databricks-column-name: the column name order id is not allowed in a Delta table that Synapse reads",
  ]);
});

it("points at the param that a wrong value comes from, in every environment once", () => {
  const program = programOf(`
project shop {
  lake    = adls { account: "shoplake", container: "lake" }
  compute = databricks { ${workspace}, node: param.node }
}
param node: string
`);
  const bad = { name: "prod", params: { node: "?" } };
  const found = databricksTarget.check(program, { environment: bad, environments: [bad] });
  expect(found.map(({ span }) => span)).toEqual([program.params[0]?.span]);
});

it("databricks-setting-unused: rejects settings that have no effect on the chosen compute", () => {
  const unused = (settings: string, rest = "", params: Readonly<Record<string, string>> = {}) =>
    codesOf(`${workspace}, ${settings}`, rest, params);
  expect(unused('cluster: "serverless", spot: true, workers: 1..8')).toEqual([
    "databricks-setting-unused: the setting workers has no effect: serverless compute has no cluster",
    "databricks-setting-unused: the setting spot has no effect: serverless compute has no cluster",
  ]);
  expect(unused('cluster: "0923-164208-meows279", photon: true')).toEqual([
    "databricks-setting-unused: the setting photon has no effect: the cluster exists already",
  ]);
  expect(unused('pool: "p", node: "Standard_E8", spot: true')).toEqual([
    "databricks-setting-unused: the setting node has no effect: the instance pool decides it",
    "databricks-setting-unused: the setting spot has no effect: the instance pool decides it",
  ]);
  // In another environment the job may have a cluster.
  expect(unused("cluster: param.c, workers: 1..8", 'param c: string = "job"', { c: "job" })).toEqual([]);
});

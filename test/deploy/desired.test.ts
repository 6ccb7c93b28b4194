import { expect, it } from "vitest";
import { databricksTarget } from "../../src/codegen/databricks/index.ts";
import { emitAll } from "../../src/codegen/emit.ts";
import { statementsOf } from "../../src/codegen/synapse/statements.ts";
import { adfReferences, ownerOfAdf } from "../../src/deploy/desired/adf.ts";
import { desiredDatabricks, notebookReferences } from "../../src/deploy/desired/databricks.ts";
import { desiredObjects } from "../../src/deploy/desired/objects.ts";
import { servingObject } from "../../src/deploy/desired/synapse.ts";
import { keyOf } from "../../src/deploy/object.ts";
import { contextOf, programOf } from "../codegen/support/compile.ts";
import { byKey, exampleFiles, exampleObjects } from "./support.ts";

const objects = exampleObjects();
const FOLDER = "/medalc/olist/prod/files/notebooks";

const needsOf = (key: string): readonly string[] => byKey(objects, key).needs;

it("every object has a unique name, ignoring letter case", () => {
  const keys = objects.map((each) => keyOf(each).toLowerCase());
  expect(new Set(keys).size).toBe(keys.length);
});

it("deploys each file of Data Factory's Git folder and each notebook once, and no template", () => {
  const files = exampleFiles().filter(
    ({ path }) => /^adf\/(?!arm\/)/.test(path) || path.startsWith("databricks/notebooks/"),
  );
  const made = objects.filter(({ kind, service }) => service === "adf" || kind === "notebook");
  expect(made.map(({ file }) => file).sort()).toEqual(files.map(({ path }) => path).sort());
});

it("derives an object's dependencies from its references, including those inside loops", () => {
  expect(needsOf("adf/pipeline/pl_ingest_erp")).toEqual([
    "adf/factory/olist-df",
    "adf/dataset/ds_erp_tables",
    "adf/dataset/ds_lake_lines",
  ]);
  expect(needsOf("adf/dataset/ds_erp_tables")).toContain("adf/linkedService/ls_erp");
  expect(needsOf("adf/linkedService/ls_erp")).toContain("adf/linkedService/ls_keyvault_olist_kv");
  expect(needsOf("adf/trigger/tr_olist_daily")).toContain("adf/pipeline/pl_olist");
  expect(needsOf("adf/pipeline/pl_olist")).toContain("databricks/job/[prod] olist");
});

it("finds references in branches, whatever the letter case of their type", () => {
  const dataset = { referenceName: "ds", type: "datasetReference" };
  const runtime = { referenceName: "ir", type: "IntegrationRuntimeReference" };
  const activity = { type: "IfCondition", typeProperties: { ifFalseActivities: [{ inputs: [dataset] }] } };
  expect(adfReferences({ activities: [activity], connectVia: runtime })).toEqual(["adf/dataset/ds"]);
});

it("a job depends on the notebooks of its tasks, a notebook on its folder and the notebooks it includes", () => {
  expect(needsOf("databricks/job/[prod] olist")).toContain(`databricks/notebook/${FOLDER}/gold/orders`);
  expect(needsOf(`databricks/notebook/${FOLDER}/gold/orders`)).toEqual([
    `databricks/folder/${FOLDER}/gold`,
    `databricks/notebook/${FOLDER}/lake`,
  ]);
  expect(notebookReferences("/a/b/c", "# MAGIC %run ./d\n# MAGIC %run ../e\n")).toEqual([
    "databricks/notebook//a/b/d",
    "databricks/notebook//a/e",
  ]);
});

it("a view depends on its schema and its data source", () => {
  expect(needsOf("synapse/view/gold.orders")).toEqual([
    "synapse/database/olist",
    "synapse/schema/gold",
    "synapse/dataSource/olist_lake",
  ]);
  expect(needsOf("synapse/user/olist-df")).toContain("adf/factory/olist-df");
  expect(needsOf("synapse/grant/MEMBER olist-df OF gold_publisher")).toContain("synapse/user/gold_publisher");
});

it("knows which tables an object builds or serves", () => {
  expect(byKey(objects, `databricks/notebook/${FOLDER}/gold/orders`).tables).toEqual(["gold.orders"]);
  expect(byKey(objects, "adf/pipeline/pl_ingest_erp").tables).toEqual(["bronze.payments"]);
  expect(byKey(objects, "synapse/view/gold.orders").tables).toEqual(["gold.orders"]);
  expect(byKey(objects, "adf/pipeline/pl_olist").tables).toEqual([]);
});

it("the desired trigger is started although the file has it stopped, and its body does not contain the state", () => {
  const trigger = byKey(objects, "adf/trigger/tr_olist_daily");
  expect(trigger.runs).toBe(true);
  expect(JSON.stringify(trigger.body)).not.toContain("runtimeState");
  expect(ownerOfAdf(trigger.body)).toEqual({ project: "olist", environment: "prod" });
});

it("resolves the bundle as the Databricks CLI does for a target", () => {
  const program = programOf(`
    project shop {
      lake    = adls { account: param.account, container: "lake" }
      compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net", workers: 0..0 }
    }
    param account: string
    source files = http { base_url: "https://example.com/" }
    bronze t from files.csv("t.csv") { a: string }
    silver t { from bronze.t }
  `);
  const environments = ["dev", "prod"].map((name) => ({ name, params: { account: `shop${name}` } }));
  const files = emitAll(program, { environment: { name: "dev", params: { account: "shopdev" } }, environments }).files;
  const jobIn = (environment: string) => desiredDatabricks(files, environment).find(({ kind }) => kind === "job");
  expect(jobIn("dev")?.name).toBe("[dev] shop");
  expect(jobIn("prod")).toMatchObject({
    name: "[prod] shop",
    body: {
      name: "[prod] shop",
      tags: { medal_project: "shop", medal_environment: "prod" },
      parameters: [{ name: "lake", default: "abfss://lake@shopprod.dfs.core.windows.net" }, { name: "load" }],
      tasks: ["newest_load", "run_record", "silver/t"].map((name) => ({
        notebook_task: { notebook_path: `/medalc/shop/prod/files/notebooks/${name}` },
      })),
    },
  });
});

it("refers to jobs by name if a job runs others", () => {
  const tables = Array.from({ length: 1001 }, (_, at) => `silver t${at} { from bronze.t }`);
  const program = programOf(`
    project shop {
      lake    = adls { account: "shoplake", container: "lake" }
      compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net" }
    }
    source files = http { base_url: "https://example.com/" }
    bronze t from files.csv("t.csv") { a: string }
    ${tables.join("\n")}
  `);
  const jobs = desiredDatabricks(databricksTarget.emit(program, contextOf({})), "prod").filter(
    ({ kind }) => kind === "job",
  );
  const main = byKey(jobs, "databricks/job/[prod] shop");
  expect(main.needs.filter((key) => key.startsWith("databricks/job/"))).toEqual([
    "databricks/job/[prod] shop_part_1",
    "databricks/job/[prod] shop_part_2",
  ]);
  expect(JSON.stringify(main.body)).toContain('"run_job_task":{"job_name":"[prod] shop_part_1"');
});

it("a service that the program does not use gets no objects", () => {
  const program = programOf('project shop { lake = adls { account: "shoplake", container: "lake" } }');
  const context = contextOf({});
  const found = desiredObjects(program, context.environment, emitAll(program, context).files);
  expect(found.map(keyOf)).toEqual(["storage/container/lake"]);
});

it("the body of a Synapse object contains everything its statements use", () => {
  const scripts = exampleFiles().filter(({ path }) => path.startsWith("synapse/"));
  const text = scripts.map((file) => file.text).join("");
  for (const object of objects.filter(({ service }) => service === "synapse")) {
    for (const statement of statementsOf(servingObject(object))) expect(text).toContain(statement);
  }
});

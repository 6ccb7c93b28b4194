import { expect, it } from "vitest";
import { parse } from "yaml";
import { databricksTarget } from "../../../src/codegen/databricks/index.ts";
import type { EmitContext } from "../../../src/codegen/target.ts";
import { contextOf, programOf } from "../support/compile.ts";

const environment = (name: string, account: string) => ({
  name,
  params: { account, workspace: `adb-1.2.azuredatabricks.net`, node: "Standard_D4ds_v5" },
});
const dev = environment("dev", "shopdev");
const prod = environment("prod", "shopprod");

function program(tables: string, workers = "1..4") {
  return programOf(`
project shop {
  lake    = adls { account: param.account, container: "lake" }
  compute = databricks { workspace: param.workspace, node: param.node, workers: ${workers} }
}
param account: string
param workspace: string
param node: string
source files = http { base_url: "https://example.com/" }
bronze sales from files.csv("sales.csv") { id: long }
${tables}`);
}

function bundleOf(tables: string, context: EmitContext, workers?: string) {
  const files = databricksTarget.emit(program(tables, workers), context);
  const paths = new Set(files.map(({ path }) => path));
  return { paths, bundle: parse(files.find(({ path }) => path.endsWith("databricks.yml"))?.text ?? "") };
}

const TABLES = `
silver a { from bronze.sales }
silver b { from silver.a }
gold c { from silver.b as x  join many silver.a as y on y.id == x.id  select { x.id } }
`;

it("says what it is and where it comes from", () => {
  const documented = programOf(`/// Sales of the shop.
///
/// By day.
project shop {
  lake    = adls { account: "shop", container: "lake" }
  compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net" }
}`);
  const [file] = databricksTarget.emit(documented, contextOf({}));
  expect(file?.text.split("\n").slice(0, 6)).toEqual([
    "# Sales of the shop.",
    "#",
    "# By day.",
    "#",
    "# Compiled from `main.medal`: change it there.",
    "bundle:",
  ]);
});

it("has a task a table that waits for those it reads", () => {
  const { bundle, paths } = bundleOf(TABLES, { environment: dev, environments: [dev, prod] });
  const { tasks } = bundle.resources.jobs.shop;
  expect(
    tasks.map((each: { task_key: string; depends_on?: { task_key: string }[] }) => [
      each.task_key,
      each.depends_on?.map((task) => task.task_key),
    ]),
  ).toEqual([
    ["silver_a", undefined],
    ["silver_b", ["silver_a"]],
    ["gold_c", ["silver_b", "silver_a"]],
  ]);
  for (const { notebook_task: task, job_cluster_key: cluster } of tasks) {
    expect(paths).toContain(`databricks/${task.notebook_path.replace("./", "")}`);
    expect(cluster).toBe(bundle.resources.jobs.shop.job_clusters[0].job_cluster_key);
  }
});

it("hands the lake and the load to the notebooks, the newest load where none is given", () => {
  const { bundle } = bundleOf(TABLES, { environment: dev, environments: [dev] });
  expect(bundle.resources.jobs.shop.parameters).toEqual([
    { name: "lake", default: `\${var.lake}` },
    { name: "load", default: "" },
  ]);
  expect(bundle.variables.lake.default).toBe("abfss://lake@shopdev.dfs.core.windows.net");
  expect(bundle.resources.jobs.shop.schedule).toBeUndefined();
});

it("has a target an environment, with what is different there", () => {
  const { bundle } = bundleOf(TABLES, { environment: dev, environments: [dev, prod] });
  const workspace = { host: "https://adb-1.2.azuredatabricks.net", root_path: "/Workspace/Shared/medalc/shop" };
  expect(bundle.targets).toEqual({
    dev: { default: true, presets: { name_prefix: "[dev] " }, workspace },
    prod: { mode: "production", workspace, variables: { lake: "abfss://lake@shopprod.dfs.core.windows.net" } },
  });
});

it("has the environment that it is made for where there is no other", () => {
  const { bundle } = bundleOf(TABLES, { environment: { ...prod, name: "default" }, environments: [] });
  expect(Object.keys(bundle.targets)).toEqual(["default"]);
  expect(bundle.targets.default.default).toBe(true);
});

it("asks for the cluster that the program names", () => {
  const cluster = (workers: string) =>
    bundleOf(TABLES, { environment: dev, environments: [dev] }, workers).bundle.resources.jobs.shop.job_clusters[0]
      .new_cluster;
  expect(cluster("1..4")).toEqual({
    spark_version: `\${var.spark_version}`,
    node_type_id: `\${var.node_type}`,
    data_security_mode: "SINGLE_USER",
    autoscale: { min_workers: 1, max_workers: 4 },
  });
  expect(cluster("2..2")).toMatchObject({ num_workers: 2 });
  expect(cluster("0..0")).toMatchObject({ num_workers: 0, custom_tags: { ResourceClass: "SingleNode" } });
});

it("runs jobs of at most 1,000 tasks one after the other where a job cannot hold all", () => {
  const tables = Array.from({ length: 2100 }, (_, at) =>
    at === 0 ? "silver t0 { from bronze.sales }" : `silver t${at} { from silver.t${at - 1} }`,
  );
  const { bundle } = bundleOf(tables.join("\n"), contextOf(dev.params));
  const { shop, ...parts } = bundle.resources.jobs;
  expect(Object.entries<{ tasks: unknown[] }>(parts).map(([key, { tasks }]) => [key, tasks.length])).toEqual([
    ["shop_part_1", 1000],
    ["shop_part_2", 1000],
    ["shop_part_3", 100],
  ]);
  expect(shop.tasks[1]).toEqual({
    task_key: "shop_part_2",
    depends_on: [{ task_key: "shop_part_1" }],
    run_job_task: {
      job_id: `\${resources.jobs.shop_part_2.id}`,
      job_parameters: { lake: "{{job.parameters.lake}}", load: "{{job.parameters.load}}" },
    },
  });
  expect(parts.shop_part_2.tasks[0]).not.toHaveProperty("depends_on");
  expect(parts.shop_part_2.tasks[1].depends_on).toEqual([{ task_key: "silver_t1000" }]);
}, 60_000);

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

interface Wishes {
  readonly settings?: string;
  readonly rest?: string;
}

function program(tables: string, { settings = "", rest = "" }: Wishes) {
  return programOf(`
project shop {
  lake    = adls { account: param.account, container: "lake" }
  compute = databricks { workspace: param.workspace, node: param.node, ${settings} }
}
${rest}
param account: string
param workspace: string
param node: string
source files = http { base_url: "https://example.com/" }
bronze sales from files.csv("sales.csv") { id: long }
${tables}`);
}

function bundleOf(tables: string, context: EmitContext, wishes: Wishes = {}) {
  const files = databricksTarget.emit(program(tables, wishes), context);
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
    ["newest_load", undefined],
    ["silver_a", ["newest_load"]],
    ["silver_b", ["silver_a"]],
    ["gold_c", ["silver_b", "silver_a"]],
    ["run_record", ["silver_a", "silver_b", "gold_c"]],
  ]);
  const given = tasks.map((each: { notebook_task: object }) => each.notebook_task);
  expect(given.slice(0, -1).filter((each: object) => "base_parameters" in each)).toEqual([
    {
      notebook_path: "./notebooks/silver/a.py",
      base_parameters: { newest_load: "{{tasks.newest_load.values.load}}" },
    },
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

it("has a target an environment, each with its own folder and what is different there", () => {
  const { bundle } = bundleOf(TABLES, { environment: dev, environments: [dev, prod] });
  const host = "https://adb-1.2.azuredatabricks.net";
  expect(bundle.targets).toEqual({
    dev: { default: true, workspace: { host, root_path: "/Workspace/medalc/shop/dev" } },
    prod: {
      mode: "production",
      workspace: { host, root_path: "/Workspace/medalc/shop/prod" },
      variables: { lake: "abfss://lake@shopprod.dfs.core.windows.net" },
    },
  });
  const { name, tags } = bundle.resources.jobs.shop;
  expect([name, tags]).toEqual([
    "[\u0024{bundle.target}] shop",
    { medal_project: "shop", medal_environment: "\u0024{bundle.target}" },
  ]);
});

it("says who may change and run it, and as whom it runs", () => {
  const runner = "0b1ec700-0000-4000-8000-000000000001";
  const settings = `can_manage: "data-engineers, ada@shop.example", can_view: "analysts, ada@shop.example", folder: "/Teams/sales"
    run_as: "${runner}", can_run: param.factory`;
  const environments = [{ ...prod, params: { ...prod.params, factory: "fac70e1d-0000-4000-8000-000000000001" } }];
  const { bundle } = bundleOf(TABLES, { environment: prod, environments }, { settings, rest: "param factory: string" });
  expect(bundle.targets.prod).toMatchObject({
    workspace: { root_path: "/Workspace/Teams/sales/shop/prod" },
    run_as: { service_principal_name: runner },
    permissions: [
      { level: "CAN_MANAGE", group_name: "data-engineers" },
      { level: "CAN_MANAGE", user_name: "ada@shop.example" },
      { level: "CAN_RUN", service_principal_name: "fac70e1d-0000-4000-8000-000000000001" },
      { level: "CAN_RUN", service_principal_name: runner },
      { level: "CAN_VIEW", group_name: "analysts" },
    ],
  });
});

it("has the environment that it is made for where there is no other", () => {
  const { bundle } = bundleOf(TABLES, { environment: { ...prod, name: "default" }, environments: [] });
  expect(Object.keys(bundle.targets)).toEqual(["default"]);
  expect(bundle.targets.default.default).toBe(true);
});

const jobIn = (settings: string) =>
  bundleOf(TABLES, { environment: dev, environments: [dev] }, { settings }).bundle.resources.jobs.shop;

it("has one cluster for all tasks, as the program says", () => {
  const cluster = (settings: string) => jobIn(settings).job_clusters[0].new_cluster;
  expect(cluster("workers: 1..4")).toEqual({
    spark_version: "\u0024{var.spark_version}",
    node_type_id: "\u0024{var.node_type}",
    data_security_mode: "SINGLE_USER",
    autoscale: { min_workers: 1, max_workers: 4 },
  });
  expect(cluster("workers: 2..2")).toMatchObject({ num_workers: 2 });
  expect(cluster("workers: 0..0")).toMatchObject({ num_workers: 0, custom_tags: { ResourceClass: "SingleNode" } });
  expect(cluster('pool: "0101-120000-brick1-pool-x", policy: "ABC", photon: true')).toEqual({
    spark_version: "\u0024{var.spark_version}",
    instance_pool_id: "0101-120000-brick1-pool-x",
    policy_id: "ABC",
    data_security_mode: "SINGLE_USER",
    runtime_engine: "PHOTON",
    autoscale: { min_workers: 1, max_workers: 4 },
  });
  expect(cluster("spot: true").azure_attributes).toEqual({
    first_on_demand: 1,
    availability: "SPOT_WITH_FALLBACK_AZURE",
    spot_bid_max_price: -1,
  });
});

it("runs on serverless compute without a cluster, and each task once", () => {
  const { tasks, job_clusters: clusters } = jobIn('cluster: "serverless"');
  expect(clusters).toBeUndefined();
  expect(tasks[0]).toEqual({
    task_key: "newest_load",
    disable_auto_optimization: true,
    notebook_task: { notebook_path: "./notebooks/newest_load.py" },
  });
});

it("names the environment of serverless compute in the notebooks, where one environment uses it", () => {
  const firstLines = (settings: string) => {
    const files = databricksTarget.emit(program(TABLES, { settings }), { environment: dev, environments: [dev] });
    return files
      .find(({ path }) => path.endsWith("silver/a.py"))
      ?.text.split("\n")
      .slice(0, 5);
  };
  expect(firstLines('cluster: "serverless"')).toEqual([
    "# Databricks notebook source",
    "# /// script",
    "# [tool.databricks.environment]",
    '# environment_version = "4"',
    "# ///",
  ]);
  expect(firstLines("workers: 1..4")?.[1]).toMatch(/^# MAGIC/);
});

it("runs on an existing cluster", () => {
  const { tasks, job_clusters: clusters } = jobIn('cluster: "0923-164208-meows279"');
  expect(clusters).toBeUndefined();
  expect(tasks[0]).toMatchObject({ existing_cluster_id: "0923-164208-meows279" });
});

it("has the jobs of each environment in its target where they differ", () => {
  const on = (environment: typeof dev, cluster: string, workers: string) => ({
    ...environment,
    params: { ...environment.params, cluster, workers },
  });
  const environments = [on(dev, "serverless", "1..1"), on(prod, "job", "2..8")];
  const [environment = dev] = environments;
  const { bundle } = bundleOf(
    TABLES,
    { environment, environments },
    {
      settings: "cluster: param.cluster, workers: param.workers",
      rest: "param cluster: string\nparam workers: string",
    },
  );
  expect(bundle.resources).toBeUndefined();
  const [inDev, inProd] = ["dev", "prod"].map((name) => bundle.targets[name].resources.jobs.shop);
  expect(inDev).not.toHaveProperty("job_clusters");
  expect(inProd.job_clusters[0].new_cluster.autoscale).toEqual({ min_workers: 2, max_workers: 8 });
  expect(inDev.tasks.map(({ task_key: key }: { task_key: string }) => key)).toEqual([
    ...["newest_load", "silver_a", "silver_b", "gold_c", "run_record"],
  ]);
});

it("runs jobs of at most 1,000 tasks one after the other where a job cannot hold all", () => {
  const tables = Array.from({ length: 2100 }, (_, at) =>
    at === 0 ? "silver t0 { from bronze.sales }" : `silver t${at} { from silver.t${at - 1} }`,
  );
  const { bundle } = bundleOf(tables.join("\n"), contextOf(dev.params));
  const { shop, ...parts } = bundle.resources.jobs;
  expect(Object.entries<{ tasks: unknown[] }>(parts).map(([key, { tasks }]) => [key, tasks.length])).toEqual([
    ["shop_part_1", 999],
    ["shop_part_2", 999],
    ["shop_part_3", 105],
  ]);
  expect(shop.tasks[0]).toMatchObject({ task_key: "newest_load" });
  expect(shop.tasks[0].job_cluster_key).toBe(shop.job_clusters[0].job_cluster_key);
  expect(shop.tasks[1].depends_on).toEqual([{ task_key: "newest_load" }]);
  expect(shop.tasks[2]).toEqual({
    task_key: "shop_part_2",
    depends_on: [{ task_key: "shop_part_1" }],
    run_job_task: {
      job_id: `\${resources.jobs.shop_part_2.id}`,
      job_parameters: {
        lake: "{{job.parameters.lake}}",
        load: "{{tasks.newest_load.values.load}}",
        run: "{{job.run_id}}",
      },
    },
  });
  expect(JSON.stringify(parts)).not.toContain("newest_load");
  expect(parts.shop_part_2.tasks[0]).not.toHaveProperty("depends_on");
  expect(parts.shop_part_2.tasks[1].depends_on).toEqual([{ task_key: "silver_t998" }]);
  // Each part adds its tables to the record of the run that started it.
  expect(parts.shop_part_2.parameters).toContainEqual({ name: "run", default: "" });
  expect(parts.shop_part_2.tasks.at(-1).notebook_task.base_parameters).toMatchObject({
    run: "{{job.parameters.run}}.{{job.repair_count}}",
  });
}, 60_000);

it("records the run in the end, whatever became of the tables", () => {
  const { bundle, paths } = bundleOf(TABLES, { environment: dev, environments: [dev] });
  const { task_key: _, depends_on: __, job_cluster_key: ___, ...task } = bundle.resources.jobs.shop.tasks.at(-1);
  expect(task).toEqual({
    run_if: "ALL_DONE",
    notebook_task: {
      notebook_path: "./notebooks/run_record.py",
      base_parameters: {
        run: "{{job.run_id}}.{{job.repair_count}}",
        started: "{{job.start_time.timestamp_ms}}",
        tables: expect.any(String),
      },
    },
  });
  expect(paths).toContain("databricks/notebooks/run_record.py");
  expect(JSON.parse(task.notebook_task.base_parameters.tables)).toEqual({
    "silver.a": ["silver_a", "{{tasks.silver_a.result_state}}"],
    "silver.b": ["silver_b", "{{tasks.silver_b.result_state}}"],
    "gold.c": ["gold_c", "{{tasks.gold_c.result_state}}"],
  });
  const empty = bundleOf("", { environment: dev, environments: [dev] });
  expect(empty.bundle.resources.jobs.shop.tasks).toHaveLength(1);
});

const DESTINATION = "d0e5f1c7-0000-4000-8000-000000000001";

function notified(notify: string, context: EmitContext) {
  const text = `project shop {
  lake    = adls { account: param.account, container: "lake" }
  compute = databricks { workspace: param.workspace }
  notify  = on_failure { ${notify} }
}
param account: string
param workspace: string
param oncall: string
source files = http { base_url: "https://example.com/" }
bronze sales from files.csv("sales.csv") { id: long }
silver a { from bronze.sales }`;
  const [file] = databricksTarget.emit(programOf(text), context);
  return parse(file?.text ?? "");
}

it("notifies of failed runs, the same in all environments in the job that they share", () => {
  const email = "ada@shop.example, bob@shop.example";
  const { resources, targets } = notified(`email: "${email}", databricks_destinations: "${DESTINATION}"`, {
    environment: dev,
    environments: [dev, prod],
  });
  expect(resources.jobs.shop).toMatchObject({
    email_notifications: { on_failure: ["ada@shop.example", "bob@shop.example"] },
    webhook_notifications: { on_failure: [{ id: DESTINATION }] },
  });
  expect(targets.dev.resources).toBeUndefined();
  expect(targets.prod.resources).toBeUndefined();
});

it("notifies others in other environments, with the rest of the job in one place", () => {
  const environments = [dev, prod].map((each) => ({
    ...each,
    params: { ...each.params, oncall: each === dev ? "" : "ada@shop.example" },
  }));
  const { resources, targets } = notified("email: param.oncall", { environment: dev, environments });
  expect(resources.jobs.shop.email_notifications).toBeUndefined();
  expect(resources.jobs.shop.tasks.length).toBeGreaterThan(1);
  expect(targets.dev.resources).toBeUndefined();
  expect(targets.prod.resources).toEqual({
    jobs: { shop: { email_notifications: { on_failure: ["ada@shop.example"] } } },
  });
});

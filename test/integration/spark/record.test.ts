/** What a job of Databricks and a local run record of the same lake: the same rows in the same table. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { databricksTarget } from "../../../src/codegen/databricks/index.ts";
import { RUN_COLUMNS } from "../../../src/codegen/shared/run-record.ts";
import { contextOf } from "../../codegen/support/compile.ts";
import { createProject, type Project } from "../../runner/project.ts";
import { planOf } from "../../support/compile.ts";
import { type JobSettings, runJob } from "../../support/spark/job.ts";
import { deltaColumns, deltaFacts, writeNotebooks } from "../../support/spark/lake.ts";
import { INSTALLED_AND_RUN, type Spark, startSpark } from "../../support/spark/session.ts";

const PROGRAM = `project shop {
  lake = adls { account: "shop", container: "lake" }
  compute = databricks { workspace: "https://adb-1.1.azuredatabricks.net" }
}
source files = file { path: "in/" }
bronze sales from files.csv("sales.csv") { id: int, shop: string, price: int, key id }
silver sales {
  from bronze.sales
  expect "has a price": price > 0 else quarantine
  expect "is cheap": price < 100 else warn
  expect "is for sale": price < 1000 else fail
  key id
}
gold shops { from silver.sales group by shop { total = sum(price) } }
gold names { from bronze.sales select { shop } distinct expect "is a name": shop != "?" else quarantine key shop }
`;
const SALES = "id,shop,price\n1,a,10\n2,b,200\n3,?,0\nx,c,5\n4,a,-1\n";

let spark: Spark;
let project: Project;
let job: JobSettings;
const folder = mkdtempSync(join(tmpdir(), "medal-record-"));

beforeAll(async () => {
  spark = await startSpark();
  project = await createProject(PROGRAM, { "sales.csv": SALES });
  writeNotebooks(planOf(PROGRAM), contextOf({}), folder);
  const [bundle] = databricksTarget.emit(planOf(PROGRAM), contextOf({}));
  job = parse(bundle?.text ?? "").resources.jobs.shop;
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  await project?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const inCloud = (id: string) =>
  runJob(spark, join(folder, "databricks"), job, {
    id,
    started: Date.UTC(2026, 0, 31, 7),
    parameters: { lake: `file:${project.lakeFolder}`, load: "" },
  });

const recorded = async (run: string) => {
  const rows = await spark.rows(join(project.lakeFolder, "runs"));
  return rows
    .filter((row) => String(row.run) === run)
    .map(({ relation, state, rows: count, rejected, quarantined, warned, bytes, seconds, checks }) => {
      expect(Number(seconds)).toBeGreaterThanOrEqual(0);
      expect(Number(bytes)).toBeGreaterThanOrEqual(0);
      const counts = { rows: count, rejected, quarantined, warned };
      return { relation, state, ...counts, checks: JSON.parse(String(checks)) };
    })
    .sort((a, b) => (String(a.relation) < String(b.relation) ? -1 : 1));
};

const KEYS = [{ name: "bronze.sales key (id)", action: "fail", rows: 0 }];
const TABLES = [
  {
    ...{ relation: "gold.names", state: "ok", rows: 2, rejected: 1, quarantined: 1, warned: 0 },
    checks: [{ name: "is a name", action: "quarantine", rows: 1 }, ...KEYS],
  },
  { relation: "gold.shops", state: "ok", rows: 2, rejected: 0, quarantined: 0, warned: 0, checks: [] },
  {
    ...{ relation: "silver.sales", state: "ok", rows: 2, rejected: 1, quarantined: 2, warned: 1 },
    checks: [
      { name: "has a price", action: "quarantine", rows: 2 },
      { name: "is cheap", action: "warn", rows: 1 },
      { name: "is for sale", action: "fail", rows: 0 },
      ...KEYS,
    ],
  },
];

it("records a run of the job in the form of a local run, in the same table", async () => {
  const { relations } = await project.run();
  const local = await recorded("2026-01-31T06:00:00.000Z");
  expect(local.filter(({ relation }) => relation !== "bronze.sales")).toEqual(TABLES);
  expect(local).toHaveLength(relations.length);

  const { result, tasks } = await inCloud("7001");
  expect(result).toBe("SUCCESS");
  expect(await recorded("7001.0")).toEqual(TABLES);
  expect(await recorded("2026-01-31T06:00:00.000Z")).toEqual(local);
  // A notebook ends with its own row.
  const { started: _, ...exit } = JSON.parse(tasks.get("silver_sales")?.exit ?? "{}");
  expect(exit).toMatchObject(TABLES[2] ?? {});
  expect(Object.keys(exit).sort()).toEqual(
    RUN_COLUMNS.map(({ name }) => name)
      .filter((name) => !["run", "started"].includes(name))
      .sort(),
  );
});

it("records a run in which a table fails, and fails the job by it", async () => {
  project.write({ "sales.csv": `${SALES}5,d,5000\n` });
  await project.run();
  const { result, states, tasks } = await inCloud("7002");
  expect(result).toBe("FAILED");
  expect(Object.fromEntries(states)).toEqual({
    newest_load: "success",
    silver_sales: "failed",
    gold_names: "success",
    gold_shops: "upstream_failed",
    run_record: "failed",
  });
  expect(tasks.get("run_record")?.error).toBe(
    "2 of 3 tables were not built; failed: silver.sales; skipped: gold.shops",
  );
  const cloud = await recorded("7002.0");
  expect(cloud.map(({ relation, state, rows }) => [relation, state, rows])).toEqual([
    ["gold.names", "ok", 3],
    ["gold.shops", "skipped", null],
    ["silver.sales", "failed", null],
  ]);
  const local = await recorded("2026-01-31T07:00:00.000Z");
  expect(local.filter(({ relation }) => relation !== "bronze.sales")).toEqual(cloud);
  expect(await recorded("7001.0")).toHaveLength(3);
});

it("has the same columns whoever creates the table, which every reader of version 1 can read", async () => {
  const byLocal = deltaFacts(join(project.lakeFolder, "runs"));
  rmSync(join(project.lakeFolder, "runs"), { recursive: true });
  await inCloud("7003");
  const byJob = deltaFacts(join(project.lakeFolder, "runs"));
  const columns = deltaColumns(
    RUN_COLUMNS.map((column) => ({ ...column, tags: [], span: { file: "", start: 0, end: 0 } })),
  );
  expect(byLocal).toMatchObject({ columns, protocol: { minReaderVersion: 1, minWriterVersion: 2 } });
  expect(byJob).toMatchObject({ columns, protocol: { minReaderVersion: 1, minWriterVersion: 2 } });
  await project.run();
  expect(await recorded("2026-01-31T08:00:00.000Z")).toHaveLength(4);
});

it("keeps the states of tables whose values Databricks has no room for", async () => {
  const { notebook_task: notebook } = job.tasks.find(({ task_key }) => task_key === "run_record") ?? job.tasks[0] ?? {};
  const tables = { "silver.a": ["silver_a", "success"], "gold.b": ["gold_b", "SUCCESS"] };
  const outcome = await spark.task(
    join(folder, "databricks", notebook?.notebook_path ?? ""),
    { lake: `file:${project.lakeFolder}`, load: "", run: "7004.0", started: "0", tables: JSON.stringify(tables) },
    { silver_a: {}, gold_b: {} },
  );
  expect(outcome.error).toBeUndefined();
  const rows = (await spark.rows(join(project.lakeFolder, "runs"))).filter(({ run }) => run === "7004.0");
  expect(rows.map(({ state, rows, checks }) => [state, rows, checks])).toEqual(Array(2).fill(["ok", null, null]));
});

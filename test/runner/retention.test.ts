/** `keep_loads`: which loads a run removes. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createLake } from "../../src/runner/lake.ts";
import { removeOldLoads } from "../../src/runner/retention.ts";
import { createProject, type Project, programOf } from "./project.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "lake", keep_loads: "90d" } }
source files = file { path: "in/" }
bronze orders from files.csv("orders.csv") { id: int }
`;

let project: Project;
afterEach(() => project?.remove());

const loads = (): readonly string[] => readdirSync(join(project.lakeFolder, "bronze/orders")).sort();

function load(id: string, record: object | undefined, file = "orders.csv"): void {
  const folder = join(project.lakeFolder, `bronze/orders/load=${id}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), "id\n1\n");
  if (record !== undefined) writeFileSync(join(folder, "_load.json"), JSON.stringify({ bytes: 5, ...record }));
}

/** Four loads, and an unfinished one; the run is at the end of June. */
function fourLoads(...records: readonly object[]): void {
  const ids = ["20250101T060000Z", "20260101T060000Z", "20260601T060000Z", "20260615T060000Z"];
  for (const [index, id] of ids.entries()) load(id, records[index] ?? {});
  load("20240101T060000Z", undefined);
}

async function remove(text: string): Promise<readonly string[]> {
  const program = programOf(text);
  const problems = await removeOldLoads(program.bronze, {
    ...{ program, params: { days: "1d" }, lake: createLake(project.lakeFolder) },
    startedAt: new Date("2026-06-30T12:00:00Z"),
  });
  expect(problems).toEqual([]);
  return loads().map((name) => name.slice("load=".length, "load=".length + 8));
}

it("removes loads that no longer count and are older", async () => {
  project = await createProject(PROGRAM);
  fourLoads();
  expect(await remove(PROGRAM)).toEqual(["20240101", "20260601", "20260615"]);
});

it("keeps the newest load, however old it is", async () => {
  project = await createProject(PROGRAM);
  load("20200101T060000Z", {});
  expect(await remove(PROGRAM)).toEqual(["20200101"]);
});

it("keeps all loads without the setting, and takes its value from a param", async () => {
  project = await createProject(PROGRAM);
  fourLoads();
  expect(await remove(PROGRAM.replace(', keep_loads: "90d"', ""))).toHaveLength(5);
  const param = PROGRAM.replace('"90d"', "param.days").replace("source", "param days: string\nsource");
  expect(await remove(param)).toEqual(["20240101", "20260615"]);
});

it("keeps every load that has a row that counts", async () => {
  project = await createProject(PROGRAM);
  const range = PROGRAM.replace(
    'orders from files.csv("orders.csv") { id: int }',
    'orders from db.table("orders") { load append by id  id: int }',
  );
  const database =
    'secret p = keyvault("kv", "p")\nsource db = postgres { host: "h", database: "d", user: "u", password: secret.p }\n';
  const origin = { mode: "append by id" };
  fourLoads(
    { ...origin, to: "10" },
    { ...origin, from: "5", to: "20" },
    { ...origin, from: "1", to: "30" },
    { ...origin, from: "25", to: "40" },
  );
  // The range of the second load is contained in that of the third.
  expect(await remove(range + database)).toEqual(["20240101", "20250101", "20260601", "20260615"]);
});

it("removes old loads at the end of a run", async () => {
  project = await createProject(PROGRAM, { "orders.csv": "id\n1\n" });
  await project.run({ startedAt: new Date("2026-01-01T00:00:00Z") });
  project.write({ "orders.csv": "id\n2\n" });
  await project.run({ startedAt: new Date("2026-02-01T00:00:00Z") });
  expect(loads()).toHaveLength(2);
  await project.run({ startedAt: new Date("2026-06-01T00:00:00Z") });
  expect(loads()).toEqual(["load=20260201T000000Z"]);
  expect(existsSync(join(project.lakeFolder, "bronze/orders/load=20260201T000000Z/orders.csv"))).toBe(true);
});

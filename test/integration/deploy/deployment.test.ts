import { afterAll, expect, it } from "vitest";
import { startCloud } from "../../fakes/cloud.ts";
import { carryOut, connect, deployable, deployed, planned, shop, state, stepsOf } from "./support.ts";

const cloud = await startCloud();
afterAll(() => cloud[Symbol.asyncDispose]());

const first = deployable(shop());
const second = deployable(shop({ gold: "total = sum(price), orders = count()" }));
const stack = connect(cloud, first.objects);

it("deploys, deploys again without changes, changes one column and rolls back", async () => {
  const { plan, problems } = await planned(stack, first);
  expect(problems).toEqual([]);
  expect(plan.changes.every(({ action }) => action === "add")).toBe(true);
  const report = await carryOut(stack, plan);
  expect(report).toMatchObject({ id: "000001", isDone: true, failed: [], left: [], problems: [] });
  const before = await state(stack, first);
  expect(before).toMatchObject({ "adf/trigger/tr_shop_daily": { runs: true, project: "shop" } });

  cloud.faults.restart();
  expect(stepsOf((await planned(stack, first)).plan)).toEqual([]);
  expect(cloud.faults.count()).toBeLessThan(30);

  const change = (await planned(stack, second)).plan;
  expect(change.changes.map(({ action, key }) => `${action} ${key}`)).toEqual([
    "change databricks/notebook//medalc/shop/prod/files/notebooks/gold/cities",
    "change adf/pipeline/pl_shop_views",
    "change synapse/view/gold.cities",
  ]);
  expect(await carryOut(stack, change)).toMatchObject({ id: "000002", isDone: true });
  expect(stepsOf((await planned(stack, second)).plan)).toEqual([]);
  await deployed(stack, first);
  expect(await state(stack, first)).toEqual(before);
});

it("destroys everything of the project, and restores it", async () => {
  const nothing = { objects: [], tables: [] };
  const before = await state(stack, first);
  const { plan, problems } = await planned(stack, nothing);
  expect(problems).toEqual([]);
  expect(await carryOut(stack, plan, "destroy")).toMatchObject({ isDone: true });
  expect(stepsOf((await planned(stack, nothing)).plan)).toEqual([]);
  await deployed(stack, first);
  expect(await state(stack, first)).toEqual(before);
});

it("destroys its objects in a folder that contains objects of others, without the permissions", async () => {
  const nothing = { objects: [], tables: [] };
  const path = "/medalc/shop/prod/files/notebooks/gold/experiment";
  cloud.workspace.put(path, { language: "PYTHON", text: "print(1)\n" });
  const { plan } = await planned(stack, nothing);
  expect(plan.warnings.filter(({ kind }) => kind === "drift")).toEqual([]);
  expect(await carryOut(stack, plan, "destroy")).toMatchObject({ isDone: true });
  expect(cloud.workspace.at(path)).toContain("print(1)");
  expect(await deployed(stack, first)).toMatchObject({ isDone: true });
  expect(stepsOf((await planned(stack, first)).plan)).toEqual([]);
});

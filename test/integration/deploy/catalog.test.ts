/** Schemas and tables in Unity Catalog: deployments make the schemas, runs the tables, and both are found again. */
import { afterAll, beforeEach, expect, it } from "vitest";
import type { DeployPlan } from "../../../src/deploy/deploy-plan.ts";
import { renderPlan } from "../../../src/deploy/render.ts";
import { planTarget } from "../../../src/deploy/target.ts";
import { createAccess } from "../../fakes/access.ts";
import { carryOut, connect, type Deployable, deployable, deployed, planned, shop, stepsOf } from "./support.ts";
import { startWorld, wantedOf } from "./world.ts";

const RUNNER = "5e4a11ce-0000-4000-8000-000000000001";
const LAKE = "abfss://shop@shoplake.dfs.core.windows.net";

interface Wishes {
  readonly settings?: string;
  readonly column?: string;
  readonly more?: string;
}

const SETTINGS = `catalog: "main", readers: "analysts", run_as: "${RUNNER}"`;

function withCatalog({ settings = SETTINGS, column = "city:     string", more = "" }: Wishes = {}): Deployable {
  const text = shop({ more }).replace("can_manage:", `${settings}\n    can_manage:`);
  return deployable(text.replace("city:     string", column));
}

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { cloud } = world;
const wanted = withCatalog();
const stack = connect(cloud, wanted.objects);
const restore = await world.save();
beforeEach(async () => {
  await restore();
  cloud.access.catalogs = createAccess().catalogs;
  cloud.access.catalogPrivileges.clear();
  cloud.access.unknownPrincipals.clear();
});

/** What a run registers of the program's tables. */
function run({ objects }: Deployable): void {
  for (const { kind, name, body } of objects) {
    if (kind === "catalogTable") cloud.workspace.catalog.register(name, Object(body));
  }
}

const changesOf = ({ changes }: DeployPlan) => changes.map(({ action, key }) => `${action} ${key}`);
const warningsOf = ({ warnings }: DeployPlan) => warnings.map(({ kind, key }) => `${kind} ${key}`);
const SCHEMAS = ["databricks/catalogSchema/main.silver", "databricks/catalogSchema/main.gold"];

it("creates the schemas with their mark and grants before the job, and finds them and the tables again", async () => {
  const { plan } = await planned(stack, wanted);
  expect(changesOf(plan)).toEqual(expect.arrayContaining(SCHEMAS.map((each) => `add ${each}`)));
  expect(changesOf(plan).filter((each) => each.includes("catalogTable"))).toEqual([]);
  const job = plan.steps.find(({ id }) => id.includes("databricks/job"));
  expect(job?.after).toEqual(expect.arrayContaining(SCHEMAS.map((each) => `add ${each}`)));
  expect(await carryOut(stack, plan)).toMatchObject({ isDone: true });

  const { catalog } = cloud.workspace;
  expect(catalog.schemas.get("main.gold")).toMatchObject({
    comment: "The gold tables of shop",
    properties: { medal_project: "shop", medal_environment: "prod", medal_location: `${LAKE}/gold` },
  });
  expect(catalog.grantsOn("main.gold")).toEqual({
    analysts: ["SELECT", "USE_SCHEMA"],
    [RUNNER]: ["CREATE_TABLE", "USE_SCHEMA"],
  });
  expect(catalog.grantsOn("main.silver")).toEqual({ [RUNNER]: ["CREATE_TABLE", "USE_SCHEMA"] });

  // Before the first run, and after it.
  for (const make of [() => undefined, () => run(wanted)]) {
    make();
    const again = (await planned(stack, wanted)).plan;
    expect([stepsOf(again), warningsOf(again)]).toEqual([[], []]);
  }
});

it("shows what the next run changes in the catalog, and does not call it a change of somebody else", async () => {
  await deployed(stack, wanted);
  run(wanted);
  const changed = withCatalog({ column: "/// Where it went.\n  city:     string @pii" });
  const { plan } = await planned(stack, changed);
  const entries = ["main.silver.orders", "main.gold.cities"].map((each) => `databricks/catalogTable/${each}`);
  expect(warningsOf(plan).toSorted()).toEqual(entries.map((each) => `pending ${each}`).toSorted());
  expect(renderPlan(plan)).toContain(`  ! databricks/catalogTable/main.silver.orders is changed by the next run:
      columns.city.comment: Where it went. added
      columns.city.mask: main.silver.medalc_mask_string added
`);
  expect(await carryOut(stack, plan)).toMatchObject({ isDone: true });
  expect(warningsOf((await planned(stack, changed)).plan).toSorted()).toEqual(
    entries.map((each) => `pending ${each}`).toSorted(),
  );
  run(changed);
  expect(warningsOf((await planned(stack, changed)).plan)).toEqual([]);
});

it("removes a table that is no longer declared from the catalog, and keeps its files", async () => {
  const more = withCatalog({ more: "gold old {\n  from silver.orders\n  select { order_id }\n}\n" });
  await deployed(stack, more);
  run(more);
  const { plan } = await planned(stack, wanted);
  expect(changesOf(plan)).toContain("destroy databricks/catalogTable/main.gold.old");
  expect(renderPlan(plan)).toContain("removes main.gold.old from Unity Catalog; its rows in the lake are kept");
  expect(await carryOut(stack, plan)).toMatchObject({ isDone: true });
  expect([...cloud.workspace.catalog.tables.keys()]).toEqual(["main.silver.orders", "main.gold.cities"]);
  // Without an entry, as after a run that failed, there is nothing to do.
  await deployed(stack, more);
  expect(stepsOf((await planned(stack, wanted)).plan).filter((each) => each.includes("catalogTable"))).toEqual([]);
});

it("removes the tables of a program without a catalog, or of no program, and keeps the schemas", async () => {
  await deployed(stack, wanted);
  run(wanted);
  const without = deployable(shop());
  const { plan, diagnostics } = await planTarget(stack, wantedOf(without));
  expect(diagnostics).toEqual([]);
  expect(changesOf(plan).filter((each) => each.includes("catalog"))).toEqual([
    "destroy databricks/catalogTable/main.gold.cities",
    "destroy databricks/catalogTable/main.silver.orders",
    "destroy databricks/notebook//medalc/shop/prod/files/notebooks/catalog",
  ]);
  expect(warningsOf(plan)).toEqual(SCHEMAS.map((each) => `stays ${each}`).toSorted());
  expect(await carryOut(stack, plan)).toMatchObject({ isDone: true });
  expect([cloud.workspace.catalog.tables.size, cloud.workspace.catalog.schemas.size]).toEqual([0, 2]);

  await deployed(stack, wanted);
  run(wanted);
  const nothing = await planTarget(stack, wantedOf({ objects: [], tables: [] }));
  expect(await carryOut(stack, nothing.plan, "destroy")).toMatchObject({ isDone: true });
  expect(cloud.workspace.catalog.tables.size).toBe(0);
});

it("sets exactly the declared grants, and leaves them alone without settings", async () => {
  await deployed(stack, wanted);
  cloud.workspace.catalog.grant("main.gold", "interns", ["SELECT"]);
  const { plan } = await planned(stack, wanted);
  expect(changesOf(plan)).toEqual(["change databricks/catalogSchema/main.gold"]);
  expect(renderPlan(plan)).toContain("grants.interns");
  await carryOut(stack, plan);
  expect(cloud.workspace.catalog.grantsOn("main.gold")).not.toHaveProperty("interns");

  const open = withCatalog({ settings: 'catalog: "main"' });
  await deployed(stack, open);
  cloud.workspace.catalog.grant("main.gold", "interns", ["SELECT"]);
  const again = (await planned(stack, open)).plan;
  expect([stepsOf(again), warningsOf(again)]).toEqual([[], []]);
});

it("refuses the schemas of another environment or of nobody, and adopts those of nobody", async () => {
  const other = { medal_project: "shop", medal_environment: "dev", medal_location: "abfss://shop@dev/gold" };
  cloud.workspace.catalog.putSchema("main.gold", { comment: "", properties: other, owner: cloud.entra.objectId });
  expect((await planned(stack, wanted)).problems).toEqual(["plan-other-project"]);
  cloud.workspace.catalog.putSchema("main.gold", { comment: "Ours", owner: cloud.entra.objectId });
  expect((await planned(stack, wanted)).problems).toEqual(["plan-differs"]);
  const { plan } = await planned(stack, wanted, { adopt: ["databricks/catalogSchema/main.gold"] });
  expect(await carryOut(stack, plan)).toMatchObject({ isDone: true });
  expect(cloud.workspace.catalog.schemas.get("main.gold")).toMatchObject({ properties: { medal_project: "shop" } });
});

it("refuses a name that is something else in the schema, and never removes what is not of the lake", async () => {
  await deployed(stack, wanted);
  const { catalog } = cloud.workspace;
  catalog.register("main.gold.cities", { location: "abfss://metastore@managed/x", type: "MANAGED" });
  catalog.register("main.gold.notes", { location: "abfss://other@lake/notes" });
  expect((await planned(stack, wanted)).problems).toEqual(["plan-catalog-table"]);
  const nothing = await planTarget(stack, wantedOf({ objects: [], tables: [] }));
  expect(changesOf(nothing.plan).filter((each) => each.includes("catalogTable"))).toEqual([]);
});

it("does not call a run between a plan and its deployment a change", async () => {
  await deployed(stack, wanted);
  const changed = withCatalog({ column: "city: string @pii" });
  const { plan } = await planned(stack, changed);
  run(wanted);
  expect(await carryOut(stack, plan)).toMatchObject({ isDone: true });
});

it.each([
  [
    "a catalog that does not exist",
    () => Object.assign(cloud.access, { catalogs: [] }),
    "Catalog 'main' does not exist",
  ],
  [
    "an identity that may not use it",
    () => cloud.access.catalogPrivileges.set(cloud.entra.objectId, []),
    "does not have USE CATALOG",
  ],
])("fails to plan with %s, in the service's words", async (_, take, said) => {
  take();
  await expect(planned(stack, wanted)).rejects.toMatchObject({
    diagnostics: [expect.objectContaining({ message: expect.stringContaining(said) })],
  });
});

it("fails where it may not create schemas or a reader does not exist, and goes on when that is corrected", async () => {
  cloud.access.catalogPrivileges.set(cloud.entra.objectId, ["USE_CATALOG"]);
  const first = await deployed(stack, wanted);
  expect(JSON.stringify(first.failed)).toContain("does not have CREATE SCHEMA");
  cloud.access.catalogPrivileges.clear();
  cloud.access.unknownPrincipals.add("analysts");
  const second = await deployed(stack, wanted);
  expect(JSON.stringify(second.failed)).toContain("Could not find principal with name analysts");
  cloud.access.unknownPrincipals.clear();
  expect(await deployed(stack, wanted)).toMatchObject({ isDone: true });
  expect(cloud.workspace.catalog.grantsOn("main.gold")).toHaveProperty("analysts");
});

import { expect, it } from "vitest";
import { type DeployPlan, isEmptyPlan, readSavedPlan, savedPlanText, wantedIn } from "../../src/deploy/deploy-plan.ts";
import type { Bundle } from "../../src/deploy/deployment-record.ts";
import type { Place } from "../../src/deploy/endpoints.ts";
import { type ActualObject, type DesiredObject, keyOf, type ObjectKey } from "../../src/deploy/object.ts";
import { createPlan, hasMoved, type PlanInput, type Planned } from "../../src/deploy/plan.ts";
import { tableFacts } from "../../src/deploy/table-facts.ts";
import { exampleProgram } from "../codegen/support/compile.ts";
import { byKey, deployed, exampleObjects } from "./support.ts";

const desired = exampleObjects();
const container = byKey(desired, "storage/container/olistdata");
const tables = tableFacts(exampleProgram());
const bundle: Bundle = { version: 1, project: "olist", environment: "prod", objects: desired, tables };
const FOLDER = "/medalc/olist/prod/files/notebooks";
const ERP = "adf/pipeline/pl_ingest_erp";
const VIEW = "synapse/view/gold.orders";
const TRIGGER = "adf/trigger/tr_olist_daily";

function planned(input: Partial<PlanInput> = {}): Planned {
  const actual = deployed(desired);
  const usual = { project: "olist", environment: "prod", desired, tables, actual, lastBundle: bundle };
  return createPlan({ ...usual, adopt: new Set(), ...input });
}

function without<T extends DesiredObject | ActualObject>(
  objects: readonly T[],
  ...keys: readonly ObjectKey[]
): readonly T[] {
  return objects.filter((each) => !keys.includes(keyOf(each)));
}

function changed<T extends DesiredObject | ActualObject>(
  objects: readonly T[],
  key: ObjectKey,
  to: Partial<T>,
): readonly T[] {
  return objects.map((each) => (keyOf(each) === key ? { ...each, ...to } : each));
}

const told = ({ changes }: DeployPlan): readonly string[] => changes.map(({ action, key }) => `${action} ${key}`);
const codes = ({ diagnostics }: Planned): readonly string[] => diagnostics.map(({ code }) => code);

it("adds everything to an empty environment, in dependency order", () => {
  const { plan, diagnostics } = planned({ actual: [], lastBundle: undefined });
  expect(diagnostics).toEqual([]);
  expect(plan.changes.map(({ key }) => key).sort()).toEqual(desired.map(keyOf).sort());
  expect(plan.changes.every(({ action }) => action === "add")).toBe(true);
  expect(plan.steps.at(-1)).toMatchObject({ action: "start", key: TRIGGER });
  expect(plan.bundle.objects).toHaveLength(desired.length);
  const orders = plan.changes.find(({ key }) => key === `databricks/notebook/${FOLDER}/gold/orders`);
  expect(orders?.effects).toMatchObject([{ table: "gold.orders", kind: "builds" }]);
});

it("is empty if the actual state equals the desired state", () => {
  const { plan, diagnostics } = planned();
  expect(diagnostics).toEqual([]);
  expect(isEmptyPlan(plan)).toBe(true);
  expect(plan).toMatchObject({ changes: [], warnings: [], unchanged: desired.length });
});

it("changes what differs, and stops the trigger for it", () => {
  const { plan } = planned({ desired: changed(desired, ERP, { body: { concurrency: 2 } }) });
  expect(told(plan)).toEqual([`change ${ERP}`]);
  expect(plan.steps.map(({ id }) => id)).toEqual([`stop ${TRIGGER}`, `change ${ERP}`, `start ${TRIGGER}`]);
  expect(plan.warnings).toEqual([]);
  expect(wantedIn(plan).get(ERP)?.body).toEqual({ concurrency: 2 });
});

it("starts a trigger that was stopped manually, and reports it", () => {
  const { plan } = planned({ actual: changed(deployed(desired), TRIGGER, { runs: false }) });
  const differences = [{ path: "runs", before: false, after: true }];
  expect(plan.changes).toMatchObject([{ key: TRIGGER, action: "change", differences }]);
  expect(plan.steps.map(({ id }) => id)).toEqual([`start ${TRIGGER}`]);
  expect(plan.warnings).toEqual([
    { kind: "drift", key: TRIGGER, differences: [{ path: "runs", before: true, after: false }] },
  ]);
});

it("destroys owned objects that are no longer desired, before their dependencies", () => {
  const { plan, diagnostics } = planned({ desired: without(desired, VIEW, TRIGGER) });
  expect(diagnostics).toEqual([]);
  expect(told(plan)).toEqual([`destroy ${TRIGGER}`, `destroy ${VIEW}`]);
  expect(wantedIn(plan).has(VIEW)).toBe(false);
});

it("never destroys what others may depend on, and names it", () => {
  const { plan, diagnostics } = planned({ desired: [] });
  expect(diagnostics).toEqual([]);
  const kinds = new Set(plan.changes.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual([
    "dataset",
    "folder",
    "job",
    "linkedService",
    "notebook",
    "pipeline",
    "trigger",
    "view",
  ]);
  expect(plan.warnings).toContainEqual({ kind: "stays", key: "storage/container/olistdata" });
  expect(plan.steps[0]).toMatchObject({ action: "stop", key: TRIGGER });
});

it("leaves unmarked objects and those of other projects unchanged", () => {
  const actual = [
    ...changed(deployed(desired), VIEW, { project: undefined, body: { text: "by hand" } }),
    ...deployed([{ ...container, service: "adf", kind: "pipeline", name: "pl_other" }], "other"),
  ];
  const result = planned({ actual });
  expect(codes(result)).toEqual(["plan-unmarked"]);
  expect(result.plan).toMatchObject({ changes: [], blocked: [{ key: VIEW, kind: "view" }], steps: [] });
  const other = planned({ actual: changed(deployed(desired), VIEW, { project: "shop" }) });
  expect(codes(other)).toEqual(["plan-schema-shared", "plan-other-project"]);
  expect(other.plan.blocked).toEqual([{ key: VIEW, kind: "view", project: "shop" }]);
});

it("adopts what is named, with all its differences", () => {
  const actual = changed(deployed(desired), VIEW, { project: undefined, body: { text: "by hand\n" } });
  const { plan, diagnostics } = planned({ actual, adopt: new Set([VIEW]) });
  expect(diagnostics).toEqual([]);
  expect(plan.changes).toMatchObject([{ action: "adopt", key: VIEW, differences: [{ path: "text" }] }]);
  expect(codes(planned({ adopt: new Set(["synapse/view/orders"]) }))).toEqual(["plan-adopt-unknown"]);
});

it("uses shared objects unchanged unless told to change them", () => {
  const SOURCE = "synapse/dataSource/olist_lake";
  const unmarked = deployed(desired).map((each) =>
    each.service === "synapse" && each.kind !== "view" ? { ...each, project: undefined } : each,
  );
  expect(isEmptyPlan(planned({ actual: unmarked }).plan)).toBe(true);
  const moved = changed(unmarked, SOURCE, { body: { location: "https://other.dfs.core.windows.net/lake/gold" } });
  expect(codes(planned({ actual: moved }))).toEqual(["plan-differs"]);
  expect(told(planned({ actual: moved, adopt: new Set([SOURCE]) }).plan)).toEqual([`adopt ${SOURCE}`]);
});

it("does not destroy what a remaining object uses", () => {
  const other = { service: "adf", kind: "trigger", name: "by_hand", body: {}, project: undefined } as const;
  const actual: readonly ActualObject[] = [...deployed(desired), { ...other, needs: [TRIGGER] }];
  const result = planned({ desired: without(desired, TRIGGER), actual });
  expect(codes(result)).toEqual(["plan-still-used"]);
  expect(result.plan.steps).toEqual([]);
  expect(codes(planned({ desired: without(desired, VIEW), actual }))).toEqual([]);
});

it("suggests what fits the reason for keeping an object", () => {
  const user = (name: string, project?: string): ActualObject => ({
    ...{ service: "adf", kind: "pipeline", name, body: {}, project, needs: [ERP] },
  });
  const adviceFor = (there: ActualObject, input: Partial<PlanInput> = {}): readonly string[] => {
    const actual = [...deployed(without(desired, "adf/pipeline/pl_olist")), there];
    const wanted = without(desired, ERP, "adf/pipeline/pl_olist", TRIGGER);
    const { diagnostics } = planned({ desired: wanted, actual, ...input });
    const told = diagnostics.filter(({ message }) => message.includes(keyOf(there)));
    return told.map(({ message, hint }) => `${message.replace(/^.*is kept: /, "")}; ${hint}`);
  };
  expect(adviceFor(user("by_hand"))).toEqual([
    "it does not belong to this project; Remove the reference from adf/pipeline/by_hand, or keep what it uses in the program.",
  ]);
  expect(adviceFor(user("pl_olist_copy1", "olist"))).toEqual([
    expect.stringMatching(
      /^it carries the project's ownership mark, but no deployment created it; Delete .* if nobody needs it/,
    ),
  ]);
  // What is kept keeps what it uses.
  expect(adviceFor(user("adopted", "olist"), { keep: new Set(["adf/pipeline/adopted"]) })).toEqual([]);
  const nightly: DesiredObject = { ...user("nightly"), needs: [ERP], tables: ["gold.nightly"], file: "" };
  const lastBundle = { ...bundle, objects: [...desired, nightly] };
  const select = new Set(byKey(desired, ERP).tables);
  expect(adviceFor(user("nightly", "olist"), { lastBundle, select })).toEqual([
    "it is not selected; Select its tables too, or plan without `--select`.",
  ]);
  expect(adviceFor(user("nightly", "olist"), { lastBundle })).toEqual([]);
});

it("keeps objects that others put into the project's folder, and their folders", () => {
  const workspace = (kind: "folder" | "notebook" | "file", name: string, project?: string): ActualObject => ({
    ...{ service: "databricks", kind, name, body: { language: "PYTHON", text: "mine\n" }, needs: [], project },
  });
  const mine = [
    workspace("notebook", `${FOLDER}/gold/experiment`, "olist"),
    workspace("folder", `${FOLDER}/gold/data`, "olist"),
    workspace("file", `${FOLDER}/gold/data/prices.csv`),
  ];
  const actual = [...deployed(desired), ...mine];
  expect(isEmptyPlan(planned({ actual }).plan)).toBe(true);
  const { plan, diagnostics } = planned({ actual, desired: [] });
  expect(diagnostics).toEqual([]);
  const destroyed = plan.changes.map(({ key }) => key);
  for (const each of mine) expect(destroyed).not.toContain(keyOf(each));
  expect(destroyed).toContain(`databricks/notebook/${FOLDER}/gold/orders`);
  expect(destroyed).toContain(`databricks/folder/${FOLDER}/silver`);
  const staying = (kind: string) => plan.warnings.flatMap((each) => (each.kind === kind ? [each.key] : []));
  expect(staying("folder")).toEqual(
    ["", "/files", "/files/notebooks", "/files/notebooks/gold"].map(
      (path) => `databricks/folder//medalc/olist/prod${path}`,
    ),
  );
  expect(staying("foreign").toSorted()).toEqual(mine.map(keyOf).sort());
  // When the last of it has gone, the folders go too.
  const rest = deployed(desired.filter((each) => staying("folder").includes(keyOf(each))));
  const later = planned({ actual: rest, desired: [], lastBundle: plan.bundle }).plan;
  expect(later.changes.map(({ action, key }) => `${action} ${key}`)).toEqual(
    staying("folder")
      .toReversed()
      .map((key) => `destroy ${key}`),
  );
});

it("keeps a copy that has the project's mark, and reports it", () => {
  const copies: readonly ActualObject[] = [
    { service: "adf", kind: "pipeline", name: "pl_olist_copy1", body: {}, project: "olist", needs: [] },
    { service: "databricks", kind: "job", name: "Copy of olist", body: {}, project: "olist", needs: [] },
  ];
  for (const wanted of [desired, []]) {
    const { plan } = planned({ actual: [...deployed(desired), ...copies], desired: wanted });
    const destroyed = plan.changes.map(({ key }) => key);
    for (const each of copies) {
      expect(destroyed).not.toContain(keyOf(each));
      expect(plan.warnings).toContainEqual({ kind: "copy", key: keyOf(each) });
    }
  }
});

it("does not overwrite a notebook that others put in the place of a desired one", () => {
  const ORDERS = `databricks/notebook/${FOLDER}/gold/orders`;
  const lastBundle = { ...bundle, objects: without(desired, ORDERS) };
  const actual = changed(deployed(desired), ORDERS, { body: { language: "PYTHON", text: "mine\n" } });
  const result = planned({ actual, lastBundle });
  expect(codes(result)).toEqual(["plan-unmarked"]);
  expect(told(planned({ actual, lastBundle, adopt: new Set([ORDERS]) }).plan)).toEqual([`adopt ${ORDERS}`]);
  // One that we wrote says so, also where no record of it is left.
  expect(codes(planned({ lastBundle: undefined }))).toEqual([]);
});

it("destroys in the right order even if a service reports no dependencies", () => {
  const actual = deployed(desired).map((each) => ({ ...each, needs: [] }));
  const { plan } = planned({ desired: [], actual });
  const folders = plan.steps.filter(({ key }) => /^databricks\/(folder|notebook)/.test(key)).map(({ key }) => key);
  expect(folders.slice(-3)).toEqual([
    `databricks/folder/${FOLDER}`,
    "databricks/folder//medalc/olist/prod/files",
    "databricks/folder//medalc/olist/prod",
  ]);
});

it("a change of an included notebook affects every table", () => {
  const LAKE = `databricks/notebook/${FOLDER}/lake`;
  const { plan } = planned({ desired: changed(desired, LAKE, { body: { language: "PYTHON", text: "x\n" } }) });
  expect(plan.changes).toMatchObject([{ key: LAKE, effects: [{ kind: "shared" }] }]);
});

it("reports what was changed or removed manually since the last deployment", () => {
  const drifted = changed(deployed(desired), ERP, { body: { concurrency: 9 } });
  const { plan } = planned({ actual: without(drifted, VIEW) });
  expect(told(plan)).toEqual([`change ${ERP}`, `add ${VIEW}`]);
  expect(plan.warnings).toMatchObject([
    { kind: "drift", key: ERP, differences: expect.arrayContaining([{ path: "concurrency", after: 9 }]) },
    { kind: "gone", key: VIEW },
  ]);
  const same = planned({ actual: drifted, desired: changed(desired, ERP, { body: { concurrency: 9 } }) });
  expect(same.plan.warnings).toEqual([]);
  expect(isEmptyPlan(same.plan)).toBe(true);
});

it("a selection deploys what builds and serves its tables, with missing dependencies", () => {
  const select = new Set(["gold.orders"]);
  const { plan } = planned({ actual: [], select, lastBundle: undefined });
  const keys = plan.changes.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining([VIEW, "synapse/database/olist", `databricks/notebook/${FOLDER}/lake`]));
  expect(keys).not.toContain(`databricks/notebook/${FOLDER}/gold/customers`);
  expect(plan.bundle.tables.map(({ name }) => name)).toEqual(["gold.orders"]);

  const two = changed(changed(desired, VIEW, { body: { text: "a\n" } }), ERP, { body: {} });
  const partly = planned({ desired: two, select });
  expect(told(partly.plan)).toEqual([`change ${VIEW}`]);
  expect(wantedIn(partly.plan).get(ERP)).toEqual(desired.find((each) => keyOf(each) === ERP));
});

it("the plan does not depend on the order in which services answer", () => {
  const input = {
    desired: changed(desired, ERP, { body: { concurrency: 2 } }),
    actual: without(deployed(desired), VIEW),
  };
  const { plan } = planned(input);
  expect(JSON.stringify(planned({ ...input, actual: input.actual.toReversed() }).plan)).toBe(JSON.stringify(plan));
  expect(JSON.stringify(planned({ ...input, desired: input.desired.toReversed() }).plan)).toBe(JSON.stringify(plan));
});

it("detects that the actual state has changed since a plan", () => {
  const actual = deployed(desired);
  const { plan } = planned({ actual });
  expect(hasMoved(plan, actual.toReversed())).toBe(false);
  expect(hasMoved(plan, changed(actual, TRIGGER, { runs: false }))).toBe(true);
  expect(hasMoved(plan, changed(actual, ERP, { body: {} }))).toBe(true);
  expect(hasMoved(plan, changed(actual, ERP, { project: undefined }))).toBe(true);
  expect(hasMoved(plan, without(actual, VIEW))).toBe(true);
  const foreign = { ...byKey(actual, keyOf(container)), name: "elsewhere", project: "other" };
  expect(hasMoved(plan, [...actual, foreign])).toBe(false);
});

it("a plan of a selection is not outdated by what it does not touch", () => {
  const actual = changed(deployed(desired), VIEW, { project: undefined });
  const select = new Set(["silver.orders"]);
  const { plan, diagnostics } = planned({ actual, select, lastBundle: undefined });
  expect(diagnostics).toEqual([]);
  expect(hasMoved(plan, actual)).toBe(false);
  expect(hasMoved(plan, without(actual, VIEW))).toBe(false);
});

it("reads a saved plan unchanged, and rejects it after an edit", () => {
  const { plan } = planned({ actual: [], lastBundle: undefined });
  const place: Place = {
    cloud: "public",
    storage: { state: "s", url: "https://olist.blob.core.windows.net", container: "olist" },
  };
  const text = savedPlanText({ place, plan });
  expect(readSavedPlan(text)).toEqual({ place, plan });
  expect(readSavedPlan(text.replace("pl_ingest_erp", "pl_ingest_crm"))).toBeUndefined();
  expect(readSavedPlan(text.replace('"version": 1', '"version": 2'))).toBeUndefined();
  expect(readSavedPlan("[]")).toBeUndefined();
  expect(readSavedPlan("no plan")).toBeUndefined();
});

it("rejects two environments in one lake", () => {
  const marked = deployed(desired).map((each): ActualObject => ({ ...each, environment: "prod" }));
  const problems = new Set(codes(planned({ environment: "dev", actual: marked, lastBundle: undefined })));
  expect([...problems].sort()).toEqual(["plan-other-environment", "plan-other-project"]);
  const { plan } = planned({ environment: "dev", actual: marked, lastBundle: undefined });
  expect(plan.blocked).toContainEqual({ key: VIEW, kind: "view", project: "olist in prod" });
  expect(plan.steps).toEqual([]);
});

it("adopts a lake after its environment was renamed, if requested", () => {
  const lake = keyOf(container);
  const actual = changed(deployed(desired), lake, { environment: "test" });
  expect(codes(planned({ actual }))).toEqual(["plan-other-environment"]);
  expect(told(planned({ actual, adopt: new Set([lake]) }).plan)).toEqual([`adopt ${lake}`]);
});

it("plan-schema-shared: rejects a schema with views of another project", () => {
  const other = deployed([{ ...byKey(desired, VIEW), name: "gold.stock" }], "stock");
  const { plan, diagnostics } = planned({ actual: [...deployed(desired), ...other] });
  expect(diagnostics).toMatchObject([
    { code: "plan-schema-shared", hint: expect.stringContaining('`schema: "olist"`') },
  ]);
  expect(plan.steps).toEqual([]);
});

it("removes the rows of a named table, after everything else that builds or serves it", () => {
  const name = "gold.top_sellers";
  const rows: ActualObject = { service: "storage", kind: "table", name, body: {}, project: "olist", needs: [] };
  const { plan } = planned({
    desired: [],
    tables: [],
    actual: [...deployed(desired), rows],
    destroy: new Set([name]),
  });
  const last = plan.steps.filter(({ action }) => action !== "start").at(-1);
  expect(last).toMatchObject({ action: "destroy", key: `storage/table/${name}` });
  const effects = plan.changes.flatMap((change) => change.effects.filter(({ table }) => table === name));
  expect(effects.map(({ kind }) => kind)).toEqual(["removes-rows"]);
  expect(plan.scope).toEqual({ adopt: [], destroy: [name] });
  expect(codes(planned({ destroy: new Set([name]) }))).toEqual(["plan-table-wanted"]);
});

it("keeps everything that a kept object refers to", () => {
  const { plan, diagnostics } = planned({ desired: [], tables: [], keep: new Set([ERP]) });
  expect(diagnostics).toEqual([]);
  const needed = byKey(desired, ERP).needs.filter((key) => !key.startsWith("adf/factory/"));
  expect(needed.length).toBeGreaterThan(0);
  expect(told(plan).filter((each) => [ERP, ...needed].some((key) => each.endsWith(key)))).toEqual([]);
  for (const key of [ERP, ...needed]) expect(plan.warnings).toContainEqual({ kind: "stays", key });
});

import { expect, it } from "vitest";
import { desiredAdf } from "../../../src/deploy/desired/adf.ts";
import { propertiesOf } from "../../../src/deploy/json.ts";
import { type DesiredObject, keyOf } from "../../../src/deploy/object.ts";
import { createAdf } from "../../../src/deploy/services/adf.ts";
import { emitted } from "../../codegen/adf/support.ts";
import { exampleContext, exampleProgram } from "../../codegen/support/compile.ts";
import { READER } from "../../fakes/arm.ts";
import type { Fault } from "../../fakes/http.ts";
import { sharedPath } from "../../support/judges.ts";
import {
  ALL,
  desired,
  FACTORY,
  FILES,
  failureOf,
  idOf,
  LAKE,
  PLACE,
  startAzure,
  TRIGGER,
  told,
  writeAll,
} from "./azure.ts";

it("creates a factory in the region of its group, with marked objects", async () => {
  await using azure = await startAzure();
  await writeAll(azure);
  expect(azure.requests()).toEqual([
    "GET olist-df",
    "GET olist-test",
    "PUT olist-df",
    "PUT linkedservices/ls_lake",
    "PUT datasets/ds_files",
    "PUT pipelines/pl_olist",
    "PUT triggers/tr_daily",
  ]);
  expect(azure.factories.snapshot("olist-df")).toMatchObject({
    factory: { location: "westeurope", tags: { medalc: "olist" }, identity: { type: "SystemAssigned" } },
    "triggers/tr_daily": { state: "Stopped" },
  });
});

it("reads nothing if the factory does not exist yet", async () => {
  await using azure = await startAzure();
  expect(await azure.client.read(ALL)).toEqual([]);
  expect(azure.requests().length).toBe(5);
});

it("reads owned objects page by page, whatever the service adds or reorders", async () => {
  await using azure = await startAzure({ pageSize: 2 });
  await writeAll(azure);
  const tables = [1, 2, 3].map((each) => desired("dataset", `ds_${each}`, propertiesOf(FILES.body)));
  await writeAll(azure, tables);
  await azure.client.run(idOf(TRIGGER), true);
  azure.requests();

  const objects = await azure.client.read(ALL);
  expect(azure.requests().toSorted()).toEqual([
    "GET datasets",
    "GET datasets",
    "GET linkedservices",
    "GET olist-df",
    "GET pipelines",
    "GET triggers",
  ]);
  expect(objects.map(({ kind, name, project, runs, needs }) => ({ kind, name, project, runs, needs }))).toEqual([
    { kind: "factory", name: "olist-df", project: "olist", runs: undefined, needs: [] },
    { kind: "linkedService", name: "ls_lake", project: "olist", runs: undefined, needs: ["adf/factory/olist-df"] },
    ...["ds_files", "ds_1", "ds_2", "ds_3"].map((name) => ({
      kind: "dataset",
      name,
      project: "olist",
      runs: undefined,
      needs: ["adf/factory/olist-df", "adf/linkedService/ls_lake"],
    })),
    {
      kind: "pipeline",
      name: "pl_olist",
      project: "olist",
      runs: undefined,
      needs: ["adf/factory/olist-df", "adf/dataset/ds_files"],
    },
    {
      kind: "trigger",
      name: "tr_daily",
      project: "olist",
      runs: true,
      needs: ["adf/factory/olist-df", "adf/pipeline/pl_olist"],
    },
  ]);
});

it("reads the example as it was written, whatever the service adds", async () => {
  const wanted = desiredAdf(emitted(exampleProgram(), exampleContext));
  const [factory] = wanted;
  await using azure = await startAzure({ pageSize: 4, place: { factory: factory?.name ?? "" } });
  await writeAll(azure, inOrder(wanted));
  const read = await azure.client.read(wanted);
  const sides = [wanted, read].map((objects) => objects.map((each) => [keyOf(each), each.body] as const).toSorted());
  expect(sides[1]).toEqual(sides[0]);
  expect(read.every(({ project }) => project === "olist")).toBe(true);
});

/** Each after what it needs. */
function inOrder(objects: readonly DesiredObject[]): readonly DesiredObject[] {
  const done = new Set<string>();
  const ready = (each: DesiredObject): boolean =>
    !done.has(keyOf(each)) && each.needs.every((need) => done.has(need) || !need.startsWith("adf/"));
  return objects.flatMap(() => {
    const next = objects.find(ready);
    if (next) done.add(keyOf(next));
    return next ? [next] : [];
  });
}

it("ignores what is neither owned nor desired, and reports the owner of what is desired", async () => {
  await using azure = await startAzure();
  await azure.client.write(FACTORY);
  const properties = propertiesOf(LAKE.body);
  azure.factories.put("olist-df", "linkedservices", "LS_Lake", { ...properties, annotations: [] });
  azure.factories.put("olist-df", "linkedservices", "ls_other", { ...properties, annotations: ["medalc", "other"] });
  azure.factories.put("olist-df", "linkedservices", "ls_hand", { ...properties, annotations: undefined });
  const read = (await azure.client.read([LAKE])).filter(({ kind }) => kind === "linkedService");
  // The name of the program's, though the service keeps the letter case that came first.
  expect(read.map(({ name, project }) => ({ name, project }))).toEqual([{ name: "ls_lake", project: undefined }]);
});

it("keeps settings that others made on the factory", async () => {
  await using azure = await startAzure();
  await azure.client.write(FACTORY);
  const arm = (body: unknown) => azure.factories.answer({ ...request, method: "PUT", body: JSON.stringify(body) });
  const request = { path: ["factories", "olist-df"], query: new URLSearchParams(), url: "", id: "" };
  const user = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i";
  arm({
    location: "westeurope",
    tags: { owner: "data team" },
    identity: { type: "UserAssigned", userAssignedIdentities: { [user]: {} } },
    properties: { publicNetworkAccess: "Disabled" },
  });
  await azure.client.write(FACTORY);
  expect(azure.factories.snapshot("olist-df").factory).toEqual({
    location: "westeurope",
    tags: { owner: "data team", medalc: "olist" },
    identity: { type: "SystemAssigned,UserAssigned", userAssignedIdentities: { [user]: {} } },
    properties: { publicNetworkAccess: "Disabled" },
  });
});

it("a shared factory stays owned by its first project", async () => {
  await using azure = await startAzure();
  await azure.client.write(FACTORY);
  const other = createAdf({ place: PLACE, owner: { project: "other", environment: "prod" }, http: azure.http });
  await other.write(FACTORY);
  expect(azure.factories.snapshot("olist-df").factory).toMatchObject({ tags: { medalc: "olist" } });
});

it("writes at the rate that the service allows", async () => {
  await using azure = await startAzure({ writes: 6 });
  await azure.client.write(FACTORY);
  const many = Array.from({ length: 14 }, (_, at) => ({ ...LAKE, name: `ls_${at}` }));
  await Promise.all(many.map((each) => azure.client.write(each)));
  expect(Object.keys(azure.factories.snapshot("olist-df")).length).toBe(15);
  expect(azure.arm.log.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
});

it("writing and removing are idempotent", async () => {
  await using azure = await startAzure();
  await writeAll(azure);
  const before = azure.factories.snapshot("olist-df");
  await writeAll(azure);
  expect(azure.factories.snapshot("olist-df")).toEqual(before);
  for (const object of [...ALL, ...ALL].toReversed()) {
    if (object.kind !== "factory") await azure.client.remove(idOf(object));
  }
  await azure.client.remove(idOf(FACTORY));
  await azure.client.remove(idOf(FACTORY));
  expect(azure.factories.snapshot("olist-df")).toEqual({});
});

it("starts and stops a trigger and waits for the new state", async () => {
  await using azure = await startAzure({ polls: 3 });
  await writeAll(azure);
  expect(await azure.client.stateOf(idOf(TRIGGER))).toBe("Stopped");
  azure.requests();
  await azure.client.run(idOf(TRIGGER), true);
  expect(azure.requests()).toEqual([
    "POST triggers/tr_daily/start",
    ...Array.from({ length: 4 }, () => "GET operationresults/start-1"),
    "GET triggers/tr_daily",
  ]);
  expect(await azure.client.stateOf(idOf(TRIGGER))).toBe("Started");
  await azure.client.run(idOf(TRIGGER), true);
  await azure.client.run(idOf(TRIGGER), false);
  expect(await azure.client.stateOf(idOf(TRIGGER))).toBe("Stopped");
  expect(await azure.client.stateOf({ ...idOf(TRIGGER), name: "tr_none" })).toBeUndefined();
});

it("waits while a trigger is provisioned", async () => {
  await using azure = await startAzure({ polls: 1 });
  await writeAll(azure);
  const provisioning = { code: "BadRequest", message: "Resource cannot be updated during provisioning" };
  azure.faults.restart();
  for (const k of [1, 2]) {
    azure.faults.at(k, { kind: "answer", answer: { status: 400, body: { error: provisioning } } });
  }
  await azure.client.run(idOf(TRIGGER), true);
  expect(await azure.client.stateOf(idOf(TRIGGER))).toBe("Started");
});

it("writes and removes a trigger once it is provisioned", async () => {
  await using azure = await startAzure({ polls: 4 });
  await writeAll(azure);
  const start = { path: ["factories", "olist-df", "triggers", "tr_daily", "start"], query: new URLSearchParams() };
  azure.factories.answer({ ...start, method: "POST", body: "", url: "", id: "" });
  // It runs by the time that it is provisioned.
  expect(await told(azure.client.write(TRIGGER))).toMatch(/^adf-trigger-running: /);
  await azure.client.run(idOf(TRIGGER), false);
  await azure.client.remove(idOf(TRIGGER));
  await azure.client.run(idOf(TRIGGER), false);
});

it("repeats a request to a trigger that still carries out the opposite one", async () => {
  await using azure = await startAzure({ polls: 4 });
  await writeAll(azure);
  const start = { path: ["factories", "olist-df", "triggers", "tr_daily", "start"], query: new URLSearchParams() };
  azure.factories.answer({ ...start, method: "POST", body: "", url: "", id: "" });
  // Still, for now.
  expect(await azure.client.stateOf(idOf(TRIGGER))).toBe("Stopped");
  await azure.client.run(idOf(TRIGGER), false);
  for (let waited = 0; waited < 10; waited++)
    azure.factories.answer({ ...start, method: "POST", body: "", url: "", id: "" });
  await azure.client.run(idOf(TRIGGER), false);
  await azure.client.write(TRIGGER);
});

it("gives up on a trigger that is never provisioned", async () => {
  await using azure = await startAzure();
  await writeAll(azure);
  azure.faults.restart();
  const provisioning = { code: "BadRequest", message: "Resource cannot be updated during provisioning" };
  for (let k = 1; k < 100; k++) {
    azure.faults.at(k, { kind: "answer", answer: { status: 400, body: { error: provisioning } } });
  }
  expect(await told(azure.client.run(idOf(TRIGGER), true))).toBe(
    "adf-trigger-unsettled: the trigger tr_daily of olist-df has not reached the state started",
  );
});

it("reports why the service rejects a request", async () => {
  await using azure = await startAzure();
  await writeAll(azure);
  await azure.client.run(idOf(TRIGGER), true);
  expect(await told(azure.client.write(TRIGGER))).toBe(
    "adf-trigger-running: the trigger tr_daily of olist-df is running, so it can be neither changed nor deleted",
  );
  expect(await told(azure.client.remove(idOf(TRIGGER)))).toMatch(/^adf-trigger-running: /);
  expect(await told(azure.client.remove(idOf(LAKE)))).toBe(
    "adf-still-referenced: the linked service ls_lake in olist-df cannot be deleted, because ds_files references it",
  );
  const lost = desired("dataset", "ds_lost", {
    ...propertiesOf(FILES.body),
    linkedServiceName: { referenceName: "ls_gone", type: "LinkedServiceReference" },
  });
  expect(await told(azure.client.write(lost))).toBe(
    "adf-reference-missing: the dataset ds_lost in olist-df references ls_gone, which does not exist in olist-df",
  );
});

it.runIf(sharedPath("schemas/adf"))("passes on what the service says of a property that it does not know", async () => {
  await using azure = await startAzure();
  await writeAll(azure, [FACTORY, LAKE]);
  const wrong = desired("dataset", "ds_wrong", { ...propertiesOf(FILES.body), type: "Binarie" });
  expect(await told(azure.client.write(wrong))).toMatch(
    /^service-refused: Data Factory refused to write the dataset ds_wrong in olist-df: BadRequest: .*Binarie/,
  );
});

it("does not remove a factory that contains objects of others", async () => {
  await using azure = await startAzure();
  await writeAll(azure, [FACTORY, LAKE]);
  expect(await told(azure.client.remove(idOf(FACTORY)))).toBe(
    "adf-factory-not-empty: the factory olist-df cannot be deleted: it contains 1 objects that do not belong to this project",
  );
});

it("names the resource group and the subscription that do not exist", async () => {
  await using azure = await startAzure({ place: { resourceGroup: "elsewhere" } });
  expect(await told(azure.client.read(ALL))).toMatch(
    /^resource-group-missing: the resource group elsewhere does not exist/,
  );
  await using other = await startAzure({ place: { subscription: "00000000-0000-0000-0000-000000000000" } });
  expect(await told(other.client.read(ALL))).toMatch(/^service-refused: .*SubscriptionNotFound/);
});

it("names the command that grants a missing permission, on the factory if it exists", async () => {
  await using azure = await startAzure();
  azure.arm.allow(READER);
  const grant = `az role assignment create --assignee-object-id ${azure.entra.objectId} --assignee-principal-type ServicePrincipal --role "Data Factory Contributor" --scope "/subscriptions/5ab5c417-0000-4000-8000-000000000001/resourceGroups/olist-test`;
  const [first] = await failureOf(azure.client.write(FACTORY));
  expect(first?.message).toMatch(
    /^this identity does not have permission to create the factory olist-df in Data Factory: AuthorizationFailed/i,
  );
  expect(first?.hint).toContain(`${grant}"`);
  azure.factories.answer({
    method: "PUT",
    path: ["factories", "olist-df"],
    query: new URLSearchParams(),
    url: "",
    id: "",
    body: JSON.stringify({ location: "westeurope" }),
  });
  await azure.client.read([]);
  const [second] = await failureOf(azure.client.write(LAKE));
  expect(second?.hint).toContain(`${grant}/providers/Microsoft.DataFactory/factories/olist-df"`);
});

const HOSTILE = ["../x", "a%2fb", "a/b", "a?b", "a#b", "..", ".", "", "a\\b", "-x", "a\ud800", "a:b", "a&b", "a+b"];

it.each(HOSTILE)("sends nothing for the name %j", async (name) => {
  await using azure = await startAzure();
  const object = { ...LAKE, name };
  expect(await told(azure.client.write(object))).toMatch(/^azure-name: /);
  expect(await told(azure.client.remove(object))).toMatch(/^azure-name: /);
  expect(await told(azure.client.run({ ...TRIGGER, name }, true))).toMatch(/^azure-name: /);
  expect(azure.requests()).toEqual([]);
});

it.each(["it's", 'say "hi"', "größe", "x漢字", "x😀 data", "a b", "a;b", "a=b", "a,b@c", "a$(b)`c`"])(
  "reaches exactly the object with the name %j",
  async (name) => {
    await using azure = await startAzure();
    await azure.client.write(FACTORY);
    const object = { ...LAKE, name };
    await azure.client.write(object);
    expect(Object.keys(azure.factories.snapshot("olist-df"))).toEqual(["factory", `linkedservices/${name}`]);
    expect((await azure.client.read([object])).at(-1)?.name).toBe(name);
    await azure.client.remove(object);
    expect(Object.keys(azure.factories.snapshot("olist-df"))).toEqual(["factory"]);
  },
);

it.each([
  { subscription: "../../x" },
  { subscription: "Pay as you go" },
  { resourceGroup: "a/b" },
  { resourceGroup: "dot." },
  { resourceGroup: ".." },
  { resourceGroup: '";rm -rf /;"' },
  { factory: "a" },
  { factory: "a?b" },
])("takes no place %j", async (place) => {
  expect(await told(startAzure({ place }))).toMatch(/^azure-name: /);
});

it("has the same result whichever request of a deployment fails temporarily", async () => {
  await using undisturbed = await startAzure({ polls: 1 });
  const deploy = async ({ client, ...azure }: typeof undisturbed): Promise<void> => {
    await writeAll({ client, ...azure });
    await client.run(idOf(TRIGGER), true);
    await client.run(idOf(TRIGGER), false);
    await client.remove(idOf(TRIGGER));
    await client.read(ALL);
  };
  await deploy(undisturbed);
  const count = undisturbed.faults.count();
  const wanted = undisturbed.factories.snapshot("olist-df");
  for (let k = 1; k <= count; k++) {
    await using azure = await startAzure({ polls: 1 });
    const faults: readonly Fault[] = [
      { kind: "answer", answer: { status: 500, body: "<html>oops</html>" } },
      { kind: "answer", answer: { status: 429, headers: { "retry-after": "0" } } },
      { kind: "reset" },
      { kind: "lost" },
      { kind: "meanwhile", run: () => azure.entra.expireAll() },
    ];
    // Two of them for each request, all of them in turn.
    for (const at of [k, k + 2]) {
      const fault = faults[at % faults.length];
      azure.faults.restart();
      if (fault) azure.faults.at(k, fault);
      await deploy(azure);
      expect(azure.factories.snapshot("olist-df"), `${fault?.kind} at ${k}`).toEqual(wanted);
    }
  }
}, 60_000);

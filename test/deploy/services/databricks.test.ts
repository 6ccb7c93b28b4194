import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { normalBody } from "../../../src/deploy/normalize/body.ts";
import { normalFolder, normalNotebook } from "../../../src/deploy/normalize/databricks.ts";
import { type DesiredObject, type Json, type Kind, keyOf, type ObjectId } from "../../../src/deploy/object.ts";
import type { ServiceClient } from "../../../src/deploy/service.ts";
import { CLOUDS, createTokens } from "../../../src/deploy/services/credentials.ts";
import { createDatabricks } from "../../../src/deploy/services/databricks.ts";
import type { DatabricksOptions } from "../../../src/deploy/services/databricks-api.ts";
import { checkDatabricks } from "../../../src/deploy/services/databricks-doctor.ts";
import { type FakeWorkspace, startWorkspace, type WorkspaceOptions } from "../../fakes/databricks.ts";
import { DESTINATION } from "../../fakes/databricks-jobs.ts";
import { createEntra, type Entra } from "../../fakes/entra.ts";
import { createFaults, type Fault, type Faults } from "../../fakes/http.ts";
import { problemOf } from "./lake.ts";

interface Setting {
  readonly workspace: FakeWorkspace;
  readonly entra: Entra;
  readonly faults: Faults;
  readonly options: DatabricksOptions;
  readonly client: ServiceClient;
  /** The requests since the last call: `POST jobs/reset`. */
  requests(): readonly string[];
}

const open: FakeWorkspace[] = [];
afterEach(async () => {
  for (const workspace of open.splice(0)) await workspace.close();
});

async function start(wishes: Partial<WorkspaceOptions & { readonly timeout: number }> = {}): Promise<Setting> {
  const entra = createEntra();
  const faults = createFaults();
  const workspace = await startWorkspace({ entra, faults, ...wishes });
  open.push(workspace);
  const { signal } = new AbortController();
  const tokens = createTokens({ credential: entra.credential, scope: CLOUDS.public.scopes.databricks, signal });
  const http = { endpoint: workspace.url, tokens, signal, timeout: wishes.timeout ?? 10_000, pause: 1 };
  const options = { http, folder: `/Workspace${ROOT}`, owner: OWNER };
  let told = 0;
  return {
    workspace,
    entra,
    faults,
    options,
    client: createDatabricks(options),
    requests: () => {
      const since = workspace.log.slice(told);
      told = workspace.log.length;
      return since.map(({ method, target }) => `${method} ${target.replace(/^\/api\/2\.\d\/|\?.*$/g, "")}`);
    },
  };
}

const OWNER = { project: "olist", environment: "prod" };
const ROOT = "/Shared/medalc/olist";
const SOURCE = '# Databricks notebook source\n# MAGIC %run ../lake\n\n# COMMAND ----------\n\nprint("Füße")\n';

function desired(kind: Kind, name: string, body: Json): DesiredObject {
  return { service: "databricks", kind, name, body, needs: [], tables: [], file: "" };
}

function folder(path: string): DesiredObject {
  return desired("folder", path, normalFolder);
}

function notebook(path: string, text = SOURCE): DesiredObject {
  return desired("notebook", path, normalNotebook("PYTHON", text));
}

function job(name: string, settings: { readonly [name: string]: Json } = {}): DesiredObject {
  const task = (key: string, after: readonly string[]): Json => ({
    task_key: key,
    depends_on: after.map((task_key) => ({ task_key })),
    job_cluster_key: "main",
    notebook_task: { notebook_path: `/Workspace${ROOT}/files/notebooks/silver/orders` },
  });
  const cluster = { spark_version: "17.3.x-scala2.13", node_type_id: "Standard_D4ds_v5", num_workers: 2 };
  const body = {
    name,
    tags: { medal_project: "olist" },
    max_concurrent_runs: 1,
    parameters: [{ name: "lake", default: "abfss://olistdata@olist.dfs.core.windows.net" }],
    job_clusters: [{ job_cluster_key: "main", new_cluster: cluster }],
    tasks: [task("silver_orders", []), task("gold_orders", ["silver_orders"])],
    ...settings,
  };
  return desired("job", name, normalBody({ service: "databricks", kind: "job" }, body));
}

const ALL = [
  folder(ROOT),
  folder(`${ROOT}/files`),
  folder(`${ROOT}/files/notebooks`),
  folder(`${ROOT}/files/notebooks/silver`),
  notebook(`${ROOT}/files/notebooks/lake`, "# Databricks notebook source\nx = 1\n"),
  notebook(`${ROOT}/files/notebooks/silver/orders`),
  job("olist"),
];

async function writeAll(client: ServiceClient, objects: readonly DesiredObject[] = ALL): Promise<void> {
  for (const object of objects) await client.write(object);
}

function bodies(objects: readonly (ObjectId & { readonly body: Json })[]): ReadonlyMap<string, Json> {
  return new Map(objects.map((object) => [keyOf(object), object.body]));
}

it("reads back what it wrote, with the ownership mark", async () => {
  const { client } = await start();
  expect(await client.read(ALL)).toEqual([]);
  await writeAll(client);
  const read = await client.read(ALL);
  expect(bodies(read)).toEqual(bodies(ALL));
  expect(new Set(read.map(({ project }) => project))).toEqual(new Set(["olist"]));
  const needs = new Map(read.map((object) => [keyOf(object), object.needs]));
  const orders = `databricks/notebook/${ROOT}/files/notebooks/silver/orders`;
  expect(needs.get(orders)).toEqual([
    `databricks/folder/${ROOT}/files/notebooks/silver`,
    `databricks/notebook/${ROOT}/files/notebooks/lake`,
  ]);
  expect(needs.get("databricks/job/olist")).toEqual([orders]);
});

it("is idempotent, and a job keeps its ID", async () => {
  const { client, workspace } = await start();
  await writeAll(client);
  const before = await client.read(ALL);
  const [id] = [...workspace.jobs.keys()];
  await writeAll(client);
  expect(await client.read(ALL)).toEqual(before);
  expect([...workspace.jobs.keys()]).toEqual([id]);
  expect(workspace.at(`${ROOT}/files/notebooks/silver/orders`)).toContain('print("Füße")');
});

it("lists only the project's folder, exports notebooks in parallel, and reads only relevant jobs", async () => {
  const { client, workspace, requests } = await start();
  await writeAll(client);
  for (let index = 0; index < 300; index++) {
    workspace.put(`${ROOT}/files/notebooks/gold/t${index}.v1 ü`, { language: "SQL", text: `SELECT ${index}\n` });
  }
  workspace.put("/Shared/other/notebook", { language: "SQL", text: "SELECT 1\n" });
  for (let index = 0; index < 250; index++) workspace.addJob({ name: `other ${index}` });
  requests();
  const read = await client.read(ALL);
  expect(read).toHaveLength(ALL.length + 301);
  expect(bodies(read).get(`databricks/notebook/${ROOT}/files/notebooks/gold/t299.v1 ü`)).toEqual(
    normalNotebook("SQL", "-- Databricks notebook source\nSELECT 299\n"),
  );
  expect(bodies(read).get(keyOf(notebook(`${ROOT}/files/notebooks/silver/orders`)))).toEqual(notebook("").body);
  expect(counted(requests())).toEqual({
    "GET workspace/list": 5,
    "GET workspace/export": 1,
    "GET jobs/list": 3,
    "GET jobs/get": 1,
  });
});

it.each<[string, Partial<WorkspaceOptions>, Fault | undefined]>([
  ["are too large for that", { longestArchive: 400 }, undefined],
  [
    "come as something else",
    {},
    { kind: "answer", answer: { status: 200, body: { content: Buffer.from("PK").toString("base64") } } },
  ],
])("exports notebooks one by one, in parallel, where all together %s", async (_, wishes, fault) => {
  const { client, faults, workspace, requests } = await start(wishes);
  await client.write(folder(ROOT));
  for (let index = 0; index < 30; index++) {
    workspace.put(`${ROOT}/t${index}`, { language: "PYTHON", text: `x = ${index}\n` });
  }
  requests();
  faults.restart();
  // Without a pause each answer is there before the next request comes.
  for (let k = 1; k <= 40; k++) faults.at(k, { kind: "meanwhile", run: () => sleep(20) });
  // After the list of the folder and that of the jobs, which are asked for at the same time.
  if (fault !== undefined) faults.at(3, fault);
  expect(await client.read([])).toHaveLength(31);
  expect(counted(requests())).toEqual({ "GET workspace/list": 1, "GET workspace/export": 31, "GET jobs/list": 1 });
  expect(workspace.mostAtOnce()).toBeGreaterThan(3);
});

function counted(requests: readonly string[]): Readonly<Record<string, number>> {
  const groups = Object.entries(Object.groupBy(requests, (each) => each));
  return Object.fromEntries(groups.map(([name, all]) => [name, all?.length ?? 0]));
}

it("reads all tasks of a large job", async () => {
  const { client } = await start();
  const tasks = Array.from({ length: 250 }, (_, index) => ({
    task_key: `t${index}`,
    job_cluster_key: "main",
    notebook_task: { notebook_path: `${ROOT}/files/notebooks/silver/orders` },
  }));
  const large = job("olist", { tasks });
  await client.write(large);
  expect((await client.read([large])).map(({ body }) => body)).toEqual([large.body]);
});

it("refers to jobs that run others by name, and sends their IDs", async () => {
  const { client, workspace } = await start();
  const part = job("olist_part_1");
  const runs = [
    { task_key: "olist_part_1", run_job_task: { job_name: "olist_part_1", job_parameters: { load: "x" } } },
  ];
  const whole = job("olist", { tasks: runs, job_clusters: [] });
  const refused = await problemOf(client.write(whole));
  expect(refused.message).toContain("INVALID_PARAMETER_VALUE: Job 0 does not exist.");
  await writeAll(client, [part, whole]);
  const read = await client.read([part, whole]);
  expect(new Map(read.map((object) => [object.name, object.body]))).toEqual(
    new Map([part, whole].map(({ name, body }) => [name, body])),
  );
  expect(JSON.stringify([...workspace.jobs.values()])).not.toContain("job_name");
});

it("finds jobs by tag and by desired name, and touches no other with the same name", async () => {
  const { client, workspace } = await start();
  await client.write(job("old"));
  const byHand = workspace.addJob({ name: "olist", tags: { team: "sales" } });
  const theirs = workspace.addJob({ name: "Olist" });
  const read = await client.read([job("olist")]);
  expect(read.map(({ name, project }) => [name, project])).toEqual([
    ["old", "olist"],
    ["olist", undefined],
  ]);
  // Adopted.
  await client.write(job("olist"));
  expect(workspace.jobs.get(byHand)).toMatchObject({ tags: { medal_project: "olist" } });
  await client.remove(job("olist"));
  await client.remove(job("olist"));
  expect([...workspace.jobs.values()].map(({ name }) => name)).toEqual(["old", "Olist"]);
  expect(workspace.jobs.has(theirs)).toBe(true);
});

const RUNNER = "4a115000-0000-4000-8000-000000000007";

it("grants the declared permissions on the folder and the job, keeps the owner, and reads them back", async () => {
  const { client, workspace, entra } = await start();
  const permissions = { "data-engineers": "CAN_MANAGE", "ada@shop.example": "CAN_RUN" };
  const root = desired("folder", ROOT, { permissions });
  // The owner of the job among them.
  const granted = { "data-engineers": "CAN_MANAGE", [entra.objectId]: "CAN_MANAGE_RUN", [RUNNER]: "CAN_MANAGE_RUN" };
  const runs = { run_as: { service_principal_name: RUNNER }, permissions: granted };
  const wanted = [root, notebook(`${ROOT}/files/notebooks/silver/orders`)];
  await writeAll(client, [...ALL.filter(({ kind }) => kind === "folder"), ...wanted, job("olist", runs)]);
  const all = [...wanted, job("olist", runs)];
  const read = bodies(await client.read(all));
  for (const each of all) expect(read.get(keyOf(each)), each.name).toEqual(each.body);
  const [id] = [...workspace.jobs.keys()];
  expect(workspace.grants.get(`jobs/${id}`)).toContainEqual({
    service_principal_name: entra.objectId,
    permission_level: "IS_OWNER",
  });
  // Somebody adds a person, and changes who the job runs as.
  const [folderKey = ""] = [...workspace.grants.keys()].filter((key) => key.startsWith("directories/"));
  workspace.grant(folderKey, { user_name: "eve@shop.example", permission_level: "CAN_MANAGE" });
  expect(bodies(await client.read(all)).get(keyOf(root))).toEqual({
    permissions: { ...permissions, "eve@shop.example": "CAN_MANAGE" },
  });
  await client.write(root);
  expect(bodies(await client.read(all)).get(keyOf(root))).toEqual({ permissions });
});

it("leaves undeclared permissions unchanged, and does not request them", async () => {
  const { client, requests } = await start();
  await writeAll(client);
  await client.read(ALL);
  expect(requests().filter((each) => each.includes("permissions"))).toEqual([]);
});

it("shows a changed run_as identity, even if it is the deploying one", async () => {
  const { client, workspace, entra } = await start();
  await writeAll(client);
  const [id = 0] = workspace.jobs.keys();
  const own = { run_as: { service_principal_name: entra.objectId } };
  expect(bodies(await client.read([job("olist", own)])).get("databricks/job/olist")).toMatchObject(own);
  workspace.changeJob(id, { run_as: { user_name: "eve@shop.example" } });
  expect(bodies(await client.read([job("olist")])).get("databricks/job/olist")).toMatchObject({
    run_as: { user_name: "eve@shop.example" },
  });
});

it("merges several jobs that a deployment left with one name", async () => {
  const { client, workspace } = await start();
  await client.write(job("olist"));
  const settings = [...workspace.jobs.values()][0] ?? {};
  workspace.addJob(settings);
  const [read] = await client.read([]);
  expect(read?.body).toMatchObject({ jobs_of_this_name: 2 });
  await client.write(job("olist"));
  expect((await client.read([])).map(({ body }) => body)).toEqual([job("olist").body]);
});

it("finds files of others in the project's folder, and notebooks that cannot be exported", async () => {
  const { client, workspace, faults } = await start();
  await writeAll(client);
  workspace.put(`${ROOT}/files/prices.csv`, "file");
  workspace.put(`${ROOT}/files/mine`, { language: "R", text: "1\n" });
  faults.on(/workspace\/export.*mine/, { kind: "answer", answer: { status: 400, body: { error_code: "TOO_LARGE" } } });
  const read = new Map((await client.read(ALL)).map((each) => [keyOf(each), each]));
  expect(read.get(`databricks/file/${ROOT}/files/prices.csv`)).toMatchObject({ project: undefined });
  expect(read.get(`databricks/notebook/${ROOT}/files/mine`)).toMatchObject({ body: { text: expect.any(String) } });
});

it("removes a notebook and a folder, even if they are gone, but nothing of others", async () => {
  const { client, workspace } = await start();
  await writeAll(client);
  workspace.put(`${ROOT}/files/notebooks/silver/notes.txt`, "file");
  const silver = folder(`${ROOT}/files/notebooks/silver`);
  const orders = notebook(`${ROOT}/files/notebooks/silver/orders`);
  await client.remove(orders);
  await client.remove(orders);
  const { code, message } = await problemOf(client.remove(silver));
  expect(code).toBe("service-refused");
  expect(message).toContain("DIRECTORY_NOT_EMPTY");
  expect(workspace.at(`${ROOT}/files/notebooks/silver/notes.txt`)).toBe("file");
});

it.each<[string, Fault]>([
  ["it is throttled", { kind: "answer", answer: { status: 429, headers: { "retry-after": "0" } } }],
  ["the service is not there", { kind: "answer", answer: { status: 503 } }],
  ["the connection breaks", { kind: "reset" }],
  ["an answer is lost", { kind: "lost" }],
  ["no answer comes", { kind: "hang" }],
])("goes on where %s, at each request, with one job in the end", async (_, fault) => {
  const objects = [folder(ROOT), notebook(`${ROOT}/lake`), job("olist")];
  for (let k = 1; k <= 5; k++) {
    const { client, faults, workspace } = await start({ timeout: 400 });
    faults.at(k, fault);
    await writeAll(client, objects);
    faults.restart();
    const read = await client.read(objects);
    expect(bodies(read)).toEqual(bodies(objects));
    expect(workspace.jobs.size).toBe(1);
  }
});

it("waits as long as the service demands", async () => {
  const { client, faults } = await start();
  faults.at(1, { kind: "answer", answer: { status: 429, headers: { "retry-after": "1" } } });
  const began = performance.now();
  await client.write(folder(ROOT));
  expect(performance.now() - began).toBeGreaterThan(950);
});

it("renews an expired token", async () => {
  const { client, entra } = await start();
  await client.write(folder(ROOT));
  entra.expireAll();
  await client.write(notebook(`${ROOT}/lake`));
  expect(entra.given()).toBe(2);
});

it("reports the workspace's message, without the token", async () => {
  const { client, workspace, entra } = await start({ denied: ["/Shared/medalc/olist/secret"] });
  await client.write(folder(ROOT));
  const large = await problemOf(client.write(notebook(`${ROOT}/lake`, "x".repeat(11 * 1024 * 1024))));
  expect(large.code).toBe("service-refused");
  expect(large.message).toContain(`refused to import the notebook ${ROOT}/lake: MAX_NOTEBOOK_SIZE_EXCEEDED`);

  const OWNER = { project: "olist", environment: "prod" };

  const nowhere = await problemOf(client.write(notebook("/Shared/none/lake")));
  expect(nowhere.message).toContain("The parent folder (/Shared/none) does not exist");

  const denied = await problemOf(client.write(folder(`${ROOT}/secret`)));
  expect(denied.code).toBe("service-forbidden");
  expect(denied.message).toContain("PERMISSION_DENIED");
  expect(denied.hint).toContain('databricks service-principals create --json \'{"applicationId":"a9910000-');

  const { token } = (await entra.credential.getToken("https://other.example/.default")) ?? { token: "" };
  const stranger = createDatabricks({
    folder: ROOT,
    owner: OWNER,
    http: {
      endpoint: workspace.url,
      tokens: { current: async () => token, after: async () => token },
      signal: new AbortController().signal,
      pause: 1,
    },
  });
  const refused = await problemOf(stranger.read([]));
  expect(refused.code).toBe("service-token-refused");
  expect(JSON.stringify(refused)).not.toContain(token);
});

it("treats every name as a name, whatever it contains", async () => {
  const { client, workspace } = await start();
  const name = "a&path=x#?\"'; %2e%2e ü";
  const objects = [folder(ROOT), notebook(`${ROOT}/${name}`), job(name)];
  await writeAll(client, objects);
  const read = await client.read(objects);
  expect(new Set(read.map(keyOf))).toEqual(new Set(objects.map(keyOf)));
  expect(workspace.at("/x")).toBeUndefined();
  await client.remove(notebook(`${ROOT}/${name}`));
  await client.remove(job(name));
  expect((await client.read(objects)).map(keyOf)).toEqual([`databricks/folder/${ROOT}`]);
});

it("is checked before a deployment", async () => {
  const { options, client, workspace } = await start();
  expect(await checkDatabricks(options)).toMatchObject([
    { kind: "fine", what: `workspace ${workspace.url}`, detail: "reachable, signed in as medalc" },
    { kind: "fine", what: `folder ${ROOT}`, detail: "does not exist yet; the first deployment creates it" },
    { kind: "fine", what: "jobs" },
  ]);
  await client.write(folder(ROOT));
  expect((await checkDatabricks(options))[1]).toMatchObject({ kind: "fine", detail: "exists and is readable" });

  const denied = await start({ denied: ["/Shared/medalc"] });
  const checks = await checkDatabricks(denied.options);
  expect(checks.map(({ kind }) => kind)).toEqual(["fine", "wrong"]);

  const inTheWay = await start();
  inTheWay.workspace.put(ROOT, "file");
  const [, check] = await checkDatabricks(inTheWay.options);
  expect(check?.kind === "wrong" && check.problems[0]?.message).toContain(`${ROOT} is FILE`);
});

it("writes who is notified of failed runs, finds others, and names a destination that does not exist", async () => {
  const { client, workspace } = await start();
  const notified = {
    email_notifications: { on_failure: ["ada@shop.example"] },
    webhook_notifications: { on_failure: [{ id: DESTINATION }] },
  };
  const wanted = job("olist", notified);
  await writeAll(client, [...ALL.filter(({ kind }) => kind === "folder"), wanted]);
  const read = async () => bodies(await client.read([wanted])).get(keyOf(wanted));
  expect(await read()).toEqual(wanted.body);
  const [id = 0] = [...workspace.jobs.keys()];
  workspace.changeJob(id, { email_notifications: { on_failure: ["eve@shop.example"] } });
  expect(await read()).not.toEqual(wanted.body);
  await client.write(wanted);
  expect(await read()).toEqual(wanted.body);
  await client.write(job("olist"));
  expect(await read()).toEqual(job("olist").body);
  const unknown = job("olist", { webhook_notifications: { on_failure: [{ id: "d0e5" }] } });
  expect((await problemOf(client.write(unknown))).message).toContain("Notification destination d0e5 does not exist");
});

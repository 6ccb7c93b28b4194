/**
 * A program that was deployed and is to be deployed again with changes of every kind, in services that it shares with
 * others. Whatever a test does to it, the state before is brought back in no time.
 */
import { ContainerClient } from "@azure/storage-blob";
import { vi } from "vitest";
import type { DeployPlan } from "../../../src/deploy/deploy-plan.ts";
import { deploy, type Report, readHistory } from "../../../src/deploy/deployment.ts";
import type { Beginning } from "../../../src/deploy/journal.ts";
import { connectContainer } from "../../../src/deploy/services/container.ts";
import { createRecords, type Records } from "../../../src/deploy/services/records.ts";
import { connectStack, type Stack } from "../../../src/deploy/stack.ts";
import { planTarget, resumed, rolledBack, type Target, type Wanted } from "../../../src/deploy/target.ts";
import { isFailure } from "../../../src/runner/errors.ts";
import { type Cloud, STATE, startCloud } from "../../fakes/cloud.ts";
import type { Fault } from "../../fakes/http.ts";
import { type Deployable, deployable, HOLDER, placeIn, shop } from "./support.ts";

const FACTORY = "shop-df";
const OWNER = { project: "shop", environment: "prod" };
export const DAILY = "adf/trigger/tr_shop_daily";
/** Ours, and stopped by somebody before anything begins. */
export const HELD = "adf/trigger/tr_shop_held";
/** What is in the services and carries no mark of the project. */
const OTHERS = ["pipeline/pl_else", "trigger/tr_else", "trigger/tr_guest", "view/dbo.else", "job/else", "/stock"];

/** What differs between the deployments: a pipeline, notebooks, views, a trigger; one table comes and one goes. */
export const BEFORE = deployableWith(
  withCatalog(shop({ more: "gold old {\n  from silver.orders\n  select { order_id }\n}\n" }), "analysts"),
);
export const AFTER = deployableWith(
  withCatalog(
    shop({
      gold: "total = sum(price), orders = count()",
      more: "gold fresh {\n  from silver.orders\n  select { order_id, city }\n}\n",
    }).replace("06:00", "07:00"),
    "analysts, auditors",
  ),
);
export const NOTHING: Deployable = { objects: [], tables: [] };

function withCatalog(text: string, readers: string): string {
  return text.replace("can_manage:", `catalog: "main", readers: "${readers}"\n    can_manage:`);
}

function deployableWith(text: string): Deployable {
  const { objects, tables } = deployable(text);
  const [daily] = deployable(shop()).objects.filter(({ kind }) => kind === "trigger");
  if (daily === undefined) throw new Error("the program has no trigger");
  // The same in both deployments, so that only whether it runs differs.
  return { objects: [...objects, { ...daily, name: "tr_shop_held" }], tables };
}

export interface State {
  /** By keys, of the project and of others. */
  readonly objects: Readonly<Record<string, unknown>>;
  readonly runs: Readonly<Record<string, boolean>>;
}

export interface World extends AsyncDisposable {
  readonly cloud: Cloud;
  /** The records, past the faults. */
  readonly records: Records;
  connect(options?: { readonly signal?: AbortSignal; readonly timeout?: number }): Stack;
  /** What the services have now; asks nothing of them. */
  state(): State;
  /** Remembers all that there is; the function brings it back, without a lease. */
  save(): Promise<() => Promise<void>>;
  /** Ends whatever lease there is. */
  endLease(): Promise<void>;
  /** Until nothing is at work any more that somebody began who is gone. */
  quiet(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const cloud = await startCloud();
  const place = placeIn(cloud, BEFORE.objects);
  const { credential } = cloud.storage;
  const clients = ["shop", STATE].map((name) => new ContainerClient(`${cloud.storage.direct}/${name}`, credential));
  const signal = new AbortController().signal;
  const options = { url: cloud.storage.direct, container: STATE, owner: OWNER, credential, signal };
  const endLease = async (): Promise<void> => {
    const lease = new ContainerClient(`${cloud.storage.direct}/${STATE}`, credential)
      .getBlobClient("shop/prod/lease")
      .getBlobLeaseClient();
    await lease.breakLease(0).catch(() => undefined);
  };
  const blobs = async (client: ContainerClient): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    if (!(await client.exists())) return found;
    for await (const { name, properties } of client.listBlobsFlat()) found.set(name, properties.etag ?? "");
    return found;
  };
  const saveBlobs = async (client: ContainerClient): Promise<() => Promise<void>> => {
    const saved = await blobs(client);
    const texts = new Map<string, Buffer>();
    for (const name of saved.keys()) texts.set(name, await client.getBlobClient(name).downloadToBuffer());
    const isThere = await client.exists();
    const { metadata = {} } = isThere ? await client.getProperties() : {};
    return async () => {
      if (!isThere) return void (await client.deleteIfExists());
      await client.createIfNotExists({ metadata });
      const now = await blobs(client);
      for (const [name, etag] of now) {
        const text = texts.get(name);
        if (name.endsWith("/lease") || etag === saved.get(name)) continue;
        if (text === undefined) await client.deleteBlob(name);
        else await client.getBlockBlobClient(name).uploadData(text);
      }
    };
  };
  return {
    cloud,
    records: createRecords(connectContainer(options)),
    endLease,
    connect: ({ signal: own = signal, timeout = 2000 } = {}) =>
      connectStack({
        ...{ place, owner: OWNER, credential: cloud.entra.credential, storageCredential: credential },
        ...{ signal: own, timeout, pause: 1 },
      }),
    state: () => stateOf(cloud),
    async save() {
      const restores: (() => unknown)[] = [cloud.factories.save(), cloud.workspace.save(), cloud.pool.save()];
      restores.push(...(await Promise.all(clients.map(saveBlobs))));
      return async () => {
        await endLease();
        for (const restore of restores) await restore();
      };
    },
    async quiet() {
      const servers = [cloud.storage, cloud.arm, cloud.workspace];
      do await new Promise((done) => setTimeout(done, 5));
      while (servers.some((server) => server.atWork() > 0));
    },
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  };
}

/** What was deployed before, with the objects of others beside it and a trigger that somebody holds. */
export async function startDeployedWorld() {
  const world = await startWorld();
  await bringAbout(world.connect(), { wanted: wantedOf(BEFORE), kind: "deploy" });
  register(world.cloud, KEPT);
  addOthers(world.cloud);
  world.cloud.factories.setState(FACTORY, "tr_shop_held", "Stopped");
  return { world, start: world.state(), restore: await world.save() };
}

/** Registers the tables of a program as a run does. */
export function register({ workspace }: Cloud, { objects }: Deployable): void {
  for (const { kind, name, body } of objects)
    if (kind === "catalogTable") workspace.catalog.register(name, Object(body));
}

/** The tables that no change between the two deployments removes from Unity Catalog, which going back does not undo. */
const KEPT: Deployable = {
  objects: BEFORE.objects.filter(({ name }) => AFTER.objects.some((each) => each.name === name)),
  tables: [],
};

/** What was deployed before, with the objects of others beside it that use nothing of ours. */
export async function startSharedWorld(): Promise<World> {
  const world = await startWorld();
  await bringAbout(world.connect(), { wanted: wantedOf(BEFORE), kind: "deploy" });
  addOthers(world.cloud, { guest: false });
  return world;
}

/** Somebody else's objects, side by side with the project's. */
export function addOthers({ factories, workspace, pool }: Cloud, { guest = true } = {}): void {
  factories.put(FACTORY, "pipelines", "pl_else", { activities: [], annotations: ["medalc", "stock"] });
  const recurrence = { frequency: "Day", interval: 1, startTime: "2026-01-01T00:00:00Z", timeZone: "UTC" };
  // Somebody may run our pipeline too.
  for (const [trigger, referenceName] of Object.entries({
    tr_else: "pl_else",
    ...(guest ? { tr_guest: "pl_shop" } : {}),
  })) {
    const pipelines = [{ pipelineReference: { referenceName, type: "PipelineReference" } }];
    factories.put(FACTORY, "triggers", trigger, {
      type: "ScheduleTrigger",
      typeProperties: { recurrence },
      pipelines,
    });
    factories.setState(FACTORY, trigger, "Started");
  }
  workspace.put("/medalc/stock/prod/files/else", { language: "PYTHON", text: "else = 1" });
  workspace.addJob({ name: "else", tasks: [] });
  pool.run("shop", "CREATE VIEW [dbo].[else] AS SELECT 1 AS one");
}

export function othersIn({ objects, runs }: State): unknown {
  const foreign = Object.entries(objects).filter(([key]) => OTHERS.some((each) => key.includes(each)));
  return { objects: Object.fromEntries(foreign), runs: [runs["adf/trigger/tr_else"], runs["adf/trigger/tr_guest"]] };
}

export function wantedOf({ objects, tables }: Deployable, scope: Partial<Wanted> = {}): Wanted {
  return { project: "shop", environment: "prod", objects, tables, adopt: [], destroy: [], ...scope };
}

/** Plans and carries out, as the command does. */
export async function bringAbout(stack: Stack, target: Target): Promise<Report> {
  const { plan, diagnostics } = await planTarget(stack, target.wanted);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  const stop = new AbortController().signal;
  const { kind, target: bundle } = target;
  return deploy({ stack, plan, kind, holder: HOLDER, stop, ...(bundle === undefined ? {} : { target: bundle }) });
}

/** An answer that all services give alike; the number is one of SQL's errors. */
export function answer(status: number, number: number, headers: Readonly<Record<string, string>> = {}): Fault {
  const body = { number, message: "Not now.", error: { code: "NotNow", message: "Not now." } };
  return { kind: "answer", answer: { status, headers, body } };
}

export interface Attempt {
  /** How many requests came, over all services. */
  readonly requests: number;
  readonly outcome:
    | { readonly kind: "report"; readonly report: Report }
    /** Before anything was done; the codes of the diagnostics. */
    | { readonly kind: "refused"; readonly codes: readonly string[] }
    | { readonly kind: "killed" };
}

export interface AttemptOptions {
  readonly plan: DeployPlan;
  readonly kind?: Beginning["kind"];
  readonly target?: string;
  /** Milliseconds that a request may take. */
  readonly timeout?: number | undefined;
  /** Plans the faults; `kill` ends the deployer there and then, as far as the services see it. */
  prepare?(kill: () => void): void;
}

/** A deployment by a deployer of its own. */
export async function attempt(world: World, options: AttemptOptions): Promise<Attempt> {
  const { plan, kind = "deploy", target, timeout = 2000, prepare } = options;
  const { faults } = world.cloud;
  const killer = new AbortController();
  const stack = world.connect({ signal: killer.signal, timeout });
  const stop = new AbortController().signal;
  faults.restart();
  prepare?.(() => killer.abort());
  const carriedOut = deploy({ stack, plan, kind, holder: HOLDER, stop, ...(target === undefined ? {} : { target }) });
  const outcome = await carriedOut.then(
    (report): Attempt["outcome"] => ({ kind: "report", report }),
    (error: unknown): Attempt["outcome"] => {
      if (killer.signal.aborted) return { kind: "killed" };
      if (!isFailure(error)) throw error;
      return { kind: "refused", codes: error.diagnostics.map(({ code }) => code) };
    },
  );
  const requests = faults.count();
  faults.restart();
  await world.quiet();
  return { requests, outcome };
}

export type Way = "resume" | "rollback";

/** Where this leads, from what did not end well. */
export async function targetOf({ records }: World, way: Way, { wanted }: Target): Promise<Target> {
  const history = await readHistory(records);
  return way === "resume" ? resumed(history, wanted) : rolledBack(records, history, wanted);
}

/** Goes on with what did not end well, or goes back. Where nothing was begun, begins anew or is where it goes back to. */
export async function recover(world: World, target: Target, way: Way): Promise<void> {
  await world.endLease();
  const { unfinished } = await readHistory(world.records);
  if (unfinished === undefined && way === "rollback") return;
  const report = await bringAbout(
    world.connect(),
    unfinished === undefined ? target : await targetOf(world, way, target),
  );
  const said = [...report.problems, ...report.failed.flatMap(({ diagnostics }) => diagnostics)];
  if (!report.isDone) throw new Error(said.map(({ message }) => message).join("; "));
}

/** So much time has passed since a lease was renewed that it has to be asked for; until `vi.useRealTimers`. */
export function passTime(): void {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(Date.now() + 31_000);
}

const COLLECTIONS: Readonly<Record<string, string>> = {
  linkedservices: "linkedService",
  datasets: "dataset",
  pipelines: "pipeline",
  triggers: "trigger",
};

function stateOf({ factories, workspace, pool }: Cloud): State {
  const objects: Record<string, unknown> = {};
  const runs: Record<string, boolean> = {};
  for (const [name, said] of Object.entries(factories.snapshot(FACTORY))) {
    const [collection = "", own = FACTORY] = name.split("/");
    const key = `adf/${COLLECTIONS[collection] ?? "factory"}/${own}`;
    const { properties, state } = Object(said);
    objects[key] = withJobNames(properties ?? said, workspace);
    if (state !== undefined) runs[key] = state === "Started";
  }
  for (const [path, said] of Object.entries(workspace.below("/medalc"))) {
    // The folders of projects hold those of their environments.
    if (path.split("/").length < 4) continue;
    objects[`databricks/${said === "folder" ? "folder" : "notebook"}/${path}`] = said;
  }
  for (const [id, job] of workspace.jobs) {
    objects[`databricks/job/${job.name}`] = { ...job, permissions: workspace.grants.get(`jobs/${id}`) };
  }
  for (const name of workspace.catalog.schemas.keys()) {
    objects[`databricks/catalogSchema/${name}`] = workspace.catalog.grantsOn(name);
  }
  for (const name of workspace.catalog.tables.keys()) objects[`databricks/catalogTable/${name}`] = "there";
  for (const [key, said] of servingIn(pool.rows().shop ?? {})) objects[`synapse/${key}`] = said;
  return { objects, runs };
}

/** The ids of jobs are none of the meaning, but must be those of jobs that exist. */
function withJobNames(properties: unknown, { jobs }: Cloud["workspace"]): unknown {
  return JSON.parse(JSON.stringify(properties), (name, value) =>
    name === "jobId" ? (jobs.get(Number(value))?.name ?? `no job ${value}`) : value,
  );
}

/** The database by the keys of its objects: ids are none of its meaning. */
function servingIn(rows: ReturnType<Cloud["pool"]["rows"]>[string]): readonly (readonly [string, unknown])[] {
  const all = (table: string) => rows[`sys.${table}`] ?? [];
  const nameOf = (table: string, column: string, id: unknown): string =>
    String(all(table).find((each) => each[column] === id)?.name);
  const principal = (id: unknown): string => nameOf("database_principals", "principal_id", id);
  const builtIn = ["dbo", "sys", "public", "db_owner"];
  const named = (table: string, kind: string) =>
    all(table)
      .filter(({ name }) => !builtIn.includes(String(name)))
      .map((each) => [`${kind}/${each.name}`, "there"] as const);
  return [
    ...(Object.keys(rows).length > 0 ? [["database/shop", "there"] as const] : []),
    ...named("database_scoped_credentials", "credential"),
    ...named("external_data_sources", "dataSource"),
    ...named("schemas", "schema"),
    ...named("database_principals", "user"),
    ...all("views").map(({ schema_id, name, object_id }) => {
      const { definition } = all("sql_modules").find((each) => each.object_id === object_id) ?? {};
      return [`view/${nameOf("schemas", "schema_id", schema_id)}.${name}`, definition] as const;
    }),
    ...all("database_permissions").map((each) => {
      const schema = each.class === 3 ? ` ON SCHEMA::${nameOf("schemas", "schema_id", each.major_id)}` : "";
      const table = "database_scoped_credentials";
      const credential =
        each.class === 32 ? ` ON DATABASE SCOPED CREDENTIAL::${nameOf(table, "credential_id", each.major_id)}` : "";
      const to = principal(each.grantee_principal_id);
      return [`grant/${each.permission_name}${schema}${credential} TO ${to}`, "there"] as const;
    }),
    ...all("database_role_members").map((each) => {
      const [role, member] = [principal(each.role_principal_id), principal(each.member_principal_id)];
      return [`grant/MEMBER ${member} OF ${role}`, "there"] as const;
    }),
  ];
}

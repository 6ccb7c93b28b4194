/** A small program, deployed to services on loopback as the commands do it. */
import { emitAll } from "../../../src/codegen/emit.ts";
import type { DeployPlan, Scope } from "../../../src/deploy/deploy-plan.ts";
import { deploy, deployedBundle, type Report, readHistory, tableId } from "../../../src/deploy/deployment.ts";
import { desiredObjects } from "../../../src/deploy/desired/objects.ts";
import type { Place } from "../../../src/deploy/endpoints.ts";
import type { Beginning } from "../../../src/deploy/journal.ts";
import type { Holder } from "../../../src/deploy/lease.ts";
import { type ActualObject, type DesiredObject, keyOf } from "../../../src/deploy/object.ts";
import { createPlan } from "../../../src/deploy/plan.ts";
import { connectStack, readActual, type Stack } from "../../../src/deploy/stack.ts";
import { type TableFacts, tableFacts } from "../../../src/deploy/table-facts.ts";
import { contextOf, programOf } from "../../codegen/support/compile.ts";
import { type Cloud, namesIn } from "../../fakes/cloud.ts";

/** One table in each layer; `gold` stands in place of what the gold table computes. */
export function shop({
  gold = "total = sum(price)",
  more = "",
}: {
  readonly gold?: string;
  readonly more?: string;
} = {}): string {
  return `project shop {
  lake     = adls { account: "shoplake", container: "shop" }
  ingest   = datafactory { name: "shop-df" }
  compute  = databricks {
    workspace:   "https://adb-1234567890123456.7.azuredatabricks.net"
    resource_id: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop/providers/Microsoft.Databricks/workspaces/shop"
    runtime:     "17.3 LTS"
    node:        "Standard_D4ds_v5"
    workers:     1..2
    can_manage:  "data-engineers"
  }
  serve    = synapse { workspace: "shop-syn", database: "shop" }
  schedule = daily at "06:00" in "UTC"
}

source files = http { base_url: "https://files.example.com/" }

bronze orders from files.csv("orders.csv") {
  order_id: string
  city:     string
  price:    decimal(10,2)
}

silver orders {
  from bronze.orders
  distinct
  key order_id
}

gold cities {
  from silver.orders
  group by city { ${gold} }
}
${more}`;
}

export interface Deployable {
  readonly objects: readonly DesiredObject[];
  readonly tables: readonly TableFacts[];
}

/** What a program wants in `prod`. */
export function deployable(text: string): Deployable {
  const program = programOf(text);
  const context = contextOf({});
  const { files } = emitAll(program, context);
  return { objects: desiredObjects(program, context.environment, files), tables: tableFacts(program) };
}

export function placeIn(cloud: Cloud, objects: readonly DesiredObject[]): Place {
  return cloud.place(namesIn(objects));
}

export function connect(cloud: Cloud, objects: readonly DesiredObject[], timeout = 5000): Stack {
  return connectStack({
    place: placeIn(cloud, objects),
    owner: { project: "shop", environment: "prod" },
    credential: cloud.entra.credential,
    storageCredential: cloud.storage.credential,
    signal: new AbortController().signal,
    timeout,
    pause: 1,
  });
}

export interface PlannedWith {
  readonly plan: DeployPlan;
  /** Codes. */
  readonly problems: readonly string[];
}

export async function planned(
  stack: Stack,
  { objects, tables }: Deployable,
  scope: Partial<Scope> = {},
): Promise<PlannedWith> {
  const destroy = scope.destroy ?? [];
  const [actual, history] = await Promise.all([
    readActual(stack, [...objects, ...destroy.map(tableId)]),
    readHistory(stack.records),
  ]);
  const { plan, diagnostics } = createPlan({
    ...{ project: "shop", environment: "prod", desired: objects, tables, actual },
    lastBundle: deployedBundle(history, actual),
    adopt: new Set(scope.adopt),
    destroy: new Set(destroy),
    ...(scope.select ? { select: new Set(scope.select) } : {}),
  });
  return { plan, problems: diagnostics.map(({ code }) => code) };
}

export const HOLDER: Holder = { identity: "ada", host: "build-7", process: 4711, since: "2026-11-23T08:14:59.000Z" };

export async function carryOut(stack: Stack, plan: DeployPlan, kind: Beginning["kind"] = "deploy"): Promise<Report> {
  return deploy({ stack, plan, kind, holder: HOLDER, stop: new AbortController().signal });
}

export async function deployed(stack: Stack, wanted: Deployable): Promise<Report> {
  return carryOut(stack, (await planned(stack, wanted)).plan);
}

/** What a plan does: `add adf/pipeline/pl_shop`. */
export function stepsOf({ steps }: DeployPlan): readonly string[] {
  return steps.map(({ id }) => id);
}

/** What all services have, by key, to be compared. */
export async function state(stack: Stack, { objects }: Deployable): Promise<Readonly<Record<string, unknown>>> {
  const actual = await readActual(stack, objects);
  const entries = actual.map((each): [string, Omit<ActualObject, "needs" | "id">] => {
    const { needs: _, id: __, ...said } = each;
    return [keyOf(each), said];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The management API on loopback with a factory, and the client on it, as tests want them. */

import type { DesiredObject, Json, ObjectId } from "../../../src/deploy/object.ts";
import { type AdfClient, createAdf } from "../../../src/deploy/services/adf.ts";
import type { AdfPlace } from "../../../src/deploy/services/adf-address.ts";
import type { AzureHttpOptions } from "../../../src/deploy/services/azure-http.ts";
import { CLOUDS, createTokens } from "../../../src/deploy/services/credentials.ts";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { isFailure } from "../../../src/runner/errors.ts";
import { createDataFactories, type DataFactories, type DataFactoryOptions } from "../../fakes/adf.ts";
import { type Arm, RESOURCE_GROUP, SUBSCRIPTION, startArm } from "../../fakes/arm.ts";
import { createEntra, type Entra } from "../../fakes/entra.ts";
import { createFaults, type Faults } from "../../fakes/http.ts";

export const PLACE: AdfPlace = { subscription: SUBSCRIPTION, resourceGroup: RESOURCE_GROUP, factory: "olist-df" };
export const PROJECT = "olist";

export interface Azure extends AsyncDisposable {
  readonly arm: Arm;
  readonly entra: Entra;
  readonly faults: Faults;
  readonly factories: DataFactories;
  readonly client: AdfClient;
  /** What the client's http takes. */
  readonly http: Omit<AzureHttpOptions, "service" | "grant">;
  /** The requests since the last call: `PUT pipelines/pl_olist`. */
  requests(): readonly string[];
}

interface Wishes extends DataFactoryOptions {
  readonly writes?: number;
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly place?: Partial<AdfPlace>;
}

export async function startAzure(wishes: Wishes = {}): Promise<Azure> {
  const { writes, signal = new AbortController().signal, timeout = 2000, place } = wishes;
  const entra = createEntra();
  const faults = createFaults();
  const factories = createDataFactories(wishes);
  const arm = await startArm({ entra, faults, providers: [factories], ...(writes === undefined ? {} : { writes }) });
  const tokens = createTokens({ credential: entra.credential, scope: CLOUDS.public.scopes.management, signal });
  const http = { endpoint: arm.url, tokens, signal, timeout, pause: 1 };
  const client = createAdf({
    place: { ...PLACE, ...place },
    owner: { project: PROJECT, environment: "prod" },
    http,
  });
  let told = 0;
  return {
    arm,
    entra,
    faults,
    factories,
    client,
    http,
    requests: () => {
      const since = arm.log.slice(told).map(({ method, target }) => {
        const path = target.split("?")[0]?.split("/olist-df/")[1] ?? target.split("?")[0]?.split("/").at(-1);
        return `${method} ${path}`;
      });
      told = arm.log.length;
      return since;
    },
    [Symbol.asyncDispose]: () => arm.close(),
  };
}

/** An object to write; the mark is in its annotations. */
export function desired(
  kind: DesiredObject["kind"],
  name: string,
  properties: { readonly [name: string]: Json },
): DesiredObject {
  const marked = { annotations: ["medalc", PROJECT], ...properties };
  const body = kind === "factory" ? { identity: { type: "SystemAssigned" } } : marked;
  return { service: "adf", kind, name, body, needs: [], tables: [], file: "" };
}

export const FACTORY = desired("factory", "olist-df", {});
export const LAKE = desired("linkedService", "ls_lake", {
  type: "AzureBlobFS",
  typeProperties: { url: "https://olist.dfs.core.windows.net" },
});
export const FILES = desired("dataset", "ds_files", {
  type: "Binary",
  linkedServiceName: { referenceName: "ls_lake", type: "LinkedServiceReference" },
  typeProperties: { location: { type: "AzureBlobFSLocation", fileSystem: "olist" } },
});
export const PIPELINE = desired("pipeline", "pl_olist", {
  parameters: { load: { type: "String" } },
  activities: [
    {
      name: "remove",
      type: "Delete",
      typeProperties: { dataset: { referenceName: "ds_files", type: "DatasetReference" }, enableLogging: false },
    },
  ],
});
export const TRIGGER = desired("trigger", "tr_daily", {
  type: "ScheduleTrigger",
  pipelines: [
    { pipelineReference: { referenceName: "pl_olist", type: "PipelineReference" }, parameters: { load: "x" } },
  ],
  typeProperties: { recurrence: { frequency: "Day", interval: 1, startTime: "2024-01-01T06:00:00Z", timeZone: "UTC" } },
});
export const ALL: readonly DesiredObject[] = [FACTORY, LAKE, FILES, PIPELINE, TRIGGER];

export async function writeAll({ client }: Azure, objects: readonly DesiredObject[] = ALL): Promise<void> {
  for (const object of objects) await client.write(object);
}

export function idOf({ service, kind, name }: ObjectId): ObjectId {
  return { service, kind, name };
}

/** The diagnostics that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<readonly Diagnostic[]> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isFailure(error)) throw error ?? new Error("it did not fail");
  return error.diagnostics;
}

/** `code: message` of the first. */
export async function told(call: Promise<unknown>): Promise<string> {
  const [first] = await failureOf(call);
  return `${first?.code}: ${first?.message}`;
}

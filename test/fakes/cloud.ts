/** All services of a place on loopback, with one plan of faults: whatever request is the k-th of them, fails. */
import type { AzureConfig } from "../../src/config/config.ts";
import type { Place } from "../../src/deploy/endpoints.ts";
import type { DesiredObject, Kind } from "../../src/deploy/object.ts";
import { type AccessState, createAccess } from "./access.ts";
import { createDataFactories, type DataFactories } from "./adf.ts";
import { type Arm, RESOURCE_GROUP, SUBSCRIPTION, startArm } from "./arm.ts";
import { type FakeWorkspace, startWorkspace } from "./databricks.ts";
import { createEntra, type Entra } from "./entra.ts";
import { createFaults, type Faults } from "./http.ts";
import { type FakeStorage, type SecureStorage, startStorage } from "./storage.ts";
import { type FakePool, startPool } from "./tds-pool.ts";

/** The container of the deployment records: the default of the setting. */
export const STATE = "medalc-state";

export interface Cloud<Storage = FakeStorage> extends AsyncDisposable {
  readonly storage: Storage;
  readonly entra: Entra;
  /** Who may do what; a test takes away what it wants to miss. */
  readonly access: AccessState;
  readonly faults: Faults;
  readonly arm: Arm;
  readonly factories: DataFactories;
  readonly workspace: FakeWorkspace;
  readonly pool: FakePool;
  /** Where they are, as an environment of medal.json says it. */
  readonly azure: AzureConfig;
  /** Where they are; the names are the program's. */
  place(names: Names): Place;
}

export interface Names {
  readonly container: string;
  readonly factory: string;
  /** The project's, in the workspace. */
  readonly folder: string;
  readonly database: string;
}

/** The names that a program gives; an empty text for what it does not use. */
export function namesIn(objects: readonly DesiredObject[]): Names {
  const first = (kind: Kind): string => objects.find((each) => each.kind === kind)?.name ?? "";
  return {
    container: first("container"),
    factory: first("factory"),
    folder: first("folder"),
    database: first("database"),
  };
}

export interface CloudOptions {
  readonly faults?: Faults;
  /** Objects on a page of a list of Data Factory. */
  readonly pageSize?: number;
  /** Milliseconds after which a start or stop of a trigger wants to be asked after again. */
  readonly pause?: number;
  /** Writes a second that the management API takes; without one there is no limit. */
  readonly writes?: number;
}

export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const faults = options.faults ?? createFaults();
  return startCloudOn(await startStorage(faults), { ...options, faults });
}

/** The same beside a storage, which it closes with the others. */
export async function startCloudOn<Storage extends FakeStorage | SecureStorage>(
  storage: Storage,
  { faults = createFaults(), pageSize = 100, pause, writes }: CloudOptions = {},
): Promise<Cloud<Storage>> {
  const entra = createEntra();
  const access = createAccess();
  const workspace = await startWorkspace({ entra, faults, access });
  const jobProblem = (id: string): string | undefined =>
    workspace.jobs.has(Number(id)) ? undefined : `The Databricks job '${id}' does not exist.`;
  const factories = createDataFactories({ pageSize, jobProblem, ...(pause === undefined ? {} : { pause }) });
  const arm = await startArm({
    entra,
    faults,
    access,
    providers: [factories],
    ...(writes === undefined ? {} : { writes }),
  });
  const pool = await startPool({ entra, faults, access });
  const azure = {
    subscription: SUBSCRIPTION,
    resource_group: RESOURCE_GROUP,
    endpoints: {
      management: arm.url,
      storage: storage.url,
      databricks: workspace.url,
      synapse: `127.0.0.1:${pool.port}`,
    },
  };
  return {
    ...{ entra, access, faults, arm, factories, workspace, pool, storage, azure },
    place: ({ container, factory, folder, database }) => ({
      cloud: "public",
      storage: { url: storage.url, container, state: STATE },
      adf: { endpoint: arm.url, subscription: SUBSCRIPTION, resourceGroup: RESOURCE_GROUP, factory },
      databricks: { endpoint: workspace.url, folder },
      synapse: { server: "127.0.0.1", port: pool.port, database },
    }),
    async [Symbol.asyncDispose]() {
      await arm.close();
      await workspace.close();
      await pool.close();
      await storage[Symbol.asyncDispose]();
    },
  };
}

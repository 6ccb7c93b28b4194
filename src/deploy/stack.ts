/** The connected services of an environment: their clients and the deployment records. */
import type { TokenCredential } from "@azure/identity";
import type { StorageSharedKeyCredential } from "@azure/storage-blob";
import { publisherRole } from "../codegen/synapse/objects.ts";
import type { Place } from "./endpoints.ts";
import { withJobKeys } from "./job-ids.ts";
import type { ActualObject, ServiceId, WantedId } from "./object.ts";
import { type Owner, ownerIn } from "./ownership.ts";
import type { ServiceClient } from "./service.ts";
import { createAdf } from "./services/adf.ts";
import { checkAdf } from "./services/adf-doctor.ts";
import type { AzureHttpOptions } from "./services/azure-http.ts";
import type { Check } from "./services/check.ts";
import { connectContainer } from "./services/container.ts";
import { CLOUDS, createTokens, type Identity, identityOf, type Tokens } from "./services/credentials.ts";
import { createDatabricks } from "./services/databricks.ts";
import { connectLakeWorkspace, type LakeWorkspace } from "./services/databricks-access.ts";
import { checkDatabricks } from "./services/databricks-doctor.ts";
import { createRecords, type Records } from "./services/records.ts";
import { checkRunAccess } from "./services/run-access.ts";
import { createResources } from "./services/run-resources.ts";
import { createStorage } from "./services/storage.ts";
import { checkStorage } from "./services/storage-doctor.ts";
import { checkSynapse, createServer, createSynapse } from "./services/synapse.ts";
import type { FactoryUserOptions } from "./services/synapse-access.ts";

export interface Stack {
  /** The clients of the used services. */
  readonly clients: ReadonlyMap<ServiceId, ServiceClient>;
  readonly records: Records;
  /** The signed-in identity; requests a token. */
  identity(): Promise<string>;
  /** Checks the permissions of this identity in a service, without writing. */
  check(service: ServiceId): Promise<readonly Check[]>;
  /** Checks what the identities of a run may do, without writing. */
  checkRun(): Promise<readonly Check[]>;
}

export interface StackOptions {
  readonly place: Place;
  readonly owner: Owner;
  readonly credential: TokenCredential;
  /** Replaces the credential, for a storage without tokens. */
  readonly storageCredential?: StorageSharedKeyCredential;
  /** Aborts running requests. */
  readonly signal: AbortSignal;
  /** Called before each pause, with its milliseconds. */
  onWait?(action: string, milliseconds: number): void;
  /** Timeout of a request in milliseconds. */
  readonly timeout?: number;
  /** Milliseconds before the first retry. */
  readonly pause?: number;
}

export function connectStack(options: StackOptions): Stack {
  const { place, owner, credential, storageCredential, signal, onWait, timeout, pause } = options;
  const { scopes } = CLOUDS[place.cloud];
  const known = new Map<string, Tokens>();
  const tokensFor = (scope: string): Tokens => {
    const tokens = known.get(scope) ?? createTokens({ credential, scope, signal });
    known.set(scope, tokens);
    return tokens;
  };
  const identityBy = async (scope: string): Promise<Identity | undefined> =>
    identityOf(await tokensFor(scope).current());
  const usual = {
    signal,
    ...(onWait === undefined ? {} : { onWait }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(pause === undefined ? {} : { pause }),
  };
  const { url, container: lake, state } = place.storage;
  const containerNamed = (container: string) =>
    connectContainer({
      ...{ ...usual, url, container, owner },
      credential: storageCredential ?? credential,
      identity: () => identityBy(scopes.storage),
    });
  const container = containerNamed(lake);
  const records = createRecords(containerNamed(state));
  const clients = new Map<ServiceId, ServiceClient>([["storage", createStorage(container)]]);
  const checks = new Map<ServiceId, () => Promise<readonly Check[]>>([
    ["storage", () => checkStorage(container, records)],
  ]);
  const management = { ...usual, tokens: tokensFor(scopes.management) };
  const resources =
    place.run &&
    createResources({
      place: place.run,
      http: management,
      ...(place.adf === undefined ? {} : { factory: place.adf }),
      ...graphOf(place, usual, tokensFor),
    });
  let workspace: LakeWorkspace | undefined;
  let database: FactoryUserOptions | undefined;
  if (place.databricks !== undefined) {
    const { endpoint, ...at } = place.databricks;
    const http = { ...usual, endpoint, tokens: tokensFor(scopes.databricks) };
    const databricks = { ...at, http, owner: ownerIn("databricks", owner) };
    clients.set("databricks", createDatabricks(databricks));
    checks.set("databricks", () => checkDatabricks(databricks));
    workspace = place.run && connectLakeWorkspace(http, place.run.lake, place.run.runAs);
  }
  if (place.adf !== undefined) {
    const { endpoint, ...at } = place.adf;
    const adf = { place: at, owner, http: { ...management, endpoint } };
    clients.set("adf", createAdf(adf));
    checks.set("adf", () => checkAdf(adf));
  }
  if (place.synapse !== undefined) {
    const factory = place.adf?.factory;
    const applicationId = async (name: string): Promise<string | undefined> =>
      name === factory ? resources?.factoryClient() : undefined;
    const sql = { ...usual, ...place.synapse, tokens: tokensFor(scopes.sql) };
    const synapse = { ...sql, owner, applicationId };
    clients.set("synapse", createSynapse(synapse));
    checks.set("synapse", () => checkSynapse(synapse));
    database =
      factory === undefined
        ? undefined
        : {
            server: createServer(sql),
            database: place.synapse.database,
            factory,
            role: publisherRole(place.synapse.schema ?? "gold"),
            applicationId: () => applicationId(factory),
            identity: () => identityBy(scopes.sql),
          };
  }
  return {
    clients,
    records,
    async identity() {
      // This token is needed anyway.
      const who = await identityBy(place.adf === undefined ? scopes.storage : scopes.management);
      return who?.name ?? "unknown identity";
    },
    check: async (service) => (await checks.get(service)?.()) ?? [],
    checkRun: async () =>
      place.run === undefined || resources === undefined
        ? []
        : checkRunAccess({
            ...{ place: place.run, resources },
            ...(workspace === undefined ? {} : { workspace }),
            ...(database === undefined ? {} : { database }),
          }),
  };
}

/** Microsoft Graph, for a cluster's service principal, which the program knows by its application ID. */
function graphOf(
  { cloud, run }: Place,
  usual: Omit<AzureHttpOptions, "service" | "grant" | "endpoint" | "tokens">,
  tokensFor: (scope: string) => Tokens,
): { readonly graph?: Omit<AzureHttpOptions, "service" | "grant"> } {
  const { graph } = CLOUDS[cloud];
  // A test's services are all behind the management API's address.
  if (run === undefined || !run.endpoint.startsWith("https://")) return {};
  return { graph: { ...usual, endpoint: graph, tokens: tokensFor(`${graph}/.default`) } };
}

/** Reads the actual objects of all services concurrently. */
export async function readActual({ clients }: Stack, wanted: readonly WantedId[]): Promise<readonly ActualObject[]> {
  const read = [...clients.values()].map((client) =>
    client.read(wanted.filter(({ service }) => service === client.service)),
  );
  return withJobKeys((await Promise.all(read)).flat());
}

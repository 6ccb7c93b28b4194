/** The Azure resources of a run and their identities, found by name and read once each. */
import { failure, isFailure } from "../../runner/errors.ts";
import { isList, type JsonObject, propertiesOf, textOf } from "../json.ts";
import type { Json } from "../object.ts";
import type { RunPlace } from "../run-place.ts";
import { type AdfPlace, pathOfFactory } from "./adf-address.ts";
import { type AzureHttp, type AzureHttpOptions, createAzureHttp, problemOf } from "./azure-http.ts";
import type { Identity } from "./credentials.ts";
import { segments } from "./role-permissions.ts";
import { refused, shellWord } from "./service-errors.ts";

type Unknown = { readonly problem: string; readonly grant?: string };
type Named = { readonly id: string; readonly name: string };

export interface Resources {
  readonly http: AzureHttp;
  readonly service: string;
  /** The command that lets this identity read resources and roles. */
  readerCommand(): string;
  /** The data factory's identity. */
  factory(): Promise<Named | Unknown>;
  /** The application ID of the data factory's identity; undefined if it cannot be read. */
  factoryClient(): Promise<string | undefined>;
  /** The identity of the Synapse workspace. */
  synapse(): Promise<Named | Unknown>;
  /** The identity of an access connector, by its resource ID. */
  connector(id: string): Promise<Named | Unknown>;
  /** A service principal by its application ID. */
  servicePrincipal(applicationId: string): Promise<Named | Unknown>;
  container(): Promise<Named | Unknown>;
  account(): Promise<(Named & { readonly group: string; readonly properties: JsonObject }) | Unknown>;
  /** `readers`: the object IDs with an access policy to read secrets, if the vault does not use roles. */
  vault(name: string): Promise<(Named & { readonly readers: readonly string[] | undefined }) | Unknown>;
}

export interface ResourcesOptions {
  readonly place: RunPlace;
  /** Absent without a data factory. */
  readonly factory?: AdfPlace;
  readonly http: Omit<AzureHttpOptions, "service" | "grant" | "endpoint">;
  /** Microsoft Graph, where service principals are looked up. */
  readonly graph?: Omit<AzureHttpOptions, "service" | "grant">;
}

const SERVICE = "Azure";

/** The API versions of the resources that are read. */
const VERSIONS = {
  "Microsoft.DataFactory/factories": "2018-06-01",
  "Microsoft.Storage/storageAccounts": "2023-05-01",
  "Microsoft.KeyVault/vaults": "2023-07-01",
  "Microsoft.Synapse/workspaces": "2021-06-01",
  "Microsoft.Databricks/accessConnectors": "2023-05-01",
} as const;
type ResourceType = keyof typeof VERSIONS;

const RESOURCES_API = "2021-04-01";
const IDENTITIES_API = "2023-01-31";

export function createResources({ place, factory: factoryPlace, http: options, graph }: ResourcesOptions): Resources {
  const { subscription } = place;
  const scope = `/subscriptions/${subscription}`;
  const reader = (who?: Identity): string =>
    `az role assignment create --assignee ${shellWord(who?.objectId ?? "OBJECT_ID")} --role Reader --scope ${shellWord(scope)}`;
  const http = createAzureHttp({ ...options, endpoint: place.endpoint, service: SERVICE, grant: reader });

  const found = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const known = found.get(key) ?? work();
    found.set(key, known);
    return known as Promise<T>;
  };

  const get = async (id: string, version: string): Promise<Json | undefined> => {
    const action = `read ${id}`;
    const answer = await http.send({ action, method: "GET", path: segments(id), query: { "api-version": version } });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw failure(refused({ service: SERVICE, action }, problemOf(answer)));
    return answer.body;
  };
  /** The resource of a type and name, wherever it is in the subscription. */
  const byName = (type: ResourceType, name: string): Promise<Named | Unknown> =>
    once(`${type}/${name}`, async () => {
      const action = `find ${name}`;
      const query = {
        "api-version": RESOURCES_API,
        $filter: `name eq '${name.replaceAll("'", "''")}' and resourceType eq '${type}'`,
      };
      const path = ["subscriptions", subscription, "resources"];
      const items = await http.list({ action, method: "GET", path, query });
      if ("status" in items) throw failure(refused({ service: SERVICE, action }, problemOf(items)));
      const id = items.map((each) => textOf(propertiesOf(each).id)).find((each) => each !== undefined);
      const problem = `${name} is not among the resources of the subscription that this identity can read`;
      return id === undefined ? { problem, grant: reader() } : { id, name };
    });
  const resource = (type: ResourceType, id: string): Promise<JsonObject> =>
    once(id, async () => propertiesOf(await get(id, VERSIONS[type])));
  const identityOf = async (type: ResourceType, id: string, name: string): Promise<Named | Unknown> => {
    const { identity } = await resource(type, id);
    const principal = textOf(propertiesOf(identity).principalId);
    return principal === undefined ? { problem: `${name} has no system-assigned identity` } : { id: principal, name };
  };
  const factoryId = factoryPlace && `/${pathOfFactory(factoryPlace).join("/")}`;

  return {
    http,
    service: SERVICE,
    readerCommand: () => reader(),
    factory: async () => {
      if (factoryPlace === undefined || factoryId === undefined) return { problem: "the program has no data factory" };
      const there = await get(factoryId, VERSIONS["Microsoft.DataFactory/factories"]);
      if (there === undefined)
        return { problem: "the data factory does not exist yet; check again once it is deployed" };
      const principal = textOf(propertiesOf(propertiesOf(there).identity).principalId);
      return principal === undefined
        ? { problem: `${factoryPlace.factory} has no identity yet; the next deployment gives it one` }
        : { id: principal, name: factoryPlace.factory };
    },
    factoryClient: async () => {
      if (factoryId === undefined) return undefined;
      const id = `${factoryId}/providers/Microsoft.ManagedIdentity/identities/default`;
      // Not every role that may deploy a factory may read this.
      const identity = await unlessFailed(get(id, IDENTITIES_API));
      return textOf(propertiesOf(propertiesOf(identity).properties).clientId);
    },
    synapse: async () => {
      if (place.synapse === undefined) return { problem: "the program has no Synapse workspace" };
      const workspace = await byName("Microsoft.Synapse/workspaces", place.synapse);
      if ("problem" in workspace) return workspace;
      return identityOf("Microsoft.Synapse/workspaces", workspace.id, workspace.name);
    },
    connector: (id) => identityOf("Microsoft.Databricks/accessConnectors", id, id.split("/").at(-1) ?? id),
    servicePrincipal: async (applicationId) => {
      const show = `az ad sp show --id ${shellWord(applicationId)} --query id --output tsv`;
      const problem = `this identity cannot look up the application ${applicationId} in Microsoft Graph`;
      if (graph === undefined) return { problem, grant: show };
      const client = createAzureHttp({ ...graph, service: "Microsoft Graph", grant: () => show });
      const path = ["v1.0", `servicePrincipals(appId='${applicationId}')`];
      const action = `read the service principal ${applicationId}`;
      const answer = await client
        .send({ action, method: "GET", path, query: { $select: "id" } })
        .catch(() => undefined);
      const id = textOf(propertiesOf(answer?.body).id);
      return id === undefined ? { problem, grant: show } : { id, name: applicationId };
    },
    container: async () => {
      const account = await byName("Microsoft.Storage/storageAccounts", place.account);
      if ("problem" in account) return account;
      const id = `${account.id}/blobServices/default/containers/${place.container}`;
      return { id, name: `the container ${place.container}` };
    },
    account: async () => {
      const account = await byName("Microsoft.Storage/storageAccounts", place.account);
      if ("problem" in account) return account;
      const { properties } = await resource("Microsoft.Storage/storageAccounts", account.id);
      return { ...account, group: segments(account.id)[3] ?? "", properties: propertiesOf(properties) };
    },
    vault: async (name) => {
      const vault = await byName("Microsoft.KeyVault/vaults", name);
      if ("problem" in vault) return vault;
      const { properties } = await resource("Microsoft.KeyVault/vaults", vault.id);
      const { enableRbacAuthorization, accessPolicies } = propertiesOf(properties);
      const readers = enableRbacAuthorization === true ? undefined : secretReaders(accessPolicies);
      return { ...vault, name: `the Key Vault ${name}`, readers };
    },
  };
}

async function unlessFailed<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return undefined;
  }
}

function secretReaders(policies: Json | undefined): readonly string[] {
  if (!isList(policies)) return [];
  return policies.flatMap((each) => {
    const { objectId, permissions } = propertiesOf(each);
    const { secrets } = propertiesOf(permissions);
    const may = isList(secrets) && secrets.some((name) => /^(get|all)$/i.test(textOf(name) ?? ""));
    return may ? (textOf(objectId) ?? []) : [];
  });
}

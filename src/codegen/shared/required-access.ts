/**
 * What identities must be allowed to do, as data: the roles template, `medalc doctor` and docs/azure.md read this table. A
 * deployment needs the entries of the deployer, a run all the others.
 */
import type { Program, Setting } from "../../plan/program.ts";
import type { EnvironmentValues } from "../target.ts";
import { settingText } from "./settings.ts";

/** `cluster`: the access connector of Unity Catalog, or the service principal of the cluster's Spark settings. */
export type Holder = "deployer" | "factory" | "synapse" | "cluster" | "job";

/** `state`: the container of the deployment records. */
export type Scope =
  | "container"
  | "state"
  | "vault"
  | "databricks"
  | "factory"
  | "database"
  | "account"
  | "location"
  | "catalog"
  | "secret";

export interface RequiredRole {
  readonly kind: "role";
  readonly holder: Holder;
  /** A built-in role of Azure: the least privileged one. Any role with these permissions will do. */
  readonly role: string;
  /** The role's ID. */
  readonly definition: string;
  readonly on: Scope;
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
  /** Completes "which it needs to". */
  readonly purpose: string;
}

/** A permission that is not a role of Azure, or a property of a resource. */
export interface RequiredGrant {
  readonly kind: "grant";
  readonly holder: Holder;
  readonly what: string;
  readonly on: Scope;
  readonly purpose: string;
}

export type RequiredAccess = RequiredRole | RequiredGrant;

const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const READ_BLOBS = [`${BLOBS}/read`];
const WRITE_BLOBS = [`${BLOBS}/read`, `${BLOBS}/write`, `${BLOBS}/delete`];

const STORAGE_CONTRIBUTOR = {
  kind: "role",
  role: "Storage Blob Data Contributor",
  definition: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  on: "container",
  actions: [],
  dataActions: WRITE_BLOBS,
} as const;

const STORAGE_READER = {
  kind: "role",
  role: "Storage Blob Data Reader",
  definition: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  on: "container",
  actions: [],
  dataActions: READ_BLOBS,
} as const;

export const REQUIRED_ACCESS = {
  "deploy-container": {
    ...STORAGE_CONTRIBUTOR,
    holder: "deployer",
    on: "state",
    purpose: "store the records of deployments",
  },
  "deploy-lake": { ...STORAGE_READER, holder: "deployer", purpose: "see which tables have rows" },
  "deploy-factory": {
    kind: "role",
    holder: "deployer",
    role: "Data Factory Contributor",
    definition: "673868aa-7521-48a0-acc6-0f60742d39f5",
    on: "factory",
    actions: ["Microsoft.DataFactory/factories/write"],
    dataActions: [],
    purpose: "deploy pipelines and triggers",
  },
  "deploy-workspace": {
    kind: "grant",
    holder: "deployer",
    what: "workspace access",
    on: "databricks",
    purpose: "deploy notebooks and jobs",
  },
  "deploy-database": {
    kind: "grant",
    holder: "deployer",
    what: "CONTROL, or Synapse SQL Administrator",
    on: "database",
    purpose: "deploy views",
  },
  "deploy-catalog": {
    kind: "grant",
    holder: "deployer",
    what: "USE CATALOG and CREATE SCHEMA",
    on: "catalog",
    purpose: "deploy the schemas of registered tables",
  },
  "factory-lake": { ...STORAGE_CONTRIBUTOR, holder: "factory", purpose: "write bronze files" },
  "factory-secrets": {
    kind: "role",
    holder: "factory",
    role: "Key Vault Secrets User",
    definition: "4633458b-17de-408a-b874-0445c86b69e6",
    on: "vault",
    actions: [],
    dataActions: ["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
    purpose: "read the secrets of sources",
  },
  "factory-databricks": {
    kind: "role",
    holder: "factory",
    role: "Contributor",
    definition: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    on: "databricks",
    actions: ["Microsoft.Databricks/workspaces/read", "Microsoft.Databricks/workspaces/assignWorkspaceAdmin/action"],
    dataActions: [],
    purpose: "sign in to the workspace and start its runs",
  },
  "factory-database": {
    kind: "grant",
    holder: "factory",
    what: "a user in the role gold_publisher",
    on: "database",
    purpose: "recreate the views",
  },
  "synapse-lake": { ...STORAGE_READER, holder: "synapse", purpose: "read gold tables for the views" },
  "lake-namespace": {
    kind: "grant",
    holder: "cluster",
    what: "hierarchical namespace",
    on: "account",
    purpose: "write Delta tables with atomic renames",
  },
  "cluster-lake": { ...STORAGE_CONTRIBUTOR, holder: "cluster", purpose: "read bronze and write silver and gold" },
  "job-location": {
    kind: "grant",
    holder: "job",
    what: "READ FILES and WRITE FILES",
    on: "location",
    purpose: "reach the lake through Unity Catalog",
  },
  "job-tables": {
    kind: "grant",
    holder: "job",
    what: "CREATE EXTERNAL TABLE",
    on: "location",
    purpose: "register tables in Unity Catalog",
  },
  "job-catalog": {
    kind: "grant",
    holder: "job",
    what: "USE CATALOG",
    on: "catalog",
    purpose: "read and write registered tables",
  },
  "cluster-secret": {
    kind: "grant",
    holder: "cluster",
    what: "a secret scope with the client secret",
    on: "secret",
    purpose: "sign in to the lake",
  },
} as const satisfies Readonly<Record<string, RequiredAccess>>;

export type AccessId = keyof typeof REQUIRED_ACCESS;

export function requiredAccess(id: AccessId): RequiredAccess {
  return REQUIRED_ACCESS[id];
}

/** How the cluster reaches the lake. */
export type LakeAccess = "unity_catalog" | "service_principal";

/** What a run of the program needs, in the order of the table. */
export function runAccess(program: Program): readonly AccessId[] {
  const { ingest, compute, serve } = program;
  const access = compute && lakeAccess(program);
  const needed: Readonly<Record<AccessId, boolean>> = {
    "deploy-container": false,
    "deploy-lake": false,
    "deploy-factory": false,
    "deploy-workspace": false,
    "deploy-database": false,
    "deploy-catalog": false,
    "factory-lake": ingest !== undefined,
    "factory-secrets": ingest !== undefined && vaultsOf(program).length > 0,
    "factory-databricks": ingest !== undefined && compute !== undefined,
    "factory-database": ingest !== undefined && serve !== undefined,
    "synapse-lake": serve !== undefined,
    "lake-namespace": compute !== undefined,
    "cluster-lake": compute !== undefined,
    "job-location": access === "unity_catalog",
    "job-tables": compute?.settings.catalog !== undefined,
    "job-catalog": compute?.settings.catalog !== undefined,
    "cluster-secret": access === "service_principal",
  };
  return accessIds().filter((id) => needed[id]);
}

export function accessIds(): readonly AccessId[] {
  return Object.keys(REQUIRED_ACCESS).filter((id): id is AccessId => id in REQUIRED_ACCESS);
}

export function lakeAccess({ compute }: Program): LakeAccess {
  const access = compute?.settings.access;
  return access?.kind === "text" && access.value === "service_principal" ? "service_principal" : "unity_catalog";
}

/**
 * The secret scope and key of the service principal's client secret. A scope that is backed by a Key Vault has the keys of the
 * vault, and by default its name.
 */
export function clientSecretOf(
  { compute, secrets }: Program,
  environment: EnvironmentValues,
): ClientSecret | undefined {
  const named = compute?.settings.client_secret;
  const secret = named?.kind === "secret" ? secrets.find(({ name }) => name === named.name) : undefined;
  const key = settingText(secret?.key, environment);
  const vault = settingText(secret?.vault, environment);
  if (key === undefined || vault === undefined) return undefined;
  return { scope: settingText(compute?.settings.secret_scope, environment) ?? vault, key, vault };
}

export interface ClientSecret {
  readonly scope: string;
  readonly key: string;
  /** The Key Vault that has it. */
  readonly vault: string;
}

/** The Key Vaults whose secrets the data factory reads: those of the sources of bronze tables. */
export function vaultsOf({ sources, bronze, secrets }: Program): readonly Setting[] {
  const read = new Set(bronze.map(({ source }) => source));
  const used = new Set(
    sources
      .filter(({ name }) => read.has(name))
      .flatMap(({ settings }) => Object.values(settings))
      .flatMap((setting) => (setting.kind === "secret" ? [setting.name] : [])),
  );
  const vaults = secrets.filter(({ name }) => used.has(name)).map(({ vault }) => vault);
  return [...new Map(vaults.map((vault) => [JSON.stringify(vault), vault])).values()];
}

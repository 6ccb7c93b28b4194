/**
 * Who may do what in the stand-ins: the identities of a run, their roles, grants and secrets. At the start everything is
 * granted that a run needs; a test takes away what it wants to miss.
 */
import { REQUIRED_ACCESS } from "../../src/codegen/shared/required-access.ts";

/** Object IDs. */
export const PRINCIPALS = {
  factory: "fac70e1d-0000-4000-8000-000000000001",
  synapse: "5e4a95e0-0000-4000-8000-000000000001",
  connector: "c0e4ec70-0000-4000-8000-000000000001",
} as const;
/** The application ID of the factory's identity. */
export const FACTORY_CLIENT = "fac7c11e-0000-4000-8000-0000000000a1";
/** The same as SQL stores it. */
export const FACTORY_SID = "0x1EC1C7FA0000004080000000000000A1";

export interface ExternalLocation {
  readonly name: string;
  readonly url: string;
  readonly credential_name: string;
  readonly owner: string;
}

export interface AccessState {
  /** Definitions of the roles assigned to a principal, by object ID. */
  readonly roles: Map<string, Set<string>>;
  /** Whether the storage accounts have a hierarchical namespace. */
  hierarchical: boolean;
  /** Object IDs with an access policy; undefined where vaults use roles. */
  vaultPolicies: readonly string[] | undefined;
  locations: readonly ExternalLocation[];
  /** Privileges on every external location, by principal; what is not listed has all that a run needs. */
  readonly privileges: Map<string, readonly string[]>;
  /** The catalogs of Unity Catalog. */
  catalogs: readonly string[];
  /** Privileges on every catalog, by principal; what is not listed has all that a deployment and a run need. */
  readonly catalogPrivileges: Map<string, readonly string[]>;
  /** Principals that no account has. */
  readonly unknownPrincipals: Set<string>;
  /** Keys by secret scope. */
  readonly secrets: Map<string, readonly string[]>;
  /** Application IDs of the workspace's service principals. */
  readonly members: Set<string>;
  /** Whether the Synapse workspace's identity may look up principals in Entra ID. */
  directoryReaders: boolean;
}

const LAKES = ["shop@shoplake", "olistdata@olistdev", "shop@shopdev", "my-shop@myshopdev"];

export function createAccess(): AccessState {
  const { factory, synapse, connector } = PRINCIPALS;
  const definition = (id: "factory-lake" | "factory-secrets" | "factory-databricks" | "synapse-lake"): string =>
    REQUIRED_ACCESS[id].definition;
  return {
    roles: new Map([
      [factory, new Set([definition("factory-lake"), definition("factory-secrets"), definition("factory-databricks")])],
      [synapse, new Set([definition("synapse-lake")])],
      [connector, new Set([definition("factory-lake")])],
    ]),
    hierarchical: true,
    vaultPolicies: undefined,
    locations: LAKES.map((lake, index) => ({
      name: `lake_${index + 1}`,
      url: `abfss://${lake}.dfs.core.windows.net/`,
      credential_name: "lake",
      owner: "metastore-admins",
    })),
    privileges: new Map(),
    catalogs: ["main"],
    catalogPrivileges: new Map(),
    unknownPrincipals: new Set(),
    secrets: new Map(),
    members: new Set(),
    directoryReaders: true,
  };
}

interface Definition {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/** The built-in roles as Microsoft documents them, by their IDs. */
export const ROLE_DEFINITIONS: Readonly<Record<string, Definition>> = {
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": role(
    ["Microsoft.Storage/storageAccounts/blobServices/containers/*"],
    ["delete", "read", "write", "move/action", "add/action"].map((verb) => `${BLOBS}/${verb}`),
  ),
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": role(
    ["Microsoft.Storage/storageAccounts/blobServices/containers/read"],
    [`${BLOBS}/read`],
  ),
  "4633458b-17de-408a-b874-0445c86b69e6": role(
    [],
    ["Microsoft.KeyVault/vaults/secrets/getSecret/action", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"],
  ),
  "b24988ac-6180-42a0-ab88-20f7382dd24c": role(
    ["*"],
    [],
    [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
    ],
  ),
};

function role(
  actions: readonly string[],
  dataActions: readonly string[],
  notActions: readonly string[] = [],
): Definition {
  return { actions, notActions, dataActions, notDataActions: [] };
}

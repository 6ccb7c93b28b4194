/** Resources of the management API that programs only refer to, their identities, and role assignments. */
import { type AccessState, FACTORY_CLIENT, PRINCIPALS, ROLE_DEFINITIONS } from "./access.ts";
import { problem, RESOURCE_GROUP, SUBSCRIPTION, same } from "./arm.ts";
import type { FakeAnswer } from "./http.ts";

export interface ResourceRequest {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Undefined where the identity may do it. */
  may(action: string): FakeAnswer | undefined;
}

const IDENTITIES: Readonly<Record<string, string>> = {
  "Microsoft.Synapse/workspaces": PRINCIPALS.synapse,
  "Microsoft.Databricks/accessConnectors": PRINCIPALS.connector,
};
const TYPES = ["Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", ...Object.keys(IDENTITIES)];

/** Undefined for a request that is none of these. */
export function answerOf(access: AccessState, { path, query, may }: ResourceRequest): FakeAnswer | undefined {
  const [, , third, fourth] = path;
  if (path.length === 3 && same(third, "resources")) return found(query, may);
  if (same(third, "providers") && same(fourth, "Microsoft.Authorization") && same(path[4], "roleDefinitions")) {
    return definition(path[5] ?? "");
  }
  if (same(path.at(-2), "Microsoft.Authorization") && same(path.at(-1), "roleAssignments")) {
    return may("Microsoft.Authorization/roleAssignments/read") ?? assignments(access, query);
  }
  if (same(path.at(-2), "identities") && same(path.at(-1), "default")) {
    const identity = { clientId: FACTORY_CLIENT, principalId: PRINCIPALS.factory };
    return may("Microsoft.ManagedIdentity/identities/read") ?? { status: 200, body: { properties: identity } };
  }
  const type = TYPES.find((each) => same(`${path[5]}/${path[6]}`, each));
  if (type === undefined || path.length !== 8) return undefined;
  return (
    may(`${type}/read`) ?? { status: 200, body: { ...resourceOf(type, path[7] ?? ""), ...detailsOf(access, type) } }
  );
}

/** A list of the subscription has only what the identity may read. */
function found(query: URLSearchParams, may: ResourceRequest["may"]): FakeAnswer {
  const [, name = "", type = ""] = /^name eq '(.*)' and resourceType eq '(.*)'$/.exec(query.get("$filter") ?? "") ?? [];
  if (type === "") return problem(400, "InvalidFilterInQueryString", "Invalid $filter specified in the query string.");
  const visible = TYPES.includes(type) && may(`${type}/read`) === undefined;
  return { status: 200, body: { value: visible ? [resourceOf(type, name)] : [] } };
}

function resourceOf(type: string, name: string) {
  const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${RESOURCE_GROUP}/providers/${type}/${name}`;
  return { id, name, type, location: "westeurope" };
}

function detailsOf({ hierarchical, vaultPolicies }: AccessState, type: string): object {
  const principalId = IDENTITIES[type];
  if (principalId !== undefined) return { identity: { type: "SystemAssigned", principalId }, properties: {} };
  if (type === "Microsoft.Storage/storageAccounts") return { properties: { isHnsEnabled: hierarchical } };
  return {
    properties: {
      enableRbacAuthorization: vaultPolicies === undefined,
      accessPolicies: (vaultPolicies ?? []).map((objectId) => ({
        objectId,
        permissions: { secrets: ["Get", "List"] },
      })),
    },
  };
}

function assignments({ roles }: AccessState, query: URLSearchParams): FakeAnswer {
  const [, principal = ""] = /^atScope\(\) and assignedTo\('([^']*)'\)$/.exec(query.get("$filter") ?? "") ?? [];
  if (principal === "") return problem(400, "BadRequestFormat", "The filter is not supported.");
  const value = [...(roles.get(principal) ?? [])].map((id) => ({
    properties: {
      principalId: principal,
      roleDefinitionId: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
    },
  }));
  return { status: 200, body: { value } };
}

function definition(id: string): FakeAnswer {
  const permissions = ROLE_DEFINITIONS[id];
  if (permissions === undefined) return problem(404, "RoleDefinitionDoesNotExist", `There is no role '${id}'.`);
  return { status: 200, body: { properties: { permissions: [permissions] } } };
}

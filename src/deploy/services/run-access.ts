/**
 * Checks what a run needs, by read requests only: the roles of the data factory's, the Synapse workspace's and the cluster's
 * identities, Unity Catalog's grants, the secret of the cluster, the database user. Each entry of the table of required access
 * that a run needs has its check here.
 */
import { type AccessId, type RequiredAccess, requiredAccess } from "../../codegen/shared/required-access.ts";
import { isFailure } from "../../runner/errors.ts";
import type { RunPlace } from "../run-place.ts";
import { accessMissing, accessUnchecked } from "./access-errors.ts";
import type { Outcome } from "./access-outcome.ts";
import { checkCatalog } from "./catalog-access.ts";
import type { Check } from "./check.ts";
import {
  checkJobLocation,
  checkJobTables,
  checkSecret,
  isWorkspaceMember,
  type LakeWorkspace,
} from "./databricks-access.ts";
import { permissionsOf, permits } from "./role-permissions.ts";
import type { Resources } from "./run-resources.ts";
import { shellWord } from "./service-errors.ts";
import { checkFactoryUser, type FactoryUserOptions } from "./synapse-access.ts";

export interface RunAccessOptions {
  readonly place: RunPlace;
  readonly resources: Resources;
  /** Absent without Databricks. */
  readonly workspace?: LakeWorkspace;
  /** Absent without a database that a data factory uses. */
  readonly database?: FactoryUserOptions;
}

/** The results of all checks, in the order of the table. */
export async function checkRunAccess(options: RunAccessOptions): Promise<readonly Check[]> {
  return Promise.all(options.place.needs.map((id) => checkOne(id, options)));
}

async function checkOne(id: AccessId, options: RunAccessOptions): Promise<Check> {
  const access = requiredAccess(id);
  const what = titleOf(access);
  try {
    const outcome = await checks[id](options, access);
    switch (outcome.kind) {
      case "fine":
        return { kind: "fine", what, detail: outcome.detail, access: id };
      case "missing":
        return { kind: "wrong", what, problems: [accessMissing(access, outcome)], access: id };
      case "unknown": {
        const { problem, grant } = outcome;
        const problems = grant === undefined ? [] : [accessUnchecked(what, problem, grant)];
        return { kind: "unknown", what, detail: problem, problems, access: id };
      }
      default:
        return outcome satisfies never;
    }
  } catch (error) {
    if (!isFailure(error)) throw error;
    const [first] = error.diagnostics;
    // Whoever may not read the roles of others may still deploy.
    if (first?.code !== "service-forbidden") return { kind: "wrong", what, problems: error.diagnostics, access: id };
    const problem = "this identity does not have permission to read it";
    const problems = [accessUnchecked(what, first.message, options.resources.readerCommand())];
    return { kind: "unknown", what, detail: problem, problems, access: id };
  }
}

const HOLDERS = {
  deployer: "this identity",
  factory: "data factory",
  synapse: "Synapse workspace",
  cluster: "cluster",
  job: "job",
} as const;

/** `data factory: Key Vault Secrets User` */
function titleOf(access: RequiredAccess): string {
  return `${HOLDERS[access.holder]}: ${access.kind === "role" ? access.role : access.what}`;
}

type CheckOf = (options: RunAccessOptions, access: RequiredAccess) => Promise<Outcome>;

const deployerCheck: CheckOf = () => {
  throw new Error("a run does not need what only a deployment needs");
};

/** One for each entry of the table; those of the deployer are in the services' own checks. */
const checks: Readonly<Record<AccessId, CheckOf>> = {
  "deploy-container": deployerCheck,
  "deploy-lake": deployerCheck,
  "deploy-factory": deployerCheck,
  "deploy-workspace": deployerCheck,
  "deploy-database": deployerCheck,
  "deploy-catalog": deployerCheck,
  "factory-lake": async (options, access) =>
    roleCheck(options, access, await factoryPrincipal(options), await options.resources.container()),
  "factory-secrets": async (options, access) => {
    const principal = await factoryPrincipal(options);
    const outcomes = await Promise.all(
      options.place.vaults.map((vault) => vaultCheck(options, access, principal, vault)),
    );
    return outcomes.find(({ kind }) => kind === "missing") ?? outcomes.find(({ kind }) => kind === "unknown") ?? ALL;
  },
  "factory-databricks": async (options, access) => {
    const { place, workspace, resources } = options;
    const outcome = await roleCheck(
      options,
      access,
      await factoryPrincipal(options),
      place.workspace === undefined
        ? { problem: "the program has no resource_id of the workspace" }
        : { id: place.workspace, name: place.workspace.split("/").at(-1) ?? place.workspace },
    );
    if (outcome.kind !== "missing" || workspace === undefined) return outcome;
    const client = await resources.factoryClient();
    const isMember = client !== undefined && (await isWorkspaceMember(workspace, client));
    return isMember ? { kind: "fine", detail: "is a service principal of the workspace" } : outcome;
  },
  "factory-database": async ({ database }) =>
    database === undefined ? { kind: "unknown", problem: "the database is not known" } : checkFactoryUser(database),
  "synapse-lake": async (options, access) =>
    roleCheck(options, access, await options.resources.synapse(), await options.resources.container()),
  "lake-namespace": async ({ resources, place }) => {
    const account = await resources.account();
    if ("problem" in account) return { kind: "unknown", ...account };
    if (account.properties.isHnsEnabled === true) return { kind: "fine", detail: `enabled on ${place.account}` };
    return {
      kind: "missing",
      what: `a hierarchical namespace on the storage account ${place.account}`,
      problem: "it is disabled",
      grant: `az storage account hns-migration start --type upgrade --name ${shellWord(place.account)} --resource-group ${shellWord(account.group)}`,
    };
  },
  "cluster-lake": async (options, access) => {
    const { place, workspace, resources } = options;
    if (workspace === undefined) return { kind: "unknown", problem: "the workspace is not known" };
    const container = await resources.container();
    if (place.client !== undefined) {
      const principal = await resources.servicePrincipal(place.client.id);
      return roleCheck(options, access, principal, container);
    }
    const credential = await workspace.credential();
    if ("problem" in credential) return { kind: "unknown", problem: credential.problem };
    return roleCheck(options, access, await resources.connector(credential.connector), container);
  },
  "job-location": async ({ workspace }) =>
    workspace === undefined ? { kind: "unknown", problem: "the workspace is not known" } : checkJobLocation(workspace),
  "job-tables": async ({ workspace }) =>
    workspace === undefined ? { kind: "unknown", problem: "the workspace is not known" } : checkJobTables(workspace),
  "job-catalog": async ({ place, workspace }) =>
    workspace === undefined || place.catalog === undefined
      ? { kind: "unknown", problem: "the catalog is not known" }
      : checkCatalog(workspace.api, place.catalog, await workspace.runAs(), ["USE_CATALOG"]),
  "cluster-secret": async ({ place, workspace }) =>
    workspace === undefined || place.client === undefined
      ? { kind: "unknown", problem: "the client secret is not known" }
      : checkSecret(workspace, place.client),
};

const ALL: Outcome = { kind: "fine", detail: "assigned" };

/** The object ID of an identity, or why it is not known. */
export type Principal =
  | { readonly id: string; readonly name: string }
  | { readonly problem: string; readonly grant?: string };
/** The ID of a resource, or why it is not known. */
export type Place =
  | { readonly id: string; readonly name: string }
  | { readonly problem: string; readonly grant?: string };

function factoryPrincipal({ resources }: RunAccessOptions): Promise<Principal> {
  return resources.factory();
}

async function roleCheck(
  { resources }: RunAccessOptions,
  access: RequiredAccess,
  principal: Principal,
  scope: Place,
): Promise<Outcome> {
  if (access.kind !== "role") throw new Error("only roles are assigned");
  if ("problem" in principal) return { kind: "unknown", ...principal };
  if ("problem" in scope) return { kind: "unknown", ...scope };
  const permissions = await permissionsOf(resources.http, resources.service, principal.id, scope.id);
  const isMissing =
    access.actions.some((each) => !permits(permissions, each)) ||
    access.dataActions.some((each) => !permits(permissions, each, "dataActions"));
  if (!isMissing) return { kind: "fine", detail: `${principal.name} has it on ${scope.name}` };
  return {
    kind: "missing",
    what: `${access.role} on ${scope.name}`,
    problem: `no role of ${principal.name} (${principal.id}) permits it`,
    grant: `az role assignment create --assignee-object-id ${shellWord(principal.id)} --assignee-principal-type ServicePrincipal --role "${access.role}" --scope ${shellWord(scope.id)}`,
  };
}

/** A vault permits by roles, or, where those are off, by access policies. */
async function vaultCheck(
  options: RunAccessOptions,
  access: RequiredAccess,
  principal: Principal,
  name: string,
): Promise<Outcome> {
  const vault = await options.resources.vault(name);
  if ("problem" in vault || vault.readers === undefined) return roleCheck(options, access, principal, vault);
  if ("problem" in principal) return { kind: "unknown", ...principal };
  if (vault.readers.includes(principal.id)) return { kind: "fine", detail: `an access policy of ${name} permits it` };
  return {
    kind: "missing",
    what: `permission to read secrets of ${name}`,
    problem: `no access policy of the vault names ${principal.name} (${principal.id})`,
    grant: `az keyvault set-policy --name ${shellWord(name)} --object-id ${shellWord(principal.id)} --secret-permissions get`,
  };
}

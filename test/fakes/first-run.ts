/**
 * What a run of the deployed factory would fail with, as the services say it: each linked service with the identity that it
 * signs in with, each job with the lake, each view with the storage. It reads what was deployed, not what the program wants.
 */
import { isList, type JsonObject, propertiesOf } from "../../src/deploy/json.ts";
import { FACTORY_CLIENT, FACTORY_SID, PRINCIPALS, ROLE_DEFINITIONS } from "./access.ts";
import type { Cloud } from "./cloud.ts";

export interface RunOf {
  readonly factory: string;
  readonly database: string;
}

const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

export function firstRunFailures(
  cloud: Pick<Cloud, "access" | "factories" | "workspace" | "pool" | "entra">,
  run: RunOf,
) {
  const { access, factories, workspace, pool, entra } = cloud;
  const may = (principal: string, action: string, kind: "actions" | "dataActions"): boolean =>
    [...(access.roles.get(principal) ?? [])].some((id) =>
      (ROLE_DEFINITIONS[id]?.[kind] ?? []).some((each) => each === "*" || each === action),
    );
  const failures: string[] = [];
  const demand = (fine: boolean, failure: string): void => {
    if (!fine) failures.push(failure);
  };

  for (const [key, object] of Object.entries(factories.snapshot(run.factory))) {
    const type = key.startsWith("linkedservices/") ? propertiesOf(propertiesOf(Object(object)).properties).type : "";
    switch (type) {
      case "AzureBlobFS":
        demand(may(PRINCIPALS.factory, `${BLOBS}/write`, "dataActions"), "AuthorizationPermissionMismatch: the lake");
        break;
      case "AzureKeyVault": {
        const byPolicy = access.vaultPolicies?.includes(PRINCIPALS.factory);
        const byRole = may(PRINCIPALS.factory, "Microsoft.KeyVault/vaults/secrets/getSecret/action", "dataActions");
        demand(byPolicy ?? byRole, "ForbiddenByRbac: a secret of the Key Vault");
        break;
      }
      case "AzureDatabricks": {
        const signsIn = may(PRINCIPALS.factory, "Microsoft.Databricks/workspaces/read", "actions");
        demand(signsIn || access.members.has(FACTORY_CLIENT), "403: the workspace is not authorized");
        break;
      }
      case "AzureSqlDW": {
        const rows = pool.rows()[run.database] ?? {};
        const user = rows["sys.database_principals"]?.find(({ name }) => name === run.factory);
        demand(user?.sid === FACTORY_SID, "18456: Login failed for user '<token-identified principal>'.");
        demand(
          may(PRINCIPALS.synapse, `${BLOBS}/read`, "dataActions"),
          "13807: Content of directory cannot be listed.",
        );
        break;
      }
      default:
    }
  }
  for (const job of workspace.jobs.values()) {
    const clusters = (isList(job.job_clusters) ? job.job_clusters : []).map((each) =>
      propertiesOf(propertiesOf(each).new_cluster),
    );
    demand(access.hierarchical, "FileSystemOperationUnsupported: hierarchical namespace is not enabled.");
    const own = clusters.map(({ spark_conf: conf }) => propertiesOf(conf)).find(hasClient);
    if (own !== undefined) failures.push(...clientFailures(own, access.secrets));
    else {
      const runsAs = propertiesOf(job.run_as).service_principal_name ?? entra.objectId;
      const granted = access.privileges.get(String(runsAs)) ?? ["READ_FILES", "WRITE_FILES", "CREATE_EXTERNAL_TABLE"];
      demand(access.locations.length > 0, "UNAUTHORIZED_ACCESS: no external location for the path.");
      demand(granted.includes("READ_FILES") && granted.includes("WRITE_FILES"), "INSUFFICIENT_PERMISSIONS: READ FILES");
      demand(
        may(PRINCIPALS.connector, `${BLOBS}/write`, "dataActions"),
        "AuthorizationPermissionMismatch: the cluster",
      );
      const catalog = (isList(job.parameters) ? job.parameters : [])
        .map(propertiesOf)
        .find(({ name }) => name === "catalog");
      if (catalog !== undefined) {
        const inCatalog = access.catalogPrivileges.get(String(runsAs)) ?? ["USE_CATALOG"];
        demand(inCatalog.includes("USE_CATALOG"), `INSUFFICIENT_PERMISSIONS: USE CATALOG on ${catalog.default}`);
        demand(granted.includes("CREATE_EXTERNAL_TABLE"), "INSUFFICIENT_PERMISSIONS: CREATE EXTERNAL TABLE");
      }
    }
  }
  return failures;
}

const PREFIX = "fs.azure.account.oauth2.client.secret.";

function hasClient(conf: JsonObject): boolean {
  return Object.keys(conf).some((name) => name.startsWith(PREFIX));
}

/** A cluster does not start with a reference to a secret that is not there. */
function clientFailures(conf: JsonObject, secrets: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return Object.entries(conf).flatMap(([name, value]) => {
    if (!name.startsWith(PREFIX)) return [];
    const [, scope = "", key = ""] = /^\{\{secrets\/([^/]+)\/([^/}]+)\}\}$/.exec(String(value)) ?? [];
    return secrets.get(scope)?.includes(key) ? [] : [`BAD_REQUEST: secret ${scope}/${key} does not exist.`];
  });
}

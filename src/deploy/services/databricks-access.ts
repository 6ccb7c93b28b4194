/** What a job may do in a workspace to reach the lake: Unity Catalog's external location, or a secret of the cluster. */
import { isList, propertiesOf, textOf } from "../json.ts";
import type { RunPlace } from "../run-place.ts";
import type { Outcome } from "./access-outcome.ts";
import { checkPrivileges } from "./catalog-access.ts";
import { type Api, createApi, type DatabricksOptions } from "./databricks-api.ts";
import { shellWord } from "./service-errors.ts";

export interface LakeWorkspace {
  readonly api: Api;
  /** `abfss://lake@shop.dfs.core.windows.net` */
  readonly lake: string;
  /** The identity of the job. */
  runAs(): Promise<string>;
  /** The external location of the lake; undefined if there is none that this identity can see. */
  location(): Promise<Location | undefined>;
  /** The access connector of the external location's credential. */
  credential(): Promise<{ readonly connector: string } | { readonly problem: string }>;
}

interface Location {
  readonly name: string;
  readonly owner: string | undefined;
  readonly credential: string;
}

type Version = "2.1";
const UNITY: Version = "2.1";

export function connectLakeWorkspace(
  http: DatabricksOptions["http"],
  lake: string,
  runAs: string | undefined,
): LakeWorkspace {
  const api = createApi(http);
  let known: Promise<Location | undefined> | undefined;
  const location = (): Promise<Location | undefined> => {
    known ??= findLocation(api, lake);
    return known;
  };
  return {
    api,
    lake,
    runAs: async () => {
      if (runAs !== undefined) return runAs;
      const me = await api.get("read the current user", ["2.0", "preview", "scim", "v2", "Me"], {});
      return textOf(me.userName) ?? "this identity";
    },
    location,
    credential: async () => {
      const there = await location();
      if (there === undefined) return { problem: "there is no external location for the lake yet" };
      const path = [UNITY, "unity-catalog", "storage-credentials", there.credential] as const;
      const credential = await api.find(`read the storage credential ${there.credential}`, path, {});
      const { access_connector_id: connector, managed_identity_id: own } = propertiesOf(
        credential?.azure_managed_identity,
      );
      const id = textOf(connector);
      if (id === undefined || textOf(own) !== undefined) {
        return { problem: `the storage credential ${there.credential} has no system-assigned access connector` };
      }
      return { connector: id };
    },
  };
}

/** The location whose URL is the lake's root or above it: the narrowest one. */
async function findLocation(api: Api, lake: string): Promise<Location | undefined> {
  const found: (Location & { readonly url: string })[] = [];
  for (let token: string | undefined = ""; token !== undefined; ) {
    const query: Readonly<Record<string, string>> = token === "" ? {} : { page_token: token };
    const page = await api.get("list the external locations", [UNITY, "unity-catalog", "external-locations"], query);
    const locations = page.external_locations;
    for (const each of isList(locations) ? locations : []) {
      const { name, url, owner, credential_name: credential } = propertiesOf(each);
      const at = (textOf(url) ?? "").replace(/\/+$/, "");
      if (!`${lake}/`.toLowerCase().startsWith(`${at}/`.toLowerCase())) continue;
      found.push({ name: textOf(name) ?? "", url: at, owner: textOf(owner), credential: textOf(credential) ?? "" });
    }
    const next = textOf(page.next_page_token);
    token = next === undefined || next === "" ? undefined : next;
  }
  return found.sort((a, b) => b.url.length - a.url.length)[0];
}

export function checkJobLocation(workspace: LakeWorkspace): Promise<Outcome> {
  return checkLocation(workspace, ["READ_FILES", "WRITE_FILES"]);
}

/** Whether the job can register tables in the external location of the lake. */
export async function checkJobTables(workspace: LakeWorkspace): Promise<Outcome> {
  // `checkJobLocation` reports that.
  if ((await workspace.location()) === undefined) return { kind: "unknown", problem: "there is no external location" };
  return checkLocation(workspace, ["CREATE_EXTERNAL_TABLE"]);
}

async function checkLocation(workspace: LakeWorkspace, privileges: readonly string[]): Promise<Outcome> {
  const { api, lake } = workspace;
  const location = await workspace.location();
  if (location === undefined) {
    return {
      kind: "missing",
      what: `an external location for ${lake}`,
      problem: "Unity Catalog has none that this identity can see",
      grant: `databricks external-locations create LOCATION ${shellWord(`${lake}/`)} CREDENTIAL`,
    };
  }
  const principal = await workspace.runAs();
  if (location.owner === principal) return { kind: "fine", detail: `${principal} owns ${location.name}` };
  return checkPrivileges(api, { type: "external_location", name: location.name }, principal, privileges);
}

export async function checkSecret(
  { api }: LakeWorkspace,
  { scope, key, vault }: NonNullable<RunPlace["client"]>,
): Promise<Outcome> {
  const found = await api.find(`list the secrets of the scope ${scope}`, ["2.0", "secrets", "list"], { scope });
  const secrets = found?.secrets;
  const keys = (isList(secrets) ? secrets : []).map((each) => textOf(propertiesOf(each).key));
  if (keys.includes(key)) return { kind: "fine", detail: `${key} in ${scope}` };
  return found === undefined
    ? {
        kind: "missing",
        what: `the secret scope ${scope}`,
        problem: "the workspace has no such scope that this identity can read",
        grant: `databricks secrets create-scope --json ${shellWord(JSON.stringify(scopeBackedBy(vault, scope)))}`,
      }
    : {
        kind: "missing",
        what: `the secret ${key} in the scope ${scope}`,
        problem: "the scope does not have it",
        grant: `az keyvault secret set --vault-name ${shellWord(new URL(vault).hostname.split(".")[0] ?? "")} --name ${shellWord(key)} --file FILE`,
      };
}

/** The resource ID of the Key Vault is left for whoever runs the command. */
function scopeBackedBy(vault: string, scope: string): object {
  const backend = { resource_id: "KEY_VAULT_ID", dns_name: vault };
  return { scope, scope_backend_type: "AZURE_KEYVAULT", backend_azure_keyvault: backend };
}

/** Whether an application is a service principal of the workspace. */
export async function isWorkspaceMember({ api }: LakeWorkspace, applicationId: string): Promise<boolean> {
  const query = { filter: `applicationId eq "${applicationId}"` };
  const path = ["2.0", "preview", "scim", "v2", "ServicePrincipals"] as const;
  const { Resources: found } = await api.get("look up the data factory's service principal", path, query);
  return (isList(found) ? found : []).some((each) => {
    const { applicationId: id, active } = propertiesOf(each);
    return textOf(id) === applicationId && active !== false;
  });
}

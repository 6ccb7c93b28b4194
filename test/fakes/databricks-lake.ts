/** What a workspace says of access to a lake: Unity Catalog's external locations, secret scopes, service principals. */
import type { AccessState } from "./access.ts";
import { RESOURCE_GROUP, SUBSCRIPTION } from "./arm.ts";
import type { FakeAnswer } from "./http.ts";

type Route = (access: AccessState, query: URLSearchParams, name: string) => FakeAnswer;

const routes: Readonly<Record<string, Route>> = {
  "2.1 unity-catalog external-locations": ({ locations }, query) => {
    const from = Number(query.get("page_token") ?? 0);
    const more = from + 1 < locations.length;
    const page = locations.slice(from, from + 1);
    return { status: 200, body: { external_locations: page, ...(more ? { next_page_token: String(from + 1) } : {}) } };
  },
  "2.1 unity-catalog storage-credentials *": (_access, _query, name) => ({
    status: 200,
    body: { name, azure_managed_identity: { access_connector_id: CONNECTOR } },
  }),
  "2.1 unity-catalog effective-permissions external_location *": ({ privileges }, query) => {
    const principal = query.get("principal") ?? "";
    const granted = privileges.get(principal) ?? ["READ_FILES", "WRITE_FILES", "CREATE_EXTERNAL_TABLE"];
    const assigned = { principal, privileges: granted.map((privilege) => ({ privilege })) };
    return { status: 200, body: { privilege_assignments: granted.length === 0 ? [] : [assigned] } };
  },
  "2.0 secrets list": ({ secrets }, query) => {
    const scope = query.get("scope") ?? "";
    const keys = secrets.get(scope);
    if (keys === undefined) {
      const message = `Scope ${scope} does not exist!`;
      return { status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST", message } };
    }
    return { status: 200, body: { secrets: keys.map((key) => ({ key, last_updated_timestamp: 1_700_000_000_000 })) } };
  },
  "2.0 preview scim v2 ServicePrincipals": ({ members }, query) => {
    const [, id = ""] = /^applicationId eq "([^"]*)"$/.exec(query.get("filter") ?? "") ?? [];
    const found = members.has(id) ? [{ applicationId: id, active: true }] : [];
    return { status: 200, body: { totalResults: found.length, Resources: found } };
  },
};

export const CONNECTOR = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${RESOURCE_GROUP}/providers/Microsoft.Databricks/accessConnectors/lake`;

/** Undefined for what is none of these. */
export function routesOfLake(
  access: AccessState,
): (path: readonly string[], query: URLSearchParams) => FakeAnswer | undefined {
  return (path, query) => {
    const exact = routes[path.join(" ")];
    const named = routes[[...path.slice(0, -1), "*"].join(" ")];
    return (exact ?? named)?.(access, query, path.at(-1) ?? "");
  };
}

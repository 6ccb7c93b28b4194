/** What Azure roles permit, and which of them a principal has. */
import { failure } from "../../runner/errors.ts";
import { isList, propertiesOf, textOf } from "../json.ts";
import type { Json } from "../object.ts";
import { type AzureHttp, problemOf } from "./azure-http.ts";
import { refused } from "./service-errors.ts";

const API = { "api-version": "2022-04-01" };

/** Permissions on the management API, or on the data behind it. */
type ActionKind = "actions" | "dataActions";
const EXCLUDED = { actions: "notActions", dataActions: "notDataActions" } as const;

/** Roles are additive; within a role, excluded actions do not count. Matching is case-insensitive. */
export function permits(permissions: readonly Json[], action: string, kind: ActionKind = "actions"): boolean {
  return permissions.some((each) => {
    const permission = propertiesOf(each);
    return fits(permission[kind], action) && !fits(permission[EXCLUDED[kind]], action);
  });
}

function fits(patterns: Json | undefined, action: string): boolean {
  if (!isList(patterns)) return false;
  return patterns.some((pattern) => {
    const literal = (textOf(pattern) ?? "").replace(/[^\w*/]/g, "\\$&");
    return new RegExp(`^${literal.replaceAll("*", ".*")}$`, "i").test(action);
  });
}

/**
 * The permissions of a principal at a scope: of the roles assigned to it or to its groups, there or above.
 * @param scope a resource ID
 */
export async function permissionsOf(
  http: AzureHttp,
  service: string,
  principal: string,
  scope: string,
): Promise<readonly Json[]> {
  const action = `list the role assignments on ${scope}`;
  const path = [...segments(scope), "providers", "Microsoft.Authorization", "roleAssignments"];
  const query = { ...API, $filter: `atScope() and assignedTo('${principal}')` };
  const assignments = await http.list({ action, method: "GET", path, query });
  if ("status" in assignments) throw failure(refused({ service, action }, problemOf(assignments)));
  const ids = new Set(
    assignments.flatMap((each) => textOf(propertiesOf(propertiesOf(each).properties).roleDefinitionId) ?? []),
  );
  const definitions = [...ids].map(async (id) => {
    const read = `read the role definition ${id}`;
    const answer = await http.send({ action: read, method: "GET", path: segments(id), query: API });
    if (answer.status !== 200) throw failure(refused({ service, action: read }, problemOf(answer)));
    const { permissions } = propertiesOf(propertiesOf(answer.body).properties);
    return isList(permissions) ? permissions : [];
  });
  return (await Promise.all(definitions)).flat();
}

/** The segments of a resource ID, for the path of a request. */
export function segments(id: string): readonly string[] {
  return id.split("/").filter((each) => each !== "");
}

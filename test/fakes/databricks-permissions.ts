/** The permissions API of a workspace: what is inherited is listed too, and a job has one owner. */
import type { Json } from "../../src/deploy/object.ts";
import type { FakeAnswer, FakeRequest } from "./http.ts";

type JsonObject = { readonly [name: string]: Json };

const LEVELS: Readonly<Record<string, readonly string[]>> = {
  directories: ["CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"],
  jobs: ["CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"],
};

interface Asked {
  readonly type: string;
  readonly id: string;
  /** Who has created the object. */
  readonly owner: string;
  readonly request: FakeRequest;
}

/** @param grants what is granted on the objects themselves, by `jobs/<id>`; changed by a PUT */
export function permissionsAnswer(
  grants: Map<string, readonly JsonObject[]>,
  { type, id, owner, request }: Asked,
): FakeAnswer {
  const key = `${type}/${id}`;
  const first = [{ service_principal_name: owner, permission_level: type === "jobs" ? "IS_OWNER" : "CAN_MANAGE" }];
  if (request.method === "PUT") {
    const list: readonly JsonObject[] = JSON.parse(request.body).access_control_list;
    const wrong = problemOf(type, list);
    if (wrong !== undefined) {
      return { status: 400, body: { error_code: "INVALID_PARAMETER_VALUE", message: wrong } };
    }
    grants.set(key, list);
  }
  const own = (grants.get(key) ?? first).map(({ permission_level: level, ...principal }) => ({
    ...principal,
    all_permissions: [{ permission_level: level, inherited: false }],
  }));
  const inherited = { permission_level: "CAN_MANAGE", inherited: true, inherited_from_object: [`/${type}/`] };
  const admins = { group_name: "admins", all_permissions: [inherited] };
  return { status: 200, body: { object_id: `/${key}`, access_control_list: [...own, admins] } };
}

function problemOf(type: string, list: readonly JsonObject[]): string | undefined {
  const unknown = list.find((each) => !LEVELS[type]?.includes(String(each.permission_level)));
  if (unknown !== undefined) return `${unknown.permission_level} is no level of ${type}.`;
  if (type === "jobs" && list.filter((each) => each.permission_level === "IS_OWNER").length !== 1) {
    return "The job must have exactly one owner.";
  }
  const names = list.map(({ permission_level: _, ...principal }) => JSON.stringify(principal));
  return new Set(names).size < names.length ? "A principal is listed twice." : undefined;
}

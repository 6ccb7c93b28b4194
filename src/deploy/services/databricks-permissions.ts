/**
 * The permissions on the project's folder and jobs, by the permissions API. Only what is granted on the object itself counts,
 * not what it inherits. The owner of a job and the deploying identity keep their access whatever the program says.
 */
import { isList, propertiesOf, textOf } from "../json.ts";
import type { Json } from "../object.ts";
import type { Api } from "./databricks-api.ts";

/** A principal with its level: `{ "data-engineers": "CAN_MANAGE" }`. */
export type Permissions = Readonly<Record<string, string>>;

type ObjectType = "directories" | "jobs";

const OWNER = "IS_OWNER";
const KINDS = ["service_principal_name", "user_name", "group_name"] as const;

interface Entry {
  readonly kind: (typeof KINDS)[number];
  readonly name: string;
  readonly level: string;
}

export interface PermissionsApi {
  read(type: ObjectType, id: string, wanted: Permissions): Promise<Permissions>;
  write(type: ObjectType, id: string, wanted: Permissions, kindOf: (name: string) => Entry["kind"]): Promise<void>;
}

export function createPermissions(api: Api): PermissionsApi {
  let me: Promise<string> | undefined;
  /** The application ID or e-mail address of the deploying identity. */
  const self = (): Promise<string> => {
    me ??= api
      .get("read the current user", ["2.0", "preview", "scim", "v2", "Me"], {})
      .then(({ userName }) => textOf(userName) ?? "");
    return me;
  };

  const entriesOf = async (type: ObjectType, id: string): Promise<readonly Entry[]> => {
    const body = await api.get(`read the permissions of ${type} ${id}`, ["2.0", "permissions", type, id], {});
    return (isList(body.access_control_list) ? body.access_control_list : []).flatMap(entriesIn);
  };

  return {
    async read(type, id, wanted) {
      const own = await self();
      const entries = (await entriesOf(type, id)).flatMap(({ name, level }): (readonly [string, string])[] => {
        // An owner has every permission.
        if (level === OWNER) return wanted[name] === undefined ? [] : [[name, wanted[name]]];
        return name === own && !(name in wanted) ? [] : [[name, level]];
      });
      return Object.fromEntries(entries.sort());
    },
    async write(type, id, wanted, kindOf) {
      const own = await self();
      const kept = type === "jobs" ? (await entriesOf(type, id)).filter(({ level }) => level === OWNER) : [];
      const mine: readonly Entry[] =
        type === "directories" && !(own in wanted) ? [{ kind: kindOf(own), name: own, level: "CAN_MANAGE" }] : [];
      const given = Object.entries(wanted).map(([name, level]): Entry => ({ kind: kindOf(name), name, level }));
      const all = [...kept, ...mine, ...given.filter(({ name }) => !kept.some((owner) => owner.name === name))];
      const action = `change the permissions of ${type} ${id}`;
      const list = all.map(({ kind, name, level }) => ({ [kind]: name, permission_level: level }));
      api.done(action, await api.put(action, ["2.0", "permissions", type, id], { access_control_list: list }));
    },
  };
}

/** What an entry of the list grants on the object itself. */
function entriesIn(entry: Json): readonly Entry[] {
  const said = propertiesOf(entry);
  const kind = KINDS.find((each) => textOf(said[each]) !== undefined);
  const name = kind && textOf(said[kind]);
  if (kind === undefined || name === undefined) return [];
  return (isList(said.all_permissions) ? said.all_permissions : []).flatMap((each) => {
    const { permission_level: level, inherited } = propertiesOf(each);
    return inherited === true || typeof level !== "string" ? [] : [{ kind, name, level }];
  });
}

/** What an identity may do with an object of Unity Catalog, by read requests only. */
import { isList, type JsonObject, propertiesOf, textOf } from "../json.ts";
import type { Json } from "../object.ts";
import type { Outcome } from "./access-outcome.ts";
import { errorCodeOf } from "./azure-http.ts";
import type { Api } from "./databricks-api.ts";
import { shellWord } from "./service-errors.ts";

interface Securable {
  readonly type: "catalog" | "external_location";
  readonly name: string;
}

const WORDS = { catalog: "the catalog", external_location: "the external location" } as const;

/** Whether the catalog exists, and the identity owns it or has these privileges on it. */
export async function checkCatalog(
  api: Api,
  name: string,
  principal: string,
  privileges: readonly string[],
): Promise<Outcome> {
  const action = `read the catalog ${name}`;
  const answer = await api.send({ action, method: "GET", path: ["api", "2.1", "unity-catalog", "catalogs", name] });
  if (errorCodeOf(answer) === "CATALOG_DOES_NOT_EXIST") {
    return {
      kind: "missing",
      what: `the catalog ${name}`,
      problem: "Unity Catalog has none of this name that this identity can see",
      grant: `databricks catalogs create ${shellWord(name)}`,
    };
  }
  const { owner } = api.done(action, answer);
  if (textOf(owner) === principal) return { kind: "fine", detail: `${principal} owns ${name}` };
  return checkPrivileges(api, { type: "catalog", name }, principal, privileges);
}

export async function checkPrivileges(
  api: Api,
  { type, name }: Securable,
  principal: string,
  privileges: readonly string[],
): Promise<Outcome> {
  const { privilege_assignments: assignments } = await api.get(
    `list the permissions on ${WORDS[type]} ${name}`,
    ["2.1", "unity-catalog", "effective-permissions", type, name],
    { principal },
  );
  const granted = (isList(assignments) ? assignments : []).flatMap((each) => privilegesIn(propertiesOf(each)));
  const missing = granted.includes("ALL_PRIVILEGES") ? [] : privileges.filter((each) => !granted.includes(each));
  if (missing.length === 0) return { kind: "fine", detail: `${principal} has them on ${name}` };
  const changes = JSON.stringify({ changes: [{ principal, add: missing }] });
  return {
    kind: "missing",
    what: `${missing.join(" and ").replaceAll("_", " ")} on ${WORDS[type]} ${name}`,
    problem: `${principal} does not have it`,
    grant: `databricks grants update ${type} ${shellWord(name)} --json ${shellWord(changes)}`,
  };
}

/** `READ FILES` and `READ_FILES` are the same. */
function privilegesIn({ privileges }: JsonObject): readonly string[] {
  return (isList(privileges) ? privileges : []).map((each: Json) =>
    (textOf(propertiesOf(each).privilege) ?? "").replaceAll(" ", "_").toUpperCase(),
  );
}

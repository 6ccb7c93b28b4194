/** Checks the access to a workspace and the project's folder and jobs, using read requests only. */

import { REQUIRED_ACCESS } from "../../codegen/shared/required-access.ts";
import { failure } from "../../runner/errors.ts";
import { textOf } from "../json.ts";
import { normalPath } from "../normalize/databricks.ts";
import { accessMissing, readerMissing } from "./access-errors.ts";
import { checkCatalog } from "./catalog-access.ts";
import { type Check, checked } from "./check.ts";
import { identityOf } from "./credentials.ts";
import { type Api, createApi, type DatabricksOptions, SERVICE } from "./databricks-api.ts";
import { refused } from "./service-errors.ts";

/** Checks the workspace and the identity, the folder and the jobs, up to the first failure. */
export async function checkDatabricks(options: DatabricksOptions): Promise<readonly Check[]> {
  const { http, folder, catalog, readers = [] } = options;
  const api = createApi(http);
  const root = normalPath(folder);
  const steps: readonly (readonly [what: string, work: () => Promise<string>])[] = [
    [
      `workspace ${http.endpoint}`,
      async () => {
        const me = await api.get("read the current user", ["2.0", "preview", "scim", "v2", "Me"], {});
        const name = textOf(me.displayName) ?? textOf(me.userName) ?? identityOf(await http.tokens.current())?.name;
        return `reachable, signed in as ${name ?? "this identity"}`;
      },
    ],
    [
      `folder ${root}`,
      async () => {
        const status = await api.find(`read the folder ${root}`, ["2.0", "workspace", "get-status"], { path: root });
        if (status === undefined) return "does not exist yet; the first deployment creates it";
        if (status.object_type === "DIRECTORY") return "exists and is readable";
        const problem = `${root} is ${textOf(status.object_type) ?? "something else"}`;
        throw failure(refused({ service: SERVICE, action: `create the folder ${root}` }, problem));
      },
    ],
    [
      "jobs",
      async () => {
        await api.get("list the jobs", ["2.2", "jobs", "list"], { limit: "1" });
        return "readable";
      },
    ],
  ];
  const checks: Check[] = [];
  for (const [index, [what, work]] of steps.entries()) {
    const check = await checked(what, work, index === 0 ? "deploy-workspace" : undefined);
    checks.push(check);
    if (check.kind === "wrong") break;
  }
  const isReached = checks.every(({ kind }) => kind === "fine");
  if (catalog === undefined || !isReached) return checks;
  const own = await catalogCheck(api, catalog);
  const ofReaders = own.kind === "fine" ? readers.map((reader) => readerCheck(api, catalog, reader)) : [];
  return [...checks, own, ...(await Promise.all(ofReaders))];
}

/** A deployment grants readers the schema, which they only reach with the catalog's owner's permission. */
function readerCheck(api: Api, catalog: string, reader: string): Promise<Check> {
  return checked(`reader ${reader}`, async () => {
    const outcome = await checkCatalog(api, catalog, reader, ["USE_CATALOG"]);
    if (outcome.kind === "missing") throw failure(readerMissing(reader, outcome));
    return outcome.kind === "fine" ? outcome.detail : outcome.problem;
  });
}

/** Whether this identity can create the schemas of registered tables. */
async function catalogCheck(api: Api, catalog: string): Promise<Check> {
  const access = "deploy-catalog";
  return checked(
    `catalog ${catalog}`,
    async () => {
      const me = await api.get("read the current user", ["2.0", "preview", "scim", "v2", "Me"], {});
      const outcome = await checkCatalog(api, catalog, textOf(me.userName) ?? "", ["USE_CATALOG", "CREATE_SCHEMA"]);
      if (outcome.kind === "missing") throw failure(accessMissing(REQUIRED_ACCESS[access], outcome));
      return outcome.kind === "fine" ? outcome.detail : outcome.problem;
    },
    access,
  );
}

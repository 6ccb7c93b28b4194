/** Whether a workspace answers, knows the identity, and shows it the project's folder and jobs. Nothing is written. */
import { failure } from "../../runner/errors.ts";
import { textOf } from "../json.ts";
import { normalPath } from "../normalize/databricks.ts";
import { type Check, checked } from "./check.ts";
import { identityOf } from "./credentials.ts";
import { createApi, type DatabricksOptions, SERVICE } from "./databricks-api.ts";
import { refused } from "./service-errors.ts";

/** The workspace and the identity, the folder, the jobs; the first that is wrong is the last. */
export async function checkDatabricks(options: DatabricksOptions): Promise<readonly Check[]> {
  const { http, folder } = options;
  const api = createApi(http);
  const root = normalPath(folder);
  const steps: readonly (readonly [what: string, work: () => Promise<string>])[] = [
    [
      `workspace ${http.endpoint}`,
      async () => {
        const me = await api.get("show who this is", ["2.0", "preview", "scim", "v2", "Me"], {});
        const name = textOf(me.displayName) ?? textOf(me.userName) ?? identityOf(await http.tokens.current())?.name;
        return `answers and knows ${name ?? "this identity"}`;
      },
    ],
    [
      `folder ${root}`,
      async () => {
        const status = await api.find(`show the folder ${root}`, ["2.0", "workspace", "get-status"], { path: root });
        if (status === undefined) return "is not there yet: the first deployment makes it";
        if (status.object_type === "DIRECTORY") return "is there and can be read";
        const problem = `${root} is ${textOf(status.object_type) ?? "something else"}`;
        throw failure(refused({ service: SERVICE, action: `make the folder ${root}` }, problem));
      },
    ],
    [
      "jobs",
      async () => {
        await api.get("list the jobs", ["2.2", "jobs", "list"], { limit: "1" });
        return "can be listed";
      },
    ],
  ];
  const checks: Check[] = [];
  for (const [what, work] of steps) {
    const check = await checked(what, work);
    checks.push(check);
    if (check.kind === "wrong") break;
  }
  return checks;
}

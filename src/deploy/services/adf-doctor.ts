/** Checks the permissions to deploy a factory, using read requests only. */
import type { AccessId } from "../../codegen/shared/required-access.ts";
import { failure } from "../../runner/errors.ts";
import { type AdfOptions, createAdfHttp, factoryAt, regionAt, SERVICE } from "./adf.ts";
import { grantCommand, pathOfFactory, pathOfGroup } from "./adf-address.ts";
import { type Check, checked } from "./check.ts";
import { identityOf } from "./credentials.ts";
import { permits } from "./role-permissions.ts";
import { forbidden, refused } from "./service-errors.ts";

const PERMISSIONS_API = { "api-version": "2022-04-01" };

const OBJECTS = ["linkedservices", "datasets", "pipelines", "triggers"];

/** The actions that a deployment needs, as Azure roles name them. */
export const NEEDED_ACTIONS: readonly string[] = [
  "read",
  "write",
  ...OBJECTS.flatMap((each) => [`${each}/read`, `${each}/write`, `${each}/delete`]),
  "triggers/start/action",
  "triggers/stop/action",
  "operationResults/read",
].map((action) => `Microsoft.DataFactory/factories/${action}`);
/** Needed to create a factory in the region of its resource group. */
const TO_CREATE = "Microsoft.Resources/subscriptions/resourceGroups/read";

/** Checks the identity, the factory and the permissions, up to the first failure. */
export async function checkAdf({
  place,
  http: options,
}: Pick<AdfOptions, "place" | "http">): Promise<readonly Check[]> {
  const checks: Check[] = [];
  let there = false;
  const http = createAdfHttp(place, options, () => there);

  const steps: readonly (readonly [what: string, work: () => Promise<string>, access?: AccessId])[] = [
    [
      "identity",
      async () => {
        const who = identityOf(await options.tokens.current());
        return who ? `${who.name} (${who.objectId})` : "unknown identity (its token has no name)";
      },
    ],
    [
      `factory ${place.factory}`,
      async () => {
        there = (await factoryAt(http, place)) !== undefined;
        if (there) return "exists and is readable";
        return `does not exist yet; the first deployment creates it in ${await regionAt(http, place)}`;
      },
    ],
    [
      `roles on ${place.factory}`,
      async () => {
        const action = `list the permissions on ${place.factory}`;
        const scope = there ? pathOfFactory(place) : pathOfGroup(place);
        const path = [...scope, "providers", "Microsoft.Authorization", "permissions"];
        const items = await http.list({ action, method: "GET", path, query: PERMISSIONS_API });
        if ("status" in items) throw failure(refused({ service: SERVICE, action }, `HTTP ${items.status}`));
        const needed = there ? NEEDED_ACTIONS : [...NEEDED_ACTIONS, TO_CREATE];
        const missing = needed.filter((each) => !permits(items, each));
        if (missing.length === 0) return "sufficient to deploy";
        const who = identityOf(await options.tokens.current());
        const grant = grantCommand(place, who, there ? "factory" : "group");
        const asked = { service: SERVICE, action: `deploy to ${place.factory}` };
        throw failure(forbidden(asked, `none of its roles has ${shortList(missing)}`, grant));
      },
      "deploy-factory",
    ],
  ];
  for (const [what, work, access] of steps) {
    const check = await checked(what, work, access);
    checks.push(check);
    if (check.kind === "wrong") break;
  }
  return checks;
}

function shortList(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** What the doctor says of a catalog: that it is there, and what the deploying identity may do with it. */
import { afterEach, expect, it } from "vitest";
import { CLOUDS, createTokens } from "../../../src/deploy/services/credentials.ts";
import { checkDatabricks } from "../../../src/deploy/services/databricks-doctor.ts";
import { commandsIn, problemsOf } from "../../docs/shell-commands.ts";
import { type AccessState, createAccess } from "../../fakes/access.ts";
import { type FakeWorkspace, startWorkspace } from "../../fakes/databricks.ts";
import { createEntra } from "../../fakes/entra.ts";

const open: FakeWorkspace[] = [];
afterEach(async () => {
  for (const workspace of open.splice(0)) await workspace.close();
});

const entra = createEntra();

async function check(change: (access: AccessState) => unknown, catalog: string | undefined = "main", of = "catalog ") {
  const access = createAccess();
  change(access);
  const workspace = await startWorkspace({ entra, access });
  open.push(workspace);
  const { signal } = new AbortController();
  const tokens = createTokens({ credential: entra.credential, scope: CLOUDS.public.scopes.databricks, signal });
  const http = { endpoint: workspace.url, tokens, signal, timeout: 10_000, pause: 1 };
  const owner = { project: "olist", environment: "prod" };
  const checks = await checkDatabricks({
    http,
    folder: "/medalc/olist/prod",
    owner,
    ...(catalog ? { catalog, readers: ["analysts"] } : {}),
  });
  return checks.find(({ what }) => what.startsWith(of));
}

it("is fine where the identity has what it needs, and says nothing without a catalog", async () => {
  expect(await check(() => undefined)).toEqual({
    ...{ kind: "fine", what: "catalog main", access: "deploy-catalog" },
    detail: `${entra.objectId} has them on main`,
  });
  expect(await check(() => undefined, "")).toBeUndefined();
});

it("checks that readers can use the catalog, which a deployment does not grant", async () => {
  expect(await check(() => undefined, "main", "reader ")).toMatchObject({ kind: "fine", what: "reader analysts" });
  const found = await check((access) => access.catalogPrivileges.set("analysts", []), "main", "reader ");
  const [problem] = found?.kind === "wrong" ? found.problems : [];
  expect(problem?.message).toMatch(/^analysts does not have USE CATALOG on the catalog main, .*read the gold tables/);
  expect(problem?.hint).toContain(
    `databricks grants update catalog main --json '{"changes":[{"principal":"analysts","add":["USE_CATALOG"]}]}'`,
  );
});

it.each([
  [
    "there is no such catalog",
    (access: AccessState) => Object.assign(access, { catalogs: ["other"] }),
    /does not have the catalog main/,
    "databricks catalogs create main",
  ],
  [
    "the identity may not create schemas",
    (access: AccessState) => access.catalogPrivileges.set(entra.objectId, ["USE_CATALOG"]),
    /does not have CREATE SCHEMA on the catalog main/,
    `databricks grants update catalog main --json '{"changes":[{"principal":"${entra.objectId}","add":["CREATE_SCHEMA"]}]}'`,
  ],
])("prints the command where %s", async (_, change, message, command) => {
  const found = await check(change);
  const [problem] = found?.kind === "wrong" ? found.problems : [];
  expect(problem?.message).toMatch(message);
  expect(problem?.hint).toContain(command);
  expect(commandsIn(command).flatMap(problemsOf)).toEqual([]);
});

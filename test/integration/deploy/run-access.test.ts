/** What a run needs: with each permission missing in turn the first run fails, and both the doctor and a deployment say so. */
import { expect, it } from "vitest";
import { type AccessId, accessIds, REQUIRED_ACCESS, runAccess } from "../../../src/codegen/shared/required-access.ts";
import { runPlaceOf } from "../../../src/deploy/run-place.ts";
import { connectStack, type Stack } from "../../../src/deploy/stack.ts";
import { programOf } from "../../codegen/support/compile.ts";
import { commandsIn, problemsOf, type Words } from "../../docs/shell-commands.ts";
import { type AccessState, createAccess, PRINCIPALS } from "../../fakes/access.ts";
import { DATA_FACTORY_CONTRIBUTOR, READER, SUBSCRIPTION } from "../../fakes/arm.ts";
import { type Cloud, startCloud } from "../../fakes/cloud.ts";
import { firstRunFailures } from "../../fakes/first-run.ts";
import { carryOut, deployable, placeIn, planned, shop } from "./support.ts";

const PAYMENTS = `secret password = keyvault("shop-kv", "erp")
source erp = postgres { host: "erp.example.com", database: "erp", user: "ingest", password: secret.password }
bronze payments from erp.table("public.payments") { id: string }
`;
const PROGRAM = shop({ more: PAYMENTS }).replace("can_manage:", 'catalog: "main"\n    can_manage:');
const WANTED = deployable(PROGRAM);

function stackOf(cloud: Cloud, text = PROGRAM): Stack {
  const program = programOf(text);
  const azure = { ...cloud.azure, subscription: SUBSCRIPTION };
  const environment = { name: "prod", params: {}, sources: {}, lake: "", spark: {}, azure };
  const run = runPlaceOf(program, environment, cloud.arm.url);
  if (run === undefined) throw new Error("the environment has a subscription");
  const place = placeIn(cloud, WANTED.objects);
  return connectStack({
    place: { ...place, ...(place.databricks && { databricks: { ...place.databricks, catalog: "main" } }), run },
    owner: { project: "shop", environment: "prod" },
    credential: cloud.entra.credential,
    storageCredential: cloud.storage.credential,
    signal: new AbortController().signal,
    timeout: 5000,
    pause: 1,
  });
}

/** `factory-lake: wrong`, of all checks that are not fine. */
async function doctor(cloud: Cloud): Promise<readonly string[]> {
  const checks = await stackOf(cloud).checkRun();
  return checks.filter(({ kind }) => kind !== "fine").map(({ kind, access }) => `${access}: ${kind}`);
}

/** The commands in a hint. */
function commandsOf(hint: string): readonly Words[] {
  const [, command = ""] = /`(.*)`/.exec(hint) ?? [];
  const commands = commandsIn(command);
  expect(commands).toHaveLength(1);
  return commands;
}

const removed = (principal: keyof typeof PRINCIPALS, id: AccessId) => (access: AccessState) => {
  const required = REQUIRED_ACCESS[id];
  if (required.kind === "role") access.roles.get(PRINCIPALS[principal])?.delete(required.definition);
};

const withPrivileges =
  (which: "privileges" | "catalogPrivileges", ...names: readonly string[]) =>
  (access: AccessState, { entra }: Cloud): unknown =>
    access[which].set(entra.objectId, names);

/** How each permission of a run goes missing, and what the services say then. */
const missing: Partial<Record<AccessId, readonly [(access: AccessState, cloud: Cloud) => unknown, RegExp]>> = {
  "factory-lake": [removed("factory", "factory-lake"), /AuthorizationPermissionMismatch: the lake/],
  "factory-secrets": [removed("factory", "factory-secrets"), /ForbiddenByRbac/],
  "factory-databricks": [removed("factory", "factory-databricks"), /not authorized/],
  "synapse-lake": [removed("synapse", "synapse-lake"), /cannot be listed/],
  "lake-namespace": [
    (access) => {
      access.hierarchical = false;
    },
    /hierarchical namespace/,
  ],
  "cluster-lake": [removed("connector", "cluster-lake"), /AuthorizationPermissionMismatch: the cluster/],
  "job-location": [
    (access) => {
      access.locations = [];
    },
    /no external location/,
  ],
  "job-tables": [withPrivileges("privileges", "READ_FILES", "WRITE_FILES"), /CREATE EXTERNAL TABLE/],
  "job-catalog": [withPrivileges("catalogPrivileges"), /USE CATALOG on/],
};

function granted(access: AccessState): void {
  const { roles, ...rest } = createAccess();
  access.roles.clear();
  for (const [principal, ids] of roles) access.roles.set(principal, ids);
  access.privileges.clear();
  access.catalogPrivileges.clear();
  const { privileges, catalogPrivileges, secrets, members } = access;
  Object.assign(access, { ...rest, privileges, catalogPrivileges, secrets, members });
}

it("finds each permission that a run lacks, as the first run would", async () => {
  await using cloud = await startCloud();
  cloud.arm.allow(DATA_FACTORY_CONTRIBUTOR, READER);
  const stack = stackOf(cloud);
  const { access } = cloud;
  const run = { factory: "shop-df", database: "shop" };

  // Before the first deployment, what concerns the factory is not known yet.
  expect(await doctor(cloud)).toEqual([
    "factory-lake: unknown",
    "factory-secrets: unknown",
    "factory-databricks: unknown",
  ]);
  const { plan } = await planned(stack, WANTED);
  expect(await carryOut(stack, plan)).toMatchObject({ isDone: true, warnings: [] });
  expect(await doctor(cloud)).toEqual([]);
  expect(firstRunFailures(cloud, run)).toEqual([]);

  for (const [id, [take, said]] of Object.entries(missing)) {
    take(access, cloud);
    expect(
      (await doctor(cloud)).filter((each) => each.endsWith("wrong")),
      id,
    ).toEqual([`${id}: wrong`]);
    expect(firstRunFailures(cloud, run), id).toEqual([expect.stringMatching(said)]);
    granted(access);
  }
  expect(await doctor(cloud)).toEqual([]);
});

it("has a case for every permission of a run", () => {
  const needed = [...runAccess(programOf(PROGRAM)), "cluster-secret"];
  // The user is a part of the deployment; the secret has a test of its own.
  const cases = [...Object.keys(missing), "factory-database", "cluster-secret"];
  expect(needed.toSorted()).toEqual(cases.toSorted());
  expect(
    accessIds()
      .filter((id) => REQUIRED_ACCESS[id].holder !== "deployer")
      .toSorted(),
  ).toEqual(cases.toSorted());
});

it("checks every permission of the table", async () => {
  await using cloud = await startCloud();
  cloud.arm.allow(DATA_FACTORY_CONTRIBUTOR, READER);
  const stack = stackOf(cloud);
  const { plan } = await planned(stack, WANTED);
  await carryOut(stack, plan);
  const own = await Promise.all([...stack.clients.keys()].map((service) => stack.check(service)));
  const checks = [...own.flat(), ...(await stack.checkRun())];
  const found = checks.flatMap(({ access }) => access ?? []);
  expect(found.toSorted()).toEqual(
    accessIds()
      .filter((id) => id !== "cluster-secret")
      .toSorted(),
  );
});

it("prints the commands that grant missing permissions", async () => {
  await using cloud = await startCloud();
  cloud.arm.allow(DATA_FACTORY_CONTRIBUTOR, READER);
  const stack = stackOf(cloud);
  const { plan } = await planned(stack, WANTED);
  await carryOut(stack, plan);
  cloud.access.roles.clear();
  cloud.access.privileges.set(cloud.entra.objectId, ["READ_FILES"]);
  const checks = await stack.checkRun();
  const codes = checks.flatMap((check) => (check.kind === "wrong" ? check.problems.map(({ code }) => code) : []));
  expect(new Set(codes)).toEqual(new Set(["access-missing"]));
  const hints = checks.flatMap((check) => (check.kind === "wrong" ? check.problems.map(({ hint = "" }) => hint) : []));
  expect(hints.flatMap(commandsOf).flatMap(problemsOf)).toEqual([]);
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/olist-test/providers`;
  const container = `${group}/Microsoft.Storage/storageAccounts/shoplake/blobServices/default/containers/shop`;
  const assign = (principal: string, role: string, scope: string): string =>
    `Ask an administrator to run: \`az role assignment create --assignee-object-id ${principal} --assignee-principal-type ServicePrincipal --role "${role}" --scope ${scope}\`.`;
  const workspace =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop/providers/Microsoft.Databricks/workspaces/shop";
  expect(hints).toEqual([
    assign(PRINCIPALS.factory, "Storage Blob Data Contributor", container),
    assign(PRINCIPALS.factory, "Key Vault Secrets User", `${group}/Microsoft.KeyVault/vaults/shop-kv`),
    assign(PRINCIPALS.factory, "Contributor", workspace),
    assign(PRINCIPALS.synapse, "Storage Blob Data Reader", container),
    assign(PRINCIPALS.connector, "Storage Blob Data Contributor", container),
    `Ask an administrator to run: \`databricks grants update external_location lake_1 --json '{"changes":[{"principal":"${cloud.entra.objectId}","add":["WRITE_FILES"]}]}'\`.`,
    `Ask an administrator to run: \`databricks grants update external_location lake_1 --json '{"changes":[{"principal":"${cloud.entra.objectId}","add":["CREATE_EXTERNAL_TABLE"]}]}'\`.`,
  ]);
});

it("warns before it starts the trigger that the first run would fail, and starts it", async () => {
  await using cloud = await startCloud();
  cloud.arm.allow(DATA_FACTORY_CONTRIBUTOR, READER);
  cloud.access.roles.delete(PRINCIPALS.factory);
  const stack = stackOf(cloud);
  const { plan } = await planned(stack, WANTED);
  const { isDone, warnings } = await carryOut(stack, plan);
  expect([isDone, warnings.map(({ code }) => code)]).toEqual([
    true,
    ["first-run-fails", "first-run-fails", "first-run-fails"],
  ]);
  expect(warnings[0]).toMatchObject({
    severity: "warning",
    message: expect.stringMatching(
      /^the first run would fail: the data factory's identity does not have Storage Blob Data/,
    ),
    hint: expect.stringContaining("az role assignment create"),
  });
  expect(Object(cloud.factories.snapshot("shop-df"))["triggers/tr_shop_daily"]).toMatchObject({ state: "Started" });
});

it("quotes all names in commands", async () => {
  await using cloud = await startCloud();
  cloud.arm.allow(DATA_FACTORY_CONTRIBUTOR, READER);
  cloud.access.vaultPolicies = [];
  const text = PROGRAM.replace('keyvault("shop-kv"', 'keyvault("shop\'; rm -rf $(pwd)"');
  const stack = stackOf(cloud, text);
  const { plan } = await planned(stack, WANTED);
  await carryOut(stack, plan);
  const checks = await stack.checkRun();
  const secrets = checks.find(({ access }) => access === "factory-secrets");
  const [problem] = secrets?.kind === "wrong" ? secrets.problems : [];
  const [words] = commandsOf(problem?.hint ?? "");
  expect(words?.slice(0, 5)).toEqual(["az", "keyvault", "set-policy", "--name", "shop'; rm -rf $(pwd)"]);
});

it("deploys whatever the result of the checks", async () => {
  await using cloud = await startCloud();
  const stack = stackOf(cloud);
  const { plan } = await planned(stack, WANTED);
  const answer = { status: 400, body: { error: { code: "BadRequest", message: "No." } } };
  cloud.faults.on(/GET .*(\/resources\?|roleAssignments|unity-catalog\/(external|effective|storage|catalogs))/, {
    kind: "answer",
    answer,
  });
  expect(await carryOut(stack, plan)).toMatchObject({ isDone: true, warnings: [] });
});

it("reports what this identity cannot check, and how to have it checked", async () => {
  await using cloud = await startCloud();
  const stack = stackOf(cloud);
  const { plan } = await planned(stack, WANTED);
  await carryOut(stack, plan);
  const checks = await stack.checkRun();
  const unknown = checks.flatMap((check) => (check.kind === "unknown" ? check.problems : []));
  expect(unknown.map(({ code }) => code)).toContain("access-unchecked");
  expect(unknown[0]?.hint).toMatch(/--role Reader --scope \/subscriptions\//);
});

it("finds a missing secret that the cluster uses to sign in", async () => {
  const client =
    'access: "service_principal", tenant_id: "shop.example", client_id: "c11e0700-0000-4000-8000-000000000001", client_secret: secret.lake';
  const text = shop({ more: 'secret lake = keyvault("shop-kv", "lake-client")\n' }).replace(
    "workers:     1..2",
    `workers: 1..2, ${client}`,
  );
  await using cloud = await startCloud();
  cloud.arm.allow(DATA_FACTORY_CONTRIBUTOR, READER);
  // No external location is needed.
  cloud.access.locations = [];
  const wanted = deployable(text);
  const stack = stackOf(cloud, text);
  const { plan } = await planned(stack, wanted);
  expect(await carryOut(stack, plan)).toMatchObject({ isDone: true, warnings: [{ code: "first-run-fails" }] });
  const run = { factory: "shop-df", database: "shop" };
  const secretProblem = async () => {
    const checks = await stackOf(cloud, text).checkRun();
    const check = checks.find(({ access }) => access === "cluster-secret");
    if (check?.kind !== "wrong") return check?.kind;
    const [problem] = check.problems;
    expect(commandsOf(problem?.hint ?? "").flatMap(problemsOf)).toEqual([]);
    return problem?.message;
  };
  expect(await secretProblem()).toMatch(/does not have the secret scope shop-kv/);
  expect(firstRunFailures(cloud, run)).toEqual(["BAD_REQUEST: secret shop-kv/lake-client does not exist."]);
  cloud.access.secrets.set("shop-kv", ["other"]);
  expect(await secretProblem()).toMatch(/does not have the secret lake-client in the scope shop-kv/);
  cloud.access.secrets.set("shop-kv", ["lake-client"]);
  expect([await secretProblem(), firstRunFailures(cloud, run)]).toEqual(["fine", []]);
  // What was deployed is found again as it was wanted.
  expect((await planned(stackOf(cloud, text), wanted)).plan.steps).toEqual([]);
});

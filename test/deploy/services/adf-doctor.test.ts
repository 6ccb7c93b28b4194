import { expect, it } from "vitest";
import { checkAdf } from "../../../src/deploy/services/adf-doctor.ts";
import { DATA_FACTORY_CONTRIBUTOR, READER } from "../../fakes/arm.ts";
import { FACTORY, PLACE, startAzure } from "./azure.ts";

it("finds no problem in a valid setup, with two requests", async () => {
  await using azure = await startAzure();
  await azure.client.write(FACTORY);
  azure.requests();
  expect(await checkAdf({ place: PLACE, http: azure.http })).toEqual([
    {
      kind: "fine",
      what: "identity",
      detail: `a9910000-0000-4000-8000-000000000001 (${azure.entra.objectId})`,
    },
    { kind: "fine", what: "factory olist-df", detail: "exists and is readable" },
    { kind: "fine", what: "roles on olist-df", detail: "sufficient to deploy", access: "deploy-factory" },
  ]);
  expect(azure.requests()).toEqual(["GET olist-df", "GET providers/Microsoft.Authorization/permissions"]);
});

it("checks the resource group if the factory does not exist yet", async () => {
  await using azure = await startAzure();
  expect((await checkAdf({ place: PLACE, http: azure.http })).at(1)).toEqual({
    kind: "fine",
    what: "factory olist-df",
    detail: "does not exist yet; the first deployment creates it in westeurope",
  });
  azure.arm.allow(READER);
  expect((await checkAdf({ place: PLACE, http: azure.http })).at(2)).toMatchObject({
    kind: "wrong",
    problems: [{ hint: expect.stringMatching(/--scope "\/subscriptions\/[\w-]+\/resourceGroups\/olist-test"`\.$/) }],
  });
});

it("names the least grant for a missing permission", async () => {
  await using azure = await startAzure();
  await azure.client.write(FACTORY);
  azure.arm.allow(READER, { ...DATA_FACTORY_CONTRIBUTOR, notActions: ["microsoft.datafactory/factories/triggers/*"] });
  const checks = await checkAdf({ place: PLACE, http: azure.http });
  expect(checks.at(-1)).toMatchObject({
    kind: "wrong",
    what: "roles on olist-df",
    problems: [
      {
        code: "service-forbidden",
        message:
          "this identity does not have permission to deploy to olist-df in Data Factory: none of its roles has Microsoft.DataFactory/factories/triggers/write and 3 more",
        hint: `Ask an administrator to run: \`az role assignment create --assignee-object-id ${azure.entra.objectId} --assignee-principal-type ServicePrincipal --role "Data Factory Contributor" --scope "/subscriptions/${PLACE.subscription}/resourceGroups/olist-test/providers/Microsoft.DataFactory/factories/olist-df"\`.`,
      },
    ],
  });
});

it("stops at the first problem", async () => {
  await using azure = await startAzure();
  azure.arm.allow();
  const checks = await checkAdf({ place: PLACE, http: azure.http });
  expect(checks.map(({ kind, what }) => `${what}: ${kind}`)).toEqual(["identity: fine", "factory olist-df: wrong"]);
  const elsewhere = await checkAdf({ place: { ...PLACE, resourceGroup: "elsewhere" }, http: azure.http });
  expect(elsewhere.at(-1)).toMatchObject({ problems: [{ code: "resource-group-missing" }] });
});

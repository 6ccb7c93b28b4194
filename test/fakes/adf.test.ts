import { expect, it } from "vitest";
import { evaluateTemplate } from "../codegen/adf/arm-evaluator.ts";
import { emitted, fileNamed } from "../codegen/adf/support.ts";
import { exampleContext, exampleProgram } from "../codegen/support/compile.ts";
import { sharedPath } from "../support/judges.ts";
import { createDataFactories, type DataFactoryOptions } from "./adf.ts";
import { RESOURCE_GROUP, SUBSCRIPTION, startArm } from "./arm.ts";
import { createEntra } from "./entra.ts";

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${RESOURCE_GROUP}`;
const FACTORY = `${GROUP}/providers/Microsoft.DataFactory/factories/olist-df`;

async function start(options: DataFactoryOptions = {}) {
  const entra = createEntra();
  const arm = await startArm({ entra, providers: [createDataFactories(options)] });
  const given = await entra.credential.getToken("https://management.azure.com/.default");
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${arm.url}${path}`, {
      headers: { authorization: `Bearer ${given?.token}` },
      ...init,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  };
  const put = (path: string, body: unknown) =>
    ask(`${path}?api-version=2018-06-01`, { method: "PUT", body: JSON.stringify(body) });
  return { entra, ask, put, [Symbol.asyncDispose]: () => arm.close() };
}

it("refuses requests without a good token, with a challenge", async () => {
  await using arm = await start();
  const other = await arm.entra.credential.getToken("https://storage.azure.com/.default");
  arm.entra.expireAll();
  const refusals = [
    await arm.ask(GROUP, { headers: {} }),
    await arm.ask(GROUP),
    await arm.ask(GROUP, { headers: { authorization: `Bearer ${other?.token}` } }),
  ];
  expect(refusals.map(({ status, body }) => `${status} ${body.error.code}`)).toEqual([
    "401 AuthenticationFailed",
    "401 ExpiredAuthenticationToken",
    "401 ExpiredAuthenticationToken",
  ]);
  expect(refusals[0]?.headers.get("www-authenticate")).toMatch(/^Bearer authorization_uri=.* error="invalid_token"/);
});

it("refuses tokens for another service, unknown versions and groups", async () => {
  await using arm = await start();
  const other = await arm.entra.credential.getToken("https://storage.azure.com/.default");
  const wrong = await arm.ask(GROUP, { headers: { authorization: `Bearer ${other?.token}` } });
  expect(wrong.body.error.code).toBe("InvalidAuthenticationTokenAudience");
  expect((await arm.ask(GROUP)).body.error.code).toBe("MissingApiVersionParameter");
  expect((await arm.ask(`${FACTORY}?api-version=2017-09-01`)).body.error.code).toBe("InvalidResourceType");
  expect((await arm.ask(`${GROUP}x?api-version=2021-04-01`)).body.error.code).toBe("ResourceGroupNotFound");
});

it("wants the location of a factory", async () => {
  await using arm = await start();
  expect((await arm.put(FACTORY, { tags: {} })).body.error.code).toBe("LocationRequired");
  expect((await arm.put(FACTORY, { location: "westeurope" })).status).toBe(200);
});

it.runIf(sharedPath("schemas/adf"))("checks what it is sent against the service's types", async () => {
  await using arm = await start();
  expect((await arm.put(FACTORY, { location: "westeurope", surprise: 1 })).body.error.message).toMatch(/surprise/);
  expect((await arm.put(FACTORY, { location: "westeurope" })).status).toBe(200);
  const lake = (properties: object) => arm.put(`${FACTORY}/linkedservices/ls`, { properties });
  const url = "https://lake.dfs.core.windows.net";
  expect((await lake({ type: "AzureBlobFS", typeProperties: { url } })).status).toBe(200);
  for (const wrong of [
    { type: "AzureBlobFX" },
    { type: "AzureBlobFS" },
    { type: "AzureBlobFS", typeProperties: { url }, x: 1 },
  ]) {
    expect((await lake(wrong)).body.error.code).toBe("BadRequest");
  }
});

const JOB = "4711";

/** Sends the resources of a compiled template in their order, as a deployment does; the errors. */
async function deployTemplate(arm: Awaited<ReturnType<typeof start>>, path: string, job = JOB) {
  const files = emitted(exampleProgram(), exampleContext);
  const given = JSON.parse(fileNamed(files, "adf/arm/parameters.prod.json")).parameters;
  const values = Object.fromEntries(
    Object.entries<{ value: unknown }>(given).map(([name, { value }]) => [name, value]),
  );
  const { resources } = JSON.parse(fileNamed(files, path));
  const parameters = { ...values, location: "westeurope", databricksJobId: job };
  const errors: string[] = [];
  for (const resource of Object.values(Object(evaluateTemplate(resources, parameters)))) {
    const { type, name, apiVersion, dependsOn, ...body } = Object(resource);
    const [, , collection] = type.split("/");
    const [, own] = name.split("/");
    const { body: answer, status } = await arm.put(
      own === undefined ? FACTORY : `${FACTORY}/${collection}/${own}`,
      body,
    );
    if (status !== 200) errors.push(answer.error.message);
  }
  return errors;
}

it("takes the compiled template, which leaves a factory as it is; the template of the factory would reset it", async () => {
  await using arm = await start({ jobProblem: (id) => (id === JOB ? undefined : `The job '${id}' does not exist.`) });
  const globalParameters = { stage: { type: "String", value: "prod" } };
  const body = { location: "westeurope", identity: { type: "SystemAssigned" }, properties: { globalParameters } };
  expect((await arm.put(FACTORY, body)).status).toBe(200);
  expect(await deployTemplate(arm, "adf/arm/template.json")).toEqual([]);
  expect((await arm.ask(`${FACTORY}?api-version=2018-06-01`)).body.properties).toMatchObject({ globalParameters });
  expect(await deployTemplate(arm, "adf/arm/factory.json")).toEqual(["The factory would lose globalParameters."]);
  // The trigger refers to the pipeline, so it is as it was before.
  expect(await deployTemplate(arm, "adf/arm/template.json", "666")).toEqual(["The job '666' does not exist."]);
});

it("takes the template of the factory where there is none", async () => {
  await using arm = await start();
  expect(await deployTemplate(arm, "adf/arm/factory.json")).toEqual([]);
  expect(await deployTemplate(arm, "adf/arm/template.json")).toEqual([]);
});

it("gives objects back with its own fields, names in the case that came first", async () => {
  await using arm = await start();
  await arm.put(FACTORY, { location: "westeurope", identity: { type: "SystemAssigned" } });
  const vault = { type: "AzureKeyVault", typeProperties: { baseUrl: "https://v.vault.azure.net/" } };
  await arm.put(`${FACTORY}/linkedservices/LS_Vault`, { properties: vault });
  const { body } = await arm.put(`${FACTORY.toLowerCase()}/linkedServices/ls_vault`, { properties: vault });
  expect(body).toMatchObject({ name: "LS_Vault", etag: '"2"', type: "Microsoft.DataFactory/factories/linkedservices" });
  expect(Object.keys(body)).toEqual(["properties", "etag", "type", "name", "id"]);
  const factory = await arm.ask(`${FACTORY}?api-version=2018-06-01`);
  expect(factory.body).toMatchObject({
    identity: { type: "SystemAssigned", principalId: expect.any(String) },
    properties: { provisioningState: "Succeeded" },
  });
});

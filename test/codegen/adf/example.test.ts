import { expect, it } from "vitest";
import { expectGolden } from "../../support/golden.ts";
import { exampleContext, exampleProgram } from "../support/compile.ts";
import { strictProblems, templateProblems } from "./judges.ts";
import { runOrder, structureProblems } from "./structure.ts";
import { emitted, fileNamed, gitObjects, objectsIn } from "./support.ts";

const program = exampleProgram();
const files = emitted(program, exampleContext);
const objects = gitObjects(files);
const vault = { referenceName: "ls_keyvault_olist_kv", type: "LinkedServiceReference" };

it("emits the files of the example", () => {
  for (const { path, text } of files) expectGolden(`ecommerce/${path}`, text);
});

it("emits objects that Microsoft's closed types accept", () => {
  expect(objects.flatMap(strictProblems)).toEqual([]);
});

it("emits a template that the ARM schemas accept", () => {
  for (const path of ["adf/arm/template.json", "adf/arm/factory.json"]) {
    expect(templateProblems(JSON.parse(fileNamed(files, path)))).toEqual([]);
  }
});

it("has the factory in a template of its own: the other would reset one that exists", () => {
  const typesIn = (path: string): readonly string[] =>
    JSON.parse(fileNamed(files, path)).resources.map(({ type }: { type: string }) => type);
  expect(typesIn("adf/arm/factory.json")).toEqual(["Microsoft.DataFactory/factories"]);
  expect(typesIn("adf/arm/template.json")).not.toContain("Microsoft.DataFactory/factories");
});

it("emits objects that fit together", () => {
  expect(structureProblems(objects)).toEqual([]);
});

it("runs the job when all sources that its tables read are loaded", () => {
  const sources = new Set(
    program.tables.flatMap(({ reads }) =>
      program.bronze.filter(({ name }) => reads.includes(`bronze.${name}`)).map(({ source }) => source),
    ),
  );
  const loaded = program.bronze.filter(({ source }) => sources.has(source)).map(({ name }) => `bronze.${name}`);
  expect(runOrder(objects, "pl_olist").before("tables")).toEqual(new Set(loaded));
});

it("updates the views when the job has built the tables", () => {
  const order = runOrder(objects, "pl_olist");
  for (const { name } of program.tables.filter(({ layer }) => layer === "gold")) {
    expect(order.before(`gold_${name}`)).toContain("tables");
  }
});

it("limits the duration of everything that works elsewhere", () => {
  const inFactory = new Set(["SetVariable", "ExecutePipeline", "ForEach", "IfCondition"]);
  const activities = objectsIn(objects.filter(({ kind }) => kind === "pipeline"))
    .flatMap(({ activities: list }) => objectsIn(list))
    .filter(({ type, typeProperties }) => typeProperties !== undefined && !inFactory.has(String(type)));
  expect(new Set(activities.map(({ type }) => type))).toEqual(
    new Set(["Copy", "DatabricksJob", "Script", "WebActivity"]),
  );
  for (const { name, policy } of activities)
    expect(Object(policy).timeout, String(name)).toMatch(/^\d+\.\d\d:\d\d:00$/);
});

it("names secrets in their vault and holds none", () => {
  const secrets = objectsIn(objects).flatMap(({ password, connectionString }) => [password, connectionString]);
  expect(secrets.filter((each) => each !== undefined)).toEqual([
    { type: "AzureKeyVaultSecret", store: vault, secretName: "erp-password" },
    { type: "AzureKeyVaultSecret", store: vault, secretName: "atlas-uri" },
  ]);
});

it("has a file of values for every environment, and none of them in the template", () => {
  const environments = ["dev", "prod"].map((name) => ({
    name,
    params: Object.fromEntries(
      program.params.map((param) => [param.name, `${param.name.replaceAll("_", "")}-${name}`]),
    ),
  }));
  const [environment = { name: "", params: {} }] = environments;
  const both = emitted(program, { environment, environments });
  const template = fileNamed(both, "adf/arm/template.json");
  for (const { name } of environments) {
    const { parameters } = JSON.parse(fileNamed(both, `adf/arm/parameters.${name}.json`));
    expect(parameters).toEqual({
      factoryName: { value: `factory-${name}` },
      environment: { value: name },
      databricks_resource_id: { value: `databricksresourceid-${name}` },
      databricks_workspace_host: { value: `databricksworkspace-${name}` },
      erp_host: { value: `erphost-${name}` },
      storage_account: { value: `storageaccount-${name}` },
      synapse_workspace: { value: `synapseworkspace-${name}` },
    });
    expect(Object.keys(JSON.parse(template).parameters).sort()).toEqual(
      [...Object.keys(parameters), "databricksJobId"].sort(),
    );
  }
  expect(template).not.toMatch(/-(dev|prod)/);
});

it("emits the same bytes each time", () => {
  expect(emitted(exampleProgram(), exampleContext)).toEqual(files);
});

import { expect, it } from "vitest";
import { qualifiedName } from "../../../src/plan/program.ts";
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
  expect(templateProblems(JSON.parse(fileNamed(files, "adf/arm/template.json")))).toEqual([]);
});

it("emits objects that fit together", () => {
  expect(structureProblems(objects)).toEqual([]);
});

it("starts a notebook when what it reads is there, and waits for nothing else", () => {
  const order = runOrder(objects, "pl_olist");
  const ingested = (source: string): readonly string[] =>
    program.bronze.filter((bronze) => bronze.source === source).map(({ name }) => `bronze.${name}`);
  const waits = new Map<string, ReadonlySet<string>>();
  for (const table of program.tables) {
    const needed = table.reads.flatMap((read) => {
      const bronze = program.bronze.find(({ name }) => read === `bronze.${name}`);
      return bronze ? ingested(bronze.source) : [read.replace(".", "/"), ...(waits.get(read) ?? [])];
    });
    waits.set(qualifiedName(table), new Set(needed));
    expect(new Set(order.before(`${table.layer}/${table.name}`)), table.name).toEqual(new Set(needed));
  }
});

it("renews the views when all gold tables are there", () => {
  const order = runOrder(objects, "pl_olist");
  const gold = program.tables.filter(({ layer }) => layer === "gold");
  for (const { name } of gold) {
    expect([...order.before(`gold_${name}`)]).toEqual(expect.arrayContaining(gold.map((each) => `gold/${each.name}`)));
  }
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
      databricks_resource_id: { value: `databricksresourceid-${name}` },
      databricks_workspace_host: { value: `databricksworkspace-${name}` },
      erp_host: { value: `erphost-${name}` },
      storage_account: { value: `storageaccount-${name}` },
      synapse_workspace: { value: `synapseworkspace-${name}` },
    });
    expect(Object.keys(JSON.parse(template).parameters).sort()).toEqual(
      [...Object.keys(parameters), "location"].sort(),
    );
  }
  expect(template).not.toMatch(/-(dev|prod)/);
});

it("emits the same bytes each time", () => {
  expect(emitted(exampleProgram(), exampleContext)).toEqual(files);
});

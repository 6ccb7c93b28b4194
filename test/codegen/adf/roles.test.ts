import { expect, it } from "vitest";
import { requiredAccess, runAccess } from "../../../src/codegen/shared/required-access.ts";
import { contextOf, exampleContext, exampleProgram, programOf } from "../support/compile.ts";
import { frameProblems } from "./judges.ts";
import { emitted, fileNamed, objectsIn } from "./support.ts";

const program = exampleProgram();
const files = emitted(program, exampleContext);
const template = JSON.parse(fileNamed(files, "adf/arm/roles.json"));
const values = JSON.parse(fileNamed(files, "adf/arm/roles.parameters.prod.json"));

it("emits templates that the ARM schemas accept, with deployments inside that they accept too", () => {
  const inner = template.resources.map((each: { properties: { template: object } }) => each.properties.template);
  for (const each of [template, ...inner]) expect(frameProblems(each)).toEqual([]);
});

it("assigns every role that a run needs, to identities that need not be looked up", () => {
  const assigned = template.resources.map((deployment: object) => {
    const [assignment] = objectsIn(deployment).filter(({ type }) => type === "Microsoft.Authorization/roleAssignments");
    const { roleDefinitionId, principalType } = Object(assignment?.properties);
    expect(principalType).toBe("ServicePrincipal");
    return roleDefinitionId;
  });
  const needed = runAccess(program)
    .map(requiredAccess)
    .filter((each) => each.kind === "role");
  expect(assigned).toEqual(
    needed.map((each) => `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${each.definition}')]`),
  );
});

it("declares the parameters that it uses, and has a value for each that the program knows", () => {
  const outer = template.resources.map(
    ({ properties: { template: _, ...rest }, ...deployment }: { properties: Record<string, unknown> }) => ({
      ...deployment,
      rest,
    }),
  );
  const used = new Set([...JSON.stringify(outer).matchAll(/parameters\('(\w+)'\)/g)].map(([, name]) => name));
  expect([...used].sort()).toEqual(Object.keys(template.parameters).sort());
  const open = Object.entries(template.parameters).filter(([, each]) => !("defaultValue" in Object(each)));
  expect(Object.keys(values.parameters).sort()).toEqual(open.map(([name]) => name).sort());
  expect(values.parameters.keyVaultNames).toEqual({ value: ["olist-kv"] });
});

it("leaves out what a program does not use", () => {
  const small = programOf(`project shop {
  lake   = adls { account: "shoplake", container: "lake" }
  ingest = datafactory { name: "shop-df" }
}
source web = http { base_url: "https://example.com/" }
bronze a from web.csv("a.csv") { id: string }`);
  const { parameters, resources } = JSON.parse(fileNamed(emitted(small, contextOf({})), "adf/arm/roles.json"));
  expect(Object.keys(parameters)).toEqual([
    ...["factoryName", "storageAccountName", "storageResourceGroup", "containerName"],
  ]);
  expect(resources.map(({ name }: { name: string }) => name)).toEqual(["medalc-factory-lake"]);
});

import { expect, it } from "vitest";
import { checkTargets } from "../../../src/codegen/check.ts";
import { contextOf, exampleContext, exampleProgram, programOf } from "../support/compile.ts";
import { frameProblems } from "./judges.ts";
import { emitted, fileNamed, gitObjects, objectsIn, stringsIn } from "./support.ts";

const SCHEDULE = "schedule = hourly";

function shop(notify: string, settings = SCHEDULE) {
  return programOf(`project shop {
  lake   = adls { account: param.account, container: "lake" }
  ingest = datafactory { name: param.factory }
  notify = on_failure { ${notify} }
  ${settings}
}
param account: string
param factory: string
param oncall: string
secret alert_webhook = keyvault("shop-kv", "alert-webhook")
source web = http { base_url: "https://example.com/" }
bronze a from web.csv("a.csv") { id: string }`);
}

const environments = ["dev", "prod"].map((name) => {
  const oncall = name === "dev" ? "" : "ada@shop.example, bob@shop.example";
  return { name, params: { account: `shop${name}`, factory: `shop-${name}`, oncall } };
});
const [environment = { name: "", params: {} }] = environments;
const both = { environment, environments };

/** The properties that the services document, from the ARM schemas 2018-03-01 and 2023-01-01 of Microsoft.Insights. */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  "Microsoft.Insights/actionGroups": ["groupShortName", "enabled", "emailReceivers", "webhookReceivers"],
  "Microsoft.Insights/metricAlerts": [
    ...["description", "severity", "enabled", "scopes", "targetResourceType", "evaluationFrequency", "windowSize"],
    ...["autoMitigate", "criteria", "actions"],
  ],
};

it("emits templates that the ARM schemas accept, with documented properties only", () => {
  const files = emitted(shop("email: param.oncall, webhook: secret.alert_webhook"), both);
  const template = JSON.parse(fileNamed(files, "adf/arm/alerts.json"));
  const [deployment, ...alerts] = template.resources;
  const inner = deployment.properties.template;
  for (const each of [template, inner]) expect(frameProblems(each)).toEqual([]);
  for (const { type, location, properties } of [...inner.resources, ...alerts]) {
    const { copy = [], ...rest } = properties;
    const names = [...Object.keys(rest), ...copy.map(({ name }: { name: string }) => name)];
    expect(location.toLowerCase()).toBe("global");
    for (const name of names) expect(DOCUMENTED[type]).toContain(name);
  }
  expect(inner.resources[0].properties.groupShortName.length).toBeLessThanOrEqual(12);
});

it("fires for the pipeline of a whole run and for the trigger, and for no other of the factory", () => {
  const program = exampleProgram();
  const files = emitted(program, exampleContext);
  const [group, ...alerts] = JSON.parse(fileNamed(files, "adf/arm/alerts.json")).resources;
  const names = new Set(gitObjects(files).map(({ kind, name }) => `${kind} ${name}`));
  const watched = alerts.map((alert: object) => {
    const [criterion] = objectsIn(alert).filter(({ metricName }) => metricName !== undefined);
    const { metricName, operator, threshold, dimensions } = Object(criterion);
    expect([operator, threshold]).toEqual(["GreaterThan", 0]);
    return [metricName, dimensions[0].name, ...dimensions[0].values];
  });
  expect(watched).toEqual([
    ["PipelineFailedRuns", "Name", "pl_olist"],
    ["TriggerFailedRuns", "Name", "tr_olist_daily"],
  ]);
  expect(names).toContain("pipeline pl_olist");
  expect(names).toContain("trigger tr_olist_daily");
  const id = `[resourceId('Microsoft.Insights/actionGroups', ${group.name.slice(1, -1)})]`;
  for (const { properties, dependsOn } of alerts) {
    expect(properties.actions).toEqual([{ actionGroupId: id }]);
    expect(dependsOn).toEqual([id]);
  }
});

it("has no alert for a trigger where there is no schedule", () => {
  const files = emitted(shop("email: param.oncall", ""), both);
  const { resources } = JSON.parse(fileNamed(files, "adf/arm/alerts.json"));
  expect(resources.map(({ type }: { type: string }) => type)).toEqual([
    "Microsoft.Insights/actionGroups",
    "Microsoft.Insights/metricAlerts",
  ]);
});

it("has the recipients of each environment in its parameter file, and nobody where the text is empty", () => {
  const files = emitted(shop("email: param.oncall"), both);
  const recipients = environments.map(({ name }) => {
    const { parameters } = JSON.parse(fileNamed(files, `adf/arm/alerts.parameters.${name}.json`));
    expect(parameters.factoryName).toEqual({ value: `shop-${name}` });
    return parameters.emailAddresses.value;
  });
  expect(recipients).toEqual([[], ["ada@shop.example", "bob@shop.example"]]);
  expect(fileNamed(files, "adf/arm/alerts.json")).not.toContain("@shop.example");
});

it("reads the URL of a webhook from its Key Vault, as a secure string, in the deployment alone", () => {
  const files = emitted(shop("webhook: secret.alert_webhook"), both);
  const template = JSON.parse(fileNamed(files, "adf/arm/alerts.json"));
  const [{ properties }] = template.resources;
  expect(properties.parameters.webhookUri.reference.secretName).toBe("[parameters('webhookSecretName')]");
  expect(properties.template.parameters.webhookUri).toEqual({ type: "securestring" });
  expect(stringsIn(template).filter((each) => each.includes("parameters('webhookUri')"))).toHaveLength(1);
  const { parameters } = JSON.parse(fileNamed(files, "adf/arm/alerts.parameters.prod.json"));
  expect(parameters).toMatchObject({
    keyVaultName: { value: "shop-kv" },
    webhookSecretName: { value: "alert-webhook" },
  });
});

it("declares the parameters that it uses, and has a value for each without a default", () => {
  for (const notify of ["email: param.oncall", "email: param.oncall, webhook: secret.alert_webhook"]) {
    const files = emitted(shop(notify), both);
    const template = JSON.parse(fileNamed(files, "adf/arm/alerts.json"));
    const outer = template.resources.map((resource: { properties: object }) => ({
      ...resource,
      properties: { ...resource.properties, ...("template" in resource.properties ? { template: {} } : {}) },
    }));
    const used = new Set([...JSON.stringify(outer).matchAll(/parameters\('(\w+)'\)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(template.parameters).sort());
    const open = Object.entries(template.parameters).filter(([, each]) => !("defaultValue" in Object(each)));
    const { parameters } = JSON.parse(fileNamed(files, "adf/arm/alerts.parameters.prod.json"));
    expect(Object.keys(parameters).sort()).toEqual(open.map(([name]) => name).sort());
  }
});

it("emits no alerts where nobody is notified by the factory", () => {
  const paths = emitted(
    programOf(`project shop {
  lake   = adls { account: "shop", container: "lake" }
  ingest = datafactory { name: "shop-df" }
}
source web = http { base_url: "https://example.com/" }
bronze a from web.csv("a.csv") { id: string }`),
  ).map(({ path }) => path);
  expect(paths.filter((path) => path.includes("alerts"))).toEqual([]);
});

const codes = (project: string) =>
  checkTargets(
    programOf(`project shop { lake = adls { account: "shop", container: "lake" } ${project} }
secret hook = keyvault("shop-kv", "hook")`),
    contextOf({}),
  ).map(({ code, message }) => `${code}: ${message}`);

it.each([
  ["notify = on_failure {}", ["notify-nobody: `notify` does not say who is notified"]],
  ['notify = on_failure { email: "" }', ["notify-nobody: `notify` does not say who is notified"]],
  [
    'notify = on_failure { email: "a@shop.example", webhook: secret.hook }',
    [
      "notify-unused: email in `notify` has no effect: the project has neither `ingest` nor `compute`",
      "notify-unused: webhook in `notify` has no effect: the project has no `ingest`",
    ],
  ],
  [
    'ingest = datafactory { name: "shop-df" } notify = on_failure { webhook: secret.hook, databricks_destinations: "d0e5f1c7-0000-4000-8000-000000000001" }',
    ["notify-unused: databricks_destinations in `notify` has no effect: the project has no `compute`"],
  ],
])("refuses %s", (project, expected) => {
  expect(codes(project)).toEqual(expected);
});

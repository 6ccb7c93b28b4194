import { expect, it } from "vitest";
import { contextOf, programOf } from "../support/compile.ts";
import { evaluateTemplate } from "./arm-evaluator.ts";
import { strictProblems } from "./judges.ts";
import { structureProblems } from "./structure.ts";
import { emitted, fileNamed, type GitObject, gitObjects, type Json } from "./support.ts";

interface Wishes {
  /** More settings of the data factory. */
  readonly ingest?: string;
  readonly settings?: string;
  readonly declarations?: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

/** The objects of a program with these settings and declarations, judged. */
function objectsOf({ ingest = "", settings = "", declarations = "", params = {} }: Wishes): readonly GitObject[] {
  const program = programOf(`project shop {
  lake   = adls { account: "shoplake", container: "lake" }
  ingest = datafactory { name: "shop-df"${ingest} }
  ${settings}
}
${declarations}`);
  const objects = gitObjects(emitted(program, contextOf(params)));
  expect(structureProblems(objects)).toEqual([]);
  expect(objects.flatMap(strictProblems)).toEqual([]);
  return objects;
}

function named(objects: readonly GitObject[], name: string): Json {
  const found = objects.find((each) => each.name === name);
  if (!found) throw new Error(`no ${name} among ${objects.map((each) => each.name).join(", ")}`);
  return found.properties;
}

const databricks = (rest: string): Wishes => ({
  settings: `compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net/", resource_id: "/w", ${rest} }`,
  declarations:
    'source web = http { base_url: "https://example.com/" }\nbronze a from web.csv("a.csv") { id: string }\nsilver a { from bronze.a }',
});

it("names the workspace and no cluster: the job has its own", () => {
  expect(named(objectsOf(databricks("workers: 2..8")), "ls_databricks").typeProperties).toEqual({
    domain: "https://adb-1.2.azuredatabricks.net",
    authentication: "MSI",
    workspaceResourceId: "/w",
  });
});

it.each([
  ["", "0.12:00:00"],
  ['timeout: "90m"', "0.01:30:00"],
  ['timeout: "72h"', "3.00:00:00"],
  ["timeout: param.longest", "0.00:45:00"],
])("runs the deployed job once, at most as long as databricks { %s } allows", (setting, timeout) => {
  const wishes = databricks(setting);
  const objects = objectsOf({
    ...wishes,
    declarations: `${wishes.declarations}\nparam longest: string = "12h"`,
    params: { longest: "45m" },
  });
  expect(named(objects, "pl_shop").activities).toContainEqual(
    expect.objectContaining({
      type: "DatabricksJob",
      policy: { timeout, retry: 0 },
      typeProperties: {
        jobId: "databricks/job/[prod] shop",
        jobParameters: {
          lake: { value: "@pipeline().parameters.lake", type: "Expression" },
          load: { value: "@variables('load')", type: "Expression" },
        },
      },
    }),
  );
});

it("has the job's ID and the environment as parameters of the template", () => {
  const { settings, declarations } = databricks("");
  const program = programOf(`project shop {
  lake   = adls { account: "shoplake", container: "lake" }
  ingest = datafactory { name: "shop-df" }
  ${settings}
}
${declarations}`);
  const files = emitted(program);
  const { parameters, resources } = JSON.parse(fileNamed(files, "adf/arm/template.json"));
  expect(parameters.databricksJobId).not.toHaveProperty("defaultValue");
  const text = JSON.stringify(
    evaluateTemplate(resources, { factoryName: "shop-df", environment: "prod", databricksJobId: "42" }),
  );
  expect(text).toContain('"jobId":"42"');
  expect(text).toContain('"annotations":["medalc","shop","prod"]');
});

it("copies as the program says", () => {
  const objects = objectsOf({
    declarations: `source web = http { base_url: "https://example.com/" }
bronze a from web.csv("a.csv") { id: string }`,
    ingest: ', timeout: "30m", retries: 0, parallel_tables: 3, parallel_copies: 2, data_integration_units: 4',
  });
  const [each] = Object(named(objects, "pl_ingest_web").activities);
  expect(each.typeProperties.batchCount).toBe(3);
  expect(each.typeProperties.activities[0]).toMatchObject({
    policy: { timeout: "0.00:30:00", retry: 0, retryIntervalInSeconds: 60 },
    typeProperties: { parallelCopies: 2, dataIntegrationUnits: 4 },
  });
});

it("leaves out what no pipeline needs", () => {
  const objects = objectsOf({
    settings: 'serve = synapse { workspace: "shop", database: "shop" }',
    declarations: `secret pw = keyvault("shop-kv", "erp")
source erp  = postgres { host: "erp", database: "erp", user: "ingest", password: secret.pw }
source here = file { path: "landing" }
bronze a from here.csv("in/a.csv") { id: string }`,
  });
  expect(objects.map(({ name }) => name)).toEqual(["shop-df", "ls_lake", "ds_lake_files", "pl_ingest_here", "pl_shop"]);
});

it.each([
  ['"landing/"', '"a.csv"', "landing", "a.csv"],
  ['"landing/./x"', '"in/a.csv"', "landing/x/in", "a.csv"],
  ["param.inbox", '"a.csv"', "inbox", "a.csv"],
  ["param.inbox", '"in/a.csv"', "inbox/in", "a.csv"],
])("finds a file in %s at %s", (path, file, folder, name) => {
  const objects = objectsOf({
    declarations: `param inbox: string\nsource here = file { path: ${path} }\nbronze a from here.csv(${file}) { id: string }`,
    params: { inbox: "inbox" },
  });
  expect(named(objects, "pl_ingest_here").parameters).toMatchObject({
    tables: { defaultValue: [{ table: "a", folder, file: name }] },
  });
});

it("asks PostgreSQL for its own text of every column, whatever the names", () => {
  const objects = objectsOf({
    declarations: `secret pw = keyvault("shop-kv", "erp")
param port: int
source erp = postgres { host: "erp", port: param.port, database: "erp", user: "ingest", password: secret.pw }
bronze odd from erp.table("public.odd") { \`a "b"\`: decimal(10,2), c: string }`,
    params: { port: 5433 },
  });
  expect(named(objects, "pl_ingest_erp").parameters).toMatchObject({
    tables: { defaultValue: [{ query: 'SELECT "a ""b"""::text, "c"::text FROM "public"."odd" AS "source"' }] },
  });
  expect(named(objects, "ls_erp").typeProperties).toMatchObject({ port: 5433 });
});

it("connects through the integration runtime of a source, and of the factory for everything else", () => {
  const objects = objectsOf({
    ingest: ", integration_runtime: param.runtime",
    declarations: `param runtime: string
secret uri = keyvault("shop-kv", "uri")
source web     = http { base_url: "https://example.com/" }
source catalog = mongodb { uri: secret.uri, database: "x", integration_runtime: "on-premises" }
bronze a from web.csv("a.csv") { id: string }
bronze b from catalog.collection("c") { id: string }`,
    params: { runtime: "private" },
  });
  const services = objects.filter(({ kind }) => kind === "linkedService");
  const via = (referenceName: string) => ({ referenceName, type: "IntegrationRuntimeReference" });
  expect(Object.fromEntries(services.map(({ name, properties }) => [name, properties.connectVia]))).toEqual({
    ls_keyvault_shop_kv: via("private"),
    ls_lake: via("private"),
    ls_web: via("private"),
    ls_catalog: via("on-premises"),
  });
});

it("has one linked service for each Key Vault", () => {
  const objects = objectsOf({
    declarations: `param vault: string
secret a = keyvault("shop-kv", "a")
secret b = keyvault("Shop-KV", "b")
secret c = keyvault(param.vault, "c")
source one   = mongodb { uri: secret.a, database: "x" }
source two   = mongodb { uri: secret.b, database: "x" }
source three = mongodb { uri: secret.c, database: "x" }
bronze one   from one.collection("c") { id: string }
bronze two   from two.collection("c") { id: string }
bronze three from three.collection("c") { id: string }`,
    params: { vault: "other-kv" },
  });
  const vaults = objects.filter(({ properties }) => properties.type === "AzureKeyVault");
  expect(vaults.map(({ name, properties }) => [name, properties.typeProperties])).toEqual([
    ["ls_keyvault_shop_kv", { baseUrl: "https://shop-kv.vault.azure.net/" }],
    ["ls_keyvault_param_vault", { baseUrl: "https://other-kv.vault.azure.net/" }],
  ]);
});

it.each([
  ["hourly", "tr_shop_hourly", { frequency: "Hour", interval: 1, startTime: "2024-01-01T00:00:00Z", timeZone: "UTC" }],
  [
    'daily at "23:45" in "Asia/Kolkata"',
    "tr_shop_daily",
    {
      frequency: "Day",
      interval: 1,
      startTime: "2024-01-01T23:45:00",
      timeZone: "India Standard Time",
      schedule: { minutes: [45], hours: [23] },
    },
  ],
])("%s becomes a trigger that stands still", (schedule, name, recurrence) => {
  const trigger = named(objectsOf({ settings: `schedule = ${schedule}` }), name);
  expect(trigger).toMatchObject({ runtimeState: "Stopped", typeProperties: { recurrence } });
});

it("has no trigger without a schedule", () => {
  expect(objectsOf({}).filter(({ kind }) => kind === "trigger")).toEqual([]);
});

it("keeps the type of a param in the template", () => {
  const program = programOf(`project shop {
  lake   = adls { account: "shoplake", container: "lake" }
  ingest = datafactory { name: param.location }
}
/// Where the factory is.
param location: string = "[shop-df]"
param port: int = 5432
secret pw = keyvault(param.location, "erp")
source erp = postgres { host: param.location, port: param.port, database: "[erp]", user: "ingest", password: secret.pw }
bronze a from erp.table("public.a") { id: string }`);
  const files = emitted(program, contextOf({ location: "shop-df", port: 5433 }));
  const { parameters, resources } = JSON.parse(fileNamed(files, "adf/arm/template.json"));
  expect(parameters).toMatchObject({
    factoryName: { type: "string", defaultValue: "[[shop-df]" },
    location: { type: "string", metadata: { description: "Where the factory is." } },
    port: { type: "int", defaultValue: 5432 },
  });
  const values = { factoryName: "shop-df", environment: "dev", location: "db.example.com", port: 5433 };
  expect(evaluateTemplate(resources, values)).toContainEqual(
    expect.objectContaining({
      name: "shop-df/ls_erp",
      properties: expect.objectContaining({
        typeProperties: expect.objectContaining({ server: "db.example.com", port: 5433, database: "[erp]" }),
      }),
    }),
  );
});

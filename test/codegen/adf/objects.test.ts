import { expect, it } from "vitest";
import { contextOf, programOf } from "../support/compile.ts";
import { evaluateTemplate } from "./arm-evaluator.ts";
import { strictProblems } from "./judges.ts";
import { structureProblems } from "./structure.ts";
import { emitted, fileNamed, type GitObject, gitObjects, type Json } from "./support.ts";

interface Wishes {
  readonly settings?: string;
  readonly declarations?: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

/** The objects of a program with these settings and declarations, judged. */
function objectsOf({ settings = "", declarations = "", params = {} }: Wishes): readonly GitObject[] {
  const program = programOf(`project shop {
  lake   = adls { account: "shoplake", container: "lake" }
  ingest = datafactory { name: "shop-df" }
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

it.each([
  ["workers: 2..8", { newClusterNumOfWorker: "2:8" }],
  ["workers: 2..2", { newClusterNumOfWorker: "2" }],
  [
    "workers: 0..0",
    {
      newClusterNumOfWorker: "0",
      newClusterSparkConf: { "spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*]" },
      newClusterCustomTags: { ResourceClass: "SingleNode" },
    },
  ],
  ['runtime: "15.4 LTS"', { newClusterVersion: "15.4.x-scala2.12", newClusterNumOfWorker: "1:4" }],
])("databricks { %s } becomes a cluster", (rest, cluster) => {
  expect(named(objectsOf(databricks(rest)), "ls_databricks").typeProperties).toMatchObject({
    domain: "https://adb-1.2.azuredatabricks.net",
    ...cluster,
  });
});

it("reads a runtime that a param gives as the others are read", () => {
  const wishes = databricks("runtime: param.runtime");
  const objects = objectsOf({
    ...wishes,
    declarations: `${wishes.declarations}\nparam runtime: string = "16.4 LTS"`,
    params: { runtime: "17.3 LTS" },
  });
  expect(named(objects, "ls_databricks").typeProperties).toMatchObject({ newClusterVersion: "17.3.x-scala2.13" });
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
    location: { type: "string", defaultValue: "[resourceGroup().location]" },
    location_2: { type: "string", metadata: { description: "Where the factory is." } },
    port: { type: "int", defaultValue: 5432 },
  });
  const values = { factoryName: "shop-df", location: "here", location_2: "db.example.com", port: 5433 };
  expect(evaluateTemplate(resources, values)).toContainEqual(
    expect.objectContaining({
      name: "shop-df/ls_erp",
      properties: expect.objectContaining({
        typeProperties: expect.objectContaining({ server: "db.example.com", port: 5433, database: "[erp]" }),
      }),
    }),
  );
});

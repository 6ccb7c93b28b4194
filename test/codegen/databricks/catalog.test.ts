/** Silver and gold tables in Unity Catalog: what the notebooks register, the schemas of the bundle, and what is refused. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { databricksTarget, notebookFiles } from "../../../src/codegen/databricks/index.ts";
import { checkEnvironments } from "../../../src/codegen/shared/environments.ts";
import { isTagValue, tableEntry, tagValue } from "../../../src/codegen/shared/unity-catalog.ts";
import type { EmitContext } from "../../../src/codegen/target.ts";
import { desiredDatabricks } from "../../../src/deploy/desired/databricks.ts";
import { expectGolden } from "../../support/golden.ts";
import { contextOf, programOf } from "../support/compile.ts";
import { formatFaults, lintFaults, pythonReads } from "./judges.ts";

const LAKE = "abfss://lake@shoplake.dfs.core.windows.net";
const RUNNER = "5e4a11ce-0000-4000-8000-000000000001";

function shop(settings = 'catalog: "main"', tables = TABLES) {
  return programOf(`/// The shop.
project shop {
  lake    = adls { account: "shoplake", container: "lake" }
  compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net", ${settings} }
}
param catalog: string = "main"
param schema: string = "shop"
source files = http { base_url: "https://example.com/" }
bronze customers from files.csv("customers.csv") {
  id:       int
  /// As they "wrote" it: it's theirs.
  name:     string @pii
  born:     date?  @pii
  balance:  decimal(10,2) @unit("BRL")
  key id
}
${tables}`);
}

const TABLES = `/// One row per customer.
silver customers { from bronze.customers  key id }
/// What they owe.
gold balances { from silver.customers  select { id, name, balance }  key id }
gold total { from silver.customers  group { total = sum(balance) } }
`;

const files = (program = shop(), context: EmitContext = contextOf({ catalog: "main", schema: "shop" })) =>
  Object.fromEntries(databricksTarget.emit(program, context).map(({ path, text }) => [path, text]));

const SETTINGS = `catalog: param.catalog, schema: param.schema, run_as: "${RUNNER}", readers: "analysts, ada@shop.example", pii_readers: "privacy"`;

it("emits notebooks that register the tables, and a bundle with their schemas", () => {
  const emitted = files(shop(SETTINGS));
  const names = [
    "databricks.yml",
    ...["catalog", "newest_load", "silver/customers", "gold/balances"].map(notebookPath),
  ];
  for (const name of names) expectGolden(`catalog/databricks/${name}`, emitted[`databricks/${name}`] ?? "");
});

const notebookPath = (name: string) => `notebooks/${name}.py`;

it("emits Python that a linter finds nothing in and a formatter leaves as it is", async () => {
  const notebooks = Object.fromEntries(Object.entries(files()).filter(([path]) => path.endsWith(".py")));
  // What lake.py brings with `%run`.
  const brought = ["F821"];
  expect(await lintFaults(notebooks, ["E501", ...brought])).toBe("");
  expect(await formatFaults(notebooks)).toBe("");
});

it("changes nothing in a program without a catalog", () => {
  const text = JSON.stringify(files(shop("")));
  expect(text).not.toMatch(/[cC]atalog(Lake|\.py|_)|schema_prefix|pii_readers|resources\.schemas/);
  expect(parse(files(shop(""))["databricks/databricks.yml"] ?? "").resources).not.toHaveProperty("schemas");
});

it("has keys of columns that are never null, tags with their values, and masks on personal data", () => {
  const [customers, balances, total] = shop().tables.map(tableEntry);
  expect(customers?.key).toEqual(["id"]);
  expect(balances?.columns).toEqual([
    { name: "name", comment: 'As they "wrote" it: it\'s theirs.', tags: { pii: "true" }, isMasked: true },
    { name: "balance", tags: { unit: "BRL" }, isMasked: false },
  ]);
  expect(total?.key).toBeUndefined();
  const nullable = shop('catalog: "main"', "silver born { from bronze.customers  group by born { rows = count() } }");
  expect(nullable.tables.map(tableEntry)[0]?.key).toBeUndefined();
});

it("reads tags as they are in the plan", () => {
  expect(tagValue("pii")).toEqual(["pii", "true"]);
  expect(tagValue('unit("R$ \\"x\\")")')).toEqual(["unit", 'R$ "x")']);
  expect(tagValue("unit(12)")).toEqual(["unit", "12"]);
  expect(tagValue('unit("a", "b")')).toEqual(["unit", '"a", "b"']);
  expect([isTagValue("BRL"), isTagValue(" BRL"), isTagValue("x".repeat(257))]).toEqual([true, false, false]);
});

it("grants readers gold, and the job what it needs to register tables", () => {
  const { resources, variables } = parse(files(shop(SETTINGS))["databricks/databricks.yml"] ?? "");
  expect(resources.schemas.gold.grants).toEqual([
    { principal: RUNNER, privileges: ["CREATE_FUNCTION", "CREATE_TABLE", "USE_SCHEMA"] },
    { principal: "analysts", privileges: ["SELECT", "USE_SCHEMA"] },
    { principal: "ada@shop.example", privileges: ["SELECT", "USE_SCHEMA"] },
  ]);
  expect(resources.schemas.silver.grants).toEqual([
    { principal: RUNNER, privileges: ["CREATE_FUNCTION", "CREATE_TABLE", "USE_SCHEMA"] },
  ]);
  expect(variables.pii_readers.default).toBe("privacy");
  expect(parse(files()["databricks/databricks.yml"] ?? "").resources.schemas.gold).not.toHaveProperty("grants");
});

it("registers nothing where Spark is not Databricks", () => {
  const found = notebookFiles(shop(SETTINGS), "/lake").flatMap(({ path, text }) => [path, ...text.split("\n")]);
  expect(found.filter((each) => /CatalogLake|[/"]catalog/.test(each))).toEqual([]);
});

it("has the schemas in the targets where environments have different readers, and the job for all", () => {
  const program = shop("catalog: param.catalog, readers: param.schema");
  const environment = (name: string) => ({ name, params: { catalog: name, schema: `${name}-readers` } });
  const environments = [environment("dev"), environment("prod")];
  const context = { environment: environment("dev"), environments };
  const bundle = parse(files(program, context)["databricks/databricks.yml"] ?? "");
  expect(Object.keys(bundle.resources)).toEqual(["jobs"]);
  expect(bundle.targets.prod.resources.schemas.gold.grants[0].principal).toBe("prod-readers");
  const emitted = databricksTarget.emit(program, context);
  const schemas = desiredDatabricks(emitted, "prod").filter(({ kind }) => kind === "catalogSchema");
  expect(schemas.map(({ name, body }) => [name, body])).toEqual([
    ["prod.silver", { comment: "The silver tables of shop", location: `${LAKE}/silver` }],
    [
      "prod.gold",
      {
        comment: "The gold tables of shop",
        location: `${LAKE}/gold`,
        grants: { "prod-readers": ["SELECT", "USE_SCHEMA"] },
      },
    ],
  ]);
});

it("runs on a cluster that enforces masks where columns have some", () => {
  const modeOf = (program: ReturnType<typeof shop>) =>
    parse(files(program)["databricks/databricks.yml"] ?? "").resources.jobs.shop.job_clusters[0].new_cluster
      .data_security_mode;
  expect(modeOf(shop())).toBe("USER_ISOLATION");
  expect(modeOf(shop(""))).toBe("SINGLE_USER");
  expect(modeOf(shop('catalog: "main"', "silver ids { from bronze.customers  select { id } }"))).toBe("SINGLE_USER");
});

it.each([
  ['readers: "analysts"', "", "databricks-setting-unused", /^the setting readers has no effect: without `catalog`/],
  ['pii_readers: "x"', "", "databricks-setting-unused", /pii_readers/],
  ['schema: "x"', "", "databricks-setting-unused", /schema/],
  [
    'catalog: "main"',
    "silver `a.b` { from bronze.customers }",
    "databricks-catalog-name",
    /^the table name silver.a.b/,
  ],
  [
    'catalog: "main"',
    "silver `a b` { from bronze.customers }",
    "databricks-catalog-name",
    /^the table name silver.a b/,
  ],
])("databricks { %s } %s: %s", (settings, tables, code, message) => {
  const found = databricksTarget.check(shop(settings, tables), contextOf({ catalog: "main", schema: "shop" }));
  expect(found.map((each) => each.code)).toEqual([code]);
  expect(found[0]?.message).toMatch(message);
});

it("refuses the credentials of a service principal, which go around Unity Catalog", () => {
  const client = `access: "service_principal", tenant_id: "t.example", client_id: "${RUNNER}", client_secret: secret.lake`;
  const tables = `secret lake = keyvault("kv", "lake")\n${TABLES}`;
  const found = databricksTarget.check(shop(`catalog: "main", ${client}`, tables), contextOf({}));
  expect(found.map(({ code }) => code)).toEqual(["databricks-catalog-access"]);
});

it("refuses a unit that is no value of a tag, where it is declared", () => {
  const tables = 'bronze b from files.csv("b.csv") { n: int @unit(" kg") }\nsilver b { from bronze.b }';
  const found = databricksTarget.check(shop('catalog: "main"', tables), contextOf({}));
  expect(found.map(({ code }) => code)).toEqual(["databricks-tag-value"]);
});

it("refuses environments that would register their tables in the same schemas", () => {
  const environment = (name: string, params: object) => ({
    name,
    params: { catalog: "main", schema: "shop", ...params },
  });
  const check = (...environments: EmitContext["environments"]) =>
    checkEnvironments(shop(SETTINGS), { environment: environment("dev", {}), environments })
      .map(({ message }) => message)
      .filter((message) => message.includes("Unity"));
  expect(check(environment("dev", {}), environment("prod", {}))).toEqual([
    "the environments dev and prod have the same place in Unity Catalog main/shop",
  ]);
  expect(check(environment("dev", {}), environment("prod", { catalog: "prod" }))).toEqual([]);
  expect(check(environment("dev", {}), environment("prod", { schema: "shop_prod" }))).toEqual([]);
});

it("keeps hostile comments, tags and names inside of what they name", async () => {
  const pieces = [
    "a",
    "`",
    "``",
    "'",
    "''",
    '"',
    '"""',
    "\\",
    "\\'",
    "\\u0027",
    "$",
    "$" + "{x}",
    "--",
    "/*",
    ";",
    "é",
    "日",
    "{{x}}",
    "#",
  ];
  const text = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((each) => each.join(""));
  const name = text.map((each) => `t${each.replace(/[/*.{}\\#]/g, "_")}`);
  const samples = fc.sample(fc.record({ text, name }), { numRuns: 40, seed: 3 });
  const notebooks = samples.map(({ text: doc, name: table }) => {
    const quoted = `\`${table.replaceAll("`", "``")}\``;
    const unit = JSON.stringify(doc);
    const tables = `bronze b from files.csv("b.csv") {
      /// ${doc}
      n: int @unit(${unit})
    }
    /// ${doc}
    silver ${quoted} { from bronze.b }`;
    const program = shop('catalog: "main"', tables);
    expect(databricksTarget.check(program, contextOf({}))).toEqual([]);
    return Object.entries(files(program)).find(([path]) => path.includes("notebooks/silver/"))?.[1] ?? "";
  });
  const read = await pythonReads(Object.fromEntries(notebooks.map((notebook, at) => [`${at}.py`, notebook])));
  const shapes = new Set([...read.values()].map(({ shape }) => shape));
  expect(shapes.size).toBe(1);
  for (const [at, { text: doc, name: table }] of samples.entries()) {
    const texts = read.get(`${at}.py`)?.texts ?? [];
    expect(texts).toContain(doc);
    expect(texts).toContain(`silver.${table}`);
  }
});

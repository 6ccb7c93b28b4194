/** The notebooks of a program with a catalog on a real Spark, with a stand-in for what only Unity Catalog has. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleContext } from "../../codegen/support/compile.ts";
import { planOf } from "../../support/compile.ts";
import { deltaComments, deltaFacts, LOAD, writeNotebooks } from "../../support/spark/lake.ts";
import { INSTALLED_AND_RUN, type Spark, startSpark } from "../../support/spark/session.ts";

interface Wishes {
  readonly column?: string;
  readonly doc?: string;
  readonly tables?: string;
}

const TABLES = `silver people { from bronze.people  key id }
gold names { from silver.people  select { name, id } }`;
/** What SQL, Python and Spark would each read as something else. */
const DOC = 'It\'s "theirs": \\n \\ `x` $' + "{spark.app.id} -- é";

function program({
  column = 'name: string @pii\n  owed: decimal(10,2) @unit("R\'$\\\\")',
  doc = DOC,
  tables = TABLES,
}: Wishes) {
  return planOf(`project shop {
  lake = adls { account: "shop", container: "lake" }
  compute = databricks { workspace: "https://adb-1.1.azuredatabricks.net", catalog: "main", schema: "shop" }
}
source files = file { path: "in/" }
bronze people from files.csv("people.csv") {
  /// ${doc}
  id: int
  ${column}
  key id
}
/// ${doc}
${tables}
`);
}

const folder = mkdtempSync(join(tmpdir(), "medal-catalog-"));
const lake = join(folder, "lake");
let spark: Spark;
let count = 0;

beforeAll(async () => {
  spark = await startSpark();
  const load = join(lake, "bronze/people", `load=${LOAD}`);
  mkdirSync(load, { recursive: true });
  writeFileSync(join(load, "people.csv"), "id,name,owed\n1,Ada,1.50\n2,Grace,0.00\n");
  writeFileSync(join(load, "_load.json"), '{"bytes":-1}');
  for (const layer of ["silver", "gold"]) await spark.sql(`CREATE SCHEMA spark_catalog.shop_${layer}`);
}, INSTALLED_AND_RUN);
afterAll(async () => {
  for (const layer of ["silver", "gold"]) await spark?.sql(`DROP SCHEMA spark_catalog.shop_${layer} CASCADE`);
  await spark?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the job; the statements that only Unity Catalog knows, without their common start. */
async function run(wishes: Wishes = {}, root = lake): Promise<readonly string[]> {
  const notebooks = [...writeNotebooks(program(wishes), exampleContext, join(folder, `notebooks${count++}`)).values()];
  const first = join(dirname(dirname(notebooks[0] ?? "")), "newest_load.py");
  const parameters = {
    lake: `file:${root}`,
    load: LOAD,
    catalog: "spark_catalog",
    schema_prefix: "shop_",
    pii_readers: "it's, ada@shop.example",
  };
  const statements = await spark.runWithCatalog([first, ...notebooks], parameters, folder);
  return statements.map((each) => each.replaceAll("`spark_catalog`.", "").replaceAll("`", ""));
}

const FUNCTIONS = ["silver", "gold"].map(
  (layer) =>
    `CREATE OR REPLACE FUNCTION shop_${layer}.medalc_mask_string(value string) RETURNS string RETURN CASE WHEN session_user() IN ('USER', 'ada@shop.example') OR is_account_group_member('it\\'s') THEN value END`,
);
const withUser = (statements: readonly string[]) =>
  statements.map((each) => each.replace(/IN \('[^']*', /, "IN ('USER', "));

const ROWS = [
  { id: 1, name: "Ada", owed: "1.50" },
  { id: 2, name: "Grace", owed: "0.00" },
];

it("registers tables at their paths, with masks before rows, and changes nothing a second time", async () => {
  const alter = (table: string, column: string) => `ALTER TABLE shop_${table} ALTER COLUMN ${column}`;
  expect(withUser(await run())).toEqual([
    ...FUNCTIONS,
    `${alter("silver.people", "name")} SET MASK shop_silver.medalc_mask_string`,
    `${alter("silver.people", "name")} SET TAGS ('pii' = 'true')`,
    `${alter("silver.people", "owed")} SET TAGS ('unit' = 'R\\'\\u0024\\\\')`,
    "ALTER TABLE shop_silver.people ADD CONSTRAINT people_pk PRIMARY KEY (id)",
    `${alter("gold.names", "name")} SET MASK shop_gold.medalc_mask_string`,
    `${alter("gold.names", "name")} SET TAGS ('pii' = 'true')`,
    "ALTER TABLE shop_gold.names ADD CONSTRAINT names_pk PRIMARY KEY (id)",
  ]);
  expect(await spark.rows(join(lake, "silver/people"))).toEqual(ROWS);
  const people = join(lake, "silver/people");
  expect(deltaFacts(people)?.protocol).toMatchObject({ minReaderVersion: 1, minWriterVersion: 2 });
  const { versions, ...comments } = deltaComments(people);
  expect(comments).toEqual({ table: DOC, columns: [DOC, undefined, undefined] });

  expect(withUser(await run())).toEqual(FUNCTIONS);
  expect(deltaComments(people)).toEqual({ ...comments, versions: versions + 1 });
});

it("writes any text and any name so that Spark reads the same", async () => {
  const pieces = [
    "a",
    "é",
    "😀",
    "'",
    "''",
    '"',
    "`",
    "``",
    "\\",
    "\\'",
    "\\n",
    "\\u0041",
    "\\u",
    "\n",
    "\t",
    "$" + "{a}",
    "$",
    "%",
    "_",
    "--",
    "/*",
    ";",
    "\u0000",
  ];
  const text = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((each) => each.join(""));
  const samples = fc.sample(text, { numRuns: 300, seed: 17 }).map((each, at) => `${each}${at}`);
  const [notebook] = writeNotebooks(program({}), exampleContext, join(folder, "quoted")).values();
  const library = join(dirname(dirname(notebook ?? "")), "lake.py");
  const read = await spark.readQuoted([library, library.replace("lake.py", "catalog.py")], samples);
  // Names with braces are refused at compile time: Spark would replace a variable in them.
  expect(read).toEqual(samples.map((each) => [each, each.replaceAll("$" + "{a}", "")]));
});

it("changes what the program changes, and gives access last", async () => {
  const changed = { column: "name: string\n  owed: decimal(10,2)", doc: "Another." };
  expect(await run(changed)).toEqual([
    "ALTER TABLE shop_silver.people ALTER COLUMN name UNSET TAGS ('pii')",
    "ALTER TABLE shop_silver.people ALTER COLUMN owed UNSET TAGS ('unit')",
    "ALTER TABLE shop_silver.people ALTER COLUMN name DROP MASK",
    "ALTER TABLE shop_gold.names ALTER COLUMN name UNSET TAGS ('pii')",
    "ALTER TABLE shop_gold.names ALTER COLUMN name DROP MASK",
  ]);
  expect(deltaComments(join(lake, "silver/people"))).toMatchObject({
    table: "Another.",
    columns: ["Another.", undefined, undefined],
  });
});

it("registers again what was dropped from the catalog, and follows a changed schema", async () => {
  await spark.sql("DROP TABLE spark_catalog.shop_silver.people");
  expect(await spark.rows(join(lake, "silver/people"))).toEqual(ROWS);
  await run({ column: "name: string" });
  expect(await spark.rows(join(lake, "silver/people"))).toEqual(ROWS.map(({ id, name }) => ({ id, name })));
});

it("leaves a table at another place as it is", async () => {
  const other = join(folder, "other");
  mkdirSync(join(other, "bronze/people", `load=${LOAD}`), { recursive: true });
  writeFileSync(join(other, "bronze/people", `load=${LOAD}`, "people.csv"), "id,name\n3,Alan\n");
  await expect(run({ column: "name: string" }, other)).rejects.toThrow("shop_silver`.`people` is a table at");
  expect(await spark.rows(join(lake, "silver/people"))).toHaveLength(2);
});

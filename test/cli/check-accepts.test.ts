/** `compile` accepts everything that `check` accepts: all problems that can be known are reported by check. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { medalc, temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

const PROJECT = `project shop {
  lake    = adls { account: param.account, container: "lake" }
  ingest  = datafactory { name: "shop-df" }
  compute = databricks { workspace: "https://adb-1.1.azuredatabricks.net", resource_id: "/subscriptions/x" }
  serve   = synapse { workspace: "shop-syn", database: "gold" }
}
param account: string = "shoplake"
param inbox: string = "in"
source web = http { base_url: "https://shop.example/" }
source files = file { path: param.inbox }
secret pw = keyvault("shop-kv", "pw")
source erp = postgres { host: "erp", database: "erp", user: "u", password: secret.pw }
`;

const wide = Array.from({ length: 1030 }, (_, at) => `c${at}: int`).join("\n");

/** Programs with the expected codes of `check`; none for valid programs. */
const HOSTILE: Readonly<Record<string, readonly [text: string, ...codes: string[]]>> = {
  "a pattern in a path": ['bronze a from web.csv("laps/*.csv") { id: int }', "invalid-pattern"],
  "a file name of 300 characters": [`bronze a from web.csv("${"x".repeat(300)}.csv") { id: int }`, "invalid-object"],
  "a path of 2,000 characters": [`bronze a from web.csv("${"d/".repeat(1000)}a.csv") { id: int }`, "invalid-object"],
  "an invalid scheme": ['source x = http { base_url: "htp://shop.example/" }', "invalid-setting"],
  "a URL without a host": ['source x = http { base_url: "https:///x" }', "invalid-setting"],
  "a folder outside": ['source x = file { path: "../x" }', "invalid-setting"],
  "a column name that Delta rejects": [
    'bronze a from web.csv("a.csv") { `id x`: int }\nsilver b { from bronze.a }',
    "databricks-column-name",
  ],
  "such a column that is renamed": [
    'bronze a from web.csv("a.csv") { `id x`: int }\nsilver b { from bronze.a select { y = `id x` } }',
  ],
  "a table with a device name": ['bronze con from web.csv("a.csv") { id: int }', "lake-folder-name"],
  "a device name with an extension": [
    'silver `nul.txt` { from bronze.a }\nbronze a from web.csv("a.csv") { id: int }',
    "lake-folder-name",
  ],
  "a name with a dot at its end": ['bronze `a.` from web.csv("a.csv") { id: int }', "lake-folder-name"],
  "a name of 130 characters": [`bronze ${"a".repeat(130)} from web.csv("a.csv") { id: int }`, "name-too-long"],
  "a name of more than 200 bytes": [
    `bronze \`${"\u20ac".repeat(70)}\` from web.csv("a.csv") { id: int }`,
    "lake-folder-name",
  ],
  "names that differ in case": [
    'bronze a from web.csv("a.csv") { id: int }\nbronze A from web.csv("a.csv") { id: int }',
    "duplicate-name",
  ],
  "names that differ in the encoding of accents": [
    'bronze `\u00e9` from web.csv("a.csv") { id: int }\nbronze `e\u0301` from web.csv("a.csv") { id: int }',
    "duplicate-name",
  ],
  "a gold table of 1,030 columns": [
    `bronze a from web.csv("a.csv") {\n${wide}\n}\ngold b { from bronze.a }`,
    "synapse-too-many-columns",
  ],
  "names with the same safe name": [
    'bronze `a b` from web.csv("a.csv") { id: int }\nbronze a_b from web.csv("b.csv") { id: int }\nsilver `a b` { from bronze.a_b }\nsilver a_b { from bronze.a_b }\ngold `a-b` { from bronze.a_b }\ngold a_b { from bronze.a_b }',
  ],
  "a control character in a name": [
    'bronze a from web.csv("a.csv") { `x\u0007`: int }\ngold b { from bronze.a }',
    "synapse-name-character",
  ],
  "one file in two tables": ['bronze a from web.csv("a.csv") { id: int }\nbronze b from web.csv("a.csv") { id: int }'],
  "unusual names of everything": [
    'source `a "b"` = http { base_url: "https://x.example/" }\nbronze `\u{1f600}` from `a "b"`.csv("a\'b.csv") { `\u{1f600}`: int }\nsilver `\'` { from bronze.`\u{1f600}` }\ngold `"` { from silver.`\'` }',
  ],
  "a schema with unusual characters": ['bronze a from erp.table("pub\'lic.x y") { id: int }'],
};

it.each(Object.keys(HOSTILE))("%s", async (name) => {
  const [text = "", ...codes] = HOSTILE[name] ?? [];
  const folder = temporaryFolder({ "a.medal": PROJECT + text });
  const checked = await medalc("check", { folder });
  expect(checked.out.match(/error ([a-z-]+)/g) ?? []).toEqual(codes.map((code) => `error ${code}`));
  expect(await medalc("compile", { folder })).toMatchObject({ code: codes.length === 0 ? EXIT.ok : EXIT.errors });
});

it.each([
  ["the account of the lake", { params: { account: "Shop Lake" } }, "storage-account-name"],
  ["the folder of a source", { params: { inbox: "/etc" } }, "invalid-setting"],
  ["a param that is a secret", { params: { inbox: "https://a:b@c/" } }, "config-secret"],
])("of a value in medal.json: %s", async (_, environment, code) => {
  const medalJson = JSON.stringify({ environments: { prod: environment } });
  const folder = temporaryFolder({ "a.medal": PROJECT, "medal.json": medalJson });
  for (const command of ["check", "compile --env prod"]) {
    const { code: exit, out, err } = await medalc(command, { folder });
    expect(exit).toBe(EXIT.errors);
    expect((out + err).match(/error ([a-z-]+)/g)).toEqual([`error ${code}`]);
  }
});

it("config-missing-param: a param without a value in an environment is a warning, because --param may set it", async () => {
  const folder = temporaryFolder({
    "a.medal": `${PROJECT}param region: string\n`,
    "medal.json": '{ "environments": { "dev": {} } }',
  });
  const { code, out } = await medalc("check", { folder });
  expect(code).toBe(EXIT.ok);
  expect(out).toContain("warning config-missing-param: the param region has no value in the environment dev");
  expect(await medalc("compile", { folder })).toMatchObject({ code: EXIT.errors });
  expect(await medalc("compile --param region=x", { folder })).toMatchObject({ code: EXIT.ok });
});

it("no-compute: reports tables that nothing builds", async () => {
  const text = `${PROJECT.replace(/ +compute.*\n/, "")}bronze a from web.csv("a.csv") { id: int }\nsilver b { from bronze.a }`;
  const folder = temporaryFolder({ "a.medal": text });
  expect((await medalc("check", { folder })).out).toContain(
    "warning no-compute: the project declares datafactory but no compute",
  );
  expect((await medalc("compile", { folder })).err).toContain("warning no-compute");
});

it("the hint for a column that Delta rejects names the table where it can be renamed, and works", async () => {
  const program = (step: string) =>
    `${PROJECT}bronze a from web.csv("a.csv") { \`id x\`: int }\nsilver b { from bronze.a${step} }\ngold c { from silver.b }`;
  const folder = temporaryFolder({ "a.medal": program("") });
  const { out } = await medalc("check", { folder });
  expect(out).toContain("a.medal:14:8: error databricks-column-name");
  expect(out).toContain("Give it another name in silver.b: `select { id_x = `id x`, … }`.");
  writeFileSync(`${folder}/a.medal`, program(" select { id_x = `id x` }"));
  expect(await medalc("check", { folder })).toMatchObject({ code: EXIT.ok });
});

const examples = readdirSync(`${root}/examples`).filter((name) => name.endsWith(".medal"));

it.each(examples)("the example %s", async (name) => {
  const folder = temporaryFolder({ "a.medal": readFileSync(`${root}/examples/${name}`, "utf8") });
  mkdirSync(`${folder}/out`);
  const checked = await medalc("check", { folder });
  expect(checked.code).toBe(EXIT.ok);
});

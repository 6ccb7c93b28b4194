import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { medalc, temporaryFolder } from "../support/io.ts";

const PROGRAM = `project shop {
  lake = adls { account: param.account, container: "shop" }
}
param account: string
source web = http { base_url: "https://shop.example/" }
bronze orders from web.csv("orders.csv") {
  id: int
}
silver orders {
  from bronze.orders
  distinct
}
`;
const CONFIG = JSON.stringify({
  environments: {
    local: { params: { account: "here" } },
    dev: { params: { account: "shopdev" } },
    prod: { params: { account: "shopprod" } },
  },
});

it("writes for the first deployable environment, and names it", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "medal.json": CONFIG });
  const { code, out, err } = await medalc("compile --json", { folder });
  expect(err).toBe("");
  expect(code).toBe(EXIT.ok);
  const answer = JSON.parse(out);
  expect(answer).toMatchObject({ command: "compile", environment: "dev", out: "out", removed: [] });
  expect(answer.files).toContain("manifest.json");
  expect(answer.written).toEqual(answer.files);
  expect(JSON.parse((await medalc("compile --json", { folder })).out).written).toEqual([]);
});

it("unknown-environment: is a usage error", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "medal.json": CONFIG });
  const { code, err } = await medalc("compile --env prdo", { folder });
  expect(code).toBe(EXIT.usage);
  expect(err).toContain("Did you mean `prod`?");
});

it("config-missing-param: points at the param's declaration", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM });
  const { code, err } = await medalc("compile", { folder });
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("shop.medal:4:7: error config-missing-param: the param account has no value");
});

it("requires the values of the given environment if medal.json has none to deploy to", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM });
  const { code, err } = await medalc("compile --env local", { folder });
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("has no value in the environment local");
  expect(err).not.toContain("environment default");
});

it("takes a param's value from the command line", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM });
  const { code, out } = await medalc("compile --param account=shop --json", { folder });
  expect(code).toBe(EXIT.ok);
  expect(JSON.parse(out).environment).toBe("default");
});

it("unwritable-file: gives up if the system cannot create a folder", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM });
  const { code, err } = await medalc("compile --param account=shop --out /proc", { folder });
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("error unwritable-file: ");
});

it("a manually changed file is kept, unless --force", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "medal.json": CONFIG });
  await medalc("compile", { folder });
  const file = `${folder}/out/lineage/lineage.json`;
  const text = readFileSync(file, "utf8");
  writeFileSync(file, "mine");
  const { code, err } = await medalc("compile", { folder });
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("lineage/lineage.json was changed after medalc wrote it");
  expect(readFileSync(file, "utf8")).toBe("mine");
  expect(await medalc("compile --force", { folder })).toMatchObject({ code: EXIT.ok });
  expect(readFileSync(file, "utf8")).toBe(text);
});

it("unwritable-file: names the file and the reason", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "medal.json": CONFIG, "taken/x": "" });
  const { code, err } = await medalc("compile --out taken/x/out", { folder });
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("error unwritable-file: ");
});

it("compiles for every service without gold tables", async () => {
  const services = `  ingest = datafactory { name: "shop-df" }
  compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net", resource_id: "/subscriptions/x/y" }
  serve = synapse { workspace: "shop", database: "shop" }
  schedule = daily at "06:00" in "UTC"
}`;
  const config = JSON.stringify({ environments: { prod: { params: { account: "shopprod" } } } });
  const folder = temporaryFolder({ "shop.medal": PROGRAM.replace("}\n}", `}\n${services}`), "medal.json": config });
  const { code, err } = await medalc("compile", { folder });
  expect(err).toBe("");
  expect(code).toBe(EXIT.ok);
});

it("writes into the folder of the project, wherever it is called, unless --out is given", async () => {
  const folder = temporaryFolder({
    "a/shop.medal": PROGRAM.replace("shop", "a"),
    "b/shop.medal": PROGRAM.replace("shop", "b"),
  });
  for (const name of ["a", "b"]) {
    const { code, out } = await medalc(`compile ${name}/shop.medal --param account=shop`, { folder });
    expect({ code, out }).toMatchObject({
      code: EXIT.ok,
      out: expect.stringMatching(`^Compiled \\d+ files to ${name}/out `),
    });
    expect(JSON.parse(readFileSync(`${folder}/${name}/out/manifest.json`, "utf8")).project).toBe(name);
  }
  expect(await medalc("compile a --param account=shop --out built", { folder })).toMatchObject({ code: EXIT.ok });
  expect(existsSync(`${folder}/built/manifest.json`)).toBe(true);
});

it("output-other-project: another project does not adopt the folder", async () => {
  const folder = temporaryFolder({
    "shop/shop.medal": PROGRAM.replace("param.account", '"shop"').replace("param account: string\n", ""),
    "empty/empty.medal": 'project empty { lake = adls { account: "empty", container: "empty" } }\n',
  });
  expect((await medalc("compile shop --out out", { folder })).code).toBe(EXIT.ok);
  const { code, err } = await medalc("compile empty --out out", { folder });
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("error output-other-project: the output folder belongs to the project shop");
  expect(JSON.parse(readFileSync(`${folder}/out/manifest.json`, "utf8")).project).toBe("shop");
});

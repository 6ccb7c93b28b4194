import { expect, it } from "vitest";
import { checkEnvironments } from "../../../src/codegen/shared/environments.ts";
import { programOf } from "../support/compile.ts";

const program = programOf(`
project shop {
  lake    = adls { account: param.account, container: "lake" }
  ingest  = datafactory { name: param.factory }
  compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net", resource_id: "/w" }
  serve   = synapse { workspace: "shop", database: param.database }
}
param account: string
param factory: string
param database: string
`);

const dev = { account: "shopdev", factory: "shop-dev", database: "dev" };
const prod = { account: "shopprod", factory: "shop-prod", database: "prod" };

function messages(second: Readonly<Record<string, string>>, name = "prod"): readonly (readonly [string, string])[] {
  const environments = [
    { name: "dev", params: dev },
    { name, params: second },
  ];
  const [environment = { name: "dev", params: dev }] = environments;
  return checkEnvironments(program, { environment, environments }).map(({ message, span }) => [
    message,
    program.params.find((each) => each.span === span)?.name ?? "project",
  ]);
}

it("accepts two environments in one Databricks and one Synapse workspace", () => {
  expect(messages(prod)).toEqual([]);
});

it("environments-share: rejects a lake, a factory and a database of two environments, at the param", () => {
  expect(messages({ ...prod, account: "SHOPDEV" })).toEqual([
    ["the environments dev and prod have the same lake SHOPDEV/lake", "account"],
  ]);
  expect(messages({ ...prod, factory: "shop-dev", database: "dev" })).toEqual([
    ["the environments dev and prod have the same data factory shop-dev", "factory"],
    ["the environments dev and prod have the same database shop/dev", "database"],
  ]);
});

it("rejects names that are the same in output files", () => {
  const other = { account: "a", factory: "b-c", database: "d" };
  expect(messages(other, "Dev")).toEqual([
    ["the environments dev and Dev have the same name in output files Dev", "project"],
  ]);
});

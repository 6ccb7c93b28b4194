import { expect, it } from "vitest";
import { mostBytesOf } from "../../../src/codegen/adf/check.ts";
import { factoryOf } from "../../../src/codegen/adf/factory.ts";
import { adfTarget } from "../../../src/codegen/adf/index.ts";
import { bytesOf } from "../../../src/codegen/adf/value.ts";
import type { EmitContext } from "../../../src/codegen/target.ts";
import { markedPlaces } from "../../support/marked-source.ts";
import { contextOf, programOf } from "../support/compile.ts";

/** The target's diagnostics of a marked program, each with the place that it points at. */
function checked(marked: string, context: EmitContext = contextOf({})): readonly (readonly [string, string])[] {
  const { text } = markedPlaces(marked);
  return adfTarget
    .check(programOf(text), context)
    .map(({ code, span }) => [code, text.slice(span.start, span.end)] as const);
}

interface Wishes {
  readonly name?: string;
  readonly compute?: string;
  readonly schedule?: string;
  readonly rest?: string;
}

const signedIn = 'databricks { workspace: "https://adb-1.2.azuredatabricks.net", resource_id: "/subscriptions/s/w" }';

function shop({ name = '"shop-df"', compute = signedIn, schedule = "hourly", rest = "" }: Wishes): string {
  return `project shop {
  lake     = adls { account: "shoplake", container: "lake" }
  ingest   = datafactory { name: ${name} }
  compute  = ${compute}
  schedule = ${schedule}
}
${rest}`;
}

it("has nothing against a program that fits", () => {
  expect(checked(shop({}))).toEqual([]);
});

it.each(["df", "shop--df", "-shop", "shop_df", `x${"y".repeat(63)}`])("adf-factory-name: refuses %s", (name) => {
  expect(checked(shop({ name: `"${name}"` }))).toEqual([["adf-factory-name", `datafactory { name: "${name}" }`]]);
});

it("adf-factory-name: looks at every environment", () => {
  const context: EmitContext = {
    environment: { name: "dev", params: { factory: "shop-df" } },
    environments: [
      { name: "dev", params: { factory: "shop-df" } },
      { name: "prod", params: { factory: "shop df" } },
    ],
  };
  const text = shop({ name: "param.factory", rest: "param factory: string" });
  expect(checked(text, context)).toEqual([["adf-factory-name", "datafactory { name: param.factory }"]]);
});

it("adf-databricks-resource-id: demands what the factory's identity signs in by", () => {
  const compute = 'databricks { workspace: "https://adb-1.2.azuredatabricks.net" }';
  expect(checked(shop({ compute }))).toEqual([["adf-databricks-resource-id", compute]]);
});

it.each([
  ["price", "decimal(10,2)", true],
  ["`a.b`", "long", true],
  ["`$a`", "long", true],
  ["n lag 12345678901", "long", true],
  ["n lag 1234567890", "long", false],
  ["changed", "timestamp", false],
])("adf-load-column: a collection loaded by %s: %s", (name, type, isRefused) => {
  const rest = `
secret uri = keyvault("shop-kv", "catalog")
source catalog = mongodb { uri: secret.uri, database: "catalog" }
bronze prices from catalog.collection("prices") {
  load append by ${name}
  ${name.split(" ")[0]}: ${type}
}`;
  expect(checked(shop({ rest }))).toEqual(!isRefused ? [] : [["adf-load-column", "prices"]]);
});

it("adf-time-zone: refuses what Windows has no name for", () => {
  const schedule = 'daily at "06:00" in "Antarctica/Troll"';
  expect(checked(shop({ schedule }))).toEqual([["adf-time-zone", schedule]]);
});

it("adf-object-too-large: refuses a table whose query fills a pipeline by itself", () => {
  const columns = Array.from({ length: 2000 }, (_, index) => `${"long_name_".repeat(10)}${index}: string`).join("\n");
  const rest = `
secret pw = keyvault("shop-kv", "erp")
source erp = postgres { host: "erp", database: "erp", user: "ingest", password: secret.pw }
bronze wide from erp.table("public.wide") {
${columns}
}`;
  expect(checked(shop({ rest }))).toEqual([["adf-object-too-large", "wide"]]);
});

it("adf-too-many-objects: refuses more sources than one factory can hold", () => {
  const rest = Array.from(
    { length: 1700 },
    (_, index) => `source s${index} = http { base_url: "https://${index}.example.com/" }
bronze b${index} from s${index}.csv("a.csv") { id: string }`,
  ).join("\n");
  expect(checked(shop({ rest }))).toEqual([["adf-too-many-objects", "shop"]]);
});

it("adf-too-many-params: refuses more params than a template can hold", () => {
  const rest = Array.from(
    { length: 300 },
    (_, index) => `param p${index}: string = "https://${index}.example.com/"
source s${index} = http { base_url: param.p${index} }
bronze b${index} from s${index}.csv("a.csv") { id: string }`,
  ).join("\n");
  expect(checked(shop({ rest }))).toEqual([["adf-too-many-params", "shop"]]);
});

it.each(["plain", "'", '"', "]", "é", "日", "😀", "\\\\"])(
  "bounds what declarations with names of %s make",
  (character) => {
    const name = (index: number): string => `\`${character.repeat(20)}${index}\``;
    const columns = Array.from({ length: 60 }, (_, index) => `/// ${character.repeat(100)}\n${name(index)}: string`);
    const rest = `
secret pw = keyvault("shop-kv", "erp")
source erp = postgres { host: "erp", database: "erp", user: "ingest", password: secret.pw }
bronze wide from erp.table("public.wide") {
${columns.join("\n")}
}
/// ${character.repeat(1000)}
gold wide { from bronze.wide }`;
    const program = programOf(shop({ rest }));
    const bounds = [program, ...program.sources, ...program.bronze, ...program.tables].map(mostBytesOf);
    const bound = bounds.reduce((sum, each) => sum + each, 0);
    for (const { properties } of factoryOf(program, { name: "dev", params: {} }).resources) {
      expect(bytesOf(properties)).toBeLessThan(bound);
    }
  },
);

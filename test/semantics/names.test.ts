/** Names: every possible error and its message. */
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { checkShop, errorsOf, expectedErrors, memoryHost, SHOP } from "./checking.ts";

const mistakes: readonly (readonly [text: string, ...codes: string[]])[] = [
  [`bronze «orders» from files.csv("x.csv") { a: string }`, "duplicate-name"],
  [`silver a { from bronze.orders }\nsilver «A» { from bronze.orders }`, "duplicate-name"],
  [`project «again» { lake = adls { account: "a", container: "b" } }`, "duplicate-name"],
  [`fn f(a: int, «a»: int): int = a`, "duplicate-name"],
  [`fn «lower»(a: string): string = a`, "reserved-name"],
  [`import «"gone.medal"»`, "import-not-found"],
  [`source x = «ftp» { host: "h" }`, "unknown-service"],
  [`source x = http { «url»: "https://x/" }`, "unknown-setting"],
  [`source x = «postgres» { host: "h", database: "d", user: "u" }`, "missing-setting"],
  [
    `source x = postgres { host: "h", port: «"5432"», database: "d", user: "u", password: secret.p }
secret p = keyvault("v", "k")`,
    "invalid-setting",
  ],
  [
    `source x = postgres { host: "h", database: "d", user: "u", password: secret.p, sslmode: «"prefer"» }
secret p = keyvault("v", "k")`,
    "invalid-setting",
  ],
  [
    `source x = postgres { host: "h", database: "d", user: "u", password: secret.p, sslmode: «param.mode» }
param mode: string
secret p = keyvault("v", "k")`,
    "invalid-setting",
  ],
  [`source x = mongodb { uri: «"mongodb://u:p@h"», database: "d" }`, "plain-secret"],
  [`param p: string = "x"\nsource x = mongodb { uri: «param.p», database: "d" }`, "plain-secret"],
  [`source x = http { base_url: param.«basurl» }\nparam base_url: string`, "unknown-param"],
  [`source x = mongodb { uri: secret.«ur», database: "d" }\nsecret uri = keyvault("v", "k")`, "unknown-secret"],
  [`source x = http { base_url: «config».url }`, "unknown-namespace"],
  [`secret s = «vault»("v", "k")`, "unknown-service"],
  [`secret s = «keyvault»("v")`, "argument-count"],
  [`bronze x from «filez».csv("x.csv") { a: string }`, "unknown-source"],
  [`bronze x from files.«table»("x") { a: string }`, "unknown-object"],
  [`bronze x from files.«csv»() { a: string }`, "invalid-object"],
  [`bronze x from files.«csv»("../secret.csv") { a: string }`, "invalid-object"],
  [`bronze «x» from files.csv("x.csv") { }`, "empty-bronze"],
  [`bronze x from files.csv("x.csv") { a: string, «A»: int }`, "duplicate-column"],
  [`bronze x from files.csv("x.csv") { a: string «@pi» }`, "unknown-tag"],
  [`bronze x from files.csv("x.csv") { a: string key «b» }`, "unknown-column"],
  [`bronze x from files.csv("x.csv") { a: string? key «a» }`, "nullable-value"],
  [`bronze x from files.csv("x.csv") { a: string key a «key a» }`, "duplicate-clause"],
  [`bronze x from files.csv("x.csv") { a: string load «daily» }`, "unknown-load"],
  [`silver t { from «bronze.order» }`, "unknown-relation"],
  [`silver t { from bronze.orders where «totl» == "x" }`, "unknown-column"],
  [`silver t { from bronze.orders as o where «p».order_id == "x" }`, "unknown-alias"],
  [`silver t { from bronze.orders as o where «o.order_id.length» == 1 }`, "unknown-alias"],
  [
    `silver t { from bronze.orders as o join one bronze.customers as «o» on o.customer_id == "x" select { status } }`,
    "duplicate-alias",
  ],
  [`silver t { from bronze.orders select { order_id, «Order_Id = customer_id» } }`, "duplicate-column"],
  [`silver t { from bronze.orders select { order_id, «lower(customer_id)» } }`, "unnamed-column"],
  [`silver t { from bronze.orders where «lowr»(order_id) == "x" }`, "unknown-function"],
  [`silver t { from bronze.orders where status == Status.«opn» }`, "unknown-enum-value"],
  [`silver t { from bronze.orders derive { a = order_id as «text» } }`, "unknown-type"],
];

it.each(mistakes)("%s", (marked, ...codes) => {
  const { text, errors } = expectedErrors(marked, codes);
  expect(errorsOf(text)).toEqual(errors);
});

it("a name that two joined relations have is ambiguous", () => {
  const { text, errors } = expectedErrors(
    `gold t {
  from bronze.items as i
  join many bronze.orders as o on o.customer_id == i.product
  select { «order_id» }
}`,
    ["ambiguous-column"],
  );
  expect(errorsOf(text)).toEqual(errors);
});

it("two columns of the same name cannot both be passed on", () => {
  const { text } = expectedErrors(
    "gold t { from bronze.items as i join many bronze.orders as o on o.customer_id == i.product }",
    [],
  );
  expect(errorsOf(text)).toEqual(["duplicate-column: t"]);
});

it("two columns that the join makes equal become one", () => {
  expect(errorsOf("gold t { from bronze.items as i join one bronze.orders as o on o.order_id == i.order_id }")).toEqual(
    [],
  );
});

it("a column of the rows takes precedence over one of the joined relation", () => {
  const text = `gold t {
  from bronze.items
  group by order_id { n = count() }
  join one bronze.orders as o on o.order_id == order_id
  select { order_id, n, o.status }
}`;
  expect(errorsOf(text)).toEqual([]);
});

it("a column derived between joins must not have the name of a column joined next", () => {
  const { text, errors } = expectedErrors(
    `gold t {
  from bronze.orders as o
  join one bronze.customers as c on c.customer_id == o.customer_id
  derive { price = o.shipping }
  join many «bronze.items as i» on i.order_id == o.order_id
  select { price, i.item }
}`,
    ["name-collision"],
  );
  expect(errorsOf(text)).toEqual(errors.map((each) => each.replace("bronze.items as i", "bronze.items")));
});

it.each([
  ['email: "ada"', 'invalid-setting: "ada"'],
  ['email: "ada@shop.example; bob@shop.example"', 'invalid-setting: "ada@shop.example; bob@shop.example"'],
  ['email: "Ada <ada@shop.example>"', 'invalid-setting: "Ada <ada@shop.example>"'],
  ['webhook: "https://hooks.example/T0/B0"', 'plain-secret: "https://hooks.example/T0/B0"'],
  ['databricks_destinations: "slack"', 'invalid-setting: "slack"'],
  ['emails: "ada@shop.example"', "unknown-setting: emails"],
  ["email: secret.oncall", "invalid-setting: secret.oncall"],
])("notify = on_failure { %s } is an error", (setting, expected) => {
  const project = `project x { lake = adls { account: "a", container: "b" } notify = on_failure { ${setting} } }`;
  expect(errorsOf(`${project}\nsecret oncall = keyvault("v", "k")`, "")).toEqual([expected]);
});

it("a program without a project is an error", () => {
  const found = check(memoryHost({ "a.medal": "enum E { a }" }), ["a.medal"]).diagnostics;
  expect(found.map((each) => each.code)).toEqual(["missing-project"]);
});

it("a project needs a lake and rejects unknown settings", () => {
  expect(errorsOf("project x { schdule = hourly }", "")).toEqual(["missing-setting: x", "unknown-setting: schdule"]);
  expect(errorsOf('project x { lake = s3 { bucket: "b" } }', "")).toEqual(["unknown-service: s3"]);
  expect(
    errorsOf('project x { lake = adls { account: "a", container: "b" } schedule = daily at "25:00" }', ""),
  ).toEqual(['invalid-schedule: daily at "25:00"']);
  expect(
    errorsOf(
      'project x { lake = adls { account: "a", container: "b" } schedule = daily at "05:00" in "Mars/Base" }',
      "",
    ),
  ).toEqual(['invalid-schedule: daily at "05:00" in "Mars/Base"']);
});

it("imports include each file once, also in cycles", () => {
  const files = {
    "main.medal": 'import "parts/a.medal"\nproject x { lake = adls { account: "a", container: "b" } }',
    "parts/a.medal": 'import "../main.medal"\nimport "b.medal"\nsilver t { from bronze.b }',
    "parts/b.medal": 'source f = file { path: "in/" }\nbronze b from f.csv("b.csv") { id: string key id }',
  };
  const result = check(memoryHost(files), ["main.medal"]);
  expect(result.diagnostics).toEqual([]);
  expect([...result.sources.keys()]).toEqual(["main.medal", "parts/a.medal", "parts/b.medal"]);
});

it("a similar name is a hint and not a fix: something else may be meant", () => {
  const [found] = checkShop('silver t { from bronze.orders where order_idd == "x" }').diagnostics;
  expect(found?.hint).toBe("Did you mean `order_id`?");
  expect(found?.fix).toBeUndefined();
});

it("an unknown column shows its path from the source", () => {
  const text = `silver a { from bronze.orders }
silver b { from silver.a }
gold c { from silver.b select { gone } }`;
  const [found] = checkShop(text).diagnostics;
  const whole = SHOP + text;
  expect(found?.related.map((each) => whole.slice(each.span.start, each.span.end))).toEqual([
    "b",
    "from silver.a",
    "from bronze.orders",
    "orders",
  ]);
});

/** Stored bronze tables: a notebook for each load mode, and their tasks in the job. */
import { expect, it } from "vitest";
import { databricksTarget } from "../../../src/codegen/databricks/index.ts";
import { expectGolden } from "../../support/golden.ts";
import { contextOf, programOf } from "../support/compile.ts";
import { formatFaults, lintFaults } from "./judges.ts";

const PROGRAM = `project shop {
  lake = adls { account: "shop", container: "lake" }
  compute = databricks { workspace: "https://adb-1.1.azuredatabricks.net" }
}
secret pw = keyvault("kv", "pw")
source erp = postgres { host: "h", database: "d", user: "u", password: secret.pw }
source landing = file { path: "in/" }

/// Payments of orders.
bronze payments from erp.table("public.order_payments") {
  load changes by updated_at deleted when is_void lag 2 hours
  order_id:           string(32)
  payment_sequential: int
  payment_value:      decimal(10,2)
  is_void:            bool?
  updated_at:         timestamp
  key (order_id, payment_sequential)
}
bronze clicks from erp.table("public.clicks") {
  load append by id
  id:  long
  url: string
  reject at most 5%
}
bronze rides from landing.csv("rides/{month}/*.csv") {
  load files
  ride_id:   string
  started:   timestamp
  month:     int       = load.month
  file:      string    = load.file
  row:       long      = load.row
  loaded_at: timestamp = load.at
  key (file, row)
}
bronze stations from landing.json("stations/**/*.json") {
  name: string
  load: string = load.id
}
bronze cities from landing.csv("cities.csv") {
  name: string
  key name
}

silver paid {
  from bronze.payments
  select { order_id, payment_value }
}
silver places {
  from bronze.stations as s
  join one bronze.cities as c on c.name == s.name
  select { s.name, s.load }
}
`;

const files = databricksTarget.emit(programOf(PROGRAM), contextOf({}));
const textOf = (path: string): string => files.find((file) => file.path === `databricks/${path}`)?.text ?? "";

it("emits a notebook for each load mode and the bundle", () => {
  const golden = files.filter(({ path }) => /\/bronze\/|\/silver\/|\.yml$/.test(path));
  expect(golden.map(({ path }) => path.replace(/^databricks\//, ""))).toEqual([
    "databricks.yml",
    ...["payments", "clicks", "rides", "stations"].map((name) => `notebooks/bronze/${name}.py`),
    ...["paid", "places"].map((name) => `notebooks/silver/${name}.py`),
  ]);
  for (const { path, text } of golden) expectGolden(`loads/${path}`, text);
});

it("emits Python that a linter finds nothing in and a formatter leaves as it is", async () => {
  const notebooks = Object.fromEntries(
    files.filter(({ path }) => path.endsWith(".py")).map(({ path, text }) => [path, text]),
  );
  expect(await lintFaults(notebooks, ["E501"])).toBe("");
  expect(await formatFaults(notebooks)).toBe("");
});

it("knows which tables are read from one load and which from many", () => {
  expect(textOf("notebooks/lake.py")).toContain('\nBRONZE_TABLES = ["bronze.cities"]\n');
  expect(textOf("notebooks/lake.py")).toContain(
    '\nSTORED_TABLES = ["bronze.payments", "bronze.clicks", "bronze.rides", "bronze.stations"]\n',
  );
});

it("has nothing of many loads in a program without stored tables", () => {
  const text = `${PROGRAM.slice(0, PROGRAM.indexOf("/// Payments"))}
bronze cities from landing.csv("cities.csv") { name: string }
silver places { from bronze.cities }
`;
  const [lake] = databricksTarget.emit(programOf(text), contextOf({})).filter(({ path }) => path.endsWith("/lake.py"));
  expect(lake?.text).toContain("STORED_TABLES = []");
  expect(lake?.text).not.toMatch(/BronzeLake|ThreadPoolExecutor/);
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { medalc, temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "shop" } }
source files = file { path: "in" }
bronze orders from files.csv("orders.csv") { id: int, name: string, amount: decimal(10,2) }
silver orders { from bronze.orders where amount > 0.00 }
silver \`dotted.name\` { from bronze.orders select { \`a.b\` = id } }
gold totals { from silver.orders group by name { total = sum(amount), people = count_distinct(name) } }
`;

function project(): string {
  return temporaryFolder({ "shop.medal": PROGRAM });
}

it("a column is traced to the sources", async () => {
  expect(await medalc("lineage gold.totals.total", { folder: project() })).toEqual({
    code: EXIT.ok,
    err: "",
    out:
      "gold.totals.total\n└─ silver.orders.amount  aggregated\n   └─ bronze.orders.amount  copied\n" +
      '      └─ files.csv("orders.csv").amount  copied\n',
  });
});

it("a table includes all of its columns, and what its rows depend on", async () => {
  const { out } = await medalc("lineage totals", { folder: project() });
  expect(out.split("\n").filter((line) => /^[a-z]/.test(line))).toEqual([
    "gold.totals.name",
    "gold.totals.total",
    "gold.totals.people",
    "rows of gold.totals",
  ]);
  expect(out).toContain("└─ silver.orders.name  aggregated, masked  (above)");
  expect(out).toContain("└─ silver.orders.name  grouped  (above)");
});

it("--downstream shows what a change affects", async () => {
  const { out } = await medalc("lineage bronze.orders.amount --downstream", { folder: project() });
  expect(out).toBe(
    "bronze.orders.amount\n├─ silver.orders.amount  copied\n│  └─ gold.totals.total  aggregated\n└─ rows of silver.orders  filtered\n",
  );
});

it("names with dots, names without their layer, arguments in any order", async () => {
  const folder = project();
  expect((await medalc("lineage silver.dotted.name.a.b", { folder })).out).toContain(
    "silver.dotted.name.a.b\n└─ bronze",
  );
  const { out } = await medalc("lineage totals.total", { folder });
  expect(out).toContain("gold.totals.total\n");
  for (const line of [
    "lineage gold.totals.total .",
    "lineage . gold.totals.total",
    "lineage totals.total -p shop.medal",
  ]) {
    expect((await medalc(line, { folder })).out).toBe(out);
  }
});

it.each([
  ["gold.totals.totl", "gold.totals has no column totl", "Did you mean `total`?"],
  ["gold.totls.total", "the program has no table gold.totls", "Did you mean `gold.totals`?"],
  ["totls", "the program has no table totls", "Did you mean `totals`?"],
  ["orders.amount", "the program has no table orders.amount", ""],
  ["shop.medal", "no table given, only the program shop.medal", "medalc lineage TABLE shop.medal"],
])("%s: a name that is not there", async (name, message, hint) => {
  const { code, out, err } = await medalc(`lineage ${name}`, { folder: project() });
  expect({ code, out }).toEqual({ code: EXIT.usage, out: "" });
  expect(err).toContain(message);
  expect(err).toContain(hint);
});

it("--json contains the reachable graph", async () => {
  const folder = project();
  const { start, direction, nodes, edges } = JSON.parse((await medalc("lineage totals.people --json", { folder })).out);
  expect({ start, direction }).toEqual({ start: { relation: "gold.totals", column: "people" }, direction: "upstream" });
  expect(nodes).toHaveLength(4);
  expect(edges[0]).toEqual({
    from: { relation: "silver.orders", column: "name" },
    to: { relation: "gold.totals", column: "people" },
    kind: "aggregated",
    masked: true,
  });
});

it("--out writes the drawing to a file", async () => {
  const folder = project();
  expect(await medalc("lineage totals --html -o x.html", { folder })).toEqual({
    code: EXIT.ok,
    out: "",
    err: "Wrote x.html\n",
  });
  expect(readFileSync(`${folder}/x.html`, "utf8")).toContain("<title>Upstream lineage of gold.totals</title>");
  const { code, err } = await medalc("graph --mermaid -o nowhere/x.mmd", { folder });
  expect(code).toBe(EXIT.usage);
  expect(err).toContain("error unwritable-file: nowhere/x.mmd cannot be written: ENOENT");
});

it.each(["--mermaid --html", "--html --json", "--dot --format json", "--out x --json"])(
  "exit 64 for %s",
  async (options) => {
    const { code, err } = await medalc(`graph ${options}`, { folder: project() });
    expect(code).toBe(EXIT.usage);
    expect(err).toContain("cannot be used with option");
  },
);

it("graph shows the tables from the last to the sources, each once", async () => {
  const folder = project();
  expect((await medalc("graph", { folder })).out).toBe(
    'silver.dotted.name\n└─ bronze.orders\n   └─ files.csv("orders.csv")\ngold.totals\n└─ silver.orders\n   └─ bronze.orders  (above)\n',
  );
  const { tables } = JSON.parse((await medalc("graph --json", { folder })).out);
  expect(tables.at(-1)).toEqual({ name: "gold.totals", layer: "gold", reads: ["silver.orders"] });
});

it("draws the whole example", async () => {
  const { code, out } = await medalc(`graph ${root}/examples/ecommerce.medal --mermaid`, { folder: root });
  expect(code).toBe(EXIT.ok);
  expect(out).toContain("gold.revenue_by_month");
});

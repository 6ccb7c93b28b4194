import { expect, it } from "vitest";
import { databricksTarget } from "../../../src/codegen/databricks/index.ts";
import { contextOf, programOf } from "../support/compile.ts";

const context = contextOf({});

const PROJECT = `
project shop {
  lake    = adls { account: "shoplake", container: "lake" }
  compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net" }
}
source files = http { base_url: "https://example.com/" }
enum Kind { a, b }
bronze sales from files.csv("sales.csv") {
  id: long, shop: string, kind: Kind?, amount: decimal(10,2)?, sold_on: date?
  key id
}
bronze shops from files.json("shops.jsonl") { shop: string, city: string?  key shop }
bronze tags from files.csv("tags.csv") { shop: string, tag: string? }
silver sales { from bronze.sales }
silver shops { from bronze.shops }
`;

/** The cells of a table's notebook between the set-up and the last one, which ends it, without the schema. */
function cellsOf(table: string): readonly string[] {
  const [, layer, name] = /^(\w+) (\w+)/.exec(table.trim()) ?? [];
  const files = databricksTarget.emit(programOf(PROJECT + table), context);
  const text = files.find(({ path }) => path === `databricks/notebooks/${layer}/${name}.py`)?.text ?? "";
  const all = text.split("\n# COMMAND ----------\n").map((cell) => cell.trim());
  const cells = all.filter((cell) => !cell.startsWith("lake.check_loads("));
  expect(cells.at(-1)).toBe(`dbutils.notebook.exit(lake.result("${layer}.${name}"))`);
  return cells.slice(3, -1).map((cell) => cell.replace(/^schema = .*?\n\)\n\n/s, ""));
}

it("reads a Delta table, and writes what it was not told to change", () => {
  expect(cellsOf("gold t { from silver.sales }")).toEqual([
    `silver_sales = lake.read("silver.sales")`,
    `lake.write("gold.t", silver_sales, schema)\nlake.release()`,
  ]);
});

it("judges how many rows of its loads were rejected, by the limits that are stated", () => {
  const bronze = 'bronze b from files.csv("b.csv") { id: int, price: int  reject at most 0.5% }\n';
  const table = `gold t { from bronze.b  expect "e": id > 1 else quarantine at most 10 rows }`;
  const files = databricksTarget.emit(programOf(`${PROJECT}${bronze}${table}`), context);
  const text = files.find(({ path }) => path.endsWith("gold/t.py"))?.text ?? "";
  expect(text).toContain('at_most="0.5%"');
  expect(text).toContain('\nlake.check_loads("gold.t")\n');
  expect(text).toMatch(/at_most=\{\s*"e": "10 rows",?\s*\}/);
  expect(files.find(({ path }) => path.endsWith("silver/shops.py"))?.text ?? "").not.toContain("at_most");
});

it("puts the rows that do not fit in the quarantine", () => {
  expect(cellsOf("gold t { from bronze.shops }")).toEqual([
    `bronze_shops, rejected_shops = lake.read_json(
    "bronze.shops",
    "shops.jsonl",
    {
        "shop": "string",
        "city": "string?",
    },
)`,
    `lake.require_key("bronze.shops", bronze_shops, "shop")
lake.write_quarantine("gold.t", rejected_shops)
lake.write("gold.t", bronze_shops, schema)
lake.release()`,
  ]);
});

it("checks the declared key of a bronze table in every notebook that reads it", () => {
  const check = `lake.require_key("bronze.sales", bronze_sales, "id")\n`;
  expect(cellsOf("silver sales2 { from bronze.sales }").at(-1)).toContain(check);
  const files = databricksTarget.emit(programOf(PROJECT), context);
  const first = files.find(({ path }) => path.endsWith("silver/sales.py"));
  expect(first?.text).toContain(check);
});

it("wants distinct rows of a bronze file where it is read, unless all of them are asked for too", () => {
  expect(cellsOf("gold t { from bronze.tags  distinct  where tag is not null }").slice(0, 2)).toEqual([
    `bronze_tags, rejected_tags = lake.read_csv(
    "bronze.tags",
    "tags.csv",
    {
        "shop": "string",
        "tag": "string?",
    },
    distinct=True,
)`,
    `gold_t = bronze_tags.filter(F.col("tag").isNotNull())`,
  ]);
  const again = "from bronze.tags as a  distinct  join many bronze.tags as b on b.shop == a.shop  select { a.shop }";
  for (const table of ["from bronze.shops  distinct", again]) {
    const [read, rows] = cellsOf(`gold t { ${table} }`);
    expect(read).not.toContain("distinct");
    expect(rows).toContain(".distinct()");
  }
});

it("filters, and adds columns in one call where none uses another", () => {
  const table = `gold t {
    from silver.sales
    where amount is not null
    derive { twice = amount * 2, city = shop, more = twice + amount }
    derive { shop = lower(shop) }
  }`;
  expect(cellsOf(table)[1]).toBe(`gold_t = (
    silver_sales.filter(F.col("amount").isNotNull())
    .withColumns(
        {
            "twice": F.col("amount") * 2,
            "city": F.col("shop"),
        }
    )
    .withColumn("more", F.col("twice") + F.col("amount"))
    .withColumn("shop", F.lower(F.col("shop")))
)`);
});

it("takes a new value of a column in the same step", () => {
  expect(cellsOf("gold t { from silver.sales  derive { id = id + 1, next = id } }")[1]).toBe(
    `gold_t = silver_sales.withColumn("id", F.col("id") + 1).withColumn("next", F.col("id"))`,
  );
});

it("selects by name where a column keeps its name", () => {
  expect(cellsOf("gold t { from silver.sales  select { id, store = shop } }")[1]).toBe(`gold_t = silver_sales.select(
    "id",
    F.col("shop").alias("store"),
)`);
});

it("takes the first row of each combination in a total order", () => {
  expect(cellsOf("gold t { from silver.sales  distinct on shop latest by sold_on }")[1]).toBe(`gold_t = (
    silver_sales.withColumn(
        "position",
        F.row_number().over(
            Window.partitionBy("shop").orderBy(
                F.col("sold_on").desc_nulls_last(),
                "id",
                F.col("kind").asc_nulls_first(),
                F.col("amount").asc_nulls_first(),
            )
        ),
    )
    .filter(F.col("position") == 1)
    .drop("position")
)`);
});

it("joins under aliases, and closes rows that stay open", () => {
  const table = `gold t {
    from silver.sales as s
    left join one silver.shops as h on h.shop == s.shop
    derive { half = s.amount / 2.0 }
    join many bronze.tags as b on b.shop == s.shop and s.id > 3
    where h.city is not null
  }`;
  const cells = cellsOf(table);
  expect(cells[2]).toContain(`    silver_sales.alias("s")
    .join(silver_shops.alias("h"), F.col("h.shop") == F.col("s.shop"), "left")
    .withColumn("half", `);
  expect(cells[2]).toContain(`.join(bronze_tags.alias("b"), (F.col("b.shop") == F.col("s.shop")) & `);
  expect(cells[2]).toContain(`    .filter(F.col("h.city").isNotNull())
    .select(
        "s.id",
        "s.shop",
        "s.kind",
        "s.amount",
        "s.sold_on",
        "h.city",
        "half",
        "b.tag",
    )
)`);
});

it("groups, counts under a condition, and counts a value once however often a join repeats it", () => {
  const table = `gold t {
    from silver.shops as h
    join many silver.sales as s on s.shop == h.shop
    join many silver.sales as again on again.shop == h.shop
    group by h.city {
      sold = sum(s.amount) per s.id
      late = sum(s.amount) where again.id > 5 per s.id
      pairs = count()
    }
  }`;
  expect(cellsOf(table)[1]).toContain(`
    .withColumn("first_of_id", F.row_number().over(Window.partitionBy("h.city", "s.id").orderBy("s.id")) == 1)
    .withColumn(
        "first_of_id_2",
        (F.col("again.id") > 5)
        & (F.row_number().over(Window.partitionBy("h.city", "s.id", F.col("again.id") > 5).orderBy("s.id")) == 1),
    )
    .groupBy("h.city")
    .agg(
        F.sum(F.when(F.col("first_of_id"), F.col("s.amount"))).alias("sold"),
        F.sum(F.when(F.col("first_of_id_2"), F.col("s.amount"))).alias("late"),
        F.count("*").alias("pairs"),
    )
`);
});

it("groups all rows to one, and to their keys alone", () => {
  expect(cellsOf("gold t { from silver.sales  group { rows = count() } }")[1]).toBe(
    `gold_t = silver_sales.agg(F.count("*").alias("rows"))`,
  );
  expect(cellsOf("gold t { from silver.sales  group by kind { } }")[1]).toBe(
    `gold_t = silver_sales.select("kind").distinct()`,
  );
});

it("sorts and takes", () => {
  expect(cellsOf("gold t { from silver.sales  select { id, kind }  sort kind desc  take 3 }")[1]).toBe(`gold_t = (
    silver_sales.select(
        "id",
        "kind",
    )
    .orderBy(F.col("kind").desc_nulls_last(), "id")
    .limit(3)
)`);
});

it("keeps rows that are read more than once, unless they come row by row of rows that are kept", () => {
  const kept = cellsOf(`gold t { from silver.sales  distinct  expect "e": id > 0 else fail  key shop }`);
  expect(kept[1]).toBe("gold_t = silver_sales.distinct().transform(lake.keep)");
  expect(kept[2]).toBe(`lake.require("gold.t", gold_t, "e", F.col("id") > 0)`);
  expect(kept[3]).toContain(`lake.require_key("gold.t", gold_t, "shop")\nlake.write("gold.t", gold_t, schema)`);

  const known = cellsOf(`gold t { from bronze.sales  where id > 1  expect "e": id > 0 else warn }`);
  expect(known[1]).toBe(`gold_t = bronze_sales.filter(F.col("id") > 1)`);
  expect(known[2]).toBe(`lake.warn("gold.t", gold_t, "e", F.col("id") > 0)`);
});

it("quarantines rows at the position of the expectation, with the columns that users see", () => {
  const table = `gold t {
    from silver.sales as s
    left join one silver.shops as h on h.shop == s.shop
    join many silver.sales as o on o.shop == s.shop
    expect "one": s.id > 0 else quarantine
    expect "two": h.city != "" else quarantine
    select { s.id, other = o.id }
  }`;
  const cells = cellsOf(table);
  expect(cells[1]).toContain("\n    .transform(lake.keep)\n)");
  expect(cells[2]).toBe(`valid_t, failed_t = lake.expect(
    "gold.t",
    prepared_t,
    {
        "one": F.col("s.id") > 0,
        "two": F.col("h.city") != "",
    },
    record=[
        F.col("s.id").alias("s.id"),
        F.col("s.shop"),
        F.col("s.kind").alias("s.kind"),
        F.col("s.amount").alias("s.amount"),
        F.col("s.sold_on").alias("s.sold_on"),
        F.col("h.city"),
        F.col("o.id").alias("o.id"),
        F.col("o.kind").alias("o.kind"),
        F.col("o.amount").alias("o.amount"),
        F.col("o.sold_on").alias("o.sold_on"),
    ],
)`);
  expect(cells[3]).toBe(`gold_t = valid_t.select(
    "s.id",
    F.col("o.id").alias("other"),
)`);
  expect(cells[4]).toContain(`lake.write_quarantine("gold.t", failed_t)\n`);
});

it("reads a relation once, however often a table uses it", () => {
  const table = `gold t {
    from bronze.sales as a
    join one bronze.sales as b on b.id == a.id
    select { a.id }
  }`;
  expect(
    cellsOf(table)
      .join("\n")
      .match(/read_csv/g),
  ).toHaveLength(1);
});

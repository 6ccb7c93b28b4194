import { expect, it } from "vitest";
import { type Flow, flows } from "../../../src/codegen/lineage/flows.ts";
import { columnLineage, type Input, type RowInput } from "../../../src/codegen/lineage/graph.ts";
import { exampleProgram, programOf } from "../support/compile.ts";

const declarations = `
project shop { lake = adls { account: "shoplake", container: "lake" } }
source files = http { base_url: "https://example.com/" }
source erp   = postgres { host: "h", database: "d", user: "u", password: secret.p }
secret p = keyvault("kv", "p")
bronze a from files.csv("in/a.csv") { id: string, x: int, y: int, t: string?, key id }
bronze b from erp.table("public.b") { id: string, x: int, z: decimal(10,2), key id }
`;

/** The lineage of `silver.t`, one line per entry: `column <- kind relation.column`, and `kind relation.column`. */
function lineageOf(table: string): readonly string[] {
  const relation = columnLineage(programOf(`${declarations}${table}`)).relations.get("silver.t");
  if (relation === undefined) expect.fail("there is no silver.t");
  const named = (input: Input | RowInput): string =>
    `${"masked" in input ? "masked " : ""}${input.kind} ${input.relation}.${input.column}`;
  return [
    ...[...relation.columns].map(([column, inputs]) => `${column} <- ${inputs.map(named).join(", ")}`),
    ...relation.rows.map(named),
  ];
}

it("starts at the objects of the sources", () => {
  const { relations } = columnLineage(programOf(declarations));
  expect(relations.get("bronze.a")?.reads).toEqual(['files.csv("in/a.csv")']);
  expect(relations.get("bronze.b")?.columns.get("z")).toEqual([
    { relation: 'erp.table("public.b")', column: "z", kind: "copied" },
  ]);
});

it("distinguishes copies from computed columns", () => {
  expect(lineageOf("silver t { from bronze.a  select { id, k = x, s = x + y, s2 = (x + 1) * x, c = 1 } }")).toEqual([
    "id <- copied bronze.a.id",
    "k <- copied bronze.a.x",
    "s <- derived bronze.a.x, derived bronze.a.y",
    "s2 <- derived bronze.a.x",
    "c <- ",
  ]);
});

it("follows columns that are replaced, in order", () => {
  expect(lineageOf("silver t { from bronze.a  derive { x = y, w = x }  select { x, w } }")).toEqual([
    "x <- copied bronze.a.y",
    "w <- copied bronze.a.y",
  ]);
});

it("traces through functions of the program", () => {
  expect(lineageOf("fn twice(n: int): int = n * 2\nsilver t { from bronze.a  select { d = twice(x) } }")).toEqual([
    "d <- derived bronze.a.x",
  ]);
});

it("distinguishes the values of a match from its conditions", () => {
  expect(
    lineageOf('silver t { from bronze.a  select { m = match { x > 1 => id, x == y => "b" else => t } } }'),
  ).toEqual(["m <- derived bronze.a.id, derived bronze.a.t, conditional bronze.a.x, conditional bronze.a.y"]);
});

it("resolves the relation of a column through joins and aliases", () => {
  expect(
    lineageOf(`silver t {
      from bronze.a as l
      left join one bronze.b as r on r.id == l.id
      derive { both = l.x + (r.x ?? 0) }
      join one bronze.b as s on s.id == l.id and s.x == both
      select { l.id, rid = r.id, sz = s.z, both, again = both + s.x }
    }`),
  ).toEqual([
    "id <- copied bronze.a.id",
    "rid <- copied bronze.b.id",
    "sz <- copied bronze.b.z",
    "both <- derived bronze.a.x, derived bronze.b.x",
    "again <- derived bronze.a.x, derived bronze.b.x",
    "joined bronze.b.id",
    "joined bronze.a.id",
    "joined bronze.b.x",
    "joined bronze.a.x",
  ]);
});

it("traces a join that is not followed by a select", () => {
  const lines = lineageOf(`bronze c from files.csv("c.csv") { id: string, q: int, key id }
    silver t { from bronze.a as l  join one bronze.c as r on r.id == l.id  derive { n = l.y + r.q } }`);
  expect(lines).toEqual([
    "id <- copied bronze.a.id",
    "x <- copied bronze.a.x",
    "y <- copied bronze.a.y",
    "t <- copied bronze.a.t",
    "q <- copied bronze.c.q",
    "n <- derived bronze.a.y, derived bronze.c.q",
    "joined bronze.c.id",
    "joined bronze.a.id",
  ]);
});

it("traces groups, and joins of groups", () => {
  expect(
    lineageOf(`silver t {
      from bronze.a
      group by k = id { s = sum(x) where y > 1, n = count(), r = safe_div(sum(x), count()) }
      join one bronze.b as b on b.id == k
      select { k, s, n, r, up = s + 1, b.z }
    }`),
  ).toEqual([
    "k <- copied bronze.a.id",
    "s <- aggregated bronze.a.x, conditional bronze.a.y",
    "n <- ",
    "r <- aggregated bronze.a.x",
    "up <- aggregated bronze.a.x, conditional bronze.a.y",
    "z <- copied bronze.b.z",
    "grouped bronze.a.id",
    "joined bronze.b.id",
    "joined bronze.a.id",
  ]);
});

it("marks values that do not reveal their input", () => {
  expect(
    lineageOf(`silver t {
      from bronze.a
      derive { h = sha256(id), hx = sha256(id) & id }
      group by h { n = count_distinct(t), both = count(x) + max(x), i = max(hx) }
    }`),
  ).toEqual([
    "h <- masked derived bronze.a.id",
    "n <- masked aggregated bronze.a.t",
    "both <- masked aggregated bronze.a.x, aggregated bronze.a.x",
    "i <- masked aggregated bronze.a.id, aggregated bronze.a.id",
    "grouped bronze.a.id",
  ]);
});

it("lists what decides which rows exist", () => {
  expect(
    lineageOf(`silver t {
      from bronze.a
      where x > 1 and y > x
      expect "q": y > 2 else quarantine
      expect "w": t is not null else warn
      select { x }
      distinct
      sort x
      take 3
    }`),
  ).toEqual([
    "x <- copied bronze.a.x",
    "filtered bronze.a.x",
    "filtered bronze.a.y",
    "expected bronze.a.y",
    "expected bronze.a.t",
    "deduplicated bronze.a.x",
    "sorted bronze.a.x",
  ]);
});

it("lists what the choice of the latest row depends on", () => {
  const lines = lineageOf("silver t { from bronze.a  select { id, x }  distinct on id latest by x }");
  expect(lines.slice(2)).toEqual(["deduplicated bronze.a.id", "sorted bronze.a.x"]);
});

const flowText = ({ from, to, kind, path }: Flow): string =>
  [
    `${from.relation}.${from.column}`,
    ...path.map(
      (step) => `${step.kind} ${[step.relation, step.column].filter((name) => name !== undefined).join(".")}`,
    ),
    `= ${kind} ${to.column ?? "rows"}`,
  ].join(" > ");

it("finds the path from a source column to a gold column and to the rows of a gold table", () => {
  const graph = columnLineage(
    programOf(`${declarations}
      silver s { from bronze.a  derive { d = x + y } }
      gold g { from silver.s  where y > 1  group by id { m = max(d) } }
    `),
  );
  const a = 'files.csv("in/a.csv")';
  expect([...flows(graph, (relation) => relation === "gold.g")].map(flowText)).toEqual([
    `${a}.id > copied bronze.a.id > copied silver.s.id > copied gold.g.id > = copied id`,
    `${a}.x > copied bronze.a.x > derived silver.s.d > aggregated gold.g.m > = aggregated m`,
    `${a}.y > copied bronze.a.y > derived silver.s.d > aggregated gold.g.m > = aggregated m`,
    `${a}.y > copied bronze.a.y > copied silver.s.y > filtered gold.g > = filtered rows`,
    `${a}.id > copied bronze.a.id > copied silver.s.id > grouped gold.g > = grouped rows`,
  ]);
});

it("takes the closest of several paths, and the shortest of the closest", () => {
  const graph = columnLineage(
    programOf(`${declarations}
      silver one { from bronze.a  select { id, v = x } }
      silver two { from silver.one  select { id, v } }
      gold g {
        from bronze.a as a
        join one silver.one as o on o.id == a.id
        join one silver.two as t on t.id == a.id
        select { near = match { t.v > 0 => t.v, o.v > 0 => o.v, a.x > 0 => 1 else => o.v + 0 } }
      }
    `),
  );
  const toNear = [...flows(graph, (relation) => relation === "gold.g")].filter(({ to }) => to.column === "near");
  expect(toNear.map(flowText)).toEqual([
    'files.csv("in/a.csv").x > copied bronze.a.x > copied silver.one.v > derived gold.g.near > = derived near',
  ]);
});

it("every column of the example has a source, except constants and counts", () => {
  const program = exampleProgram();
  const graph = columnLineage(program);
  const reached = new Set([...flows(graph, () => true)].map(({ to }) => `${to.relation}.${to.column}`));
  const unreached = [...graph.relations.values()].flatMap(({ name, columns }) =>
    [...columns.keys()].map((column) => `${name}.${column}`).filter((column) => !reached.has(column)),
  );
  expect(unreached).toEqual([
    "silver.zip_codes.points",
    "gold.order_payments.parts",
    "gold.orders.items",
    "gold.revenue_by_month.items",
    "gold.revenue_by_category.items",
    "gold.delivery_performance.delivered",
    "gold.customers.items",
    "gold.top_sellers.items",
  ]);
});

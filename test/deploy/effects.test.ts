import { expect, it } from "vitest";
import { effectText, type MakerChange, tableEffects } from "../../src/deploy/effects.ts";
import { type TableFacts, tableFacts } from "../../src/deploy/table-facts.ts";
import { programOf } from "../codegen/support/compile.ts";

const shop = (columns: string, silver: string): readonly TableFacts[] =>
  tableFacts(
    programOf(`
      project shop { lake = adls { account: "shoplake", container: "lake" } }
      source files = http { base_url: "https://example.com/" }
      bronze t from files.csv("t.csv") { ${columns} }
      silver t { ${silver} }
      gold a { from silver.t }
      gold b { from gold.a  select { id } }
      gold c { from silver.t as t  join one gold.b as b on b.id == t.id  select { t.id } }
    `),
  );

const COLUMNS = "id: string, n: int, key id";
const SILVER = "from bronze.t  select { id, n }  key id";
const before = shop(COLUMNS, SILVER);

const notebook: MakerChange = { kind: "notebook", tables: ["silver.t"], action: "change", isDrifted: false };
const pipeline: MakerChange = { ...notebook, kind: "pipeline", tables: ["bronze.t", "silver.t"] };

function told(after: readonly TableFacts[], change: MakerChange = notebook, known = true): readonly string[] {
  return tableEffects(known ? before : undefined, after)
    .of(change)
    .map(effectText);
}

it("equal facts have no effect on data", () => {
  expect(told(before)).toEqual([]);
  expect(told(before, pipeline)).toEqual([]);
});

it("a new column is null in existing rows", () => {
  expect(told(shop(COLUMNS, "from bronze.t  select { id, n, m = n + 1 }  key id"))).toEqual([
    "adds the column m to silver.t: existing rows get null until it is rebuilt",
  ]);
});

it("a removed or retyped column rebuilds the table and its dependants, each counted once", () => {
  expect(told(shop(COLUMNS, "from bronze.t  select { id }  key id"))).toEqual([
    "rebuilds silver.t and 3 tables downstream (column n removed)",
  ]);
  expect(told(shop(COLUMNS, "from bronze.t  select { id, n = n as long }  key id"))).toEqual([
    "rebuilds silver.t and 3 tables downstream (column n: int → long)",
  ]);
  const nullable = "from bronze.t  select { id, n = match { n > 0 => n  else => null } }  key id";
  expect(told(shop(COLUMNS, nullable))).toEqual(["rebuilds silver.t and 3 tables downstream (column n: int → int?)"]);
});

it("a new key or a new definition of the rows rebuilds the table", () => {
  expect(told(shop(COLUMNS, "from bronze.t  select { id, n }  key (id, n)"))).toEqual([
    "rebuilds silver.t and 3 tables downstream (key)",
  ]);
  expect(told(shop(COLUMNS, "from bronze.t  where n > 1  select { id, n }  key id"))).toEqual([
    "rebuilds silver.t and 3 tables downstream (definition)",
  ]);
});

it("a notebook that was edited manually may have built the rows", () => {
  expect(told(before, { ...notebook, isDrifted: true })).toEqual([
    "rebuilds silver.t and 3 tables downstream (changed outside of deployments)",
  ]);
  expect(told(before, { ...pipeline, isDrifted: true })).toEqual([]);
});

it("files that have landed are kept", () => {
  expect(told(shop("id: string, n: int, m: int, key id", SILVER), pipeline)).toEqual([
    "adds the column m to bronze.t, also for existing files",
  ]);
  expect(told(shop("id: string, n: long, key id", "from bronze.t  select { id, n }  key id"), pipeline)).toEqual([
    "reads bronze.t again from its files, and rebuilds 4 tables downstream (column n: int → long)",
  ]);
});

it("a new table is built; the folder of a removed one stays", () => {
  const added = { ...notebook, action: "add", tables: ["gold.new"] } as const;
  const [first] = before;
  if (first === undefined) expect.fail("there are tables");
  expect(told([...before, { ...first, name: "gold.new" }], added)).toEqual(["builds gold.new"]);
  expect(told(before.slice(0, -1), { ...notebook, action: "destroy", tables: ["gold.c"] })).toEqual([
    "keeps the folder of gold.c in the lake; `--allow-destroy gold.c` deletes it",
  ]);
});

it("claims no effect if the previous deployment is unknown", () => {
  expect(told(before, notebook, false)).toEqual([
    "may rebuild silver.t and 3 tables downstream: the previous deployment is unknown",
  ]);
  expect(told(before, { ...notebook, action: "add" }, false)).toEqual(["builds silver.t"]);
});

it("views, and jobs and pipelines that only run others, have no effect on data", () => {
  const after = shop(COLUMNS, "from bronze.t  select { id }  key id");
  for (const kind of ["view", "job", "trigger"] as const) expect(told(after, { ...notebook, kind })).toEqual([]);
  expect(told(after, { ...pipeline, tables: ["silver.t"] })).toEqual([]);
});

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { runCommandLine } from "../../src/cli/main.ts";
import { createTestIo, medalc, type TestIoOptions, temporaryFolder } from "../support/io.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "shop" } }
source files = file { path: "in" }
bronze orders from files.csv("orders.csv") { id: int, name: string @pii, amount: decimal(10,2), at: timestamp, big: long, x: double? }
silver orders { from bronze.orders  key id }
gold \`odd "name"\` { from silver.orders select { id } }
gold totals { from silver.orders group by name { total = sum(amount) } }
`;
const ORDERS = `id,name,amount,at,big,x
1,ada,10.50,2026-01-01 10:00:00,9007199254740993,1.5
2,grace,20.00,2026-01-02 10:00:00.000001,7,2.25
oops,alan,1.00,2026-01-03 10:00:00,1,1
`;

async function project(): Promise<string> {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "in/orders.csv": ORDERS });
  expect(await medalc("run", { folder })).toMatchObject({ code: EXIT.ok });
  return folder;
}

async function query(sql: string, folder: string, args: readonly string[] = [], options: TestIoOptions = {}) {
  const io = createTestIo({ folder, ...options });
  const code = await runCommandLine(["query", ...args, sql], io);
  return { code, out: io.out(), err: io.err() };
}

async function json(sql: string, folder: string, args: readonly string[] = []) {
  return JSON.parse((await query(sql, folder, ["--json", ...args])).out);
}

it("every table is a view of its current version", async () => {
  const folder = await project();
  const rows = async (sql: string) => (await json(sql, folder)).rows;
  expect(await rows("from bronze.orders select id order by id")).toEqual([{ id: 1 }, { id: 2 }]);
  expect(await rows("select name, total from gold.totals order by name")).toEqual([
    { name: "ada", total: "10.50" },
    { name: "grace", total: "20.00" },
  ]);
  expect(await rows("select reason from quarantine.silver.orders")).toEqual([{ reason: "id is not int" }]);
  expect(await rows('select count(*) as n from gold."odd ""name"""')).toEqual([{ n: 2 }]);
  expect(await rows("select schema, name from (show all tables) order by all")).toContainEqual({
    schema: "gold",
    name: "totals",
  });
});

it("old versions are not part of it, unlike reading all Parquet files", async () => {
  const folder = await project();
  writeFileSync(`${folder}/in/orders.csv`, `${ORDERS}3,edsger,1.00,2026-01-04 10:00:00,1,1\n`);
  expect(await medalc("run", { folder })).toMatchObject({ code: EXIT.ok });
  const parts = readdirSync(`${folder}/.medal/lake/silver/orders`).filter((each) => each.endsWith(".parquet"));
  expect(parts.length).toBeGreaterThan(1);
  expect((await json("select count(*) as n from silver.orders", folder)).rows).toEqual([{ n: 3 }]);
});

it("reports how many records of a bronze file were rejected", async () => {
  const folder = await project();
  const { out, err } = await query("select count(*) as n from bronze.orders", folder);
  expect(out).toBe("n\n-\n2\n");
  expect(err).toBe(
    "1 row; 1 record of bronze.orders was rejected: the quarantine of each table that reads it has the rows\n",
  );
  expect(await json("from bronze.orders", folder)).toMatchObject({ rejected: { "bronze.orders": 1 } });
  expect(await json("from silver.orders", folder)).not.toHaveProperty("rejected");
});

/** Records that DuckDB by itself misreads: it fails, or misses the start of the next one. */
const MALFORMED = [
  'a"b,c,1.00,2026-01-01 10:00:00,1,1',
  '4,"a" b,1.00,2026-01-01 10:00:00,1,1',
  '5,"a""b,1.00,2026-01-01 10:00:00,1,1,1',
  "6",
  '7,"over\nlines",1.00,2026-01-01 10:00:00,1,1,',
  "8,,,,,,,,,,,",
  `9,${"x".repeat(3000)},\u0000,2026-01-01 10:00:00,1,1`,
];

it.each([
  ["each alone", MALFORMED.map((each) => [each])],
  ["all", [MALFORMED]],
  ["a text that never ends", [['10,"never', ...MALFORMED]]],
])("a bronze file with malformed records can be asked and shown: %s", { timeout: 120_000 }, async (_, files) => {
  for (const records of files) {
    const text = `${ORDERS}${records.join("\n")}\n11,last,1.00,2026-01-01 10:00:00,1,1\n`;
    const folder = temporaryFolder({ "shop.medal": PROGRAM, "in/orders.csv": text });
    await medalc("run", { folder });
    const asked = await json("select count(*) as n from bronze.orders", folder);
    const shown = JSON.parse((await medalc("show bronze.orders --json", { folder })).out);
    expect(asked.rows, records.join("\n")).toHaveLength(1);
    expect({ n: asked.rows[0].n, rejected: asked.rejected["bronze.orders"] }).toEqual({
      n: shown.total,
      rejected: shown.rejected,
    });
    expect(shown.rejected).toBeGreaterThan(1);
  }
});

it.each([
  ["silver/orders", "silver.orders", "select * from silver.orders"],
  ["bronze/orders", "bronze.orders", "select * from bronze.orders"],
])("damage that keeps the size of a file of %s is told as show tells it", async (below, relation, sql) => {
  const folder = await project();
  const lake = `${folder}/.medal/lake/${below}`;
  const names = readdirSync(lake, { recursive: true, encoding: "utf8" });
  const path = `${lake}/${names.find((each) => /\.(?:parquet|csv)$/.test(each))}`;
  const { length } = readFileSync(path);
  writeFileSync(path, Buffer.alloc(length, "x"));
  const shown = await medalc(`show ${relation}`, { folder });
  const asked = await query(sql, folder);
  expect(shown.code).toBe(EXIT.errors);
  expect({ ...asked, out: "" }).toEqual({ ...shown, out: "" });
  if (below === "silver/orders") expect(asked.err).toContain("error lake-unreadable:");
});

it("prints values like show", async () => {
  const folder = await project();
  const { columns, rows, complete } = await json(
    "select *, [1, 2] as l, {'a': null} as s from silver.orders order by id",
    folder,
  );
  expect(complete).toBe(true);
  expect(columns[2]).toEqual({ name: "amount", type: "DECIMAL(10,2)" });
  expect(rows).toEqual([
    {
      id: 1,
      name: "ada",
      amount: "10.50",
      at: "2026-01-01T10:00:00.000000Z",
      big: "9007199254740993",
      x: 1.5,
      l: "[1,2]",
      s: '{"a":null}',
    },
    {
      id: 2,
      name: "grace",
      amount: "20.00",
      at: "2026-01-02T10:00:00.000001Z",
      big: 7,
      x: 2.25,
      l: "[1,2]",
      s: '{"a":null}',
    },
  ]);
  const shown = JSON.parse((await medalc("show silver.orders --json", { folder })).out).rows;
  expect(shown).toEqual(rows.map(({ l: _, s: __, ...row }: Record<string, unknown>) => row));
});

it("a double that is not a JSON number is text", async () => {
  const { rows } = await json(
    "select 'inf'::double as a, '-inf'::float as b, 'nan'::double as c, 1e300 as d",
    await project(),
  );
  expect(rows).toEqual([{ a: "inf", b: "-inf", c: "nan", d: 1e300 }]);
});

it("both columns of the same name are returned", async () => {
  const { rows } = await json("select 1 as a, 2 as a", await project());
  expect(Object.values(rows[0])).toEqual([1, 2]);
});

it("--limit reports omitted rows; CSV has them all", async () => {
  const folder = await project();
  const some = await query("select * from range(1500)", folder);
  expect(some.err).toBe("first 1000 rows; use --limit for more\n");
  expect((await json("select * from range(3)", folder, ["--limit", "2"])).complete).toBe(false);
  expect((await json("select * from range(2)", folder, ["--limit", "2"])).complete).toBe(true);
  const csv = await query("select * from range(1500)", folder, ["--csv"]);
  expect(csv.out.split("\n").length).toBe(1502);
});

it("- reads standard input", async () => {
  const folder = await project();
  expect((await query("-", folder, [], { stdin: "select 1 as a -- one\n;\n" })).out).toBe("a\n-\n1\n");
});

it.each([
  ["selct 1", "query:1:1: error query-failed", 'syntax error at or near "selct"'],
  ["select 'é😀', nme from gold.totals", "query:1:15: error query-failed", "Did you mean `name`?"],
  [
    "select * from gold.total",
    "query:1:15: error query-failed: the query failed: the lake has no table gold.total",
    "`gold.totals`",
  ],
  ["select * from orders", "query:1:15: error query-failed", "the lake has no table orders"],
  ["select cast('a' as int)", "query:1:8: error query-failed", "Could not convert string 'a' to INT32"],
  ["", "error: an argument is empty", ""],
  [";", "query:1:1: error query-not-select", "the query is empty"],
])("%j: what is wrong is said with its place", async (sql, place, text) => {
  const { code, out, err } = await query(sql, await project());
  expect(err).toContain(place);
  expect(err).toContain(text);
  expect({ code: code === EXIT.errors || sql === "", out }).toEqual({ code: true, out: "" });
});

it("table-not-built: a table that is not in the lake yet", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "in/orders.csv": ORDERS });
  const { code, err } = await query("select * from gold.totals", folder);
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("query:1:15: error table-not-built: gold.totals is not in the lake yet");
  expect(err).toContain("medalc run --select +gold.totals");
});

/** Size and modification time of everything in a folder, by path. */
function states(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true }).map(String).sort();
  return Object.fromEntries(
    paths.map((path) => [path, `${statSync(`${folder}/${path}`).mtimeMs} ${statSync(`${folder}/${path}`).size}`]),
  );
}

it("query-not-select, query-refused: nothing outside the lake is read, and nothing is written", async () => {
  const folder = await project();
  const [part = ""] = readdirSync(`${folder}/.medal/lake/gold/totals`).filter((each) => each.endsWith(".parquet"));
  const own = `${folder}/.medal/lake/gold/totals/${part}`;
  const before = states(folder);
  const attacks = [
    "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from read_text('/proc/self/environ')",
    "select * from glob('/etc/*')",
    `select * from glob('${folder}/*')`,
    `select * from read_text('${folder}/shop.medal')`,
    `select * from read_text('${folder}/.medal/lake/gold/totals/_delta_log/00000000000000000000.json')`,
    `select * from read_parquet('${folder}/.medal/lake/gold/totals/*.parquet')`,
    "select * from read_parquet('https://shop.example/a.parquet')",
    "select * from delta_scan('.medal/lake/gold/totals')",
    `copy gold.totals to '${folder}/stolen.csv'`,
    `copy (select 1) to '${own}' (format parquet, use_tmp_file false)`,
    `explain analyze copy (select 1) to '${own}' (format parquet, use_tmp_file false)`,
    `export database '${folder}/stolen'`,
    `attach '${folder}/stolen.db'`,
    "detach quarantine",
    "install httpfs",
    "load httpfs",
    "create table gold.mine as select 1",
    "create temp table mine as select 1",
    "insert into gold.totals values ('x', 1)",
    "update gold.totals set total = 0",
    "delete from gold.totals",
    "drop view gold.totals",
    "set enable_external_access = true",
    "reset lock_configuration",
    "set allowed_directories = ['/']",
    "pragma enable_profiling",
    "call pragma_version()",
    "begin",
    "use gold",
    "create secret s (type s3)",
    "select * from duckdb_secrets()",
    "select getenv('HOME')",
    "select 1; drop view gold.totals",
    "prepare q as select 1",
    "with a as (delete from gold.totals) select 1",
  ];
  for (const sql of attacks) {
    const { code, out, err } = await query(sql, folder);
    expect({ sql, code, out }).toEqual({ sql, code: EXIT.errors, out: "" });
    expect(err, sql).toMatch(/error query-(not-select|refused|failed): /);
    expect(err, sql).not.toMatch(/root:|bug of its own/);
  }
  expect(states(folder)).toEqual(before);
  expect(existsSync(`${folder}/stolen.csv`)).toBe(false);
});

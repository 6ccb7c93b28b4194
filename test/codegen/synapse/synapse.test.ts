import fc from "fast-check";
import { expect, it } from "vitest";
import { viewScripts } from "../../../src/codegen/shared/serving-views.ts";
import { batchesOf } from "../../../src/codegen/shared/tsql.ts";
import { synapseTarget } from "../../../src/codegen/synapse/index.ts";
import { expectGolden } from "../../support/golden.ts";
import { contextOf, exampleContext, exampleProgram, programOf } from "../support/compile.ts";
import { faultsOf } from "./judges.ts";
import { hostileNames, statementIn, viewMeans } from "./read-view.ts";

const context = contextOf({});

const project = (database = "shop") => `
project shop {
  lake  = adls { account: "shoplake", container: "lake" }
  serve = synapse { workspace: "shop", database: ${JSON.stringify(database)} }
}
source files = http { base_url: "https://example.com/" }
`;

const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

it("emits the example's scripts", () => {
  for (const file of synapseTarget.emit(exampleProgram(), exampleContext)) {
    expectGolden(`ecommerce/${file.path}`, file.text);
  }
});

it("emits no script of views for a program without gold tables", async () => {
  const files = synapseTarget.emit(programOf(project()), context);
  expect(files.map(({ path }) => path)).toEqual([
    "synapse/01-database.sql",
    "synapse/02-storage.sql",
    "synapse/03-schema.sql",
    "synapse/05-grants.sql",
  ]);
  expect(await faultsOf(files.flatMap((file) => batchesOf(file.text)))).toEqual([]);
}, 120_000);

it("emits scripts that foreign parsers accept", async () => {
  const files = synapseTarget.emit(exampleProgram(), exampleContext);
  expect(await faultsOf(files.flatMap((file) => batchesOf(file.text)))).toEqual([]);
}, 120_000);

it("gives a judge something to refuse", async () => {
  expect(await faultsOf(["CREATE VIEW [a] AS SELECT [b] [c] [d] FROM [e];\n"])).not.toEqual([]);
}, 120_000);

it("gives each column the smallest type that holds its values", () => {
  const program = programOf(`${project()}
    enum Size { small, "extra grösse" }
    bronze all from files.csv("all.csv") {
      a: bool, b: int, c: long, d: double, e: decimal(38,9), f: date, g: timestamp, h: string, i: Size
    }
    gold all {
      from bronze.all
      derive { j = match { a => "yes" else => "no…" }, k = match { a => h else => "x" }, l = match { a => "" else => "" } }
    }
    gold again { from gold.all  select { kept = j, lost = lower(j) } }
  `);
  const types = (name: string): readonly string[] =>
    viewMeans(
      viewScripts(program)
        .find((view) => view.name === name)
        ?.batch.join("prod") ?? "",
    ).columns.map(({ type }) => type);
  const text = (width: string): string => `varchar(${width}) COLLATE Latin1_General_100_BIN2_UTF8`;
  expect(types("gold.all")).toEqual([
    ...["bit", "int", "bigint", "float", "decimal(38, 9)", "date", "datetime2(6)"],
    ...[text("8000"), text("13"), text("5"), text("8000"), text("1")],
  ]);
  expect(types("gold.again")).toEqual([text("5"), text("15")]);
});

it("follows the maximum length of texts through expressions", () => {
  const program = programOf(`${project()}
    bronze t from files.csv("t.csv") { id: string(32), state: string(2)?, n: int, at: timestamp, note: string }
    silver s { from bronze.t  derive { key = id & "-" & (n as string) } }
    gold t {
      from silver.s
      select {
        id, key
        part = left(note, 3)
        none = state ?? "unknown"
        hash = md5(note)
        month = format_date(at, "MMMM yyyy")
        short = note as string(10)
      }
    }
    gold g { from silver.s  group by state { last = max(key), any = max(note) } }
  `);
  const widths = (name: string): readonly (string | undefined)[] =>
    viewMeans(
      viewScripts(program)
        .find((view) => view.name === name)
        ?.batch.join("prod") ?? "",
    ).columns.map(({ type }) => /varchar\((\w+)\)/.exec(type)?.[1]);
  expect(widths("gold.t")).toEqual(["128", "140", "12", "8", "32", "14", "40"]);
  expect(widths("gold.g")).toEqual(["8", "140", "8000"]);
});

it("shows personal data only to a role of its own, whose members are readers", async () => {
  const program = programOf(`${project()}
    bronze t from files.csv("t.csv") { id: int, name: string @pii, n: int @unit("kg") }
    gold t { from bronze.t  derive { initial = left(name, 1) } }
    gold counts { from bronze.t  group { rows = count(), named = count(name) per row } }
  `);
  const means = viewScripts(program).map((view) => viewMeans(view.batch.join("prod")));
  expect(means.map(({ name, masked }) => [name, masked])).toEqual([
    ["t", ["name", "initial"]],
    ["counts", []],
  ]);
  const grants = synapseTarget.emit(program, context).find(({ path }) => path.endsWith("05-grants.sql"))?.text ?? "";
  expect(grants).toContain("CREATE ROLE [gold_pii_reader];");
  expect(grants).toContain("ALTER ROLE [gold_reader] ADD MEMBER [gold_pii_reader];");
  expect(
    await faultsOf([...viewScripts(program).map((view) => view.batch.join("prod")), ...batchesOf(grants)]),
  ).toEqual([]);

  const own = programOf(`${project().replace('database: "shop"', 'database: "shop", schema: "stock"')}
    bronze t from files.csv("t.csv") { name: string @pii }
    gold t { from bronze.t }
  `);
  expect(viewScripts(own)[0]?.batch.join("prod")).toContain("IS_ROLEMEMBER('stock_pii_reader') = 1");
  const none = programOf(`${project()} bronze t from files.csv("t.csv") { a: int } gold t { from bronze.t }`);
  expect(
    synapseTarget
      .emit(none, context)
      .map(({ text }) => text)
      .join(),
  ).not.toContain("pii_reader");
}, 120_000);

it("keeps documentation inside of comments", () => {
  const program = programOf(`${project()}
    bronze t from files.csv("t.csv") { a: string }
    /// Ends here? */ GO
    ///
    /// GO
    /// DROP DATABASE [shop]; -- $(password) '
    gold t {
      from bronze.t
    }
  `);
  const [view] = viewScripts(program);
  expect(view?.batch.join("prod")).toContain(
    "-- Ends here? */ GO\n--\n-- GO\n-- DROP DATABASE [shop]; -- $ (password) '\nCREATE OR ALTER VIEW [gold].[t] AS\n",
  );
});

it("has no character in comments that some client takes for the end of a line", () => {
  const program = exampleProgram();
  const [table, ...others] = program.tables.filter(({ layer }) => layer === "gold");
  if (table === undefined) expect.fail("the example has gold tables");
  const hostile = { ...table, doc: "a\u2028GO\rGO\u0085GO\vGO\fGO\u0000b" };
  const [view] = viewScripts({ ...program, tables: [hostile, ...others] });
  expect(view?.batch.join("prod")?.startsWith("-- a\n-- GO\n-- GO\n-- GO\n-- GO\n-- GO b\nCREATE OR ALTER VIEW")).toBe(
    true,
  );
});

it("keeps the meaning of names that try to break out", async () => {
  const views = fc.sample(fc.uniqueArray(hostileNames, { minLength: 2, maxLength: 4 }), { numRuns: 40, seed: 7 });
  const batches: string[] = [];
  for (const [name = "", ...columns] of views) {
    const program = programOf(`${project()}
      bronze t from files.csv("t.csv") { ${columns.map((column, at) => `${quoted(column)}: string${at === 0 ? " @pii" : ""}`).join(", ")} }
      gold ${quoted(name)} { from bronze.t }
    `);
    const [view] = viewScripts(program);
    const statement = statementIn(view?.batch.join("prod") ?? "");
    expect(view?.batch.join("prod")).not.toContain("$(");
    const masked = columns.slice(0, 1);
    expect(viewMeans(statement)).toMatchObject({ name, folder: `${name}/`, selected: columns, masked });
    expect(viewMeans(statement).columns.map((column) => column.name)).toEqual(columns);
    batches.push(...(view ? [view.batch.join("prod")] : []), statement);
  }
  expect(await faultsOf([...new Set(batches)])).toEqual([]);
}, 120_000);

it("keeps the names of the database and the factory in their place", async () => {
  const database = "a]b'c$(d)--";
  const program = programOf(`
    project shop {
      lake   = adls { account: "shoplake", container: "lake" }
      ingest = datafactory { name: "f]'" }
      serve  = synapse { workspace: "shop", database: "${database}" }
    }
  `);
  const batches = synapseTarget.emit(program, context).flatMap((file) => batchesOf(file.text));
  expect(batches.join("")).not.toContain("$(");
  expect(statementIn(batches[0] ?? "")).toContain(
    "EXEC ('CREATE DATABASE [a]]b''c$(d)--] COLLATE Latin1_General_100_BIN2_UTF8;');",
  );
  expect(batches.at(-1)).toBe("ALTER ROLE [gold_publisher] ADD MEMBER [f]]'];\n");
  expect(await faultsOf(batches)).toEqual([]);
}, 120_000);

it("holds no secret and no password", () => {
  const text = synapseTarget
    .emit(exampleProgram(), exampleContext)
    .map((file) => file.text)
    .join("");
  expect(text).not.toMatch(/SECRET|PASSWORD = '[^']/);
});

it("applies to programs that serve with synapse", () => {
  expect(synapseTarget.applies(exampleProgram())).toBe(true);
  expect(synapseTarget.applies(programOf('project p { lake = adls { account: "acc", container: "lake" } }'))).toBe(
    false,
  );
});

const codes = (text: string): readonly string[] =>
  synapseTarget.check(programOf(text), context).map(({ code }) => code);

it("accepts the example", () => {
  expect(synapseTarget.check(exampleProgram(), exampleContext)).toEqual([]);
});

it.each(["", "master", "MSDB", "default"])("refuses to call the database %j", (name) => {
  expect(codes(project(name))).toEqual(["synapse-database-name"]);
});

it("refuses names of more than 128 characters", () => {
  const long = "a".repeat(129);
  expect(codes(project(long))).toEqual(["synapse-name-too-long"]);
  expect(
    codes(`${project()} bronze t from files.csv("t.csv") { a: int } gold ${"a".repeat(128)} { from bronze.t }`),
  ).toEqual([]);
});

it("refuses line breaks and control characters in names", () => {
  expect(codes(project("a\nGO"))).toEqual(["synapse-name-character"]);
  expect(
    codes(`${project()} bronze t from files.csv("t.csv") { \`a\u2028\`: int } gold \`b\u0007\` { from bronze.t }`),
  ).toEqual(["synapse-name-character", "synapse-name-character"]);
});

it("refuses more columns than a view has", () => {
  const columns = Array.from({ length: 1025 }, (_, index) => `c${index}: int`).join("\n");
  expect(codes(`${project()} bronze t from files.csv("t.csv") {\n${columns}\n}\ngold t { from bronze.t }`)).toEqual([
    "synapse-too-many-columns",
  ]);
});

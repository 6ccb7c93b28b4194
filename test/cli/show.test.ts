import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { runCommandLine } from "../../src/cli/main.ts";
import { createTestIo, medalc, type TestIoOptions, temporaryFolder } from "../support/io.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "shop" } }
source files = file { path: "in" }
enum Status { paid, returned }
fn gross(net: decimal(10,2)): decimal(13,3) = net * 1.2
bronze orders from files.csv("orders.csv") { id: int, customer: string?, note: string, amount: decimal(10,2), status: Status, at: timestamp }
silver orders {
  from bronze.orders
  expect "costs something": amount > 0.00 else quarantine
}
gold best { from silver.orders select { id, amount, \`a, b\` = id } }
`;
const LONG = "a note that is longer than any terminal is wide, and then some more of it";
const ORDERS = `id,customer,note,amount,status,at
1,ada,"${LONG}",10.50,paid,2026-01-01 10:00:00
2,,b,20.00,returned,2026-01-02 10:00:00
3,grace,c,10.50,paid,2026-01-03 10:00:00
4,edsger,"d, ""quoted""",7.25,paid,2026-01-04 10:00:00
5,alan,e,0.00,paid,2026-01-05 10:00:00
6,alan,f,6.00,lost,2026-01-06 10:00:00
`;

async function project(): Promise<string> {
  const folder = temporaryFolder({ "shop/shop.medal": PROGRAM, "shop/in/orders.csv": ORDERS });
  expect(await medalc("run", { folder: `${folder}/shop` })).toMatchObject({ code: EXIT.ok });
  return `${folder}/shop`;
}

async function show(args: readonly string[], options: TestIoOptions) {
  const io = createTestIo(options);
  const code = await runCommandLine(["show", ...args], io);
  return { code, out: io.out(), err: io.err() };
}

async function ids(args: readonly string[], folder: string): Promise<unknown> {
  const { out, err } = await show(["silver.orders", "--json", ...args], { folder });
  expect(err).toBe("");
  const { rows, diagnostics } = JSON.parse(out);
  return rows?.map((row: { id: number }) => row.id) ?? diagnostics;
}

it("--where is a Medal condition over all columns, with functions and enums of the program", async () => {
  const folder = await project();
  expect(await ids(["--where", "amount > 10"], folder)).toEqual([1, 2, 3]);
  expect(await ids(["--where", "gross(amount) > 12.6 and status == Status.returned"], folder)).toEqual([2]);
  expect(await ids(["--where", 'customer == "ada"'], folder)).toEqual([1]);
  // A condition that is null is not true.
  expect(await ids(["--where", 'customer != "ada"'], folder)).toEqual([3, 4]);
  expect(await ids(["--where", "customer is null"], folder)).toEqual([2]);
  expect(await ids(["--where", "row.id in [1, 4]"], folder)).toEqual([1, 4]);
});

it("--sort has the syntax of sort in a table; ties are ordered by the other columns", async () => {
  const folder = await project();
  expect(await ids(["--sort", "amount desc"], folder)).toEqual([2, 1, 3, 4]);
  expect(await ids(["--sort", "amount, id desc"], folder)).toEqual([4, 3, 1, 2]);
  expect(await ids(["--sort", "customer"], folder)).toEqual([2, 1, 4, 3]);
});

it("--limit and --offset select a page, and the closing line says how to continue", async () => {
  const folder = await project();
  const pages = ["0", "2", "4"].map((offset) => ids(["--sort", "id", "--limit", "2", "--offset", offset], folder));
  expect(await Promise.all(pages)).toEqual([[1, 2], [3, 4], []]);
  const { err } = await show(["silver.orders", "--limit", "1", "--offset", "1", "--where", "id > 1"], { folder });
  expect(err).toContain("rows 2 to 2 of 3 of silver.orders that match; use --offset 2 for the next rows\n");
  expect((await show(["silver.orders", "--offset", "9"], { folder })).err).toContain(
    "no rows at offset 9: 4 rows of silver",
  );
});

it("--columns chooses columns in the given order, and conditions can still use the others", async () => {
  const folder = await project();
  const { out } = await show(["silver.orders", "--columns", "amount, id", "--where", "customer is null"], { folder });
  expect(out).toBe("amount  id\n------  --\n 20.00   2\n");
  expect((await show(["gold.best", "--columns", "`a, b`,id", "--limit", "1"], { folder })).out).toContain("a, b  id\n");
});

it.each([
  [["--where", "amout > 1"], "--where:1:1: error unknown-column", "Did you mean `amount`?"],
  [["--where", "id == 1 and amount >"], "--where:1:21: error unexpected-token", "expected a value"],
  [["--where", "id > 1 } gold x { from silver.orders"], "--where:1:8: error unexpected-token", "expected the end"],
  [["--where", "id > 1\nsort id"], "--where:2:1: error unexpected-token", "expected the end, found `sort`"],
  [["--where", "sum(amount) > 1"], "--where:1:1: error aggregate-outside-group", ""],
  [["--where", "amount"], "--where:1:1: error condition-not-bool", ""],
  [["--where", "1 / (id - id) > 0"], "--where:1:1: error query-failed: the query failed: division by zero", ""],
  [["--sort", "id descending"], "--sort:1:4: error unexpected-token", "expected the end"],
  [["--sort", ", id"], "--sort:1:1: error unexpected-token", "expected a value"],
  [["--sort", "nope"], "--sort:1:1: error unknown-column", ""],
  [["--columns", "id,amont"], "error unknown-column: silver.orders has no column amont", "Did you mean `amount`?"],
])("%j: what is wrong is said with its place", async (args, place, text) => {
  const folder = await project();
  const { code, out, err } = await show(["silver.orders", ...args], { folder });
  expect(err).toContain(place);
  expect(err).toContain(text);
  expect({ code, out }).toEqual({ code: place.startsWith("--") ? EXIT.errors : EXIT.usage, out: "" });
});

it("quarantine tables and bronze take the same options", async () => {
  const folder = await project();
  const { out } = await show(["quarantine.silver.orders", "--where", 'source == "bronze.orders"', "--csv"], { folder });
  expect(out).toMatch(/^source,reason,record\nbronze\.orders,status is not Status,"\{""id"":""6"",.*\}"\n$/);
  const bronze = await show(["bronze.orders", "--where", "id > 4", "--columns", "id"], { folder });
  expect(bronze.out).toBe("id\n--\n 5\n");
  expect(bronze.err).toContain("; 1 record of bronze.orders was rejected: the quarantine");
  expect(JSON.parse((await show(["bronze.orders", "--json"], { folder })).out)).toMatchObject({
    total: 5,
    rejected: 1,
  });
});

it("--wide omits nothing: a table in a pipe, lines on a terminal", async () => {
  const folder = await project();
  const args = ["silver.orders", "--columns", "id,note,amount", "--limit", "1"];
  const narrow = await show(args, { folder, isLive: true, width: 40 });
  expect(narrow.out).not.toContain(LONG);
  expect(narrow.err).toContain("--wide prints every column and value in full");
  const piped = await show([...args, "--wide"], { folder, width: 40 });
  expect(piped.out.split("\n")[2]).toBe(` 1  ${LONG}   10.50`);
  const live = await show([...args, "--wide"], { folder, isLive: true, width: 40 });
  expect(live.out).toBe(`row 1\n  id      1\n  note    ${LONG}\n  amount  10.50\n`);
  expect(live.err).not.toContain("--wide");
});

it("--csv has the format that bronze reads: null is empty, quotes only if needed", async () => {
  const folder = await project();
  const { out } = await show(["silver.orders", "--csv", "--columns", "customer,note", "--where", "id != 1"], {
    folder,
  });
  expect(out).toBe('customer,note\n,b\ngrace,c\nedsger,"d, ""quoted"""\n');
});

it("takes the table and the path of the program in any order", async () => {
  const folder = (await project()).replace(/\/shop$/, "");
  const { out } = await show(["silver.orders", "shop"], { folder });
  expect(out).toContain("ada");
  for (const args of [
    ["shop", "silver.orders"],
    ["silver.orders", "--path", "shop"],
    ["silver.orders", "shop/shop.medal"],
    ["shop/shop.medal", "silver.orders"],
  ]) {
    expect((await show(args, { folder })).out).toBe(out);
  }
  expect(await show(["best", "shop"], { folder })).toMatchObject({ code: EXIT.ok });
  expect(await show(["shop", "best"], { folder })).toMatchObject({ code: EXIT.ok });
});

it("missing-table: a program alone is not sufficient", async () => {
  const folder = (await project()).replace(/\/shop$/, "");
  const { code, err } = await show(["shop"], { folder });
  expect(code).toBe(EXIT.usage);
  expect(err).toContain(
    "error missing-table: no table given, only the program shop\n  hint: Write `medalc show TABLE shop`.",
  );
});

it("unknown-table: the nearest name, both layers of a name, or the existing tables", async () => {
  const folder = await project();
  const hint = async (name: string) => /hint: (.*)/.exec((await show([name], { folder })).err)?.[1];
  expect(await hint("gold.bst")).toBe("Did you mean `gold.best`?");
  expect(await hint("bst")).toBe("Did you mean `best`?");
  expect(await hint("orders")).toBe("Several tables match: `bronze.orders` and `silver.orders`.");
  expect(await hint("nothing")).toBe("The tables are bronze.orders, silver.orders, gold.best.");
});

it("--version and --at show an earlier version of a table", async () => {
  const folder = await project();
  writeFileSync(`${folder}/in/orders.csv`, ORDERS.split("\n").slice(0, 3).join("\n"));
  expect(await medalc("run", { folder })).toMatchObject({ code: EXIT.ok });
  expect(await ids(["--version", "0", "--sort", "id"], folder)).toEqual([1, 2, 3, 4]);
  expect(await ids(["--version", "1", "--sort", "id"], folder)).toEqual([1, 2]);
  expect(await ids(["--at", "9999-12-31", "--sort", "id"], folder)).toEqual([1, 2]);
  expect(await ids(["--at", "2001-01-01T06:00Z"], folder)).toEqual([
    expect.objectContaining({ code: "version-missing" }),
  ]);
  expect((await show(["bronze.orders", "--version", "0"], { folder })).err).toContain("error version-of-file: ");
  expect((await show(["silver.orders", "--at", "yesterday"], { folder })).code).toBe(EXIT.usage);
  expect((await show(["silver.orders", "--at", "2026-02-30"], { folder })).code).toBe(EXIT.usage);
});

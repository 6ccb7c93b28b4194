import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { expect, it, onTestFinished, vi } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { runCommandLine } from "../../src/cli/main.ts";
import { createRunProgress, secondsText, sizeText } from "../../src/cli/run-progress.ts";
import { createTestIo, medalc, temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

/** The project that `init` writes, with changes to its program. */
function starter(change: (program: string) => string = (program) => program): string {
  const folder = temporaryFolder();
  cpSync(`${root}/examples/starter`, folder, { recursive: true });
  const program = `${folder}/my_shop.medal`;
  writeFileSync(program, change(readFileSync(program, "utf8")));
  return folder;
}

it("builds the lake, reports what was rejected, and prints a summary", async () => {
  const folder = starter();
  const { code, out, err } = await medalc("run", { folder });
  expect(code).toBe(EXIT.ok);
  expect(out.replace(/\d\.\d s/g, "0.0 s").replace(/\d{3} B/g, "999 B")).toBe(
    [
      "table                  state  rows  rejected   size   time",
      "---------------------  -----  ----  --------  -----  -----",
      "bronze.orders          ok                     999 B  0.0 s",
      "silver.orders          ok        5         2  999 B  0.0 s",
      "gold.revenue_by_month  ok        2         0  999 B  0.0 s",
      "",
    ].join("\n"),
  );
  expect(err).toContain("1/3 done bronze.orders: 377 B, ");
  expect(err).toContain("warning rows-rejected: silver.orders rejected 1 row of bronze.orders");
  expect(err).toContain("warning rows-quarantined: ");
  expect(err).toMatch(
    /\n2 warnings\n3 tables up to date in \.medal\/lake, [\d.]+ s\n`medalc show quarantine\.silver\.orders` shows the rejected rows\n$/,
  );
});

it("prints how to show the rejected rows of a program in another folder", async () => {
  const folder = starter();
  const { err } = await medalc(`run ${folder} --env local`);
  expect(err).toContain(
    `\n\`medalc show --path ${folder} --env local quarantine.silver.orders\` shows the rejected rows\n`,
  );
});

it("show prints rows, also of the quarantine", async () => {
  const folder = starter();
  await medalc("run", { folder });
  expect(await medalc("show gold.revenue_by_month", { folder })).toEqual({
    code: EXIT.ok,
    out: [
      "month       revenue  orders  customers",
      "----------  -------  ------  ---------",
      "2026-01-01   200.50       2          2",
      "2026-02-01   260.24       2          2",
      "",
    ].join("\n"),
    err: "2 rows of gold.revenue_by_month\n",
  });
  const { out, err } = await medalc("show gold.revenue_by_month --limit 1 --json", { folder });
  expect(err).toBe("");
  expect(JSON.parse(out)).toMatchObject({
    table: "gold.revenue_by_month",
    columns: [{ name: "month", type: "date" }, { name: "revenue", type: "decimal(20,2)" }, {}, {}],
    rows: [{ month: "2026-01-01", revenue: "200.50", orders: 2, customers: 2 }],
    total: 2,
  });
  expect((await medalc("show quarantine.silver.orders", { folder })).out).toContain("status is not OrderStatus");
});

it("unknown-table: suggests the nearest, or lists the layers that have it", async () => {
  const folder = starter();
  const unknown = await medalc("show gold.revenue_by_mont", { folder });
  expect(unknown).toMatchObject({ code: EXIT.usage, out: "" });
  expect(unknown.err).toContain("error unknown-table: the program has no table gold.revenue_by_mont");
  expect(unknown.err).toContain("Did you mean `gold.revenue_by_month`?");
  expect((await medalc("show orders", { folder })).err).toContain(
    "Several tables match: `bronze.orders` and `silver.orders`.",
  );
});

it("table-not-built: before the first run there is nothing to show", async () => {
  const { code, err } = await medalc("show revenue_by_month", { folder: starter() });
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("error table-not-built: gold.revenue_by_month is not in the lake yet");
});

it("exit 3 if an expectation fails; tables not built come last", async () => {
  const folder = starter((program) => program.replace("else quarantine", "else fail"));
  const { code, out, err } = await medalc("run", { folder });
  expect(code).toBe(EXIT.expectation);
  expect(out).toMatch(/^silver\.orders +failed/m);
  expect(err).toContain("error expectation-failed");
  expect(err).toMatch(/\nfailed: silver\.orders\nnot done: gold\.revenue_by_month\n$/);
});

it("exit 4 if a run fails partway", async () => {
  const folder = starter((program) => program.replace("orders.csv", "nowhere.csv"));
  const { code, err } = await medalc("run", { folder });
  expect(code).toBe(EXIT.failed);
  expect(err).toMatch(/\nfailed: bronze\.orders\nnot done: silver\.orders, gold\.revenue_by_month\n$/);
});

it("an interrupted run reports what is done, that the lake is intact and how to continue; exit 4", async () => {
  const server = createServer((_, response) => void response.writeHead(200).write("id\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") expect.fail("the server has no port");
  const folder = temporaryFolder({
    "in/quick.csv": "id\n1\n",
    "shop.medal": `project shop { lake = adls { account: "shop", container: "shop" } }
source here = file { path: "in" }
source web = http { base_url: "http://127.0.0.1:${address.port}/" }
bronze quick from here.csv("quick.csv") { id: int }
bronze slow from web.csv("slow.csv") { id: int }
silver quick { from bronze.quick }
silver slow { from bronze.slow }
`,
  });
  const io = createTestIo({ folder });
  const running = runCommandLine(["run"], io);
  await expect.poll(io.err, { timeout: 10_000 }).toContain("done silver.quick");
  io.stop();
  expect(await running).toBe(EXIT.failed);
  expect(io.out()).not.toContain("failed");
  expect(io.err()).toMatch(
    /\nerror run-stopped: the run was stopped after 2 of 4 tables\n {2}hint: The lake is intact; the next run continues from there\.\n\n1 error\n2 of 4 tables up to date in \.medal\/lake, [\d.]+ s\nnot done: bronze\.slow, silver\.slow\n$/,
  );
});

it("every environment has its own lake, built from its own sources and params", {
  timeout: 90_000,
}, async () => {
  const folder = temporaryFolder();
  mkdirSync(`${folder}/a`);
  mkdirSync(`${folder}/b`);
  writeFileSync(`${folder}/a/orders.csv`, "id\n1\n");
  writeFileSync(`${folder}/b/orders.csv`, "id\n2\n3\n");
  const environments = { dev: { params: { place: "b" } } };
  writeFileSync(`${folder}/medal.json`, JSON.stringify({ environments }));
  writeFileSync(
    `${folder}/my_shop.medal`,
    `project shop { lake = adls { account: "shop", container: "lake" } }
param place: string = "a"
source files = file { path: param.place }
bronze orders from files.csv("orders.csv") { id: int }
silver orders { from bronze.orders }
`,
  );
  const ids = async (options: string): Promise<unknown> => {
    const answer = JSON.parse((await medalc(`show silver.orders --json ${options}`, { folder })).out);
    return answer.rows.map(({ id }: { readonly id: number }) => id);
  };
  const lakeOf = async (options: string) => JSON.parse((await medalc(`run --json ${options}`, { folder })).out).lake;
  expect(await lakeOf("")).toBe(".medal/lake");
  expect((await medalc("show silver.orders --env dev", { folder })).err).toContain("error table-not-built: ");
  expect(await lakeOf("--env dev")).toBe(".medal/lake-dev");
  expect([await ids(""), await ids("--env dev")]).toEqual([[1], [2, 3]]);
  expect((await medalc("run", { folder })).out.match(/ (ok|unchanged) /g)).toEqual([" unchanged ", " unchanged "]);
  await medalc("run --param place=b", { folder });
  expect(await ids("")).toEqual([2, 3]);
});

it("lists the folders of tables that the program no longer has, and keeps them", async () => {
  const folder = starter();
  await medalc("run", { folder });
  const program = readFileSync(`${folder}/my_shop.medal`, "utf8");
  writeFileSync(
    `${folder}/my_shop.medal`,
    program.replaceAll("silver orders", "silver sales").replaceAll("silver.orders", "silver.sales"),
  );
  const { code, err } = await medalc("run", { folder });
  expect(code).toBe(EXIT.ok);
  expect(err).toContain(
    "\nthe program has no table for .medal/lake/silver/orders, .medal/lake/quarantine/silver/orders; delete these folders if nobody needs their rows\n",
  );
  const { leftovers } = JSON.parse((await medalc("run --json --select silver.sales", { folder })).out);
  expect(leftovers).toEqual([".medal/lake/silver/orders", ".medal/lake/quarantine/silver/orders"]);
  for (const path of leftovers) expect(existsSync(`${folder}/${path}`)).toBe(true);
  expect((await medalc("run --json", { folder: starter() })).out).toContain('"leftovers": []');
});

it("--select runs only some tables; nothing-selected is a usage error", async () => {
  const folder = starter();
  const { out } = await medalc("run --json --select +silver.orders", { folder });
  const { tables } = JSON.parse(out);
  expect(tables.map((each: { relation: string }) => each.relation)).toEqual(["bronze.orders", "silver.orders"]);
  const nothing = await medalc("run --select gold.x", { folder });
  expect(nothing.code).toBe(EXIT.usage);
  expect(nothing.err).toContain("error nothing-selected: gold.x matches no table");
});

it("nothing runs if the program or its configuration has errors", async () => {
  const folder = starter();
  writeFileSync(`${folder}/medal.json`, '{"environments": {"local": {"params": {"x": 1}}}}');
  const { code, err } = await medalc("run", { folder });
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("config-unknown-param");
  expect(existsSync(`${folder}/.medal`)).toBe(false);
});

it("on a terminal progress is redrawn and erased at the end", async () => {
  const io = createTestIo({ isLive: true });
  const progress = createRunProgress(2, io.stderr);
  progress.onEvent({ kind: "started", relation: "bronze.orders" });
  progress.onEvent({ kind: "progress", relation: "bronze.orders", bytes: 1_234_567 });
  await expect.poll(io.err).toContain("0 of 2 done");
  expect(io.err()).toContain("\n  bronze.orders  1.2 MB\n");
  progress.end();
  expect(io.err().endsWith("\u001b[2A\u001b[0J")).toBe(true);
});

it("is never silent for more than two seconds", async () => {
  vi.useFakeTimers();
  try {
    const io = createTestIo();
    const progress = createRunProgress(2, io.stderr);
    progress.onEvent({ kind: "started", relation: "bronze.orders" });
    vi.advanceTimersByTime(2000);
    expect(io.err()).toMatch(/^running: bronze\.orders \(\d\.\d s\)\n$/);
    vi.advanceTimersByTime(2000);
    expect(io.err().split("\n")).toHaveLength(3);
    progress.end();
  } finally {
    vi.useRealTimers();
  }
});

it("prints sizes and times with three digits", () => {
  expect([0, 999, 1000, 99_949, 99_950, 1_234_567_890].map(sizeText)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "99.9 kB",
    "100 kB",
    "1.2 GB",
  ]);
  expect([0.04, 9.94, 9.96, 75].map(secondsText)).toEqual(["0.0 s", "9.9 s", "10 s", "75 s"]);
});

/** The table of runs: what each run adds to it, and what happens where it cannot. */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { duckdbString } from "../../src/codegen/expressions/duckdb.ts";
import { readDelta } from "../../src/runner/delta/log.ts";
import { createEngine } from "../../src/runner/duckdb.ts";
import { createProject, type Project } from "./project.ts";

const PROGRAM = `bronze orders from files.csv("orders.csv") { id: int, price: int, key id }
silver orders {
  from bronze.orders
  expect "has a price": price > 0 else quarantine
  expect "is cheap": price < 100 else warn
}
gold total { from silver.orders group by id { price = sum(price) } }
`;
const ORDERS = "id,price\n1,10\n2,200\n3,0\nx,1\n";

const projects: Project[] = [];
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove();
});

async function projectOf(): Promise<Project> {
  const project = await createProject(PROGRAM, { "orders.csv": ORDERS });
  projects.push(project);
  return project;
}

/** The rows as a Delta reader sees them, in the order in which they were added. */
async function recorded({ folder, lakeFolder }: Project): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const engine = await createEngine({ threads: 1, scratchFolder: join(folder, "reader"), inOrder: true });
  try {
    const connection = await engine.connect();
    const runs = join(lakeFolder, "runs");
    const snapshot = await readDelta(runs, connection.rows);
    if (snapshot === undefined || "unreadable" in snapshot) throw new Error("there is no table of runs");
    const files = snapshot.files.map(({ path }) => duckdbString(join(runs, path)));
    return await connection.rows(`SELECT * FROM read_parquet([${files.join(", ")}])`);
  } finally {
    engine.close();
  }
}

const short = (rows: Awaited<ReturnType<typeof recorded>>) =>
  rows.map(({ run, relation, state, rows: count, rejected, quarantined, warned }) =>
    [String(run).slice(11, 16), relation, state, count, rejected, quarantined, warned].map(String).join(" "),
  );

it("has a row for each table of each run, with its checks", async () => {
  const project = await projectOf();
  const { relations } = await project.run();
  await project.run({ select: new Set(["gold.total"]) });
  project.write({ "orders.csv": "id,price\n1,10\n1,20\n" });
  await project.run();
  const rows = await recorded(project);
  expect(short(rows)).toEqual([
    "06:00 bronze.orders ok null 0 0 0",
    "06:00 silver.orders ok 2 1 1 1",
    "06:00 gold.total ok 2 0 0 0",
    "07:00 gold.total unchanged 2 0 0 0",
    "08:00 bronze.orders ok null 0 0 0",
    "08:00 silver.orders failed null 0 0 0",
    "08:00 gold.total skipped null 0 0 0",
  ]);
  const checks = [
    { name: "has a price", action: "quarantine", rows: 1 },
    { name: "is cheap", action: "warn", rows: 1 },
    { name: "bronze.orders key (id)", action: "fail", rows: 0 },
  ];
  expect(JSON.parse(String(rows[1]?.checks))).toEqual(checks);
  expect(relations[1]?.checks).toEqual(checks);
  for (const { seconds, bytes } of rows.slice(0, 3)) {
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(Number(bytes)).toBeGreaterThan(0);
  }
});

it("has the checks of a table that is unchanged", async () => {
  const project = await projectOf();
  const { relations: built } = await project.run();
  const { relations: unchanged } = await project.run();
  expect(unchanged.map(({ state }) => state)).toEqual(["unchanged", "unchanged", "unchanged"]);
  expect(unchanged.map(({ checks }) => checks)).toEqual(built.map(({ checks }) => checks));
});

it("has the tables that a stopped run did not build", async () => {
  const project = await projectOf();
  const stop = new AbortController();
  await project.run({
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === "finished" && event.result.relation === "bronze.orders") stop.abort();
    },
  });
  expect(short(await recorded(project))).toEqual([
    "06:00 bronze.orders ok null 0 0 0",
    "06:00 silver.orders skipped null 0 0 0",
    "06:00 gold.total skipped null 0 0 0",
  ]);
});

it("removes what an interrupted run has written but not committed", async () => {
  const project = await projectOf();
  await project.run();
  const runs = join(project.lakeFolder, "runs");
  writeFileSync(join(runs, `part-0000000001-${"0".repeat(16)}.zstd.parquet`), "half");
  writeFileSync(join(runs, "_delta_log/.00000000000000000001.json.x.tmp"), "{");
  await project.run();
  expect(readdirSync(join(runs, "_delta_log"))).toEqual(["00000000000000000000.json", "00000000000000000001.json"]);
  expect(readdirSync(runs).filter((name) => name.endsWith(".parquet"))).toHaveLength(2);
  expect(short(await recorded(project))).toHaveLength(6);
});

it("run-not-recorded: is a warning, and the tables are built", async () => {
  const project = await projectOf();
  await project.run({ select: new Set(["bronze.orders"]) });
  rmSync(join(project.lakeFolder, "runs"), { recursive: true });
  writeFileSync(join(project.lakeFolder, "runs"), "a file in its place");
  const { relations, diagnostics } = await project.run();
  expect(relations.map(({ state }) => state)).toEqual(["unchanged", "ok", "ok"]);
  const [problem] = diagnostics.filter(({ code }) => code === "run-not-recorded");
  expect(problem?.severity).toBe("warning");
  expect(problem?.message).toContain(join(project.lakeFolder, "runs"));
  expect(existsSync(join(project.lakeFolder, "gold/total/_delta_log"))).toBe(true);
});

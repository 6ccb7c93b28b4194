/** A run killed at any moment leaves a readable lake, from which the next run continues. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createProject, messages, PROJECT, type Project, type Row, sortedRows } from "../../runner/project.ts";
import { root } from "../../support/paths.ts";

const KILLS = 50;
const ROWS = 300;

/** Every row contains the state of the sources that it comes from. */
const PROGRAM = `bronze orders from files.csv("orders.csv") { id: int, state: int, price: decimal(10,2)  key id }
bronze notes from files.json("notes.jsonl") { id: int, state: int, note: string }
silver orders {
  from bronze.orders
  expect "priced": price > 0.00 else quarantine
  key id
}
silver notes { from bronze.notes  distinct  key id }
gold lines {
  from silver.orders as o
  left join one silver.notes as n on n.id == o.id
  select { o.id, o.state, note = n.note ?? "none" }
}
gold totals { from silver.orders  group by state { rows = count(), total = sum(price) } }
`;

/** The sources in a state: some orders without a price, one malformed, every third with a note. */
function sources(state: number): Readonly<Record<string, string>> {
  const ids = Array.from({ length: ROWS + state }, (_, id) => id);
  const orders = ids.map((id) => `${id},${state},${id % 100 === 0 ? "0.00" : `${id}.50`}`);
  const notes = ids.filter((id) => id % 3 === 0).map((id) => JSON.stringify({ id, state, note: `note ${id}` }));
  return {
    "orders.csv": ["id,state,price", ...orders, "malformed", ""].join("\n"),
    "notes.jsonl": [...notes, ""].join("\n"),
  };
}

/** The expected rows of each table in a state, computed manually. */
function expectedRows(state: number): Readonly<Record<string, readonly Row[]>> {
  const ids = Array.from({ length: ROWS + state }, (_, id) => id);
  const priced = ids.filter((id) => id % 100 !== 0);
  const noted = ids.filter((id) => id % 3 === 0);
  const cents = priced.reduce((total, id) => total + id * 100 + 50, 0);
  const record = (id: number) => `{"id":${id},"state":${state},"price":0.00}`;
  const tables: Record<string, readonly Row[]> = {
    "silver.orders": priced.map((id) => [String(id), String(state), `${id}.50`]),
    "silver.notes": noted.map((id) => [String(id), String(state), `note ${id}`]),
    "gold.lines": priced.map((id) => [String(id), String(state), id % 3 === 0 ? `note ${id}` : "none"]),
    "gold.totals": [[String(state), String(priced.length), (cents / 100).toFixed(2)]],
    "quarantine.silver.orders": [
      ["bronze.orders", "malformed record", "malformed"],
      ...ids.filter((id) => id % 100 === 0).map((id): Row => ["silver.orders", "priced", record(id)]),
    ],
    "quarantine.silver.notes": [],
  };
  return Object.fromEntries(Object.entries(tables).map(([relation, rows]) => [relation, sortedRows(rows)]));
}

const TABLES = Object.keys(expectedRows(0));

let project: Project;
/** The known duration of a run's work in the lake, in milliseconds, because the speed of machines varies. */
let duration: number;

/** Starts the command and returns its process once it holds the lake's lock or has ended. */
async function startRun() {
  const child = spawn(process.execPath, [`${root}/bin/medalc.js`, "run"], { cwd: project.folder, stdio: "ignore" });
  const ended = once(child, "exit");
  const lock = join(project.lakeFolder, ".lock");
  const names = () => (existsSync(lock) ? readFileSync(lock, "utf8") : "");
  while (!names().includes(`"pid":${child.pid},`) && child.exitCode === null) await sleep(1);
  return { child, ended };
}

/** Deterministic random numbers from 0 to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

beforeAll(async () => {
  project = await createProject(PROGRAM, sources(0));
  writeFileSync(join(project.folder, "shop.medal"), PROJECT + PROGRAM);
  const { child, ended } = await startRun();
  const start = performance.now();
  await ended;
  duration = performance.now() - start;
  expect(child.exitCode).toBe(0);
}, 120_000);

afterAll(() => project?.remove());

it("the command produces the rows that were computed manually", async () => {
  for (const [relation, rows] of Object.entries(expectedRows(0))) expect(await project.rows(relation)).toEqual(rows);
});

it(`killed ${KILLS} times, the lake is intact and the next run completes`, { timeout: 300_000 }, async () => {
  const next = random(7);
  let interrupted = 0;
  for (let state = 1; state <= KILLS; state++) {
    project.write(sources(state));
    const { child, ended } = await startRun();
    await sleep(next() * duration);
    child.kill("SIGKILL");
    await ended;
    const isInterrupted = child.signalCode === "SIGKILL";
    if (isInterrupted) interrupted++;
    duration *= isInterrupted ? 1.1 : 0.8;

    const before = expectedRows(state - 1);
    const after = expectedRows(state);
    for (const relation of TABLES) {
      const rows = await project.rows(relation);
      const isOld = JSON.stringify(rows) === JSON.stringify(before[relation]);
      expect(isOld ? after[relation] : rows, `${relation} after kill ${state}`).toEqual(after[relation]);
    }

    const result = await project.run({ startedAt: new Date() });
    const errors = result.diagnostics.filter((each) => each.severity === "error");
    expect(messages({ diagnostics: errors })).toEqual([]);
    for (const relation of TABLES) expect(await project.rows(relation), relation).toEqual(after[relation]);
    expect(readdirSync(project.lakeFolder).sort()).toEqual([".lock", "bronze", "gold", "quarantine", "runs", "silver"]);
    const names = readdirSync(project.lakeFolder, { recursive: true, encoding: "utf8" });
    expect(names.filter((name) => /\.partial$|\.tmp$/.test(name))).toEqual([]);
  }
  expect(interrupted).toBeGreaterThan(KILLS / 3);
});

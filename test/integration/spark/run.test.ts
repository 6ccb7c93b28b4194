/** `medalc run --engine spark` with a Spark of its own for each run, as users have it. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EXIT } from "../../../src/cli/command.ts";
import { runCommandLine } from "../../../src/cli/main.ts";
import { qualifiedName } from "../../../src/plan/program.ts";
import { startDriver } from "../../../src/runner/spark/driver.ts";
import { exampleContext, exampleProgram } from "../../codegen/support/compile.ts";
import { createTestIo, medalc } from "../../support/io.ts";
import { root } from "../../support/paths.ts";
import { comparableRejection, differences } from "../../support/spark/compare.ts";
import { localRows } from "../../support/spark/engines.ts";
import { sparkPython } from "../../support/spark/install.ts";
import { deltaFacts } from "../../support/spark/lake.ts";
import { INSTALLED_AND_RUN } from "../../support/spark/session.ts";

const folder = mkdtempSync(join(tmpdir(), "medal-on-spark-"));
let python: string;
let env: Record<string, string>;

beforeAll(async () => {
  python = await sparkPython();
  const { PATH = "", HOME = "", JAVA_HOME } = process.env;
  env = { PATH, HOME, PYSPARK_PYTHON: python, ...(JAVA_HOME === undefined ? {} : { JAVA_HOME }) };
}, INSTALLED_AND_RUN);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Does little with few rows quickly, rather than much fast. */
const SPARK = {
  master: "local[2]",
  conf: {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC",
    "spark.python.sql.dataFrameDebugging.enabled": false,
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": false,
    "spark.sql.shuffle.partitions": 1,
  },
};

/** A new project of these files; medal.json puts the folder `in` in place of its source `files`. */
function project(name: string, program: string, files: Readonly<Record<string, string>>): string {
  const place = join(folder, name);
  mkdirSync(join(place, "in"), { recursive: true });
  const local = { sources: { files: { folder: "in" } }, spark: SPARK };
  writeFileSync(join(place, "medal.json"), JSON.stringify({ environments: { local } }));
  writeFileSync(join(place, "shop.medal"), program);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, "in", file), text);
  return place;
}

const run = (place: string, more = "") => medalc(`run --engine spark ${more}`, { folder: place, env });

/** Rows as `show` has them. */
async function rows(place: string, relation: string): Promise<unknown> {
  const { out } = await medalc(`show ${relation} --json`, { folder: place });
  return JSON.parse(out).rows;
}

/** The interpreters and virtual machines below a process. */
function startedBy(pid: number | undefined): readonly number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" }).trim().split("\n");
  const all = lines.map((line) => line.trim().split(/\s+/));
  const below = (parent: string): readonly number[] =>
    all.flatMap(([own = "", above, name = ""]) =>
      above !== parent ? [] : [...(/^(java|python)/.test(name) ? [Number(own)] : []), ...below(own)],
    );
  return below(String(pid));
}

/** Whether any of them is still at work. */
function anyOf(pids: readonly number[]): boolean {
  const states = execFileSync("ps", ["-eo", "pid=,stat="], { encoding: "utf8" }).trim().split("\n");
  const alive = states.map((line) => line.trim().split(/\s+/)).filter(([, state]) => !state?.startsWith("Z"));
  return alive.some(([pid]) => pids.includes(Number(pid)));
}

it("the example gives the same tables, rejected rows and counts on Spark as on DuckDB", {
  timeout: 400_000,
}, async () => {
  const sources = {
    github: { folder: `${root}/examples/data/sample/http` },
    erp: { folder: `${root}/examples/data/sample/erp` },
    catalog: { folder: `${root}/examples/data/sample/catalog` },
    lists: { folder: `${root}/examples/reference` },
  };
  const { params } = exampleContext.environment;
  const place = join(folder, "example");
  mkdirSync(place);
  writeFileSync(
    join(place, "medal.json"),
    JSON.stringify({
      environments: {
        local: { sources, params, lake: "here" },
        cluster: { sources, params, lake: "there", spark: SPARK },
      },
    }),
  );
  writeFileSync(join(place, "shop.medal"), readFileSync(`${root}/examples/ecommerce.medal`));

  // All tables of the example are compared in example.test.ts.
  const selected = "--select +gold.orders --select +gold.top_sellers --json";
  const here = JSON.parse((await medalc(`run ${selected}`, { folder: place })).out);
  const there = await medalc(`run --engine spark --env cluster ${selected}`, { folder: place, env });
  expect(there.code).toBe(EXIT.ok);
  const comparable = ({ tables }: { readonly tables: readonly Record<string, unknown>[] }) =>
    tables.map(({ seconds: _, bytes: __, ...facts }) => facts);
  const answer = JSON.parse(there.out);
  expect(comparable(answer)).toEqual(comparable(here));
  const warningsOf = ({ diagnostics }: { readonly diagnostics: readonly { readonly severity: string }[] }) =>
    diagnostics.filter(({ severity }) => severity !== "info");
  expect(warningsOf(answer)).toEqual(warningsOf(here));

  const program = exampleProgram();
  const built = new Set(answer.tables.map(({ relation }: { readonly relation: string }) => relation));
  for (const table of program.tables) {
    const name = qualifiedName(table);
    if (!built.has(name)) continue;
    const path = `${table.layer}/${table.name}`;
    const doubles = table.columns.filter(({ type }) => type.kind === "double").map((column) => column.name);
    const [left, right] = ["here", "there"].map((lake) => join(place, lake));
    if (left === undefined || right === undefined) throw new Error("there are two lakes");
    expect(deltaFacts(join(right, path))).toEqual(deltaFacts(join(left, path)));
    const found = await localRows(program, right, name);
    expect(differences(found, await localRows(program, left, name), doubles), name).toEqual([]);
    expect(existsSync(join(right, "quarantine", path))).toBe(existsSync(join(left, "quarantine", path)));
    if (!existsSync(join(left, "quarantine", path))) continue;
    const rejected = await localRows(program, right, `quarantine.${name}`);
    const wanted = await localRows(program, left, `quarantine.${name}`);
    expect(differences(rejected.map(comparableRejection), wanted.map(comparableRejection)), name).toEqual([]);
  }

  // The tables of either engine are as good as the other's: nothing is built again, and the counts are still known.
  const again = JSON.parse((await medalc(`run --env cluster ${selected}`, { folder: place })).out);
  const unchanged = comparable(answer).map((table) => ({ ...table, state: "unchanged" }));
  expect(comparable(again)).toEqual(unchanged);
  expect(readdirSync(join(place, "there")).sort()).toEqual([".lock", "bronze", "gold", "quarantine", "runs", "silver"]);
});

const HEAD = `project shop { lake = adls { account: param.account, container: "lake" } }
param account: string
source files = file { path: "elsewhere/" }
bronze orders from files.csv("orders.csv") { id: int, state: string, price: decimal(10,2), quantity: int }
`;
const ORDERS = "id,state,price,quantity\n1,a,1.50,2\n2,a,2.50,0\n2,b,-3.00,1\nx,b,1.00,1\n";

const BROKEN = `${HEAD}
silver orders { from bronze.orders }
silver shares { from bronze.orders  select { id, share = price / quantity } }
silver strict { from bronze.orders  expect "costs something": price > 0.00 }
silver keyed { from bronze.orders  select { id, price }  key id }
gold shares_by_id { from silver.shares  distinct }
gold totals { from silver.orders  group by state { total = sum(price) } }
`;

it("what fails is told with its place, keeps its last version, and all else is built", {
  timeout: 400_000,
}, async () => {
  const place = project("broken", BROKEN, { "orders.csv": ORDERS });
  const { code, out, err } = await run(place);
  expect(code).toBe(EXIT.failed);
  const states = out.split("\n").map((line) => line.split(/\s+/).slice(0, 2).join(" "));
  expect(states.slice(2, -1)).toEqual([
    "bronze.orders ok",
    "silver.orders ok",
    "silver.shares failed",
    "silver.strict failed",
    "silver.keyed failed",
    "gold.shares_by_id skipped",
    "gold.totals ok",
  ]);
  expect(err).toContain("shop.medal:7:8: error table-failed: silver.shares could not be built: Division by zero");
  expect(err).toContain("hint: Spark's full log is in .medal/spark-local.log.");
  expect(err).toContain(
    'shop.medal:8:37: error expectation-failed: silver.strict has 1 row that failed the expectation "costs something"',
  );
  expect(err).toContain("shop.medal:9:58: error duplicate-key: silver.keyed has 1 value of id more than once");
  expect(err).not.toMatch(/Traceback|Exception|\.py\b|\bat org\./);
  expect(readFileSync(join(place, ".medal/spark-local.log"), "utf8")).toMatch(/Traceback[\s\S]*DIVIDE_BY_ZERO/);
  expect(await rows(place, "gold.totals")).toEqual(
    expect.arrayContaining([
      { state: "a", total: "4.00" },
      { state: "b", total: "-3.00" },
    ]),
  );

  const strict = await run(place, "--select silver.strict");
  expect(strict.code).toBe(EXIT.expectation);
  expect(existsSync(join(place, ".medal/lake/silver/strict"))).toBe(false);
});

const FIRST = `${HEAD}
silver orders { from bronze.orders  expect "costs something": price > 0.00 else warn }
gold totals { from silver.orders  group by state { total = sum(price) } }
`;
const SECOND = `${HEAD}
silver orders {
  from bronze.orders
  expect "costs something": price > 0.00 else warn
  select { id, state, paid = price }
}
gold totals { from silver.orders  group by state { total = sum(paid), count = count() } }
gold refunds { from silver.orders  where paid < -100.00 }
`;

it("killed in the midst, Spark ends too, and the next run completes, with another schema too", {
  timeout: 400_000,
}, async () => {
  const place = project("killed", FIRST, { "orders.csv": ORDERS });
  expect((await medalc("run", { folder: place })).code).toBe(EXIT.ok);
  writeFileSync(join(place, "shop.medal"), SECOND);

  const child = spawn(process.execPath, [`${root}/bin/medalc.js`, "run", "--engine", "spark"], {
    cwd: place,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  while (!said.includes("running: silver.orders") && child.exitCode === null) await sleep(50);
  const processes = startedBy(child.pid);
  expect(processes.length, said).toBe(2);
  child.kill("SIGKILL");
  await once(child, "exit");
  const start = performance.now();
  while (anyOf(processes) && performance.now() - start < 20_000) await sleep(100);
  expect(anyOf(processes)).toBe(false);

  const { code, err } = await run(place);
  expect({ code, errors: err.match(/error .*/g) }).toEqual({ code: EXIT.ok, errors: null });
  expect(err).toContain("warning expectation-warned: silver.orders has 1 row that failed");
  const totals = [
    { state: "a", total: "4.00", count: 2 },
    { state: "b", total: "-3.00", count: 1 },
  ];
  expect(await rows(place, "gold.totals")).toEqual(expect.arrayContaining(totals));

  expect(await rows(place, "gold.refunds")).toEqual([]);
  const again = await medalc("run", { folder: place });
  expect(again.out.match(/ (ok|unchanged) /g)).toEqual(Array(4).fill(" unchanged "));

  // And back to DuckDB, over what Spark has written, with new rows and the first schema.
  writeFileSync(join(place, "shop.medal"), FIRST);
  writeFileSync(join(place, "in/orders.csv"), `${ORDERS}3,c,9.00,1\n`);
  expect((await medalc("run", { folder: place })).code).toBe(EXIT.ok);
  expect(await rows(place, "gold.totals")).toContainEqual({ state: "c", total: "9.00" });
});

it("stopped by the user, the run says what is done and leaves no process", { timeout: 200_000 }, async () => {
  const place = project("stopped", FIRST, { "orders.csv": ORDERS });
  const io = createTestIo({ folder: place, env });
  const ended = runCommandLine(["run", "--engine", "spark"], io);
  while (!io.err().includes("running: silver.orders")) await sleep(50);
  const processes = startedBy(process.pid);
  io.stop();
  expect(await ended).toBe(EXIT.failed);
  expect(io.err()).toContain("error run-stopped: ");
  expect(anyOf(processes)).toBe(false);
  expect(existsSync(join(place, ".medal/lake/silver/orders/_delta_log/00000000000000000001.json"))).toBe(false);
});

it("what Spark needs and is not there is told by its name", async () => {
  const place = join(folder, "missing");
  mkdirSync(place);
  const modules = (files: Readonly<Record<string, string>>): string => {
    const path = mkdtempSync(join(place, "modules-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, `${name}.py`), text);
    return path;
  };
  const problem = (more: Record<string, string>) => {
    const script = `${root}/src/runner/spark/driver.py`;
    const given = { python, script, master: "local", settings: {}, folder: place, log: join(place, "log") };
    return startDriver({ ...given, env: { ...env, ...more } });
  };
  const missing = "raise ImportError()";
  expect(await problem({ PYTHONPATH: modules({ pyspark: missing }) })).toEqual({
    problem: "package",
    package: "pyspark",
  });
  expect(await problem({ PYTHONPATH: modules({ delta: missing }) })).toEqual({
    problem: "package",
    package: "delta-spark",
  });
  expect(await problem({ PYTHONPATH: modules({ pyspark: '__version__ = "3.5.1"', delta: "" }) })).toEqual({
    problem: "version",
    what: "pyspark",
    found: "3.5.1",
    oldest: "4.0",
  });
  expect(await problem({ PYTHONPATH: modules({ pyspark: '__version__ = "4.1.0"', delta: "" }) })).toEqual({
    problem: "delta",
    spark: "4.1.0",
    delta: "4.0.1",
  });
  expect(await problem({ JAVA_HOME: join(place, "no-java") })).toEqual({ problem: "java" });
  const old = mkdtempSync(join(place, "java-"));
  mkdirSync(join(old, "bin"));
  writeFileSync(join(old, "bin/java"), "#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n", { mode: 0o755 });
  const found = { problem: "version", what: "Java", found: "8", oldest: "17" };
  expect(await problem({ JAVA_HOME: old })).toEqual(found);
});

it("spark-not-started: says where the log is", { timeout: 100_000 }, async () => {
  const place = project("nowhere", FIRST, { "orders.csv": ORDERS });
  const { code, err } = await run(place, "--master local[none]");
  expect(code).toBe(EXIT.failed);
  expect(err).toMatch(/error spark-not-started: cannot start Spark at local\[none\]: Could not parse Master URL/);
  expect(err).toContain("hint: The full log is in .medal/spark-local.log.");
  expect(existsSync(join(place, ".medal/lake/bronze"))).toBe(false);
});

/** What each load has, and how a run with that load alone ends. */
const LOADS: readonly {
  readonly orders: string;
  readonly names: string;
  readonly ends: number;
}[] = [
  {
    orders: "id,state,price,quantity\nx,b,1.00,1\ny,b,1.00,1\n1,a,1.5,1\n,,,\n",
    names: "id,name\n1,a\n",
    ends: EXIT.expectation,
  },
  {
    orders: "id,state,price,quantity\n1,a,1,1\n2,a,1,1\n3,a,2,2\n",
    names: '{"id": 1, "name": ""}\n',
    ends: EXIT.expectation,
  },
  {
    orders: "id;state;price;quantity\n1;a;1.5;1\n",
    names: "<!doctype html>\n<html></html>\n",
    ends: EXIT.failed,
  },
  { orders: "id,state,price,quantity\n", names: "", ends: EXIT.ok },
];
const COLUMNS = "id: int, state: string, price: decimal(10,2), quantity: int";

/** The tables of each load side by side, so that Spark starts once for all of them. */
const LIMITED = [
  HEAD.replace(/^bronze .*\n/m, ""),
  ...LOADS.map(
    (_, at) => `
bronze orders${at} from files.csv("orders${at}.csv") { ${COLUMNS}  reject at most 25% }
bronze names${at} from files.json("names${at}.jsonl") { id: int, name: string }
silver orders${at} { from bronze.orders${at}  distinct  expect "dear": price > 1.00 else quarantine at most 1 row }
silver names${at} { from bronze.names${at}  expect "named": name != "" else quarantine }
${at === 0 ? "gold total { from silver.orders0  group { total = sum(price) } }" : ""}
`,
  ),
].join("");

/** Of the rows that are the same each counts. */
const GOOD = {
  orders: `id,state,price,quantity\n${"1,a,1.50,2\n".repeat(3)}x,b,1.00,1\n`,
  names: '{"id": 1, "name": "a"}\n{"id": 2, "name": ""}\n',
};

const inOneOrder = (list: unknown) => (Array.isArray(list) ? list.map((row) => JSON.stringify(row)).toSorted() : list);

it("refuses loads as DuckDB does, in the same words, and leaves what was there", { timeout: 600_000 }, async () => {
  const [here, there] = ["limits-here", "limits-there"].map((name) => project(name, LIMITED, {}));
  if (here === undefined || there === undefined) throw new Error("there are two projects");
  const land = (loads: readonly (typeof GOOD)[]) => {
    for (const [at, { orders, names }] of loads.entries()) {
      for (const place of [here, there]) {
        writeFileSync(join(place, "in", `orders${at}.csv`), orders);
        writeFileSync(join(place, "in", `names${at}.jsonl`), names);
      }
    }
  };
  const answerOf = async (place: string, engine: string) => {
    const { code, out } = await medalc(`run --engine ${engine} --json --param account=shop`, { folder: place, env });
    const { tables, diagnostics } = JSON.parse(out);
    const said = diagnostics.map(({ code: name, message, hint }: Readonly<Record<string, string>>) => [
      name,
      message,
      hint,
    ]);
    const states = tables.map(({ relation, state, rows: count }: Readonly<Record<string, unknown>>) => [
      relation,
      state,
      count,
    ]);
    return { code, states, said: said.toSorted() };
  };
  const tables = LOADS.flatMap((_, at) => [`silver.orders${at}`, `silver.names${at}`]);
  for (const loads of [LOADS.map(() => GOOD), LOADS]) {
    land(loads);
    const wanted = await answerOf(here, "duckdb");
    expect(await answerOf(there, "spark")).toEqual(wanted);
    expect(wanted.code).toBe(loads === LOADS ? Math.max(...LOADS.map(({ ends }) => ends)) : EXIT.ok);
    const states = new Map<string, string>(wanted.states);
    for (const [at, { ends }] of loads === LOADS ? LOADS.entries() : []) {
      expect(states.get(`silver.orders${at}`), `load ${at}`).toBe(ends === EXIT.ok ? "ok" : "failed");
    }
    for (const relation of tables.flatMap((table) => [table, `quarantine.${table}`])) {
      const [found, expected] = [await rows(there, relation), await rows(here, relation)].map(inOneOrder);
      expect(found, relation).toEqual(expected);
    }
  }
});

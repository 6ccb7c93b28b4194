/** `run --engine spark` with a fake Python; test/integration/spark/run.test.ts uses the real one. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { medalc, type Ran, temporaryFolder } from "../support/io.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "lake" } }
source files = file { path: "in/" }
bronze orders from files.csv("orders.csv") { id: int, name: string @pii }
silver orders {
  from bronze.orders
  expect "named": name != ""
  key id
}
`;

interface Project {
  readonly folder: string;
  run(options?: string, env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** What the fake received. */
  given(what: "arguments" | "environment" | "input"): string;
}

/** A project and an interpreter that answers each line with the next of these, and ends after the last. */
function projectWith(answers: readonly object[], program = PROGRAM, config: object = {}): Project {
  const folder = temporaryFolder({
    "shop.medal": program,
    "in/orders.csv": "id,name\n1,Ada\n",
    "medal.json": JSON.stringify({ environments: { local: { spark: config } } }),
  });
  const lines = answers.map((answer, at) => {
    writeFileSync(`${folder}/answer-${at}`, `${JSON.stringify(answer)}\n`);
    return `read line; echo "$line" >> ${folder}/input; cat ${folder}/answer-${at}`;
  });
  const start = [`echo "$@" > ${folder}/arguments`, `env > ${folder}/environment`];
  writeFileSync(`${folder}/python`, ["#!/bin/sh", ...start, ...lines, ""].join("\n"), { mode: 0o755 });
  return {
    folder,
    run: (options = "", env = {}) =>
      medalc(`run --engine spark ${options}`, {
        folder,
        env: { PATH: process.env.PATH ?? "", PYSPARK_PYTHON: `${folder}/python`, ...env },
      }),
    given: (what) => readFileSync(`${folder}/${what}`, "utf8"),
  };
}

it("spark-python-missing: names the missing interpreter, and extracts nothing", async () => {
  const { folder, run } = projectWith([]);
  const { code, out, err } = await run("", { PYSPARK_PYTHON: "no-such-python" });
  expect({ code, out }).toEqual({ code: EXIT.failed, out: "" });
  expect(err).toContain("error spark-python-missing: no Python interpreter was found to start Spark: no-such-python");
  expect(existsSync(`${folder}/.medal/lake/bronze`)).toBe(false);
});

it.each([
  [
    { problem: "package", package: "delta-spark" },
    "error spark-package-missing: the package delta-spark is not installed for {python}",
    "hint: `{python} -m pip install pyspark==4.0.1 delta-spark==4.0.1` installs it.",
  ],
  [
    { problem: "version", what: "pyspark", found: "3.5.1", oldest: "4.0" },
    "error spark-too-old: pyspark 3.5.1 is too old for the notebooks, which need 4.0",
    "hint: `{python} -m pip install pyspark==4.0.1 delta-spark==4.0.1` installs supported versions",
  ],
  [
    { problem: "delta", spark: "4.0.1", delta: "4.1.0" },
    "error spark-delta-version: delta-spark 4.1.0 is not compatible with pyspark 4.0.1",
    "hint: `{python} -m pip install pyspark==4.0.1 delta-spark==4.0.1` installs compatible versions.",
  ],
  [
    { problem: "java" },
    "error spark-java-missing: no Java was found to run Spark",
    "hint: Install Java 17 or later, `apt-get install openjdk-17-jre-headless`, or set JAVA_HOME.",
  ],
  [
    { problem: "start", message: "[JAVA_GATEWAY_EXITED] Java gateway process exited.\nmore" },
    "error spark-not-started: cannot start Spark at local[*]: Java gateway process exited\n",
    "hint: The full log is in .medal/spark-local.log.",
  ],
])("says what is missing: %j", async (answer, message, hint) => {
  const { folder, run } = projectWith([answer]);
  const { code, err } = await run();
  expect(code).toBe(EXIT.failed);
  expect(err).toContain(message.replace("{python}", `${folder}/python`));
  expect(err).toContain(hint.replace("{python}", `${folder}/python`));
});

it("spark-ended: a table whose Spark process ended has failed", async () => {
  const { code, err } = await projectWith([{ ready: "4.0.1" }]).run();
  expect(code).toBe(EXIT.failed);
  expect(err).toContain(
    "shop.medal:4:8: error spark-ended: silver.orders could not be built: the Spark process ended\n",
  );
});

const failing = (message: string, more: object = {}) => [
  { ready: "4.0.1" },
  { id: 1, error: { condition: null, message, trace: "Traceback", ...more } },
];

it.each([
  [
    "silver.orders: 3 rows fail the expectation: named",
    "6:3: error expectation-failed: silver.orders has 3 rows that failed",
  ],
  [
    "silver.orders: 1 keys have several rows: id",
    "7:3: error duplicate-key: silver.orders has 1 value of id more than",
  ],
])("a check that does not hold is told at its place: %s", async (message, told) => {
  const { code, err } = await projectWith(failing(message)).run();
  expect(code).toBe(EXIT.expectation);
  expect(err).toContain(`shop.medal:${told}`);
});

it.each([
  [
    "[DIVIDE_BY_ZERO] Division by zero. Use `try_divide`. SQLSTATE: 22012\n== DataFrame ==",
    {},
    "table-failed",
    "Division by zero",
  ],
  [
    "[PATH_NOT_FOUND] Path does not exist: file:/a/b. SQLSTATE: 42K03",
    {},
    "table-failed",
    "Path does not exist: file:/a/b",
  ],
  [
    "The value 'Ada' of the type STRING is no INT. SQLSTATE: 22018",
    {},
    "table-failed",
    "The value … of the type STRING is no INT",
  ],
  [
    "An error occurred while calling o91.save.",
    {
      trace:
        ": org.apache.spark.SparkException: Job aborted. Task 1\n\tat x\nCaused by: java.io.IOException: No space left on device",
    },
    "table-failed",
    "No space left on device",
  ],
  [
    "An error occurred while calling o91.save.",
    { trace: ": java.lang.OutOfMemoryError: Java heap space" },
    "run-out-of-memory",
    "Java heap space",
  ],
])("what Spark says is cut to a sentence without values of people: %s", async (message, more, code, told) => {
  const { err } = await projectWith(failing(message, more)).run();
  expect(err).toMatch(new RegExp(`shop\\.medal:4:8: error ${code}: silver\\.orders .*: ${told}\n`));
});

it("rows-lost: the notebook gets the number of records counted in the file, and reports if it read another", async () => {
  const { run, given } = projectWith(failing("bronze.orders: 0 of 1 records were read"));
  const { code, err } = await run();
  expect(code).toBe(EXIT.failed);
  expect(err).toContain(
    "shop.medal:4:8: error rows-lost: silver.orders was not changed: bronze.orders has 1 row, of which 0 were read\n",
  );
  // The shell removes the backslashes.
  expect(given("input")).toMatch(
    /"settings":\{"medalc\.loads":"\{"bronze\.orders":"\d{8}T\d{6}Z"\}","medalc\.records":"\{"bronze\.orders":1\}"\}/,
  );
});

it("source-json-invalid: a notebook's error about a JSON file is reported for its table", async () => {
  const { run } = projectWith(
    failing("bronze.orders: orders.csv cannot be read as JSON: it is not one array of objects"),
  );
  expect((await run()).err).toContain(
    "shop.medal:3:8: error source-json-invalid: bronze.orders cannot be read as JSON: it is not one array of objects\n",
  );
});

it("source-json-invalid: an incomplete array is rejected before Spark reads it, with its line", async () => {
  const json = PROGRAM.replace('csv("orders.csv")', 'json("orders.json")');
  const { folder, run } = projectWith([{ ready: "4.0.1" }], json);
  writeFileSync(`${folder}/in/orders.json`, '[\n{"id":1,"name":"Ada"},\n{"id":2\n');
  expect((await run()).err).toContain(
    "error source-json-invalid: bronze.orders cannot be read as JSON: line 3: the file ends within this object\n",
  );
});

it("lake-conflict: another program has written the table meanwhile", async () => {
  const { err } = await projectWith(failing("x", { condition: "DELTA_CONCURRENT_WRITE" })).run();
  expect(err).toContain("error lake-conflict: silver.orders was changed by another program while it was being built");
});

it("Spark gets no secret, and its settings neither as arguments nor in the environment", async () => {
  const { run, given } = projectWith([{ problem: "java" }], PROGRAM, { conf: { "spark.executor.cores": 3 } });
  await run("--master local[3] --memory 2GB", { MEDAL_SECRET_ERP_PASSWORD: "hunter2", OTHER: "kept" });
  expect(given("environment")).toContain("OTHER=kept");
  expect(given("environment") + given("arguments") + given("input")).not.toMatch(/hunter2|MEDAL_SECRET/);
  expect(given("arguments")).toMatch(/^-u \S+driver\.py\n$/);
  const { master, settings } = JSON.parse(given("input"));
  expect(master).toBe("local[3]");
  expect(settings).toMatchObject({
    "spark.executor.cores": "3",
    "spark.driver.memory": "1907m",
    "spark.sql.shuffle.partitions": "6",
    "spark.ui.enabled": "false",
  });
});

it("a cluster's settings are its own, unless medal.json overrides them", async () => {
  const config = { master: "spark://head:7077", conf: { "spark.ui.enabled": true } };
  const { run, given } = projectWith([{ problem: "java" }], PROGRAM, config);
  await run();
  const { master, settings } = JSON.parse(given("input"));
  expect(master).toBe("spark://head:7077");
  expect(Object.keys(settings).sort()).toEqual(["spark.sql.warehouse.dir", "spark.ui.enabled"]);
});

it("the interpreter of medal.json takes precedence over the environment's, relative to its folder", async () => {
  const { run } = projectWith([], PROGRAM, { python: "bin/python" });
  expect((await run()).err).toMatch(/spark-python-missing: .*\/bin\/python\n/);
});

it("a master implies the engine, and has to be valid for Spark", async () => {
  const { folder, run } = projectWith([{ problem: "java" }]);
  const env = { PYSPARK_PYTHON: `${folder}/python`, PATH: process.env.PATH ?? "" };
  expect((await medalc("run --master local", { folder, env })).err).toContain("error spark-java-missing");
  const unknown = await run("--master sc://host");
  expect(unknown.code).toBe(EXIT.usage);
  expect(unknown.err).toContain("Expected local[N], spark://HOST:PORT, yarn or k8s://….");
  const ignored = await medalc("run --engine duckdb --master local[2]", { folder, env });
  expect(ignored.code).toBe(EXIT.usage);
  expect(ignored.err).toContain("option '--engine duckdb' cannot be used with option '--master local[2]'");
});

it("lake-folder-name: a table whose name cannot be a folder name is rejected at check", async () => {
  const { folder, run } = projectWith([], PROGRAM.replace("silver orders", "silver `orders?`"));
  const { code, err } = await run();
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("error lake-folder-name: ");
  expect(existsSync(`${folder}/arguments`)).toBe(false);
});

it("databricks-column-name: a column that Spark cannot store is rejected before Spark starts", async () => {
  const { folder, run } = projectWith([], PROGRAM.replaceAll("name", "`a b`"));
  const { code, err } = await run();
  expect(code).toBe(EXIT.failed);
  expect(err).toContain("error databricks-column-name: ");
  expect(existsSync(`${folder}/arguments`)).toBe(false);
});

it("config-invalid and config-unknown-property: medal.json is checked for Spark's settings", async () => {
  const master = await projectWith([], PROGRAM, { master: "sc://host" }).run();
  expect(master.code).toBe(EXIT.errors);
  expect(master.err).toContain("error config-invalid: environments.local.spark.master must match pattern");
  const name = await projectWith([], PROGRAM, { settings: {} }).run();
  expect(name.err).toContain("error config-unknown-property: environments.local.spark has no property settings");
  expect(name.err).toContain("Allowed: master, python, conf.");
});

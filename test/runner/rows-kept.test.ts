/** No row is lost: long records, wide tables, many rejected rows, full disks. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createProject, messages, resultOf } from "./project.ts";

const folder = mkdtempSync(join(tmpdir(), "medalc-kept-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MB = 1_000_000;
const lengths = [20 * MB, 1, 40 * MB, 2];
const long = (length: number) => "x".repeat(length);
const PLAIN = `id,a\n${lengths.map((length, at) => `${at},${long(length)}\n`).join("")}`;
const QUOTED = `id,a\n${lengths.map((length, at) => `${at},"${long(length)}"\n`).join("")}`;
const SPANNING = `id,a\n${lengths.map((length, at) => `${at},"${long(length - 1)}\n"\n`).join("")}`;
const LINES = lengths.map((length, at) => `{"id":${at},"a":"${long(length)}"}\n`).join("");

it("records of many megabytes are read like any other", { timeout: 240_000 }, async () => {
  const files = { "a.csv": PLAIN, "b.csv": QUOTED, "c.csv": SPANNING, "d.json": LINES };
  const program = Object.keys(files).map((path) => {
    const [name, kind] = path.split(".");
    return `bronze ${name} from files.${kind}("${path}") { id: int, a: string }
silver ${name} { from bronze.${name} select { id, n = length(a) } }`;
  });
  const project = await createProject(program.join("\n"), files);
  onTestFinished(() => project.remove());
  const result = await project.run();
  expect(messages(result)).toEqual([]);
  for (const name of ["a", "b", "c", "d"]) {
    expect(await project.rows(`silver.${name}`)).toEqual(lengths.map((length, at) => [`${at}`, `${length}`]));
  }
});

it("a record over the maximum length is rejected with the reason", { timeout: 240_000 }, async () => {
  const file = Buffer.concat([Buffer.from("id,a\n1,b\n2,"), Buffer.alloc(135 * MB, "x"), Buffer.from("\n3,c\n")]);
  const project = await createProject(
    `bronze b from files.csv("b.csv") { id: int, a: string }\nsilver b { from bronze.b }`,
    { "b.csv": file },
  );
  onTestFinished(() => project.remove());
  const result = await project.run();
  expect(resultOf(result, "silver.b")).toMatchObject({ state: "ok", rows: 2, rejected: 1 });
  const [[source, reason, record] = []] = await project.rows("quarantine.silver.b");
  expect([source, reason, record?.length]).toEqual(["bronze.b", "record is longer than 128 MiB", 65_536]);
});

it("a table of 600 columns is built, including rejected rows", { timeout: 240_000 }, async () => {
  const columns = Array.from({ length: 600 }, (_, at) => `c${at}`);
  const row = (first: string) => [first, ...columns.slice(1).map(() => "1")].join(",");
  const project = await createProject(
    `bronze b from files.csv("b.csv") { ${columns.map((name) => `${name}: int`).join(", ")} }
silver b { from bronze.b expect "positive": c0 > 0 else quarantine }`,
    { "b.csv": `${columns.join(",")}\n${row("1")}\n${row("x")}\n${row("-1")}\n` },
  );
  onTestFinished(() => project.remove());
  const result = await project.run();
  expect(resultOf(result, "silver.b")).toMatchObject({ state: "ok", rows: 1, rejected: 1, quarantined: 1 });
});

it("rows-lost: a file that loses records while it is read changes no table", async () => {
  const project = await createProject(`bronze b from files.csv("b.csv") { id: int }\nsilver b { from bronze.b }`, {
    "b.csv": "id\n1\n2\n",
  });
  onTestFinished(() => project.remove());
  await project.run();
  project.write({ "b.csv": "id\n\n1\n2\n3\n" });
  const rewritten = join(project.lakeFolder, ".tmp", "rewritten-1");
  // Truncates the copy of the file after it was counted and before DuckDB reads it.
  const cut = setInterval(() => {
    try {
      truncateSync(rewritten, 4);
    } catch {}
  }, 0);
  const result = await project.run().finally(() => clearInterval(cut));
  expect(messages(result)).toEqual([
    expect.stringMatching(/^rows-lost: silver\.b was not changed: bronze\.b has 3 rows, of which [01] were read$/),
  ]);
  expect(await project.rows("silver.b")).toEqual([["1"], ["2"]]);
});

const REJECTED = 1500;
let files: string;
beforeAll(() => {
  files = join(folder, "limited");
  const program = `project shop { lake = adls { account: "shop", container: "lake" } }
source files = file { path: "." }
bronze b from files.csv("b.csv") { id: int, note: string?, reject at most 100% }
silver b { from bronze.b }
`;
  spawnSync("mkdir", ["-p", files]);
  writeFileSync(join(files, "shop.medal"), program);
  const note = long(80);
  writeFileSync(
    join(files, "b.csv"),
    `id,note\n${Array.from({ length: REJECTED }, (_, at) => `x${at},${note}\n`).join("")}`,
  );
});

it("a file that cannot grow further fails the table, and the next run builds it", { timeout: 120_000 }, () => {
  const run = (limit: string) =>
    spawnSync("bash", ["-c", `ulimit -f ${limit}; exec "${process.execPath}" bin/medalc.js run "${files}"`], {
      encoding: "utf8",
    });
  const limited = run("160");
  expect(limited.stderr).toContain(
    "lake-access: the files of silver.b in the lake cannot be read or written: EFBIG: file too large, write",
  );
  expect(limited.status).toBe(4);
  expect(readdirSync(join(files, ".medal/lake/silver/b"))).toEqual([]);
  const whole = run("unlimited");
  expect(whole.stdout).toMatch(new RegExp(`silver\\.b +ok +0 +${REJECTED}\\b`));
  expect(whole.status).toBe(0);
});

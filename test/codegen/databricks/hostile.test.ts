import fc from "fast-check";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { databricksTarget } from "../../../src/codegen/databricks/index.ts";
import { contextOf, programOf } from "../support/compile.ts";
import { formatFaults, lintFaults, pythonReads } from "./judges.ts";

// biome-ignore format: a list of pieces
const harmless = ["a", "B", "7", "_", "é", "e\u0301", "日", "😀", "\u200f", "\u202e", "\u2028", "\u00a0", "\ufeff", "'", '"', '"""', "'''", "`", "``", "$", "$" + "{x}", "@", "!", "&", "|", "<", "-", "--", "~", "+", "F.lit"];
const inColumns = [
  ...harmless,
  "\\",
  "\\n",
  "\\'",
  '\\"',
  "/",
  "*",
  "?",
  "#",
  "%",
  ":",
  ".",
  "%s",
  "\u0000",
  "\u001b",
].filter((piece) => !/[{}]/.test(piece));
const inTables = harmless.filter((piece) => !/[{}]/.test(piece));
const inTexts = [
  ...harmless,
  ...inColumns,
  "{{x}}",
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ",",
  ";",
  "=",
  " ",
  "\n",
  "\t",
  "\n# COMMAND ----------\n",
];

const of = (pieces: readonly string[]) =>
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((each) => each.join(""));

interface Names {
  readonly table: string;
  readonly column: string;
  readonly text: string;
}

const hostile: fc.Arbitrary<Names> = fc.record({
  table: of(inTables).map((each) => `t${each}`),
  column: of(inColumns),
  text: of(inTexts),
});
const plain: Names = { table: "ta", column: "c", text: "x" };

const named = (text: string): string => `\`${text.replaceAll("`", "``")}\``;

/** As the language writes it; what cannot stand in a text of one line goes. */
function quoted(text: string): string {
  const escaped = text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return `"${escaped.replace(/[\p{Cc}\u2028]/gu, "")}"`;
}

function filesOf({ table, column, text }: Names): Readonly<Record<string, string>> {
  const doc = text
    .split("\n")
    .map((line) => `/// ${line}`)
    .join("\n");
  const [a, b] = [`${column}1`, `${column}2`].map(named);
  const program = programOf(`
${doc}
project ${named(`${table}p`)} {
  lake    = adls { account: "shoplake", container: "lake" }
  compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net" }
}
source files = http { base_url: "https://example.com/" }
enum ${named(`${column}Kind`)} { ${named(`${column}v`)}, other }
${doc}
bronze ${named(`${table}b`)} from files.csv(${quoted(`${text.replaceAll(/[/*{}]/g, "")}.csv`)}) {
  ${doc}
  ${a}: string
  ${b}: ${named(`${column}Kind`)}?
  n: int
}
${doc}
silver ${named(`${table}s`)} {
  from bronze.${named(`${table}b`)} as ${named(`${column}x`)}
  left join one silver.${named(`${table}k`)} as ${named(`${column}y`)} on ${named(`${column}y`)}.${a} == ${named(`${column}x`)}.${a}
  where ${named(`${column}x`)}.${a} != ${quoted(text)}
  expect ${quoted(text)}: ${named(`${column}x`)}.n > 1 else quarantine
  group by ${named(`${column}x`)}.${b} { ${a} = max(${named(`${column}x`)}.${a}), count = count() }
}
silver ${named(`${table}k`)} {
  from bronze.${named(`${table}b`)}
  distinct on ${a} latest by n
  derive { ${named(`${column}3`)} = ${a} & ${quoted(text)} }
  expect ${quoted(text)}: n > 0 else fail
  key ${a}
}
`);
  const context = contextOf({});
  expect(databricksTarget.check(program, context)).toEqual([]);
  return Object.fromEntries(databricksTarget.emit(program, context).map((file) => [file.path, file.text]));
}

/** The notebooks of many programs, each program's under a number of its own, in the order in which they are emitted. */
function notebooksOf(programs: readonly Names[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    programs.flatMap((names, program) =>
      Object.values(filesOf(names))
        .filter((text) => text.startsWith("# Databricks notebook source\n"))
        .map((text, at) => [`${program}/${at}.py`, text]),
    ),
  );
}

/** The library, the one that chooses the load, the one that records the run, and those of the two tables. */
const NOTEBOOKS = [0, 1, 2, 3, 4];

const samples = fc.sample(hostile, { numRuns: 60, seed: 11 });
const sampled = notebooksOf(samples);

it("keeps hostile names and texts inside of what they name", async () => {
  const read = await pythonReads(notebooksOf([plain, ...samples]));
  const shapes = NOTEBOOKS.map((at) => read.get(`0/${at}.py`)?.shape);
  for (const [at, { table, column }] of samples.entries()) {
    const notebooks = NOTEBOOKS.map((each) => read.get(`${at + 1}/${each}.py`));
    expect(notebooks.map((each) => each?.shape)).toEqual(shapes);
    const texts = new Set(notebooks.flatMap((each) => each?.texts ?? []));
    for (const name of [`bronze.${table}b`, `silver.${table}s`, `silver.${table}k`, `${column}1`, `${column}3`]) {
      expect(texts).toContain(name);
    }
  }
});

it("says a text as it is", async () => {
  const texts = samples.map(({ text }) => text.replace(/(?![\n\t])[\p{Cc}\u2028]/gu, ""));
  const read = await pythonReads(sampled);
  for (const [at, text] of texts.entries()) expect(read.get(`${at}/4.py`)?.texts).toContain(text);
});

it("has the cells that a harmless program has, in lines that only comments share", () => {
  const cells = (names: Names): readonly number[] =>
    Object.values(notebooksOf([names])).map((text) => text.split("\n# COMMAND ----------\n").length);
  const expected = cells(plain);
  for (const names of samples) {
    expect(cells(names)).toEqual(expected);
    for (const text of Object.values(notebooksOf([names]))) {
      expect(text).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u);
      for (const markdown of text.split("\n# COMMAND ----------\n").filter((cell) => cell.includes("# MAGIC %md"))) {
        expect(
          markdown
            .trim()
            .split("\n")
            .filter((line) => !/^# (MAGIC|Databricks notebook source)/.test(line)),
        ).toEqual([]);
        expect(markdown.match(/^# MAGIC %/gm)).toHaveLength(1);
      }
    }
  }
});

it("stays as linter and formatter have it", async () => {
  expect(await lintFaults(sampled, ["E501", "RUF"])).toBe("");
  expect(await formatFaults(sampled)).toBe("");
});

interface Task {
  readonly task_key: string;
  readonly depends_on?: readonly unknown[];
  readonly notebook_task: { readonly base_parameters: Readonly<Record<string, string>> };
}

it("writes a bundle that means the same", () => {
  for (const names of [plain, ...samples]) {
    const bundle = parse(filesOf(names)["databricks/databricks.yml"] ?? "");
    const [job] = Object.values<{ tasks: Task[] }>(bundle.resources.jobs);
    expect(
      job?.tasks.map(({ task_key: key, depends_on: before }) => [/^silver_\w+$/.test(key), before?.length]),
    ).toEqual([
      // It chooses the load.
      [false, undefined],
      [true, 1],
      [true, 2],
      // It records the run.
      [false, 2],
    ]);
    const tables = JSON.parse(job?.tasks.at(-1)?.notebook_task.base_parameters.tables ?? "");
    expect(Object.keys(tables).sort()).toEqual([`silver.${names.table}k`, `silver.${names.table}s`].sort());
  }
});

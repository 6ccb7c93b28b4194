/** Awkward bronze files: Spark and the local run read the same rows out of them, and those that are right. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleContext, programOf } from "../../codegen/support/compile.ts";
import { differences, setAside } from "../../support/spark/compare.ts";
import { type Lakes, localRows, runOnBoth } from "../../support/spark/engines.ts";
import { INSTALLED_AND_RUN, type Row, type Spark, startSpark } from "../../support/spark/session.ts";
import { type BronzeFile, bronzeFiles, type Reading } from "./bronze-files.ts";

const TYPES: Readonly<Record<string, string>> = { id: "int", a: "string?", b: "string?" };
const columnsOf = ({ columns = ["id", "a", "b"] }: BronzeFile) => columns;

const tables = new Map(Object.values(bronzeFiles).map((file, index) => [file, `t${index}`]));
const declarations = [...tables].map(([file, table]) => {
  const object = file.kind === "csv" ? `csv("${table}.csv")` : `json("${table}.jsonl")`;
  const columns = columnsOf(file).map((name) => `${name}: ${TYPES[name]}`);
  return `bronze ${table} from files.${object} { ${columns.join(", ")} }\nsilver ${table} { from bronze.${table} }`;
});
const program = programOf(`
project awkward {
  lake    = adls { account: param.storage_account, container: "lake" }
  compute = databricks { workspace: param.databricks_workspace }
}
param storage_account: string
param databricks_workspace: string
source files = http { base_url: "https://example.com/" }
${declarations.join("\n")}
`);

const folder = mkdtempSync(join(tmpdir(), "medal-bronze-"));
let spark: Spark;
let lakes: Lakes;

beforeAll(async () => {
  const files = join(folder, "files");
  mkdirSync(files);
  for (const [{ kind, text }, table] of tables) writeFileSync(join(files, `${table}.${kind}`), text);
  spark = await startSpark();
  lakes = await runOnBoth(spark, program, exampleContext, folder, { files });
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  rmSync(folder, { recursive: true, force: true });
});

for (const [name, file] of Object.entries(bronzeFiles)) {
  const table = tables.get(file) ?? "";

  it(`Spark reads ${name}`, async () => {
    const rows = await spark.rows(join(lakes.spark, "silver", table));
    const aside = await spark.rows(join(lakes.spark, "quarantine/silver", table));
    expect(unlike(file, file.onSpark ?? file, rows, aside)).toEqual([]);
  });

  it(`the local run reads ${name}`, async () => {
    const rows = await localRows(program, lakes.local, `silver.${table}`);
    const aside = await localRows(program, lakes.local, `quarantine.silver.${table}`);
    const numbered = rows.map((row) => ({ ...row, id: Number(row.id) }));
    expect(unlike(file, file, numbered, aside)).toEqual([]);
  });
}

function unlike(file: BronzeFile, wanted: Reading, rows: readonly Row[], aside: readonly Row[]): readonly string[] {
  const named = (values: Reading["rows"][number]): Row =>
    Object.fromEntries(columnsOf(file).map((name, index) => [name, values[index] ?? null]));
  const wantedAside = (wanted.aside ?? []).map((each): Row => {
    const source = `bronze.${tables.get(file)}`;
    if (typeof each === "string") return { source, reason: "malformed record", record: each };
    return { source, reason: each[1], record: JSON.stringify(named(each[0])) };
  });
  return [...differences(rows, wanted.rows.map(named)), ...differences(aside.map(setAside), wantedAside.map(setAside))];
}

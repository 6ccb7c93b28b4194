/** A program with a table for each of the unusual files, and comparison of its tables with the expected content. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { programOf } from "../../codegen/support/compile.ts";
import { comparableRejection, differences } from "../spark/compare.ts";
import type { Row } from "../spark/session.ts";
import { type BronzeFile, bronzeFiles, type Reading } from "./files.ts";

const TYPES: Readonly<Record<string, string>> = {
  id: "int",
  a: "string?",
  b: "string?",
  c: "string(3)",
  d: "string(3)?",
};

/** The name of each file's table. */
export const tables: ReadonlyMap<BronzeFile, string> = new Map(
  Object.values(bronzeFiles).map((file, index) => [file, `t${index}`]),
);

const declarations = [...tables].map(([file, table]) => {
  const object = file.kind === "csv" ? `csv("${table}.csv")` : `json("${table}.jsonl")`;
  const columns = columnsOf(file).map((name) => `${name}: ${(file.types ?? TYPES)[name]}`);
  return `bronze ${table} from files.${object} { ${columns.join(", ")}, reject at most 100% }\nsilver ${table} { from bronze.${table} }`;
});

export const program = programOf(`
project awkward {
  lake    = adls { account: param.storage_account, container: "lake" }
  compute = databricks { workspace: param.databricks_workspace }
}
param storage_account: string
param databricks_workspace: string
source files = http { base_url: "https://example.com/" }
${declarations.join("\n")}
`);

/** Writes the files into the folder of the source `files`. */
export function writeFiles(folder: string): void {
  for (const [{ kind, text }, table] of tables) writeFileSync(join(folder, `${table}.${kind}`), text);
}

/** Unexpected and missing rows of a table and its quarantine; `id` may be text or a number. */
export function unlike(
  file: BronzeFile,
  wanted: Reading,
  rows: readonly Row[],
  rejected: readonly Row[],
): readonly string[] {
  const named = (values: Reading["rows"][number]): Row =>
    Object.fromEntries(columnsOf(file).map((name, index) => [name, values[index] ?? null]));
  const wantedRejected = (wanted.rejected ?? []).map((each): Row => {
    const source = `bronze.${tables.get(file)}`;
    if (typeof each === "string") return { source, reason: "malformed record", record: each };
    return { source, reason: each[1], record: JSON.stringify(named(each[0])) };
  });
  const numbered = rows.map((row) => ({ ...row, id: Number(row.id) }));
  return [
    ...differences(numbered, wanted.rows.map(named)),
    ...differences(rejected.map(comparableRejection), wantedRejected.map(comparableRejection)),
  ];
}

function columnsOf({ types, columns }: BronzeFile): readonly string[] {
  return columns ?? (types ? Object.keys(types) : ["id", "a", "b"]);
}

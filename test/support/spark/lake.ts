/** The notebooks of a program at work in a lake, and what the lake's tables then say of themselves. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { databricksTarget } from "../../../src/codegen/databricks/index.ts";
import { notebookPaths } from "../../../src/codegen/shared/notebooks.ts";
import type { EmitContext } from "../../../src/codegen/target.ts";
import { type Column, type Program, qualifiedName, type Type } from "../../../src/plan/program.ts";
import type { Spark } from "./session.ts";

/** Compiles the program's notebooks into a folder. Each one's path, by table, after those whose tables it reads. */
export function writeNotebooks(program: Program, context: EmitContext, folder: string): ReadonlyMap<string, string> {
  for (const { path, text } of databricksTarget.emit(program, context)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const paths = notebookPaths(program);
  const names = program.tables.map(qualifiedName);
  return new Map(names.map((name) => [name, join(folder, "databricks", `${paths.get(name)}.py`)]));
}

/** The only load of the lakes of tests. */
export const LOAD = "20260131T060000Z";

/** Runs a program's notebooks in their order. What each printed, by table. */
export async function runNotebooks(
  spark: Spark,
  notebooks: ReadonlyMap<string, string>,
  lake: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, string>> {
  const printed = new Map<string, string>();
  for (const [table, path] of notebooks) printed.set(table, await spark.run(path, { lake, load: LOAD }, settings));
  return printed;
}

/** What the log of a Delta table says of the newest version. */
export interface DeltaFacts {
  readonly protocol: Readonly<Record<string, unknown>>;
  readonly columns: readonly DeltaColumn[];
}

interface DeltaColumn {
  readonly name: string;
  /** As Delta's log has it. */
  readonly type: string;
  readonly nullable: boolean;
}

/** Reads the log's JSON files; a table whose log has none is not there. */
export function deltaFacts(folder: string): DeltaFacts | undefined {
  const { protocol, metaData } = newestActions(folder) ?? {};
  if (metaData === undefined) return undefined;
  const { fields } = JSON.parse(metaData.schemaString);
  return {
    protocol,
    columns: fields.map(({ name, type, nullable }: DeltaColumn) => ({ name, type, nullable })),
  };
}

/** What the log of a Delta table says in words, and how many versions it has. */
export function deltaComments(folder: string) {
  const { metaData, versions } = newestActions(folder) ?? { metaData: { schemaString: '{"fields":[]}' }, versions: 0 };
  const { fields } = JSON.parse(metaData.schemaString);
  const columns = fields.map(({ metadata }: { metadata: { comment?: string } }) => metadata.comment);
  return { table: metaData.description, columns, versions };
}

function newestActions(folder: string) {
  const log = join(folder, "_delta_log");
  if (!existsSync(log)) return undefined;
  const files = readdirSync(log).filter((name) => /^\d{20}\.json$/.test(name));
  const actions = files.sort().flatMap((name) => readFileSync(join(log, name), "utf8").trim().split("\n"));
  const parsed = actions.map((line) => JSON.parse(line));
  const { protocol } = parsed.findLast((action) => "protocol" in action);
  const { metaData } = parsed.findLast((action) => "metaData" in action);
  return { protocol, metaData, versions: files.length };
}

/** What the log has to say of a table with these columns. */
export function deltaColumns(columns: readonly Column[]): readonly DeltaColumn[] {
  return columns.map(({ name, type, nullable }) => ({ name, type: deltaType(type), nullable }));
}

function deltaType(type: Type): string {
  switch (type.kind) {
    case "enum":
      return "string";
    case "bool":
      return "boolean";
    case "int":
      return "integer";
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    default:
      return type.kind;
  }
}

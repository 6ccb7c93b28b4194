/** One program on both engines, from the same bronze files. */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EmitContext } from "../../../src/codegen/target.ts";
import type { Program } from "../../../src/plan/program.ts";
import { run } from "../../../src/runner/run.ts";
import { showTable } from "../../../src/runner/show.ts";
import { runNotebooks, writeNotebooks } from "./lake.ts";
import type { Row, Spark } from "./session.ts";

export interface Lakes {
  readonly local: string;
  readonly spark: string;
  /** What each table's notebook printed. */
  readonly printed: ReadonlyMap<string, string>;
}

/** Runs the program here; `sources` has the sources' folders. What failed fails the test. */
export async function runHere(
  program: Program,
  params: EmitContext["environment"]["params"],
  lake: string,
  sources: Readonly<Record<string, string>>,
): Promise<void> {
  const { diagnostics } = await run({
    program,
    baseFolder: lake,
    lakeFolder: lake,
    params,
    sources: Object.fromEntries(Object.entries(sources).map(([name, folder]) => [name, { kind: "folder", folder }])),
    secret: () => undefined,
    startedAt: new Date("2026-01-31T06:00:00Z"),
    threads: 2,
    onEvent: () => undefined,
  });
  const failed = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
  if (failed.length > 0) throw new Error(`the local run failed:\n${failed.join("\n")}`);
}

/** Runs the program here and on Spark, each in a lake of its own, from the same bronze files. */
export async function runOnBoth(
  spark: Spark,
  program: Program,
  context: EmitContext,
  folder: string,
  sources: Readonly<Record<string, string>>,
  settings?: Readonly<Record<string, string>>,
): Promise<Lakes> {
  const lakes = { local: join(folder, "local"), spark: join(folder, "spark") };
  await runHere(program, context.environment.params, lakes.local, sources);
  mkdirSync(lakes.spark, { recursive: true });
  cpSync(join(lakes.local, "bronze"), join(lakes.spark, "bronze"), { recursive: true });
  const notebooks = writeNotebooks(program, context, join(folder, "notebooks"));
  const printed = await runNotebooks(spark, notebooks, lakes.spark, settings);
  return { ...lakes, printed };
}

/** All rows of a table as `medalc show` reads them: every value as text. */
export async function localRows(program: Program, lake: string, relation: string): Promise<readonly Row[]> {
  const { columns, rows } = await showTable({ lakeFolder: lake, relation, limit: 1_000_000, program });
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

/** Benchmarks `check` and `compile` on generated projects: cold, in a new process, and warm, repeatedly in one process. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import type * as Library from "../src/index.ts";
import { processMedian, processOnce, table, warmMedian } from "./measure.ts";
import { medalc, root, withProject } from "./projects.ts";

const SIZES = [100, 1_000, 10_000];
const COLD_RUNS: Readonly<Record<number, number>> = { 100: 9, 1000: 7, 10000: 3 };
const WARM_RUNS: Readonly<Record<number, number>> = { 100: 20, 1000: 10, 10000: 3 };
/** The maximum growth of the cost per table from one size to the next. */
const MOST_GROWTH = 1.2;
/** The maximum memory of a process, MB, for the largest project. */
const MOST_MB = 1_000;

interface Row {
  readonly what: string;
  readonly tables: number;
  readonly ms: number;
  readonly peakMb?: number;
}

/** Prints the measurements; false if the cost per table grows by more than the limit or a process takes too much memory. */
export async function benchCompiler(): Promise<boolean> {
  const library: typeof Library = await import(`${root}dist/index.js`);
  const rows: Row[] = [];
  for (const tables of SIZES) {
    rows.push(...(await withProject(tables, (folder) => measured(tables, folder, library))));
  }
  const whats = [...new Set(rows.map((each) => each.what))];
  const byWhat = whats.map((what) => rows.filter((each) => each.what === what));
  console.log(
    table(
      ["", "tables", "ms", "tables/s", "peak MB"],
      byWhat
        .flat()
        .map(({ what, tables, ms, peakMb }) => [
          what,
          String(tables),
          ms.toFixed(0),
          ((tables * 1000) / ms).toFixed(0),
          peakMb === undefined ? "" : peakMb.toFixed(0),
        ]),
    ),
  );
  const grown = byWhat.flatMap((each) =>
    each.slice(1).map((row, at) => {
      const before = each[at] ?? row;
      return {
        what: row.what,
        from: before.tables,
        to: row.tables,
        growth: row.ms / row.tables / (before.ms / before.tables),
      };
    }),
  );
  console.log("\ngrowth of the cost per table from one size to the next:");
  for (const { what, from, to, growth } of grown) {
    console.log(
      `  ${what}, ${from} to ${to}: ${growth.toFixed(2)}${growth > MOST_GROWTH ? ` FAIL, limit ${MOST_GROWTH}` : ""}`,
    );
  }
  const large = rows.filter(({ peakMb = 0 }) => peakMb > MOST_MB);
  for (const { what, tables, peakMb } of large) {
    console.log(`${what}, ${tables} tables: ${peakMb?.toFixed(0)} MB FAIL, limit ${MOST_MB}`);
  }
  return large.length === 0 && grown.every((each) => each.growth <= MOST_GROWTH);
}

async function measured(tables: number, folder: string, library: typeof Library): Promise<readonly Row[]> {
  const out = `${folder}/out`;
  const cold = COLD_RUNS[tables] ?? 3;
  const warm = WARM_RUNS[tables] ?? 3;
  const coldCheck = await processMedian(cold, () => processOnce(process.execPath, [medalc, "check", folder]));
  const coldCompile = await processMedian(
    Math.min(cold, 3),
    () => processOnce(process.execPath, [medalc, "compile", folder, "--out", out]),
    () => rmSync(out, { recursive: true, force: true }),
  );
  rmSync(out, { recursive: true, force: true });

  const host = folderHost(folder);
  const context = { environment: { name: "bench", params: {} }, environments: [] };
  const check = () => library.check(host, ["main.medal"]);
  const compile = () => {
    const program = library.plan(check());
    if (!program) throw new Error("the generated project has errors");
    library.emitAll(program, context);
  };
  return [
    { what: "check, cold", tables, ...coldCheck },
    { what: "check, warm", tables, ms: warmMedian(warm, check) },
    { what: "compile, cold", tables, ...coldCompile },
    { what: "compile, warm", tables, ms: warmMedian(Math.min(warm, 5), compile) },
  ];
}

/** The files of a folder. */
function folderHost(folder: string): Library.CompilerHost {
  return {
    readFile: (path) => (existsSync(`${folder}/${path}`) ? readFileSync(`${folder}/${path}`, "utf8") : undefined),
    listPrograms: (path) => readdirSync(`${folder}/${path}`).filter((name) => name.endsWith(".medal")),
    isFolder: (path) => statSync(`${folder}/${path}`).isDirectory(),
  };
}

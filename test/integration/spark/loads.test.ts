/** Which load the notebooks of a job read, and a notebook that runs alone, from real folders. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleContext } from "../../codegen/support/compile.ts";
import { planOf } from "../../support/compile.ts";
import { writeNotebooks } from "../../support/spark/lake.ts";
import { INSTALLED_AND_RUN, INTERPRETED, type Spark, startSpark } from "../../support/spark/session.ts";

const PROGRAM = `project shop {
  lake = adls { account: "shop", container: "lake" }
  compute = databricks { workspace: "https://adb-1.1.azuredatabricks.net" }
}
source files = file { path: "in/" }
bronze a from files.csv("a.csv") { load: string }
bronze b from files.csv("b.csv") { load: string  key load }
bronze unread from files.csv("c.csv") { load: string }
silver both { from bronze.a as a  join one bronze.b as b on a.load == b.load  select { a.load } }
`;

const folder = mkdtempSync(join(tmpdir(), "medal-loads-"));
const lake = join(folder, "lake");
let spark: Spark;
let notebook: string;

beforeAll(async () => {
  spark = await startSpark();
  notebook = [...writeNotebooks(planOf(PROGRAM), exampleContext, join(folder, "notebooks")).values()].join();
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The file says which load it is of. */
function land(table: string, load: string, isComplete: boolean, rows = `${load}\n`): void {
  const place = join(lake, "bronze", table, `load=${load}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, `${table}.csv`), `load\n${rows}`);
  if (isComplete) writeFileSync(join(place, "_load.json"), '{"bytes":-1}');
}

const [FIRST, SECOND, THIRD] = ["20260101T060000Z", "20260102T060000Z", "20260103T060000Z"] as const;
const chosen = (load: string) =>
  spark.newestLoad(join(dirname(dirname(notebook)), "newest_load.py"), { lake: `file:${lake}`, load });

it("is the newest load that all tables have complete, for a job and for a notebook alone", async () => {
  for (const table of ["a", "b"]) land(table, FIRST, false);
  await expect(chosen("")).rejects.toThrow("No load is complete in all of these tables: bronze.a, bronze.b");
  for (const table of ["a", "b"]) land(table, FIRST, true);
  land("a", SECOND, true);
  land("b", SECOND, false);
  for (const table of ["a", "b"]) land(table, THIRD, false);
  // What a local run that was killed leaves.
  for (const table of ["a", "b"]) land(table, `${THIRD}.partial`, true);
  expect(await chosen("")).toBe(FIRST);
  expect(await chosen(SECOND)).toBe(SECOND);

  const built = async (parameters: Readonly<Record<string, string>>) => {
    await spark.run(notebook, { lake: `file:${lake}`, ...parameters }, INTERPRETED);
    return spark.rows(join(lake, "silver/both"));
  };
  expect(await built({})).toMatchObject([{ load: FIRST }]);
  expect(await built({ load: "", newest_load: SECOND })).toMatchObject([{ load: SECOND }]);
  expect(await built({ load: THIRD, newest_load: SECOND })).toMatchObject([{ load: THIRD }]);
  land("b", SECOND, true);
  expect(await built({})).toMatchObject([{ load: SECOND }]);
});

it("warns if a load has no rows where the one before had some, and if a table loses all rows", async () => {
  const run = (load: string) => spark.run(notebook, { lake: `file:${lake}`, load }, INTERPRETED);
  const loads = ["20260201T060000Z", "20260202T060000Z", "20260203T060000Z"] as const;
  for (const [at, load] of loads.entries()) {
    land("a", load, true, at === 0 ? "x\n" : "");
    land("b", load, true, "x\n");
  }
  // Not complete, so it is not the load before.
  land("a", "20260202T050000Z", false, "");
  expect(await run(loads[0])).not.toContain("Warning");
  const warned = await run(loads[1]);
  expect(warned).toContain("Warning: bronze.a has no rows in this load; the load before had some");
  expect(warned).toContain("Warning: silver.both has no rows now; the version before had 1 row");
  expect(warned).not.toContain("bronze.b has");
  expect(await run(loads[2])).not.toContain("Warning");
});

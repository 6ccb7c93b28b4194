/**
 * Programs of many trades that together use all there is, on a real Spark and here, from the same bronze files: every
 * table has the same columns and rows, and so have the rejected rows; both count the same rows that only warn.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { qualifiedName } from "../../../src/plan/program.ts";
import { contextOf } from "../../codegen/support/compile.ts";
import { programFolders } from "../../support/programs.ts";
import { comparableRejection, differences } from "../../support/spark/compare.ts";
import { type Lakes, localRows, runOnBoth } from "../../support/spark/engines.ts";
import { deltaColumns, deltaFacts } from "../../support/spark/lake.ts";
import { INSTALLED_AND_RUN, INTERPRETED, type Spark, startSpark } from "../../support/spark/session.ts";

const folder = mkdtempSync(join(tmpdir(), "medal-programs-"));
let spark: Spark;

beforeAll(async () => {
  spark = await startSpark();
}, INSTALLED_AND_RUN);
afterAll(async () => {
  await spark?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every third program runs compiled, as by default; compiling takes most of the time. */
const COMPILED_EVERY = 3;

for (const [at, { name, folder: files, program }] of programFolders().entries()) {
  it(`${name} is the same on Spark as here`, { timeout: INSTALLED_AND_RUN }, async () => {
    const sources = Object.fromEntries(program.sources.map((source) => [source.name, files]));
    const settings = at % COMPILED_EVERY === 0 ? {} : INTERPRETED;
    const lakes: Lakes = await runOnBoth(spark, program, contextOf({}), join(folder, name), sources, settings);
    const problems: string[] = [];
    for (const table of program.tables) {
      const relation = qualifiedName(table);
      const place = `${table.layer}/${table.name}`;
      for (const lake of [lakes.spark, lakes.local]) {
        expect(deltaFacts(join(lake, place))?.columns, relation).toEqual(deltaColumns(table.columns));
      }
      const doubles = table.columns.filter(({ type }) => type.kind === "double").map((column) => column.name);
      const onSpark = await spark.texts(join(lakes.spark, place));
      const unlike = differences(onSpark, await localRows(program, lakes.local, relation), doubles);
      problems.push(...unlike.map((each) => `${relation}: on Spark ${each}`));

      const rejected = [lakes.spark, lakes.local].map((lake) => join(lake, "quarantine", place));
      const [there, here] = rejected.map((each) => deltaFacts(each)?.columns);
      expect(there, `quarantine.${relation}`).toEqual(here);
      if (here === undefined) continue;
      const rows = await spark.rows(rejected[0] ?? "");
      const set = differences(
        rows.map(comparableRejection),
        (await localRows(program, lakes.local, `quarantine.${relation}`)).map(comparableRejection),
      );
      problems.push(...set.map((each) => `quarantine.${relation}: on Spark ${each}`));
    }
    expect(problems.join("\n")).toBe("");
  });
}

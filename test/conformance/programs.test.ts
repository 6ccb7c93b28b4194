/** The programs for comparing Spark and DuckDB use every construct; a new one has to be added to one of them. */
import { expect, it } from "vitest";
import { catalog } from "../../src/functions/catalog.ts";
import { constructsOf, STEPS } from "../support/plan-constructs.ts";
import { programFolders } from "../support/programs.ts";

const programs = programFolders().map(({ program }) => program);
const { steps, functions } = constructsOf(programs);

it("every variant of every step is in one of the programs", () => {
  expect(STEPS.filter((each) => !steps.has(each))).toEqual([]);
});

it("every entry of the function catalogue is in one of the programs", () => {
  expect(catalog.map(({ name }) => name).filter((name) => !functions.has(name))).toEqual([]);
});

it("every kind of source and of bronze object is in one of the programs", () => {
  const sources = programs.flatMap((program) => program.sources.map(({ kind }) => kind));
  const objects = programs.flatMap((program) => program.bronze.map(({ object }) => object.kind));
  expect([...new Set(sources)].sort()).toEqual(["file", "http", "mongodb", "postgres"]);
  expect([...new Set(objects)].sort()).toEqual(["collection", "csv", "json", "table"]);
});

import { expect, it } from "vitest";
import { databricksTarget } from "../../../src/codegen/databricks/index.ts";
import { expectGolden } from "../../support/golden.ts";
import { exampleContext, exampleProgram } from "../support/compile.ts";
import { formatFaults, lintFaults, pythonReads } from "./judges.ts";

const files = databricksTarget.emit(exampleProgram(), exampleContext);
const notebooks = Object.fromEntries(
  files.filter(({ path }) => path.endsWith(".py")).map(({ path, text }) => [path, text]),
);

it("emits the example's notebooks and bundle", () => {
  for (const { path, text } of files) expectGolden(`ecommerce/${path}`, text);
});

it("emits a notebook a table", () => {
  const tables = exampleProgram().tables.map(({ layer, name }) => `databricks/notebooks/${layer}/${name}.py`);
  expect(Object.keys(notebooks)).toEqual([
    ...["lake", "newest_load", "run_record"].map((name) => `databricks/notebooks/${name}.py`),
    ...tables,
  ]);
  for (const text of Object.values(notebooks)) expect(text).toMatch(/^# Databricks notebook source\n[^\r]*[^\n]\n$/);
});

it("emits Python that a linter finds nothing in and a formatter leaves as it is", async () => {
  expect(await lintFaults(notebooks, ["E501"])).toBe("");
  expect(await formatFaults(notebooks)).toBe("");
});

it("emits lines that fit, as far as they hold no long pattern", () => {
  const lines = Object.values(notebooks).flatMap((text) => text.split("\n"));
  expect(lines.filter((each) => each.length > 120 && !/\br"/.test(each))).toEqual([]);
});

it("gives the judges something to find", async () => {
  expect(await lintFaults({ "x.py": "import os\n" })).toContain("F401");
  expect(await formatFaults({ "x.py": "x = ( 1 )\n" })).toContain("+x = 1");
  await expect(pythonReads({ "x.py": "x = (\n" })).rejects.toThrow("SyntaxError");
});

it("calls nothing that brings rows to the driver, guesses a schema, reads twice or needs a secret", async () => {
  const calls = [...(await pythonReads(notebooks)).values()].flatMap((each) => each.calls);
  const last = new Set(calls.map((each) => each.slice(each.lastIndexOf(".") + 1)));
  for (const each of ["collect", "toPandas", "toLocalIterator", "display", "show", "inferSchema", "secrets", "rdd"]) {
    expect(last).not.toContain(each);
  }
  expect(Object.values(notebooks).join()).not.toMatch(/inferSchema|password|accountkey|\.count\(\)|erp-password/i);
});

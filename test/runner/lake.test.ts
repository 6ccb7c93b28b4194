import { expect, it } from "vitest";
import { createLake } from "../../src/runner/lake.ts";

const folderOf = (relation: string): string => createLake("/lake").tableFolder(relation);

it("a table is in a folder with its name, like in notebooks, including spaces, accents and dots", () => {
  expect(folderOf("silver.orders")).toBe("/lake/silver/orders");
  expect(folderOf("quarantine.gold.vendas por mês (2026)")).toBe("/lake/quarantine/gold/vendas por mês (2026)");
  expect(folderOf("quarantine.bronze.a.b")).toBe("/lake/quarantine/bronze/a.b");
});

it("the loads of a bronze table and its rows are in different folders", () => {
  expect(createLake("/lake").loadsFolder("a.b")).toBe("/lake/bronze/a.b");
  expect(createLake("/lake").loadsFolder("a/b")).toBe("/lake/bronze/a%2fb");
  expect(folderOf("bronze.a.b")).toBe("/lake/parsed/a.b");
});

it("separators, glob characters and trailing characters are percent-encoded, without collisions", () => {
  const names = ["a/b", "a%2fb", "..", "a.", " a", "a:b", "a*b", "a\u0000b", 'a"b', "a#b"];
  expect(names.map((name) => folderOf(`gold.${name}`).slice("/lake/gold/".length))).toEqual([
    "a%2fb",
    "a%252fb",
    "%2e%2e",
    "a%2e",
    "%20a",
    "a%3ab",
    "a%2ab",
    "a%00b",
    "a%22b",
    "a%23b",
  ]);
});

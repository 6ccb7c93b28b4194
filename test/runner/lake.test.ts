import { expect, it } from "vitest";
import { createLake } from "../../src/runner/lake.ts";

const folderOf = (relation: string): string => createLake("/lake").tableFolder(relation);

it("a table lies in a folder of its name, as the notebooks name it, be there blanks, accents or dots in it", () => {
  expect(folderOf("silver.orders")).toBe("/lake/silver/orders");
  expect(folderOf("quarantine.gold.vendas por mês (2026)")).toBe("/lake/quarantine/gold/vendas por mês (2026)");
  expect(folderOf("bronze.a.b")).toBe("/lake/bronze/a.b");
});

it("what is a separator, a pattern or lost at an end is written as in an address, and is no other name's folder", () => {
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

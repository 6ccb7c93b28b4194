/** The limits documented in docs/limits.md. */
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { memoryHost } from "./checking.ts";

function codes(count: number, step = ""): readonly string[] {
  const columns = Array.from({ length: count }, (_, at) => `c${at}: int`).join(", ");
  const text = `project shop { lake = adls { account: "shop", container: "lake" } }
source files = file { path: "in/" }
bronze b from files.csv("b.csv") { ${columns} }
silver s { from bronze.b ${step} }`;
  const { diagnostics } = check(memoryHost({ "/shop.medal": text }), ["/shop.medal"]);
  return diagnostics.map(({ code }) => code);
}

it("too-many-columns: a table has at most 2,000 columns", { timeout: 60_000 }, () => {
  expect(codes(2000)).toEqual([]);
  expect(codes(2000, "derive { more = 1 }")).toEqual(["too-many-columns"]);
  expect(codes(2001)).toEqual(["too-many-columns", "too-many-columns"]);
});

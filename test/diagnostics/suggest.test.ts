import { expect, it } from "vitest";
import { closest } from "../../src/diagnostics/suggest.ts";

it("suggests a name that differs only in case before any other", () => {
  expect(closest("Order_Id", ["order_ids", "order_id"])).toBe("order_id");
});

it("suggests the name with the fewest edits", () => {
  expect(closest("custmer_id", ["order_id", "customer_ids", "customer_id"])).toBe("customer_id");
});

it("counts swapped adjacent characters as one edit", () => {
  expect(closest("form", ["from"])).toBe("from");
  expect(closest("lsit", ["list", "silo"])).toBe("list");
});

it("suggests nothing with more edits than a third of the name's length", () => {
  expect(closest("price", ["category"])).toBeUndefined();
  expect(closest("abcdef", ["abxyef"])).toBe("abxyef");
  expect(closest("abcdef", ["axyzef"])).toBeUndefined();
});

it("suggests the first of several equally near names", () => {
  expect(closest("state", ["stale", "stage"])).toBe("stale");
});

it("suggests only the other case for a name of one letter", () => {
  expect(closest("x", ["y"])).toBeUndefined();
  expect(closest("x", ["y", "X"])).toBe("X");
});

it("suggests nothing without candidates", () => {
  expect(closest("anything", [])).toBeUndefined();
  expect(closest("", ["a"])).toBeUndefined();
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { createNames } from "../../../src/codegen/shared/names.ts";

it.each([
  [["ds", "erp", "tables"], "ds_erp_tables"],
  [["silver", "order items"], "silver_order_items"],
  [["ls", "São Paulo's"], "ls_Sao_Paulo_s"],
  [["ls", "olist-kv"], "ls_olist_kv"],
  [["数据"], "x_"],
  [["7up"], "x_7up"],
  [["pl", "x".repeat(80)], `pl_${"x".repeat(52)}`],
])("%j is called %s", (words, name) => {
  expect(createNames().take(...words)).toBe(name);
});

it("distinguishes names that would be the same, ignoring case", () => {
  const names = createNames();
  expect(["a b", "a_b", "A.B", "a_b_2", "a b"].map((each) => names.take(each))).toEqual([
    "a_b",
    "a_b_2",
    "A_B_3",
    "a_b_2_2",
    "a_b_4",
  ]);
});

it("returns unique safe names for any input", () => {
  const wishes = fc.array(fc.oneof(fc.string({ unit: "binary", maxLength: 70 }), fc.constantFrom("a", "A", "é", "")));
  fc.assert(
    fc.property(wishes, (asked) => {
      const names = createNames();
      const given = asked.map((each) => names.take(each));
      for (const name of given) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,54}$/);
      expect(new Set(given.map((name) => name.toLowerCase())).size).toBe(asked.length);
    }),
  );
});

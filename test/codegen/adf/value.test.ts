import { expect, it } from "vitest";
import {
  escapeExpressions,
  evaluated,
  expression,
  isOpen,
  partsOf,
  plain,
  read,
  text,
  valueOfParam,
} from "../../../src/codegen/adf/value.ts";
import type { Setting } from "../../../src/plan/program.ts";

const account: Setting = { kind: "param", name: "account" };

it("joins what is known and keeps what is open", () => {
  expect(text`https://${{ kind: "text", value: "lake" }}.net`).toBe("https://lake.net");
  expect(text`${{ kind: "range", from: 1, to: 4 }}`).toBe("1:4");
  const open = text`https://${account}.net`;
  if (!isOpen(open)) throw new Error("not open");
  expect(partsOf(open)).toEqual(["https://", { param: "account" }, ".net"]);
});

it("keeps the type of a number", () => {
  expect(plain({ kind: "number", value: 5432 })).toBe(5432);
});

it("reads a setting as what stands for it, a param when its value is known", () => {
  const upper = { name: "upper", of: (value: string) => value.toUpperCase() };
  expect(text`${read({ kind: "text", value: "a" }, upper)}`).toBe("A");
  expect(read(account, upper)).toEqual({ param: "account", reading: upper });
  expect(valueOfParam({ param: "account", reading: upper }, "b")).toBe("B");
  expect(valueOfParam({ param: "port" }, 5432)).toBe(5432);
});

it.each([
  ["plain", "plain"],
  ["a@b", "a@b"],
  ["@a", "@@a"],
  ["@{a}", "@@{a}"],
  ["a@{b}", "a@@{b}"],
  ["{a}", "{a}"],
])("writes %s as %s, which is no expression", (value, written) => {
  expect(escapeExpressions(value)).toBe(written);
});

it("escapes texts and leaves expressions alone", () => {
  expect(evaluated({ a: ["@x"], b: expression("@item().file"), c: 1 })).toEqual({
    a: ["@@x"],
    b: { value: "@item().file", type: "Expression" },
    c: 1,
  });
});

it("does not write a secret where only text can stand", () => {
  expect(() => text`${{ kind: "secret", name: "pw" }}`).toThrow("secret.pw");
});

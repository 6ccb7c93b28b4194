import { expect, it } from "vitest";
import {
  averageText,
  compareText,
  dateText,
  dayOf,
  decimalText,
  div,
  divideHalfUp,
  elapsedSeconds,
  leastText,
  median,
  timestampText,
} from "../../examples/data/judge/arithmetic.ts";
import {
  type ColumnType,
  createReader,
  double,
  int,
  money,
  oneOf,
  string,
  timestamp,
} from "../../examples/data/judge/fields.ts";
import { blankToNull, distinct, tidy } from "../../examples/data/judge/silver.ts";

it.each([
  [-1250n, 2, "-12.50"],
  [5n, 2, "0.05"],
  [-5n, 2, "-0.05"],
  [0n, 6, "0.000000"],
  [42n, 0, "42"],
])("writes %s units at scale %i as %s", (units, scale, text) => {
  expect(decimalText(units, scale)).toBe(text);
});

it.each([
  [5n, 2n, 3n],
  [-5n, 2n, -3n],
  [5n, -2n, -3n],
  [4n, 3n, 1n],
  [-4n, 3n, -1n],
  [0n, 7n, 0n],
])("divides %s by %s half up to %s", (dividend, divisor, quotient) => {
  expect(divideHalfUp(dividend, divisor)).toBe(quotient);
});

it.each([
  [100n, 3, "0.333333"],
  [200n, 3, "0.666667"],
  [1n, 32, "0.000313"],
  [-1n, 32, "-0.000313"],
])("averages %s cents of %i rows to %s", (sum, count, text) => {
  expect(averageText(sum, count, 2)).toBe(text);
});

it.each([
  [7, 2, 3],
  [-7, 2, -3],
  [-1800, 3600, 0],
  [-5400, 3600, -1],
])("divides %i by %i toward zero to %i", (dividend, divisor, quotient) => {
  expect(div(dividend, divisor)).toBe(quotient + 0);
});

it("takes the middle, or the mean of the two middle values", () => {
  expect(median([10, 9, 2])).toBe(9);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([-1.5])).toBe(-1.5);
});

it("compares texts by code point", () => {
  const ordered = ["", "A", "Z", "a", "aa", "b", "é", "\uFFFD", "😀", "😁"];
  expect(ordered.toReversed().sort(compareText)).toEqual(ordered);
  expect(leastText(["SP", "MG", "RJ"])).toBe("MG");
});

it("writes days and microseconds, before 1970 too", () => {
  expect(dayOf(86_400_000_000 - 1)).toBe(0);
  expect(dayOf(-1)).toBe(-1);
  expect(dateText(17_897)).toBe("2019-01-01");
  expect(dateText(-1)).toBe("1969-12-31");
  expect(timestampText(1_000_001)).toBe("1970-01-01T00:00:01.000001Z");
  expect(timestampText(-1)).toBe("1969-12-31T23:59:59.999999Z");
  expect(elapsedSeconds(0, 1_999_999)).toBe(1);
  expect(elapsedSeconds(1_999_999, 0)).toBe(-2);
});

it.each<[ColumnType<unknown>, string, unknown]>([
  [int, "12", 12],
  [int, "-0012", -12],
  [int, "2147483647", 2_147_483_647],
  [int, "2147483648", undefined],
  [int, "1.0", undefined],
  [int, "1e3", undefined],
  [money, "12.5", 1250n],
  [money, "-.5", -50n],
  [money, "12.", 1200n],
  [money, "12.345", 1235n],
  [money, "-12.345", -1235n],
  [money, "12.344999", 1234n],
  [money, "99999999.99", 9_999_999_999n],
  [money, "99999999.995", undefined],
  [money, "100000000", undefined],
  [money, "12,50", undefined],
  [money, "1e2", undefined],
  [money, ".", undefined],
  [double, "-4663E-2", -46.63],
  [double, ".5", 0.5],
  [double, "1e400", undefined],
  [double, "NaN", undefined],
  [double, "Infinity", undefined],
  [timestamp, "1970-01-01 00:00:01", 1e6],
  [timestamp, "1970-01-01T00:00:00.000125Z", 125],
  [timestamp, "1970-01-01 00:00:00-03:00", 10_800e6],
  [timestamp, "1970-01-01 05:30:00+0530", 0],
  [timestamp, "2016-02-29 00:00:00", 1_456_704_000e6],
  [timestamp, "2018-02-29 10:00:00", undefined],
  [timestamp, "2018-13-45 10:00:00", undefined],
  [timestamp, "2018-01-01 24:00:00", undefined],
  [timestamp, "2018-01-01", undefined],
  [oneOf("Size", ["small", "large"]), "large", "large"],
  [oneOf("Size", ["small", "large"]), "Large", undefined],
])("reads a %o of %j as %s", (type, text, value) => {
  expect(type.parse(text)).toEqual(value);
});

const { read } = createReader(({ required, optional }) => ({
  name: required("name", string),
  age: required("age", int),
  weight: optional("weight", int),
}));

it("reads a row, trims values that are not strings, and treats an empty text of other types as missing", () => {
  expect(read([" a ", "\t7 ", ""])).toEqual({ kind: "row", row: { name: " a ", age: 7, weight: null } });
  expect(read(["", "7", null])).toEqual({ kind: "row", row: { name: "", age: 7, weight: null } });
});

it.each([
  [[null, "7", "1"], "name is missing"],
  [["a", " ", "x"], "age is missing; weight is not int"],
  [["a", "7"], "malformed record"],
  [["a", "7", "1", null], "malformed record"],
])("rejects %j: %s", (values, reason) => {
  expect(read(values)).toEqual({ kind: "rejected", reason });
});

it("cleans texts", () => {
  expect(tidy(" \tSÃO \n PAULO\r")).toBe("são paulo");
  expect(blankToNull("  a  b ")).toBe("a  b");
  expect(blankToNull("   ")).toBeNull();
  expect(blankToNull("\t")).toBe("\t");
});

it("keeps one of each row", () => {
  const rows = [
    { a: "x", b: null, c: 1n },
    { a: "x", b: "null", c: 1n },
    { a: "x", b: null, c: 1n },
    { a: "x", b: null, c: 2n },
  ];
  expect(distinct(rows)).toEqual([rows[0], rows[1], rows[3]]);
});

import { expect, it } from "vitest";
import { textTable } from "../../src/cli/table.ts";

const columns = [
  { name: "month", isNumber: false },
  { name: "revenue", isNumber: true },
];

it("aligns text left and numbers right", () => {
  expect(
    textTable(
      columns,
      [
        ["2018-01-01", "7.50"],
        ["2018-02-01", "12345.00"],
      ],
      80,
    ),
  ).toBe("month        revenue\n----------  --------\n2018-01-01      7.50\n2018-02-01  12345.00\n");
});

it("shows the header of a table without rows", () => {
  expect(textTable(columns, [], 80)).toBe("month  revenue\n-----  -------\n");
});

it("counts wide characters twice", () => {
  expect(textTable(columns, [["東京", "1"]], 80)).toBe("month  revenue\n-----  -------\n東京         1\n");
});

it("truncates long cells only if the table is too wide", () => {
  const long = "x".repeat(50);
  expect(textTable(columns, [[long, "1"]], 80)).toContain(long);
  expect(textTable(columns, [[long, "1"]], 50)).toContain(`${"x".repeat(31)}…`);
});

it("omits the last columns if truncating is not sufficient, and lists them", () => {
  expect(textTable(columns, [["2018-01-01", "7.50"]], 12)).toBe("month\n----------\n2018-01-01\nnot shown: revenue\n");
});

it("nothing in a cell can move the cursor", () => {
  expect(textTable(columns, [["a\u001b[2J\nb", "1"]], 80)).toContain("a\ufffd[2J\ufffdb");
});

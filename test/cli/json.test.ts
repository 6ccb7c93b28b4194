import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { jsonValue } from "../../src/cli/json-value.ts";
import { medalc, temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "shop" } }
source files = file { path: "in" }
bronze sales from files.csv("sales.csv") {
  b: bool?, i: int?, l: long?, d: double?, e: decimal(20,2)?, s: string?, day: date?, t: timestamp?
}
gold sales { from bronze.sales }
`;
const SALES = `b,i,l,d,e,s,day,t
true,-7,9007199254740991,0.1,0.10,"",2018-01-31,2018-01-31 10:00:00
false,0,9007199254740993,1e300,123456789012345678.90,x,0001-01-01,2018-01-31T10:00:00.000001Z
,,,,,,,
`;

it("prints values as JSON values if they are preserved exactly, otherwise as text", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "in/sales.csv": SALES });
  await medalc("run", { folder });
  const { rows } = JSON.parse((await medalc("show gold.sales --json", { folder })).out);
  expect(rows).toEqual([
    {
      b: true,
      i: -7,
      l: 9007199254740991,
      d: 0.1,
      e: "0.10",
      s: "",
      day: "2018-01-31",
      t: "2018-01-31T10:00:00.000000Z",
    },
    {
      b: false,
      i: 0,
      l: "9007199254740993",
      d: 1e300,
      e: "123456789012345678.90",
      s: "x",
      day: "0001-01-01",
      t: "2018-01-31T10:00:00.000001Z",
    },
    { b: null, i: null, l: null, d: null, e: null, s: null, day: null, t: null },
  ]);
});

it.each(["inf", "-inf", "nan"])("gives the double %s as text, for JSON has no such number", (text) => {
  expect(jsonValue(text, { kind: "double" })).toBe(text);
});

/** From the table in the docs: the fields of each command's answer. */
function documented(): ReadonlyMap<string, readonly string[]> {
  const rows = readFileSync(`${root}/docs/json.md`, "utf8").matchAll(/^\| `(\w+)` \| (.+) \|$/gm);
  return new Map(
    [...rows].map(([, command = "", text = ""]) => [
      command,
      [...text.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
    ]),
  );
}

it.each([
  ["check", "check"],
  ["compile", "compile"],
  ["run", "run"],
  ["show", "show gold.sales"],
  ["show", "show bronze.sales"],
  ["query", "query from/**/gold.sales"],
  ["lineage", "lineage gold.sales.s"],
  ["graph", "graph"],
  ["completion", "completion bash"],
  ["fmt", "fmt --diff"],
  ["explain", "explain no-program"],
  ["init", "init new"],
])("documents what %s --json answers: %s", async (command, commandLine) => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "in/sales.csv": SALES });
  if (command === "show" || command === "query") await medalc("run", { folder });
  const {
    version,
    command: named,
    diagnostics,
    ...answer
  } = JSON.parse((await medalc(`${commandLine} --json`, { folder })).out);
  expect({ version, named, diagnostics }).toEqual({ version: 1, named: command, diagnostics: expect.any(Array) });
  // Only a bronze table can have records that were rejected when its file was read.
  const isAbsent = (field: string): boolean => field === "rejected" && !commandLine.includes("bronze");
  expect(Object.keys(answer)).toEqual(
    documented()
      .get(command)
      ?.filter((field) => !isAbsent(field)),
  );
});

it("documents the fields of a table in a run", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "in/sales.csv": SALES });
  const { tables } = JSON.parse((await medalc("run --json", { folder })).out);
  const text = readFileSync(`${root}/docs/json.md`, "utf8");
  for (const name of Object.keys(Object.assign({}, ...tables))) expect(text).toContain(`\`${name}\``);
});

/** Load modes, columns of the load and patterns: what is refused, and what the plan has. */
import { expect, it } from "vitest";
import {
  isPattern,
  patternFolder,
  patternProblem,
  patternRegExp,
  placeholdersOf,
} from "../../src/semantics/path-pattern.ts";
import { errorsOf, expectedErrors, planOf } from "./checking.ts";

const table = (members: string, object = 'shop_db.table("public.visits")') =>
  `bronze visits from ${object} {\n${members}\n}`;

it.each([
  ["load «append»\n id: long", "load-without-column"],
  ["load append by «ids»\n id: long", "unknown-column"],
  ["load append by «id»\n id: long?", "load-column"],
  ["load append by «id»\n id: string", "load-column"],
  ["load append by «id»\n id: double", "load-column"],
  ["load append by «at»\n at: timestamp = load.at", "load-column"],
  ["«load changes by id»\n id: long", "load-without-key"],
  ["load changes by id deleted when «id»\n id: long\n key id", "condition-not-bool"],
  ["load changes by id deleted when «gone»\n id: long\n key id", "unknown-column"],
  ["«load append by id deleted when true»\n id: long", "load-option-unused"],
  ["«load full by id»\n id: long", "load-option-unused"],
  ["«load full lag 2 hours»\n id: long", "load-option-unused"],
  ["load append by id «lag 2 hours»\n id: long", "invalid-argument"],
  ["load append by id «lag 0.5»\n id: long", "invalid-argument"],
  ["load append by at «lag 2»\n at: timestamp", "invalid-argument"],
  ["load append by at «lag 2 weeks»\n at: timestamp", "invalid-argument"],
  ["load append by at «lag 2 hours»\n at: date", "invalid-argument"],
  ["«load files»\n id: long", "load-not-possible"],
  ["load full\n«load full»\n id: long", "duplicate-clause"],
  ["id: long\n at: «string» = load.at", "invalid-type"],
  ["id: long\n at: «timestamp?» = load.at", "invalid-type"],
  ["id: long\n row: «int» = load.row", "invalid-type"],
  ["id: long\n at: timestamp = load.«time»", "unknown-load-field"],
])("%s is refused at its mark", (members, code) => {
  const { text, errors } = expectedErrors(table(members), [code]);
  expect(errorsOf(text)).toEqual(errors);
});

it.each([
  ['files.csv(«"a/{b.csv"»)', "invalid-pattern"],
  ['files.csv(«"a/{1}.csv"»)', "invalid-pattern"],
  ['files.csv(«"a/{at}.csv"»)', "invalid-pattern"],
  ['files.csv(«"{a}/{a}.csv"»)', "invalid-pattern"],
  ['files.csv(«"{a}{b}.csv"»)', "invalid-pattern"],
  ['files.csv(«"a**/b.csv"»)', "invalid-pattern"],
  ['files.csv(«"a/**"»)', "invalid-pattern"],
  ['files.csv(«"_a/*.csv"»)', "invalid-pattern"],
])("%s is refused", (object, code) => {
  const { text, errors } = expectedErrors(table("id: long", object), [code]);
  expect(errorsOf(text)).toEqual(errors);
});

it("a file cannot be asked for its new rows", () => {
  const marked = table("«load append by id»\n id: long", 'files.csv("visits.csv")');
  const { text, errors } = expectedErrors(marked, ["load-not-possible"]);
  expect(errorsOf(text)).toEqual(errors);
});

it("a table that is read from its newest file has no stored plan", () => {
  const { bronze } = planOf(table("load full\n id: long"));
  expect(bronze.filter(({ stored }) => stored !== undefined)).toEqual([]);
});

it("a table that is loaded by changes is the newest version of each key that is not deleted", () => {
  const { bronze } = planOf(
    table(
      "load changes by at deleted when gone ?? false lag 2 hours\n id: long\n at: timestamp\n gone: bool?\n key id",
    ),
  );
  const visits = bronze.find(({ name }) => name === "visits");
  expect(visits?.load).toMatchObject({
    kind: "changes",
    by: "at",
    key: ["id"],
    lag: { kind: "duration", seconds: 7200 },
  });
  expect(visits?.stored?.columns.map(({ name, fromLoad }) => [name, fromLoad])).toEqual([
    ["id", undefined],
    ["at", undefined],
    ["gone", undefined],
    ["_load_id", "id"],
    ["_load_file", "file"],
    ["_load_row", "row"],
  ]);
  const { steps, columns, keys, keyChecks, reads } = visits?.stored?.table ?? { steps: [] };
  expect(steps.map(({ kind }) => kind)).toEqual(["from", "latest", "where", "select"]);
  expect([reads, keys, keyChecks, columns?.map(({ name }) => name)]).toEqual([
    ["loads.visits"],
    [["id"]],
    [],
    ["id", "at", "gone"],
  ]);
});

it("the key of a stored table is checked once, when it is built", () => {
  const { bronze, tables } = planOf(
    `${table("load append by id\n id: long\n key id")}\nsilver visits { from bronze.visits }`,
  );
  const visits = bronze.find(({ name }) => name === "visits");
  expect(visits?.stored?.table.keyChecks.map(({ relation }) => relation)).toEqual(["bronze.visits"]);
  expect(tables.find(({ name }) => name === "visits")?.keyChecks).toEqual([]);
});

it("columns come from the load and from the names of files", () => {
  const object = 'files.csv("in/{country}/*.csv")';
  const { bronze } = planOf(
    table(
      "id: long\n country: string(2) = load.country @pii\n at: timestamp = load.at\n file: string = load.file\n row: long = load.row\n key (file, row)",
      object,
    ),
  );
  const visits = bronze.find(({ name }) => name === "visits");
  expect(visits?.load).toEqual({ kind: "full" });
  expect(visits?.columns.map(({ fromLoad }) => fromLoad)).toEqual([undefined, "country", "at", "file", "row"]);
  expect(visits?.columns[1]?.tags).toEqual(["pii"]);
  expect(visits?.stored?.table.steps.map(({ kind }) => kind)).toEqual(["from"]);
});

it("columns may follow the clause on its line", () => {
  const { bronze } = planOf('bronze v from shop_db.table("v") { load append by id lag 5 id: long key id }');
  expect(bronze.at(-1)?.load).toEqual({ kind: "append", by: "id", lag: { kind: "number", amount: "5" } });
});

it("a column may be named like a part of the clause", () => {
  const { bronze } = planOf(
    table("load changes by at\n deleted: bool\n lag: int\n at: timestamp\n load: int\n key lag"),
  );
  expect(bronze.find(({ name }) => name === "visits")?.columns.map(({ name }) => name)).toEqual([
    ...["deleted", "lag", "at", "load"],
  ]);
});

it.each([
  ["rides/*.csv", "rides/a.csv", {}],
  ["**/*.csv", "a.csv", {}],
  ["**/*.csv", "a/b/c.csv", {}],
  ["a/**/c.csv", "a/c.csv", {}],
  ["{year}-{month}/x.(1)+.csv", "2024-01/x.(1)+.csv", { year: "2024", month: "01" }],
  ["a-*.csv", "a-_.csv", {}],
  ["{a}-{b}.csv", "x-y-z.csv", { a: "x", b: "y-z" }],
])("the pattern %s matches %s", (pattern, path, values) => {
  expect(patternProblem(pattern)).toBeUndefined();
  expect({ ...patternRegExp(pattern).exec(path)?.groups }).toEqual(values);
  expect(patternRegExp(pattern).test(path)).toBe(true);
});

it.each([
  ["rides/*.csv", "rides/a/b.csv"],
  ["rides/*.csv", "rides/a.csv.gz"],
  ["{a}.csv", ".csv"],
  ["a.csv*", "aXcsv"],
  ["*.csv", "_a.csv"],
  ["*.csv", ".a.csv"],
  ["{a}.csv", "_a.csv"],
  ["rides/*", "rides/.a"],
  ["**/*.csv", "_x/a.csv"],
  ["**/*.csv", "a/_x/a.csv"],
  ["**/*.csv", "a/_x.csv"],
])("the pattern %s does not match %s", (pattern, path) => {
  expect(patternRegExp(pattern).test(path)).toBe(false);
});

it("a pattern has a folder and placeholders", () => {
  expect(patternFolder("a/b/c-{d}/e.csv")).toBe("a/b/");
  expect(patternFolder("*.csv")).toBe("");
  expect(placeholdersOf("a/{b}/{c}.csv")).toEqual(["b", "c"]);
  expect(isPattern("a/b (1).csv")).toBe(false);
});

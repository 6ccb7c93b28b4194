import fc from "fast-check";
import { expect, it } from "vitest";
import { format } from "../../src/format/format.ts";
import { importAdf, noticeText } from "../../src/import/adf/index.ts";
import { ianaTimeZone } from "../../src/time-zones.ts";
import { checkText } from "../support/compile.ts";
import { expectGolden } from "../support/golden.ts";
import { caseNames, contentsOf, filesOf } from "./cases.ts";

it.each(caseNames)("imports %s as a program that is right and formatted", (name) => {
  const { text, notices } = importAdf(filesOf(contentsOf(name)), "folder");
  expect(checkText(text).diagnostics).toEqual([]);
  expect(format({ path: "main.medal", text })).toBe(text);
  expectGolden(`import/${name}.medal`, text);
  expectGolden(`import/${name}.txt`, notices.map((each) => `${noticeText(each)}\n`).join(""));
});

it("imports no plain-text secret of the factory, and reports which", () => {
  const { text, notices } = importAdf(filesOf(contentsOf("plain-secrets")), "folder");
  const output = `${text}${JSON.stringify(notices)}`;
  expect(output).not.toMatch(/S3cret/i);
  expect(output).not.toContain("ew0KICAiVmVyc2lvbiI6ICIy");
  const files = notices.filter((each) => /Key Vault|secret/.test(each.message)).map((each) => each.file);
  for (const name of ["Erp", "Erp2", "Erp3", "Mongo", "Web", "Web2"]) {
    expect(files).toContain(`linkedService/${name}.json`);
  }
});

it("reveals no content of a file that is not JSON", () => {
  const { text, notices } = importAdf(filesOf(contentsOf("hostile")), "folder");
  expect(`${text}${JSON.stringify(notices)}`).not.toContain("hunter2");
  expect(notices).toContainEqual({
    kind: "left-out",
    file: "pipeline/Broken.json",
    path: "$",
    message: "the file is not valid JSON",
  });
});

it("every notice has a file and a JSON path that exists", () => {
  for (const name of caseNames) {
    const contents = contentsOf(name);
    for (const { file, path } of importAdf(filesOf(contents), "folder").notices) {
      expect(path).toMatch(/^\$/);
      expect(Object.keys(contents).map((each) => each.replace(/[\p{Cc}\u2028]/gu, " "))).toContain(file);
    }
  }
});

it("reports everything that is not imported", () => {
  const contents = contentsOf("every-kind");
  const { text, notices } = importAdf(filesOf(contents), "folder");
  const told = new Set(notices.map(({ file }) => file));
  const silent = Object.keys(contents).filter((file) => !told.has(file));
  // What became part of the program: a source, the lake, a table, the schedule.
  expect(silent).toEqual([
    ...["linkedService/ls_web.json", "linkedService/ls_lake.json", "dataset/ds_web.json", "dataset/ds_lake.json"],
    ...["pipeline/pl_orders.json", "pipeline/pl_all.json", "trigger/tr_daily.json"],
  ]);
  expect(text).toContain('bronze orders from web.csv("orders.csv")');
  expect(text).toContain('schedule = daily at "06:00" in "UTC"');
});

it("leaves out the name of an integration runtime that Data Factory would refuse, and says so", () => {
  const contents = structuredClone(contentsOf("unsupported"));
  const services = Object.entries(contents).filter(([path]) => path.startsWith("linkedService/"));
  for (const [, content] of services)
    Object.assign((content as { properties: object }).properties, { connectVia: { referenceName: "-" } });
  const { text, notices } = importAdf(filesOf(contents), "folder");
  expect(text).not.toContain("integration_runtime");
  expect(notices.map(noticeText).join("\n")).toContain("its name is not a valid one");
});

it("imports no file with a brace in its name, which would be a pattern", () => {
  const contents = JSON.parse(JSON.stringify(contentsOf("every-kind")).replaceAll("orders.csv", "{x}.csv"));
  const { text, notices } = importAdf(filesOf(contents), "folder");
  expect(text).not.toContain("{x}.csv");
  expect(notices.map(noticeText).join("\n")).toContain("its name has a brace");
});

it("produces the same program for any order of the files", () => {
  const contents = contentsOf("loops");
  const backwards = Object.fromEntries(Object.entries(contents).reverse());
  expect(importAdf(filesOf(backwards), "folder")).toEqual(importAdf(filesOf(contents), "folder"));
});

it("stops following pipelines that start each other repeatedly", () => {
  const start = (name: string) => ({
    name,
    type: "ExecutePipeline",
    typeProperties: { pipeline: { referenceName: name, type: "PipelineReference" } },
  });
  const chain = Array.from({ length: 40 }, (_, at) => [
    `pipeline/p${at}.json`,
    { name: `p${at}`, properties: { activities: at === 39 ? [] : [start(`p${at + 1}`), start(`p${at + 1}`)] } },
  ]);
  const { notices } = importAdf(filesOf(Object.fromEntries(chain)), "folder");
  const told = notices.map((each) => each.message).filter((each) => !each.endsWith("it copies nothing"));
  expect(told).toEqual(["the pipelines start each other more than 200000 times"]);
});

const HOSTILE = [
  '"',
  "\\",
  "`",
  "}",
  "// x",
  "\n",
  "\u2028",
  "\ud800",
  "@",
  "@{",
  "@concat(",
  "@item().x",
  "@pipeline().parameters.p",
  "@@x",
  "@{'}'}",
  "in",
  "AND",
  "",
  "a.b.c",
  "../x",
  "https://u:p4ssw0rd@h/",
  "select * from x",
  "constructor",
  "__proto__",
  "@pipeline().constructor",
  "@item().constructor",
  "@bool('constructor')",
  "@constructor(1)",
];

/** A factory with one of its values or property names replaced. */
const spoilt = fc
  .tuple(
    fc.constantFrom(...caseNames),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.oneof(fc.constantFrom<unknown>(...HOSTILE), fc.string({ unit: "binary" }), fc.jsonValue(), fc.constant({})),
        fc.boolean(),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([name, changes]) => {
    const contents = structuredClone(contentsOf(name));
    for (const [at, value, isName] of changes) {
      const places = placesIn(contents);
      const place = places[at % places.length];
      if (!place) continue;
      if (isName && !Array.isArray(place.owner)) {
        place.owner[typeof value === "string" ? value : JSON.stringify(value)] = place.owner[place.name];
        delete place.owner[place.name];
      } else place.owner[place.name] = value;
    }
    return contents;
  });

interface Place {
  readonly owner: Record<string, unknown>;
  readonly name: string;
}

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== "object" || value === null) return [];
  const owner = value as Record<string, unknown>;
  return Object.keys(owner).flatMap((name) => [{ owner, name }, ...placesIn(owner[name])]);
}

it("imports any factory as a valid program", () => {
  fc.assert(
    fc.property(spoilt, (contents) => {
      const { text, notices } = importAdf(filesOf(contents), "folder");
      expect(checkText(text).diagnostics.filter((each) => each.severity === "error")).toEqual([]);
      expect(format({ path: "main.medal", text })).toBe(text);
      expect(`${text}${JSON.stringify(notices)}`).not.toContain("p4ssw0rd");
      expect(notices.every((each) => !/[\n\r]/.test(noticeText(each)))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it("a time zone is accepted by its Windows name only", () => {
  expect(ianaTimeZone("W. Europe Standard Time")).toBe("Europe/Berlin");
  expect(ianaTimeZone("Eastern Standard Time")).toBe("America/New_York");
  expect(ianaTimeZone("UTC")).toBe("UTC");
  expect(ianaTimeZone("constructor")).toBeUndefined();
});

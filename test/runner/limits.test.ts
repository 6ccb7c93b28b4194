import { gzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { exceeds } from "../../src/runner/limits.ts";
import { createProject, messages, type Project, programOf, resultOf, states } from "./project.ts";

const csv = (good: number, bad: number) =>
  ["id,price", ...Array(good).fill("1,1.50"), ...Array(bad).fill("x,1.50")].join("\n");

const programWith = (clause: string, steps = "") =>
  `bronze orders from files.csv("orders.csv") { id: int, price: decimal(10,2) ${clause} }
silver orders { from bronze.orders ${steps} }
gold total { from silver.orders  group { total = sum(price) } }`;

async function projectOf(text: string, content: string | Buffer, file = "orders.csv"): Promise<Project> {
  const project = await createProject(text, { [file]: content });
  onTestFinished(() => project.remove());
  return project;
}

const REFUSED = "bronze.orders ok, silver.orders failed, gold.total skipped";

it("too-many-rejected: a load without valid rows replaces nothing, and its rows can be shown", async () => {
  const project = await projectOf(programWith(""), csv(3, 1));
  await project.run();
  const rows = await project.rows("silver.orders");
  expect(rows).toHaveLength(3);
  project.write({ "orders.csv": csv(0, 4) });
  const refused = await project.run();
  expect(states(refused)).toBe(REFUSED);
  expect(messages(refused)).toEqual([
    "too-many-rejected: bronze.orders had all 4 rows rejected, so silver.orders keeps its last version; most often: id is not int (4)",
  ]);
  expect(refused.diagnostics[0]?.span).toEqual(project.program.bronze[0]?.span);
  expect(await project.rows("silver.orders")).toEqual(rows);
  expect(await project.rows("gold.total")).toEqual([["4.50"]]);
  expect(await project.rows("quarantine.silver.orders")).toHaveLength(4);
  // Nothing has changed, so the load is rejected again.
  expect(states(await project.run())).toBe(REFUSED.replace("orders ok", "orders unchanged"));
  project.write({ "orders.csv": csv(2, 0) });
  expect(states(await project.run())).toBe("bronze.orders ok, silver.orders ok, gold.total ok");
  expect(await project.rows("quarantine.silver.orders")).toEqual([]);
});

it.each([
  ["", 1, 9, true],
  ["reject at most 5%", 95, 5, true],
  ["reject at most 5%", 94, 6, false],
  ["reject at most 0.5%", 199, 1, true],
  ["reject at most 0.5%", 198, 1, false],
  ["reject at most 0%", 9, 1, false],
  ["reject at most 0%", 9, 0, true],
  ["reject at most 100%", 0, 3, true],
  ["reject at most 2 rows", 9, 2, true],
  ["reject at most 2 rows", 9, 3, false],
  ["reject at most 2 rows", 0, 2, false],
  ["", 0, 1, false],
  ["", 0, 0, true],
])("%s with %d rows that fit and %d that do not: %s", async (clause, good, bad, isBuilt) => {
  const project = await projectOf(programWith(clause), csv(good, bad));
  const result = await project.run();
  expect(resultOf(result, "silver.orders").state).toBe(isBuilt ? "ok" : "failed");
  expect(messages(result).filter((each) => each.startsWith("too-many-rejected"))).toHaveLength(isBuilt ? 0 : 1);
});

it("counts records that no engine can split, and reports the most frequent reasons", async () => {
  const bad = ["x,1", "1,x", "1,x", "1,2,3", '"a"b,1', "2,y", "z,z"];
  const project = await projectOf(programWith("reject at most 10 %"), ["id,price", "1,1", ...bad].join("\n"));
  expect(messages(await project.run())).toEqual([
    "too-many-rejected: bronze.orders had 7 of 8 rows rejected, more than 10%, so silver.orders keeps its last version; most often: price is not decimal(10,2) (3), malformed record (2), id is not int (1)",
  ]);
});

it("a load that now exceeds its limit is detected although nothing else has changed", async () => {
  const project = await projectOf(programWith(""), csv(9, 1));
  expect(states(await project.run())).toBe("bronze.orders ok, silver.orders ok, gold.total ok");
  project.program = programOf(programWith("reject at most 5%"));
  expect(states(await project.run())).toBe("bronze.orders unchanged, silver.orders failed, gold.total skipped");
  project.program = programOf(programWith("reject at most 10%"));
  expect(states(await project.run())).toBe("bronze.orders unchanged, silver.orders ok, gold.total ok");
});

it("too-many-quarantined: an expectation that rejects all rows, or more than its limit, replaces nothing", async () => {
  const steps = 'expect "dear": price > 5.00 else quarantine';
  const project = await projectOf(programWith("", `${steps} at most 50%`), "id,price\n1,9\n2,1\n");
  expect(states(await project.run())).toBe("bronze.orders ok, silver.orders ok, gold.total ok");
  project.write({ "orders.csv": "id,price\n1,9\n2,1\n3,1\n" });
  const refused = await project.run();
  expect(states(refused)).toBe(REFUSED);
  expect(messages(refused)).toEqual([
    'too-many-quarantined: silver.orders had 2 of 3 rows quarantined by the expectation "dear", more than 50%, so it keeps its last version',
  ]);
  expect(await project.rows("silver.orders")).toEqual([["1", "9.00"]]);
  expect(await project.rows("quarantine.silver.orders")).toHaveLength(2);
  project.program = programOf(programWith("", steps));
  expect(states(await project.run())).toContain("silver.orders ok");
  project.write({ "orders.csv": "id,price\n1,1\n2,1\n" });
  expect(messages(await project.run())).toEqual([
    'too-many-quarantined: silver.orders had all 2 rows quarantined by the expectation "dear", so it keeps its last version',
  ]);
});

it("an expectation before a group without keys must not reject all rows either", async () => {
  const text = programWith("").replace("group {", 'expect "dear": price > 5.00 else quarantine  group {');
  const project = await projectOf(text, csv(2, 0));
  expect(states(await project.run())).toBe("bronze.orders ok, silver.orders ok, gold.total failed");
});

it("source-without-rows, table-emptied: no rows are reported if there were some before", async () => {
  const project = await projectOf(programWith(""), csv(3, 0));
  await project.run();
  project.write({ "orders.csv": "id,price\n" });
  expect(messages(await project.run())).toEqual([
    "source-without-rows: bronze.orders has no rows in this load; the load before had 3 rows",
    "table-emptied: silver.orders has no rows now; the version before had 3 rows",
  ]);
  expect(messages(await project.run())).toEqual([]);
});

it("source-without-rows: an empty JSON array has no rows, in any layout", async () => {
  const program = `bronze orders from files.json("orders.json") { id: int }
silver orders { from bronze.orders }`;
  const project = await projectOf(program, '[{"id": 1},\n{"id": 2}]', "orders.json");
  await project.run();
  project.write({ "orders.json": "[\n]\n" });
  expect(messages(await project.run())).toEqual([
    "source-without-rows: bronze.orders has no rows in this load; the load before had 2 rows",
    "table-emptied: silver.orders has no rows now; the version before had 2 rows",
  ]);
});

it("compares percentages exactly", () => {
  const limit = (at: string) => ({ unit: "percent" as const, at, span: { file: "", start: 0, end: 0 } });
  expect(exceeds(limit("0.1"), { rejected: 3, total: 3000 })).toBe(false);
  expect(exceeds(limit("0.1"), { rejected: 3, total: 2999 })).toBe(true);
  expect(exceeds(limit("33.333333333"), { rejected: 1, total: 3 })).toBe(true);
  expect(exceeds(limit("100"), { rejected: 3, total: 3 })).toBe(false);
});

const CSV = "id,email,price\n1,ann@example.org,1.50\n2,bob@example.org,2.00\n";
const LINES = '{"id": 1, "name": "a"}\n{"id": 2, "name": "b"}\n';

const FILES = `bronze orders from files.csv("orders.csv") { id: int, email: string, price: decimal(10,2) }
bronze events from files.json("events.jsonl") { id: int, name: string }
silver orders { from bronze.orders }
silver again { from bronze.orders }
silver events { from bronze.events }`;

const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);

it.each<readonly [name: string, csv: string | Buffer, message: RegExp, hint: RegExp]>([
  ["semicolons", CSV.replaceAll(",", ";"), /reads id, email, price, .*`id;email;price`/, /semicolons/],
  ["tabs", CSV.replaceAll(",", "\t"), /reads id, email, price/, /tabs/],
  ["vertical bars", CSV.replaceAll(",", "|"), /reads id, email, price/, /vertical bars/],
  [
    "other letters and blanks",
    CSV.replace("id,email", "ID, email"),
    /reads id, email, /,
    /"ID" for id, " email" for email/,
  ],
  ["an invisible character", CSV.replace("email", "\u200bemail"), /reads email, /, /invisible/],
  ["another name", CSV.replace("price", "prise"), /reads price, .*`id,email,prise`/, /`prise` for price/],
  ["no header", CSV.slice(CSV.indexOf("\n") + 1), /reads id, email, price/, /looks like a record/],
  ["JSON", LINES, /reads id, email, price, which orders.csv does not have$/, /The file is JSON/],
  ["no bytes", "", /reads id, email, price/, /The file is empty/],
  ["Latin-1", Buffer.from(CSV.replace("email", "émail"), "latin1"), /reads email/, /Latin-1/],
  ["gzip", gzipSync(CSV), /which is gzip-compressed data, not CSV/, /decompress/],
  ["UTF-16", utf16(CSV), /which is text in UTF-16, not CSV/, /UTF-8/],
  ["HTML", "<!doctype html>\n<html></html>", /which is an HTML page, not CSV/, /browser/],
])(
  "source-not-text, source-column-missing: a CSV file with %s has one message for all tables that read it",
  async (_name, csv, message, hint) => {
    const project = await createProject(FILES, { "orders.csv": CSV, "events.jsonl": LINES });
    onTestFinished(() => project.remove());
    await project.run();
    const before = await project.rows("silver.orders");
    project.write({ "orders.csv": csv });
    const { diagnostics } = await project.run();
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.hint).toMatch(hint);
    expect(await project.rows("silver.orders")).toEqual(before);
  },
);

it.each<readonly [name: string, content: string | Buffer, message: RegExp, hint: RegExp]>([
  ["CSV", CSV, /bronze.events had all 3 rows rejected/, /looks like CSV/],
  ["other keys", '{"a": 1}\n{"a": 2}\n', /id is missing; name is missing \(2\)/, /show quarantine/],
  ["gzip", gzipSync(LINES), /which is gzip-compressed data, not JSON lines/, /decompress/],
  ["UTF-16", utf16(LINES), /which is text in UTF-16, not JSON lines/, /UTF-8/],
  ["HTML", "\n<html>\n</html>", /which is an HTML page, not JSON lines/, /browser/],
])("a file of JSON lines that holds %s is named for what it is", async (_name, content, message, hint) => {
  const project = await createProject(FILES, { "orders.csv": CSV, "events.jsonl": content });
  onTestFinished(() => project.remove());
  const { diagnostics } = await project.run();
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]?.message).toMatch(message);
  expect(diagnostics[0]?.hint).toMatch(hint);
});

it("a first line that may be a record is not shown if a column is private", async () => {
  const text =
    'bronze orders from files.csv("orders.csv") { id: int, email: string @pii }\nsilver orders { from bronze.orders }';
  const project = await projectOf(text, "1;ann@example.org\n");
  const secret = JSON.stringify((await project.run()).diagnostics);
  expect(secret).not.toContain("ann@example.org");
});

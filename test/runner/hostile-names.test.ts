/** Names that have a meaning to the compiler, to DuckDB or in a URL work as plain names in a program. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { bronzeFile } from "../../src/codegen/shared/bronze-file.ts";
import { splitBaseUrl, urlPath } from "../../src/codegen/shared/file-url.ts";
import { COLUMNS, EXPECTED, PROGRAM, quoted, writeRows } from "../support/hostile-names.ts";
import { localRows } from "../support/spark/engines.ts";
import { createProject, messages, type Project, programOf, states } from "./project.ts";

async function projectOf(text: string, files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const project = await createProject(text, files);
  onTestFinished(() => project.remove());
  return project;
}

it("columns with names that the compiler, its engines and their languages use", async () => {
  const project = await projectOf(PROGRAM);
  writeRows(join(project.folder, "in"));
  const result = await project.run();
  expect(messages(result)).toEqual([
    "rows-rejected: silver.rows rejected 1 row of bronze.rows that did not fit the columns",
    'rows-quarantined: silver.rows quarantined 1 row that failed the expectation "good"',
  ]);
  for (const [relation, rows] of Object.entries(EXPECTED)) {
    const found = await localRows(project.program, project.lakeFolder, relation);
    expect(sortedRows(found), relation).toEqual(sortedRows(rows));
  }
  const quarantined = await localRows(project.program, project.lakeFolder, "quarantine.silver.rows");
  const records = quarantined.map(({ record }) => JSON.parse(String(record)));
  for (const name of COLUMNS)
    expect(records.map((record) => Object.getOwnPropertyDescriptor(record, name)?.value)).toHaveLength(2);
});

function sortedRows(rows: readonly object[]): readonly string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
}

it("a key of columns with the names used for counting it", async () => {
  const project = await projectOf(
    'bronze a from files.csv("a.csv") { rows: int, different: int, count: int, `#rows`: int, `__proto__`: int  key (rows, different, count, `#rows`, `__proto__`) }\nsilver a { from bronze.a }',
    { "a.csv": "rows,different,count,#rows,__proto__\n1,2,3,4,5\n1,2,3,4,5\n1,2,3,4,6\n" },
  );
  expect(messages(await project.run())).toEqual([
    "duplicate-key: bronze.a has 1 value of (rows, different, count, #rows, __proto__) more than once (rows 1, different 2, count 3, #rows 4, __proto__ 5), so silver.a keeps its last version",
  ]);
});

it("a column named like another one with its alias does not replace it in an order", async () => {
  const project = await projectOf(
    `bronze a from files.csv("a.csv") { k: int, v: int  key k }
bronze b from files.csv("b.csv") { k: int, \`o.v\`: int  key k }
silver a { from bronze.a  key k }
silver b { from bronze.b  key k }
gold c { from silver.a as o  join one silver.b as s on o.k == s.k  select { o.k, o.v, s.\`o.v\` }  sort v }
gold d { from silver.a as o  join one silver.b as s on o.k == s.k  sort o.v }
gold e { from silver.a as o  join one silver.b as s on o.k == s.k  sort o.v  take 1 }`,
    { "a.csv": "k,v\n1,30\n2,20\n3,10\n", "b.csv": "k,o.v\n1,1\n2,2\n3,3\n" },
  );
  expect(messages(await project.run())).toEqual([]);
  const values = async (relation: string) => (await project.table(relation))?.rows.map((row) => row[1]);
  expect(await values("gold.c")).toEqual(["10", "20", "30"]);
  expect(await values("gold.d")).toEqual(["10", "20", "30"]);
  expect(await values("gold.e")).toEqual(["10"]);
});

const anyName = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((name) => !/[\r\n]/.test(name) && name.isWellFormed());

it("arbitrary names in CSV and JSON", { timeout: 120_000 }, async () => {
  const project = await projectOf(PROGRAM);
  const names = fc.uniqueArray(anyName, {
    minLength: 1,
    maxLength: 6,
    selector: (name) => name.toLowerCase().normalize("NFKC"),
  });
  await fc.assert(
    fc.asyncProperty(names, async (names) => {
      const columns = names.map((name) => `${quoted(name)}: string`).join(", ");
      project.program = programOf(`bronze a from files.csv("a.csv") { ${columns} }
bronze b from files.json("b.jsonl") { ${columns} }
silver a { from bronze.a }
silver b { from bronze.b }`);
      const header = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(",");
      const members = names.map((name, at) => `${JSON.stringify(name)}:"${at}"`);
      project.write({
        "a.csv": `${header}\n${names.map((_, at) => at).join(",")}\n`,
        "b.jsonl": `{${members.join(",")}}\n`,
      });
      expect(messages(await project.run())).toEqual([]);
      const row = names.map((_, at) => String(at));
      for (const relation of ["silver.a", "silver.b"]) {
        const [found = {}] = await localRows(project.program, project.lakeFolder, relation);
        expect(names.map((name) => Object.getOwnPropertyDescriptor(found, name)?.value)).toEqual(row);
      }
    }),
    { numRuns: 40, seed: 7 },
  );
});

/** Parts of paths: names of files or folders. */
const PATHS: readonly string[] = [
  ..."a#b a?b a%b a%20b a%2fb a&b a+b a;b a:b a@b a[b] a,b a=b a~b a!b a$b a'b a(b) a\\b a|b a^b a`b a<b> a\"b".split(
    " ",
  ),
  ..."é 名 😀 %%% ??? http:b ..a a.. ... _a .a con aux.x".split(" "),
  "a b",
  " a",
  "a//b",
  "@pipeline().x",
];

it.each(PATHS)("an HTTP server is asked for %s, and for nothing else", async (name) => {
  const path = `${name}/${name}.csv`;
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    response.end("id\n1\n");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const project = await projectOf(`project shop { lake = adls { account: "shop", container: "lake" } }
param base: string
source web = http { base_url: param.base }
bronze a from web.csv(${JSON.stringify(path)}) { id: int }
silver a { from bronze.a }`);
  const base = `http://127.0.0.1:${port}/d ir/é;x=1?sv=a%2Fb&sig=c%2Bd`;
  expect(states(await project.run({ params: { base } }))).toBe("bronze.a ok, silver.a ok");
  const [url = "", query] = asked[0]?.split("?") ?? [];
  expect(asked).toHaveLength(1);
  expect(
    url
      .replace("/d%20ir/%C3%A9;x=1/", "")
      .split("/")
      .map((part) => decodeURIComponent(part))
      .join("/"),
  ).toBe(path);
  expect(query).toBe("sv=a%2Fb&sig=c%2Bd");
  expect(await project.rows("silver.a")).toEqual([["1"]]);
});

it("for any path and base URL, the path goes between folder and query, and no character of it is special", () => {
  const part = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
    .map((text) => text.replaceAll("/", "_").toWellFormed());
  const parts = fc.array(
    part.filter((text) => text !== "." && text !== ".."),
    { minLength: 1, maxLength: 4 },
  );
  const base = fc.constantFrom(
    "http://h",
    "https://h:8443/a",
    "http://h/a/b/",
    "http://h/a?q=1",
    "http://h/?q=%2F&sig=x%3D",
  );
  fc.assert(
    fc.property(base, parts, (base, parts) => {
      const split = splitBaseUrl(base);
      if ("problem" in split) throw new Error(split.problem);
      const url = new URL(`${split.folder}${urlPath(parts.join("/"))}${split.query}`);
      const folder = new URL(split.folder);
      expect(url.origin + folder.pathname).toBe(split.folder);
      expect(
        url.pathname
          .slice(folder.pathname.length)
          .split("/")
          .map((part) => decodeURIComponent(part)),
      ).toEqual(parts);
      expect(url.search).toBe(split.query);
      expect(url.hash).toBe("");
    }),
    { numRuns: 500, seed: 11 },
  );
});

it("any path becomes a file in the lake that every file system accepts and Spark reads", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), (path) => {
      const file = bronzeFile({ kind: "csv", path });
      expect(file).not.toMatch(/[/\\:*?#%[\]{}^"<>|@`\p{Cc}\p{Cs}]|^[_.\s]|[\s.]$/u);
      expect(file).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
    }),
    {
      numRuns: 500,
      seed: 13,
      examples: [["_load.json"], ["a/_load.json"], [".."], ["con"], ["."], ["Aux.csv"], ["a/"]],
    },
  );
  expect(bronzeFile({ kind: "csv", path: "x/order lines-2026.csv" })).toBe("order lines-2026.csv");
  expect(bronzeFile({ kind: "json", path: "_load.json" })).toBe("file__load.json");
  expect(bronzeFile({ kind: "collection", collection: "../../etc/passwd" })).toBe("file_.._.._etc_passwd.jsonl");
});

it("a file named like the record of a load is not overwritten by it", async () => {
  const text = '{"id":"1"}\n';
  const project = await projectOf('bronze a from files.json("_load.json") { id: string }\nsilver a { from bronze.a }', {
    "_load.json": text,
  });
  expect(states(await project.run())).toBe("bronze.a ok, silver.a ok");
  expect(await project.rows("silver.a")).toEqual([["1"]]);
  const load = readFileSync(join(project.lakeFolder, "bronze/a/load=20260131T060000Z/file__load.json"));
  expect(createHash("sha256").update(load).digest("hex")).toBe(createHash("sha256").update(text).digest("hex"));
});

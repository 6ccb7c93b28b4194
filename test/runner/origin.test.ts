/** A load records its origin; if the origin changes, the table is fetched again. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Column, SourceObject } from "../../src/plan/program.ts";
import { isSameOrigin, originOf } from "../../src/runner/extract/origin.ts";
import type { ReachedSource } from "../../src/runner/extract/sources.ts";
import { foldersIn } from "../../src/runner/lake.ts";
import { startServer } from "../fakes/http.ts";
import { createProject, type Project, programOf, states } from "./project.ts";

const ROWS = (word: string) => `id,name\n1,${word}\n`;

async function projectOf(text: string, files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const project = await createProject(text, files);
  onTestFinished(() => project.remove());
  return project;
}

async function loadOf({ lakeFolder }: Project, file: string) {
  const folder = join(lakeFolder, "bronze", "a");
  const newest = join(folder, (await foldersIn(folder)).at(-1) ?? "");
  return {
    text: existsSync(join(newest, file)) ? readFileSync(join(newest, file), "utf8") : undefined,
    facts: JSON.parse(readFileSync(join(newest, "_load.json"), "utf8")),
  };
}

it("another file with the same name, size and time is another load", async () => {
  const project = await projectOf(
    'bronze a from files.csv("2026/a.csv") { id: int, name: string }\nsilver a { from bronze.a }',
    {
      "2025/a.csv": ROWS("old"),
      "2026/a.csv": ROWS("new"),
    },
  );
  for (const year of [2025, 2026]) utimesSync(join(project.folder, `in/${year}/a.csv`), 1e9, 1e9);
  await project.run();
  expect((await loadOf(project, "a.csv")).facts.origin).toEqual({ kind: "file", path: "in/2026/a.csv" });
  project.program = programOf(
    'bronze a from files.csv("2025/a.csv") { id: int, name: string }\nsilver a { from bronze.a }',
  );
  expect(states(await project.run())).toBe("bronze.a ok, silver.a ok");
  expect(await project.rows("silver.a")).toEqual([["1", "old"]]);
  expect(states(await project.run())).toBe("bronze.a unchanged, silver.a unchanged");
});

it("load-other-origin: a run that does not load a bronze table does not read a load of another source", async () => {
  const text = (year: number) =>
    `bronze a from files.csv("${year}/a.csv") { id: int, name: string }\nsilver a { from bronze.a }\ngold a { from silver.a }`;
  const files = { "2025/a.csv": ROWS("old"), "2026/a.csv": ROWS("new") };
  const project = await projectOf(text(2025), files);
  await project.run();
  project.program = programOf(text(2026));
  const select = new Set(["silver.a", "gold.a"]);
  const result = await project.run({ select });
  expect(states(result)).toBe("silver.a failed, gold.a skipped");
  expect(result.diagnostics).toMatchObject([
    {
      code: "load-other-origin",
      message: expect.stringContaining("from in/2025/a.csv, and the program reads in/2026/a.csv"),
    },
  ]);
  expect(await project.rows("silver.a")).toEqual([["1", "old"]]);
  // What the hint says.
  expect(states(await project.run({ select: new Set(["bronze.a", ...select]) }))).toBe(
    "bronze.a ok, silver.a ok, gold.a ok",
  );
  expect(await project.rows("silver.a")).toEqual([["1", "new"]]);
  expect(states(await project.run({ select }))).toBe("silver.a unchanged, gold.a unchanged");
});

it("a load of unknown origin is read, and so is one whose source needs a secret that is not set", async () => {
  const project = await projectOf(
    'bronze a from files.csv("a.csv") { id: int, name: string }\nsilver a { from bronze.a }',
    {
      "a.csv": ROWS("one"),
    },
  );
  await project.run();
  const select = new Set(["silver.a"]);
  const bronze = join(project.lakeFolder, "bronze", "a");
  const record = join(bronze, (await foldersIn(bronze)).at(-1) ?? "", "_load.json");
  const facts = JSON.parse(readFileSync(record, "utf8"));
  const withOrigin = (origin: unknown) => writeFileSync(record, JSON.stringify({ ...facts, origin }));
  withOrigin(undefined);
  expect(states(await project.run({ select }))).toBe("silver.a unchanged");
  for (const damaged of [null, [], {}, { kind: "postgres" }, { kind: "file", path: 1 }, { kind: "__proto__" }]) {
    withOrigin(damaged);
    const { diagnostics } = await project.run({ select, full: true });
    expect(diagnostics.map(({ code }) => code)).toEqual(["lake-unreadable"]);
  }
  project.program = programOf(
    `source db = mongodb { uri: secret.uri, database: "shop" }\nsecret uri = keyvault("shop-kv", "uri")
bronze a from db.collection("a") { id: int, name: string }\nsilver a { from bronze.a }`,
  );
  withOrigin({ kind: "mongodb", server: "mongodb://db:27017", database: "shop", collection: "b" });
  writeFileSync(join(record, "..", "a.jsonl"), '{"id":1,"name":"one"}\n');
  const withSecret = (uri: string | undefined) => project.run({ select, secret: () => uri });
  expect((await withSecret("mongodb://u:p@db:27017")).diagnostics).toMatchObject([
    {
      code: "load-other-origin",
      message: expect.stringMatching(/from b of mongodb:\/\/db:27017\/shop, .* reads a of/),
    },
  ]);
  expect((await withSecret(undefined)).diagnostics.map(({ code }) => code)).not.toContain("load-other-origin");
});

it("another replacement folder is another origin, a moved project is not", async () => {
  const project = await projectOf('bronze a from files.csv("a.csv") { id: int, name: string }', {
    "a.csv": ROWS("one"),
  });
  await project.run();
  mkdirSync(join(project.folder, "sample"));
  writeFileSync(join(project.folder, "sample/a.csv"), ROWS("one"));
  const sources = { files: { kind: "folder", folder: "sample" } } as const;
  expect(states(await project.run({ sources }))).toBe("bronze.a ok");
  expect(states(await project.run({ sources }))).toBe("bronze.a unchanged");
  expect(states(await project.run())).toBe("bronze.a ok");
  expect((await loadOf(project, "a.csv")).facts.origin.path).toBe("in/a.csv");
});

it("a file of the same size with a restored modification time is compared", async () => {
  const project = await projectOf('bronze a from files.csv("a.csv") { id: int, name: string }', {
    "a.csv": ROWS("one"),
  });
  await project.run();
  const path = join(project.folder, "in/a.csv");
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}.new`, ROWS("two"));
  renameSync(`${path}.new`, path);
  utimesSync(path, atime, mtime);
  expect(states(await project.run())).toBe("bronze.a ok");
  expect((await loadOf(project, "a.csv")).text).toBe(ROWS("two"));
});

const WEB = (file: string) => `project shop { lake = adls { account: "shop", container: "lake" } }
param base: string
source web = http { base_url: param.base }
bronze a from web.csv("${file}") { id: int, name: string }
`;

it("another path, host or query is fetched although ETag and time are the same", async () => {
  const validators = { etag: '"1"', "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" };
  const start = (word: string) =>
    startServer(({ headers, target }) =>
      headers["if-none-match"] === '"1"'
        ? { status: 304, headers: validators }
        : { status: 200, headers: validators, body: ROWS(`${word} ${target}`) },
    );
  const [one, two] = [await start("one"), await start("two")];
  onTestFinished(async () => {
    await one.close();
    await two.close();
  });
  const project = await projectOf(WEB("2026/a.csv"));
  const run = async (base: string) => [
    states(await project.run({ params: { base } })),
    (await loadOf(project, "a.csv")).text,
  ];
  expect(await run(one.url)).toEqual(["bronze.a ok", ROWS("one /2026/a.csv")]);
  expect(await run(one.url)).toEqual(["bronze.a unchanged", ROWS("one /2026/a.csv")]);
  project.program = programOf(WEB("2025/a.csv"));
  expect(await run(one.url)).toEqual(["bronze.a ok", ROWS("one /2025/a.csv")]);
  expect(await run(two.url)).toEqual(["bronze.a ok", ROWS("two /2025/a.csv")]);
  expect(await run(`${two.url}/x`)).toEqual(["bronze.a ok", ROWS("two /x/2025/a.csv")]);
  expect(await run(`${two.url}/x?year=1`)).toEqual(["bronze.a ok", ROWS("two /x/2025/a.csv?year=1")]);
  expect(await run(`${two.url}/x?year=2&sig=secret`)).toEqual([
    "bronze.a ok",
    ROWS("two /x/2025/a.csv?year=2&sig=secret"),
  ]);
  expect(await run(`${two.url}/x?year=2&sig=renewed`)).toEqual([
    "bronze.a unchanged",
    ROWS("two /x/2025/a.csv?year=2&sig=secret"),
  ]);
  const { facts } = await loadOf(project, "a.csv");
  expect(facts.origin).toEqual({ kind: "http", url: `${two.url}/x/2025/a.csv?year=2&sig=***` });
  expect(JSON.stringify(facts)).not.toMatch(/secret|renewed/);
});

it("a load without a recorded origin is fetched again", async () => {
  const project = await projectOf('bronze a from files.csv("a.csv") { id: int, name: string }', {
    "a.csv": ROWS("one"),
  });
  await project.run();
  const [name = ""] = await foldersIn(join(project.lakeFolder, "bronze/a"));
  const record = join(project.lakeFolder, "bronze/a", name, "_load.json");
  const { origin: _, ...facts } = JSON.parse(readFileSync(record, "utf8"));
  writeFileSync(record, JSON.stringify(facts));
  expect(states(await project.run())).toBe("bronze.a ok");
  expect(states(await project.run())).toBe("bronze.a unchanged");
});

const ERP = {
  kind: "postgres",
  host: "a",
  port: 5432,
  database: "erp",
  user: "u",
  password: "s3cret",
  sslmode: "verify-full",
} as const;
const TABLE = { kind: "table", schema: "public", table: "t" } as const;
const ATLAS = { kind: "mongodb", uri: "mongodb://u:s3cret@a,b:27018/?replicaSet=x", database: "shop" } as const;
const NAMES = { kind: "collection", collection: "names" } as const;
const columns = (...names: readonly string[]): readonly Pick<Column, "name">[] => names.map((name) => ({ name }));

it.each<[string, ReachedSource, SourceObject, readonly string[]]>([
  ["server of PostgreSQL", { ...ERP, host: "b" }, TABLE, ["id"]],
  ["port", { ...ERP, port: 5433 }, TABLE, ["id"]],
  ["database", { ...ERP, database: "erp2" }, TABLE, ["id"]],
  ["schema", ERP, { ...TABLE, schema: "sales" }, ["id"]],
  ["table", ERP, { ...TABLE, table: "T" }, ["id"]],
  ["choice of columns", ERP, TABLE, ["id", "name"]],
  ["server of MongoDB", { ...ATLAS, uri: ATLAS.uri.replace("a,", "c,") }, NAMES, ["id"]],
  ["database of MongoDB", { ...ATLAS, database: "shop2" }, NAMES, ["id"]],
  ["collection", ATLAS, { ...NAMES, collection: "n" }, ["id"]],
])("another %s is another origin, and no secret is in it", (_, source, object, names) => {
  const known =
    source.kind === "postgres"
      ? originOf(ERP, TABLE, columns("id"), "/p")
      : originOf(ATLAS, NAMES, columns("id"), "/p");
  const origin = originOf(source, object, columns(...names), "/p");
  expect(isSameOrigin(known, origin)).toBe(false);
  expect(isSameOrigin(known, structuredClone(known))).toBe(true);
  expect(JSON.stringify([known, origin])).not.toContain("s3cret");
});

it("another user or password is the same origin", () => {
  expect(
    isSameOrigin(
      originOf(ERP, TABLE, columns("id"), "/p"),
      originOf({ ...ERP, user: "v", password: "w" }, TABLE, columns("id"), "/p"),
    ),
  ).toBe(true);
  const uri = ATLAS.uri.replace("s3cret", "other");
  expect(isSameOrigin(originOf(ATLAS, NAMES, [], "/p"), originOf({ ...ATLAS, uri }, NAMES, [], "/p"))).toBe(true);
});

/** The lake's tables, read by the `deltalake` package, an independent implementation of the protocol. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Program, qualifiedName } from "../../../src/plan/program.ts";
import { deltaSchema } from "../../../src/runner/delta/schema.ts";
import { createLake } from "../../../src/runner/lake.ts";
import { showTable } from "../../../src/runner/show.ts";
import { createProject, type Project, type Row, sortedRows, states } from "../../runner/project.ts";
import { root } from "../../support/paths.ts";
import { python } from "../../support/python.ts";

interface Read {
  readonly version: number;
  readonly protocol: readonly number[];
  readonly description: string | null;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
  readonly rows: readonly Row[];
  /** The number of rows according to the statistics. */
  readonly counted: number;
}

/** Rows of every type with its extreme values, and a table without rows. */
const TYPES = `enum Kind { small, "very large" }
/// Every type, "quoted".
bronze types from files.csv("types.csv") {
  s: string, b: bool, i: int, l: long, x: double, d: decimal(38,6), day: date, at: timestamp, k: Kind
  so: string?, bo: bool?, io: int?, lo: long?, xo: double?, do: decimal(5,1)?, dayo: date?, ato: timestamp?, ko: Kind?
}
/// Every type, "quoted".
silver types { from bronze.types }
silver nothing { from bronze.types  where i == 0 }
silver \`in\` { from bronze.types  select { \`a b,'"é\` = i } }
`;

const TYPE_ROWS = [
  "s,b,i,l,x,d,day,at,k,so,bo,io,lo,xo,do,dayo,ato,ko",
  "ñ😀,true,-2147483648,9223372036854775807,-0.5,12345678901234567890123456789012.123456,2020-02-29,2020-02-29T23:59:59.999999Z,very large,,,,,,,,,",
  '"a ""b"", c",false,2147483647,-9223372036854775808,1e-300,-0.000001,1600-01-01,1600-01-01 00:00:00,small,"",false,0,0,0.1,0.0,1970-01-01,1969-12-31T23:59:59.999999Z,small',
  "",
].join("\n");

const projects: Project[] = [];

async function readWithDeltalake(tables: Readonly<Record<string, readonly [string, number | null]>>) {
  const script = `${root}/test/integration/runner/read-tables.py`;
  const { stdout } = await promisify(execFile)(await python(), [script, JSON.stringify(tables)], {
    maxBuffer: 1 << 28,
  });
  const read: Readonly<Record<string, Read>> = JSON.parse(stdout);
  return read;
}

function relationsOf(program: Program): readonly string[] {
  return program.tables.flatMap((table) => {
    const relation = qualifiedName(table);
    const quarantine = table.reads.some((each) => each.startsWith("bronze.")) ? [`quarantine.${relation}`] : [];
    return [relation, ...quarantine];
  });
}

/** Compares everything in a project's lake, read by the other program, with the output of `show`. */
async function expectTheSame({ program, lakeFolder }: Project): Promise<void> {
  const relations = relationsOf(program);
  const lake = createLake(lakeFolder);
  const read = await readWithDeltalake(
    Object.fromEntries(relations.map((relation) => [relation, [lake.tableFolder(relation), null]])),
  );
  for (const relation of relations) {
    const theirs = read[relation] ?? expect.fail(`${relation} was not read`);
    const shown = await showTable({ lakeFolder, relation, limit: 1_000_000, program });
    const doubles = shown.columns.map(({ type }) => type.kind === "double");
    const canonical = (row: Row): Row =>
      row.map((value, at) => (value !== null && doubles[at] ? String(Number(value)) : value));
    expect(sortedRows(theirs.rows.map(canonical)), relation).toEqual(sortedRows(shown.rows.map(canonical)));
    expect(theirs.counted, relation).toBe(shown.total);
    expect(theirs.protocol).toEqual([1, 2]);

    const table = program.tables.find((each) => qualifiedName(each) === relation);
    if (table === undefined) continue;
    const fields = deltaSchema(table.columns).fields.map(({ name, type, nullable }) => ({ name, type, nullable }));
    expect(theirs.fields, relation).toEqual(fields);
    expect(theirs.description ?? undefined, relation).toBe(table.doc);
  }
}

beforeAll(async () => {
  await python();
  const example = await createProject(readFileSync(`${root}/examples/ecommerce.medal`, "utf8"));
  const types = await createProject(TYPES, { "types.csv": TYPE_ROWS });
  projects.push(example, types);
  const folders = {
    github: "examples/data/sample/http",
    erp: "examples/data/sample/erp",
    catalog: "examples/data/sample/catalog",
    lists: "examples/reference",
  };
  const sources = Object.entries(folders).map(([name, folder]) => [
    name,
    { kind: "folder", folder: `${root}/${folder}` },
  ]);
  expect(states(await example.run({ sources: Object.fromEntries(sources) }))).not.toMatch(/failed|skipped/);
  expect(states(await types.run())).not.toMatch(/failed|skipped/);
});

afterAll(async () => {
  for (const project of projects) await project.remove();
});

it("reads the example's tables like show", async () => {
  await expectTheSame(projects[0] ?? expect.fail());
});

it("reads every type, an empty table and any name like show", async () => {
  await expectTheSame(projects[1] ?? expect.fail());
});

it("reads older versions", async () => {
  const project = projects[1] ?? expect.fail();
  project.write({ "types.csv": TYPE_ROWS.split("\n").slice(0, 2).join("\n") });
  await project.run();
  const folder = createLake(project.lakeFolder).tableFolder("silver.in");
  const read = await readWithDeltalake({ old: [folder, 0], new: [folder, 1], newest: [folder, null] });
  expect(read.old?.rows).toHaveLength(2);
  expect(read.new?.rows).toEqual([["-2147483648"]]);
  expect(read.newest).toEqual(read.new);
});

/** Damaged files of a lake: each command repairs or reports them, and no row is ever wrong. */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../src/runner/errors.ts";
import { showTable } from "../../src/runner/show.ts";
import { createProject, messages, type Project, programOf, type Row, states } from "./project.ts";

const PROGRAM = `bronze orders from files.csv("orders.csv") { id: int, price: decimal(10,2)  key id }
silver orders {
  from bronze.orders
  expect "priced": price > 0.00 else quarantine
}
gold total { from silver.orders  group by key = id % 2 { total = sum(price) } }
`;
const ORDERS = `id,price\n${Array.from({ length: 20 }, (_, id) => `${id},${id}.50`).join("\n")}\n20,0.00\n21,free\n`;
const TABLES = ["silver.orders", "quarantine.silver.orders", "gold.total"];
const UNCHANGED = "bronze.orders unchanged, silver.orders unchanged, gold.total unchanged";

/** A project after two runs, so that tables have two versions; restored before each test. */
let project: Project;
let kept: string;
let expected: Readonly<Record<string, readonly Row[]>>;

async function allRows(): Promise<Readonly<Record<string, readonly Row[]>>> {
  const entries = TABLES.map(async (table): Promise<[string, readonly Row[]]> => [table, await project.rows(table)]);
  return Object.fromEntries(await Promise.all(entries));
}

beforeAll(async () => {
  project = await createProject(PROGRAM, { "orders.csv": ORDERS });
  kept = join(project.folder, "kept");
  await project.run();
  await project.run({ full: true });
  expected = await allRows();
  expect(expected["silver.orders"]).toHaveLength(20);
  expect(expected["quarantine.silver.orders"]).toHaveLength(2);
  cpSync(project.lakeFolder, kept, { recursive: true, preserveTimestamps: true });
});

beforeEach(() => {
  project.write({ "orders.csv": ORDERS });
  restore();
});

afterAll(() => project?.remove());

function restore(): void {
  rmSync(project.lakeFolder, { recursive: true });
  cpSync(kept, project.lakeFolder, { recursive: true, preserveTimestamps: true });
}

/** The newest file of the lake in a folder whose path ends with this. */
function fileIn(folder: string, ending: string): string {
  const names = readdirSync(join(project.lakeFolder, folder), { recursive: true, encoding: "utf8" });
  const name = names
    .filter((each) => each.endsWith(ending))
    .sort()
    .at(-1);
  return join(project.lakeFolder, folder, name ?? expect.fail(`no ${ending} in ${folder}`));
}

/** The diagnostics about the lake: `lake-damaged silver.orders`. */
const aboutLake = (result: Parameters<typeof messages>[0]): readonly string[] =>
  messages(result)
    .filter((message) => /^(lake|delta|table)-/.test(message))
    .map((message) => message.replace(/^([\w-]+): (?:the files of )?([\w.]+) .*/s, "$1 $2"));

async function show(relation: string): Promise<string> {
  try {
    const { lakeFolder, program } = project;
    return `${(await showTable({ lakeFolder, relation, limit: 5, program })).total} rows`;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return aboutLake(error).join(", ");
  }
}

/** Flips a bit in the middle of a file. */
function flip(path: string, at = 0.5): void {
  const bytes = readFileSync(path);
  const place = Math.floor(bytes.length * at);
  bytes.writeUInt8(bytes.readUInt8(place) ^ 4, place);
  writeFileSync(path, bytes);
}

function inPlaceOf(path: string): void {
  rmSync(path, { recursive: true });
  mkdirSync(join(path, "inside"), { recursive: true });
}

const data = () => fileIn("silver/orders", ".parquet");
const quarantined = () => fileIn("quarantine/silver/orders", ".parquet");
const commit = () => fileIn("silver/orders", ".json");
const load = () => fileIn("bronze/orders", "orders.csv");
const record = () => fileIn("bronze/orders", "_load.json");
/** Replaces a text in a log entry. */
const edit = (path: string, from: RegExp, to: string): void => {
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
};

interface Case {
  readonly damage: () => void;
  /** The diagnostics of a run. */
  readonly run: readonly string[];
  /** The diagnostics of a run of only a table that reads the damaged one: if it has to be rebuilt, and if not. */
  readonly reader: readonly [full: readonly string[], unchanged: readonly string[]];
  readonly show: string;
}

/** Damaged table files: the table's version is known, so tables built from it are correct. */
const FILE: Omit<Case, "damage"> = {
  run: ["lake-damaged silver.orders"],
  reader: [["lake-unreadable silver.orders"], ["lake-damaged silver.orders"]],
  show: "lake-unreadable silver.orders",
};
/** A damaged table log: nothing is known about the table. */
const LOG: Omit<Case, "damage"> = {
  ...FILE,
  reader: [["lake-unreadable silver.orders"], ["lake-unreadable silver.orders"]],
};
const NOTHING: Omit<Case, "damage"> = { run: [], reader: [[], []], show: "20 rows" };

const TABLE_DAMAGES: Readonly<Record<string, Case>> = {
  "a file is missing": { damage: () => rmSync(data()), ...FILE },
  "a file is truncated": { damage: () => truncateSync(data(), 30), ...FILE },
  "a file is empty": { damage: () => truncateSync(data(), 0), ...FILE },
  "a file is longer": { damage: () => appendFileSync(data(), "x"), ...FILE },
  "a folder replaces a file": { damage: () => inPlaceOf(data()), ...FILE },
  "a log entry is truncated": { damage: () => truncateSync(commit(), 100), ...LOG },
  "a log entry is empty": { damage: () => truncateSync(commit(), 0), ...LOG },
  "a log entry is not JSON": { damage: () => writeFileSync(commit(), "\u0000garbage"), ...LOG },
  "a log entry is unexpected JSON": { damage: () => writeFileSync(commit(), "null\n[1]\n"), ...LOG },
  "a log entry has values of other types": { damage: () => edit(commit(), /"size":\d+/, '"size":"x"'), ...LOG },
  "a log entry has another schema": {
    damage: () => edit(commit(), /"schemaString":".*?[^\\]"/, '"schemaString":"{}"'),
    ...LOG,
  },
  "a log entry has an invalid path": {
    damage: () => edit(commit(), /("add":\{"path":")/, "$1%zz"),
    ...LOG,
  },
  "a log entry has a huge number": {
    damage: () => edit(commit(), /"minReaderVersion":1|"size":\d+/, '"size":1e400'),
    ...LOG,
  },
  "a folder replaces a log entry": { damage: () => inPlaceOf(commit()), ...LOG },
  "the log has a gap": { damage: () => rmSync(commit().replace(/1\.json$/, "0.json")), ...LOG },
  "a later version is invalid": {
    damage: () => writeFileSync(commit().replace(/1\.json$/, "7.json"), "{}\n"),
    ...LOG,
  },
  "a checkpoint is invalid": {
    damage: () => writeFileSync(commit().replace(/\.json$/, ".checkpoint.parquet"), "PAR1garbage"),
    ...LOG,
  },
  "a checkpoint is a folder": {
    damage: () => mkdirSync(commit().replace(/\.json$/, ".checkpoint.parquet")),
    ...LOG,
  },
  "the pointer to the last checkpoint is invalid": {
    damage: () => writeFileSync(join(commit(), "../_last_checkpoint"), "\u0000"),
    ...NOTHING,
  },
  "the log is gone": {
    damage: () => rmSync(join(commit(), ".."), { recursive: true }),
    run: [],
    reader: [["table-not-built silver.orders"], ["table-not-built silver.orders"]],
    show: "table-not-built silver.orders",
  },
  "the folder is missing": {
    damage: () => rmSync(join(data(), ".."), { recursive: true }),
    run: [],
    reader: [["table-not-built silver.orders"], ["table-not-built silver.orders"]],
    show: "table-not-built silver.orders",
  },
  "a file replaces the folder": {
    damage: () => {
      const folder = join(data(), "..");
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "x");
    },
    run: ["lake-access silver.orders"],
    reader: [["table-not-built silver.orders"], ["table-not-built silver.orders"]],
    show: "table-not-built silver.orders",
  },
  "it is another table": {
    damage: () => {
      const folder = join(data(), "..");
      rmSync(folder, { recursive: true });
      cpSync(join(project.lakeFolder, "gold/total"), folder, { recursive: true });
    },
    run: [],
    reader: [["table-outdated silver.orders"], ["table-outdated silver.orders"]],
    show: "table-outdated silver.orders",
  },
  "it has a feature of a newer version": {
    damage: () => appendFileSync(commit(), '{"protocol":{"minReaderVersion":9,"minWriterVersion":9}}\n'),
    run: ["delta-unsupported silver.orders"],
    reader: [["delta-unsupported silver.orders"], ["delta-unsupported silver.orders"]],
    show: "delta-unsupported silver.orders",
  },
  "it has files outside of its folder": {
    damage: () => edit(commit(), /("add":\{"path":")/, "$1..%2F..%2F"),
    run: ["delta-unsupported silver.orders"],
    reader: [["delta-unsupported silver.orders"], ["delta-unsupported silver.orders"]],
    show: "delta-unsupported silver.orders",
  },
  "the stored build information is invalid": {
    damage: () => edit(commit(), /"userMetadata":".*?[^\\]"/, '"userMetadata":"{\\"medal\\":1,\\"fingerprint\\":{}}"'),
    ...NOTHING,
  },
  "an interrupted run left files": {
    damage: () => {
      mkdirSync(join(project.lakeFolder, ".tmp/engine"), { recursive: true });
      writeFileSync(join(project.lakeFolder, ".tmp/engine/x"), "");
      mkdirSync(join(commit(), "../.00000000000000000002.json.x.tmp"));
      mkdirSync(join(data(), "../part-0000000002-0123456789abcdef.zstd.parquet"));
    },
    ...NOTHING,
  },
};

describe.each(Object.entries(TABLE_DAMAGES))("of a table: %s", (_, { damage, run, reader, show: shown }) => {
  it("is repaired or reported", async () => {
    damage();
    expect(await show("silver.orders")).toBe(shown);
    for (const [at, full] of [true, false].entries()) {
      expect(aboutLake(await project.run({ full, select: new Set(["gold.total"]) }))).toEqual(reader[at]);
    }
    expect(aboutLake(await project.run())).toEqual(run);
    if (run.some((code) => !code.startsWith("lake-damaged"))) return;
    expect(await allRows()).toEqual(expected);
    const again = await project.run({ verify: true });
    expect(states(again)).toBe(UNCHANGED);
    expect(aboutLake(again)).toEqual([]);
  });
});

it.each([
  ["missing", () => rmSync(quarantined())],
  ["cut", () => truncateSync(quarantined(), 9)],
  ["without a readable log", () => writeFileSync(fileIn("quarantine/silver/orders", ".json"), "x")],
])("a quarantine whose file is %s is built anew with its table", async (_, damage) => {
  damage();
  expect(await show("quarantine.silver.orders")).toBe("lake-unreadable quarantine.silver.orders");
  expect(aboutLake(await project.run())).toEqual(["lake-damaged quarantine.silver.orders"]);
  expect(await allRows()).toEqual(expected);
  expect(states(await project.run({ verify: true }))).toBe(UNCHANGED);
});

const LOAD_DAMAGES: Readonly<Record<string, () => void>> = {
  missing: () => rmSync(load()),
  cut: () => truncateSync(load(), 40),
  longer: () => appendFileSync(load(), "30,1.00\n"),
  empty: () => truncateSync(load(), 0),
  "a folder": () => inPlaceOf(load()),
  "without a readable record": () => writeFileSync(record(), '{"bytes":'),
  "with a record with values of other types": () => writeFileSync(record(), '{"bytes":"many"}'),
  "with a folder instead of its record": () => inPlaceOf(record()),
};

describe.each(Object.entries(LOAD_DAMAGES))("a load that is %s", (_, damage) => {
  it("is fetched again, and its dependents are built", async () => {
    damage();
    expect(await show("bronze.orders")).toBe("lake-unreadable bronze.orders");
    const reader = new Set(["silver.orders"]);
    expect(aboutLake(await project.run({ select: reader, full: true }))).toEqual(["lake-unreadable bronze.orders"]);
    expect(aboutLake(await project.run({ select: reader }))).toEqual(["lake-damaged bronze.orders"]);
    const result = await project.run();
    expect(aboutLake(result)).toEqual(["lake-damaged bronze.orders"]);
    expect(states(result)).toMatch(/^bronze.orders ok, silver.orders ok/);
    expect(await allRows()).toEqual(expected);
    expect(states(await project.run({ verify: true }))).toBe(UNCHANGED);
  });

  it("and whose source no longer exists is reported, with a fix", async () => {
    damage();
    rmSync(join(project.folder, "in/orders.csv"));
    const result = await project.run();
    expect(aboutLake(result)).toEqual(["lake-unreadable bronze.orders"]);
    expect(result.diagnostics.map(({ code }) => code)).toContain("source-object-missing");
    expect(states(result)).toBe("bronze.orders failed, silver.orders skipped, gold.total skipped");
    expect(await allRows()).toEqual(expected);
  });
});

it("a damaged load is removed if its source sends the same again, and kept if it sends something else", async () => {
  const loads = () => readdirSync(join(project.lakeFolder, "bronze/orders"));
  const before = loads();
  truncateSync(load(), 40);
  const [diagnostic] = (await project.run()).diagnostics;
  expect(diagnostic?.message).toMatch(/; it was fetched again$/);
  expect(loads()).toHaveLength(before.length);
  expect(loads()).not.toEqual(before);

  restore();
  truncateSync(load(), 40);
  project.write({ "orders.csv": "id,price\n1,7.00\n" });
  const [other] = (await project.run()).diagnostics;
  expect(other?.message).toMatch(
    /; it was fetched again, but its source has changed, so the rows of load \d{8}T\d{6}Z cannot/,
  );
  expect(loads()).toEqual([...before, expect.stringMatching(/^load=/)]);
  expect(await project.rows("silver.orders")).toEqual([["1", "7.00"]]);
});

describe("--verify", () => {
  it.each([0.01, 0.2, 0.5, 0.9, 0.999])("finds a bit that was flipped at %d of a file of a table", async (at) => {
    flip(data(), at);
    await project.run();
    expect(await show("silver.orders")).toMatch(/^(\d+ rows|lake-unreadable silver.orders)$/);
    expect(aboutLake(await project.run({ verify: true }))).toEqual(["lake-damaged silver.orders"]);
    expect(await allRows()).toEqual(expected);
  });

  it("detects it in a load, a quarantine and an input that is not built", async () => {
    flip(load());
    flip(quarantined());
    expect(aboutLake(await project.run({ verify: true, select: new Set(["silver.orders"]) }))).toEqual([
      "lake-unreadable bronze.orders",
    ]);
    expect(aboutLake(await project.run({ verify: true }))).toEqual([
      "lake-damaged bronze.orders",
      "lake-damaged quarantine.silver.orders",
    ]);
    expect(await allRows()).toEqual(expected);
    expect(states(await project.run({ verify: true }))).toBe(UNCHANGED);
  });
});

it("a table with a damaged log that cannot be rebuilt is unchanged", async () => {
  writeFileSync(commit(), "garbage");
  const { program } = project;
  try {
    project.program = programOf(
      PROGRAM.replace("else quarantine", 'else quarantine\n  expect "cheap": price < 9.00 else fail'),
    );
    const result = await project.run();
    expect(states(result)).toBe("bronze.orders unchanged, silver.orders failed, gold.total skipped");
    expect(readFileSync(commit(), "utf8")).toBe("garbage");
    expect(readdirSync(project.lakeFolder).sort()).toEqual([".lock", "bronze", "gold", "quarantine", "runs", "silver"]);
  } finally {
    project.program = program;
  }
  expect(aboutLake(await project.run())).toEqual(["lake-damaged silver.orders"]);
  expect(await allRows()).toEqual(expected);
});

it("for any content of the lake's files, a run reports or repairs it, and rows can be shown or not", {
  timeout: 300_000,
}, async () => {
  const names = readdirSync(kept, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(kept.length))
    .filter((name) => !name.endsWith(".lock"))
    .sort();
  const json = fc.json({ maxDepth: 3 });
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ kind: "bytes" as const, bytes: Buffer.from(bytes) })),
    json.map((text) => ({ kind: "bytes" as const, bytes: Buffer.from(`${text}\n`) })),
    fc
      .constantFrom("commitInfo", "add", "metaData", "protocol", "remove")
      .chain((name) => json.map((text) => ({ kind: "bytes" as const, bytes: Buffer.from(`{"${name}":${text}}\n`) }))),
    fc.double({ min: 0, max: 1, noNaN: true }).map((part) => ({ kind: "cut" as const, part })),
    fc.constant({ kind: "folder" as const }),
    fc.constant({ kind: "gone" as const }),
    fc.constant({ kind: "swapped" as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), content, async (name, changed) => {
      restore();
      const path = join(project.lakeFolder, name);
      if (changed.kind === "bytes") writeFileSync(path, changed.bytes);
      if (changed.kind === "cut") truncateSync(path, Math.floor(readFileSync(path).length * changed.part));
      if (changed.kind === "folder") inPlaceOf(path);
      if (changed.kind === "gone") rmSync(path);
      if (changed.kind === "swapped") renameSync(path, `${path}.old`);
      for (const relation of ["bronze.orders", ...TABLES]) await show(relation);
      await project.run({ select: new Set(["gold.total"]) });
      const result = await project.run();
      if (/failed|skipped/.test(states(result))) {
        expect(aboutLake(result)).not.toEqual([]);
        return;
      }
      expect(await allRows()).toEqual(expected);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

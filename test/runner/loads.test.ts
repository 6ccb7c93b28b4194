/** Which loads and files of a bronze table count: the rule of docs/language/time.md, from the records alone. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { BronzePlan } from "../../src/plan/program.ts";
import { isFailure } from "../../src/runner/errors.ts";
import { createLake } from "../../src/runner/lake.ts";
import type { LoadFacts } from "../../src/runner/load-record.ts";
import { countedFiles, countedLoads, type LoadOf } from "../../src/runner/loads.ts";
import { lessLag, rangeOf, type WatermarkType, watermarkOf, watermarkText } from "../../src/runner/watermark.ts";
import { programOf } from "./project.ts";

const PROGRAM = programOf(`project shop { lake = adls { account: "shop", container: "lake" } }
source files = file { path: "in/" }
source erp = postgres { host: "localhost", database: "erp", user: "u", password: secret.p }
secret p = keyvault("shop", "p")
bronze clicks from erp.table("public.clicks") { load append by id
  id: long }
bronze prices from erp.table("public.prices") { load changes by at
  id: long, at: timestamp
  key id }
bronze rides from files.csv("rides/{month}/*.csv") { load files
  id: int, month: string = load.month }
bronze all from files.csv("rides/*.csv") { load full
  id: int }
bronze plain from files.csv("plain.csv") { id: int }
bronze single from files.json("a/single.jsonl") { load files
  id: int, at: timestamp = load.at }
bronze versions from files.csv("versions.csv") { load changes by n
  id: int, n: int
  key id }
`);

const folder = mkdtempSync(join(tmpdir(), "medalc-loads-"));
afterAll(() => rmSync(folder, { recursive: true }));
let lakes = 0;

function plan(name: string): BronzePlan {
  const found = PROGRAM.bronze.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no bronze ${name}`);
  return found;
}

const idOf = (hour: number) => `20260131T${String(hour).padStart(2, "0")}0000Z`;

/** A lake with a table's loads, one per hour from one o'clock; a text instead of facts is the record itself. */
async function counted(
  name: string,
  loads: readonly (Partial<LoadFacts> | string | undefined)[],
): Promise<readonly string[]> {
  const lake = createLake(join(folder, `lake-${++lakes}`));
  loads.forEach((facts, index) => {
    const load = join(lake.loadsFolder(name), `load=${idOf(index + 1)}`);
    mkdirSync(load, { recursive: true });
    for (const { file } of (typeof facts === "object" && facts.files) || []) {
      mkdirSync(dirname(join(load, file)), { recursive: true });
      writeFileSync(join(load, file), "");
    }
    if (facts === undefined) return;
    writeFileSync(join(load, "_load.json"), typeof facts === "string" ? facts : JSON.stringify({ bytes: 0, ...facts }));
  });
  const found = await countedFiles(plan(name), lake);
  const start = `${lake.loadsFolder(name)}/`;
  for (const { path, load, at } of found) {
    expect(path.startsWith(`${start}load=${load}/`)).toBe(true);
    expect(at).toBe(`2026-01-31T${load.slice(9, 11)}:00:00.000000Z`);
  }
  return found.map(({ load, file, before, placeholders }) => {
    const values = Object.keys(placeholders).length === 0 ? "" : ` ${JSON.stringify(placeholders)}`;
    return `${load.slice(9, 11)} ${file}${values}${before === undefined ? "" : ` < ${before}`}`;
  });
}

const APPEND = "append by id: long";
const files = (...paths: readonly string[]) => ({
  mode: "files",
  files: paths.map((path) => ({ file: path, path, bytes: 0 })),
});

describe("the loads that count", () => {
  it("full: only the newest complete load", async () => {
    expect(await counted("plain", [{}, {}, undefined])).toEqual(["02 plain.csv"]);
    expect(await counted("plain", [])).toEqual([]);
    const listed = { files: ["rides/b.csv", "rides/a.csv"].map((path) => ({ file: path, path, bytes: 0 })) };
    expect(await counted("all", [{}, listed])).toEqual(["02 rides/a.csv", "02 rides/b.csv"]);
  });

  it("append: all since the one that contains everything, below the ranges of later loads", async () => {
    const loads = [
      { mode: APPEND, to: "5" },
      { mode: APPEND, to: "10" },
      { mode: APPEND, from: "10", to: "20" },
      { mode: APPEND, from: "15", to: "20" },
      { mode: APPEND, from: "20", to: "30" },
    ];
    expect(await counted("clicks", loads)).toEqual([
      "02 public.clicks < 10",
      "03 public.clicks < 15",
      "04 public.clicks < 20",
      "05 public.clicks",
    ]);
  });

  it("append: a load whose range later loads contain as a whole is left out, even if it is not the next one", async () => {
    const loads = [{ to: "9" }, { from: "9", to: "20" }, { from: "20", to: "30" }, { from: "8", to: "30" }];
    expect(await counted("clicks", loads)).toEqual(["01 public.clicks < 8", "04 public.clicks"]);
  });

  it("append: values are compared as numbers", async () => {
    const loads = [{ to: "9" }, { from: "9", to: "100" }, { from: "10", to: "100" }];
    expect(await counted("clicks", loads)).toEqual([
      "01 public.clicks < 9",
      "02 public.clicks < 10",
      "03 public.clicks",
    ]);
  });

  it("changes: all since the one that contains everything, as a whole", async () => {
    const at = (hour: string) => `2026-01-31T${hour}:00:00.000000Z`;
    const loads = [
      { to: at("01") },
      { to: at("02") },
      { from: at("01"), to: at("03") },
      { from: at("03"), to: at("03") },
    ];
    expect(await counted("prices", loads)).toEqual(["02 public.prices", "03 public.prices", "04 public.prices"]);
  });

  it("files: of each path the newest load that contains it", async () => {
    const loads = [
      files("rides/01/a.csv", "rides/01/b.csv"),
      { ...files("rides/02/a.csv", "rides/01/b.csv"), from: idOf(1) },
      { ...files("rides/01/a b.csv"), from: idOf(2) },
    ];
    expect(await counted("rides", loads)).toEqual([
      '01 rides/01/a.csv {"month":"01"}',
      '02 rides/01/b.csv {"month":"01"}',
      '02 rides/02/a.csv {"month":"02"}',
      '03 rides/01/a b.csv {"month":"01"}',
    ]);
  });

  it("files: a load that continues none starts again", async () => {
    expect(await counted("rides", [files("rides/1/a.csv"), files("rides/2/a.csv")])).toEqual([
      '02 rides/2/a.csv {"month":"2"}',
    ]);
    expect(await counted("single", [{}, { mode: "files" }, { mode: "files", from: idOf(2) }])).toEqual([
      "03 a/single.jsonl",
    ]);
  });

  it("a file that contains changes: all its versions", async () => {
    const mode = "changes by n: int";
    expect(await counted("versions", [{ mode }, { mode, from: idOf(1) }])).toEqual([
      "01 versions.csv",
      "02 versions.csv",
    ]);
  });

  it("a load of another mode, which does not contain everything, does not count, nor do those after it", async () => {
    expect(await counted("clicks", [{}, { mode: "append by other: long", from: "1", to: "2" }])).toEqual([
      "01 public.clicks",
    ]);
    expect(await counted("plain", [{ mode: "files" }, { mode: "files", from: idOf(1) }])).toEqual(["01 plain.csv"]);
    const changed = [
      { to: "1" },
      { mode: "changes by id: long", from: "0", to: "2" },
      { mode: APPEND, from: "1", to: "3" },
    ];
    expect(await counted("clicks", changed)).toEqual(["01 public.clicks"]);
  });
});

describe("records", () => {
  it("of Data Factory have no files: those of the folder count", async () => {
    const lake = createLake(join(folder, `lake-${++lakes}`));
    for (const [hour, path] of [
      [1, "rides/1/a.csv"],
      [1, "rides/2/b.csv"],
      [2, "rides/2/b.csv"],
      [2, "rides/x.csv"],
    ] as const) {
      const load = join(lake.loadsFolder("rides"), `load=${idOf(hour)}`);
      mkdirSync(dirname(join(load, path)), { recursive: true });
      writeFileSync(join(load, path), "");
      writeFileSync(join(load, "_load.json"), '{"bytes":-1}');
    }
    const found = await countedFiles(plan("rides"), lake);
    expect(found.map(({ load, file }) => [load, file])).toEqual([
      [idOf(1), "rides/1/a.csv"],
      [idOf(2), "rides/2/b.csv"],
    ]);
  });

  it.each([
    ["no JSON", "{"],
    ["a bound that is no value", '{"bytes":0,"from":"x","to":"2"}'],
    ["a file outside its load", '{"bytes":0,"from":"1","files":[{"file":"../a","path":"a","bytes":1}]}'],
    ["a file without a size", '{"bytes":0,"from":"1","files":[{"file":"a","path":"a"}]}'],
    ["files that are no list", '{"bytes":0,"from":"1","files":{}}'],
  ])("%s: the table cannot be read", async (_, record) => {
    await expect(counted("clicks", [{ to: "1" }, record, { from: "2", to: "3" }])).rejects.toSatisfy(isFailure);
  });
});

describe("the column that says what is new", () => {
  const types: readonly (readonly [WatermarkType, readonly string[], readonly string[]])[] = [
    [{ kind: "int" }, ["-2147483648", "0", "2147483647"], ["2147483648", "1.0", "", "x", "+1"]],
    [{ kind: "long" }, ["-9223372036854775808", "9223372036854775807"], ["9223372036854775808"]],
    [
      { kind: "decimal", precision: 4, scale: 2 },
      ["-99.99", "-0.01", "0.00", "1.50"],
      ["100.00", "0.001", "NaN", "1e1"],
    ],
    [{ kind: "decimal", precision: 3, scale: 0 }, ["-999", "7"], ["1000", "0.5"]],
    [{ kind: "date" }, ["0001-01-01", "1969-12-31", "9999-12-31"], ["2026-02-30", "infinity", "10000-01-01"]],
    [
      { kind: "timestamp" },
      ["0001-01-01T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"],
      ["2026-02-30T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z", "2026-01-01T00:00:00", "infinity"],
    ],
  ];

  it.each(types)("%j: texts are exact in both directions", (type, right, wrong) => {
    for (const text of right) expect(watermarkText(watermarkOf(text, type) ?? -1n, type)).toBe(text);
    for (const text of wrong) expect(watermarkOf(text, type)).toBeUndefined();
    const { lowest, highest } = rangeOf(type);
    fc.assert(
      fc.property(fc.bigInt(lowest, highest), (value) => {
        expect(watermarkOf(watermarkText(value, type), type)).toBe(value);
      }),
    );
  });

  it("a lag is subtracted exactly, and not below the lowest value", () => {
    const less = (text: string, type: WatermarkType, lag: Parameters<typeof lessLag>[1]) =>
      watermarkText(lessLag(watermarkOf(text, type) ?? 0n, lag, type), type);
    const day = { kind: "duration", seconds: 86_400 } as const;
    expect(less("2026-03-01T00:00:00.000001Z", { kind: "timestamp" }, day)).toBe("2026-02-28T00:00:00.000001Z");
    expect(less("2026-03-01", { kind: "date" }, day)).toBe("2026-02-28");
    expect(less("0001-01-01", { kind: "date" }, day)).toBe("0001-01-01");
    expect(less("1.50", { kind: "decimal", precision: 5, scale: 2 }, { kind: "number", amount: "2" })).toBe("-0.50");
    expect(less("5", { kind: "int" }, { kind: "number", amount: "999999999999999999" })).toBe("-2147483648");
    expect(less("5", { kind: "long" }, undefined)).toBe("5");
  });
});

/** Loads as extraction makes them: `to` never falls until a load starts again, and each begins at the highest, less a lag. */
const histories = fc
  .array(fc.record({ step: fc.nat(4), lag: fc.nat(6), starts: fc.boolean(), isWide: fc.boolean() }), { maxLength: 8 })
  .map((steps) => {
    let highest: number | undefined;
    return steps.map(({ step, lag, starts, isWide }, index): LoadOf => {
      const isStart = highest === undefined || (starts && isWide);
      const from = isStart ? undefined : (highest ?? 0) - lag;
      highest = (isStart ? 10 : (highest ?? 0)) + step;
      const facts = {
        bytes: 0,
        mode: APPEND,
        to: String(highest),
        ...(from === undefined ? {} : { from: String(from) }),
      };
      return { id: idOf(index), folder: "", facts };
    });
  });

it("append: the bounds are the rule as it is written", () => {
  fc.assert(
    fc.property(histories, (loads) => {
      const result = countedLoads(plan("clicks"), loads);
      const start = loads.findLastIndex(({ facts }) => facts.from === undefined);
      loads.forEach((load, i) => {
        const bound = result.find((each) => each.load.id === load.id);
        const lowest = Number(load.facts.from ?? -50);
        for (let value = lowest; value <= Number(load.facts.to); value++) {
          const isLater = loads
            .slice(i + 1)
            .some(({ facts: { from, to } }) => from !== undefined && Number(from) <= value && value <= Number(to));
          const counts = i >= start && !isLater;
          expect(bound !== undefined && (bound.before === undefined || value < Number(bound.before))).toBe(counts);
        }
        expect(bound !== undefined && bound.before === undefined).toBe(i === loads.length - 1);
      });
    }),
    { numRuns: 300 },
  );
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { CONTAINER_URL, createContainer } from "../../support/factory/container.ts";
import { resolve, type Value } from "../../support/factory/expressions.ts";
import { type FactoryWorld, runPipeline } from "../../support/factory/run.ts";
import { contextOf, programOf } from "../support/compile.ts";
import { LOADS } from "./loads.ts";
import { emitted, gitObjects } from "./support.ts";

const objects = gitObjects(emitted(programOf(LOADS), contextOf({})));

/** A world without databases, with a clock that a test sets. */
function createWorld(pageSize?: number) {
  const clock = { time: Date.parse("2026-03-15T06:00:00Z") };
  const container = createContainer(() => clock.time, pageSize);
  const none = (): never => {
    throw new Error("no database");
  };
  const world: FactoryWorld = { objects, container, now: () => new Date(clock.time), postgres: none, mongodb: none };
  const loadAt = (time: string): string => time.replace(/[-:]/g, "");
  return {
    ...{ clock, container, world },
    /** Runs a pipeline at a time; the load has the name of the time, unless it is given. */
    run(pipeline: string, time: string, parameters: Readonly<Record<string, Value>> = {}) {
      clock.time = Date.parse(time);
      return runPipeline(world, pipeline, { load: loadAt(time), ...parameters });
    },
    write(time: string, path: string, content: string) {
      clock.time = Date.parse(time);
      container.write(path, content);
    },
    /** Files of loads of a table, with the text of records. */
    loads: (table: string) =>
      [...container.files]
        .filter(([path]) => path.startsWith(`bronze/${table}/`))
        .map(([path, { content }]) => [path.slice(`bronze/${table}/load=`.length), content])
        .sort(),
  };
}

it("loads the files that are new or have changed, each with its folders", async () => {
  const { run, write, loads } = createWorld();
  write("2026-03-14T00:00:00Z", "landing/rides/2026-01/a.csv", "1");
  write("2026-03-14T00:00:00Z", "landing/rides/2026-02/b.csv", "2");
  write("2026-03-14T00:00:00Z", "landing/rides/2026-02/b.txt", "no");
  write("2026-03-14T00:00:00Z", "landing/other/c.csv", "no");
  await run("pl_ingest_landing_files", "2026-03-15T06:00:00Z", { tables: ["rides"].map(itemOf) });
  write("2026-03-15T07:00:00Z", "landing/rides/2026-02/b.csv", "3");
  // Written in the second in which the load began.
  write("2026-03-15T08:00:00Z", "landing/rides/2026-03/d.csv", "4");
  await run("pl_ingest_landing_files", "2026-03-15T08:00:00Z", { tables: ["rides"].map(itemOf) });
  await run("pl_ingest_landing_files", "2026-03-16T06:00:00Z", { tables: ["rides"].map(itemOf) });
  const record = (from: string, to: string) => `{"bytes":-1,"mode":"files"${from},"to":"${to}"}`;
  expect(loads("rides")).toEqual([
    ["20260315T060000Z/_load.json", record("", "2026-03-15T06:00:00Z")],
    ["20260315T060000Z/rides/2026-01/a.csv", "1"],
    ["20260315T060000Z/rides/2026-02/b.csv", "2"],
    ["20260315T080000Z/_load.json", record(',"from":"2026-03-15T05:59:00Z"', "2026-03-15T08:00:00Z")],
    ["20260315T080000Z/rides/2026-02/b.csv", "3"],
    ["20260316T060000Z/_load.json", record(',"from":"2026-03-15T07:59:00Z"', "2026-03-16T06:00:00Z")],
    ["20260316T060000Z/rides/2026-03/d.csv", "4"],
  ]);
});

it("writes no load if no file is new, and fails if there never was one", async () => {
  const { run, write, loads } = createWorld();
  const tables = [itemOf("rides")];
  await expect(run("pl_ingest_landing_files", "2026-03-15T06:00:00Z", { tables })).rejects.toThrow(
    "bronze.rides: no file matches *.csv in the folder landing/rides",
  );
  write("2026-03-15T07:00:00Z", "landing/rides/x/a.csv", "1");
  await run("pl_ingest_landing_files", "2026-03-15T08:00:00Z", { tables });
  const before = loads("rides");
  await run("pl_ingest_landing_files", "2026-03-15T09:00:00Z", { tables });
  await run("pl_ingest_landing_files", "2026-03-15T08:00:00Z", { tables });
  expect(loads("rides")).toEqual(before);
  await run("pl_ingest_landing_files", "2026-03-15T10:00:00Z", { tables, reload: ["rides"] });
  expect(loads("rides").map(([path]) => path)).toEqual([
    ...before.map(([path]) => path),
    "20260315T100000Z/_load.json",
    "20260315T100000Z/rides/x/a.csv",
  ]);
  expect(loads("rides").at(-2)?.[1]).toBe('{"bytes":-1,"mode":"files","to":"2026-03-15T10:00:00Z"}');
});

it("loads again what was deleted with a load, and does not read a load without a record", async () => {
  const { run, write, loads, container } = createWorld();
  const tables = [itemOf("rides")];
  write("2026-03-14T00:00:00Z", "landing/rides/x/a.csv", "1");
  await run("pl_ingest_landing_files", "2026-03-15T06:00:00Z", { tables });
  write("2026-03-15T07:00:00Z", "landing/rides/x/b.csv", "2");
  await run("pl_ingest_landing_files", "2026-03-15T08:00:00Z", { tables });
  container.files.delete("bronze/rides/load=20260315T080000Z/_load.json");
  await run("pl_ingest_landing_files", "2026-03-15T09:00:00Z", { tables });
  expect(loads("rides").slice(-2)).toEqual([
    [
      "20260315T090000Z/_load.json",
      '{"bytes":-1,"mode":"files","from":"2026-03-15T05:59:00Z","to":"2026-03-15T09:00:00Z"}',
    ],
    ["20260315T090000Z/rides/x/b.csv", "2"],
  ]);
});

it("loads one file by its versions, and a pattern in full as a whole", async () => {
  const { run, write, loads } = createWorld();
  write("2026-03-14T00:00:00Z", "landing/limits.csv", "1");
  write("2026-03-14T00:00:00Z", "landing/regions/north.csv", "n");
  for (const time of ["2026-03-15T06:00:00Z", "2026-03-15T07:00:00Z"]) {
    await run("pl_ingest_landing_versions", time);
    await run("pl_ingest_landing_patterns", time);
  }
  expect(loads("limits").map(([path]) => path)).toEqual(["20260315T060000Z/_load.json", "20260315T060000Z/limits.csv"]);
  expect(loads("regions").map(([path]) => path)).toEqual([
    ...["20260315T060000Z/_load.json", "20260315T060000Z/regions/north.csv"],
    ...["20260315T070000Z/_load.json", "20260315T070000Z/regions/north.csv"],
  ]);
  write("2026-03-15T08:00:00Z", "landing/limits.csv", "2");
  await run("pl_ingest_landing_versions", "2026-03-15T09:00:00Z");
  expect(loads("limits").at(-1)).toEqual(["20260315T090000Z/limits.csv", "2"]);
});

it("finds the newest complete load, however many there are and however they are listed", async () => {
  const hour = fc.integer({ min: 0, max: 24 * 90 });
  const loads = fc.uniqueArray(fc.record({ hour, isComplete: fc.boolean(), files: fc.integer({ min: 0, max: 3 }) }), {
    selector: (load) => load.hour,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(loads, fc.integer({ min: 1, max: 9 }), async (all, pageSize) => {
      const { run, write, container } = createWorld(pageSize);
      const idOf = (hours: number) =>
        new Date(Date.parse("2026-01-05T00:00:00Z") + hours * 3_600_000).toISOString().replace(/[-:]|\.000/g, "");
      write("2026-01-01T00:00:00Z", "landing/rides/x/a.csv", "1");
      for (const { hour, isComplete, files } of all) {
        const folder = `bronze/rides/load=${idOf(hour)}`;
        for (let file = 0; file < files; file++) container.write(`${folder}/rides/x/${file}.csv`, "");
        const record = JSON.stringify({ bytes: -1, mode: "files", to: `2026-01-05T00:00:00Z`, id: idOf(hour) });
        if (isComplete) container.write(`${folder}/_load.json`, record);
      }
      // Another table whose name begins in the same way.
      container.write("bronze/rides2/load=20260410T000000Z/_load.json", "{}");
      const requested: string[] = [];
      const request = container.request;
      Object.assign(container, {
        request: (method: string, url: string, body: string) => {
          if (method === "GET" && !url.includes("comp=list")) requested.push(url);
          return request(method, url, body);
        },
      });
      await run("pl_ingest_landing_files", "2026-04-10T06:00:00Z", { tables: [itemOf("rides")] });
      const newest = all
        .filter(({ isComplete }) => isComplete)
        .map((load) => idOf(load.hour))
        .sort()
        .at(-1);
      const expected = newest === undefined ? [] : [`${CONTAINER_URL}/bronze/rides/load=${newest}/_load.json`];
      expect(requested).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

it("does not load again what a later load has, if an earlier run is repeated", async () => {
  const { run, write, loads } = createWorld();
  const tables = [itemOf("rides")];
  write("2026-01-01T00:00:00Z", "landing/rides/x/a.csv", "1");
  await run("pl_ingest_landing_files", "2026-03-15T06:00:00Z", { tables });
  const before = loads("rides");
  await run("pl_ingest_landing_files", "2026-04-01T06:00:00Z", { tables, load: "20260228T060000Z" });
  expect(loads("rides")).toEqual(before);
});

it("loads everything if the previous load was of another mode", async () => {
  const { run, write, container, loads } = createWorld();
  write("2026-01-01T00:00:00Z", "landing/rides/x/a.csv", "1");
  container.write("bronze/rides/load=20260301T000000Z/_load.json", '{"bytes":-1}');
  await run("pl_ingest_landing_files", "2026-03-15T06:00:00Z", { tables: [itemOf("rides")] });
  expect(loads("rides").at(-1)?.[0]).toBe("20260315T060000Z/rides/x/a.csv");
});

it("the stand-in refuses expressions that the service would refuse", () => {
  const scope = { roots: { variables: () => "" } };
  expect(resolve("a@{concat('b', '''')}@@{c}", scope)).toBe("ab'@{c}");
  expect(() => resolve("@if(true, 'a', int('b'))", scope)).toThrow("no integer");
  expect(() => resolve("@json('{}').a", scope)).toThrow("does not exist");
  expect(resolve("@coalesce(json('{}')?['a']?.b, 'c')", scope)).toBe("c");
  expect(resolve("@addSeconds('2026-01-01', -1, 'yyyy-MM-ddTHH:mm:ss.ffffffZ')", scope)).toBe(
    "2025-12-31T23:59:59.000000Z",
  );
});

/** The element of a table in the ingest pipeline that has it. */
function itemOf(table: string): Value {
  const items: readonly { readonly table: string }[] = objects.flatMap(({ properties }) => {
    const tables = Object(properties.parameters).tables;
    return tables === undefined ? [] : tables.defaultValue;
  });
  const item = items.find((each) => each.table === table);
  if (item === undefined) throw new Error(`no item ${table}`);
  return { ...item };
}

import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeRows } from "../../src/runner/delta/table.ts";
import { type Connection, createEngine, type Engine } from "../../src/runner/duckdb.ts";
import { BINARY, BOOL, DATE, DOUBLE, decimal, INT, LONG, STRING, TIMESTAMP, type Type } from "../../src/types.ts";
import { temporaryFolder } from "../support/io.ts";

let engine: Engine;
let connection: Connection;

beforeAll(async () => {
  engine = await createEngine({ threads: 1, scratchFolder: join(tmpdir(), `medalc-stats-${process.pid}`) });
  connection = await engine.connect();
});

afterAll(() => {
  connection.close();
  engine.close();
});

interface Bounds {
  readonly min?: unknown;
  readonly max?: unknown;
  readonly nulls: number;
}

/** The statistics of a file with one column, from its log entry. */
async function statisticsText(type: Type, values: string): Promise<string> {
  const columns = [{ name: 'a "b"', type, nullable: true }];
  const at = new Date(0);
  const query = `SELECT x AS "a ""b""" FROM (${values}) AS t(x)`;
  const file = await writeRows(connection, query, {
    ...{
      folder: temporaryFolder(),
      relation: "silver.t",
      columns,
      current: undefined,
      at,
      fingerprint: "f".repeat(64),
    },
  });
  return file.add?.stats ?? "";
}

async function boundsOf(type: Type, values: string): Promise<Bounds> {
  const { minValues, maxValues, nullCount } = JSON.parse(await statisticsText(type, values));
  const name = 'a "b"';
  return {
    ...(name in minValues ? { min: minValues[name] } : {}),
    ...(name in maxValues ? { max: maxValues[name] } : {}),
    nulls: nullCount[name],
  };
}

const KIND: Type = { kind: "enum", name: "Kind", values: ["small", "large"] };
const LONG_TEXT = "é😀".repeat(40);

const cases: readonly (readonly [name: string, type: Type, values: string, bounds: Bounds])[] = [
  ["int", INT, "VALUES (3::INTEGER), (-2), (NULL)", { min: -2, max: 3, nulls: 1 }],
  ["date", DATE, "VALUES (DATE '2020-02-29'), ('1999-12-31')", { min: "1999-12-31", max: "2020-02-29", nulls: 0 }],
  ["string", STRING, "VALUES ('b'), ('a''\"'), (NULL), (NULL)", { min: "a'\"", max: "b", nulls: 2 }],
  ["enum", KIND, "VALUES ('small'), ('large')", { min: "large", max: "small", nulls: 0 }],
  ["double", DOUBLE, "VALUES (0.5::DOUBLE), (-1e300)", { min: -1e300, max: 0.5, nulls: 0 }],
  ["only nulls", INT, "VALUES (NULL::INTEGER), (NULL)", { nulls: 2 }],
  ["bool has no bounds", BOOL, "VALUES (TRUE), (NULL)", { nulls: 1 }],
  ["binary has no bounds", BINARY, "VALUES ('a'::BLOB)", { nulls: 0 }],
  ["not a number gives no bounds", DOUBLE, "VALUES ('nan'::DOUBLE), (1)", { nulls: 0 }],
  ["infinity gives no bounds", DOUBLE, "VALUES ('inf'::DOUBLE), (1)", { nulls: 0 }],
  [
    "a timestamp is rounded to milliseconds outwards",
    TIMESTAMP,
    "VALUES (TIMESTAMPTZ '2020-01-01 00:00:00.123456+00'), ('2020-12-31 23:59:59.999999+00')",
    { min: "2020-01-01T00:00:00.123Z", max: "2021-01-01T00:00:00.000Z", nulls: 0 },
  ],
  [
    "a long text is cut at 32 characters, upwards at its upper end",
    STRING,
    `VALUES ('${LONG_TEXT}')`,
    { min: "é😀".repeat(16), max: `${"é😀".repeat(16)}\u{10ffff}`, nulls: 0 },
  ],
];

it.each(cases)("%s", async (_, type, values, bounds) => {
  expect(await boundsOf(type, values)).toEqual(bounds);
});

it("long and decimal keep all digits", async () => {
  expect(await statisticsText(LONG, "VALUES (9223372036854775807), (-9223372036854775808)")).toBe(
    '{"numRecords":2,"minValues":{"a \\"b\\"":-9223372036854775808},"maxValues":{"a \\"b\\"":9223372036854775807},"nullCount":{"a \\"b\\"":0}}',
  );
  const decimals = "VALUES (12345678901234567890123456789012.123456::DECIMAL(38,6)), (-0.000001)";
  expect(await statisticsText(decimal(38, 6), decimals)).toContain(
    '"maxValues":{"a \\"b\\"":12345678901234567890123456789012.123456}',
  );
});

it("only the first 32 columns have statistics", async () => {
  const columns = Array.from({ length: 40 }, (_, at) => ({ name: `c${at}`, type: INT, nullable: false }));
  const query = `SELECT ${columns.map(({ name }, at) => `${at} AS ${name}`).join(", ")}`;
  const file = await writeRows(connection, query, {
    ...{ folder: temporaryFolder(), relation: "silver.t", columns, current: undefined },
    ...{ at: new Date(0), fingerprint: "f".repeat(64) },
  });
  const { minValues } = JSON.parse(file.add?.stats ?? "");
  expect(Object.keys(minValues)).toHaveLength(32);
  expect(file.nullColumns).toEqual([]);
});

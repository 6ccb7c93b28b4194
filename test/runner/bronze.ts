/** Tests of bronze files, each read by its own table, all in one run. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunResult } from "../../src/runner/run-result.ts";
import { createProject, messages, type Project, type Row, sortedRows } from "./project.ts";

/** A bronze file, and the expected content of a table that reads it completely. */
export interface BronzeCase {
  readonly file: string | Buffer;
  /** By default `id: int, name: string?, price: decimal(10,2)?`. */
  readonly columns?: string;
  /** In any order. Undefined if the table cannot be built. */
  readonly rows?: readonly Row[];
  /** The reason and record of each rejected row; none by default. */
  readonly rejected?: readonly Row[];
  /** The expected diagnostics, except warnings about rejected rows. */
  readonly diagnostics?: readonly string[];
}

const COLUMNS = "id: int, name: string?, price: decimal(10,2)?";
export const TEXTS = "id: string, name: string";

export const malformed = (record: string): Row => ["malformed record", record];

export const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

export const LONG = "x".repeat(300_000);

/** Defines a test for each case. */
export function testBronze(kind: "csv" | "json", named: Readonly<Record<string, BronzeCase>>): void {
  const cases = Object.entries(named).map(([name, each], at) => ({
    name,
    bronze: `b${at}`,
    path: `b${at}.${kind}`,
    ...each,
  }));
  const text = cases.map(
    ({ bronze, path, columns = COLUMNS }) =>
      `bronze ${bronze} from files.${kind}("${path}") { ${columns}, reject at most 100% }\nsilver ${bronze} { from bronze.${bronze} }`,
  );
  let project: Project;
  let result: RunResult;

  beforeAll(async () => {
    const files = Object.fromEntries(cases.map(({ path, file }) => [path, file]));
    project = await createProject(["enum Kind { small, large }", ...text].join("\n"), files);
    result = await project.run();
  }, 300_000);

  afterAll(() => project?.remove());

  it.each(cases)("$name", async ({ bronze, rows, rejected = [], diagnostics = [] }) => {
    const own = messages(result).filter((each) => new RegExp(`\\.${bronze}\\b`).test(each));
    const problems = own.filter((each) => !each.startsWith("rows-rejected"));
    expect(
      problems.map((each) => each.replaceAll(`bronze.${bronze}`, "self").replace(`${bronze}.${kind}`, "FILE")),
    ).toEqual(diagnostics);
    if (rows === undefined) return expect(await project.table(`silver.${bronze}`)).toBeUndefined();

    expect(await project.rows(`silver.${bronze}`)).toEqual(sortedRows(rows));
    const quarantine = (await project.rows(`quarantine.silver.${bronze}`)).map(([source, ...rest]) => {
      expect(source).toBe(`bronze.${bronze}`);
      return rest;
    });
    expect(quarantine).toHaveLength(rejected.length);
    expect(quarantine).toEqual(expect.arrayContaining([...rejected]));
    const count = rejected.length === 1 ? "1 row" : `${rejected.length} rows`;
    const warning = `rows-rejected: silver.${bronze} rejected ${count} of bronze.${bronze} that did not fit the columns`;
    expect(own.filter((each) => each.startsWith("rows-rejected"))).toEqual(rejected.length === 0 ? [] : [warning]);
  });
}

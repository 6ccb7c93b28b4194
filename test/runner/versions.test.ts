/** Earlier versions of tables in the local lake. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { KEPT_VERSIONS } from "../../src/runner/delta/table.ts";
import { isFailure } from "../../src/runner/errors.ts";
import { showTable } from "../../src/runner/show.ts";
import type { WantedVersion } from "../../src/runner/versions.ts";
import { createProject, type Project, programOf } from "./project.ts";

const PROGRAM = `bronze orders from files.csv("orders.csv") { id: int }
silver orders { from bronze.orders  expect "positive": id > 0 else quarantine }
`;

let project: Project;
let times: readonly number[];

/** Version n has the rows 0 to n, of which 0 is quarantined. */
beforeAll(async () => {
  project = await createProject(PROGRAM);
  const found: number[] = [];
  for (let version = 0; version < 8; version++) {
    project.write({ "orders.csv": `id\n${Array.from({ length: version + 2 }, (_, id) => `${id}\n`).join("")}` });
    await project.run();
    const { snapshot } = (await project.table("silver.orders")) ?? expect.fail("not built");
    expect(snapshot.version).toBe(version);
    found.push(snapshot.commitInfo?.timestamp ?? 0);
  }
  times = found;
});
afterAll(() => project?.remove());

async function show(relation: string, version: WantedVersion, program = project.program): Promise<string> {
  try {
    return `${(await showTable({ lakeFolder: project.lakeFolder, relation, limit: 5, program, version })).total} rows`;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error.diagnostics.map(({ code, message, hint }) => `${code}: ${message}. ${hint}`).join("\n");
  }
}

const at = (milliseconds: number): WantedVersion => ({ kind: "at", at: new Date(milliseconds) });

it("shows a version by its number", async () => {
  expect(await show("silver.orders", { kind: "number", version: 7 })).toBe("8 rows");
  expect(await show("silver.orders", { kind: "number", version: 4 })).toBe("5 rows");
  expect(await show("quarantine.silver.orders", { kind: "number", version: 4 })).toBe("1 rows");
});

it("shows the newest version at a time", async () => {
  expect(await show("silver.orders", at(times[5] ?? 0))).toBe("6 rows");
  expect(await show("silver.orders", at((times[6] ?? 0) - 1))).toBe("6 rows");
  expect(await show("silver.orders", at((times[7] ?? 0) + 1e9))).toBe("8 rows");
});

it("says which versions are kept", async () => {
  const first = 8 - KEPT_VERSIONS - 1;
  const range = new RegExp(
    `^version-missing: the lake has no version \\S+ of silver.orders. Its versions are ${first} \\(.*\\) to 7 \\(.*\\).$`,
  );
  expect(await show("silver.orders", { kind: "number", version: 0 })).toMatch(range);
  expect(await show("silver.orders", { kind: "number", version: 99 })).toMatch(range);
  expect(await show("silver.orders", at((times[0] ?? 0) - 1))).toMatch(/^version-missing: the lake has no version of /);
});

it("refuses a version with other columns than the program", async () => {
  const program = programOf(PROGRAM.replace("from bronze.orders ", "from bronze.orders  derive { twice = 2 * id }"));
  const shown = await show("silver.orders", { kind: "number", version: 6 }, program);
  expect(shown).toMatch(/^version-outdated: version 6 of silver.orders does not have the columns .*: twice\. /);
});

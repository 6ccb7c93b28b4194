import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { contentsOf, filesOf } from "../import/cases.ts";
import { medalc, temporaryFolder } from "../support/io.ts";

function factoryFolder(name: string): string {
  const files = [...filesOf(contentsOf(name))].map(([path, text]) => [`factory-in-git/${path}`, text]);
  return temporaryFolder({ "factory-in-git/README.md": "no object", ...Object.fromEntries(files) });
}

it("writes the program to standard output and notices to standard error", async () => {
  const folder = factoryFolder("parametrised");
  const { code, out, err } = await medalc("import adf factory-in-git", { folder });
  expect(code).toBe(EXIT.ok);
  expect(out).toMatch(/^project contoso_df \{/);
  expect(err).toContain(
    "Not imported: the trigger OnBlob: it is a BlobEventsTrigger; a program supports only daily and hourly schedules " +
      "(trigger/OnBlob.json $.properties)\n",
  );
  expect(err).toMatch(/\n2 sources, 2 bronze tables; 8 notices\n$/);
});

it("writes a file that check and fmt accept, and replaces none", async () => {
  const folder = factoryFolder("unsupported");
  const first = await medalc("import adf factory-in-git --out lake.medal", { folder });
  expect(first).toMatchObject({ code: EXIT.ok, out: "Wrote lake.medal: 4 sources, 5 bronze tables\n" });
  expect(await medalc("check lake.medal", { folder })).toMatchObject({ code: EXIT.ok });
  expect(await medalc("fmt --check lake.medal", { folder })).toMatchObject({ code: EXIT.ok });
  const before = readFileSync(`${folder}/lake.medal`, "utf8");
  const { code, err } = await medalc("import adf factory-in-git --out lake.medal", { folder });
  expect(code).toBe(EXIT.usage);
  expect(err).toContain("error file-exists: lake.medal already exists and is not overwritten");
  expect(readFileSync(`${folder}/lake.medal`, "utf8")).toBe(before);
});

it("--json contains the program and the notices with their files and JSON paths", async () => {
  const folder = factoryFolder("watermark");
  const { out, err } = await medalc("import adf factory-in-git --json", { folder });
  expect(err).toBe("");
  const document = JSON.parse(out);
  expect(document).toMatchObject({ version: 1, command: "import", sources: 1, bronze: 2, diagnostics: [] });
  expect(document.program).toContain("source Postgres = postgres {");
  expect(document.notices).toContainEqual({
    kind: "assumed",
    file: "pipeline/Delta.json",
    path: "$.properties.activities[1].typeProperties.source.query",
    message: "it reads incrementally by updated_at; the program loads the table in full",
  });
});

it("import-no-factory: no factory in the folder", async () => {
  const folder = temporaryFolder({ "docs/readme.md": "" });
  for (const name of ["docs", "nowhere"]) {
    const { code, err } = await medalc(`import adf ${name} --out x.medal`, { folder });
    expect(code).toBe(EXIT.usage);
    expect(err).toContain(`error import-no-factory: no data factory found in ${name}`);
  }
  expect(existsSync(`${folder}/x.medal`)).toBe(false);
});

it("exit 64 for an unknown format, and unwritable-file for a file in a missing folder", async () => {
  expect(await medalc("import dbt somewhere")).toMatchObject({ code: EXIT.usage });
  const folder = factoryFolder("watermark");
  const { err } = await medalc("import adf factory-in-git --out no/such/x.medal", { folder });
  expect(err).toContain("error unwritable-file: no/such/x.medal cannot be written");
});

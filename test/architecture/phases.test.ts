import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { root } from "../support/paths.ts";

const text = readFileSync(`${root}/docs/architecture.md`, "utf8");

/** The cells of the rows that follow a header row. */
function rowsAfter(header: string): readonly (readonly string[])[] {
  const start = text.indexOf(header);
  expect(start, header).toBeGreaterThan(-1);
  const lines = text.slice(start).split("\n").slice(2);
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(0, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`|`$/g, "")),
  );
}

it("every phase of the table exists, with its types", () => {
  const rows = rowsAfter("| phase | function | in | out | file |");
  expect(rows.length).toBeGreaterThan(5);
  for (const [phase, name, input, output, file] of rows) {
    const source = readFileSync(`${root}/${file}`, "utf8");
    const signature = new RegExp(`^export (async )?function ${name}\\(([^]*?)\\{\\n`, "m").exec(source)?.[2];
    expect(signature, `${phase}: ${file} exports ${name}`).toBeDefined();
    const [parameters = "", result = ""] = signature?.split(/\):/) ?? [];
    expect(parameters, `${phase} takes ${input}`).toMatch(new RegExp(`\\b${input}\\b`));
    expect(result, `${phase} gives ${output}`).toMatch(new RegExp(`\\b${output}\\b`));
  }
});

it("the folders of the table are those of the project", () => {
  const folders = rowsAfter("| folder | what |").map(([folder]) => folder);
  for (const folder of folders) expect(existsSync(`${root}/${folder}`), folder).toBe(true);
  const inSource = readdirSync(`${root}/src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders).toEqual(expect.arrayContaining(inSource.map((entry) => `src/${entry.name}`)));
});

it("its links are valid", () => {
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) => `${root}/docs/${match[1]}`);
  for (const link of links) expect(existsSync(link), link).toBe(true);
});

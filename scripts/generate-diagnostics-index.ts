/** Generates docs/diagnostics.md from the catalogue of diagnostics; with --check it only checks that the page is up to date. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onlyCompile } from "../src/cli/only-compile.ts";
import type { Catalog } from "../src/diagnostics/catalog/entry.ts";
import { catalogParts } from "../src/diagnostics/catalog/index.ts";

const target = fileURLToPath(new URL("../docs/diagnostics.md", import.meta.url));

const link = (code: string): string => `[\`${code}\`](diagnostics/${code}.md)`;

/** Vertical bars separate the cells of a table; the rest of a message is text. */
const cell = (message: string): string => message.replaceAll("|", "\\|").replaceAll("<", "&lt;");

function table(entries: Catalog): string {
  const rows = Object.entries(entries)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { severity, message }]) => `| ${link(code)} | ${severity} | ${cell(message)} |`);
  return ["| code | severity | message |", "| --- | --- | --- |", ...rows].join("\n");
}

const text = `# Diagnostics

Generated from the catalogue in \`src/diagnostics/catalog\`. Every diagnostic has a code and a page; \`medalc explain CODE\` prints it.
Words in braces stand for names and values of your program.

## \`check\` and \`compile\`

A program and its medal.json that pass \`check\` compile in every environment. \`compile\` reports these errors in addition:

| code | why \`check\` does not report it |
| --- | --- |
${Object.entries(onlyCompile)
  .map(([code, why]) => `| ${link(code)} | ${why} |`)
  .join("\n")}

A value of \`--param\` is checked like one in medal.json, by \`compile\` only. \`check\` reports the problems of all environments, also
those that are never compiled: what \`local\` says about sources and params, and, with \`--fix\`, files that it cannot write.

${Object.entries(catalogParts)
  .map(([title, entries]) => `## ${title}\n\n${table(entries)}`)
  .join("\n\n")}
`;

if (process.argv.includes("--check")) {
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
    process.stderr.write(`${target} is out of date: run npm run generate\n`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
}

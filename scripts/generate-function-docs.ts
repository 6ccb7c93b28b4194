/** Generates docs/language/functions.md from the function catalogue; with --check it only checks that the page is up to date. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { catalog } from "../src/functions/catalog.ts";
import type { Duplicates, FunctionEntry, FunctionGroup } from "../src/functions/entry.ts";
import { signature } from "../src/functions/signature.ts";

const target = fileURLToPath(new URL("../docs/language/functions.md", import.meta.url));

const DUPLICATES: Readonly<Record<Duplicates, string>> = {
  distorted: "Rows multiplied by a join change the result, so using it on them is an error.",
  safe: "Rows multiplied by a join do not change the result.",
  rows: "It counts rows, including rows multiplied by a join.",
};

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

function heading(entry: FunctionEntry): string {
  return `### ${entry.usage
    .split(" · ")
    .map((form) => `\`${form}\``)
    .join(" · ")}`;
}

function details(entry: FunctionEntry): string {
  const kinds = unique(entry.overloads.flatMap((each) => each.duplicates ?? entry.duplicates ?? []));
  const [kind] = kinds;
  return kinds.length === 1 && kind !== undefined ? `${entry.doc} ${DUPLICATES[kind]}` : entry.doc;
}

/** One line per signature; casts grouped by source type. */
function forms(entry: FunctionEntry): string {
  const casts = Map.groupBy(
    entry.overloads.filter(({ to }) => to !== undefined),
    ({ params }) => params[0],
  );
  const lines =
    casts.size > 0
      ? [...casts].map(([from, overloads]) => `${from} ${entry.name} ${overloads.map(({ to }) => to).join(", ")}`)
      : entry.overloads.map((each) => signature(entry, each));
  return unique(lines)
    .map((line) => `- \`${line}\``)
    .join("\n");
}

function page(entry: FunctionEntry): string {
  const examples = entry.examples.map((each) => `\`${each}\``).join(" · ");
  return [heading(entry), details(entry), forms(entry), `Examples: ${examples}`].join("\n\n");
}

const groups = new Map<FunctionGroup, FunctionEntry[]>();
for (const entry of catalog) {
  if (entry.name === "widen") continue;
  groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
}

const sections = [...groups].map(([group, entries]) => `## ${group}\n\n${entries.map(page).join("\n\n")}`);

const text = `# Functions

<!-- Written by \`npm run generate\` from the catalogue in src/functions. -->

All operators, casts, functions and aggregates. Types, null, rounding and strings are explained in [semantics](semantics.md). In
the signatures, \`T\` is any type, the same for all arguments marked \`T\`; \`comparable\` is the same for numbers, strings, dates
and timestamps, \`number\` for numeric types, \`integer\` for int and long; \`any\` is any type; \`…\` repeats the last argument; a
\`constant\` must be a literal. Narrower types are widened: int to long to decimal to double, and an enum to string. Unless stated
otherwise, the result is null if an argument is null. All examples are true; those of
aggregates use three rows, in which \`n\` is 1, 2 and 4.

${sections.join("\n\n")}
`;

if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
  console.error(`${target} is out of date: run npm run generate`);
  process.exitCode = 1;
}

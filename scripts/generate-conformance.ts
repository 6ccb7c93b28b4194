/** Writes docs/conformance.md from the vectors that the tests hold the engines to; with --check it only says whether it is what it would write. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { catalog } from "../src/functions/catalog.ts";
import type { FunctionEntry, FunctionGroup } from "../src/functions/entry.ts";
import { signature } from "../src/functions/signature.ts";
import { witnessed } from "../test/conformance/recorded-refusals.ts";
import { cases, isFailing } from "../test/functions/cases.ts";
import { ASKED, NOT_ASKED } from "../test/functions/postgres.ts";
import { guardsOf } from "../test/mutation/guards.ts";
import { asked as mutated } from "../test/mutation/recorded-results.ts";
import { programFolders } from "../test/support/programs.ts";
import { deviations } from "../test/support/spark/deviations.ts";
import { explored } from "../test/support/spark/recorded-programs.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = `${root}docs/conformance.md`;
const text = (path: string): string => readFileSync(`${root}${path}`, "utf8");

const versionOf = (name: string): string =>
  new RegExp(`^${name}==(\\S+)`, "m").exec(text("test/support/spark/requirements.txt"))?.[1] ?? "";
const duckdb: string = JSON.parse(text("node_modules/@duckdb/node-api/package.json")).version;

const asked = Map.groupBy(cases, ({ fn, overload }) => `${fn} ${overload}`);
const entries = catalog.filter(({ name }) => name !== "widen");
const unproven = entries.flatMap((entry) =>
  entry.overloads.filter((_, index) => !asked.has(`${entry.name} ${index}`)).map((each) => signature(entry, each)),
);

function row(entry: FunctionEntry): string {
  const own = entry.overloads.flatMap((_, index) => asked.get(`${entry.name} ${index}`) ?? []);
  const written = own.filter(({ position }) => position === "constant" || position === "rows");
  const failing = written.filter(isFailing).length;
  const name = `\`${entry.name}\``;
  return `| ${[name, entry.overloads.length, written.length, failing, own.length, "proven", "proven"].join(" | ")} |`;
}

const groups = new Map<FunctionGroup, FunctionEntry[]>();
for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
const tables = [...groups].map(
  ([group, members]) => `### ${group}

| | signatures | vectors | of which fail | questions | DuckDB | Spark |
| --- | --: | --: | --: | --: | --- | --- |
${members.map(row).join("\n")}`,
);
const deviating = deviations.map(({ what, here, spark, why }) => `| ${what} | ${here} | ${spark} | ${why} |`);

/** The name before what is said of it: round (of doubles). */
function codeOf(what: string): string {
  const [name = "", ...rest] = what.split(" ");
  return [`\`${name}\``, ...rest].join(" ");
}

const page = `# What is proven

<!-- Written by \`npm run generate\` from the vectors in test/functions and the deviations in test/support/spark. -->

A program means the same on a laptop and in the cloud because both engines are held to the same tests, in every run of
\`npm test\`: DuckDB ${duckdb.replace(/-.*/, "")}, which \`medalc run\` uses, and Apache Spark ${versionOf("pyspark")} with Delta Lake ${versionOf("delta-spark")}, the open
versions that are nearest to Databricks' runtime 17.3 LTS. Databricks' own build of them, Photon included, has not been asked.

- **Functions**: each vector below is arguments and what comes out, with its type; one that fails says in which class: a
  number does not fit its type, a divisor is zero, a text is not what it is cast to, a date is beyond the years 0001 to 9999.
  Both engines are asked each one as constants, as columns, as both, below and beside operators that bind tighter or
  looser, in conditions that keep and that drop the row, as the argument of an aggregate, and in a table with the other
  vectors of its types; aggregates also over one row, over nothing but nulls and over no rows. These are the questions. Both
  run in a time zone that has hours twice and hours not at all, for nothing may depend on where a machine stands.
- **A third opinion**: PostgreSQL 18 (PGlite), which shares no code with either, is asked the vectors of the
  ${Object.keys(ASKED).length} entries that it has by itself with the same meaning, wherever they stand, failures included, and what steps make of nulls and of
  no rows: joins, groups, \`distinct\`, \`sort\`, aggregates.
- **Guards**: each cast, trim argument, null test, branch, limit, escape and pair of parentheses in what the catalogue writes
  for DuckDB is left out in turn, and some vector has to notice; under 2 % may go unnoticed (\`npm run mutation\`). So is each of
  ${guardsOf("duckdb").length} guards of what prints expressions and steps (quotes, names, the types of constants, the order of conditions and of
  nulls, rows that count once), which some vector or program has to notice. By hand, on ${mutated.date}, for Spark: ${mutated.mutants} mutants of
  what the catalogue writes, of which ${mutated.equivalent} change nothing and ${mutated.survivors} of the others go unnoticed, and ${guardsOf("spark").length} guards, all noticed.
- **The example**: its notebooks run on Spark as they are, from the same files as the local run; every silver, gold and quarantine
  table has exactly the rows, types and nullability of answers that no compiler computed.
- **Delta tables**: each engine reads what the other one wrote, checkpoints included. A table with features that \`medalc\` does not
  know is refused by their names.
- **Programs**: ${programFolders().length} programs of as many trades, which together use every step and every function, give the same
  tables on both, from the same awkward files; so does the example at the size of the real marketplace, 100,000 orders.
- **Generated programs**: more than 500 programs and rows that a seed makes, through every step and every function, give the
  same rows on both and notice the same rows, in whatever order, partitions and way Spark computes them; of every fifth,
  \`where c\`, \`where not c\` and \`where c is null\` are all rows. By hand, on ${explored.date}: ${explored.programs} more in ${explored.tables} tables,
  seeds ${explored.firstSeed} to ${explored.lastSeed} of \`npm run conformance -- --spark\`.
- **Grain**: of 300 generated programs, whatever key the compiler infers is unique in the result, and every sum that it
  accepts meets each value once. Every sum that it refuses, in a program that is refused for nothing else, is shown to be wrong:
  most on rows for the program as it stands, the others with other functions and constants in it, for the compiler looks into
  neither: a condition may hold for no row, and a sum of one row is its value. By hand, on ${witnessed.date}, of ${witnessed.programs} programs:
  ${witnessed.onData} refused sums on rows for the program as it stands, ${witnessed.others} with other functions, ${witnessed.none} not at all: two
  columns are equal to what one becomes as a \`double\`, and the compiler does not know that they are equal to each other.
- **Bronze files**: what is awkward in CSV and JSON (quotes, line breaks, byte order marks, carriage returns, missing and
  surplus fields, arrays, bytes that are not UTF-8) is read alike by both, to the last byte of the quarantine. So are hundreds of
  files that a seed makes, from the grammar and beside it, or both refuse them for the same reason.

Doubles may differ in their last digits where rows are added up, for neither engine adds them in an order.

## Where the two differ

| a file has | here | on Spark | why |
| --- | --- | --- | --- |
${deviating.join("\n")}

## What PostgreSQL is not asked

| | because |
| --- | --- |
${Object.entries(NOT_ASKED)
  .map(([what, why]) => `| ${codeOf(what)} | ${why} |`)
  .join("\n")}

## Functions

${tables.join("\n\n")}
`;

if (unproven.length > 0) {
  console.error(`no vector says what these give, so they are not proven:\n${unproven.join("\n")}`);
  process.exitCode = 1;
} else if (!process.argv.includes("--check")) writeFileSync(target, page);
else if (!existsSync(target) || readFileSync(target, "utf8") !== page) {
  console.error(`${target} is not what the vectors give: run npm run generate`);
  process.exitCode = 1;
}

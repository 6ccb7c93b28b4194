/** `npm run demo`: compiles the example, runs it on the sample data, and prints the results and the paths of the output. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = "examples/ecommerce.medal";
const gold = ["revenue_by_month", "revenue_by_category", "delivery_performance", "customers", "top_sellers", "orders"];

function medalc(...args: readonly string[]): void {
  console.log(`\n$ medalc ${args.join(" ")}`);
  const { status } = spawnSync(process.execPath, ["bin/medalc.js", ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

medalc("compile", program, "--out", "out");
medalc("run", program);
for (const table of gold) medalc("show", `gold.${table}`, "--path", program, "--limit", "5");

console.log(`
Output:
  ${program.padEnd(28)} the program
  examples/medal.json          its environments; \`local\` replaces the sources with the sample data
  out/                         the files for Data Factory, Databricks and Synapse, the lineage, the manifest
  examples/.medal/lake/        the lake: bronze as received, silver and gold as Delta tables, quarantine
`);

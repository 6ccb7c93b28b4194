/**
 * What Spark does with the example's notebooks, as it says itself when they have run. As the sample is small, only few
 * kilobytes may be broadcast, and there are more partitions than it needs.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bronzeFile } from "../../../src/codegen/shared/bronze-file.ts";
import { qualifiedName } from "../../../src/plan/program.ts";
import { exampleContext, exampleProgram } from "../../codegen/support/compile.ts";
import { root } from "../../support/paths.ts";
import { writeNotebooks } from "../../support/spark/lake.ts";
import { countedBy, filesOf, nodesOf, type PlanNode, type Trace, traceNotebooks } from "../../support/spark/plans.ts";
import { INSTALLED_AND_RUN, INTERPRETED } from "../../support/spark/session.ts";

const program = exampleProgram();
const sample = `${root}/examples/data/sample`;
const FOLDERS: Readonly<Record<string, string>> = {
  github: `${sample}/http`,
  erp: `${sample}/erp`,
  catalog: `${sample}/catalog`,
  lists: `${root}/examples/reference`,
};
const SETTINGS = {
  ...INTERPRETED,
  "spark.databricks.delta.snapshotPartitions": "1",
  "spark.sql.autoBroadcastJoinThreshold": "20000",
  "spark.sql.shuffle.partitions": "16",
};

const folder = mkdtempSync(join(tmpdir(), "medal-plans-"));
const lake = join(folder, "lake");
let notebooks: ReadonlyMap<string, string>;
let traces: ReadonlyMap<string, Trace>;

beforeAll(async () => {
  for (const bronze of program.bronze) {
    const file = bronzeFile(bronze.object);
    const load = join(lake, "bronze", bronze.name, "load=20260131T060000Z");
    mkdirSync(load, { recursive: true });
    cpSync(join(FOLDERS[bronze.source] ?? "", file), join(load, file));
  }
  notebooks = writeNotebooks(program, exampleContext, join(folder, "notebooks"));
  traces = await traceNotebooks(notebooks, lake, folder, SETTINGS);
}, INSTALLED_AND_RUN);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a notebook has read of the lake, once for each time that it did: `silver/orders`, and how many rows. */
function readsOf(trace: Trace, kind: RegExp): readonly (readonly [relation: string, rows: number])[] {
  const scans = distinctNodes(trace).filter(({ nodeName, metadata }) => kind.test(nodeName) && "Location" in metadata);
  return scans.flatMap((scan): readonly (readonly [string, number])[] => {
    const relation = relationOf(scan);
    return relation === undefined ? [] : [[relation, countedBy(scan, "number of output rows", trace)]];
  });
}

/** The nodes of all of a notebook's plans. One that is in several of them, as what is kept is, counts its rows as one. */
function distinctNodes({ plans }: Trace): readonly PlanNode[] {
  const nodes = plans.flatMap(nodesOf).map((node) => [identityOf(node), node] as const);
  return [...new Map(nodes.filter(([identity]) => identity !== "")).values()];
}

function identityOf({ metrics }: PlanNode): string {
  return metrics.map(({ accumulatorId }) => accumulatorId).join(" ");
}

/** Of what a scan reads; undefined for the logs of Delta tables. */
function relationOf({ metadata: { Location = "" } }: PlanNode): string | undefined {
  if (Location.includes("_delta_log")) return undefined;
  return /\/lake\/((?:bronze|silver|gold|quarantine)\/\w+)/.exec(Location)?.[1];
}

/** How many records each bronze file has, as whoever made it says; header and empty lines are none. */
function records(relation: string): number {
  const bronze = program.bronze.find(({ name }) => `bronze/${name}` === relation);
  if (bronze === undefined) throw new Error(`${relation} is not bronze`);
  const file = bronzeFile(bronze.object);
  const { files }: { readonly files: readonly { readonly file: string; readonly rows: number }[] } = JSON.parse(
    readFileSync(`${sample}/dirt.json`, "utf8"),
  );
  const made = files.find((each) => each.file.endsWith(`/${file}`))?.rows;
  return (
    made ??
    readFileSync(join(FOLDERS[bronze.source] ?? "", file), "utf8")
      .trimEnd()
      .split("\n").length
  );
}

const traceOf = (name: string): Trace => traces.get(name) ?? { plans: [], counted: new Map() };

/** How often rows go to where others with the same keys are: once a `distinct`, `group by`, sort, checked key, and side of a join. */
const SHUFFLES: Readonly<Record<string, number>> = {
  "silver.customers": 2,
  "silver.orders": 2,
  "silver.order_items": 2,
  "silver.payments": 1,
  // The records of this file span lines: one task joins them, and has all rows of a key.
  "silver.reviews": 0,
  "silver.products": 3,
  "silver.sellers": 2,
  "silver.zip_codes": 2,
  "gold.order_lines": 5,
  "gold.order_payments": 1,
  "gold.orders": 3,
  "gold.revenue_by_month": 3,
  "gold.revenue_by_category": 3,
  "gold.delivery_performance": 3,
  "gold.customers": 2,
  "gold.top_sellers": 2,
};

function isCsv(relation: string): boolean {
  return program.bronze.some(({ name, object }) => `bronze/${name}` === relation && object.kind === "csv");
}

for (const table of program.tables) {
  const name = qualifiedName(table);
  const place = name.replace(".", "/");
  const inputs = table.reads.map((each) => each.replace(".", "/"));

  it(`${name} reads each of its inputs once, and of each JSON record makes values once`, () => {
    const reads = readsOf(traceOf(name), /^Scan (csv|json|parquet)/);
    const own = reads.map(([relation]) => relation);
    expect([...own, ...inputs.filter((each) => isCsv(each))].sort()).toEqual([...inputs].sort());
    for (const [relation, rows] of reads) {
      if (relation.startsWith("bronze/")) expect([relation, rows]).toEqual([relation, records(relation)]);
    }
  });

  it(`${name} scans the lines of a bronze file once before it reads them`, () => {
    const scans = readsOf(traceOf(name), /^Scan text/).map(([relation]) => relation);
    const bronze = inputs.filter((each) => each.startsWith("bronze/"));
    expect(scans.sort()).toEqual(bronze.flatMap((each) => (isCsv(each) ? [each, each] : [each])).sort());
  });

  it(`${name} joins by keys only, and shuffles no more than its steps and checks ask for`, () => {
    const nodes = distinctNodes(traceOf(name));
    const names = plansOf(name)
      .flatMap(nodesOf)
      .map(({ nodeName }) => nodeName);
    expect(names.filter((each) => /Cartesian|NestedLoop/.test(each))).toEqual([]);
    const shuffles = nodes.filter(({ simpleString }) => /^Exchange (hash|range)partitioning/.test(simpleString));
    expect(shuffles.length).toBe(SHUFFLES[name]);
  });

  it(`${name} keeps no rows that it reads only once`, () => {
    const uses = new Map<string, number>();
    for (const plan of plansOf(name)) {
      const kept = nodesOf(plan).filter(({ nodeName }) => nodeName === "InMemoryTableScan");
      const identities = kept.map((scan) => scan.children.flatMap(nodesOf).map(identityOf).sort().join());
      for (const identity of new Set(identities)) uses.set(identity, (uses.get(identity) ?? 0) + 1);
    }
    expect([...uses.values()].filter((count) => count < 2)).toEqual([]);
  });

  it(`${name} is a file, however many partitions there are, and so are the rows that one input or check rejects`, () => {
    expect(filesOf(join(lake, place))).toBe(1);
    const quarantine = join(lake, "quarantine", place);
    if (existsSync(quarantine)) expect(filesOf(quarantine)).toBeLessThanOrEqual(2);
  });

  it(`${name} brings no rows to Python`, () => {
    const text = readFileSync(notebooks.get(name) ?? "", "utf8");
    expect(text).not.toMatch(/collect\(|toPandas|toLocalIterator|\.take\(|\.tail\(|\.rdd\b|udf/);
  });
}

/** What a notebook does with rows, without what Delta does with its logs. */
function plansOf(name: string): readonly PlanNode[] {
  return traceOf(name).plans.filter((plan) => nodesOf(plan).some((node) => relationOf(node) !== undefined));
}

it("small sides of joins are broadcast: sellers, products, states and the names of categories", () => {
  const broadcast = (name: string): readonly string[] => {
    const sides = distinctNodes(traceOf(name)).filter(({ nodeName }) => nodeName === "BroadcastExchange");
    const relations = sides.flatMap((side) => nodesOf(side).flatMap((node) => relationOf(node) ?? []));
    return [...new Set(relations)].sort();
  };
  expect(broadcast("gold.order_lines")).toEqual(["bronze/states", "silver/products", "silver/sellers"]);
  expect(broadcast("silver.products")).toEqual(["bronze/category_names"]);
});

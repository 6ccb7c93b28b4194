/**
 * Runs any number of generated programs: `npm run conformance -- --programs 20000 --seed 1`. Runs in batches, each with
 * its own seed, counted up from the first; a finding contains the seed and is printed as a program with its rows. With
 * `--spark` they are compared with a real Spark.
 */
import { parseArgs } from "node:util";
import { templatesAsText } from "../support/templates.ts";
import { createEngine } from "./engine/duckdb.ts";
import { explore, type Finding, findingText, type Tally } from "./explore.ts";
import { createJudge } from "./judge.ts";

const BATCH = 250;

const { values } = parseArgs({
  options: {
    programs: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    /** Every n-th program is built in all variations. */
    thorough: { type: "string", default: "5" },
    spark: { type: "boolean", default: false },
  },
});

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const started = performance.now();

interface Batch {
  readonly findings: readonly Finding[];
}

/** Runs batch after batch and prints the findings of each. */
async function inBatches<T extends Batch>(
  ask: (seed: number, programs: number) => Promise<T>,
  shown: (batch: T) => string,
): Promise<readonly T[]> {
  const batches: T[] = [];
  for (let done = 0; done < Number(values.programs); done += BATCH) {
    const seed = Number(values.seed) + done / BATCH;
    const programs = Math.min(BATCH, Number(values.programs) - done);
    const batch = await ask(seed, programs);
    batches.push(batch);
    const seconds = Math.round((performance.now() - started) / 1000);
    const found = `${batch.findings.length} findings (${seconds} s)`;
    print(`seed ${seed}: ${programs} programs, ${shown(batch)}, ${found}`);
    for (const finding of batch.findings) print(`\n${findingText(finding)}`);
  }
  return batches;
}

async function here(): Promise<readonly Tally[]> {
  const judge = await createJudge();
  const thoroughEvery = Number(values.thorough);
  const tallies = await inBatches(
    (seed, programs) => explore(judge, { seed, programs, thoroughEvery, witnesses: true }),
    (tally) => `${tally.accepted} accepted`,
  );
  judge.close();
  const merged = (of: (tally: Tally) => ReadonlyMap<string, number>): string => {
    const all = new Map<string, number>();
    for (const each of tallies) for (const [name, count] of of(each)) all.set(name, (all.get(name) ?? 0) + count);
    return [...all]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `  ${count} ${name}`)
      .join("\n");
  };
  print(
    `\n${sum(tallies, (each) => each.programs)} programs, ${sum(tallies, (each) => each.accepted)} accepted; tables:`,
  );
  print(merged((each) => each.tables));
  print("refused with:");
  print(merged((each) => each.refused));
  print("sums refused, shown to be wrong:");
  print(merged((each) => each.shown));
  return tallies;
}

async function onSpark(): Promise<readonly Batch[]> {
  templatesAsText();
  const { exploreOnSpark } = await import("./explore-spark.ts");
  const { createSparkJudge } = await import("./on-spark.ts");
  const { startSpark } = await import("../support/spark/session.ts");
  const duckdb = await createEngine({ threads: 1, settings: [] });
  const spark = await startSpark();
  const judge = createSparkJudge(spark, duckdb);
  const tallies = await inBatches(
    (seed, programs) => exploreOnSpark(judge, seed, programs, (line) => process.stderr.write(`${line}\n`)),
    (tally) => `${tally.accepted.length} compared in ${tally.same} tables, ${tally.ended.length} not to their end`,
  );
  await spark.stop();
  duckdb.close();
  const compared = sum(tallies, (each) => each.accepted.length);
  print(`\n${compared} programs compared in ${sum(tallies, (each) => each.same)} tables`);
  for (const each of tallies.flatMap(({ ended }) => ended)) print(`not to its end: ${each.split("\n")[0]}`);
  return tallies;
}

function sum<T>(list: readonly T[], of: (each: T) => number): number {
  return list.reduce((total, each) => total + of(each), 0);
}

const findings = sum<Batch>(values.spark ? await onSpark() : await here(), (each) => each.findings.length);
print(findings === 0 ? "nothing found" : `${findings} findings`);
process.exitCode = findings === 0 ? 0 : 1;

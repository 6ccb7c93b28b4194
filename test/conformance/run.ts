/**
 * Generated programs in any number: `npm run conformance -- --programs 20000 --seed 1`. Runs in batches, each with a seed
 * of its own, counted up from the first; a finding names the seed and is printed as a program with its rows.
 */
import { parseArgs } from "node:util";
import { explore, findingText, type Tally } from "./explore.ts";
import { createJudge } from "./judge.ts";

const BATCH = 250;

const { values } = parseArgs({
  options: {
    programs: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    /** Every so many programs one is built in all ways. */
    thorough: { type: "string", default: "5" },
    /** Data sets to try for each program that is refused for what it counts. */
    witnesses: { type: "string", default: "20" },
  },
});

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const judge = await createJudge();
const tallies: Tally[] = [];
const started = performance.now();
for (let done = 0; done < Number(values.programs); done += BATCH) {
  const seed = Number(values.seed) + done / BATCH;
  const programs = Math.min(BATCH, Number(values.programs) - done);
  const tally = await explore(judge, {
    seed,
    programs,
    thoroughEvery: Number(values.thorough),
    witnesses: Number(values.witnesses),
  });
  tallies.push(tally);
  const seconds = Math.round((performance.now() - started) / 1000);
  print(
    `seed ${seed}: ${programs} programs, ${tally.accepted} accepted, ${tally.findings.length} findings (${seconds} s)`,
  );
  for (const finding of tally.findings) print(`\n${findingText(finding)}`);
}
judge.close();

const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, each) => total + of(each), 0);
const merged = (of: (tally: Tally) => ReadonlyMap<string, number>): readonly string[] => {
  const all = new Map<string, number>();
  for (const each of tallies) for (const [name, count] of of(each)) all.set(name, (all.get(name) ?? 0) + count);
  return [...all].sort(([, a], [, b]) => b - a).map(([name, count]) => `  ${count} ${name}`);
};
const all = sum((each) => each.programs);
print(`\n${all} programs, ${sum((each) => each.accepted)} accepted; tables:`);
print(merged((each) => each.tables).join("\n"));
print("refused with:");
print(merged((each) => each.refused).join("\n"));
print(`refused for what they count: ${sum((each) => each.counted)}, shown on data: ${sum((each) => each.witnessed)}`);
const findings = sum((each) => each.findings.length);
print(findings === 0 ? "nothing found" : `${findings} findings`);
process.exitCode = findings === 0 ? 0 : 1;

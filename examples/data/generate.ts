/**
 * Generates the data of the Olist example: the source files with deliberate errors ("dirt"), a list of these errors,
 * and the expected results of the program. Deterministic: the same arguments give the same bytes on every machine.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { tablesOf } from "./generator/tables.ts";
import { createWorld } from "./generator/world.ts";
import { writeTable } from "./generator/write.ts";
import { writeAnswers } from "./judge/answer.ts";
import { createJudge } from "./judge/judge.ts";

export interface Options {
  /** Relative to Olist's size. */
  readonly scale: number;
  readonly seed: number;
  readonly out: string;
  /** Whether to compute the expected results as well. */
  readonly expected: boolean;
}

/** The embedded sample in this folder. */
export const SAMPLE: Options = { scale: 0.01, seed: 1, out: join(import.meta.dirname, "sample"), expected: true };

/** Writes the data to `out`, replacing the output of an earlier call. */
export function generate({ scale, seed, out, expected }: Options): void {
  for (const stale of ["http", "erp", "catalog", "expected", "dirt.json"]) {
    rmSync(join(out, stale), { recursive: true, force: true });
  }
  const judge = expected ? createJudge() : undefined;
  const written = tablesOf(createWorld(scale, seed)).map((table) => ({
    table,
    ...writeTable(out, table, (row, text) => judge?.take(table.name, row.values, text)),
  }));
  const files = written.map(({ table, rows }) => JSON.stringify({ file: table.file, rows }));
  const dirt = written.flatMap((file) => file.dirt.map((entry) => JSON.stringify(entry)));
  const list = (entries: readonly string[]) => `[\n${entries.join(",\n")}\n]`;
  const inventory = `{"scale":${scale},"seed":${seed},"files":${list(files)},"dirt":${list(dirt)}}\n`;
  writeFileSync(join(out, "dirt.json"), inventory);
  if (judge !== undefined) writeAnswers(join(out, "expected"), judge.answers());
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scale: { type: "string" },
      seed: { type: "string", default: "1" },
      out: { type: "string" },
      sample: { type: "boolean" },
      expected: { type: "boolean", default: true },
    },
    allowNegative: true,
  });
  if (values.sample) return SAMPLE;
  const scale = Number(values.scale);
  const seed = Number(values.seed);
  if (!(scale > 0) || !Number.isInteger(seed) || values.out === undefined) {
    throw new Error("use: generate (--sample | --scale NUMBER [--seed INTEGER] --out FOLDER [--no-expected])");
  }
  return { scale, seed, out: values.out, expected: values.expected };
}

if (process.argv[1] === import.meta.filename) {
  try {
    generate(optionsOf(process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 64;
  }
}

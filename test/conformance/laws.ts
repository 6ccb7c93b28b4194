/** Laws that hold for any program: changes that must not affect it, and other ways to get the same rows. */
import { plan } from "../../src/compile.ts";
import { format } from "../../src/format/format.ts";
import type { Program } from "../../src/plan/program.ts";
import { checkText } from "./check.ts";
import { buildMore, buildTables, type Outcomes } from "./engine/build.ts";
import type { Engine } from "./engine/duckdb.ts";
import type { Case } from "./generate/program.ts";
import { sameRows } from "./same-rows.ts";

/** A program has one plan, however often it is compiled and however it is formatted. */
export function textProblems(text: string, program: Program): readonly string[] {
  const problems: string[] = [];
  if (JSON.stringify(plan(checkText(text))) !== JSON.stringify(program)) {
    problems.push("compile: a second time gives another plan");
  }
  const formatted = format({ path: "generated.medal", text });
  if (formatted === undefined) return [...problems, "format: a program without errors is not formatted"];
  if (format({ path: "generated.medal", text: formatted }) !== formatted)
    problems.push("format: a second time changes it");
  const after = plan(checkText(formatted));
  if (after === undefined || withoutPlaces(after) !== withoutPlaces(program)) problems.push("format: changes the plan");
  return problems;
}

function withoutPlaces(program: Program): string {
  return JSON.stringify(program, (key, value) => (key === "span" ? undefined : value));
}

/** An engine, or an order of the rows, that must make no difference. */
export interface Variation {
  readonly name: string;
  readonly engine: Engine;
  readonly reversed?: true;
}

/** Checks that each variation produces the same tables. */
export async function variationProblems(
  { rows }: Case,
  program: Program,
  outcomes: Outcomes,
  variations: readonly Variation[],
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { name, engine, reversed } of variations) {
    const given = Object.entries(rows).map(([relation, list]) => [relation, reversed ? list.toReversed() : list]);
    const others = await buildTables(program, Object.fromEntries(given), engine);
    for (const [relation, outcome] of outcomes) {
      const other = others.get(relation);
      if (outcome.kind !== "built" || other?.kind !== "built") {
        if (outcome.kind === other?.kind) continue;
        // Engines may skip unused values, and with them their failures.
        if (outcome.kind === "error" || other?.kind === "error") break;
        problems.push(`${name}: ${relation} is ${other?.kind}, not ${outcome.kind}`);
      } else if (!sameRows(outcome.rows, other.rows)) {
        problems.push(`${name}: ${relation} has other rows`);
      } else if (outcome.failing.join() !== other.failing.join()) {
        problems.push(`${name}: ${relation} notices other rows`);
      }
    }
  }
  return problems;
}

/**
 * The program with its split: `gold.part0`, `gold.part1` and `gold.part2` are the rows for which the condition is true,
 * false and null.
 */
export function withParts({ text, split }: Case): string {
  if (split === undefined) return text;
  const { relation, condition } = split;
  const parts = [`(${condition})`, `not (${condition})`, `(${condition}) is null`];
  const tables = parts.map((part, at) => `gold part${at} {\n  from ${relation}\n  where ${part}\n}\n`);
  return text + tables.join("");
}

/** `where c`, `where not c` and `where c is null` together are all rows, each once. */
export async function splitProblems(given: Case, outcomes: Outcomes, engine: Engine): Promise<readonly string[]> {
  const { split } = given;
  if (split === undefined) return [];
  const { relation, condition } = split;
  const whole = outcomes.get(relation);
  if (whole?.kind !== "built") return [];
  const program = plan(checkText(withParts(given)));
  if (program === undefined) return [`where: ${relation} does not split by ${condition}`];
  const all = await buildMore(program, outcomes, engine);
  const built = [0, 1, 2].map((part) => all.get(`gold.part${part}`));
  if (built.some((each) => each?.kind === "error")) return [];
  const rows = built.flatMap((each) => (each?.kind === "built" ? each.rows : []));
  return sameRows(whole.rows, rows) ? [] : [`where: ${relation} is not its three parts by ${condition}`];
}

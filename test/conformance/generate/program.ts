/** Whole programs and their rows, derived from fast-check's numbers for a seed. */
import fc from "fast-check";
import { createBronze, MOST_ROWS, type Rows } from "./bronze.ts";
import { createChoices } from "./choices.ts";
import { condition } from "./expressions.ts";
import { type Context, type Relation, type Scope, visible } from "./scope.ts";
import { closingStep, fromStep, nextStep, sortText } from "./steps.ts";
import { MOOD_TEXT } from "./values.ts";

/** A program and the rows of its bronze relations. */
export interface Case {
  readonly text: string;
  readonly rows: Rows;
  /** A relation and a condition on its columns to split its rows by. */
  readonly split?: { readonly relation: string; readonly condition: string };
}

/** The decision numbers of a case. */
export interface Seeds {
  readonly bronze: readonly { readonly schema: readonly number[]; readonly rows: readonly (readonly number[])[] }[];
  readonly tables: readonly { readonly head: readonly number[]; readonly steps: readonly (readonly number[])[] }[];
  readonly split: readonly number[];
}

const list = <T>(item: fc.Arbitrary<T>, minLength: number, maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(item, { minLength, maxLength, size: "max" });

/** Enough numbers for all decisions in most cases. */
const numbers = (count: number): fc.Arbitrary<number[]> => list(fc.nat({ max: 9999 }), Math.ceil(count / 2), count);

const seeds: fc.Arbitrary<Seeds> = fc.record({
  bronze: list(fc.record({ schema: numbers(40), rows: list(numbers(12), 0, MOST_ROWS) }), 1, 3),
  tables: list(fc.record({ head: numbers(12), steps: list(numbers(60), 1, 6) }), 1, 4),
  split: numbers(60),
});

/**
 * Generates cases, deterministic for a seed. All numbers are equally likely, so that no decision is preferred by
 * accident.
 */
export function sample(seed: number, count: number): readonly Seeds[] {
  return fc.sample(fc.noBias(seeds), { seed, numRuns: count });
}

const PRELUDE = `project generated { lake = adls { account: "generated", container: "lake" } }
source files = file { path: "in/" }
${MOOD_TEXT}
`;

/** The program and the rows for the numbers. All numbers are valid. */
export function caseOf({ bronze: given, tables, split }: Seeds): Case {
  const bronze = given.length === 0 ? [{ schema: [], rows: [] }] : given;
  const sources = bronze.map(({ schema }, at) => createBronze(String.fromCharCode("a".charCodeAt(0) + at), schema));
  const relations: Relation[] = sources.map(({ relation }) => relation);
  const counts = new Map<string, number>();
  const fresh = (prefix: string): string => {
    const count = (counts.get(prefix) ?? 0) + 1;
    counts.set(prefix, count);
    return `${prefix}${count}`;
  };
  const texts = sources.map(({ text }) => text);
  tables.forEach((table, at) => {
    const made = tableOf(`t${at + 1}`, table, relations, fresh);
    relations.push(made.relation);
    texts.push(made.text);
  });
  const rows = sources.map(({ relation, rows }, at) => [relation.name, rows(bronze[at]?.rows ?? [])] as const);
  const last = relations.at(-1);
  return {
    text: `${PRELUDE}${texts.join("\n")}\n`,
    rows: Object.fromEntries(rows),
    ...(last ? { split: { relation: last.name, condition: splitOf(last, split) } } : {}),
  };
}

function splitOf(relation: Relation, numbers: readonly number[]): string {
  const columns = relation.columns.map((column) => ({ ...column, text: column.name, operand: true }));
  return condition({ choices: createChoices(numbers), columns }).text;
}

function tableOf(
  name: string,
  { head, steps }: Seeds["tables"][number],
  relations: readonly Relation[],
  fresh: Context["fresh"],
): { readonly text: string; readonly relation: Relation } {
  const choices = createChoices(head);
  const layer = relations.some((each) => each.layer === "gold") || choices.chance(20) ? "gold" : "silver";
  // Previous tables are more interesting than bronze, which comes first so that findings shrink to it.
  const recent = relations.filter((each) => each.layer !== "bronze");
  const context: Context = { relations: [...relations, ...recent], fresh };
  const first = fromStep(choices, context);
  const lines = [first.text];
  let scope: Scope = first.scope;
  for (const numbers of steps) {
    const step = nextStep(createChoices(numbers), scope, context);
    if (step === undefined) continue;
    lines.push(step.text);
    scope = step.scope;
  }
  const closing = closingStep(choices, scope, context);
  if (closing !== undefined) {
    lines.push(closing.text);
    scope = closing.scope;
  }
  const sorted = choices.chance(10) ? sortText(choices, scope) : undefined;
  if (sorted !== undefined) lines.push(sorted);
  const columns = visible(scope);
  const known = scope.keys.find((key) => key.every((each) => columns.includes(each)));
  const able = columns.filter(({ nullable }) => !nullable);
  const declared = able.length > 0 && choices.chance(15) ? [choices.pick(able).name] : undefined;
  if (declared !== undefined) lines.push(`key ${declared.join(", ")}`);
  return {
    text: `${layer} ${name} {\n${lines.map((line) => `  ${line}`).join("\n")}\n}`,
    relation: {
      name: `${layer}.${name}`,
      layer,
      columns: columns.map(({ name, type, nullable, fuzzy }) => ({ name, type, nullable, fuzzy })),
      key: declared ?? known?.map((each) => each.name),
      rows: scope.rows,
    },
  };
}

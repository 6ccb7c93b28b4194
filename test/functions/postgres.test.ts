import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { numberText } from "../../src/codegen/expressions/numbers.ts";
import { catalog } from "../../src/functions/catalog.ts";
import { BOOL, type Type } from "../../src/types.ts";
import { type Case, cases } from "./cases.ts";
import { failureOf } from "./failures.ts";
import { ASKED, isAsked, NOT_ASKED, postgresExpression, postgresLiteral } from "./postgres.ts";
import { sameValue } from "./support.ts";
import { isFailure, OUT_OF_RANGE } from "./vectors/vector.ts";

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
  await postgres.exec("SET TimeZone = 'UTC'");
});
afterAll(() => postgres.close());

it("every entry is tested, or has a reason why not", () => {
  const reasons = new Set(Object.keys(NOT_ASKED).map((each) => each.replace(/ \(.*/, "")));
  const without = catalog.filter(({ name }) => ASKED[name] === undefined && !reasons.has(name));
  expect(without.map(({ name }) => name)).toEqual([]);
});

/** Its dates go beyond the year 9999. */
const asked = cases.filter(({ expr, where, outcome }) => {
  return outcome !== OUT_OF_RANGE && isAsked(expr) && (where === undefined || isAsked(where));
});

for (const [name, own] of Map.groupBy(asked, ({ fn }) => fn)) {
  it(`${name} matches its vectors on PostgreSQL`, async () => {
    const problems: string[] = [];
    for (const each of own) problems.push(...(await problemsOf(each)));
    expect(problems).toEqual([]);
  });
}

async function problemsOf({ fn, position, shown, expr, rows, where, outcome }: Case): Promise<readonly string[]> {
  const condition = where === undefined ? "" : ` WHERE ${postgresExpression(where)}`;
  const text = `SELECT ${asText(postgresExpression(expr), expr.type)} AS value FROM ${tableOf(rows)}${condition}`;
  const answer = await attempt(text);
  const name = `${shown} (${position})`;
  if ("failure" in answer) return answer.failure === outcome ? [] : [`${name} of ${fn} fails: ${answer.failure}`];
  if (isFailure(outcome)) return [`${name} is ${answer.value}, expected: ${outcome}`];
  const value = outcome.value === null ? null : numberText(outcome);
  return sameValue(expr.type, answer.value, value) ? [] : [`${name} is ${answer.value}, not ${value}`];
}

async function attempt(text: string): Promise<{ readonly value: string | null } | { readonly failure: string }> {
  try {
    const { rows } = await postgres.query<{ readonly value: string | null }>(text);
    return { value: rows[0]?.value ?? null };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { failure: failureOf("postgres", `${code} ${error instanceof Error ? error.message : error}`) };
  }
}

function asText(sql: string, type: Type): string {
  return type.kind === "timestamp" ? `to_char(${sql}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')` : `CAST(${sql} AS text)`;
}

function tableOf(rows: Case["rows"]): string {
  const names = Object.keys(rows[0] ?? {});
  const none = { kind: "literal", type: BOOL, nullable: true, value: null } as const;
  const values = rows.map((row) => `(${names.map((name) => postgresLiteral(row[name] ?? none)).join(", ")})`);
  return names.length === 0 ? "(VALUES (1)) AS input" : `(VALUES ${values.join(", ")}) AS input(${names.join(", ")})`;
}

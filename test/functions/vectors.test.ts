import { afterAll, beforeAll, expect, it } from "vitest";
import { numberText } from "../../src/codegen/expressions/numbers.ts";
import { constantOf } from "../../src/codegen/expressions/print.ts";
import { findFunction } from "../../src/functions/resolve.ts";
import { type CallExpr, type Expr, type LiteralExpr, literal } from "../../src/semantics/typed.ts";
import { BOOL, typeText } from "../../src/types.ts";
import { aggregate, call, cast, columnOf, createDuckdb, rowOf, sameValue, typeName } from "./support.ts";
import { aggregateVectors } from "./vectors/aggregates.ts";
import { castVectors } from "./vectors/casts.ts";
import { scalarVectors } from "./vectors/scalars.ts";
import { FAILS, type Outcome, type Vector } from "./vectors/vector.ts";

let duckdb: Awaited<ReturnType<typeof createDuckdb>>;
beforeAll(async () => {
  duckdb = await createDuckdb();
});
afterAll(() => duckdb.close());

for (const [name, vectors] of Object.entries(scalarVectors)) {
  it(`${name} gives what its vectors say on DuckDB, with constants and with columns`, async () => {
    const problems = (await Promise.all(vectors.map((vector) => judge(name, vector)))).flat();
    expect(problems).toEqual([]);
  });
}

for (const [name, vectors] of Object.entries(aggregateVectors)) {
  it(`${name} gives what its vectors say on DuckDB`, async () => {
    const problems = await Promise.all(
      vectors.map(async ([table, expected]) => {
        const [first] = table;
        const args = first?.[0] ?? [];
        const expr = aggregate(name, args, first?.[1] !== undefined);
        const wanted = expected === FAILS ? typeText(expr.type) : typeText(expected.type);
        const shown = `${name}(${table.map((row) => row[0].map((arg) => arg.value)).join("; ")})`;
        const typed =
          typeText(expr.type) === wanted ? [] : [`${shown} is of type ${typeText(expr.type)}, not ${wanted}`];
        const from = table
          .map(([values, counts]) => rowOf([...values, literal(BOOL, counts ?? null)]))
          .join(" UNION ALL ")
          .replaceAll(` AS c${args.length}`, " AS counts");
        return [...typed, ...(await answers(shown, expr, expected, from))];
      }),
    );
    expect(problems.flat()).toEqual([]);
  });
}

it("as? gives what its vectors say on DuckDB, and as the same or fails", async () => {
  const problems = await Promise.all(
    castVectors.flatMap(([from, expected]) => {
      const column = columnOf("c0", from);
      const strictly = from.value !== null && expected.value === null ? FAILS : expected;
      return [true, false].flatMap((lenient) => {
        const shown = `"${from.value}" as${lenient ? "?" : ""} ${typeText(expected.type)}`;
        const outcome = lenient ? expected : strictly;
        return [
          answers(shown, cast(from, expected.type, lenient), outcome),
          answers(`${shown} of a column`, cast(column, expected.type, lenient), outcome, rowOf([from])),
        ];
      });
    }),
  );
  expect(problems.flat()).toEqual([]);
});

async function judge(name: string, [args, expected]: Vector): Promise<readonly string[]> {
  const constant = call(name, ...args);
  const column = withColumns(name, args);
  const wanted = expected === FAILS ? undefined : typeText(expected.type);
  const shown = `${name}(${args.map((arg) => String(arg.value)).join(", ")})`;
  const problems: string[] = [];
  if (wanted !== undefined && typeText(constant.type) !== wanted) {
    problems.push(`${shown} is of type ${typeText(constant.type)}, not ${wanted}`);
  }
  if (expected !== FAILS && expected.value === null && !constant.nullable)
    problems.push(`${shown} says it is never null`);
  problems.push(...(await answers(`${shown}`, constant, expected)));
  if (column) problems.push(...(await answers(`${shown} of columns`, column, expected, rowOf(args))));
  return problems;
}

async function answers(shown: string, expr: Expr, expected: Outcome, from?: string): Promise<readonly string[]> {
  const answer = await duckdb.attempt(expr, from);
  if (answer.failed !== (expected === FAILS)) return [`${shown}: ${answer.value}`];
  if (expected === FAILS) return [];
  const problems: string[] = [];
  const value = textOf(expected);
  if (!sameValue(expr.type, answer.value, value)) problems.push(`${shown} is ${answer.value}, not ${value}`);
  if (answer.type !== typeName(expr.type))
    problems.push(`${shown} has the type ${answer.type}, not ${typeName(expr.type)}`);
  return problems;
}

function textOf(expected: LiteralExpr): string | null {
  return expected.value === null ? null : numberText(expected);
}

/** The same call of columns; constants that the entry demands stay. Undefined where columns would need too many digits. */
function withColumns(name: string, args: readonly LiteralExpr[]): CallExpr | undefined {
  const overload = findFunction(name)?.overloads[call(name, ...args).overload];
  const columns = args.map((arg, index): Expr => {
    const parameter = overload?.params[Math.min(index, overload.params.length - 1)];
    if (typeof parameter === "object" || arg.type.kind === "null") return arg;
    return columnOf(`c${index}`, arg);
  });
  try {
    return call(name, ...columns.map((column) => constantOf(column) ?? column));
  } catch {
    return undefined;
  }
}

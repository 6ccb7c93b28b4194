/** Lists what a plan uses: kinds of steps, functions, types of columns. */
import type { Expr, Program, TypedStep } from "../../src/plan/program.ts";

/** All variants of each step; a new step of the language has to be added here. */
const WAYS: Readonly<Record<TypedStep["kind"], readonly string[]>> = {
  from: ["from"],
  where: ["where"],
  derive: ["derive"],
  select: ["select"],
  distinct: ["distinct"],
  latest: ["distinct on latest", "distinct on earliest"],
  join: ["join one", "join many", "left join one", "left join many"],
  group: ["group", "group without keys", "aggregate where", "aggregate per"],
  expect: ["expect else quarantine", "expect else fail", "expect else warn"],
  sort: ["sort"],
  take: ["take"],
};

export const STEPS: readonly string[] = Object.values(WAYS).flat();

export interface Constructs {
  readonly steps: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  /** The kinds of types of table columns. */
  readonly types: ReadonlySet<string>;
}

export function constructsOf(programs: readonly Program[]): Constructs {
  const tables = programs.flatMap((program) => program.tables);
  const steps = tables.flatMap((table) => table.steps);
  const expressions = steps.flatMap(expressionsIn).flatMap(below);
  return {
    steps: new Set([...steps.map(kindOf), ...expressions.flatMap(partsOf)]),
    functions: new Set(
      expressions.flatMap((each) => (each.kind === "call" || each.kind === "aggregate" ? each.fn : [])),
    ),
    types: new Set(tables.flatMap(({ columns }) => columns.map(({ type }) => type.kind))),
  };
}

function kindOf(step: TypedStep): string {
  switch (step.kind) {
    case "latest":
      return `distinct on ${step.order[0]?.descending ? "latest" : "earliest"}`;
    case "join":
      return `${step.side === "left" ? "left " : ""}join ${step.cardinality}`;
    case "group":
      return step.keys.length === 0 ? "group without keys" : "group";
    case "expect":
      return `expect else ${step.action}`;
    default:
      return step.kind;
  }
}

function partsOf(expression: Expr): readonly string[] {
  if (expression.kind !== "aggregate") return [];
  return [...(expression.where ? ["aggregate where"] : []), ...(expression.per ? ["aggregate per"] : [])];
}

function expressionsIn(step: TypedStep): readonly Expr[] {
  switch (step.kind) {
    case "from":
    case "distinct":
    case "take":
      return [];
    case "where":
    case "expect":
      return [step.condition];
    case "derive":
    case "select":
      return step.columns.map(({ value }) => value);
    case "latest":
      return [...step.on, ...step.order.map(({ value }) => value)];
    case "sort":
      return step.keys.map(({ value }) => value);
    case "join":
      return [step.on];
    case "group":
      return [...step.keys, ...step.aggregates].map(({ value }) => value);
    default:
      return step satisfies never;
  }
}

/** The expression and all its subexpressions. */
function below(expression: Expr): readonly Expr[] {
  switch (expression.kind) {
    case "literal":
    case "column":
      return [expression];
    case "call":
      return [expression, ...expression.args.flatMap(below)];
    case "aggregate":
      return [expression, ...[...expression.args, ...(expression.where ? [expression.where] : [])].flatMap(below)];
    case "match": {
      const values = expression.branches.flatMap(({ condition, value }) => [condition, value]);
      return [expression, ...[...values, ...(expression.otherwise ? [expression.otherwise] : [])].flatMap(below)];
    }
    default:
      return expression satisfies never;
  }
}

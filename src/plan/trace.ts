/**
 * Traces values through the steps of a table (abstract interpretation). An analysis of where columns come from
 * (lineage, text widths, …) implements a `Domain` for expressions; only this module knows how steps pass columns on.
 */
import type {
  AggregateExpr,
  CallExpr,
  ColumnExpr,
  Expr,
  LiteralExpr,
  MatchExpr,
  TablePlan,
  TypedStep,
} from "./program.ts";
import { qualifiedName } from "./program.ts";

/** An analysis: computes the value of an expression from the values of its parts. */
export interface Domain<Value extends NonNullable<unknown>> {
  /** A column of a relation that the table reads. */
  column(relation: string, name: string): Value;
  literal(literal: LiteralExpr): Value;
  call(call: CallExpr, args: readonly Value[]): Value;
  match(match: MatchExpr, parts: MatchParts<Value>): Value;
  /** `conditions`: the expressions that decide which rows count (`where`) and which count once (`per`). */
  aggregate(aggregate: AggregateExpr, args: readonly Value[], conditions: readonly Value[]): Value;
}

export interface MatchParts<Value> {
  readonly conditions: readonly Value[];
  /** One per branch, then that of `else` if present. */
  readonly values: readonly Value[];
}

/**
 * How a step uses a value for its rows rather than for a column: `filtered` decides whether a row is kept, `joined`
 * which rows are combined, `grouped` and `deduplicated` which rows become one, `sorted` their order; `expected` is
 * checked.
 */
export type RowUseKind = "filtered" | "joined" | "grouped" | "deduplicated" | "sorted" | "expected";

export interface RowUse<Value> {
  readonly kind: RowUseKind;
  readonly value: Value;
}

export interface Trace<Value> {
  /** By column name, in the order of the table's columns. */
  readonly columns: ReadonlyMap<string, Value>;
  /** In step order. */
  readonly uses: readonly RowUse<Value>[];
}

/** The columns of one alias, or (under "") those without an alias: computed columns hide those of the relation. */
interface Frame<Value> {
  readonly relation: string | undefined;
  readonly computed: Map<string, Value>;
}

/** The value of each column of the table, and of each expression that its rows depend on. */
export function trace<Value extends NonNullable<unknown>>(table: TablePlan, domain: Domain<Value>): Trace<Value> {
  let frames = new Map<string, Frame<Value>>();
  const uses: RowUse<Value>[] = [];

  function lookUp({ qualifier = "", name }: Pick<ColumnExpr, "qualifier" | "name">): Value {
    const frame = frames.get(qualifier);
    const computed = frame?.computed.get(name);
    if (computed !== undefined) return computed;
    if (frame?.relation !== undefined) return domain.column(frame.relation, name);
    throw new Error(`${qualifiedName(table)}: no column ${qualifier ? `${qualifier}.` : ""}${name} is in scope`);
  }

  function evaluate(expr: Expr): Value {
    switch (expr.kind) {
      case "literal":
        return domain.literal(expr);
      case "column":
        return lookUp(expr);
      case "call":
        return domain.call(expr, expr.args.map(evaluate));
      case "match":
        return domain.match(expr, {
          conditions: expr.branches.map((branch) => evaluate(branch.condition)),
          values: [...expr.branches.map((branch) => branch.value), ...(expr.otherwise ? [expr.otherwise] : [])].map(
            evaluate,
          ),
        });
      case "aggregate":
        return domain.aggregate(
          expr,
          expr.args.map(evaluate),
          [...(expr.where ? [expr.where] : []), ...(expr.per ?? [])].map(evaluate),
        );
    }
  }

  function use(kind: RowUseKind, expr: Expr): void {
    uses.push({ kind, value: evaluate(expr) });
  }

  /** Replaces all columns in scope by these. */
  function closeRow(columns: readonly { readonly name: string; readonly value: Expr }[]): void {
    const computed = new Map(columns.map((column) => [column.name, evaluate(column.value)]));
    frames = new Map([["", { relation: undefined, computed }]]);
  }

  function unqualified(): Frame<Value> {
    const frame = frames.get("") ?? { relation: undefined, computed: new Map() };
    frames.set("", frame);
    return frame;
  }

  function run(step: TypedStep): void {
    switch (step.kind) {
      case "from":
        frames = new Map([["", { relation: step.relation, computed: new Map() }]]);
        break;
      case "where":
        use("filtered", step.condition);
        break;
      case "derive":
        for (const column of step.columns) unqualified().computed.set(column.name, evaluate(column.value));
        break;
      case "select":
        closeRow(step.columns);
        break;
      case "distinct":
        for (const column of step.scope) uses.push({ kind: "deduplicated", value: lookUp(column) });
        break;
      case "latest":
        for (const column of step.on) use("deduplicated", column);
        for (const key of step.order) use("sorted", key.value);
        break;
      case "join":
        if (step.leftAlias !== undefined) {
          frames.set(step.leftAlias, unqualified());
          frames.delete("");
        }
        frames.set(step.alias, { relation: step.relation, computed: new Map() });
        use("joined", step.on);
        break;
      case "group":
        for (const key of step.keys) use("grouped", key.value);
        closeRow([...step.keys, ...step.aggregates]);
        break;
      case "expect":
        use("expected", step.condition);
        if (step.action === "quarantine") use("filtered", step.condition);
        break;
      case "sort":
        for (const key of step.keys) use("sorted", key.value);
        break;
      case "take":
        break;
      default:
        step satisfies never;
    }
  }

  for (const step of table.steps) run(step);
  const scope = table.steps.at(-1)?.scope ?? [];
  const columns = table.columns.map(({ name }): [string, Value] => {
    const last = scope.find((column) => column.name === name);
    return [name, lookUp(last ?? { name })];
  });
  return { columns: new Map(columns), uses };
}

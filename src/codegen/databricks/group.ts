/** The group step. */
import type { AggregateExpr, ColumnExpr, Expr, NamedExpr, ScopeColumn, TypedGroup } from "../../plan/program.ts";
import { BOOL } from "../../types.ts";
import { pythonString, sparkColumnName, sparkExpression } from "../expressions/spark.ts";
import { safeName } from "../shared/names.ts";
import { selected, unusedName } from "./columns.ts";
import { call, operand } from "./python/text.ts";

/** `groupBy` and `agg`; before them, for each `per`, a column that marks the rows that count. `scope`: what is grouped. */
export function groupCalls(step: TypedGroup, scope: readonly ScopeColumn[]): string {
  const marks: Marks = { step, scope, known: new Map() };
  const aggregates = step.aggregates.map((each) => ({ ...each, value: withMarks(each.value, marks) }));
  const keys = step.keys.map(selected);
  const before = [...marks.known.values()].map(({ column, condition }) =>
    call(".withColumn", [pythonString(column.name), condition]),
  );
  if (aggregates.length === 0) return `${call(".select", keys)}.distinct()`;
  const grouped = keys.length === 0 ? "" : call(".groupBy", keys);
  const named = aggregates.map(
    ({ name, value }) => operand(sparkExpression(value)) + call(".alias", [pythonString(name)]),
  );
  return before.join("") + grouped + call(".agg", named, named.length > 1);
}

interface Marks {
  readonly step: TypedGroup;
  readonly scope: readonly ScopeColumn[];
  readonly known: Map<string, Mark>;
}

interface Mark {
  readonly column: ColumnExpr;
  /** Python of whether the row counts. */
  readonly condition: string;
}

/** The expression with `per` said by a filter: of the rows that count, the first of each combination in a group. */
function withMarks(expression: Expr, marks: Marks): Expr {
  switch (expression.kind) {
    case "literal":
    case "column":
      return expression;
    case "aggregate":
      return expression.per === undefined ? expression : marked(expression, expression.per, marks);
    case "call":
      return { ...expression, args: expression.args.map((arg) => withMarks(arg, marks)) };
    case "match":
      return {
        ...expression,
        branches: expression.branches.map(({ condition, value }) => ({
          condition: withMarks(condition, marks),
          value: withMarks(value, marks),
        })),
        ...(expression.otherwise ? { otherwise: withMarks(expression.otherwise, marks) } : {}),
      };
    default:
      return expression satisfies never;
  }
}

function marked(expression: AggregateExpr, per: readonly ColumnExpr[], marks: Marks): AggregateExpr {
  const { kind, fn, overload, args, type, nullable } = expression;
  const columns = per.map((column) => pythonString(sparkColumnName(column)));
  const filter = expression.where && sparkExpression(expression.where);
  const id = JSON.stringify([columns, filter]);
  const partition = [...marks.step.keys.map(partitionKey), ...columns, ...(filter ? [filter] : [])];
  const mark = marks.known.get(id) ?? {
    column: markColumn(per, marks),
    condition: firstOf(partition, columns, filter),
  };
  marks.known.set(id, mark);
  return { kind, fn, overload, args, type, nullable, where: mark.column };
}

function markColumn(per: readonly ColumnExpr[], { scope, known }: Marks): ColumnExpr {
  const wanted = safeName(["first_of", ...per.map((column) => column.name)].join("_")).toLowerCase();
  const taken = [...scope, ...[...known.values()].map(({ column }) => column)];
  return { kind: "column", name: unusedName(wanted, taken), type: BOOL, nullable: true };
}

function firstOf(partition: readonly string[], order: readonly string[], filter: string | undefined): string {
  const window = `${call("Window.partitionBy", partition)}${call(".orderBy", order)}`;
  const first = `F.row_number().over(${window}) == 1`;
  return filter === undefined ? first : `${operand(filter)} & (${first})`;
}

function partitionKey({ value }: NamedExpr): string {
  return value.kind === "column" ? pythonString(sparkColumnName(value)) : sparkExpression(value);
}

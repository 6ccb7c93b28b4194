/** SQL for the relational steps, each as one more subquery. Reading relations and expectations are in table.ts. */
import type {
  ColumnExpr,
  Expr,
  NamedExpr,
  TypedDerive,
  TypedGroup,
  TypedJoin,
  TypedLatest,
  TypedSelect,
} from "../../semantics/typed.ts";
import { duckdbName } from "../expressions/duckdb.ts";
import { createNames, type InnerNames, type QueryBuilder } from "./query.ts";
import { expressionText, findColumn, orderText, type RowColumn, type Rows } from "./rows.ts";

/** Columns by their names in the program. */
function named(columns: readonly NamedExpr[]): readonly RowColumn[] {
  return columns.map(({ name, value }) => ({
    name,
    type: value.type,
    nullable: value.nullable,
    sql: duckdbName(name),
  }));
}

export function selectStep(query: QueryBuilder, rows: Rows, step: TypedSelect): Rows {
  const columns = step.columns.map(({ name, value }) => `${expressionText(value, rows)} AS ${duckdbName(name)}`);
  return { from: query.add("select", `SELECT ${columns.join(", ")} FROM ${rows.from}`), columns: named(step.columns) };
}

/** One subquery for consecutive columns that do not depend on each other. */
export function deriveStep(query: QueryBuilder, rows: Rows, step: TypedDerive): Rows {
  let current = rows;
  let layer: NamedExpr[] = [];
  const flush = () => {
    if (layer.length > 0) current = deriveLayer(query, current, layer);
    layer = [];
  };
  for (const column of step.columns) {
    if (layer.some((earlier) => earlier.name === column.name || mentions(column.value, earlier.name))) flush();
    layer.push(column);
  }
  flush();
  return current;
}

function deriveLayer(query: QueryBuilder, rows: Rows, layer: readonly NamedExpr[]): Rows {
  const replaced = (column: RowColumn) => layer.find((each) => each.name === column.name);
  const added = layer.filter((each) => !rows.columns.some((column) => replaced(column) === each));
  const names = createNames();
  const columns = [...rows.columns.map((column) => replaced(column) ?? column), ...added].map((each) => {
    const qualifier = "qualifier" in each ? each.qualifier : undefined;
    const sql = duckdbName(names.take(qualifier === undefined ? each.name : `${qualifier}.${each.name}`));
    if (!("value" in each)) return { column: { ...each, sql }, text: each.sql };
    const { type, nullable } = each.value;
    return { column: { name: each.name, type, nullable, sql }, text: expressionText(each.value, rows) };
  });
  const list = columns.map(({ column, text }) => (text === column.sql ? text : `${text} AS ${column.sql}`));
  return {
    from: query.add("derive", `SELECT ${list.join(", ")} FROM ${rows.from}`),
    columns: columns.map(({ column }) => column),
  };
}

/** Whether an expression uses a derived column, which has no alias. */
function mentions(expr: Expr, name: string): boolean {
  switch (expr.kind) {
    case "literal":
      return false;
    case "column":
      return expr.qualifier === undefined && expr.name === name;
    case "call":
      return expr.args.some((arg) => mentions(arg, name));
    case "aggregate":
      return [...expr.args, ...(expr.where ? [expr.where] : []), ...(expr.per ?? [])].some((each) =>
        mentions(each, name),
      );
    case "match":
      return [
        ...expr.branches.flatMap((branch) => [branch.condition, branch.value]),
        ...(expr.otherwise ? [expr.otherwise] : []),
      ].some((each) => mentions(each, name));
    default:
      return expr satisfies never;
  }
}

/** A column that a join made equal to another one is hidden but can still be referenced; the others determine it. */
export function distinctStep(query: QueryBuilder, rows: Rows): Rows {
  const list = [...new Set(rows.columns.map(({ sql }) => sql))].join(", ");
  return { ...rows, from: query.add("distinct", `SELECT DISTINCT ${list} FROM ${rows.from}`) };
}

export function latestStep(query: QueryBuilder, rows: Rows, step: TypedLatest): Rows {
  const list = rows.columns.map(({ sql }) => sql).join(", ");
  const on = step.on.map((column) => findColumn(rows, column).sql).join(", ");
  const first = `row_number() OVER (PARTITION BY ${on} ORDER BY ${orderText(step.order, rows)}) = 1`;
  return { ...rows, from: query.add("latest", `SELECT ${list} FROM ${rows.from} QUALIFY ${first}`) };
}

/**
 * Both sides keep all their columns, of which DuckDB computes only the used ones. Columns of the same name that an inner
 * join makes equal become one column.
 */
export function joinStep(query: QueryBuilder, left: Rows, right: Rows, step: TypedJoin): Rows {
  const names = createNames();
  const lefts = left.columns.map((column) => joined(column, "l", column.qualifier ?? step.leftAlias, names));
  const rights = right.columns.map((column) => joined(column, "r", step.alias, names));
  const both = [...lefts, ...rights];
  const on = expressionText(step.on, { from: "", columns: both.map((each) => ({ ...each.column, sql: each.inner })) });
  const merged = (each: Joined): RowColumn => {
    const same = step.equalities.find(
      (equality) => each.column.name === equality.right.name && each.column.name === equality.left.name,
    );
    if (step.side === "left" || same === undefined) return each.column;
    const columns = lefts.map(({ column }) => column);
    return { ...each.column, sql: findColumn({ from: "", columns }, same.left).sql };
  };
  const list = both.map(({ column, inner }) => `${inner} AS ${column.sql}`).join(", ");
  const kind = step.side === "left" ? "LEFT JOIN" : "JOIN";
  return {
    from: query.add("join", `SELECT ${list}\nFROM ${left.from} AS l ${kind} ${right.from} AS r ON ${on}`),
    columns: [...lefts.map(({ column }) => column), ...rights.map(merged)],
  };
}

interface Joined {
  readonly column: RowColumn;
  /** The column on its side of the join. */
  readonly inner: string;
}

function joined(column: RowColumn, side: string, qualifier: string | undefined, names: InnerNames): Joined {
  const name = names.take(qualifier === undefined ? column.name : `${qualifier}.${column.name}`);
  return {
    column: { ...column, ...(qualifier === undefined ? {} : { qualifier }), sql: duckdbName(name) },
    inner: `${side}.${column.sql}`,
  };
}

export function groupStep(query: QueryBuilder, rows: Rows, step: TypedGroup): Rows {
  const keys = step.keys.map(({ value }) => expressionText(value, rows));
  const counted = numbered(query, rows, step, keys);
  const list = [...step.keys, ...counted.aggregates].map(
    ({ name, value }) => `${expressionText(value, counted.rows)} AS ${duckdbName(name)}`,
  );
  const by = keys.length === 0 ? "" : `\nGROUP BY ${keys.map((_, index) => index + 1).join(", ")}`;
  return {
    from: query.add("group", `SELECT ${list.join(", ")}\nFROM ${counted.rows.from}${by}`),
    columns: named([...step.keys, ...step.aggregates]),
  };
}

/**
 * For aggregates with `per`: within each group one row of each combination is marked, among those that pass the
 * aggregate's `where`, and the aggregate then uses only the marked rows.
 */
function numbered(
  query: QueryBuilder,
  rows: Rows,
  step: TypedGroup,
  keys: readonly string[],
): { readonly rows: Rows; readonly aggregates: readonly NamedExpr[] } {
  const marks: RowColumn[] = [];
  const texts: string[] = [];
  const names = createNames(rows.columns.map(({ name }) => name));
  const mark = (where: Expr | undefined, per: readonly ColumnExpr[]): ColumnExpr => {
    const condition = where && expressionText(where, rows);
    const parts = [...keys, ...per.map((column) => findColumn(rows, column).sql), ...(condition ? [condition] : [])];
    const text = `row_number() OVER (PARTITION BY ${parts.join(", ")}) = 1${condition ? ` AND (${condition})` : ""}`;
    const known = marks[texts.indexOf(text)];
    const name = known?.name ?? names.take("counts");
    if (known === undefined) {
      texts.push(text);
      marks.push({ name, sql: duckdbName(name), type: { kind: "bool" }, nullable: true });
    }
    return { kind: "column", name, type: { kind: "bool" }, nullable: true };
  };
  const aggregates = step.aggregates.map((each) => ({ ...each, value: withMarks(each.value, mark) }));
  if (marks.length === 0) return { rows, aggregates };
  const list = marks.map(({ sql }, index) => `${texts[index]} AS ${sql}`);
  const from = query.add("counts", `SELECT *, ${list.join(", ")}\nFROM ${rows.from}`);
  return { rows: { from, columns: [...rows.columns, ...marks] }, aggregates };
}

type Mark = (where: Expr | undefined, per: readonly ColumnExpr[]) => ColumnExpr;

/** The expression with each `per` replaced by a mark. */
function withMarks(expr: Expr, mark: Mark): Expr {
  switch (expr.kind) {
    case "literal":
    case "column":
      return expr;
    case "call":
      return { ...expr, args: expr.args.map((arg) => withMarks(arg, mark)) };
    case "aggregate": {
      const { per, ...rest } = expr;
      return per === undefined ? expr : { ...rest, where: mark(expr.where, per) };
    }
    case "match":
      return {
        ...expr,
        branches: expr.branches.map(({ condition, value }) => ({
          condition: withMarks(condition, mark),
          value: withMarks(value, mark),
        })),
        ...(expr.otherwise ? { otherwise: withMarks(expr.otherwise, mark) } : {}),
      };
    default:
      return expr satisfies never;
  }
}

/**
 * An independent implementation of the steps, and a check of grain on data: each step of a plan is a plain query,
 * isolated from the next, in which every value has a unique number. At each `group` it checks whether an aggregate that
 * duplicates distort gets a number twice, or one that represents several values.
 *
 * Only expressions are printed by the compiler's own emitter; the steps are implemented independently.
 */
import { duckdbExpression, duckdbName } from "../../../src/codegen/expressions/duckdb.ts";
import { duplicatesOf } from "../../../src/functions/entry.ts";
import { findFunction } from "../../../src/functions/resolve.ts";
import {
  type AggregateExpr,
  type ColumnExpr,
  type Expr,
  type Program,
  qualifiedName,
  type ScopeColumn,
  type TablePlan,
  type TypedGroup,
  type TypedJoin,
  type TypedStep,
} from "../../../src/plan/program.ts";
import { liftedName, stored } from "../engine/build.ts";
import type { Engine, Row } from "../engine/duckdb.ts";
import { type Counted, countingQuery, type Miscount, miscountsIn, tuple } from "./counting.ts";
import { type Term, type Token, termsOf } from "./terms.ts";

/** A table of the reference. */
export interface ReferenceTable {
  readonly rows: readonly Row[];
  /** The number of rows that fail each expectation, in step order. */
  readonly failing: readonly number[];
  readonly miscounts: readonly Miscount[];
}

export interface Reference {
  /** Builds a table, whose inputs must have been built. Throws if the engine fails. */
  build(table: TablePlan): Promise<ReferenceTable>;
}

interface RefColumn {
  readonly qualifier?: string;
  readonly name: string;
  readonly sql: string;
  readonly terms: readonly Term[];
}

interface State {
  readonly from: string;
  readonly columns: readonly RefColumn[];
}

/** A reference for the bronze rows in the engine. */
export async function createReference(program: Program, engine: Engine): Promise<Reference> {
  let count = 0;
  const fresh = (prefix: string): string => `${prefix}${++count}`;
  const known = new Map<string, State>();
  for (const { name, columns, key } of program.bronze) {
    const token = newToken(fresh);
    const list = columns.map((column) => duckdbName(column.name)).join(", ");
    const record = key === undefined ? `min(${token.value}) OVER (PARTITION BY ${list})` : token.value;
    const from = `(SELECT *, row_number() OVER () AS ${token.value} FROM ${stored(liftedName(`bronze.${name}`))})`;
    const named = columns.map((column): RefColumn => ({ name: column.name, sql: fresh("c"), terms: [[token]] }));
    const renamed = columns.map(({ name, type }, at) => `${instant(duckdbName(name), type.kind)} AS ${named[at]?.sql}`);
    const table = `reference.${fresh("bronze")}`;
    await engine.run(
      `CREATE OR REPLACE TABLE ${table} AS SELECT ${[...renamed, token.value, `${record} AS ${token.record}`, `FALSE AS ${token.merged}`].join(", ")} FROM ${from}`,
    );
    known.set(`bronze.${name}`, { from: table, columns: named });
  }
  const build = async (table: TablePlan): Promise<ReferenceTable> => {
    const run = createRun(known, fresh, engine);
    for (const step of table.steps) await run.step(step);
    const { state, failing, miscounts } = run.end();
    const scope = table.steps.at(-1)?.scope ?? [];
    const columns = table.columns.map((column, at): RefColumn => {
      const { sql, terms } = find(state.columns, scope[at] ?? column);
      return { name: column.name, sql, terms };
    });
    const name = `reference.${fresh("table")}`;
    await engine.run(
      `CREATE OR REPLACE TABLE ${name} AS ${run.query(`SELECT ${everything(columns)} FROM ${state.from}`)}`,
    );
    known.set(qualifiedName(table), { from: name, columns });
    const shown = table.columns.map(({ type }, at) => filed(columns[at]?.sql ?? "", type.kind));
    return { rows: await engine.rows(`SELECT ${shown.join(", ")} FROM ${name}`), failing, miscounts };
  };
  return { build };
}

/** Timestamps have no time zone internally, but in tables they do. */
const instant = (sql: string, kind: string): string =>
  kind === "timestamp" ? `make_timestamp(epoch_us(${sql}))` : sql;
const filed = (sql: string, kind: string): string =>
  kind === "timestamp" ? `make_timestamptz(epoch_us(${sql}))` : sql;

type Fresh = (prefix: string) => string;

function newToken(fresh: Fresh): Token {
  return { value: fresh("t"), record: fresh("k"), merged: fresh("m"), shared: [] };
}

/** Without duplicates; columns of one `group` share a number, and each has its own lists. */
function tokensOf(columns: readonly RefColumn[]): readonly Token[] {
  return [...new Map(columns.flatMap(({ terms }) => terms.flat()).map((token) => [token.value, token])).values()];
}

/** What the values of columns share with other rows. */
function listsOf(columns: readonly RefColumn[]): readonly string[] {
  return [...new Set(columns.flatMap(({ terms }) => terms.flat().flatMap(({ shared }) => shared)))];
}

/** A SELECT list that passes everything on. A column may have two names. */
function everything(columns: readonly RefColumn[]): string {
  const tokens = tokensOf(columns).flatMap(({ value, record, merged }) => [value, record, merged]);
  return [...new Set([...columns.map(({ sql }) => sql), ...tokens, ...listsOf(columns)])].join(", ");
}

/** Like the emitter: a name without an alias is the column without one, or the only one of that name. */
function find(columns: readonly RefColumn[], { qualifier, name }: Pick<ScopeColumn, "qualifier" | "name">): RefColumn {
  const named = columns.filter((each) => each.name === name);
  const found = named.find((each) => each.qualifier === qualifier) ?? (named.length === 1 ? named[0] : undefined);
  if (found === undefined) throw new Error(`the plan has no column ${qualifier ?? ""}.${name}`);
  return found;
}

function createRun(known: ReadonlyMap<string, State>, fresh: Fresh, engine: Engine) {
  let state: State = { from: "", columns: [] };
  let parts: string[] = [];
  let sorted = "";
  const failing: number[] = [];
  const miscounts: Miscount[] = [];

  const query = (select: string): string => (parts.length === 0 ? select : `WITH ${parts.join(", ")} ${select}`);
  const add = (select: string): string => {
    const name = fresh("s");
    parts.push(`${name} AS MATERIALIZED (${select})`);
    return name;
  };
  /** Materializes the rows, so that several queries see the same ones. */
  const keep = async (): Promise<void> => {
    if (parts.length === 0) return;
    const name = `reference.${fresh("kept")}`;
    await engine.run(`CREATE OR REPLACE TABLE ${name} AS ${query(`SELECT * FROM ${state.from}`)}`);
    parts = [];
    state = { ...state, from: name };
  };
  const text = (expr: Expr): string => duckdbExpression(expr, { column: (ref) => find(state.columns, ref).sql });
  const terms = (expr: Expr): readonly Term[] => termsOf(expr, (ref) => find(state.columns, ref).terms);

  /** Rows in which the value of every column is new. */
  const anew = (from: string, columns: readonly RefColumn[]): State => {
    const token = newToken(fresh);
    const made = columns.map(
      (column): RefColumn => ({ ...column, terms: [[{ ...token, shared: listsOf([column]) }]] }),
    );
    const list = [...new Set([...columns.map(({ sql }) => sql), ...listsOf(columns)])];
    const numbered = `row_number() OVER () AS ${token.value}, ${token.value} AS ${token.record}, FALSE AS ${token.merged}`;
    return { from: add(`SELECT ${[...list, numbered].join(", ")} FROM ${from}`), columns: made };
  };

  const read = (relation: string): State => {
    const found = known.get(relation);
    if (found === undefined) throw new Error(`${relation} was not built`);
    return found;
  };

  const step = async (each: TypedStep): Promise<void> => {
    switch (each.kind) {
      case "from":
        state = read(each.relation);
        return;
      case "where":
        state = { ...state, from: add(`SELECT * FROM ${state.from} WHERE ${text(each.condition)}`) };
        return;
      case "derive":
        for (const { name, value } of each.columns) {
          const sql = fresh("c");
          const made: RefColumn = { name, sql, terms: terms(value) };
          const from = add(`SELECT *, ${text(value)} AS ${sql} FROM ${state.from}`);
          const at = state.columns.findIndex((column) => column.name === name && column.qualifier === undefined);
          state = { from, columns: at === -1 ? [...state.columns, made] : state.columns.with(at, made) };
        }
        return;
      case "select": {
        const columns = each.columns.map(({ name, value }) => ({
          name,
          sql: fresh("c"),
          terms: terms(value),
          text: text(value),
        }));
        const list = columns.map((column) => `${column.text} AS ${column.sql}`);
        state = { from: add(`SELECT *, ${list.join(", ")} FROM ${state.from}`), columns };
        return;
      }
      case "distinct": {
        const shown = each.scope.map((column) => find(state.columns, column).sql);
        const hidden = state.columns
          .filter(({ sql }) => !shown.includes(sql))
          .map(({ sql }) => `min(${sql}) AS ${sql}`);
        const tokens = tokensOf(state.columns).map(
          ({ value, record, merged }) =>
            `min(${record}) AS ${value}, min(${record}) AS ${record}, coalesce(bool_or(${merged}), FALSE) OR count(DISTINCT ${record}) > 1 AS ${merged}`,
        );
        const lists = listsOf(state.columns).map((each) => `min(${each}) AS ${each}`);
        const list = [...new Set(shown), ...new Set(hidden), ...tokens, ...lists].join(", ");
        state = { ...state, from: add(`SELECT ${list} FROM ${state.from} GROUP BY ${[...new Set(shown)].join(", ")}`) };
        return;
      }
      case "latest": {
        const on = each.on.map((column) => find(state.columns, column).sql).join(", ");
        const first = `row_number() OVER (PARTITION BY ${on} ORDER BY ${order(each.order)}) = 1`;
        state = anew(add(`SELECT * FROM ${state.from} QUALIFY ${first}`), state.columns);
        return;
      }
      case "join":
        state = joined(each);
        return;
      case "group":
        state = await grouped(each);
        return;
      case "expect": {
        await keep();
        const [[count = 0] = []] = await engine.rows(
          `SELECT count(*) FROM ${state.from} WHERE (${text(each.condition)}) IS NOT TRUE`,
        );
        failing.push(Number(count));
        if (each.action !== "quarantine") return;
        state = { ...state, from: add(`SELECT * FROM ${state.from} WHERE ${text(each.condition)}`) };
        return;
      }
      case "sort":
        sorted = order(each.keys);
        return;
      case "take":
        state = { ...state, from: add(`SELECT * FROM ${state.from} ORDER BY ${sorted} LIMIT ${each.count}`) };
        return;
      default:
        return each satisfies never;
    }
  };

  const order = (keys: Extract<TypedStep, { kind: "sort" }>["keys"]): string =>
    keys
      .map(
        ({ value, descending, nulls }) => `${text(value)} ${descending ? "DESC" : "ASC"} NULLS ${nulls.toUpperCase()}`,
      )
      .join(", ");

  const joined = (each: TypedJoin): State => {
    const right = read(each.relation);
    const names = new Map<string, string>();
    const moved: string[] = [];
    const tokens = tokensOf(right.columns).flatMap(({ value, record, merged }) => [value, record, merged]);
    for (const name of [...tokens, ...listsOf(right.columns)]) {
      const to = fresh("j");
      names.set(name, to);
      moved.push(`${name} AS ${to}`);
    }
    const renamed = (name: string): string => names.get(name) ?? name;
    const moving = ({ value, record, merged, shared }: Token): Token => ({
      value: renamed(value),
      record: renamed(record),
      merged: renamed(merged),
      shared: shared.map(renamed),
    });
    const rights = right.columns.map((column): RefColumn => {
      const sql = fresh("c");
      moved.push(`${column.sql} AS ${sql}`);
      const own = column.terms.map((term) => term.map(moving));
      return { qualifier: each.alias, name: column.name, sql, terms: own };
    });
    const { leftAlias } = each;
    const lefts = state.columns.map((column) =>
      column.qualifier === undefined && leftAlias !== undefined ? { ...column, qualifier: leftAlias } : column,
    );
    const columns = [...lefts, ...rights];
    const left = state.from;
    state = { from: left, columns };
    const kind = each.side === "left" ? "LEFT JOIN" : "JOIN";
    const other = `(SELECT ${moved.join(", ")} FROM ${right.from})`;
    const all = `SELECT ${everything(columns)} FROM ${left} ${kind} ${other} ON ${text(each.on)}`;
    return { from: add(all), columns };
  };

  const grouped = async (each: TypedGroup): Promise<State> => {
    await keep();
    const keys = each.keys.map(({ value }) => text(value));
    const found = each.aggregates.flatMap(({ name, value }) =>
      aggregatesIn(value).flatMap((aggregate): readonly Counted[] => {
        const [argument] = aggregate.args;
        if (argument === undefined) return [];
        const per = aggregate.per?.map((column) => find(state.columns, column).sql);
        const where = aggregate.where && text(aggregate.where);
        const { fn, perRow = false } = aggregate;
        const adds = findFunction(fn)?.adds === true;
        const counted = { name, fn, value: text(argument), where, per, perRow, adds };
        const distorted = isDistorted(aggregate) ? terms(argument) : [];
        const chosen = per === undefined ? [] : [{ ...counted, term: undefined }];
        return [...chosen, ...distorted.map((term) => ({ ...counted, term }))];
      }),
    );
    if (found.length > 0) {
      const rows = await engine.rows(countingQuery(found, keys, state.from));
      miscounts.push(...miscountsIn(rows, found));
    }
    const lists = each.aggregates.map(({ value }) => aggregatesIn(value).flatMap(addedUp));
    const marks = new Map<AggregateExpr, ColumnExpr>();
    const marked: RefColumn[] = [];
    const texts: string[] = [];
    for (const aggregate of each.aggregates.flatMap(({ value }) => aggregatesIn(value))) {
      if (aggregate.per === undefined) continue;
      const condition = aggregate.where ? `(${text(aggregate.where)})` : "TRUE";
      const parts = [...keys, ...aggregate.per.map((column) => find(state.columns, column).sql), condition];
      const sql = fresh("p");
      texts.push(`row_number() OVER (PARTITION BY ${parts.join(", ")}) = 1 AND ${condition} AS ${sql}`);
      marks.set(aggregate, { kind: "column", name: sql, type: { kind: "bool" }, nullable: true });
      marked.push({ name: sql, sql, terms: [] });
    }
    const from = texts.length === 0 ? state.from : add(`SELECT *, ${texts.join(", ")} FROM ${state.from}`);
    state = { from, columns: [...state.columns, ...marked] };
    const made = [
      ...each.keys.map(({ name }, at) => ({ name, text: keys[at] ?? "" })),
      ...each.aggregates.map(({ name, value }) => ({ name, text: text(withMarks(value, marks)) })),
    ].map((column) => ({ ...column, sql: fresh("c"), terms: [] }));
    const added = lists.map((own) => own.map((query) => ({ query, sql: fresh("l") })));
    const list = [...made, ...added.flat().map(({ query, sql }) => ({ text: query, sql }))].map(
      (column) => `${column.text} AS ${column.sql}`,
    );
    const by = keys.length === 0 ? "" : ` GROUP BY ${keys.map((_, at) => at + 1).join(", ")}`;
    state = { from: add(`SELECT ${list.join(", ")} FROM ${from}${by}`), columns: [] };
    if (added.flat().length > 0) await keep();
    const columns: RefColumn[] = [];
    for (const [at, { name, sql }] of made.entries()) {
      const shared: string[] = [];
      for (const found of added[at - each.keys.length] ?? []) if (await isShared(found.sql)) shared.push(found.sql);
      columns.push({ name, sql, terms: [[{ value: "", record: "", merged: "", shared }]] });
    }
    return anew(state.from, columns);
  };

  /** SQL: lists of the values that an aggregate's result is computed from. */
  const addedUp = (aggregate: AggregateExpr): readonly string[] => {
    const [argument] = aggregate.args;
    if (argument === undefined || findFunction(aggregate.fn)?.masks || aggregate.perRow) return [];
    const all = (element: string, filter: string) => `list(DISTINCT ${element}) FILTER (WHERE ${filter})`;
    const distorted = isDistorted(aggregate);
    if (aggregate.per) {
      return distorted ? [all(tuple(aggregate.per.map((column) => find(state.columns, column).sql)), "TRUE")] : [];
    }
    return terms(argument).flatMap((term) => {
      const before = term.flatMap(({ shared }) => shared);
      if (before.length > 0) {
        return before.map((each) => `list_distinct(flatten(list(${each}) FILTER (WHERE ${each} IS NOT NULL)))`);
      }
      const values = term.map(({ value }) => value);
      return distorted ? [all(tuple(values), values.map((each) => `${each} IS NOT NULL`).join(" AND "))] : [];
    });
  };

  /** Whether the lists of several rows have a common element. */
  const isShared = async (list: string): Promise<boolean> => {
    const [[again = 0] = []] = await engine.rows(
      `SELECT count(*) - count(DISTINCT e) FROM (SELECT unnest(${list}) AS e FROM ${state.from})`,
    );
    return Number(again) > 0;
  };

  return { step, query, end: () => ({ state, failing, miscounts }) };
}

function isDistorted(aggregate: AggregateExpr): boolean {
  const entry = findFunction(aggregate.fn);
  return entry !== undefined && duplicatesOf(entry, aggregate.overload) === "distorted";
}

function aggregatesIn(expr: Expr): readonly AggregateExpr[] {
  switch (expr.kind) {
    case "literal":
    case "column":
      return [];
    case "aggregate":
      return [expr];
    case "call":
      return expr.args.flatMap(aggregatesIn);
    case "match":
      return [
        ...expr.branches.flatMap(({ condition, value }) => [condition, value]),
        ...(expr.otherwise ? [expr.otherwise] : []),
      ].flatMap(aggregatesIn);
    default:
      return expr satisfies never;
  }
}

/** The expression with each `per` replaced by a mark. */
function withMarks(expr: Expr, marks: ReadonlyMap<AggregateExpr, ColumnExpr>): Expr {
  switch (expr.kind) {
    case "literal":
    case "column":
      return expr;
    case "aggregate": {
      const mark = marks.get(expr);
      const { per: _per, ...rest } = expr;
      return mark === undefined ? expr : { ...rest, where: mark };
    }
    case "call":
      return { ...expr, args: expr.args.map((each) => withMarks(each, marks)) };
    case "match":
      return {
        ...expr,
        branches: expr.branches.map(({ condition, value }) => ({
          condition: withMarks(condition, marks),
          value: withMarks(value, marks),
        })),
        ...(expr.otherwise ? { otherwise: withMarks(expr.otherwise, marks) } : {}),
      };
    default:
      return expr satisfies never;
  }
}

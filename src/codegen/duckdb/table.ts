/**
 * Generates one DuckDB query for a table, from bronze files and Delta tables to its rows: one scan of each
 * input, no intermediate copy. Rejected rows and rows that fail an expectation are reported by notices (row-notices.ts).
 *
 * Design notes
 * - A row has to be reported whatever later steps do with it. DuckDB pushes filters down and may skip the scan of a join
 *   whose other side is empty, so rows after a notice are materialized before a filter, an inner join or `take`; a `where`
 *   directly after a notice becomes part of the same condition instead. If DuckDB knows in advance that the table will be
 *   empty, it would compute nothing at all; so those rows are added to the result with a filter that drops all of them.
 * - Internally instants are naive timestamps in UTC, which is many times faster; only files store the time zone.
 */
import {
  bronzeOfRecords,
  builtTables,
  type Column,
  type Program,
  qualifiedName,
  type TablePlan,
  type TypedExpect,
  type TypedStep,
} from "../../plan/program.ts";
import { duckdbName, duckdbString, duckdbType } from "../expressions/duckdb.ts";
import { bronzeRows } from "./bronze.ts";
import { createNames, createQuery, type QueryBuilder } from "./query.ts";
import { type RecordColumn, recordText } from "./record.ts";
import type { DeltaInput, RelationInput, RelationInputs } from "./relation-inputs.ts";
import { createNotices, type Gate, gateText, type Notice, type Notices } from "./row-notices.ts";
import {
  expressionText,
  findColumn,
  type RowColumn,
  type Rows,
  renamed,
  SORTED,
  sortText,
  visibleColumns,
} from "./rows.ts";
import { deriveStep, distinctStep, groupStep, joinStep, latestStep, selectStep } from "./steps.ts";

export interface TableSql {
  /** The query; its columns are those of the table, in the form of its files. */
  readonly query: string;
  /** The notices of the query, by the index in its calls. */
  readonly notices: readonly Notice[];
}

/** The query of a table. The inputs have to contain every relation that the table reads. */
export function tableSql(table: TablePlan, program: Program, inputs: RelationInputs): TableSql {
  const name = qualifiedName(table);
  const query = createQuery();
  const notices = createNotices(name);
  const context: Context = { table, program, inputs, query, notices, read: new Map(), whole: [] };
  const steps = wheresFirst(table.steps);

  let state: State = { rows: { from: "", columns: [] }, gates: [] };
  steps.forEach((step, index) => {
    state = takeStep(state, step, steps.slice(index + 1), context);
  });
  const { rows: last, order } = passGates(state, false, context);
  const rows = withWholeRows(last, context);

  const scope = table.steps.at(-1)?.scope ?? [];
  const list = table.columns.map((column, index) => {
    const found = findColumn(rows, scope[index] ?? column);
    return `${fileValue(column, found)} AS ${duckdbName(column.name)}`;
  });
  const by = order === undefined ? "" : ` AS ${SORTED}\nORDER BY ${order}`;
  return { query: query.finish(`SELECT ${list.join(", ")}\nFROM ${rows.from}${by}`), notices: notices.list };
}

/**
 * The query for columns of a relation in the lake. For a bronze relation it returns the rows that fit all its columns, or
 * with `onlyThese` those that fit the requested columns, which is less work.
 */
export function relationSql(
  relation: string,
  columns: readonly Pick<Column, "name" | "type">[],
  program: Program,
  input: RelationInput,
  options: { readonly onlyThese?: boolean } = {},
): string {
  if (input.kind === "delta") return readSelect(columns, input);
  const bronze = bronzeOfRecords(relation, program);
  if (bronze === undefined) throw new Error(`the program has no ${relation}`);
  const query = createQuery();
  const only = columns.map(({ name }) => name);
  const rows = bronzeRows(query, bronze, input, options.onlyThese ? { only } : {});
  const list = columns.map(({ name }) => {
    const found = rows.columns.find(({ column }) => column.name === name);
    if (found === undefined) throw new Error(`${relation} has no column ${name}`);
    return `${found.sql} AS ${duckdbName(name)}`;
  });
  return query.finish(`SELECT ${list.join(", ")} FROM ${rows.from} WHERE ${gateText(rows.gates)}`);
}

/** The rows that pass an expectation of the table, at its place in the pipeline. No rows are reported. */
export function passingSql(table: TablePlan, program: Program, inputs: RelationInputs, last: TypedExpect): string {
  const query = createQuery();
  const notices = createNotices(qualifiedName(table));
  const context: Context = { table, program, inputs, query, notices, read: new Map(), whole: [], silent: true };
  let state: State = { rows: { from: "", columns: [] }, gates: [] };
  const steps = wheresFirst(table.steps.slice(0, table.steps.indexOf(last) + 1));
  steps.forEach((step, index) => {
    const isOnlyCounted = step.kind === "expect" && step.action !== "quarantine";
    if (!isOnlyCounted) state = takeStep(state, step, steps.slice(index + 1), context);
  });
  return query.finish(`SELECT 1 FROM ${passGates(state, false, context).rows.from}`);
}

interface Context {
  readonly table: TablePlan;
  readonly program: Program;
  readonly inputs: RelationInputs;
  readonly query: QueryBuilder;
  readonly notices: Notices;
  /** The relations that the query already reads; none is read twice. */
  readonly read: Map<string, Rows>;
  /** The subqueries that are materialized because of their notices. */
  readonly whole: string[];
  /** Whether rejected and failing rows are dropped silently. */
  readonly silent?: boolean;
}

interface State {
  readonly rows: Rows;
  /** Conditions that still have to be checked for the rows. */
  readonly gates: readonly Gate[];
  readonly order?: string;
}

/** A filter on the rows and then their distinct ones: the same the other way round, and cheaper. */
function wheresFirst(steps: readonly TypedStep[]): readonly TypedStep[] {
  const sorted: TypedStep[] = [];
  for (const step of steps) {
    if (step.kind === "where" && sorted.at(-1)?.kind === "distinct") sorted.splice(-1, 0, step);
    else sorted.push(step);
  }
  return sorted;
}

function takeStep(before: State, step: TypedStep, later: readonly TypedStep[], context: Context): State {
  const { query } = context;
  if (step.kind === "where" || step.kind === "expect") {
    const state = before.gates.at(-1)?.keeps ? passGates(before, mayLoseRows([step, ...later]), context) : before;
    const gate =
      step.kind === "where"
        ? { condition: expressionText(step.condition, state.rows) }
        : expectGate(step, state.rows, context);
    return { ...state, gates: [...state.gates, gate] };
  }
  const passed = passGates(before, mayLoseRows([step, ...later]), context);
  const { order, ...state } = passed;
  const { rows } = state;
  switch (step.kind) {
    case "from":
      return fromRelation(step.relation, later, context);
    case "derive":
      return { ...state, rows: deriveStep(query, rows, step) };
    case "select":
      return { ...state, rows: selectStep(query, rows, step) };
    case "distinct":
      return { ...state, rows: distinctStep(query, rows) };
    case "latest":
      return { ...state, rows: latestStep(query, rows, step) };
    case "group":
      return { ...state, rows: groupStep(query, rows, step) };
    case "join":
      return { ...state, rows: joinStep(query, rows, relationRows(step.relation, context), step) };
    case "sort":
      return { ...state, order: sortText(step.keys, rows) };
    case "take": {
      const by = order === undefined ? "" : ` AS ${SORTED} ORDER BY ${order}`;
      return {
        ...passed,
        // Whole: DuckDB 1.5 leaves out before it counts what a join behind it will not find (duckdb#22963).
        rows: { ...rows, from: query.add("take", `SELECT * FROM ${rows.from}${by} LIMIT ${step.count}`, true) },
      };
    }
    default:
      return step satisfies never;
  }
}

/** The rows that pass their pending conditions; materialized if `whole` and rows are reported. */
function passGates(state: State, whole: boolean, { query, whole: subqueries }: Context): State {
  if (state.gates.length === 0) return state;
  const noticing = state.gates.findIndex(({ notice, counts }) => notice !== undefined || counts);
  const filters = noticing === -1 ? state.gates : state.gates.slice(0, noticing);
  const gates = state.gates.slice(filters.length);
  let { from, columns } = state.rows;
  if (filters.length > 0) {
    const conditions = filters.map(({ condition }) => (filters.length === 1 ? condition : `(${condition})`));
    from = query.add("where", `SELECT * FROM ${from} WHERE ${conditions.join(" AND ")}`);
  }
  if (gates.length > 0) {
    const passes = duckdbName(createNames(columns.map(({ sql }) => sql.slice(1, -1))).take("passes"));
    const gated = query.add("gate", `SELECT *, ${gateText(gates)} AS ${passes}\nFROM ${from}`);
    const { list, columns: named } = renamed(columns);
    from = query.add("passed", `SELECT ${list} FROM ${gated} WHERE ${passes}`, whole);
    if (whole) subqueries.push(from);
    columns = named;
  }
  return { ...state, rows: { from, columns }, gates: [] };
}

/** The rows, plus the materialized ones with a filter that drops all of them but that DuckDB cannot optimize away. */
function withWholeRows(rows: Rows, { query, whole }: Context): Rows {
  if (whole.length === 0) return rows;
  const list = rows.columns.map(({ sql }) => sql).join(", ");
  const nulls = rows.columns.map(() => "NULL").join(", ");
  const none = whole.map((subquery) => `SELECT ${nulls} FROM ${subquery} WHERE random() > 1`);
  return { ...rows, from: query.add("rows", [`SELECT ${list} FROM ${rows.from}`, ...none].join("\nUNION ALL ")) };
}

/** Whether steps allow DuckDB to skip rows before them. */
function mayLoseRows(later: readonly TypedStep[]): boolean {
  return later.some(
    (step) => step.kind === "where" || step.kind === "take" || (step.kind === "join" && step.side === "inner"),
  );
}

function expectGate(step: TypedExpect, rows: Rows, { table, notices, silent }: Context): Gate {
  if (silent) return { condition: expressionText(step.condition, rows) };
  const columns = visibleColumns(rows, step.scope);
  const shown = step.action === "quarantine" ? columns : step.action === "fail" ? keyColumns(table, columns) : [];
  const notice = notices.add(
    { kind: "failed", relation: qualifiedName(table), expectation: step },
    {
      ...(step.action === "quarantine" ? { reason: duckdbString(step.name) } : {}),
      ...(shown.length === 0 ? {} : { record: recordText(recordColumns(shown)) }),
    },
  );
  return { condition: expressionText(step.condition, rows), notice, keeps: step.action !== "quarantine" };
}

/** The columns that identify a failed row in a message: available columns of the table's key that are not private. */
function keyColumns(table: TablePlan, columns: readonly RowColumn[]): readonly RowColumn[] {
  const shown = table.columns.filter(({ name, tags }) => table.keys[0]?.includes(name) && !tags.includes("pii"));
  return columns.filter((column) => shown.some(({ name }) => name === column.name));
}

/** Columns by their shortest unambiguous names: with the alias only if necessary. */
function recordColumns(columns: readonly RowColumn[]): readonly RecordColumn[] {
  return columns.map(({ qualifier, name, sql, type }) => {
    const alone = columns.filter((each) => each.name === name).length === 1;
    return { name: alone || qualifier === undefined ? name : `${qualifier}.${name}`, sql, type };
  });
}

/** The rows that a pipeline starts with. Conditions of a bronze relation are checked together with the steps that follow. */
function fromRelation(relation: string, later: readonly TypedStep[], context: Context): State {
  const again = later.some((step) => step.kind === "join" && step.relation === relation);
  const bronze = again ? undefined : readBronze(relation, context);
  return bronze ?? { rows: relationRows(relation, context), gates: [] };
}

/** A relation's rows, read once and, if some may be rejected, completely. */
function relationRows(relation: string, context: Context): Rows {
  const known = context.read.get(relation);
  if (known) return known;
  const bronze = readBronze(relation, context);
  const rows = bronze ? passGates(bronze, true, context).rows : readTable(relation, context);
  context.read.set(relation, rows);
  return rows;
}

function readBronze(
  relation: string,
  context: Context,
): { readonly rows: Rows; readonly gates: readonly Gate[] } | undefined {
  const bronze = bronzeOfRecords(relation, context.program);
  if (bronze === undefined) return undefined;
  const input = context.inputs[relation];
  if (input === undefined || input.kind === "delta") throw new Error(`${relation} has no file`);
  const { from, columns, gates } = bronzeRows(
    context.query,
    bronze,
    input,
    context.silent ? {} : { notices: context.notices },
  );
  const named = columns.map(({ column: { name, type, nullable }, sql }) => ({ name, type, nullable, sql }));
  return { rows: { from, columns: named }, gates };
}

function readTable(relation: string, { program, inputs, query }: Context): Rows {
  const table = builtTables(program).find((each) => qualifiedName(each) === relation);
  const input = inputs[relation];
  if (table === undefined || input?.kind !== "delta") throw new Error(`${relation} has no files`);
  return {
    from: query.add(relation, readSelect(table.columns, input)),
    columns: table.columns.map(({ name, type, nullable }) => ({ name, type, nullable, sql: duckdbName(name) })),
  };
}

function readSelect(columns: readonly Pick<Column, "name" | "type">[], { files }: DeltaInput): string {
  if (files.length === 0) {
    const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${duckdbType(type)}) AS ${duckdbName(name)}`);
    return `SELECT ${nulls.join(", ")} WHERE FALSE`;
  }
  const list = columns.map(({ name, type }) =>
    type.kind === "timestamp"
      ? `make_timestamp(epoch_us(${duckdbName(name)})) AS ${duckdbName(name)}`
      : duckdbName(name),
  );
  return `SELECT ${list.join(", ")} FROM read_parquet([${files.map(duckdbString).join(", ")}])`;
}

/** A column as stored in a file: with its exact type, and an instant with its time zone. */
function fileValue({ type }: Column, { sql }: RowColumn): string {
  return type.kind === "timestamp" ? `make_timestamptz(epoch_us(${sql}))` : `CAST(${sql} AS ${duckdbType(type)})`;
}

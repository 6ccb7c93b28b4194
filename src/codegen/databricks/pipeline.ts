/**
 * A table's steps as one chain of DataFrame calls. The chain is cut where rows are checked, for both what is checked and
 * what follows are read from the same rows then; these are kept unless only steps on single rows lie between them and
 * rows that are kept already.
 */
import type {
  ColumnExpr,
  NamedExpr,
  ScopeColumn,
  TablePlan,
  TypedExpect,
  TypedJoin,
  TypedStep,
} from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import { pythonString, sparkExpression } from "../expressions/spark.ts";
import { limitText } from "../shared/limit.ts";
import type { Names } from "../shared/names.ts";
import { selected } from "./columns.ts";
import { groupCalls } from "./group.ts";
import { call, snakeCase } from "./python/text.ts";
import { latestCalls, orderKeys } from "./window.ts";

export interface Statement {
  /** `orders = `, or nothing. */
  readonly start: string;
  readonly expression: string;
}

export interface PipelineCode {
  /** What belongs together, in the order in which it runs; the result's variable is `result`. */
  readonly blocks: readonly (readonly Statement[])[];
  /** The variable of the table's rows. */
  readonly result: string;
  /** The variables of the rows that expectations quarantine. */
  readonly failed: readonly string[];
}

/** What the statements read. */
export interface PipelineInputs {
  /** The variables of the relations that the table reads. */
  readonly variables: ReadonlyMap<string, string>;
  /** Those of them that are read from bronze files: their rows are kept. */
  readonly kept: ReadonlySet<string>;
}

/** Statements that have the variables of the inputs, and `lake`. */
export function pipelineCode(table: TablePlan, { variables, kept }: PipelineInputs, names: Names): PipelineCode {
  const name = pythonString(qualifiedName(table));
  const blocks: Statement[][] = [];
  const failed: string[] = [];
  const words = snakeCase(table.name);
  const result = names.take(table.layer, words);
  const [from, ...all] = table.steps;
  if (from?.kind !== "from") throw new Error(`${qualifiedName(table)} does not start with from`);
  const steps = readDistinct(table, kept) === undefined ? all : all.slice(1);
  let rows: Rows = { text: variableOf(from.relation, variables), kept: kept.has(from.relation) };

  const closing = finalSelect(table);
  /** Gives the rows so far a variable, unless they have one. */
  const named = (keep: boolean, variable: () => string): string => {
    if (keep && !rows.kept) rows = { text: `${rows.text}.transform(lake.keep)`, kept: true };
    if (!isName(rows.text)) {
      const start = variable();
      blocks.push([{ start: `${start} = `, expression: rows.text }]);
      rows = { ...rows, text: start };
    }
    return rows.text;
  };

  for (let at = 0; at < steps.length; ) {
    const step = steps[at];
    if (step?.kind !== "expect") {
      if (step) rows = extended(rows, step, steps[at - 1]?.scope ?? from.scope, variables);
      at++;
      continue;
    }
    const together = sameAction(steps.slice(at), step.action);
    at += together.length;
    const variable = (word: string) => (at === steps.length && closing === "" ? result : names.take(word, words));
    if (step.action === "quarantine") {
      const checked = named(true, () => names.take("prepared", words));
      const valid = variable("valid");
      const rejected = names.take("failed", words);
      blocks.push([{ start: `${valid}, ${rejected} = `, expression: expectation(name, checked, together) }]);
      failed.push(rejected);
      rows = { text: valid, kept: true };
    } else {
      const checked = named(true, () => variable("prepared"));
      const method = step.action === "fail" ? "lake.require" : "lake.warn";
      const checks = together.map((each) =>
        call(method, [name, checked, pythonString(each.name), sparkExpression(each.condition)]),
      );
      blocks.push(checks.map((check) => ({ start: "", expression: check })));
    }
  }
  rows = { ...rows, text: rows.text + closing };
  const isChecked = table.keyChecks.some((check) => check.relation === qualifiedName(table));
  return { blocks, result: named(isChecked, () => result), failed };
}

/**
 * The bronze relation of which the table wants distinct rows and nothing else: these are found where the file is read,
 * before rows are kept, so that they are kept once. `kept`: the relations that are read from bronze files.
 */
export function readDistinct({ steps, keyChecks }: TablePlan, kept: ReadonlySet<string>): string | undefined {
  const [from, first, ...rest] = steps;
  if (from?.kind !== "from" || first?.kind !== "distinct" || !kept.has(from.relation)) return undefined;
  const isReadAgain = rest.some((step) => step.kind === "join" && step.relation === from.relation);
  const isChecked = keyChecks.some((check) => check.relation === from.relation);
  return isReadAgain || isChecked ? undefined : from.relation;
}

interface Rows {
  /** Python of the rows. */
  readonly text: string;
  /** Whether they are kept, or made row by row of rows that are. */
  readonly kept: boolean;
}

function isName(text: string): boolean {
  return /^\w+$/.test(text);
}

function variableOf(relation: string, variables: ReadonlyMap<string, string>): string {
  const variable = variables.get(relation);
  if (variable === undefined) throw new Error(`${relation} is not among what the table reads`);
  return variable;
}

function sameAction(steps: readonly TypedStep[], action: TypedExpect["action"]): readonly TypedExpect[] {
  const first: TypedExpect[] = [];
  for (const step of steps) {
    if (step.kind !== "expect" || step.action !== action) break;
    first.push(step);
  }
  return first;
}

/** The rows that pass, and those that do not; of rows that a join left open, the columns that people see. */
function expectation(table: string, rows: string, expectations: readonly TypedExpect[]): string {
  const entries = expectations.map((each) => `${pythonString(each.name)}: ${sparkExpression(each.condition)}`);
  const args = [table, rows, `{${entries.join(", ")},}`];
  const scope = expectations[0]?.scope ?? [];
  if (scope.some((column) => column.qualifier !== undefined)) args.push(`record=[${recordColumns(scope).join(", ")}]`);
  const limits = expectations.flatMap(({ name, limit }) =>
    limit === undefined ? [] : [`${pythonString(name)}: ${pythonString(limitText(limit))}`],
  );
  if (limits.length > 0) args.push(`at_most={${limits.join(", ")},}`);
  return call("lake.expect", args);
}

/** Columns by the names that a reader knows: with the alias only where the name alone is not enough. */
function recordColumns(scope: readonly ScopeColumn[]): readonly string[] {
  return scope.map((column) => {
    const text = sparkExpression({ kind: "column", ...column });
    const alone = scope.filter((each) => each.name === column.name).length === 1;
    if (alone || column.qualifier === undefined) return text;
    return text + call(".alias", [pythonString(`${column.qualifier}.${column.name}`)]);
  });
}

/** The rows after a step; `scope` is that of the step before. */
function extended(
  rows: Rows,
  step: Exclude<TypedStep, TypedExpect>,
  scope: readonly ScopeColumn[],
  variables: ReadonlyMap<string, string>,
): Rows {
  const then = (calls: string, kept = false): Rows => ({ text: rows.text + calls, kept: rows.kept && kept });
  switch (step.kind) {
    case "from":
      throw new Error("from is the first step only");
    case "where":
      return then(call(".filter", [sparkExpression(step.condition)]), true);
    case "derive":
      return then(deriveCalls(step.columns).join(""), true);
    case "select":
      return then(call(".select", step.columns.map(selected), step.columns.length > 1), true);
    case "distinct":
      return then(".distinct()");
    case "latest":
      return then(latestCalls(step));
    case "join":
      return then(joinCalls(step, variableOf(step.relation, variables)));
    case "group":
      return then(groupCalls(step, scope));
    case "sort":
      return then(call(".orderBy", orderKeys(step.keys)));
    case "take":
      return then(call(".limit", [String(step.count)]));
    default:
      return step satisfies never;
  }
}

function joinCalls(step: TypedJoin, variable: string): string {
  const left = step.leftAlias === undefined ? "" : call(".alias", [pythonString(step.leftAlias)]);
  const right = `${variable}${call(".alias", [pythonString(step.alias)])}`;
  const side = step.side === "left" ? ['"left"'] : [];
  return left + call(".join", [right, sparkExpression(step.on), ...side]);
}

/** One call for as many columns as do not use each other. */
function deriveCalls(columns: readonly NamedExpr[]): readonly string[] {
  const batches: NamedExpr[][] = [];
  for (const column of columns) {
    const batch = batches.at(-1);
    const fresh = batch?.some((earlier) => earlier.name === column.name || mentions(column.value, earlier.name));
    if (batch === undefined || fresh) batches.push([column]);
    else batch.push(column);
  }
  return batches.map((batch) => {
    const [only] = batch;
    if (only && batch.length === 1) return call(".withColumn", [pythonString(only.name), sparkExpression(only.value)]);
    const entries = batch.map(({ name, value }) => `${pythonString(name)}: ${sparkExpression(value)}`);
    return call(".withColumns", [`{${entries.join(", ")},}`]);
  });
}

function mentions(expression: NamedExpr["value"], name: string): boolean {
  switch (expression.kind) {
    case "literal":
      return false;
    case "column":
      return expression.qualifier === undefined && expression.name === name;
    case "call":
    case "aggregate":
      return expression.args.some((arg) => mentions(arg, name));
    case "match":
      return (
        expression.branches.some((each) => mentions(each.condition, name) || mentions(each.value, name)) ||
        (expression.otherwise !== undefined && mentions(expression.otherwise, name))
      );
    default:
      return expression satisfies never;
  }
}

/** What closes rows that a join left open: exactly the table's columns. */
function finalSelect(table: TablePlan): string {
  const scope = table.steps.at(-1)?.scope ?? [];
  if (scope.every((column) => column.qualifier === undefined)) return "";
  const columns = scope.map((column): string => {
    const value: ColumnExpr = { kind: "column", ...column };
    return selected({ name: column.name, value });
  });
  return call(".select", columns, true);
}

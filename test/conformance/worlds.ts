/**
 * Many data sets in one run: each row has the number of its world, and rows are only combined with rows of their own
 * world. Casts that fail return null here, `take` keeps all rows, and a `group` without keys has no row in an empty
 * world, so findings have to be verified in the world alone.
 */
import type { Column, ColumnExpr, Expr, Limit, Program, TablePlan, TypedStep } from "../../src/plan/program.ts";
import { BOOL, INT } from "../../src/types.ts";
import type { Rows, TextRow } from "./generate/bronze.ts";

const NAME = "world";

/** The rows of each data set in its own world. */
export function rowsInWorlds(worlds: readonly Rows[]): Rows {
  const relations = Object.keys(worlds[0] ?? {});
  const all = (relation: string): readonly TextRow[] =>
    worlds.flatMap((rows, world) => (rows[relation] ?? []).map((row) => [...row, String(world)]));
  return Object.fromEntries(relations.map((relation) => [relation, all(relation)]));
}

export function inWorlds(program: Program): Program {
  return withLenientCasts({
    ...program,
    bronze: program.bronze.map(({ key, ...bronze }) => ({
      ...bronze,
      columns: [...bronze.columns, worldColumn(bronze.span)],
      ...(key ? { key: [...key, NAME] } : {}),
      reject: ALL,
    })),
    tables: program.tables.map(tableInWorlds),
  });
}

/** Rejected rows are compared, however many there are. */
const ALL: Limit = { unit: "percent", at: "100", span: { file: "", start: 0, end: 0 } };

const worldColumn = (span: Column["span"]): Column => ({ name: NAME, type: INT, nullable: false, tags: [], span });

function tableInWorlds(table: TablePlan): TablePlan {
  const steps: TypedStep[] = [];
  let world: ColumnExpr = { kind: "column", name: NAME, type: INT, nullable: false };
  for (const step of table.steps) {
    const made = stepInWorlds(step, world);
    if (made === undefined) continue;
    world = made.world;
    steps.push({ ...made.step, scope: [...step.scope, world] });
  }
  return { ...table, steps, columns: [...table.columns, worldColumn(table.span)] };
}

interface Made {
  readonly step: TypedStep;
  /** The world column after the step. */
  readonly world: ColumnExpr;
}

function stepInWorlds(step: TypedStep, world: ColumnExpr): Made | undefined {
  const closed: ColumnExpr = { kind: "column", name: NAME, type: INT, nullable: false };
  const named = { name: NAME, value: world, span: step.span };
  switch (step.kind) {
    case "take":
      return undefined;
    case "select":
      return { step: { ...step, columns: [...step.columns, named] }, world: closed };
    case "latest":
      return { step: { ...step, on: [...step.on, world] }, world };
    case "join": {
      const left = step.leftAlias === undefined ? world : { ...world, qualifier: step.leftAlias };
      const same: Expr = call("==", [left, { ...closed, qualifier: step.alias }]);
      return { step: { ...step, on: call("and", [same, step.on]) }, world: left };
    }
    case "group":
      return { step: { ...step, keys: [...step.keys, named] }, world: closed };
    case "expect":
      return { step: step.action === "quarantine" ? { ...step, limit: ALL } : step, world };
    default:
      return { step, world };
  }
}

function call(fn: string, args: readonly Expr[]): Expr {
  return { kind: "call", fn, overload: 0, args, type: BOOL, nullable: true };
}

function withLenientCasts(program: Program): Program {
  return JSON.parse(JSON.stringify(program), (_, value) =>
    value?.kind === "call" && value.fn === "as" ? { ...value, fn: "as?" } : value,
  );
}

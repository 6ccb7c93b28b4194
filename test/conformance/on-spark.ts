/** Runs generated programs on Spark: their notebooks have to produce and report the same rows as DuckDB. */
import { databricksTarget } from "../../src/codegen/databricks/index.ts";
import { duckdbName } from "../../src/codegen/expressions/duckdb.ts";
import { notebookPaths } from "../../src/codegen/shared/notebooks.ts";
import { plan } from "../../src/compile.ts";
import { duckdbText } from "../../src/functions/canonical-text.ts";
import { type Program, qualifiedName, type TablePlan } from "../../src/plan/program.ts";
import { differences } from "../support/spark/compare.ts";
import type { Row, SmallProgram, SmallTable, Spark } from "../support/spark/session.ts";
import { checkText } from "./check.ts";
import { buildTables, type Outcome, stored } from "./engine/build.ts";
import type { Engine } from "./engine/duckdb.ts";
import type { Case } from "./generate/program.ts";
import { isInvalidSql } from "./judge.ts";
import { withParts } from "./laws.ts";

export type Way = SmallProgram["way"];

/** A program and how Spark should build it. */
export interface Question {
  readonly given: Case;
  readonly way: Way;
  /** Whether to split the last relation into three parts, which together must be the whole. */
  readonly split: boolean;
}

export interface SparkVerdict {
  /** Undefined for a program that the compiler rejects. */
  readonly program: Program | undefined;
  /** Differences, in words; each starts with the law and a colon. */
  readonly problems: readonly string[];
  /** Tables with the same result on both. */
  readonly same: number;
  /** Why the comparison ended early: a value that only one of the engines computed, and failed for. */
  readonly ended?: string;
}

export interface SparkJudge {
  /** Takes as many as fit into memory; one at a time is slower. */
  judge(questions: readonly Question[]): Promise<readonly SparkVerdict[]>;
}

export function createSparkJudge(spark: Spark, engine: Engine): SparkJudge {
  return {
    async judge(questions) {
      const programs = questions.map(programOf);
      const small = programs.flatMap((program, at) => {
        const question = questions[at];
        return program && question ? [smallProgram(program, question)] : [];
      });
      const asked = spark.build(small);
      const here: (readonly Here[])[] = [];
      for (const [at, program] of programs.entries()) {
        const rows = questions[at]?.given.rows ?? {};
        if (program) here.push(await buildHere(program, rows, engine));
      }
      const answers = (await asked).values();
      const tables = here.values();
      return programs.map((program, at): SparkVerdict => {
        if (program === undefined) return { program, problems: [], same: 0 };
        return verdictOf(program, tables.next().value ?? [], answers.next().value ?? {}, questions[at]?.given.split);
      });
    },
  };
}

const COMPUTE = 'compute = databricks { workspace: "https://adb-1.1.azuredatabricks.net" }';

function programOf({ given, split }: Question): Program | undefined {
  const text = given.text.replace("project generated {", `project generated { ${COMPUTE}\n`);
  const parts = split ? plan(checkText(withParts({ ...given, text }))) : undefined;
  return parts ?? plan(checkText(text));
}

const environment = { name: "prod", params: {} };

function smallProgram(program: Program, { given, way }: Question): SmallProgram {
  const files = databricksTarget.emit(program, { environment, environments: [environment] });
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const textOf = (path: string | undefined): string => {
    const text = texts.get(`databricks/${path}.py`);
    if (text === undefined) throw new Error(`there is no notebook ${path}`);
    return text;
  };
  const paths = notebookPaths(program);
  const bronze = program.bronze.map(qualifiedBronze);
  return {
    way,
    library: textOf("notebooks/lake"),
    notebooks: Object.fromEntries(
      program.tables.map((table) => [qualifiedName(table), textOf(paths.get(qualifiedName(table)))]),
    ),
    read: program.tables.flatMap(({ reads }) => reads),
    bronze: Object.fromEntries(bronze.map((name) => [name, rowsIn(way, given.rows[name] ?? [])])),
  };
}

const qualifiedBronze = ({ name }: { readonly name: string }): string => `bronze.${name}`;

/** The order of the rows must not matter either. */
function rowsIn<T>(way: Way, rows: readonly T[]): readonly T[] {
  return way === "plain" ? rows : rows.toReversed();
}

/** DuckDB's result for a table, with its rows in Spark's text format. */
interface Here {
  readonly outcome: Outcome;
  readonly rows: readonly Row[];
}

async function buildHere(program: Program, rows: Case["rows"], engine: Engine): Promise<readonly Here[]> {
  const outcomes = await buildTables(program, rows, engine);
  const built: Here[] = [];
  for (const outcome of outcomes.values()) {
    const rows = outcome.kind === "built" ? await texts(outcome.plan, engine) : [];
    built.push({ outcome, rows });
  }
  return built;
}

async function texts(table: TablePlan, engine: Engine): Promise<readonly Row[]> {
  const columns = table.columns.map(({ name, type }) => duckdbText(type, duckdbName(name)));
  const rows = await engine.rows(`SELECT ${columns.join(", ")} FROM ${stored(qualifiedName(table))}`);
  return rows.map((row) => named(table, row));
}

function named({ columns }: TablePlan, row: readonly Row[string][]): Row {
  return Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null]));
}

type Answers = Readonly<Record<string, SmallTable>>;

function verdictOf(program: Program, here: readonly Here[], answers: Answers, split: Case["split"]): SparkVerdict {
  const problems: string[] = [];
  let same = 0;
  for (const { outcome, rows } of here) {
    const name = qualifiedName(outcome.plan);
    const there = outcomeOf(answers[name]);
    if (isInvalidSql(outcome)) {
      return { program, problems: [...problems, `sql: ${name}: ${outcome.reason}`], same };
    }
    if (outcome.kind !== there.kind) {
      const ended = `${name}: here ${sentence(outcome)}, on Spark ${sentence(there)}`;
      // Engines may skip unused values, and with them their failures.
      if (outcome.kind === "error" || there.kind === "error") return { program, problems, same, ended };
      return { program, problems: [...problems, `outcome: ${ended}`], same };
    }
    const unlike = there.kind === "built" ? tableProblems(outcome, rows, there) : [];
    problems.push(...unlike);
    if (unlike.length === 0) same++;
  }
  return { program, problems: [...problems, ...splitProblems(program, answers, split)], same };
}

type There =
  | ({ readonly kind: "built" } & Extract<SmallTable, { readonly rows: unknown }>)
  | { readonly kind: "error" | "stopped" | "unread" | "broken"; readonly reason: string };

/** Spark's result in the terms of DuckDB's; `broken`: Spark did not understand the notebook, which must not happen. */
function outcomeOf(answer: SmallTable | undefined): There {
  if (answer === undefined) return { kind: "unread", reason: "something that it reads" };
  if ("rows" in answer) return { kind: "built", ...answer };
  const { error, condition } = answer;
  if (condition !== null) return { kind: "error", reason: error };
  return { kind: error.startsWith("ValueError: ") ? "stopped" : "broken", reason: error };
}

function sentence(outcome: Outcome | There): string {
  return outcome.kind === "built" ? "built" : `${outcome.kind} by ${outcome.reason}`;
}

function tableProblems(outcome: Outcome, rows: readonly Row[], there: There & { kind: "built" }): readonly string[] {
  if (outcome.kind !== "built") return [];
  const { plan: table, failing } = outcome;
  const name = qualifiedName(table);
  const doubles = table.columns.filter(({ type }) => type.kind === "double").map((column) => column.name);
  const unlike = differences(
    there.rows.map((row) => named(table, row)),
    rows,
    doubles,
  );
  const noticed = noticedBy(table, there);
  return [
    ...unlike.map((each) => `rows: ${name} on Spark ${each}`),
    ...(noticed.join() === failing.join() ? [] : [`expect: ${name} notices ${noticed.join()}, not ${failing.join()}`]),
  ];
}

/** The number of rows that failed each expectation, in step order. */
function noticedBy(table: TablePlan, { rejected = [], printed }: There & { kind: "built" }): readonly number[] {
  const name = qualifiedName(table);
  return table.steps.flatMap((step) => {
    if (step.kind !== "expect") return [];
    if (step.action === "fail") return [0];
    if (step.action === "quarantine") {
      return [rejected.filter(([source, reason]) => source === name && reason === step.name).length];
    }
    const line = printed.find((each) => each.endsWith(`rows fail the expectation: ${step.name}`)) ?? "";
    return [Number(/: (\d+) rows fail/.exec(line)?.[1])];
  });
}

/** `where c`, `where not c` and `where c is null` together are all rows, each once. */
function splitProblems(program: Program, answers: Answers, split: Case["split"]): readonly string[] {
  const parts = [0, 1, 2].map((part) => answers[`gold.part${part}`]);
  const table = program.tables.find((each) => qualifiedName(each) === split?.relation);
  const whole = answers[split?.relation ?? ""];
  if (table === undefined || whole === undefined || !("rows" in whole)) return [];
  const rows = parts.flatMap((part) => (part && "rows" in part ? [part.rows] : []));
  if (rows.length < parts.length) return [];
  const [joined, all] = [rows.flat(), whole.rows].map((each) => each.map((row) => named(table, row)));
  return differences(joined ?? [], all ?? []).map((each) => `where: ${split?.relation} on Spark ${each}`);
}

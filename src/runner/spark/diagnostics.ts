/** What notebooks and Spark say, as diagnostics. The sentences of notebooks stand in templates/databricks/lake.py.hbs. */
import { duckdbString } from "../../codegen/expressions/duckdb.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Program, qualifiedName, type TablePlan } from "../../plan/program.ts";
import type { TypedExpect } from "../../semantics/typed.ts";
import type { Snapshot } from "../delta/log.ts";
import type { Connection } from "../duckdb.ts";
import { dataFiles, type FoundInput } from "../inputs.ts";
import { duplicateKey } from "../keys.ts";
import type { Lake } from "../lake.ts";
import { excessProblem, loadsIn } from "../limits.ts";
import { hidingValues } from "../pii.ts";
import type { Noticed } from "../row-collector.ts";
import { failedExpectation } from "../row-diagnostics.ts";
import { rowsText } from "../run-result.ts";
import type { RequestProblem } from "./driver.ts";

/** The rows that a table's notebook has quarantined or counted: `printed` is what it printed. */
export async function noticedOnSpark(
  table: TablePlan,
  printed: string,
  quarantine: Snapshot | undefined,
  lake: Lake,
  connection: Connection,
): Promise<readonly Noticed[]> {
  const relation = qualifiedName(table);
  const files = dataFiles(`quarantine.${relation}`, quarantine, lake);
  const list = files.map(duckdbString).join(", ");
  const groups = await connection.rows(
    files.length === 0
      ? "SELECT '' AS source, '' AS reason, 0 AS rows WHERE FALSE"
      : `SELECT source, reason, count(*) AS rows FROM read_parquet([${list}]) GROUP BY ALL`,
  );
  const count = (source: string, reason?: string): number =>
    groups
      .filter((group) => group.source === source && (reason === undefined || group.reason === reason))
      .reduce((total, { rows }) => total + Number(rows), 0);
  const rejected = [relation, ...table.reads]
    .filter((input) => input.startsWith("bronze."))
    .map(
      (input): Noticed => ({ notice: { kind: "rejected", relation: input }, count: count(input), example: undefined }),
    );
  const expectations = expectationsOf(table);
  // Of several with one name the notebook does not tell which of them a row has failed.
  const named = expectations.filter(({ name }, at) => expectations.findIndex((each) => each.name === name) === at);
  const failed = named.map((expectation): Noticed => {
    const { name, action } = expectation;
    const rows = action === "quarantine" ? count(relation, name) : (countBefore(printed, failing(name)) ?? 0);
    return { notice: { kind: "failed", relation, expectation }, count: rows, example: undefined };
  });
  return [...rejected, ...failed];
}

/** Why a notebook has failed: a check of its table that does not hold, or what Spark says, in a sentence. */
export function problemOnSpark(
  { condition, message, trace }: RequestProblem,
  table: TablePlan,
  program: Program,
  log: string,
  inputs: readonly FoundInput[],
): readonly Diagnostic[] {
  const relation = qualifiedName(table);
  const excesses = excessesIn(message, table, program, inputs);
  if (excesses.length > 0) return excesses;
  for (const expectation of expectationsOf(table)) {
    const count = countBefore(`${message}\n`, failing(expectation.name));
    if (count === undefined || expectation.action !== "fail") continue;
    return failedExpectation(
      { notice: { kind: "failed", relation, expectation }, count, example: undefined },
      relation,
      program,
    );
  }
  for (const check of table.keyChecks) {
    const count = countBefore(`${message}\n`, ` keys have several rows: ${check.columns.join(", ")}\n`);
    if (count !== undefined && message.startsWith(`${check.relation}: `))
      return [duplicateKey(check, table, count, "")];
  }
  const readers = bronzeProblem(message, table, program);
  if (readers !== undefined) return [readers];
  if (condition?.startsWith("DELTA_CONCURRENT_")) return [diagnostic("lake-conflict", table.span, { table: relation })];
  const code = /OutOfMemoryError/.test(trace) ? "run-out-of-memory" : "table-failed";
  const problem = hidingValues(sentence(message, trace), table, program);
  return [diagnostic(code, table.span, { table: relation, problem }, { hint: `Spark's full log is in ${log}.` })];
}

/** The message for rows beyond a limit: one line for each expectation. */
function excessesIn(
  message: string,
  table: TablePlan,
  program: Program,
  inputs: readonly FoundInput[],
): readonly Diagnostic[] {
  const relation = qualifiedName(table);
  return message.split("\n").flatMap((line) => {
    const source = [relation, ...table.reads].find((each) => line.startsWith(`${each}: `));
    const [start, rejected, total] = /^(\d+) of (\d+) rows/.exec(line.slice((source ?? "").length + 2)) ?? [];
    if (source === undefined || start === undefined) return [];
    const share = { rejected: Number(rejected), total: Number(total) };
    const [, reasons] = / rows were rejected(?:, more than [\d.]+(?:%| rows?))?: (.*)$/.exec(line) ?? [];
    if (reasons !== undefined) {
      const limit = program.bronze.find(({ name }) => `bronze.${name}` === source)?.reject;
      const [, shown = reasons, id] = /^(.*); load (\w+)$/.exec(reasons) ?? [];
      const load = loadsIn(inputs)?.find((each) => each.id === id);
      return [excessProblem({ source, ...(load ? { load } : {}), share, limit }, shown, table, inputs)];
    }
    const expectation = expectationsOf(table).find(({ name }) => line.endsWith(` are quarantined by: ${name}`));
    if (expectation === undefined) return [];
    return [excessProblem({ source, share, limit: expectation.limit, expectation }, "", table, inputs)];
  });
}

/** What a notebook says of a bronze file that it cannot read as a whole. */
function bronzeProblem(message: string, table: TablePlan, program: Program): Diagnostic | undefined {
  const [, relation, said = ""] = /^(bronze\.[^:]+): (.*)$/s.exec(message) ?? [];
  const plan = program.bronze.find(({ name }) => `bronze.${name}` === relation);
  if (relation === undefined || plan === undefined) return undefined;
  const [, problem] = / cannot be read as JSON: (.*)$/.exec(said) ?? [];
  if (problem !== undefined) return diagnostic("source-json-invalid", plan.span, { relation, problem });
  const [, found, expected] = /^(\d+) of (\d+) records were read(?:: .*)?$/s.exec(said) ?? [];
  if (found === undefined || expected === undefined) return undefined;
  const params = { relation, expected: rowsText(Number(expected)), found, done: "read" };
  return diagnostic("rows-lost", table.span, { table: qualifiedName(table), ...params });
}

function expectationsOf(table: TablePlan): readonly TypedExpect[] {
  return table.steps.filter((step) => step.kind === "expect");
}

function failing(name: string): string {
  return ` rows fail the expectation: ${name}\n`;
}

/** The number that stands in front of these words. */
function countBefore(text: string, words: string): number | undefined {
  const at = text.indexOf(words);
  const digits = at === -1 ? undefined : /\d+$/.exec(text.slice(0, at))?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** The first sentence, without Spark's codes; of an error of Java's, that of what caused it. */
export function sentence(message: string, trace: string): string {
  const causes = [...trace.matchAll(/^(?:Caused )?(?:by)?: [\w.$]+: (.+)$/gm)].map(([, cause = ""]) => cause);
  const isOfJava = message.startsWith("An error occurred while calling ");
  const line = ((isOfJava ? causes.at(-1) : undefined) ?? message).split("\n", 1)[0] ?? "";
  const plain = line.replace(/^\[[\w.]+\] /, "").replace(/ ?SQLSTATE: \w{5}$/, "");
  return /^.*?(?=[.!](?:\s|$))/.exec(plain)?.[0] ?? plain;
}

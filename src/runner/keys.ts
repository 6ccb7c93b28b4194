/** Key checks: no two rows of a relation may have the same values in the key columns. */
import { createNames } from "../codegen/duckdb/query.ts";
import type { RelationInput } from "../codegen/duckdb/relation-inputs.ts";
import { relationSql } from "../codegen/duckdb/table.ts";
import { duckdbName } from "../codegen/expressions/duckdb.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { type KeyCheck, type Program, qualifiedName, type TablePlan } from "../plan/program.ts";
import type { Connection } from "./duckdb.ts";
import { columnsOf, exampleText, privateColumns } from "./pii.ts";

/**
 * Checks a key; undefined if it is unique. Most keys are, which counting distinct hashes shows in a fraction of the time of
 * grouping: different values may share a hash, but equal values never have different hashes.
 */
export async function checkKey(
  check: KeyCheck,
  table: TablePlan,
  program: Program,
  input: RelationInput,
  connection: Connection,
): Promise<Diagnostic | undefined> {
  const names = check.columns.map(duckdbName).join(", ");
  const columns = columnsOf(check.relation, program).filter(({ name }) => check.columns.includes(name));
  const rows = (onlyThese: boolean) => relationSql(check.relation, columns, program, input, { onlyThese });
  const [counts] = await connection.rows(
    `SELECT count(*) AS rows, count(DISTINCT hash(${names})) AS different FROM (${rows(true)})`,
  );
  if (counts?.rows === counts?.different) return undefined;

  const inner = createNames(check.columns);
  const [rowCount, count] = [inner.take("rows"), inner.take("count")];
  const groups = `SELECT ${names}, count(*) AS ${duckdbName(rowCount)} FROM (${rows(false)}) GROUP BY ALL HAVING count(*) > 1`;
  const texts = check.columns.map((name) => `CAST(${duckdbName(name)} AS VARCHAR) AS ${duckdbName(name)}`).join(", ");
  const [example] = await connection.rows(
    `SELECT ${texts}, CAST(count(*) OVER () AS VARCHAR) AS ${duckdbName(count)} FROM (${groups}) ORDER BY ${names} LIMIT 1`,
  );
  if (example === undefined) return undefined;
  const shown = exampleText(check.columns, example, privateColumns(check.relation, program));
  return duplicateKey(check, table, Number(example[count]), shown);
}

/** The diagnostic for `count` duplicate values of a key; `example` is the text of one of them, or empty. */
export function duplicateKey(check: KeyCheck, table: TablePlan, count: number, example: string): Diagnostic {
  const key = check.columns.length === 1 ? (check.columns[0] ?? "") : `(${check.columns.join(", ")})`;
  return diagnostic("duplicate-key", check.span, {
    relation: check.relation,
    count: `${count} ${count === 1 ? "value" : "values"} of ${key}`,
    example,
    table: qualifiedName(table),
    columns: key,
  });
}

/** A file of JSON lines as rows of text, as docs/lake.md reads it. */
import type { Column } from "../../plan/program.ts";
import { duckdbName, duckdbString } from "../expressions/duckdb.ts";
import { lineRows, type TextRows, type Unreadable } from "./csv.ts";
import type { QueryBuilder } from "./query.ts";

/**
 * A function that the runner registers: a line with a JSON object as the same object with every value as it stands in
 * the line, as a string, but for nulls; null for what is no JSON object.
 */
export const JSON_TEXTS_FUNCTION = "medal_json_texts";

/**
 * What DuckDB would not give as it stands: it makes doubles of numbers with a point or many digits, sets lists and
 * objects anew, and takes more for JSON than is. Seldom, so all of such a line is looked at by us.
 */
const UNLIKE_DUCKDB = ":[ \\t]*(-?[0-9]+[.eE]|-?[0-9]{18}|-0|-?[NnIi][aAnN][NnFf]|[\\[{])";

/** SQL: whether a line is an object, as far as its ends tell, and of texts and whole numbers alone. */
const IS_PLAIN = [
  "starts_with(line, '{')",
  "ends_with(line, '}')",
  // A comma may be before the last brace, which DuckDB lets pass; a blank may be between them.
  "NOT ends_with(line, ',}')",
  "NOT ends_with(line, ' }')",
  "NOT ends_with(line, E'\\t}')",
  `NOT regexp_matches(line, ${duckdbString(UNLIKE_DUCKDB)})`,
].join(" AND ");

export function jsonRows(
  query: QueryBuilder,
  relation: string,
  path: string,
  columns: readonly Column[],
  unreadable: Unreadable,
): TextRows {
  const lines = query.add(`${relation} lines`, lineRows(path, unreadable));
  const shape = duckdbString(JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, "VARCHAR"]))));
  const ours = `json_transform(${JSON_TEXTS_FUNCTION}(line), ${shape})`;
  const object = `CASE WHEN ${IS_PLAIN} THEN TRY(json_transform(line, ${shape})) ELSE ${ours} END`;
  return {
    select: `SELECT line, ${object} AS v FROM ${lines}`,
    text: (column) => `v.${duckdbName(column)}`,
    isColumn: false,
    emptyIsNull: false,
    malformed: "v IS NULL",
    raw: "line",
  };
}

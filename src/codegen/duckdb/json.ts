/** A file of JSON lines as rows of text, as docs/lake.md reads it. */
import type { Column } from "../../plan/program.ts";
import { duckdbName, duckdbString } from "../expressions/duckdb.ts";
import { lineRows, type TextRows } from "./csv.ts";
import type { QueryBuilder } from "./query.ts";
import type { JsonInput } from "./relation-inputs.ts";

/**
 * A function that the runner registers: a line with a JSON object as the same object with every value as it stands in
 * the line, as a string, but for nulls; null for what is no JSON object.
 */
export const JSON_TEXTS_FUNCTION = "medal_json_texts";

/**
 * What DuckDB would not give as it stands: it makes doubles of numbers with a point or many digits, sets lists and
 * objects anew, and takes more for JSON than is, such as half of a surrogate pair. Seldom, so all of such a line is looked
 * at by us.
 */
const UNLIKE_DUCKDB = ":[ \\t]*(-?[0-9]+[.eE]|-?[0-9]{18}|-0|-?[NnIi][aAnN][NnFf]|[\\[{])|\\\\u[dD]";

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

/** SQL: true for what is no JSON too. A conjunction computes all its parts for all rows, a CASE only what it must. */
const HAS_EACH_NAME_ONCE = "TRY(list_unique(json_keys(line)) = len(json_keys(line))) IS NOT FALSE";

/** SQL: whether a line begins with a byte order mark, which our function would not be given. */
const HAS_MARK = "starts_with(line, chr(65279))";

export function jsonRows(
  query: QueryBuilder,
  relation: string,
  input: JsonInput,
  columns: readonly Column[],
): TextRows {
  const lines = query.add(`${relation} lines`, lineRows(input));
  const shape = duckdbString(JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, "VARCHAR"]))));
  const ours = `json_transform(${JSON_TEXTS_FUNCTION}(line), ${shape})`;
  // Of a name that is there twice DuckDB would take the first value, and not the last.
  const isPlain = input.mayRepeatNames ? `${IS_PLAIN} AND ${HAS_EACH_NAME_ONCE}` : IS_PLAIN;
  const object = `CASE WHEN ${isPlain} THEN TRY(json_transform(line, ${shape})) WHEN ${HAS_MARK} THEN NULL ELSE ${ours} END`;
  return {
    select: `SELECT line, ${object} AS v FROM ${lines}`,
    text: (column) => `v.${duckdbName(column)}`,
    isColumn: false,
    emptyIsNull: false,
    malformed: "v IS NULL",
    raw: "line",
  };
}

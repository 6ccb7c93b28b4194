/** SQL that reads JSON Lines files as rows of text, by the rules of docs/lake.md. */
import type { Column } from "../../plan/program.ts";
import { duckdbName, duckdbString } from "../expressions/duckdb.ts";
import { alone, lineRows, type Reading, type TextRows } from "./csv.ts";
import { unwrappedText } from "./extended-json.ts";
import type { QueryBuilder } from "./query.ts";
import type { JsonInput } from "./relation-inputs.ts";

/**
 * A function registered by the runner: converts a JSON object to the same object with each value, except nulls, as a
 * string of its original text; null for a line that is not a JSON object.
 */
export const JSON_TEXTS_FUNCTION = "medal_json_texts";

/**
 * Characters of lines whose original text DuckDB would not preserve: it converts numbers with a point or many digits to
 * doubles, reformats lists and objects, and accepts invalid JSON such as half of a surrogate pair. Such lines are rare, so
 * medalc parses them itself.
 */
const UNLIKE_DUCKDB = ":[ \\t]*(-?[0-9]+[.eE]|-?[0-9]{18}|-0|-?[NnIi][aAnN][NnFf]|[\\[{])|\\\\u[dD]";

/** SQL: whether a line looks like an object that contains only strings and integers. */
const IS_PLAIN = [
  "starts_with(line, '{')",
  "ends_with(line, '}')",
  // DuckDB accepts a comma before the last brace, possibly with a space in between.
  "NOT ends_with(line, ',}')",
  "NOT ends_with(line, ' }')",
  "NOT ends_with(line, E'\\t}')",
  `NOT regexp_matches(line, ${duckdbString(UNLIKE_DUCKDB)})`,
].join(" AND ");

/** SQL; also true for invalid JSON. A conjunction evaluates all operands for all rows, a CASE only the necessary ones. */
const HAS_EACH_NAME_ONCE = "TRY(list_unique(json_keys(line)) = len(json_keys(line))) IS NOT FALSE";

/** SQL: whether a line begins with a byte order mark, which our function would not be given. */
const HAS_MARK = "starts_with(line, chr(65279))";

export function jsonRows(
  query: QueryBuilder,
  relation: string,
  input: JsonInput,
  columns: readonly Column[],
  reading: Reading = alone(input.path),
): TextRows {
  const lines = query.add(`${relation} lines`, lineRows(input, reading));
  const shape = duckdbString(JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, "VARCHAR"]))));
  const ours = `json_transform(${JSON_TEXTS_FUNCTION}(line), ${shape})`;
  // For a repeated name DuckDB would return the first value instead of the last.
  const isPlain = input.mayRepeatNames ? `${IS_PLAIN} AND ${HAS_EACH_NAME_ONCE}` : IS_PLAIN;
  const object = `CASE WHEN ${isPlain} THEN TRY(json_transform(line, ${shape})) WHEN ${HAS_MARK} THEN NULL ELSE ${ours} END`;
  const objects = query.add(`${relation} objects`, `SELECT *, ${object} AS v FROM ${lines}`);
  const names = new Map(columns.map(({ name }, index) => [name, duckdbName(`text ${index}`)]));
  const texts = columns.map(
    ({ name, type }) => `${unwrappedText(`v.${duckdbName(name)}`, type)} AS ${names.get(name)}`,
  );
  return {
    select: `SELECT ${["*", ...texts].join(", ")} FROM ${objects}`,
    text: (column) => names.get(column) ?? "",
    isColumn: true,
    emptyIsNull: false,
    malformed: "v IS NULL",
    raw: "line",
  };
}

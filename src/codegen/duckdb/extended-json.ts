/**
 * SQL that unwraps MongoDB's Extended JSON, in which a value without a type in JSON is an object: `{"$oid": "…"}`. The
 * notebooks do the same (templates/databricks/lake.py.hbs).
 */
import type { Type } from "../../types.ts";
import { duckdbString } from "../expressions/duckdb.ts";

const SPACE = "[ \\t\\r\\n]*";
const pattern = (text: string): string => duckdbString(text.replaceAll(" ", SPACE));

/** A text in an object: of all forms but those of `MILLISECONDS`. */
const TEXT = pattern(String.raw`\A\{ "\$(?:oid|date|number(?:Int|Long|Double|Decimal))" : "([^"\\]*)" \}\z`);
/** An instant as a number: in the canonical form an object, in the older strict form it is bare. */
const MILLISECONDS = pattern(
  String.raw`\A\{ "\$date" : (?:(-?[0-9]{1,15})|\{ "\$numberLong" : "(-?[0-9]{1,15})" \}) \}\z`,
);
/** Of the years 0001 to 9999. */
const INSTANTS = "BETWEEN -62135596800000 AND 253402300799999";
/** An instant that is a date. */
const MIDNIGHT = pattern(String.raw`\A([0-9]{4}-[0-9]{2}-[0-9]{2})T00:00:00(?:[.]0+)?Z\z`);

/** The text that an object of Extended JSON holds; any other text unchanged. */
export function unwrappedText(text: string, type: Type): string {
  const milliseconds = `TRY_CAST(regexp_replace(${text}, ${MILLISECONDS}, '\\1\\2') AS BIGINT)`;
  const instant = `strftime(make_timestamp(${milliseconds} * 1000), '%Y-%m-%dT%H:%M:%S.%gZ')`;
  const held = `CASE WHEN ${milliseconds} ${INSTANTS} THEN ${instant} ELSE regexp_replace(${text}, ${TEXT}, '\\1') END`;
  const value = type.kind === "date" ? `regexp_replace(${held}, ${MIDNIGHT}, '\\1')` : held;
  return `CASE WHEN starts_with(${text}, '{') THEN ${value} ELSE ${text} END`;
}

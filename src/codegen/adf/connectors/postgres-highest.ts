/** The query for the highest value of a column of a PostgreSQL table. Texts are those of load records; see docs/language/time.md. */
import type { Lag } from "../../../plan/program.ts";
import type { Type } from "../../../types.ts";
import { postgresName } from "../../shared/postgres-query.ts";

interface Column {
  readonly name: string;
  readonly type: Type;
}

/** The type in which bounds are compared and a lag is subtracted. */
export function rangeType({ kind }: Type): "date" | "timestamp" | "numeric" {
  return kind === "date" || kind === "timestamp" ? kind : "numeric";
}

/** PostgreSQL's types with the order of the declared one. */
const SAME_ORDER = {
  date: ["date"],
  timestamp: ["timestamp without time zone", "timestamp with time zone"],
  numeric: ["smallint", "integer", "bigint", "numeric"],
} as const;

const FORMATS = { date: "YYYY-MM-DD", timestamp: 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' } as const;

/**
 * Continues `WITH previous AS (SELECT CAST(NULLIF('…', '') AS type) AS "to")`, the highest value of the last load, if any.
 * One row of texts, empty for none: `to`, the highest value at the source; `from`, where the load begins, which is the
 * previous value less the lag; `other_type`, the type of the column if it has another order than the declared one.
 */
export function highestQuery(
  { schema, table }: { readonly schema: string; readonly table: string },
  by: Column,
  lag: Lag | undefined,
): string {
  const type = rangeType(by.type);
  const highest = `max(${postgresName(by.name)})`;
  const known = SAME_ORDER[type].map((each) => `'${each}'`).join(", ");
  const tooExact = type === "numeric" ? ` AND "to" IS NOT DISTINCT FROM trunc("to", ${scaleOf(by.type)})` : "";
  const [lowest] = boundsOf(by.type);
  const from = `CASE WHEN previous."to" IS NOT NULL THEN greatest(previous."to"${lessLag(lag, type)}, ${lowest}) END`;
  const columns = [
    `coalesce(${textOf('highest."to"', type)}, '') AS "to"`,
    `coalesce(${textOf(from, type)}, '') AS "from"`,
    `CASE WHEN "type" IN (${known})${tooExact.replaceAll('"to"', 'highest."to"')} THEN '' ELSE "type" END AS "other_type"`,
    `CASE WHEN highest."to" >= previous."to" OR previous."to" IS NULL THEN '' ELSE 'yes' END AS "is_back"`,
  ];
  const source = `FROM ${postgresName(schema)}.${postgresName(table)} WHERE ${hasValue(by)}`;
  return `, highest AS (SELECT ${inRangeType(highest, type)} AS "to", CAST(pg_typeof(${highest}) AS text) AS "type" ${source}) SELECT ${columns.join(", ")} FROM previous, highest`;
}

/** Whether a value is one of the declared type: NaN and infinity are not, so their rows are like those without a value. */
export function hasValue({ name, type }: Column): string {
  const column = postgresName(name);
  const [lowest, highest] = boundsOf(type);
  return `${column} >= ${lowest} AND ${column} <= ${highest}`;
}

function inRangeType(highest: string, type: ReturnType<typeof rangeType>): string {
  if (type !== "timestamp") return `CAST(${highest} AS ${type})`;
  // A time without a zone is in UTC, whatever the zone of the session.
  const zoned = `CAST(${highest} AS timestamp with time zone) AT TIME ZONE 'UTC'`;
  const isZoned = `pg_typeof(${highest}) = CAST('timestamp with time zone' AS regtype)`;
  return `CASE WHEN ${isZoned} THEN ${zoned} ELSE CAST(${highest} AS timestamp) END`;
}

function lessLag(lag: Lag | undefined, type: ReturnType<typeof rangeType>): string {
  if (lag === undefined) return "";
  if (lag.kind === "number") return ` - ${lag.amount}`;
  return type === "date" ? ` - ${lag.seconds / 86_400}` : ` - interval '${lag.seconds} seconds'`;
}

function textOf(value: string, type: ReturnType<typeof rangeType>): string {
  return type === "numeric" ? `CAST(${value} AS text)` : `to_char(${value}, '${FORMATS[type]}')`;
}

function scaleOf(type: Type): number {
  return type.kind === "decimal" ? type.scale : 0;
}

/** The lowest and the highest value of a type. Literals without a type take that of the column, so that an index can be used. */
function boundsOf(type: Type): readonly [lowest: string, highest: string] {
  switch (type.kind) {
    case "int":
      return ["CAST('-2147483648' AS bigint)", "CAST('2147483647' AS bigint)"];
    case "long":
      return ["CAST('-9223372036854775808' AS bigint)", "CAST('9223372036854775807' AS bigint)"];
    case "decimal":
      return [`-${largest(type)}`, largest(type)];
    case "date":
      return ["'0001-01-01'", "'9999-12-31'"];
    default:
      return ["'0001-01-01T00:00:00Z'", "'9999-12-31T23:59:59.999999Z'"];
  }
}

function largest({ precision, scale }: Extract<Type, { readonly kind: "decimal" }>): string {
  return `${"9".repeat(precision - scale) || "0"}.${"9".repeat(scale) || "0"}`;
}

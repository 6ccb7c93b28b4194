/** The range of a PostgreSQL table, read in one snapshot with the highest value that bounds it. */
import pg from "pg";
import { postgresName, unusedName } from "../../codegen/shared/postgres-query.ts";
import { rangeOf, type WatermarkType, watermarkOf, watermarkText } from "../watermark.ts";
import { columnTypeError, type RangeRequest } from "./range.ts";

export interface RangedTable {
  readonly highest: bigint | undefined;
  /** The condition of the rows of the load. */
  readonly condition: string;
  /** The condition of the rows that the next load contains again. */
  readonly tailCondition: string;
}

const { builtins } = pg.types;

/** How a type of PostgreSQL is compared. */
interface Ordered {
  /** The casts of a bound from its text: to the column's own type, so that an index can be used. */
  readonly bound: string;
  readonly declared: readonly WatermarkType["kind"][];
  /** The text of a value as in load records; `%` is the value. */
  readonly text: string;
}

const INTEGER: Ordered = { bound: "numeric::int8", declared: ["int", "long", "decimal"], text: "(%)::text" };

const ORDERED: Readonly<Record<number, Ordered>> = {
  [builtins.INT2]: INTEGER,
  [builtins.INT4]: INTEGER,
  [builtins.INT8]: INTEGER,
  [builtins.NUMERIC]: { bound: "numeric", declared: ["int", "long", "decimal"], text: "(%)::text" },
  [builtins.DATE]: { bound: "date", declared: ["date"], text: `to_char(%, 'YYYY-MM-DD')` },
  [builtins.TIMESTAMP]: {
    bound: "timestamp",
    declared: ["timestamp"],
    text: `to_char(%, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  },
  // The session's time zone is UTC.
  [builtins.TIMESTAMPTZ]: {
    bound: "timestamptz",
    declared: ["timestamp"],
    text: `to_char(%, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  },
};

/**
 * Begins a snapshot, finds the highest value in it, and says which rows belong to the load. Values reach the server as
 * parameters: `COPY` takes none, so they are settings of the transaction.
 */
export async function beginRange(
  client: pg.Client,
  { schema, table }: { readonly schema: string; readonly table: string },
  columns: readonly string[],
  request: RangeRequest,
): Promise<RangedTable> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const column = postgresName(request.column);
  const from = `FROM ${postgresName(schema)}.${postgresName(table)} AS ${postgresName(unusedName("source", columns))}`;
  const ordered = await orderOf(client, `SELECT ${column} ${from} LIMIT 0`, request);
  const parameter = (name: string) => `current_setting('medalc.${name}')::${ordered.bound}`;
  const { lowest, highest: most } = boundsOf(request.type, ordered);
  await set(client, "lowest", watermarkText(lowest, request.type));
  await set(client, "most", watermarkText(most, request.type));
  const inRange = `${column} >= ${parameter("lowest")} AND ${column} <= ${parameter("most")}`;
  await checkDigits(client, `SELECT ${column} ${from} WHERE ${inRange}`, ordered, request);

  const text = ordered.text.replace("%", `max(${column})`);
  const { rows } = await client.query({ text: `SELECT ${text} ${from} WHERE ${inRange}`, rowMode: "array" });
  const found: unknown = rows[0]?.[0];
  const highest = typeof found === "string" ? watermarkOf(found, request.type) : undefined;
  if (typeof found === "string" && highest === undefined) throw new Error(`${found} is no ${request.type.kind}`);
  request.onHighest(highest);

  // Values that the declared type does not have cannot be told from missing ones: their rows are part of each load.
  const without = `${column} IS NULL OR ${column} < ${parameter("lowest")} OR ${column} > ${parameter("most")}`;
  if (highest === undefined) return { highest, condition: without, tailCondition: without };
  await set(client, "from", watermarkText(request.from ?? lowest, request.type));
  await set(client, "next", watermarkText(request.nextFrom(highest), request.type));
  await set(client, "to", watermarkText(highest, request.type));
  const between = (start: string) =>
    `(${column} >= ${parameter(start)} AND ${column} <= ${parameter("to")}) OR ${without}`;
  return { highest, condition: between("from"), tailCondition: between("next") };
}

async function set(client: pg.Client, name: string, value: string): Promise<void> {
  await client.query("SELECT set_config($1, $2, true)", [`medalc.${name}`, value]);
}

/** Throws if the column's type has another order than the declared one. */
async function orderOf(client: pg.Client, query: string, request: RangeRequest): Promise<Ordered> {
  const { fields } = await client.query(query);
  const [field] = fields;
  if (field === undefined) throw new Error("the query has no column");
  const { dataTypeID: type, dataTypeModifier: modifier } = field;
  const ordered = ORDERED[type];
  const isFine = ordered?.declared.includes(request.type.kind) === true;
  if (ordered !== undefined && isFine && !hasTooManyDigits(type, modifier, request.type)) return ordered;
  const { rows } = await client.query("SELECT format_type($1, $2) AS name", [type, modifier]);
  throw columnTypeError(request, String(rows[0]?.name));
}

function hasTooManyDigits(type: number, modifier: number, declared: WatermarkType): boolean {
  if (type !== builtins.NUMERIC || modifier < 0) return false;
  return ((modifier - 4) & 0x7ff) > scaleOf(declared);
}

function scaleOf(type: WatermarkType): number {
  return type.kind === "decimal" ? type.scale : 0;
}

/** Values of `numeric` without a scale: one with more digits than the declared type would be rounded, and then have another place in the order. */
async function checkDigits(client: pg.Client, values: string, ordered: Ordered, request: RangeRequest): Promise<void> {
  if (ordered.bound !== "numeric") return;
  const column = postgresName(request.column);
  const scale = scaleOf(request.type);
  const hasMore = request.type.kind === "decimal" ? `${column} <> trunc(${column}, ${scale})` : `scale(${column}) > 0`;
  const { rows } = await client.query({ text: `${values} AND ${hasMore} LIMIT 1`, rowMode: "array" });
  const [value] = rows[0] ?? [];
  if (value !== undefined) throw columnTypeError(request, `numeric with the value ${value}`);
}

/** The values that both the declared type and that of the bounds have. */
function boundsOf(type: WatermarkType, { bound }: Ordered): { readonly lowest: bigint; readonly highest: bigint } {
  const declared = rangeOf(type);
  if (bound !== INTEGER.bound) return declared;
  const unit = 10n ** BigInt(scaleOf(type));
  const { lowest, highest } = rangeOf({ kind: "long" });
  return {
    lowest: declared.lowest > lowest * unit ? (declared.lowest / unit) * unit : lowest * unit,
    highest: declared.highest < highest * unit ? (declared.highest / unit) * unit : highest * unit,
  };
}

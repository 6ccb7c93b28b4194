/**
 * Reads a bronze row by its schema: each column's text becomes a value, or a reason why the row is rejected. Contains
 * the grammar of every type.
 */

/** A column type: the value of a (trimmed) text, undefined if the text is invalid. */
export interface ColumnType<T> {
  readonly name: string;
  readonly parse: (text: string) => T | undefined;
  /** A placeholder for the value in a row that is rejected anyway. */
  readonly filler: T;
  /** The text is used unchanged, including spaces and empty texts. */
  readonly verbatim?: boolean;
}

export const string: ColumnType<string> = { name: "string", parse: (text) => text, filler: "", verbatim: true };

export const int: ColumnType<number> = {
  name: "int",
  parse(text) {
    const value = /^[+-]?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    return value >= -(2 ** 31) && value < 2 ** 31 ? value : undefined;
  },
  filler: 0,
};

/** decimal(10,2), in cents. */
export const money: ColumnType<bigint> = {
  name: "decimal(10,2)",
  parse(text) {
    const parts = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))$/.exec(text);
    if (parts === null) return undefined;
    const [, sign, whole = "0", afterWhole, alone] = parts;
    const fraction = (afterWhole ?? alone ?? "").padEnd(3, "0");
    const cents = BigInt(whole + fraction.slice(0, 2)) + (Number(fraction[2]) >= 5 ? 1n : 0n);
    return cents < 10n ** 10n ? (sign === "-" ? -cents : cents) : undefined;
  },
  filler: 0n,
};

export const double: ColumnType<number> = {
  name: "double",
  parse(text) {
    const value = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : Number.NaN;
    return Number.isFinite(value) ? value : undefined;
  },
  filler: 0,
};

/** Microseconds since 1970, UTC. */
export const timestamp: ColumnType<number> = {
  name: "timestamp",
  parse(text) {
    const parts =
      /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6}))?(?:Z|([+-])([0-9]{2}):?([0-9]{2}))?$/.exec(
        text,
      );
    if (parts === null) return undefined;
    const [, date, time, fraction = "", sign, hours = "0", minutes = "0"] = parts;
    const millis = Date.parse(`${date}T${time}Z`);
    // Date.parse accepts the 31st of a short month, and 24:00.
    if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 19) !== `${date}T${time}`) return undefined;
    const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60 : 60);
    return (millis / 1000 - offset) * 1e6 + Number(fraction.padEnd(6, "0"));
  },
  filler: 0,
};

export function oneOf<Value extends string>(name: string, values: readonly [Value, ...Value[]]): ColumnType<Value> {
  return { name, parse: (text) => values.find((value) => value === text), filler: values[0] };
}

/** The texts of one row, read column by column in declared order. */
export interface Fields {
  required<T>(column: string, type: ColumnType<T>): T;
  optional<T>(column: string, type: ColumnType<T>): T | null;
}

export type BronzeRow<Row> =
  | { readonly kind: "row"; readonly row: Row }
  | { readonly kind: "rejected"; readonly reason: string };

/** A bronze table's schema. */
export interface Reader<Row> {
  readonly columns: readonly string[];
  /** Reads a row; the number of texts must equal the number of columns. */
  read(values: readonly (string | null)[]): BronzeRow<Row>;
}

/** Creates the schema of the columns that `row` reads, in its order. */
export function createReader<Row>(row: (fields: Fields) => Row): Reader<Row> {
  const columns: string[] = [];
  row({
    required(column, type) {
      columns.push(column);
      return type.filler;
    },
    optional(column) {
      columns.push(column);
      return null;
    },
  });

  return {
    columns,
    read(values) {
      if (values.length !== columns.length) return { kind: "rejected", reason: "malformed record" };
      const reasons: string[] = [];
      const optional = <T>(column: string, type: ColumnType<T>): T | null => {
        const text = values[columns.indexOf(column)] ?? null;
        if (text === null || type.verbatim) return text === null ? null : (type.parse(text) ?? null);
        const trimmed = text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
        if (trimmed === "") return null;
        const value = type.parse(trimmed);
        if (value === undefined) reasons.push(`${column} is not ${type.name}`);
        return value ?? null;
      };
      const required = <T>(column: string, type: ColumnType<T>): T => {
        const before = reasons.length;
        const value = optional(column, type);
        if (value === null && reasons.length === before) reasons.push(`${column} is missing`);
        return value ?? type.filler;
      };
      const read = row({ required, optional });
      return reasons.length === 0 ? { kind: "row", row: read } : { kind: "rejected", reason: reasons.join("; ") };
    },
  };
}

/**
 * The values of the column that says what is new, exactly: whole numbers in the unit of the column's type, which are
 * digits, units of the last digit, days or microseconds. Texts are those of load records; see docs/language/time.md.
 */
import type { Lag } from "../plan/program.ts";
import type { Type } from "../types.ts";

/** A type that the column can have. */
export type WatermarkType = Extract<Type, { readonly kind: "int" | "long" | "decimal" | "date" | "timestamp" }>;

export function watermarkType(type: Type): WatermarkType {
  switch (type.kind) {
    case "int":
    case "long":
    case "decimal":
    case "date":
    case "timestamp":
      return type;
    default:
      throw new Error(`a column of type ${type.kind} has no order`);
  }
}

const DAY = 86_400_000;
const MICROSECONDS = 1000n;

/** The value of a text of a record; undefined if it is not a value of the type. */
export function watermarkOf(text: string, type: WatermarkType): bigint | undefined {
  const value = parsed(text, type);
  const { lowest, highest } = rangeOf(type);
  return value !== undefined && value >= lowest && value <= highest ? value : undefined;
}

function parsed(text: string, type: WatermarkType): bigint | undefined {
  switch (type.kind) {
    case "int":
    case "long":
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    case "decimal": {
      const [, sign, whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
      if (whole === "" || /[^0]/.test(fraction.slice(type.scale))) return undefined;
      return BigInt(`${sign}${whole}${fraction.slice(0, type.scale).padEnd(type.scale, "0")}`);
    }
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(text) ? dayOf(text) : undefined;
    case "timestamp": {
      const [, day = "", time, fraction = ""] =
        /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text) ?? [];
      if (time === undefined || dayOf(day) === undefined) return undefined;
      const milliseconds = Date.parse(`${day}T${time}Z`);
      if (Number.isNaN(milliseconds) || time.startsWith("24")) return undefined;
      return BigInt(milliseconds) * MICROSECONDS + BigInt(fraction.padEnd(6, "0"));
    }
    default:
      return type satisfies never;
  }
}

function dayOf(text: string): bigint | undefined {
  const time = Date.parse(`${text}T00:00:00Z`);
  // JavaScript takes February 30 for March 2.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) return undefined;
  return BigInt(Math.floor(time / DAY));
}

/** The text of a value in records: the inverse of `watermarkOf`. */
export function watermarkText(value: bigint, type: WatermarkType): string {
  switch (type.kind) {
    case "int":
    case "long":
      return String(value);
    case "decimal": {
      const digits = String(value < 0n ? -value : value).padStart(type.scale + 1, "0");
      const sign = value < 0n ? "-" : "";
      if (type.scale === 0) return `${sign}${digits}`;
      return `${sign}${digits.slice(0, -type.scale)}.${digits.slice(-type.scale)}`;
    }
    case "date":
      return new Date(Number(value) * DAY).toISOString().slice(0, 10);
    case "timestamp": {
      const fraction = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n;
      const seconds = new Date(Number((value - fraction) / MICROSECONDS)).toISOString().slice(0, 19);
      return `${seconds}.${String(fraction).padStart(6, "0")}Z`;
    }
    default:
      return type satisfies never;
  }
}

/** The values that the type has. */
export function rangeOf(type: WatermarkType): { readonly lowest: bigint; readonly highest: bigint } {
  switch (type.kind) {
    case "int":
      return { lowest: -(2n ** 31n), highest: 2n ** 31n - 1n };
    case "long":
      return { lowest: -(2n ** 63n), highest: 2n ** 63n - 1n };
    case "decimal": {
      const highest = 10n ** BigInt(type.precision) - 1n;
      return { lowest: -highest, highest };
    }
    case "date":
      return { lowest: FIRST_DAY, highest: LAST_DAY };
    case "timestamp":
      return { lowest: FIRST_DAY * DAY_MICROSECONDS, highest: (LAST_DAY + 1n) * DAY_MICROSECONDS - 1n };
    default:
      return type satisfies never;
  }
}

const FIRST_DAY = BigInt(Date.parse("0001-01-01T00:00:00Z") / DAY);
const LAST_DAY = BigInt(Date.parse("9999-12-31T00:00:00Z") / DAY);
const DAY_MICROSECONDS = BigInt(DAY) * MICROSECONDS;

/** The value less the lag, and not below the lowest value of the type. */
export function lessLag(value: bigint, lag: Lag | undefined, type: WatermarkType): bigint {
  const { lowest } = rangeOf(type);
  const less = value - (lag === undefined ? 0n : lagIn(lag, type));
  return less < lowest ? lowest : less;
}

function lagIn(lag: Lag, type: WatermarkType): bigint {
  if (lag.kind === "number") return BigInt(lag.amount) * (type.kind === "decimal" ? 10n ** BigInt(type.scale) : 1n);
  const seconds = BigInt(lag.seconds);
  return type.kind === "date" ? seconds / 86_400n : seconds * 1_000_000n;
}

/** The value of the column that says what is new in a text of the source, by the grammar of docs/language/semantics.md. */
import { objectOf } from "../read-json.ts";
import { rangeOf, type WatermarkType, watermarkOf } from "../watermark.ts";

/** Undefined for a text that has no value of the type; it is rejected when the table is built. */
export function columnValue(text: string | null | undefined, type: WatermarkType): bigint | undefined {
  const trimmed = text?.replace(/^[\t\n\v\f\r ]+|[\t\n\v\f\r ]+$/g, "") ?? "";
  const value = parsed(trimmed, type);
  const { lowest, highest } = rangeOf(type);
  return value !== undefined && value >= lowest && value <= highest ? value : undefined;
}

/** The text in an object of Extended JSON; any other text as it is. */
export function withoutExtendedJson(text: string): string {
  if (!text.startsWith("{")) return text;
  const value = objectOf(JSON.parse(text));
  const [[name, content] = [], ...others] = Object.entries(value ?? {});
  if (name === undefined || others.length > 0) return text;
  if (name === "$date") return dateText(objectOf(content)?.$numberLong ?? content) ?? text;
  return ["$numberInt", "$numberLong", "$numberDecimal", "$numberDouble"].includes(name) ? String(content) : text;
}

function dateText(content: unknown): string | undefined {
  const isText = typeof content === "string" && !/^-?\d+$/.test(content);
  if (isText) return content;
  const date = new Date(Number(content));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function parsed(text: string, type: WatermarkType): bigint | undefined {
  switch (type.kind) {
    case "int":
    case "long":
      return /^[+-]?\d+$/.test(text) ? BigInt(text.replace("+", "")) : undefined;
    case "decimal":
      return decimal(text, type.scale);
    case "date":
      return watermarkOf(text, type) ?? midnight(text);
    case "timestamp":
      return instant(text);
    default:
      return type satisfies never;
  }
}

/** Rounded half away from zero. */
function decimal(text: string, scale: number): bigint | undefined {
  const [, sign, whole = "", fraction = ""] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0"));
  const rounded = (fraction[scale] ?? "0") >= "5" ? digits + 1n : digits;
  return sign === "-" ? -rounded : rounded;
}

/** An instant of MongoDB at midnight is a date. */
function midnight(text: string): bigint | undefined {
  const [, day = ""] = /^(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?Z$/.exec(text) ?? [];
  return watermarkOf(day, { kind: "date" });
}

const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?:(:\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d)(?::?([0-5]\d))?)?)?$/;

function instant(text: string): bigint | undefined {
  const [, day, minutes, seconds = ":00", fraction = "", sign, hours = "0", more = "0"] = INSTANT.exec(text) ?? [];
  if (day === undefined || Number(hours) > 14) return undefined;
  const local = watermarkOf(`${day}T${minutes}${seconds}.${fraction.slice(0, 6).padEnd(6, "0")}Z`, {
    kind: "timestamp",
  });
  if (local === undefined) return undefined;
  const offset = BigInt(Number(hours) * 60 + Number(more)) * 60_000_000n;
  return sign === "-" ? local + offset : local - offset;
}

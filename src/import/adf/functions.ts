/** The deterministic functions of Data Factory's expressions, by lower-case name. */
import { asText, isList, type Json } from "./value.ts";

/** Undefined for invalid arguments. */
export type PureFunction = (...args: readonly Json[]) => Json | undefined;

/** Maximum length of a list: a range of a billion is not a list of tables. */
const LONGEST_RANGE = 10_000;

const onText =
  (apply: (text: string) => Json): PureFunction =>
  (value) =>
    typeof value === "string" ? apply(value) : undefined;

const onTexts =
  (apply: (first: string, second: string) => Json): PureFunction =>
  (first, second) =>
    typeof first === "string" && typeof second === "string" ? apply(first, second) : undefined;

const onNumbers =
  (apply: (first: number, second: number) => Json): PureFunction =>
  (first, second) =>
    typeof first === "number" && typeof second === "number" ? apply(first, second) : undefined;

const onBools =
  (apply: (first: boolean, second: boolean) => Json): PureFunction =>
  (first, second) =>
    typeof first === "boolean" && typeof second === "boolean" ? apply(first, second) : undefined;

const BOOLS = new Map<string, Json>([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

export const functions: ReadonlyMap<string, PureFunction> = new Map<string, PureFunction>([
  ["concat", (...args) => (args.every((each) => isList(each)) ? args.flat() : args.map(asText).join(""))],
  ["string", (value) => (value === undefined ? undefined : asText(value))],
  ["tolower", onText((text) => text.toLowerCase())],
  ["toupper", onText((text) => text.toUpperCase())],
  ["trim", onText((text) => text.trim())],
  ["replace", replace],
  ["split", onTexts((text, separator) => text.split(separator))],
  ["substring", substring],
  ["startswith", onTexts((text, start) => text.toLowerCase().startsWith(start.toLowerCase()))],
  ["endswith", onTexts((text, end) => text.toLowerCase().endsWith(end.toLowerCase()))],
  ["json", onText(parsed)],
  ["int", (value) => (/^-?\d{1,15}$/.test(asText(value ?? null)) ? Number(value) : undefined)],
  ["bool", (value) => BOOLS.get(asText(value ?? null).toLowerCase())],
  ["createarray", (...args) => args],
  ["array", (value) => (value === undefined ? undefined : [value])],
  ["range", range],
  ["coalesce", (...args) => args.find((each) => each !== null) ?? null],
  ["equals", (first, second) => JSON.stringify(first) === JSON.stringify(second)],
  ["greater", onNumbers((first, second) => first > second)],
  ["greaterorequals", onNumbers((first, second) => first >= second)],
  ["less", onNumbers((first, second) => first < second)],
  ["lessorequals", onNumbers((first, second) => first <= second)],
  ["add", onNumbers((first, second) => first + second)],
  ["sub", onNumbers((first, second) => first - second)],
  ["and", onBools((first, second) => first && second)],
  ["or", onBools((first, second) => first || second)],
  ["not", (value) => (typeof value === "boolean" ? !value : undefined)],
  ["empty", (value) => size(value) === 0],
  ["length", size],
  ["first", (value) => (typeof value === "string" || isListOrNot(value) ? value[0] : undefined)],
  ["last", (value) => (typeof value === "string" || isListOrNot(value) ? value.at(-1) : undefined)],
  ["contains", contains],
  ["join", (list, by) => (isListOrNot(list) && typeof by === "string" ? list.map(asText).join(by) : undefined)],
]);

function isListOrNot(value: Json | undefined): value is readonly Json[] {
  return value !== undefined && isList(value);
}

function replace(text?: Json, from?: Json, to?: Json): Json | undefined {
  if (typeof text !== "string" || typeof from !== "string" || typeof to !== "string" || from === "") return undefined;
  return text.split(from).join(to);
}

function substring(text?: Json, start?: Json, length?: Json): Json | undefined {
  if (typeof text !== "string" || typeof start !== "number") return undefined;
  const end = typeof length === "number" ? start + length : text.length;
  return start >= 0 && end <= text.length ? text.slice(start, end) : undefined;
}

function range(start?: Json, count?: Json): Json | undefined {
  if (typeof start !== "number" || typeof count !== "number" || count < 0 || count > LONGEST_RANGE) return undefined;
  return Array.from({ length: Math.floor(count) }, (_, at) => start + at);
}

function contains(where?: Json, what?: Json): Json | undefined {
  if (typeof where === "string") return where.includes(asText(what ?? null));
  if (isListOrNot(where)) return where.some((each) => JSON.stringify(each) === JSON.stringify(what));
  if (typeof where === "object" && where !== null) return Object.hasOwn(where, asText(what ?? null));
  return undefined;
}

function size(value?: Json): number | undefined {
  if (value === null) return 0;
  if (typeof value === "string" || isListOrNot(value)) return value.length;
  return typeof value === "object" ? Object.keys(value).length : undefined;
}

function parsed(text: string): Json {
  // A text that is not JSON evaluates to itself; its members are unknown.
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

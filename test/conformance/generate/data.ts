/**
 * Generates rows for a program: few different values, so that keys match and repeat, taken from the program's constants
 * and from values that fit the columns of other types, so that some conditions are true and casts succeed.
 */
import { typeOfNumber } from "../../../src/functions/decimals.ts";
import type { BronzePlan, Column, Program } from "../../../src/plan/program.ts";
import { isNumeric } from "../../../src/types.ts";
import type { Rows, TextRow } from "./bronze.ts";
import { type Choices, createChoices } from "./choices.ts";

/** Numbers of every numeric type; conditions are more likely to be true for one of them than for others. */
const NUMBERS = ["1", "2", "0", "3"];
/** Some of them are also values of the enum. */
const WORDS = ["good", "bad", "a", "b"];
const TIMES = ["2018-01-31", "2018-02-01", "2020-02-29", "2018-12-31", "2019-01-01"];
const SIZES = [2, 3, 4, 8, 16];
const DENSE_SIZES = [4, 8, 16];

/** The rows for the numbers. */
export function rowsFor(program: Program, numbers: readonly number[]): Rows {
  const choices = createChoices(numbers);
  const found = constantsIn(program);
  const favourite = (list: readonly string[]): readonly string[] =>
    Array.from({ length: 1 + choices.below(3) }, () => choices.pick(list));
  const pools = {
    number: favourite(choices.chance(60) ? NUMBERS : [...NUMBERS, ...found.filter(isNumber)]),
    time: favourite([...TIMES, ...found.filter(isTime)]),
    text: favourite(choices.chance(60) ? WORDS : [...WORDS, ...found]),
  };
  const nulls = choices.pick([0, 0, 20]);
  const styled = choices.chance(60);
  const names = new Set(program.bronze.flatMap(({ columns }) => columns.map(({ name }) => name)));
  const styles = new Map([...names].map((name) => [name, styled ? choices.pick(STYLES) : "free"]));
  return Object.fromEntries(
    program.bronze.map((bronze) => [`bronze.${bronze.name}`, rowsOf(bronze, { choices, pools, nulls, styles, found })]),
  );
}

/** Many rows of two values per type and null, for programs whose constants are those values: conditions are often true. */
export function denseRowsFor(
  { bronze }: Program,
  values: (type: Column["type"]) => readonly [string, string],
  numbers: readonly number[],
): Rows {
  const choices = createChoices(numbers);
  const count = choices.pick(DENSE_SIZES);
  const cell = ({ type, nullable }: Column): string | null =>
    nullable && choices.chance(10) ? null : textOf(choices.pick(values(type)), type);
  const rowsOf = ({ columns, key = [] }: BronzePlan): readonly TextRow[] =>
    withUniqueKeys(
      Array.from({ length: count }, () => columns.map(cell)),
      columns,
      key,
    );
  return Object.fromEntries(bronze.map((each) => [`bronze.${each.name}`, rowsOf(each)]));
}

/** Arbitrary, specific to the row (so that columns are equal to each other), or the same in all rows. */
type Style = "free" | "own" | "same";
const STYLES: readonly Style[] = ["own", "same", "free"];

interface Making {
  readonly choices: Choices;
  readonly pools: Readonly<Record<"number" | "time" | "text", readonly string[]>>;
  readonly nulls: number;
  /** By column name, in all relations. */
  readonly styles: ReadonlyMap<string, Style>;
  readonly found: readonly string[];
}

function rowsOf({ columns, key = [] }: BronzePlan, making: Making): readonly TextRow[] {
  const { choices } = making;
  const pools = columns.map((column) => poolOf(column, making));
  const cell = (at: number, own: number): string | null => {
    const [pool = [], column] = [pools[at], columns[at]];
    const style = making.styles.get(column?.name ?? "") ?? "free";
    if (column === undefined || (column.nullable && choices.chance(making.nulls))) return null;
    if (style === "free") return choices.pick(pool);
    const place = style === "own" ? own : 0;
    const known = (isNumeric(column.type) ? NUMBERS : WORDS)[place] ?? "0";
    return fits(known, column.type) ? textOf(known, column.type) : (pool[place % pool.length] ?? null);
  };
  const rows: TextRow[] = [];
  const count = choices.pick(SIZES);
  while (rows.length < count) {
    const like = rows.length > 0 && choices.chance(70) ? choices.pick(rows) : undefined;
    const own = choices.below(4);
    const changed = columns.map(({ name }) => making.styles.get(name) !== "free" || choices.chance(20));
    rows.push(columns.map((_, at) => (like === undefined || changed[at] ? cell(at, own) : (like[at] ?? null))));
  }
  return withUniqueKeys(rows, columns, key);
}

/** The first row for each key. */
function withUniqueKeys(
  rows: readonly TextRow[],
  columns: readonly Column[],
  key: readonly string[],
): readonly TextRow[] {
  const places = key.map((name) => columns.findIndex((column) => column.name === name));
  if (key.length === 0) return rows;
  const keys = rows.map((row) => JSON.stringify(places.map((at) => row[at])));
  return rows.filter((_, at) => keys.indexOf(keys[at] ?? "") === at);
}

/** The values that a column can have. */
function poolOf({ type }: Column, { choices, pools, found }: Making): readonly string[] {
  const varied = choices.chance(50);
  switch (type.kind) {
    case "bool":
      return varied ? ["true", "false"] : [choices.pick(["true", "false"])];
    case "enum":
      return varied ? type.values : [choices.pick(type.values)];
    case "date":
      return (varied ? [...pools.time, ...TIMES] : pools.time).map((each) => each.slice(0, 10));
    case "timestamp":
      return (varied ? [...pools.time, ...TIMES] : pools.time).map(asInstant);
    case "string":
      return varied ? [...pools.text, ...found, ...NUMBERS] : pools.text;
    default: {
      const list = varied ? [...NUMBERS, ...pools.number, ...found.filter(isNumber)] : pools.number;
      const fitting = list.filter((each) => fits(each, type));
      return fitting.length > 0 ? fitting.map((each) => textOf(each, type)) : ["1"];
    }
  }
}

const asInstant = (text: string): string => (text.length === 10 ? `${text}T00:00:00Z` : text);
const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);
const isTime = (text: string): boolean => /^\d{4}-\d{2}-\d{2}/.test(text);

function fits(text: string, type: Column["type"]): boolean {
  if (type.kind === "string" || type.kind === "double") return true;
  if (type.kind === "enum") return type.values.includes(text);
  const found = isNumeric(type) ? typeOfNumber(text) : undefined;
  if (found === undefined) return false;
  if (type.kind === "int") return found.kind === "int";
  if (type.kind === "long") return found.kind === "int" || found.kind === "long";
  if (type.kind !== "decimal") return false;
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  return fraction.length <= type.scale && whole.length <= type.precision - type.scale;
}

/** With the digits of its type, so that equal numbers are equal texts. */
function textOf(text: string, type: Column["type"]): string {
  return type.kind === "decimal"
    ? Number(text).toFixed(type.scale)
    : type.kind === "double"
      ? String(Number(text))
      : text;
}

/** Every constant in the steps, as text. */
function constantsIn({ tables }: Program): readonly string[] {
  const found = new Set<string>();
  JSON.stringify(
    tables.map(({ steps }) => steps),
    (_, value) => {
      if (value?.kind === "literal" && typeof value.value === "string") {
        found.add(value.value);
        // The sign of a number may be a call.
        if (isNumber(value.value) && Number(value.value) !== 0)
          found.add(value.value.startsWith("-") ? value.value.slice(1) : `-${value.value}`);
      }
      return value;
    },
  );
  return [...found];
}

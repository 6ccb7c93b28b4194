/**
 * Values of generated programs: expressions as text with what the compiler knows about them, and constants of each
 * type.
 */
import { typeOfNumber } from "../../../src/functions/decimals.ts";
import type { ArgumentInfo } from "../../../src/functions/entry.ts";
import { BOOL, DATE, DOUBLE, STRING, TIMESTAMP, type Type, type TypeKind } from "../../../src/types.ts";
import type { Choices } from "./choices.ts";

/** An expression as text. */
export interface Value extends ArgumentInfo {
  readonly text: string;
  /** Whether it is an operand without parentheses. */
  readonly operand: boolean;
  /**
   * Whether its last digits depend on the order of rows or on the engine: such a value is passed on, but nothing
   * depends on it.
   */
  readonly fuzzy: boolean;
}

export type Kind = Exclude<TypeKind, "binary" | "null" | "error">;

export const KINDS: readonly Kind[] = [
  "int",
  "string",
  "decimal",
  "bool",
  "double",
  "long",
  "date",
  "timestamp",
  "enum",
];

export const MOOD: Type = { kind: "enum", name: "Mood", values: ["good", "bad", "so so"] };
export const MOOD_TEXT = `enum Mood { good, bad, "so so" }`;

export function isKind(kind: string): kind is Kind {
  return KINDS.some((each) => each === kind);
}

/** Texts that differ in spaces, case, length, digits and emptiness. */
export const TEXTS = ["a", "b", "", "A", " a", "10", "x/y", "é", "2018-01-31", "-0.50"] as const;

export function constant(kind: Kind, choices: Choices): Value {
  switch (kind) {
    case "int":
      return number(choices.pick(["1", "0", "2", "3", "10", "-1"]));
    case "long":
      return number(choices.pick(["3000000000", "9007199254740992", "9007199254740993", "-3000000000"]));
    case "decimal":
      return number(choices.pick(["1.00", "0.50", "2.5", "10.25", "-1.5", "0.00"]));
    case "double":
      return made(`${choices.pick(["1.0", "0.5", "2.25", "-1.5", "0.0"])} as double`, DOUBLE);
    case "string":
      return text(choices.pick(TEXTS));
    case "bool":
      return bool(choices.pick([true, false]));
    case "date":
      return made(`date(${choices.pick(["2018, 1, 31", "2018, 2, 1", "2020, 2, 29"])})`, DATE, true);
    case "timestamp":
      return made(`"${choices.pick(["2018-01-31T23:59:59Z", "2018-02-01T00:00:00Z"])}" as timestamp`, TIMESTAMP);
    case "enum": {
      const value = choices.pick(["good", "bad"]);
      return { text: `Mood.${value}`, operand: true, fuzzy: false, type: MOOD, nullable: false, literal: value };
    }
    default:
      return kind satisfies never;
  }
}

/** The constant for a program text: a number, or a text in quotes. */
export function literal(source: string): Value {
  return source.startsWith('"') ? text(JSON.parse(source)) : number(source);
}

function number(digits: string): Value {
  const type = typeOfNumber(digits);
  if (type === undefined) throw new Error(`${digits} has no type`);
  return { text: digits, operand: !digits.startsWith("-"), fuzzy: false, type, nullable: false, literal: digits };
}

function text(value: string): Value {
  return {
    text: JSON.stringify(value),
    operand: true,
    fuzzy: false,
    type: STRING,
    nullable: false,
    literal: value,
  };
}

function bool(value: boolean): Value {
  return { text: String(value), operand: true, fuzzy: false, type: BOOL, nullable: false, literal: value };
}

function made(text: string, type: Type, operand = false): Value {
  // `date(y, m, d)` is null if the date does not exist.
  return { text, operand, fuzzy: false, type, nullable: type.kind === "date" };
}

/** The text as an operand. */
export function operand({ text, operand }: Value): string {
  return operand ? text : `(${text})`;
}

/**
 * Constants by function and parameter: for parameters that require one, and for those where arbitrary values would fail
 * or use too much memory. All other parameters take any value of their kind.
 */
export const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  "/ 1": ["2", "4", "0.5"],
  "% 1": ["2", "3"],
  "div 1": ["2", "3"],
  "pmod 1": ["3", "2"],
  "round 1": ["1", "0", "2"],
  "power 1": ["2", "0.5"],
  "substring 1": ["1", "2"],
  "substring 2": ["1", "2", "0"],
  "left 1": ["1", "2", "0"],
  "right 1": ["1", "2", "0"],
  "repeat 1": ["2", "1", "0"],
  "lpad 1": ["3", "1", "0"],
  "lpad 2": ['"0"', '"é"'],
  "rpad 1": ["3", "1", "0"],
  "rpad 2": ['"0"', '" "'],
  "replace 1": ['"a"', '"1"', '" "'],
  "split_part 1": ['"/"', '"a"'],
  "split_part 2": ["1", "2"],
  "concat_ws 0": ['"-"', '""'],
  "add_days 1": ["1", "-31"],
  "add_months 1": ["1", "-12"],
  "from_epoch_seconds 0": ["0", "1500000000"],
  "regexp_like 1": ['"[0-9]+"', '"^a"', '"a|b$"'],
  "regexp_extract 1": ['"([0-9]+)"', '"(a)|(b)"'],
  "regexp_extract 2": ["0", "1"],
  "regexp_replace 1": ['"[0-9]"', '"a+"'],
  "regexp_replace 2": ['"#"', '""'],
  "format_date 1": ['"yyyy-MM-dd"', '"dd/MM/yyyy"', '"HH:mm:ss"'],
};

/** Functions whose results may differ between engines in the last digit. */
export const INEXACT: ReadonlySet<string> = new Set(["exp", "ln", "power"]);

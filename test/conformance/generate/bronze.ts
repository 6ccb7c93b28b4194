/**
 * Generates bronze relations and their rows. Columns of all relations come from one list with few values each, so that
 * they share names and values: foreign keys match, miss and repeat. Texts are as in a bronze file.
 */
import { BOOL, DATE, DOUBLE, decimal, INT, LONG, STRING, TIMESTAMP, type Type, typeText } from "../../../src/types.ts";
import { createChoices } from "./choices.ts";
import type { Relation } from "./scope.ts";
import { MOOD, TEXTS } from "./values.ts";

/** A row of texts, in the order of the declared columns. */
export type TextRow = readonly (string | null)[];

/** The rows of the bronze relations, by name: `bronze.a`. */
export type Rows = Readonly<Record<string, readonly TextRow[]>>;

interface Domain {
  readonly name: string;
  readonly type: Type;
  readonly values: readonly string[];
}

const DOMAINS: readonly Domain[] = [
  { name: "k", type: INT, values: ["1", "2", "3", "4"] },
  { name: "l", type: INT, values: ["2", "3", "5"] },
  { name: "amount", type: decimal(6, 2), values: ["1.00", "0.50", "10.25", "-1.50", "0.00", "9999.99"] },
  { name: "code", type: STRING, values: TEXTS },
  { name: "quantity", type: INT, values: ["1", "2", "10", "0"] },
  { name: "flag", type: BOOL, values: ["true", "false"] },
  { name: "mood", type: MOOD, values: ["good", "bad", "so so"] },
  { name: "weight", type: DOUBLE, values: ["0.5", "1.25", "-2", "9007199254740992", "0"] },
  { name: "day", type: DATE, values: ["2018-01-31", "2018-02-01", "2020-02-29", "2018-12-31"] },
  { name: "big", type: LONG, values: ["2", "9007199254740992", "9007199254740993", "-3"] },
  { name: "at", type: TIMESTAMP, values: ["2018-01-31T23:59:59Z", "2018-02-01T00:00:00Z", "2018-02-01T00:00:00.5Z"] },
  {
    name: "wide",
    type: decimal(24, 4),
    values: ["2.0000", "9007199254740993.0000", "9007199254740992.0001", "0.5000"],
  },
];

/** A bronze relation and a generator of its rows. */
export interface Bronze {
  readonly relation: Relation;
  readonly text: string;
  /** A row for each list of numbers; the first of those with the same key. */
  rows(numbers: readonly (readonly number[])[]): readonly TextRow[];
}

/** The maximum number of rows of a bronze relation. */
export const MOST_ROWS = 8;

export function createBronze(name: string, numbers: readonly number[]): Bronze {
  const choices = createChoices(numbers);
  const [first, ...others] = DOMAINS;
  const rest = choices.some(others, 38);
  const chosen = first === undefined || choices.chance(15) ? rest : [first, ...rest];
  const domains = chosen.length === 0 ? DOMAINS.slice(0, 1) : chosen;
  const columns = domains.map(({ name, type }) => ({ name, type, nullable: choices.chance(35), fuzzy: false }));
  const able = columns.filter(({ nullable }) => !nullable).map((column) => column.name);
  const length = choices.pick([1, 0, 2]);
  const key = length === 0 || able.length < length ? undefined : able.slice(0, length);
  const lines = columns.map((column) => `  ${column.name}: ${typeText(column.type, column.nullable)}`);
  const keyLine = key === undefined ? [] : [`  key ${key.length === 1 ? key[0] : `(${key.join(", ")})`}`];
  return {
    relation: { name: `bronze.${name}`, layer: "bronze", columns, key, rows: MOST_ROWS },
    text: [`bronze ${name} from files.json("${name}.jsonl") {`, ...lines, ...keyLine, "}"].join("\n"),
    rows(numbers) {
      const rows = numbers.map((list): TextRow => {
        const { below } = createChoices(list);
        return domains.map(({ values }, at) => {
          const value = below(60);
          return columns[at]?.nullable && value % 4 === 3 ? null : (values[value % values.length] ?? null);
        });
      });
      if (key === undefined) return rows;
      const places = key.map((each) => columns.findIndex((column) => column.name === each));
      // A double may have several texts.
      const value = (at: number, text: string | null | undefined) =>
        columns[at]?.type.kind === "double" ? Number(text) : text;
      const keys = rows.map((row) => JSON.stringify(places.map((at) => value(at, row[at]))));
      return rows.filter((_, at) => keys.indexOf(keys[at] ?? "") === at);
    },
  };
}

/** Comparisons, `in`, `between` and null tests. */
import { BOOL } from "../../types.ts";
import { type ArgumentInfo, at, type FunctionEntry, invalid, type ResultProblem } from "../entry.ts";

/** An enum can only be compared with its own values. */
function checkAgainstEnum(args: readonly ArgumentInfo[]): ResultProblem | undefined {
  for (const { type } of args) {
    if (type.kind !== "enum") continue;
    const stranger = args.find(
      (arg) => arg.type.kind === "string" && typeof arg.literal === "string" && !type.values.includes(arg.literal),
    );
    if (stranger) return invalid(`"${stranger.literal}" is not a value of ${type.name} (${type.values.join(", ")})`);
  }
  return undefined;
}

function checkItems(args: readonly ArgumentInfo[]): ResultProblem | undefined {
  const nothing = args.some((arg, index) => index > 0 && (arg.nullable || arg.type.kind === "null"));
  return nothing ? invalid("a list must not contain null; write `x in [...] or x is null`") : checkAgainstEnum(args);
}

const equality = (
  name: string,
  usage: string,
  doc: string,
  sql: string,
  examples: readonly string[],
): FunctionEntry => ({
  name,
  kind: "operator",
  group: "Comparison",
  usage,
  doc,
  overloads: [
    {
      params: ["T", "T"],
      result: BOOL,
      check: checkAgainstEnum,
      nulls: "strict",
      render: {
        duckdb: at("comparison", `{~0} ${sql} {~1}`),
        spark: at("comparison", `{~0:value} ${name} {~1:value}`),
      },
    },
  ],
  examples,
});

const order = (name: string, doc: string, examples: readonly string[]): FunctionEntry => ({
  name,
  kind: "operator",
  group: "Comparison",
  usage: `a ${name} b`,
  doc,
  overloads: [
    {
      params: ["comparable", "comparable"],
      result: BOOL,
      nulls: "strict",
      render: {
        duckdb: at("comparison", `{~0} ${name} {~1}`),
        spark: at("comparison", `{~0:value} ${name} {~1:value}`),
      },
    },
  ],
  examples,
});

export const comparison: readonly FunctionEntry[] = [
  equality(
    "==",
    "a == b",
    "True if both values are equal. Strings are compared exactly, including spaces and case.",
    "=",
    ['"a" == "a"', "1 == 1.00"],
  ),
  equality("!=", "a != b", "True if the values are not equal.", "<>", ['"a" != "A"', '"a" != "a "']),
  order("<", "True if the first is less than the second. Strings are ordered by code points.", ["1 < 2", '"B" < "a"']),
  order("<=", "True if the first is less than or equal to the second.", ["2 <= 2"]),
  order(">", "True if the first is greater than the second.", ["2 > 1.5"]),
  order(">=", "True if the first is greater than or equal to the second.", ['"b" >= "a"']),
  {
    name: "is null",
    kind: "operator",
    group: "Comparison",
    usage: "x is null",
    doc: "True if the value is null. Never null itself.",
    overloads: [
      {
        params: ["any"],
        result: BOOL,
        nulls: "never",
        render: { duckdb: at("comparison", "{0} IS NULL"), spark: "{0}.isNull()" },
      },
    ],
    examples: ["null is null", 'not ("" is null)'],
  },
  {
    name: "is not null",
    kind: "operator",
    group: "Comparison",
    usage: "x is not null",
    doc: "True if the value is not null. Never null itself.",
    overloads: [
      {
        params: ["any"],
        result: BOOL,
        nulls: "never",
        render: { duckdb: at("comparison", "{0} IS NOT NULL"), spark: "{0}.isNotNull()" },
      },
    ],
    examples: ["0 is not null"],
  },
  {
    name: "in",
    kind: "operator",
    group: "Comparison",
    usage: "x in [a, b]",
    doc: "True if the value is in the list. The list must not contain null.",
    overloads: [
      {
        params: ["T", "T"],
        variadic: true,
        result: BOOL,
        check: checkItems,
        nulls: "strict",
        render: { duckdb: at("comparison", "{~0} IN ({~rest})"), spark: "{~0}.isin({~rest:constant})" },
      },
    ],
    examples: ["2 in [1, 2, 3]", 'not ("b" in ["a"])'],
  },
  {
    name: "not in",
    kind: "operator",
    group: "Comparison",
    usage: "x not in [a, b]",
    doc: "True if the value is not in the list. The list must not contain null.",
    overloads: [
      {
        params: ["T", "T"],
        variadic: true,
        result: BOOL,
        check: checkItems,
        nulls: "strict",
        render: {
          duckdb: at("comparison", "{~0} NOT IN ({~rest})"),
          spark: at("sign", "~{~0}.isin({~rest:constant})"),
        },
      },
    ],
    examples: ["4 not in [1, 2, 3]"],
  },
  {
    name: "between",
    kind: "operator",
    group: "Comparison",
    usage: "x between low and high",
    doc: "True if the value is between the two bounds, inclusive.",
    overloads: [
      {
        params: ["comparable", "comparable", "comparable"],
        result: BOOL,
        nulls: "strict",
        render: {
          duckdb: at("comparison", "{~0} BETWEEN {~1} AND {~2}"),
          spark: "{~0}.between({~1:constant}, {~2:constant})",
        },
      },
    ],
    examples: ["5 between 1 and 5"],
  },
  {
    name: "not between",
    kind: "operator",
    group: "Comparison",
    usage: "x not between low and high",
    doc: "True if the value is outside the two bounds.",
    overloads: [
      {
        params: ["comparable", "comparable", "comparable"],
        result: BOOL,
        nulls: "strict",
        render: {
          duckdb: at("comparison", "{~0} NOT BETWEEN {~1} AND {~2}"),
          spark: at("sign", "~{~0}.between({~1:constant}, {~2:constant})"),
        },
      },
    ],
    examples: ["6 not between 1 and 5"],
  },
];

/** The names of comparisons that are null if an operand is. */
export const COMPARISONS: ReadonlySet<string> = new Set(
  comparison.filter(({ overloads }) => overloads.every(({ nulls }) => nulls === "strict")).map(({ name }) => name),
);

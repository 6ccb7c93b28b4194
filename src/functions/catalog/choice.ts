/** Null handling and conditional functions. */
import { STRING } from "../../types.ts";
import type { FunctionEntry } from "../entry.ts";
import { asWideAs, asWideAsAny } from "../text-width.ts";

export const choice: readonly FunctionEntry[] = [
  {
    name: "??",
    kind: "operator",
    group: "Null and choice",
    usage: "a ?? b",
    doc: "The first value, or the second if the first is null.",
    associative: true,
    width: asWideAsAny(),
    overloads: [
      {
        params: ["T", "T"],
        result: "T",
        nulls: "all",
        render: { duckdb: "coalesce({=args})", spark: "F.coalesce({=args})" },
      },
    ],
    examples: ["(null ?? 2) == 2", "(1 ?? 2) == 1"],
  },
  {
    name: "coalesce",
    kind: "scalar",
    group: "Null and choice",
    usage: "coalesce(a, b, …)",
    doc: "The first value that is not null; null if all are null.",
    associative: true,
    width: asWideAsAny(),
    overloads: [
      {
        params: ["T", "T"],
        variadic: true,
        result: "T",
        nulls: "all",
        render: { duckdb: "coalesce({=args})", spark: "F.coalesce({=args})" },
      },
    ],
    examples: ["coalesce(null, 1, 2) == 1"],
  },
  {
    name: "nullif",
    kind: "scalar",
    group: "Null and choice",
    usage: "nullif(a, b)",
    doc: "Null if both values are equal, otherwise the first.",
    width: asWideAs(0),
    overloads: [
      {
        params: ["T", "T"],
        result: "T",
        nulls: "always",
        render: { duckdb: "nullif({0}, {~1})", spark: "F.nullif({0}, {~1})" },
      },
    ],
    examples: ["nullif(0, 0) is null", "nullif(1, 0) == 1"],
  },
  {
    name: "if",
    kind: "scalar",
    group: "Null and choice",
    usage: "if(condition, a, b)",
    doc: "The first value if the condition is true, the second if it is false or null.",
    width: asWideAsAny(1),
    overloads: [
      {
        params: ["bool", "T", "T"],
        result: "T",
        nulls: "rest",
        render: {
          duckdb: "CASE WHEN {0} THEN {=1} ELSE {=2} END",
          spark: "F.when({0}, {=1:constant}).otherwise({=2:constant})",
        },
      },
    ],
    examples: ["if(1 < 2, 3, 4) == 3", "if(null, 3, 4) == 4"],
  },
  {
    name: "zero_if_null",
    kind: "scalar",
    group: "Null and choice",
    usage: "zero_if_null(x)",
    doc: "The number, or zero if it is null.",
    overloads: [
      {
        params: ["number"],
        result: "T",
        nulls: "never",
        render: {
          duckdb: "coalesce({0}, CAST(0 AS {type}))",
          spark: ({ result }) => {
            if (result.kind === "double") return "F.coalesce({0}, F.lit(0.0))";
            if (result.kind !== "decimal") return "F.coalesce({0}, F.lit(0))";
            // Of the same scale and of fewer digits: an int would widen the result to ten digits.
            const zero = result.scale === 0 ? "0" : `0.${"0".repeat(result.scale)}`;
            return `F.coalesce({0}, F.lit(Decimal("${zero}")))`;
          },
        },
      },
    ],
    examples: ["zero_if_null(1.50) == 1.50"],
  },
  {
    name: "blank_to_null",
    kind: "scalar",
    group: "Null and choice",
    usage: "blank_to_null(text)",
    doc: "The string without leading and trailing spaces (U+0020); null if the result is empty.",
    width: asWideAs(0),
    overloads: [
      {
        params: ["string"],
        result: STRING,
        nulls: "always",
        render: { duckdb: "nullif(trim({0}, ' '), '')", spark: 'F.nullif(F.trim({0}), F.lit(""))' },
      },
    ],
    examples: ['blank_to_null("  ") is null', 'blank_to_null(" a ") == "a"'],
  },
];

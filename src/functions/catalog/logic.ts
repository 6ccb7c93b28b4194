/** Three-valued logic: null means "unknown". */
import { BOOL } from "../../types.ts";
import { at, type FunctionEntry } from "../entry.ts";

export const logic: readonly FunctionEntry[] = [
  {
    name: "and",
    kind: "operator",
    group: "Logic",
    usage: "a and b",
    doc: "True if both are true, false if either is false, otherwise null.",
    overloads: [
      {
        params: ["bool", "bool"],
        result: BOOL,
        nulls: "strict",
        render: { duckdb: at("and", "{0} AND {1}"), spark: at("and", "{0} & {1}") },
      },
    ],
    examples: ["true and true", "not (false and null)"],
  },
  {
    name: "or",
    kind: "operator",
    group: "Logic",
    usage: "a or b",
    doc: "True if either is true, false if both are false, otherwise null.",
    overloads: [
      {
        params: ["bool", "bool"],
        result: BOOL,
        nulls: "strict",
        render: { duckdb: at("or", "{0} OR {1}"), spark: at("or", "{0} | {1}") },
      },
    ],
    examples: ["true or false", "true or null"],
  },
  {
    name: "not",
    kind: "operator",
    group: "Logic",
    usage: "not a",
    doc: "True if the value is false, false if it is true, null if it is null.",
    overloads: [
      {
        params: ["bool"],
        result: BOOL,
        nulls: "strict",
        render: { duckdb: at("not", "NOT {0}"), spark: at("sign", "~{0}") },
      },
    ],
    examples: ["not false"],
  },
];

/** Three-valued logic: null is "not known". */
import { BOOL } from "../../types.ts";
import { at, type FunctionEntry } from "../entry.ts";

export const logic: readonly FunctionEntry[] = [
  {
    name: "and",
    kind: "operator",
    group: "Logic",
    usage: "a and b",
    doc: "True where both are true, false where one is false, else null.",
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
    doc: "True where one is true, false where both are false, else null.",
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
    doc: "True where it is false, false where it is true, null where it is null.",
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

/** Casts: `as` fails the query on a value that does not fit, `as?` gives null; `widen` is what the checker puts in. */
import type { TypeKind } from "../../types.ts";
import type { FunctionEntry, Overload, Template } from "../entry.ts";

const KINDS = ["string", "int", "long", "decimal", "double", "bool", "date", "timestamp", "enum"] as const;

/** Which kinds a kind can be cast to. */
const OFFERED: Readonly<Partial<Record<TypeKind, readonly TypeKind[]>>> = {
  string: ["int", "long", "decimal", "double", "bool", "date", "timestamp", "enum"],
  int: ["long", "decimal", "double", "string"],
  long: ["int", "decimal", "double", "string"],
  decimal: ["int", "long", "decimal", "double", "string"],
  double: ["int", "long", "decimal"],
  bool: ["string"],
  date: ["timestamp", "string"],
  timestamp: ["date", "string"],
  enum: ["string"],
};

const cast: Template = "CAST({0} AS {type})";

function overloads(lenient: boolean): readonly Overload[] {
  const pairs = KINDS.flatMap((from) => (OFFERED[from] ?? []).map((to) => ({ from, to })));
  return [
    { params: ["T"], result: "asked", nulls: "strict", render: { duckdb: "{0}", spark: "{0}" } },
    ...pairs.map(
      ({ from, to }): Overload => ({
        params: [from],
        to,
        result: "asked",
        nulls: lenient ? "always" : "strict",
        render: lenient
          ? { duckdb: "TRY_CAST({0} AS {type})", spark: "{0}.try_cast({type})" }
          : { duckdb: cast, spark: "{0}.cast({type})" },
      }),
    ),
  ];
}

export const casts: readonly FunctionEntry[] = [
  {
    name: "as",
    kind: "operator",
    group: "Casts",
    usage: "x as type",
    doc: "The value in another type. The query fails where a value does not fit.",
    overloads: overloads(false),
    examples: ['"12" as int == 12', '1.5 as string == "1.5"'],
  },
  {
    name: "as?",
    kind: "operator",
    group: "Casts",
    usage: "x as? type",
    doc: "The value in another type, or null where it does not fit.",
    overloads: overloads(true),
    examples: ['"x" as? int is null', '"12" as? int == 12'],
  },
  {
    name: "widen",
    kind: "operator",
    group: "Casts",
    usage: "(implicit)",
    doc: "What the compiler puts around an argument of a narrower type. Not written in programs.",
    overloads: [
      {
        params: ["any"],
        result: "asked",
        nulls: "strict",
        render: { duckdb: cast, spark: "{0}.cast({type})" },
      },
    ],
    examples: [],
  },
];

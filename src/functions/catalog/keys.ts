/** Hash functions and surrogate keys. */
import { STRING } from "../../types.ts";
import { canonicalText } from "../canonical-text.ts";
import { type Engine, type FunctionEntry, invalid, type RenderCall } from "../entry.ts";
import { asciiText } from "../text-width.ts";

const PARTS: Readonly<Record<Engine, (text: string) => string>> = {
  duckdb: (text) => `coalesce(length(${text}) || ':' || ${text}, 'N')`,
  spark: (text) => `F.coalesce(F.concat(F.length(${text}), F.lit(":"), ${text}), F.lit("N"))`,
};

/** The texts of the values, prefixed with their lengths so that different lists never produce the same text. */
const joined =
  (engine: Engine) =>
  ({ args }: RenderCall): string =>
    args
      .map(({ type }, index) => {
        const text = type.kind === "null" ? undefined : canonicalText(type, index);
        return PARTS[engine](text?.[engine] ?? `{${index}}`);
      })
      .join(", ");

export const keys: readonly FunctionEntry[] = [
  {
    name: "md5",
    kind: "scalar",
    group: "Keys and hashes",
    usage: "md5(text)",
    doc: "The MD5 hash of the string's UTF-8 bytes as 32 lower-case hexadecimal digits.",
    masks: true,
    width: () => asciiText(32),
    overloads: [
      { params: ["string"], result: STRING, nulls: "strict", render: { duckdb: "md5({0})", spark: "F.md5({0})" } },
    ],
    examples: ['md5("") == "d41d8cd98f00b204e9800998ecf8427e"'],
  },
  {
    name: "sha256",
    kind: "scalar",
    group: "Keys and hashes",
    usage: "sha256(text)",
    doc: "The SHA-256 hash of the string's UTF-8 bytes as 64 lower-case hexadecimal digits.",
    masks: true,
    width: () => asciiText(64),
    overloads: [
      {
        params: ["string"],
        result: STRING,
        nulls: "strict",
        render: { duckdb: "sha256({0})", spark: "F.sha2({0}, 256)" },
      },
    ],
    examples: ['left(sha256(""), 8) == "e3b0c442"'],
  },
  {
    name: "surrogate_key",
    kind: "scalar",
    group: "Keys and hashes",
    usage: "surrogate_key(a, b, …)",
    doc:
      "A surrogate key from several values: the MD5 hash of their string forms, each prefixed with its length. Different lists of " +
      "values give different strings; null is a distinct value. Doubles are not allowed.",
    width: () => asciiText(32),
    overloads: [
      {
        params: ["any"],
        variadic: true,
        result: STRING,
        check: (args) =>
          args.some((arg) => arg.type.kind === "double")
            ? invalid("a surrogate key cannot contain a double")
            : undefined,
        nulls: "never",
        render: {
          duckdb: (call) => `md5(concat_ws('|', ${joined("duckdb")(call)}))`,
          spark: (call) => `F.md5(F.concat_ws("|", ${joined("spark")(call)}))`,
        },
      },
    ],
    examples: ['surrogate_key("a", 1) == md5("1:a|1:1")', 'surrogate_key(null) == md5("N")'],
  },
];

/** Hashes and keys made of them. */
import { STRING } from "../../types.ts";
import type { FunctionEntry } from "../entry.ts";

export const keys: readonly FunctionEntry[] = [
  {
    name: "md5",
    kind: "scalar",
    group: "Keys and hashes",
    usage: "md5(text)",
    doc: "The MD5 hash of the text's UTF-8 bytes as 32 lower-case hexadecimal digits.",
    masks: true,
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
    doc: "The SHA-256 hash of the text's UTF-8 bytes as 64 lower-case hexadecimal digits.",
    masks: true,
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
];

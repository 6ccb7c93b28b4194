/** Syntax. */
import type { Catalog } from "./entry.ts";

export const syntaxCatalog = {
  "unexpected-token": { severity: "error", message: "expected {expected}, found {found}" },
  "unexpected-character": { severity: "error", message: "`{character}` has no meaning here" },
  "unterminated-text": {
    severity: "error",
    message: "this text has no closing quote",
    hint: "A text ends on the line it starts on; a line break in it is written \\n.",
  },
  "single-quoted-text": { severity: "error", message: "a text stands in double quotes" },
  "bad-escape": {
    severity: "error",
    message: "`{escape}` is not an escape sequence",
    hint: 'There are \\" \\\\ \\n \\r \\t and \\u with a code point in braces; a backslash itself is written \\\\.',
  },
  "bad-number": {
    severity: "error",
    message: "`{text}` is not a number",
    hint: "A number is digits, with single `_` between them where wanted and at most one point inside: 10, 1_000, 0.25.",
  },
  "unquoted-name": { severity: "error", message: "the name {name} has letters outside of ASCII and needs backticks" },
  "assign-in-expression": {
    severity: "error",
    message: "`=` gives a value its name; two values are compared with `==`",
  },
  "chained-comparison": {
    severity: "error",
    message: "comparisons do not chain",
    hint: "Join two comparisons with `and`, or put the inner one in parentheses.",
  },
  "name-too-long": {
    severity: "error",
    message: "the name {name} has {length} characters; at most {most} are allowed",
    hint: "Choose a shorter name.",
  },
  "foreign-syntax": { severity: "error", message: "`{found}` is written `{wanted}` in Medal" },
  "foreign-comment": { severity: "error", message: "a comment starts with `//` and ends with its line" },
  "too-deeply-nested": {
    severity: "error",
    message: "this expression goes beyond {limit}",
    hint: "Split it with `derive` into columns that build on each other.",
  },
  "merge-conflict": {
    severity: "error",
    message: "an unresolved merge conflict starts here",
    hint: "Keep one of the two sides and remove the lines with <<<<<<<, ======= and >>>>>>>.",
  },
} as const satisfies Catalog;

/** Syntax. */
import type { Catalog } from "./entry.ts";

export const syntaxCatalog = {
  "unexpected-token": { severity: "error", message: "expected {expected}, found {found}" },
  "unexpected-character": { severity: "error", message: "`{character}` has no meaning here" },
  "unterminated-text": {
    severity: "error",
    message: "this string has no closing quote",
    hint: "A string ends on the line it starts on; write a line break as \\n.",
  },
  "single-quoted-text": { severity: "error", message: "strings use double quotes" },
  "bad-escape": {
    severity: "error",
    message: "`{escape}` is not an escape sequence",
    hint: 'The escapes are \\" \\\\ \\n \\r \\t and \\u with a code point in braces. Write a backslash as \\\\.',
  },
  "bad-number": {
    severity: "error",
    message: "`{text}` is not a number",
    hint: "A number has digits, optional single `_` between them, and at most one decimal point: 10, 1_000, 0.25.",
  },
  "unquoted-name": { severity: "error", message: "the name {name} has non-ASCII letters and needs backticks" },
  "assign-in-expression": {
    severity: "error",
    message: "`=` names a value; use `==` to compare two values",
  },
  "chained-comparison": {
    severity: "error",
    message: "comparisons cannot be chained",
    hint: "Combine two comparisons with `and`, or put the inner one in parentheses.",
  },
  "name-too-long": {
    severity: "error",
    message: "the name {name} has {length} characters; the maximum is {most}",
    hint: "Choose a shorter name.",
  },
  "foreign-syntax": { severity: "error", message: "`{found}` is written `{wanted}` in Medal" },
  "foreign-comment": { severity: "error", message: "comments start with `//` and end with the line" },
  "too-deeply-nested": {
    severity: "error",
    message: "this expression exceeds {limit}",
    hint: "Split it into several columns with `derive`.",
  },
  "merge-conflict": {
    severity: "error",
    message: "an unresolved merge conflict starts here",
    hint: "Keep one side and remove the lines with <<<<<<<, ======= and >>>>>>>.",
  },
} as const satisfies Catalog;

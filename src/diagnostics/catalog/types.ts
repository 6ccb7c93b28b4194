/** Types, nulls, function calls. */
import type { Catalog } from "./entry.ts";

export const typesCatalog = {
  "argument-types": {
    severity: "error",
    message: "{name} cannot take ({found})",
    hint: "It takes {expected}.",
  },
  "argument-count": { severity: "error", message: "{name} takes {expected}, not {found}" },
  "invalid-argument": { severity: "error", message: "{name}: {detail}" },
  "decimal-overflow": {
    severity: "error",
    message: "the result of {name} needs more than 38 digits: {detail}",
    hint: "No engine holds more than 38 digits. Declare only the digits that the values need, or compute with doubles.",
  },
  "type-mismatch": { severity: "error", message: "expected {expected}, found {found}" },
  "condition-not-bool": {
    severity: "error",
    message: "a condition must be true or false, this is {found}",
  },
  "nullable-value": {
    severity: "error",
    message: "{name} needs a value, this may be null",
    hint: "Give a value in place of null with `?? value`, or drop the rows with `where … is not null` first.",
  },
  "null-comparison": {
    severity: "error",
    message: "`{operator}` with null is null for every row, never true",
    hint: "`x is null` and `x is not null` ask whether a value is known.",
  },
  "no-common-type": {
    severity: "error",
    message: "the values have no common type: {types}",
    hint: "Convert them to one type with `as`.",
  },
  "invalid-cast": { severity: "error", message: "{from} cannot become {to}" },
  "invalid-type": { severity: "error", message: "{detail}" },
  "invalid-number": {
    severity: "error",
    message: "{text} has too many digits",
    hint: "A whole number fits in 64 bits, a decimal has up to 38 digits.",
  },
  "aggregate-outside-group": {
    severity: "error",
    message: "{name} looks at many rows and stands only in the braces of `group`",
    hint: "Write `total = {name}(…)` in the braces of `group by`.",
  },
  "nested-aggregate": {
    severity: "error",
    message: "{name} cannot stand inside another aggregate",
    hint: "Group twice: the inner one first.",
  },
  "not-an-aggregate": {
    severity: "error",
    message: "`{clause}` belongs to an aggregate, {name} is none",
  },
  "column-outside-aggregate": {
    severity: "error",
    message: "{name} has many values in a group",
    hint: "Put it into an aggregate (`max({name})`), or group by it.",
  },
  "recursive-function": {
    severity: "error",
    message: "{name} calls itself: {path}",
    hint: "Functions are written out where they are used, so they cannot call themselves.",
  },
} as const satisfies Catalog;

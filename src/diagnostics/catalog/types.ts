/** Types, nulls, function calls. */
import type { Catalog } from "./entry.ts";

export const typesCatalog = {
  "argument-types": {
    severity: "error",
    message: "{name} does not accept ({found})",
    hint: "It accepts {expected}.",
  },
  "argument-count": { severity: "error", message: "{name} takes {expected}, not {found}" },
  "invalid-argument": { severity: "error", message: "{name}: {detail}" },
  "decimal-overflow": {
    severity: "error",
    message: "the result of {name} needs more than 38 digits: {detail}",
    hint: "Engines support at most 38 digits. Declare only the digits that the values need, or use double.",
  },
  "type-mismatch": { severity: "error", message: "expected {expected}, found {found}" },
  "condition-not-bool": {
    severity: "error",
    message: "a condition must be a bool, found {found}",
  },
  "nullable-value": {
    severity: "error",
    message: "{name} must not be null, but this value may be",
    hint: "Provide a default with `?? value`, or filter the rows with `where … is not null` first.",
  },
  "null-comparison": {
    severity: "error",
    message: "`{operator}` with null is null for every row, never true",
    hint: "Use `x is null` or `x is not null`.",
  },
  "no-common-type": {
    severity: "error",
    message: "the values have no common type: {types}",
    hint: "Convert them to one type with `as`.",
  },
  "invalid-cast": { severity: "error", message: "cannot cast {from} to {to}" },
  "invalid-type": { severity: "error", message: "{detail}" },
  "invalid-number": {
    severity: "error",
    message: "{text} has too many digits",
    hint: "Integers have at most 64 bits, decimals at most 38 digits.",
  },
  "aggregate-outside-group": {
    severity: "error",
    message: "the aggregate {name} is only allowed in the block of a `group`",
    hint: "Write `total = {name}(…)` in the block of a `group by`.",
  },
  "nested-aggregate": {
    severity: "error",
    message: "{name} cannot be nested in another aggregate",
    hint: "Use two `group` steps, the inner one first.",
  },
  "not-an-aggregate": {
    severity: "error",
    message: "`{clause}` is only allowed after an aggregate; {name} is not one",
  },
  "column-outside-aggregate": {
    severity: "error",
    message: "{name} has more than one value per group",
    hint: "Aggregate it (`max({name})`) or add it to `group by`.",
  },
  "recursive-function": {
    severity: "error",
    message: "{name} calls itself: {path}",
    hint: "Functions are inlined, so they cannot be recursive.",
  },
} as const satisfies Catalog;

/** Relations: layers, cycles, the order of steps, joins, keys, grain. */
import type { Catalog } from "./entry.ts";

export const relationsCatalog = {
  "layer-backwards": {
    severity: "error",
    message: "{reader} cannot read {relation}: data flows from bronze to silver to gold",
    hint: "Move one of the two tables to another layer.",
  },
  "cyclic-tables": {
    severity: "error",
    message: "{table} depends on itself: {path}",
    hint: "Move the shared part into a table that all of them read.",
  },
  "missing-from": {
    severity: "error",
    message: "{table} has no `from`",
    hint: "Start with `from bronze.NAME` or `from silver.NAME`.",
  },
  "misplaced-step": { severity: "error", message: "{step} is not allowed here: {reason}" },
  "join-without-cardinality": {
    severity: "error",
    message: "a join must state its cardinality: `join one` or `join many`",
    hint: "Use `join one` if the condition covers a key of {relation}, `join many` if a row can match several rows.",
  },
  "join-one-without-key": {
    severity: "error",
    message: "this `join one` may match several rows of {relation}: the condition does not cover a key",
  },
  "join-condition": {
    severity: "error",
    message: "a join condition must compare a column of {relation} with the rows before the join",
    hint: "Write `on {alias}.column == column`.",
  },
  "name-collision": {
    severity: "error",
    message: "a column {name} already exists here",
    hint: "Give the new column another name, or choose the columns with `select` first.",
  },
  "fan-out": {
    severity: "error",
    message:
      "{aggregate} counts values of {column} more than once: there is one value per {home}, but one row per {rows}",
  },
  "overlapping-groups": {
    severity: "error",
    message:
      "{aggregate} counts {values} more than once: {column} includes it in each {groups} it belongs to, and several of those are added up here",
  },
  "merged-values": {
    severity: "error",
    message:
      "{aggregate} may miss values of {column}: `distinct` merged rows that differ only in columns dropped before it",
  },
  "per-not-a-key": {
    severity: "error",
    message: "{columns} does not identify a value of {column}: there is one per {home}",
  },
  "unknown-load": { severity: "error", message: "unknown load mode {name}; supported: {known}" },
  "load-without-column": {
    severity: "error",
    message: "`load {mode}` needs the column that says what is new",
    hint: "Add it: `load {mode} by updated_at`.",
  },
  "load-column": {
    severity: "error",
    message: "{column} cannot say what is new: {problem}",
    hint: "Use a column of the source of type int, long, decimal, date or timestamp that is never null, such as a number that grows or the time of the last change.",
  },
  "load-without-key": {
    severity: "error",
    message: "{relation} is loaded by changes and has no key, so nothing says which row a change belongs to",
    hint: "Declare the key: `key order_id`.",
  },
  "load-not-possible": { severity: "error", message: "`load {mode}` is not possible for a {object}" },
  "load-option-unused": { severity: "error", message: "{option} has no meaning with `load {mode}`" },
  "unknown-load-field": { severity: "error", message: "a load has no {name}; it has {known}" },
  "duplicate-clause": {
    severity: "error",
    message: "{owner} has more than one `{clause}`",
    hint: "Keep only one.",
  },
  "empty-bronze": {
    severity: "error",
    message: "{table} declares no columns",
    hint: "List the expected columns: `name: type`.",
  },
  "unknown-action": {
    severity: "error",
    message: "unknown action `else {name}`; supported: quarantine, fail, warn",
  },
  "key-against-join": {
    severity: "error",
    message: "{columns} cannot be a key: a join may match several rows of {relation}",
    hint: "If there is at most one match, declare a key on {relation} and write `join one`. Otherwise add columns of {relation} to the key, or aggregate {relation} first.",
  },
  "key-checked-at-run-time": {
    severity: "info",
    message: "{columns} is not proven to be a key of {relation}; each run checks it",
  },
} as const satisfies Catalog;

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
    message: "{table} is made from itself: {path}",
    hint: "Split what they share into a table that all of them read.",
  },
  "missing-from": {
    severity: "error",
    message: "{table} reads nothing",
    hint: "Begin with `from bronze.NAME` or `from silver.NAME`.",
  },
  "misplaced-step": { severity: "error", message: "{step} cannot stand here: {reason}" },
  "join-without-cardinality": {
    severity: "error",
    message: "a join says how many rows it finds for each row: `join one` or `join many`",
    hint: "`join one` where the condition covers a key of {relation}; `join many` where rows may be multiplied.",
  },
  "join-one-without-key": {
    severity: "error",
    message: "this `join one` may find several rows of {relation}: the condition covers none of its keys",
  },
  "join-condition": {
    severity: "error",
    message: "the condition of a join compares a column of {relation} with the rows before it",
    hint: "Write `on {alias}.column == column`.",
  },
  "name-collision": {
    severity: "error",
    message: "{name} is already a column here",
    hint: "Give the new column another name, or choose the columns with `select` first.",
  },
  "fan-out": {
    severity: "error",
    message:
      "{aggregate} counts values of {column} several times: there is one value for each {home}, and one row for each {rows}",
  },
  "overlapping-groups": {
    severity: "error",
    message:
      "{aggregate} counts {values} several times: {column} counts it in each {groups} that it belongs to, and here several of these are added up",
  },
  "merged-values": {
    severity: "error",
    message: "{aggregate} may miss values of {column}: `distinct` merged rows that only look the same",
  },
  "per-not-a-key": {
    severity: "error",
    message: "{columns} does not say which value of {column} is meant: there is one for each {home}",
  },
  "unknown-load": { severity: "error", message: "there is no load mode {name}; known: full" },
  "duplicate-clause": {
    severity: "error",
    message: "{owner} has two `{clause}`",
    hint: "Keep one of them.",
  },
  "empty-bronze": {
    severity: "error",
    message: "{table} declares no columns",
    hint: "List the columns that are expected in what is read: `name: type`.",
  },
  "unknown-action": {
    severity: "error",
    message: "there is no `else {name}`; known: quarantine, fail, warn",
  },
  "key-against-join": {
    severity: "error",
    message: "{columns} cannot be a key: a join gives its rows several rows of {relation}",
    hint: "Where there is at most one, declare a key on {relation} and write `join one`; else make the join's columns part of the key, or aggregate {relation} first.",
  },
  "key-checked-at-run-time": {
    severity: "info",
    message: "that {columns} is a key of {relation} follows from nothing before it: each run checks it",
  },
} as const satisfies Catalog;
